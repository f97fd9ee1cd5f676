import { lookUp } from './first-look.ts';
import { LEXICONS } from './lexicons.ts';
import type { FindMentions, Mention, MentionContext } from './mentions.ts';
import { scan, type TokenRuns } from './scan.ts';
import { findTimes } from './values/assemble.ts';
import type { Atom } from './values/atom.ts';
import { readAtoms } from './values/atoms.ts';
import { wallAt } from './values/calendar.ts';
import { findMoney, type MoneyFound } from './values/money.ts';
import { findBareMoney } from './values/money-bare.ts';
import { findPlaces } from './values/place.ts';
import { blankCell, tokensOf } from './values/tokens.ts';

/** Countries that write the month first in numeric dates. */
const MONTH_FIRST: ReadonlySet<string> = new Set(['US', 'PH', 'FM', 'PW', 'MH', 'GU', 'AS', 'PR']);

/** The mentions of a text that nobody has scanned yet. */
export const findMentions: FindMentions = (text, context) => {
  const { tokens } = scan(text);
  lookUp(text, tokens, context.language);
  return readMentions(text, tokens, context);
};

/**
 * Dates, times, money and places of a scanned text whose words have been looked up: marked money takes
 * its numbers first, times and places what is left, and what then remains may be a bare price.
 */
export function readMentions(
  text: string, tokens: TokenRuns, context: MentionContext,
): readonly Mention[] {
  const lexicon = LEXICONS[context.language];
  const { atoms, hot, meal } = readAtoms(tokensOf(text, tokens, lexicon.table), lexicon);
  if (!hot) return findPlaces(text, atoms, [], lexicon);
  const setting = { country: context.country, listingPrice: context.listingPrice ?? null };
  const money = findMoney(atoms, setting);
  const times = findTimes(
    money.length === 0 ? atoms : without(atoms, money),
    { language: context.language, dayFirst: !MONTH_FIRST.has(context.country) },
    {
      now: wallAt(context.at, context.zone), at: context.at, zone: context.zone,
      language: context.language, meal, listingPrice: setting.listingPrice,
    },
  );
  const places = findPlaces(text, atoms, times, lexicon);
  const taken: Mention[] = [];
  for (const { mention } of money) taken.push(mention);
  for (const time of times) taken.push(time);
  for (const place of places) taken.push(place);
  const bare = findBareMoney(atoms, takenBy(inOrder(taken)), setting);
  if (bare.length === 0) return taken;
  for (const mention of bare) taken.push(mention);
  return inOrder(taken);
}

function inOrder(mentions: Mention[]): readonly Mention[] {
  return mentions.length < 2 ? mentions : mentions.sort((a, b) => a.start - b.start);
}

/** The atoms with those of money made figures that no date or time may use. */
function without(atoms: readonly Atom[], money: readonly MoneyFound[]): readonly Atom[] {
  const copy = [...atoms];
  for (const { from, to } of money) {
    for (let i = from; i < to; i += 1) {
      const figure = blankCell('digits', 'id').placeAt(copy[i] as Atom, copy[i] as Atom);
      figure.spelled = '';
      copy[i] = figure;
    }
  }
  return copy;
}

/** Tells whether an atom lies in a mention; asked with atoms in order, so one walk serves all. */
function takenBy(mentions: readonly Mention[]): (atom: Atom) => boolean {
  let next = 0;
  return (atom) => {
    while (next < mentions.length && (mentions[next] as Mention).end <= atom.start) next += 1;
    const mention = mentions[next];
    return mention !== undefined && mention.start < atom.end;
  };
}
