import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findMentions } from '../../src/intent/find-mentions.ts';
import { lookUp } from '../../src/intent/first-look.ts';
import { HashFilter } from '../../src/intent/hash-filter.ts';
import { LEXICONS } from '../../src/intent/lexicons.ts';
import type { Language } from '../../src/intent/mentions.ts';
import { scan } from '../../src/intent/scan.ts';
import { PLACE_WORDS } from '../../src/intent/values/place-words.ts';

const LANGUAGES: readonly Language[] = ['en', 'es', 'tr'];

function mentionsOf(text: string, language: Language): readonly unknown[] {
  return findMentions(text, {
    language, at: Date.UTC(2026, 10, 23, 10), zone: 'UTC', country: 'US', listingPrice: 100,
  });
}

function mayMention(text: string, language: Language): boolean {
  return lookUp(text, scan(text).tokens, language);
}

function chatOf(language: Language): readonly string[] {
  const file = new URL(`../../src/intent/data/chat/chat-${language}-tune.jsonl`, import.meta.url);
  return readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').flatMap((line) =>
    (JSON.parse(line) as { turns: { text: string }[] }).turns.map(({ text }) => text));
}

/** Words of all tables, of chat, and others, in any order. */
function textOf(language: Language): fc.Arbitrary<string> {
  const { heads } = LEXICONS[language];
  const table = [...heads].flatMap(([first, { phrases }]) =>
    [first, ...phrases.map(({ rest }) => [first, ...rest].join(' '))]);
  const places = Object.values(PLACE_WORDS[language]).flatMap((words: ReadonlySet<string>) => [...words]);
  const chat = chatOf(language).flatMap((text) => text.split(' '));
  const letters = 'aAeEiıİnñdtsş\u0301ß\'.,-+@ ';
  const word = fc.oneof(
    fc.constantFrom(...table), fc.constantFrom(...places, 'x'), fc.constantFrom(...chat),
    fc.constantFrom('a', 'an', 'the', 'to', 'going', 'on', 'Costco', 'un', 'el', 'bir', 'until'),
    fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 }), fc.string({ maxLength: 4 }),
  );
  const capital = fc.tuple(word, fc.boolean()).map(([said, up]) =>
    (up ? said.charAt(0).toUpperCase() + said.slice(1) : said));
  return fc.array(capital, { maxLength: 6 }).map((parts) => parts.join(' '));
}

describe('the first look', () => {
  for (const language of LANGUAGES) {
    it(`rules out only texts in which nothing is found (${language})`, () => {
      fc.assert(
        fc.property(textOf(language), (text) => {
          if (!mayMention(text, language)) expect(mentionsOf(text, language)).toEqual([]);
        }),
        { numRuns: 10_000 },
      );
    });

    it(`rules out a good part of real chat, and there too only such texts (${language})`, () => {
      const chat = chatOf(language);
      const ruledOut = chat.filter((text) => !mayMention(text, language));
      expect(ruledOut.length).toBeGreaterThan(chat.length / 5);
      for (const text of ruledOut) expect(mentionsOf(text, language), text).toEqual([]);
    });
  }
});

describe('the first look at names', () => {
  it('lets every text through in which one is found, and not each preposition', () => {
    const names = ['at Starbucks', 'meet at the mall', 'In front. Boston', 'at St. James', 'at mom\'s',
      'going to Costco', 'at gate a', 'at % A', 'at o ; clock A', 'in the AM', 'on Main Street'];
    for (const text of names) expect(mayMention(text, 'en'), text).toBe(true);
    const none = ['I am interested in it', 'it is in good shape', 'I am interested in your bike. Is it still for sale'];
    for (const text of none) expect(mayMention(text, 'en'), text).toBe(false);
  });
});

describe('a hash filter', () => {
  it('never says no to what it has', () => {
    fc.assert(fc.property(fc.array(fc.integer()), (hashes) => {
      const filter = new HashFilter(64);
      for (const hash of hashes) filter.add(hash);
      for (const hash of hashes) expect(filter.mayHave(hash)).toBe(true);
    }));
  });
});
