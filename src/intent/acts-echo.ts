/**
 * What a message takes up of what the other side has just said, word by word and sentence by
 * sentence: "8 hours is fine" behind "I want 8 hours" agrees, behind "I want 10 hours" it does not.
 */
import { TURN_WORDS_MAX } from './contract.ts';
import type { Viewpoint } from './dialogue.ts';
import type { Sentences } from './language.ts';
import { WORDS_MAX, type Words } from './scan.ts';

/** Bits of `Echo.sentences`: numbers of the other side, numbers of its own, words of the other side. */
export const SAME_NUMBER = 1;
export const OWN_NUMBER = 2;
export const SAME_WORD = 4;

export interface Echo {
  /** Telling words and numbers that the other side used too, and those that it did not. */
  readonly words: number;
  readonly ownWords: number;
  readonly numbers: number;
  readonly ownNumbers: number;
  /** The same as bits, for the whole message and for each sentence; an array of the next message too. */
  readonly all: number;
  readonly sentences: Uint8Array;
  /** Indices of the words that are taken up. */
  readonly at: readonly number[];
}

const SENTENCES = new Uint8Array(WORDS_MAX + 1);

/** Whether the message repeats the words and numbers of the other side, or brings its own. */
export function echoOf(words: Words, { of, asks }: Sentences, { theirWords }: Viewpoint): Echo {
  let same = 0;
  let ownWords = 0;
  let numbers = 0;
  let ownNumbers = 0;
  let all = 0;
  const sentences = SENTENCES;
  for (let at = 0; at < asks.length; at++) sentences[at] = 0;
  const taken: number[] = [];
  // Their words by their last bits: most words of a message are none of theirs, and this says so.
  let theirs = 0;
  for (let at = 0; at < theirWords.length; at++) theirs |= 1 << theirWords[at]!;
  for (let at = 0; at < words.count; at++) {
    if (!isTelling(words, at)) continue;
    const word = words.hash[at]!;
    const isSame = (theirs >>> word & 1) !== 0 && theirWords.includes(word);
    let bit = 0;
    if (words.kind[at] === 1) {
      bit = isSame ? SAME_NUMBER : OWN_NUMBER;
      if (isSame) numbers++;
      else ownNumbers++;
    } else if (isSame) {
      bit = SAME_WORD;
      same++;
    } else ownWords++;
    if (isSame) taken.push(at);
    all |= bit;
    sentences[of[at]!]! |= bit;
  }
  return { words: same, ownWords, numbers, ownNumbers, all, sentences, at: taken };
}

/** A word that says what a message is about: a number, or four letters and more. */
function isTelling(words: Words, at: number): boolean {
  const kind = words.kind[at];
  if (kind === 1) return true;
  return kind === 0 && words.end[at]! - words.start[at]! >= 4;
}

/** Hashes of the telling words, for the state. */
export function tellingWords(words: Words): readonly number[] {
  const telling: number[] = [];
  for (let at = 0; at < words.count && telling.length < TURN_WORDS_MAX; at++) {
    const hash = words.hash[at]!;
    if (isTelling(words, at) && !telling.includes(hash)) telling.push(hash);
  }
  return telling;
}
