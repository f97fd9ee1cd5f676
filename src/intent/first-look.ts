/**
 * The words of a text in the tables of its language, and with them a first look: half of all chat has no
 * figure, no word of a date, a time or money, and nothing that a place stands behind. The value pass need
 * not read such a text.
 */
import { foldSign } from './characters.ts';
import { LEXICONS } from './lexicons.ts';
import type { Language } from './mentions.ts';
import { DIGITS, KIND_MASK, LETTERS, MARK, type TokenRuns } from './scan.ts';
import { COLD } from './values/atoms.ts';
import type { Entry, Head, Lexicon } from './values/lexicon.ts';
import { mayBeLocative } from './values/place.ts';
import { PLACE_WORDS } from './values/place-words.ts';

/** A mention can begin with it, or none can be without it. */
const TELLING = 1;
/** It makes one of a `TO` behind it ("going to Costco"). */
const GOING = 2;
const TO = 4;

/** What the first look knows of the words of a language, by their numbers. */
const TRIGGERS: Readonly<Record<Language, Uint8Array>> = {
  en: triggersOf(LEXICONS.en), es: triggersOf(LEXICONS.es), tr: triggersOf(LEXICONS.tr),
};

/**
 * Writes down which word of the language each token is. False where `readMentions` finds nothing in the
 * text; true says nothing.
 */
export function lookUp(text: string, tokens: TokenRuns, language: Language): boolean {
  const { count, start, end, units, kind, hash, word } = tokens;
  const { table } = LEXICONS[language];
  const triggers = TRIGGERS[language];
  const isTurkish = language === 'tr';
  let may = false;
  // A word of going stands directly before, apostrophes aside.
  let goes = false;
  for (let at = 0; at < count; at++) {
    const class_ = kind[at]! & KIND_MASK;
    if (class_ === DIGITS) {
      word[at] = 0;
      may = true;
      continue;
    }
    const number = table.find(hash[at]!, units[at]!);
    word[at] = number;
    const trigger = triggers[number]!;
    const isApostrophe = class_ === MARK && isApostropheAt(text, start[at]!);
    may ||= (trigger & TELLING) !== 0 || (goes && ((trigger & TO) !== 0 || isApostrophe));
    // "Kadıköy'de", "metroda"
    if (isTurkish) may ||= isApostrophe || (class_ === LETTERS && mayBeLocative(text, start[at]!, end[at]!));
    goes = (trigger & GOING) !== 0;
  }
  return may;
}

function isApostropheAt(text: string, at: number): boolean {
  return foldSign(text.charCodeAt(at)) === APOSTROPHE;
}

const APOSTROPHE = 0x27;

function triggersOf({ language, heads, table }: Lexicon): Uint8Array {
  const { before, going } = PLACE_WORDS[language];
  const telling = tellingWords(heads);
  for (const word of before) telling.add(word);
  if (language !== 'tr') telling.add('on');
  // A phrase takes the word that follows away from "to"; then it is no longer beside it.
  for (const word of going) if ((heads.get(word)?.phrases.length ?? 0) > 0) telling.add(word);
  return Uint8Array.from(table.words, (word) => (telling.has(word) ? TELLING : 0)
    | (going.has(word) ? GOING : 0) | (word === 'to' || word === 'a' ? TO : 0));
}

/**
 * Words that mean a date, a time or money by themselves, and those that do so in a phrase in which
 * no other word does.
 */
function tellingWords(heads: ReadonlyMap<string, Head>): Set<string> {
  const telling = new Set<string>();
  for (const [word, head] of heads) if (head.word !== null && isTelling(head.word)) telling.add(word);
  for (const [word, { phrases }] of heads) {
    const isAlone = phrases.some(({ rest, entry }) =>
      isTelling(entry) && !rest.some((next) => telling.has(next)));
    if (isAlone) telling.add(word);
  }
  return telling;
}

/** "a" and "an" are numbers only beside a unit. */
function isTelling({ role, weak, also }: Entry): boolean {
  if (role === 'number' && weak && also === null) return false;
  // "the first": an ordinal is a day behind an article.
  return role === 'ordinal' || !COLD.has(role) || also !== null;
}
