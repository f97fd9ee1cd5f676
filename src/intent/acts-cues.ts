/**
 * Cues: short phrases that say what a message does ("would you take", "trato hecho", "son fiyat").
 * The words differ by language, the names of the cues do not: what the model learns of a cue in one
 * language holds in the others.
 */
import { readWords, type Words } from './scan.ts';
import { HashFilter } from './hash-filter.ts';
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

/** Place of a cue in `CUE_NAMES`. */
export const CUE = Object.fromEntries(CUE_NAMES.map((name, at) => [name, at])) as
  Readonly<Record<CueName, number>>;

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
  readonly next: Map<number, TrieNode>;
  readonly names: number[];
}

/** Keeps stem keys apart from word keys. */
const STEM_SALT = 0x5bd1e995;

const TRIE = buildTrie([CUES_EN, CUES_ES, CUES_TR]);

function buildTrie(tables: readonly CueTable[]): TrieNode {
  const root: TrieNode = { next: new Map(), names: [] };
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
      let child = node.next.get(key);
      if (child === undefined) node.next.set(key, child = { next: new Map(), names: [] });
      node = child;
    }
  }
  if (!node.names.includes(name)) node.names.push(name);
}

/**
 * The steps from node to node, level by level, those of a node together: step `s` leads to node `s + 1`,
 * the steps of node `n` begin at `FIRST[n]`. Node 0 is the root. In the same way the cues that end at each
 * node: those of node `n` begin at `FIRST_NAME[n]`.
 */
const { KEYS, FIRST, NAMES, FIRST_NAME } = layOut(TRIE);

function layOut(root: TrieNode): Readonly<Record<'KEYS', Int32Array> & Record<'NAMES', Uint8Array>
  & Record<'FIRST' | 'FIRST_NAME', Uint16Array>> {
  const nodes = [root];
  const keys: number[] = [];
  const first: number[] = [];
  const ends: number[] = [];
  const firstName: number[] = [];
  for (const { next, names } of nodes) {
    first.push(keys.length);
    firstName.push(ends.length);
    keys.push(...next.keys());
    ends.push(...names);
    nodes.push(...next.values());
  }
  first.push(keys.length);
  firstName.push(ends.length);
  return {
    KEYS: Int32Array.from(keys), FIRST: Uint16Array.from(first),
    NAMES: Uint8Array.from(ends), FIRST_NAME: Uint16Array.from(firstName),
  };
}

/** Slots of the table of first steps; a power of two, several times as many. */
const SLOTS = 1 << 12;
/** The steps of the root, which are many, as an open hash table of their numbers plus one; 0 where free. */
const ROOT = new Uint16Array(SLOTS);
for (let step = 0; step < FIRST[1]!; step++) {
  let slot = KEYS[step]! & SLOTS - 1;
  while (ROOT[slot] !== 0) slot = slot + 1 & SLOTS - 1;
  ROOT[slot] = step + 1;
}

/** The node after the root by a key, 0 where there is none. */
function fromRoot(key: number): number {
  for (let slot = key & SLOTS - 1; ; slot = slot + 1 & SLOTS - 1) {
    const node = ROOT[slot]!;
    if (node === 0 || KEYS[node - 1] === key) return node;
  }
}

/** The keys that phrases begin with: most words begin none. */
const BEGINS = new HashFilter(1 << 15);
for (const key of TRIE.next.keys()) BEGINS.add(key);

/**
 * The cues of the text, in order of their first word. A phrase inside a longer one is not a cue of
 * its own: in "no puedo bajar" there is no "no". Nor does a yes begin within a refusal: in "I cannot
 * accept that" there is no "accept that".
 */
export function findCues(words: Words): readonly Cue[] {
  const { count, hash, stem } = words;
  const cues: Cue[] = [];
  let reach = 0;
  let refused = 0;
  for (let first = 0; first < count; first++) {
    if (!BEGINS.mayHave(hash[first]!) && !BEGINS.mayHave(stem[first]! ^ STEM_SALT)) continue;
    const from = cues.length;
    const exact = fromRoot(hash[first]!);
    if (exact > 0) walk(exact, words, first, first + 1, cues);
    const byStem = fromRoot(stem[first]! ^ STEM_SALT);
    if (byStem > 0) walk(byStem, words, first, first + 1, cues);
    let longest = first;
    for (let at = from; at < cues.length; at++) longest = Math.max(longest, cues[at]!.last);
    let kept = from;
    for (let at = from; at < cues.length; at++) {
      const cue = cues[at]!;
      if (cue.last !== longest || longest <= reach) continue;
      if (first < refused && (cue.name === CUE.deal || cue.name === CUE.take)) continue;
      if (cue.name === CUE.refuse) refused = longest;
      cues[kept++] = cue;
    }
    while (cues.length > kept) cues.pop();
    reach = Math.max(reach, longest);
  }
  return cues;
}

/** Adds the cues that begin at word `first` and go through `node` with all words before `at`. */
function walk(node: number, words: Words, first: number, at: number, cues: Cue[]): void {
  const steps = FIRST[node]!;
  const end = FIRST[node + 1]!;
  if (steps < end && at < words.count) {
    const hash = words.hash[at]!;
    const stem = words.stem[at]! ^ STEM_SALT;
    let exact = 0;
    let byStem = 0;
    for (let step = steps; step < end; step++) {
      const key = KEYS[step]!;
      if (key === hash) exact = step + 1;
      else if (key === stem) byStem = step + 1;
    }
    if (exact > 0) walk(exact, words, first, at + 1, cues);
    if (byStem > 0) walk(byStem, words, first, at + 1, cues);
  }
  const endName = FIRST_NAME[node + 1]!;
  for (let index = FIRST_NAME[node]!; index < endName; index++) cues.push({ name: NAMES[index]!, first, last: at });
}
