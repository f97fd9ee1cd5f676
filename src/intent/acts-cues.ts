/**
 * Cues: short phrases that say what a message does ("would you take", "trato hecho", "son fiyat").
 * The words differ by language, the names of the cues do not: what the model learns of a cue in one
 * language holds in the others.
 */
import { readWords, type Words } from './language.ts';
import { CUES_EN } from './acts-cues-en.ts';
import { CUES_ES } from './acts-cues-es.ts';
import { CUES_TR } from './acts-cues-tr.ts';

export const CUE_NAMES = [
  'available', 'negotiable', 'condition', 'ask-price', 'ask-detail', 'bid', 'asking', 'final',
  'deal', 'take', 'yes', 'fine', 'no', 'refuse', 'too-much', 'cannot', 'no-interest', 'meet', 'where',
  'when', 'come', 'other-time', 'busy', 'will-be-there', 'deliver', 'pay', 'contact', 'greet', 'bye',
  'thanks', 'not', 'if', 'past-price', 'middle', 'list-price', 'how-much', 'last-word',
  'calendar', 'wait', 'compare', 'discount', 'per', 'place-noun', 'swap', 'fact', 'unit', 'agrees',
] as const;

export type CueName = (typeof CUE_NAMES)[number];

/**
 * Phrases by cue, separated by `|`. `word~` stands for every word with the same first five letters.
 */
export type CueTable = Readonly<Partial<Record<CueName, string>>>;

export interface Cue {
  /** Index in `CUE_NAMES`. */
  readonly name: number;
  /** First word and the one after the last, indices into `Words`. */
  readonly first: number;
  readonly last: number;
}

interface TrieNode {
  next: Map<number, TrieNode> | null;
  names: number[] | null;
}

/** Keeps stem keys apart from word keys. */
const STEM_SALT = 0x5bd1e995;

const TRIE = buildTrie([CUES_EN, CUES_ES, CUES_TR]);

function buildTrie(tables: readonly CueTable[]): TrieNode {
  const root: TrieNode = { next: null, names: null };
  for (const table of tables) {
    for (const [cue, phrases] of Object.entries(table)) {
      const name = CUE_NAMES.indexOf(cue as CueName);
      for (const phrase of phrases.split('|')) addPhrase(root, phrase.trim(), name);
    }
  }
  return root;
}

function addPhrase(root: TrieNode, phrase: string, name: number): void {
  if (phrase === '') return;
  let node = root;
  for (const part of phrase.split(/\s+/)) {
    const isStem = part.endsWith('~');
    const words = readWords(isStem ? part.slice(0, -1) : part);
    for (let at = 0; at < words.count; at++) {
      const key = isStem ? (words.stem[at] ?? 0) ^ STEM_SALT : words.hash[at] ?? 0;
      node.next ??= new Map();
      let child = node.next.get(key);
      if (child === undefined) node.next.set(key, child = { next: null, names: null });
      node = child;
    }
  }
  node.names ??= [];
  if (!node.names.includes(name)) node.names.push(name);
}

/** Bits of the keys that phrases begin with: most words begin none, and one look says so. */
const BEGINS = new Uint8Array(1 << 16);
for (const key of TRIE.next?.keys() ?? []) BEGINS[key & 0xffff] = 1;

function mayBegin(key: number): boolean {
  return BEGINS[key & 0xffff] === 1;
}

/**
 * The cues of the text, in order of their first word. A phrase inside a longer one is not a cue of
 * its own: in "no puedo bajar" there is no "no".
 */
export function findCues(words: Words): readonly Cue[] {
  const cues: Cue[] = [];
  let reach = 0;
  for (let first = 0; first < words.count; first++) {
    if (!mayBegin(words.hash[first] ?? 0) && !mayBegin((words.stem[first] ?? 0) ^ STEM_SALT)) continue;
    const from = cues.length;
    walk(TRIE, words, first, first, cues);
    let longest = first;
    for (let at = from; at < cues.length; at++) longest = Math.max(longest, cues[at]?.last ?? 0);
    let kept = from;
    for (let at = from; at < cues.length; at++) {
      const cue = cues[at];
      if (cue !== undefined && cue.last === longest && cue.last > reach) cues[kept++] = cue;
    }
    cues.length = kept;
    reach = Math.max(reach, longest);
  }
  return cues;
}

function walk(node: TrieNode, words: Words, first: number, at: number, cues: Cue[]): void {
  if (at < words.count && node.next !== null) {
    const exact = node.next.get(words.hash[at] ?? 0);
    if (exact !== undefined) walk(exact, words, first, at + 1, cues);
    const stem = node.next.get((words.stem[at] ?? 0) ^ STEM_SALT);
    if (stem !== undefined) walk(stem, words, first, at + 1, cues);
  }
  if (node.names !== null) for (const name of node.names) cues.push({ name, first, last: at });
}

/** Place of a cue in `CUE_NAMES`. */
export const CUE = Object.fromEntries(CUE_NAMES.map((name, at) => [name, at])) as
  Readonly<Record<CueName, number>>;
