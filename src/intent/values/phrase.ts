import { shapeOf, type Case, type Entry, type Lexicon } from './lexicon.ts';
import type { Token } from './tokens.ts';

export interface Found {
  readonly entry: Entry;
  readonly next: number;
}

/** The longest phrase, else the word, that starts at token `i`. */
export function readPhrase(tokens: readonly Token[], i: number, lexicon: Lexicon): Found | null {
  const text = tokens[i]?.text ?? '';
  if (text === '' || lexicon.shapes[shapeOf(text)] === 0) return null;
  const head = lexicon.heads.get(text);
  if (head === undefined) return null;
  for (const { rest, entry } of head.phrases) {
    let k = 0;
    while (k < rest.length && tokens[i + 1 + k]?.text === rest[k]) k += 1;
    if (k === rest.length) return { entry, next: i + 1 + k };
  }
  return head.word === null ? null : { entry: head.word, next: i + 1 };
}

/** An apostrophe and its suffix after a word or number: "Ekim'de", "7'de", "tomorrow's". */
export function readCase(
  tokens: readonly Token[],
  i: number,
  lexicon: Lexicon,
): { readonly case: Case; readonly next: number } {
  const mark = tokens[i];
  const suffix = tokens[i + 1];
  if (mark?.text !== "'" || !mark.glued || suffix?.kind !== 'word' || !suffix.glued) {
    return { case: '', next: i };
  }
  const known = lexicon.suffixes.get(suffix.text);
  if (known !== undefined) return { case: known, next: i + 2 };
  return suffix.text === 's' ? { case: '', next: i + 2 } : { case: '', next: i };
}
