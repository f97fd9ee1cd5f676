import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMentions } from '../../../src/intent/find-mentions.ts';
import { LEXICONS } from '../../../src/intent/lexicons.ts';
import type { Language } from '../../../src/intent/mentions.ts';
import { findTimes, findTimesOf } from '../../../src/intent/values/assemble.ts';
import { readAtoms } from '../../../src/intent/values/atoms.ts';
import { findMoney } from '../../../src/intent/values/money.ts';
import { findBareMoney } from '../../../src/intent/values/money-bare.ts';
import { findPlaces } from '../../../src/intent/values/place.ts';
import { ANY_ROLE } from '../../../src/intent/values/roles.ts';
import { runs } from '../../properties.ts';
import { contextOf, tokenize, TUESDAY } from './read.ts';

const language = fc.constantFrom<Language>('en', 'es', 'tr');

/** Pieces of real expressions in any order, and any characters at all between them. */
const fragment = fc.constantFrom(
  'tomorrow',
  'at',
  '5',
  '5th',
  'next',
  'last',
  'week',
  'monday',
  'half',
  'past',
  'quarter',
  'to',
  '$',
  '40',
  '€',
  '1.200,50',
  '12:30',
  '3/4',
  '31/12/2026',
  '-',
  'pm',
  'a.m.',
  'mañana',
  'a las',
  'y media',
  'de',
  'la',
  'hasta',
  'yarın',
  'akşam',
  "7'de",
  'buçuk',
  'geçe',
  'kadar',
  'bin',
  'lira',
  'in',
  'the',
  'May',
  'first',
  'of',
  'and',
  'between',
  'from',
  '2k',
  'hour',
  'a',
  'ago',
  ',',
  '.',
  "'",
  '(',
  '\n',
  'mid',
  'Starbucks',
  '0',
  '00',
  '99999999999999999999',
  '2026-02-30',
  'minutes',
  'before',
  'twenty',
  'hundred',
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.array(fragment, { maxLength: 25 }).map((parts) => parts.join(' ')),
  fc
    .array(fc.oneof(fragment, fc.string({ maxLength: 3 })), { maxLength: 25 })
    .map((parts) => parts.join('')),
);

/** Words of the tables of a language and figures in any order. */
function wordsOf(spoken: Language): fc.Arbitrary<string> {
  const words = [...LEXICONS[spoken].heads].flatMap(([first, head]) =>
    [first, ...head.phrases.map(({ rest }) => [first, ...rest].join(' '))]);
  const piece = fc.oneof(
    fc.constantFrom(...words), fc.constantFrom(...words),
    fc.constantFrom('5', '17', '450', '2026', '7.5', '12:30', '4-22', '3/4', '-', ',', 'the', "'de", 'xx'),
  );
  return fc.array(piece, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(' '));
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

describe('any text', () => {
  it('gives mentions that lie in it, in order, apart within a kind, with real values', () => {
    fc.assert(
      fc.property(
        text,
        language,
        fc.option(fc.double({ noNaN: true }), { nil: undefined }),
        (said, spoken, price) => {
          const over = price === undefined ? {} : { listingPrice: price };
          const mentions = findMentions(said, contextOf(spoken, over));
          let start = 0;
          const ends: Record<string, number> = { time: 0, money: 0, place: 0 };
          for (const mention of mentions) {
            expect(mention.start).toBeGreaterThanOrEqual(start);
            expect(mention.start).toBeGreaterThanOrEqual(ends[mention.kind] ?? 0);
            expect(mention.end).toBeGreaterThan(mention.start);
            expect(mention.end).toBeLessThanOrEqual(said.length);
            expect(mention.confidence).toBeGreaterThan(0);
            expect(mention.confidence).toBeLessThanOrEqual(1);
            start = mention.start;
            ends[mention.kind] = mention.end;
            if (mention.kind === 'money') expect(Number.isFinite(mention.amount)).toBe(true);
            if (mention.kind === 'place')
              expect(mention.text).toBe(said.slice(mention.start, mention.end));
            if (mention.kind !== 'time') continue;
            for (const wall of mention.to === null ? [mention.from] : [mention.from, mention.to]) {
              if (wall.date !== null) expect(wall.date).toMatch(DATE);
              if (wall.time !== null) expect(wall.time).toMatch(TIME);
            }
            expect(mention.from.date !== null || mention.from.time !== null).toBe(true);
          }
        },
      ),
      { numRuns: runs(3000) },
    );
  });

  it('gives the same mentions however often it is asked', () => {
    fc.assert(
      fc.property(text, language, (said, spoken) => {
        const context = contextOf(spoken);
        expect(findMentions(said, context)).toEqual(findMentions(said, context));
      }),
      { numRuns: 300 },
    );
  });

  it('is read alike with and without knowing what is nowhere in it', () => {
    const words = { en: wordsOf('en'), es: wordsOf('es'), tr: wordsOf('tr') };
    const spokenText = language.chain((spoken) =>
      fc.tuple(fc.oneof(text, words[spoken]), fc.constant(spoken)));
    fc.assert(
      fc.property(spokenText, fc.boolean(), ([said, spoken], dayFirst) => {
        const { atoms, meal } = readAtoms(tokenize(said, spoken), LEXICONS[spoken]);
        const setting = {
          now: { day: Math.floor(TUESDAY / 86_400_000), minutes: 600 }, at: TUESDAY, zone: 'UTC',
          language: spoken, meal, listingPrice: null,
        };
        const blind = { language: spoken, dayFirst, present: ANY_ROLE };
        expect(findTimes(atoms, { language: spoken, dayFirst }, setting))
          .toEqual(findTimesOf(atoms, blind, setting));
      }),
      { numRuns: runs(5000), examples: [[['sevgililer gunuden onceki gunlik', 'tr'], false]] },
    );
  });

  it('keeps every character that is not space in exactly one token', () => {
    fc.assert(
      fc.property(text, language, (said, spoken) => {
        let end = 0;
        for (const token of tokenize(said, spoken)) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          expect(said.slice(end, token.start)).toMatch(/^[\s\p{Cf}\u2028\u2029]*$/u);
          end = token.end;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** An array that counts how often its elements are looked at. */
function counted<T>(items: readonly T[], count: { steps: number }): readonly T[] {
  return new Proxy(items, {
    get(target, key, receiver): unknown {
      if (typeof key === 'string' && /^\d+$/.test(key)) count.steps += 1;
      return Reflect.get(target, key, receiver);
    },
  });
}

/** Looks at tokens and atoms that one text costs in all stages. */
function stepsOf(said: string, spoken: Language): number {
  const count = { steps: 0 };
  const lexicon = LEXICONS[spoken];
  const { atoms } = readAtoms(counted(tokenize(said, spoken), count), lexicon);
  const seen = counted(atoms, count);
  const setting = { country: 'US', listingPrice: 50 };
  findMoney(seen, setting);
  const now = { day: Math.floor(TUESDAY / 86_400_000), minutes: 600 };
  const times = findTimes(
    seen,
    { language: spoken, dayFirst: false },
    {
      now,
      at: TUESDAY,
      zone: 'UTC',
      language: spoken,
      meal: null, listingPrice: null,
    },
  );
  findBareMoney(seen, () => false, setting);
  findPlaces(said, seen, counted(times, count), lexicon);
  return count.steps;
}

const HARD: readonly string[] = [
  '1',
  '1-',
  '12 ',
  '1.',
  '1:1:',
  '1/2/',
  '$',
  '$5',
  '5 $ ',
  '😀',
  'مرحبا ',
  'a\u200b',
  '\u200f',
  'the ',
  'monday at 5 ',
  'monday ',
  'last 2 of the ',
  'twenty one ',
  'hundred thousand ',
  'from 5 to ',
  'half past quarter to ',
  'at In The ',
  'at A ',
  "7'de ",
  'saat 5 ',
  'de la mañana a las ',
  'in ',
  '1,',
  "'",
  'next next ',
  'and ',
  '5 minutes ',
  '5th of ',
  'May ',
  '12 12:',
  'a a ',
  'A.B.',
  '- ',
];

describe('the cost of a text', () => {
  for (const spoken of ['en', 'es', 'tr'] as const) {
    it(`grows no faster than its length (${spoken})`, () => {
      for (const unit of HARD) {
        const short = stepsOf(unit.repeat(Math.ceil(1000 / unit.length)), spoken);
        const long = stepsOf(unit.repeat(Math.ceil(4000 / unit.length)), spoken);
        expect(long, JSON.stringify(unit)).toBeLessThan(4.5 * short + 500);
        expect(long, JSON.stringify(unit)).toBeLessThan(4000 * 250);
      }
    });
  }
});
