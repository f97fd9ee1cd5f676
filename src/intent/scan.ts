/**
 * The one pass over the units of a text. It cuts the text twice at once: into words, which say what a
 * message does (`don't` is one, `siiii` is `si`), and into tokens, in which dates, times and money are
 * read (letters as written, every mark by itself). No regular expression, linear in the length.
 */
import {
  CLASSES, classesOf, DIGIT, FOLD, foldSign, isCombining, LATIN, LETTER, SIGN, SILENT, SPACE, TOKEN_SHIFT, WORD_MASK,
} from './characters.ts';

/**
 * What words are read of a text, UTF-16 code units; the rest is ignored. Chat messages are far
 * shorter.
 */
export const TEXT_UNITS_MAX = 2000;

/** Words of a text that are read; the rest is ignored. */
export const WORDS_MAX = 400;

/** Tokens are read up to here: texts that are no chat are longer. */
export const TEXT_LENGTH_MAX = 20_000;

/** Kinds of words. */
export const LETTERS = 0;
export const DIGITS = 1;
export const MARK = 2;

/** A text cut into words: parallel arrays of which the first `count` count. Offsets are into the text. */
export interface Words {
  readonly text: string;
  readonly count: number;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** 32-bit hash of the folded word: lower case, no accents, a letter drawn out (`siii`) once. */
  readonly hash: Int32Array;
  /** Hash of its first five letters: Turkish and Spanish endings fall away. */
  readonly stem: Int32Array;
  /** `LETTERS`, `DIGITS` or `MARK`. */
  readonly kind: Uint8Array;
  /** All code units of what was read, put together by "or": below 0x80 where every one is. */
  readonly units: number;
}

/** No white space stands before the token. */
export const GLUED = 4;
/** A line ends between the token before and it. */
export const NEW_LINE = 8;
export const KIND_MASK = 3;

/** The same text cut into tokens, in the same way. */
export interface TokenRuns {
  readonly count: number;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Code units of the folded token. */
  readonly units: Uint16Array;
  /** 32-bit hash of the folded token, letters drawn out included. */
  readonly hash: Int32Array;
  /** `LETTERS`, `DIGITS` or `MARK` in `KIND_MASK`, and the bits above. */
  readonly kind: Uint8Array;
  /** Which word of a lexicon each is, 0 for none; written by `lookUp`. */
  readonly word: Uint16Array;
}

/** A text cut up. Its arrays are those of the next text too: read them before another is scanned. */
export interface Scan {
  readonly words: Words;
  readonly tokens: TokenRuns;
}

const STEM_LETTERS = 5;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Where the words beyond `WORDS_MAX` and `TEXT_UNITS_MAX` are written: nobody reads it. */
const BEYOND = WORDS_MAX;

const SPACE_TO_BOTH = SPACE << TOKEN_SHIFT | SPACE;
const LETTER_TO_BOTH = LETTER << TOKEN_SHIFT | LETTER;
/** Kinds by class. */
const KIND_OF = new Uint8Array(8);
KIND_OF[LETTER] = LETTERS;
KIND_OF[DIGIT] = DIGITS;
KIND_OF[SIGN] = MARK;

type Filled<T> = { -readonly [K in keyof T]: T[K] };

const WORDS: Filled<Words> = {
  text: '', count: 0, units: 0,
  start: new Int32Array(WORDS_MAX + 1), end: new Int32Array(WORDS_MAX + 1),
  hash: new Int32Array(WORDS_MAX + 1), stem: new Int32Array(WORDS_MAX + 1), kind: new Uint8Array(WORDS_MAX + 1),
};
const TOKENS: Filled<TokenRuns> = {
  count: 0,
  start: new Int32Array(TEXT_LENGTH_MAX), end: new Int32Array(TEXT_LENGTH_MAX),
  hash: new Int32Array(TEXT_LENGTH_MAX), kind: new Uint8Array(TEXT_LENGTH_MAX),
  units: new Uint16Array(TEXT_LENGTH_MAX), word: new Uint16Array(TEXT_LENGTH_MAX),
};
/** Made once, filled by every text: arrays of their own would cost more than to fill them. */
const SCAN: Scan = { words: WORDS, tokens: TOKENS };

function mix(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, FNV_PRIME);
}

/** Hash of a folded token, for tables. */
export function hashToken(folded: string): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < folded.length; at++) hash = mix(hash, folded.charCodeAt(at));
  return hash | 0;
}

/** Words of a text alone. */
export function readWords(text: string): Words {
  return scan(text).words;
}

export function scan(text: string): Scan {
  const { start, end, hash, stem, kind } = WORDS;
  const {
    start: tokenStart, end: tokenEnd, units: tokenUnits, hash: tokenHash, kind: tokenKind,
  } = TOKENS;
  const length = Math.min(text.length, TEXT_LENGTH_MAX);
  let wordsTo = Math.min(length, TEXT_UNITS_MAX);
  let words = 0;
  let units = 0;
  // The word under way: its class, its letters so far, the last of them and how often it was repeated.
  let word = BEYOND;
  let current = SPACE;
  let letters = 0;
  let running = FNV_OFFSET;
  let last = 0;
  let repeats = 0;
  // The token under way, and what the next one begins with.
  let token = -1;
  let open = SPACE;
  let exact = FNV_OFFSET;
  let unseen = 0;
  let before = 0;
  for (let at = 0; at < length;) {
    let unit = text.charCodeAt(at);
    const classes = unit < LATIN ? CLASSES[unit]! : classesOf(unit);
    if (classes === SPACE_TO_BOTH) {
      open = SPACE;
      current = SPACE;
      before &= ~GLUED;
      if (unit === 10 || unit === 13) before |= NEW_LINE;
      at++;
      continue;
    }
    const tokenClass = classes >> TOKEN_SHIFT;
    const wordClass = classes & WORD_MASK;
    // What the class of this unit begins.
    if (tokenClass === SIGN || ((tokenClass === LETTER || tokenClass === DIGIT) && open !== tokenClass)) {
      token++;
      tokenStart[token] = at;
      tokenKind[token] = before | KIND_OF[tokenClass]!;
      exact = FNV_OFFSET;
      unseen = 0;
      before = GLUED;
    }
    if (at >= wordsTo) word = BEYOND;
    else if (wordClass !== SILENT && (wordClass !== current || wordClass === SIGN)) {
      current = wordClass;
      if (words === WORDS_MAX) wordsTo = at;
      word = words === WORDS_MAX || wordClass === SPACE ? BEYOND : words++;
      start[word] = at;
      kind[word] = KIND_OF[wordClass]!;
      letters = 0;
      running = FNV_OFFSET;
      last = 0;
      repeats = 0;
    }
    if (classes === LETTER_TO_BOTH) {
      open = LETTER;
      const to = at < wordsTo ? wordsTo : length;
      // All letters up to the next unit that is none: most of a text.
      for (;;) {
        units |= unit;
        const folded = unit < LATIN ? FOLD[unit]! : unit;
        exact = Math.imul(exact ^ folded, FNV_PRIME);
        repeats = folded === last ? repeats + 1 : 0;
        last = folded;
        // A letter drawn out counts once: the third of its kind undoes the second.
        if (repeats === 0 || (repeats === 1 && !isDrawnOut(text, at, to, folded))) {
          running = Math.imul(running ^ folded, FNV_PRIME);
          if (++letters === STEM_LETTERS) stem[word] = running;
        }
        if (++at === to) break;
        unit = text.charCodeAt(at);
        if ((unit < LATIN ? CLASSES[unit]! : classesOf(unit)) !== LETTER_TO_BOTH) break;
      }
      tokenEnd[token] = at;
      tokenUnits[token] = at - tokenStart[token]! - unseen;
      tokenHash[token] = exact;
      end[word] = at;
      hash[word] = running;
      if (letters < STEM_LETTERS) stem[word] = running;
      continue;
    }
    const folded = unit < LATIN ? FOLD[unit]! : unit;
    at++;
    if (tokenClass === LETTER || tokenClass === DIGIT) {
      open = tokenClass;
      if (isCombining(unit)) unseen++;
      else exact = mix(exact, folded);
      tokenEnd[token] = at;
      tokenUnits[token] = at - tokenStart[token]! - unseen;
      tokenHash[token] = exact;
    } else if (tokenClass === SIGN) {
      open = SPACE;
      tokenEnd[token] = at;
      tokenUnits[token] = 1;
      tokenHash[token] = mix(FNV_OFFSET, foldSign(unit));
    } else if (tokenClass === SPACE) {
      open = SPACE;
      before &= ~GLUED;
    } else if (open === LETTER) unseen++;
    else open = SPACE;
    if (at > wordsTo) continue;
    units |= unit;
    if (wordClass === SILENT || wordClass === SPACE) continue;
    end[word] = at;
    if (wordClass === LETTER) {
      repeats = folded === last ? repeats + 1 : 0;
      last = folded;
      if (repeats >= 2 || (repeats === 1 && isDrawnOut(text, at - 1, wordsTo, folded))) continue;
    }
    running = mix(running, folded);
    hash[word] = running;
    if (++letters <= STEM_LETTERS) stem[word] = running;
  }
  // Behind the last word stands none.
  hash[words] = 0;
  WORDS.text = text;
  WORDS.count = words;
  WORDS.units = units;
  TOKENS.count = token + 1;
  return SCAN;
}

function isDrawnOut(text: string, at: number, length: number, folded: number): boolean {
  const next = at + 1 < length ? text.charCodeAt(at + 1) : 0;
  return (next < LATIN ? FOLD[next] : next) === folded;
}
