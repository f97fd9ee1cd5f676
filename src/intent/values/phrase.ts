import type { Case, Entry, Lexicon } from './lexicon.ts';
import type { Token } from './tokens.ts';

export interface Found {
  readonly entry: Entry;
  readonly next: number;
}

/** The longest phrase, else the word, that starts at token `i`. */
export function readPhrase(tokens: readonly Token[], i: number, lexicon: Lexicon): Found | null {
  const head = lexicon.headOf[tokens[i]?.word ?? 0]!;
  if (head === null) return null;
  const { phrases } = head;
  for (let at = 0; at < phrases.length; at += 1) {
    const { numbers, entry } = phrases[at]!;
    let k = 0;
    while (k < numbers.length && tokens[i + 1 + k]?.word === numbers[k]) k += 1;
    if (k === numbers.length) return { entry, next: i + 1 + k };
  }
  return head.word === null ? null : { entry: head.word, next: i + 1 };
}

/** What a token means by itself, without the words behind it. */
export function entryOf(token: Token | undefined, lexicon: Lexicon): Entry | null {
  return lexicon.headOf[token?.word ?? 0]?.word ?? null;
}

/** An apostrophe and its suffix after a word or number: "Ekim'de", "7'de", "tomorrow's". */
export function readCase(
  tokens: readonly Token[],
  i: number,
  lexicon: Lexicon,
): { readonly case: Case; readonly next: number } {
  const mark = tokens[i];
  const suffix = tokens[i + 1];
  // Its kind before its text: a word is spelled only when somebody asks.
  if (mark?.kind !== 'mark' || mark.text !== "'" || !mark.glued || suffix?.kind !== 'word' || !suffix.glued) {
    return { case: '', next: i };
  }
  const known = lexicon.suffixes.get(suffix.text);
  if (known !== undefined) return { case: known, next: i + 2 };
  return suffix.text === 's' ? { case: '', next: i + 2 } : { case: '', next: i };
}
