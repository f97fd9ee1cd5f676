/**
 * The words of a text in the tables of its language, and with them a first look: half of all chat has no
 * figure, no word of a date, a time or money, and nothing that a place stands behind. The value pass need
 * not read such a text.
 */
import { foldSign } from './characters.ts';
import { LEXICONS } from './lexicons.ts';
import type { Language } from './mentions.ts';
import { DIGITS, KIND_MASK, MARK, type TokenRuns } from './scan.ts';
import { COLD } from './values/atoms.ts';
import { meaning, type Entry, type Head, type Lexicon } from './values/lexicon.ts';
import { mayBeLocative } from './values/place.ts';
import { PLACE_WORDS, plainPlaces } from './values/place-words.ts';

/** A mention can begin with it, or none can be without it. */
const TELLING = 1;
/** It makes one of a `TO` behind it ("going to Costco"). */
const GOING = 2;
const TO = 4;
/** A name can stand behind it. */
const LEAD = 8;
/** It is a place without a capital letter. */
const PLACE = 16;
/** "am" is a part of the day behind a number, a weekday or `THE`; otherwise "I am". */
const MERIDIEM = 32;
const THE = 64;
/** The tables have it: a sign is a word then, as "%" is. */
const SPOKEN = 128;

/** They lead to a place behind a verb of going only. */
const SOMETIMES_LEADS: ReadonlySet<string> = new Set(['to', 'a']);

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
  // What stands directly before; and whether a name can go on here that begins behind a `LEAD`.
  let before = 0;
  let naming = false;
  let isLeadCapital = false;
  for (let at = 0; at < count; at++) {
    const class_ = kind[at]! & KIND_MASK;
    if (class_ === DIGITS) {
      word[at] = 0;
      may = true;
      continue;
    }
    const number = table.find(hash[at]!, units[at]!);
    word[at] = number;
    if (may) continue;
    const trigger = triggers[number]!;
    const unit = text.charCodeAt(start[at]!);
    if ((trigger & TELLING) !== 0 || ((trigger & MERIDIEM) !== 0 && (before & THE) !== 0)) may = true;
    else if (class_ === MARK) {
      const sign = foldSign(unit);
      // "Kadıköy'de"; "the going's to"
      may = sign === APOSTROPHE && (isTurkish || (before & GOING) !== 0);
      naming &&= NAME_SIGNS.has(sign) || (trigger & SPOKEN) !== 0
        || (sign === FULL_STOP && (isLeadCapital || units[at - 1]! <= INITIAL_UNITS));
    } else if (isTurkish) may = mayBeLocative(text, start[at]!, end[at]!);
    else may = naming && ((trigger & PLACE) !== 0 || isCapital(unit, units[at]!));
    if ((trigger & LEAD) !== 0 || ((trigger & TO) !== 0 && (before & GOING) !== 0)) {
      naming = true;
      isLeadCapital = isCapital(unit, units[at]!);
    }
    before = trigger;
  }
  return may;
}

const APOSTROPHE = 0x27;
const FULL_STOP = 0x2e;
/** Signs inside of names; a full stop only behind an initial, "St. James". */
const NAME_SIGNS: ReadonlySet<number> = new Set([...",&-'"].map((sign) => sign.charCodeAt(0)));
const INITIAL_UNITS = 2;
const ASCII = 0x80;

/** A name can begin with it: "I" is none, of letters beyond ASCII that is not asked. */
function isCapital(unit: number, units: number): boolean {
  if (unit >= ASCII) return true;
  return unit >= 0x41 && unit <= 0x5a && !(unit === 0x49 && units === 1);
}

function triggersOf({ language, heads, table, leads }: Lexicon): Uint8Array {
  const { going } = PLACE_WORDS[language];
  const telling = tellingWords(heads);
  const articles = wordsBehindWhich(heads, ({ role, name }) => role === 'link' && name === 'the');
  const places = plainPlaces(language);
  const spoken = new Set(Array.from(heads).flatMap(([first, { phrases }]) =>
    [first, ...phrases.flatMap(({ rest, entry }) => (isTelling(entry) ? [] : rest))]));
  // A phrase takes the word that follows away from "to"; then it is no longer beside it.
  for (const word of going) if ((heads.get(word)?.phrases.length ?? 0) > 0) telling.add(word);
  return Uint8Array.from(table.words, (word, number) => (telling.has(word) ? TELLING : 0)
    | (going.has(word) ? GOING : 0) | (SOMETIMES_LEADS.has(word) ? TO : 0)
    | (leads[number] === 1 && !SOMETIMES_LEADS.has(word) ? LEAD : 0) | (places.has(word) ? PLACE : 0)
    | (meaning(heads.get(word)?.word ?? null, 'meridiem') === null ? 0 : MERIDIEM)
    | (articles.has(word) ? THE : 0) | (spoken.has(word) ? SPOKEN : 0));
}

/** Words that mean something, or with which a phrase ends that does. */
function wordsBehindWhich(
  heads: ReadonlyMap<string, Head>, isMeant: (entry: Entry) => boolean,
): ReadonlySet<string> {
  const words = new Set<string>();
  const means = (entry: Entry | null): boolean =>
    entry !== null && (isMeant(entry) || means(entry.also));
  for (const [first, { word, phrases }] of heads) {
    if (means(word)) words.add(first);
    for (const { rest, entry } of phrases) if (means(entry)) words.add(rest[rest.length - 1]!);
  }
  return words;
}

/**
 * Words that mean a date, a time or money by themselves, and of each phrase that does so, where no such
 * word is in it, the longest: "couple" of "a couple of".
 */
function tellingWords(heads: ReadonlyMap<string, Head>): Set<string> {
  const telling = new Set<string>();
  for (const [word, head] of heads) if (head.word !== null && isTelling(head.word)) telling.add(word);
  for (const [first, { phrases }] of heads) {
    for (const { rest, entry } of phrases) {
      const said = [first, ...rest];
      if (!isTelling(entry) || said.some((word) => telling.has(word))) continue;
      telling.add(said.reduce((longest, word) => (word.length > longest.length ? word : longest)));
    }
  }
  return telling;
}

/** Whether one of its meanings is a mention by itself. */
function isTelling({ role, weak, also }: Entry): boolean {
  // "a" and "an" are numbers only beside a unit; "am" see `MERIDIEM`.
  if (role === 'meridiem') return false;
  const isNumber = role === 'number' && weak;
  // "the first": an ordinal is a day behind an article.
  return (!isNumber && (role === 'ordinal' || !COLD.has(role))) || (also !== null && isTelling(also));
}
