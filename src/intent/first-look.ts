/**
 * A cheap first look: half of all chat has no figure, no word of a date, a time or money, and nothing
 * that a place stands behind. The value pass need not read such a text.
 */
import { HashFilter } from './hash-filter.ts';
import { DIGITS, hashWord, SIGN, TEXT_UNITS_MAX, WORDS_MAX, type Words } from './language.ts';
import { LEXICONS } from './lexicons.ts';
import type { Language } from './mentions.ts';
import { COLD } from './values/atoms.ts';
import type { Entry, Head, Lexicon } from './values/lexicon.ts';
import { PLACE_WORDS } from './values/place-words.ts';

/** What the first look knows of a language. */
interface Triggers {
  /** Words with which a mention can begin, or without which none can be. */
  readonly words: HashFilter;
  /** Words that make one of "to" ("going to Costco"). */
  readonly going: HashFilter;
  /** 1 for signs of ASCII that mean something to the tables, by code unit. */
  readonly signs: Uint8Array;
}

const ASCII = 0x80;

/** Letters beyond ASCII of which words and the value pass make the same letter. */
const SAME_LETTERS: ReadonlySet<number> = new Set(
  [...'áéíóúüñçşğıöÁÉÍÓÚÜÑÇŞĞÖ'].map((letter) => letter.charCodeAt(0)),
);

/** Bits for a word of a table; the more, the fewer words of no table are let through. */
const BITS_A_WORD = 32;

const TO: ReadonlySet<number> = new Set(['to', 'a'].map(hashWord));

const TRIGGERS: Readonly<Record<Language, Triggers>> = {
  en: triggersOf(LEXICONS.en), es: triggersOf(LEXICONS.es), tr: triggersOf(LEXICONS.tr),
};

/** False where `findMentions` finds nothing in a text of these words; true says nothing. */
export function mayMention(words: Words, language: Language): boolean {
  const { count, kind, hash, start, text } = words;
  if (count === WORDS_MAX || text.length >= TEXT_UNITS_MAX || words.hasSilent) return true;
  if (words.units >= ASCII && !hasSameLetters(text)) return true;
  const triggers = TRIGGERS[language];
  let goes = false;
  for (let at = 0; at < count; at++) {
    const class_ = kind[at];
    if (class_ === DIGITS) return true;
    if (class_ === SIGN) {
      if (triggers.signs[text.charCodeAt(start[at]!)] !== 0) return true;
      goes = false;
      continue;
    }
    const word = hash[at]!;
    if (triggers.words.mayHave(word) || (goes && TO.has(word))) return true;
    if (language === 'tr' && isLocative(words, at)) return true;
    goes = triggers.going.mayHave(word);
  }
  return false;
}

function hasSameLetters(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= ASCII && !SAME_LETTERS.has(unit)) return false;
  }
  return true;
}

const LOCATIVE_UNITS_MIN = 5;

/** "metroda": the Turkish ending of a place. */
function isLocative({ text, start, end }: Words, at: number): boolean {
  const last = end[at]!;
  if (last - start[at]! < LOCATIVE_UNITS_MIN) return false;
  const vowel = text.charCodeAt(last - 1) | 0x20;
  const consonant = text.charCodeAt(last - 2) | 0x20;
  // a or e behind d or t
  return (vowel === 0x61 || vowel === 0x65) && (consonant === 0x64 || consonant === 0x74);
}

function triggersOf(lexicon: Lexicon): Triggers {
  const { before, going } = PLACE_WORDS[lexicon.language];
  const telling = tellingWords(lexicon.heads);
  if (lexicon.language !== 'tr') for (const word of [...before, 'on']) telling.add(word);
  // A phrase takes the word that follows away from "to"; then it is no longer beside it.
  for (const word of going) {
    if ((lexicon.heads.get(word)?.phrases.length ?? 0) > 0) telling.add(word);
  }
  const signs = new Uint8Array(ASCII);
  for (let unit = 0; unit < ASCII; unit++) {
    const sign = String.fromCharCode(unit);
    if (lexicon.heads.has(sign) || before.has(sign)) signs[unit] = 1;
  }
  return { words: filterOf(telling), going: filterOf(going), signs };
}

function filterOf(words: ReadonlySet<string>): HashFilter {
  const filter = new HashFilter(2 ** Math.ceil(Math.log2(words.size * BITS_A_WORD + 8)));
  for (const word of words) filter.add(hashWord(word));
  return filter;
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
