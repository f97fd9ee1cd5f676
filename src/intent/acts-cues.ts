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
  /** Which kinds of keys lead on: `EXACT`, `STEM` or both. */
  goes: number;
}

/** Keeps stem keys apart from word keys. */
const STEM_SALT = 0x5bd1e995;

/** Kinds of steps from a node. */
const EXACT = 1;
const STEM = 2;

const TRIE = buildTrie([CUES_EN, CUES_ES, CUES_TR]);

function buildTrie(tables: readonly CueTable[]): TrieNode {
  const root: TrieNode = { next: new Map(), names: [], goes: 0 };
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
      if (child === undefined) node.next.set(key, child = { next: new Map(), names: [], goes: 0 });
      node.goes |= isStem ? STEM : EXACT;
      node = child;
    }
  }
  if (!node.names.includes(name)) node.names.push(name);
}

/** Slots of the table of steps; a power of two, several times the steps. */
const SLOTS = 1 << 14;
/**
 * Steps from node to node as an open hash table, two numbers a slot so that a look is at one line of the
 * cache: the key, then where from in the upper half and 1 + where to in the lower, 0 where free.
 */
const STEPS = new Int32Array(SLOTS * 2);
/** Cues that end at each node; node 0 is the root. */
const NAMES: (readonly number[])[] = [];
/** Kinds of steps that lead on from each; from most none does. */
const GOES: number[] = [];
layOut(TRIE);

/** Numbers the nodes and puts their steps into the table; the number of `node`. */
function layOut(node: TrieNode): number {
  const number = NAMES.length;
  NAMES.push(node.names);
  GOES.push(node.goes);
  for (const [key, child] of node.next) {
    const to = layOut(child);
    let slot = slotOf(number, key);
    while (STEPS[slot * 2 + 1] !== 0) slot = slot + 1 & SLOTS - 1;
    STEPS[slot * 2] = key;
    STEPS[slot * 2 + 1] = number << 16 | to + 1;
  }
  return number;
}

function slotOf(node: number, key: number): number {
  const mixed = Math.imul(key ^ Math.imul(node, 0x9e3779b1), 0x85ebca6b);
  return mixed >>> 18;
}

/** The node after `node` by a key, -1 where there is none. */
function step(node: number, key: number): number {
  for (let slot = slotOf(node, key); ; slot = slot + 1 & SLOTS - 1) {
    const ends = STEPS[slot * 2 + 1]!;
    if (ends === 0) return -1;
    if (STEPS[slot * 2] === key && ends >>> 16 === node) return (ends & 0xffff) - 1;
  }
}

/** The keys that phrases begin with: most words begin none. */
const BEGINS = new HashFilter(1 << 15);
for (const key of TRIE.next.keys()) BEGINS.add(key);

/**
 * The cues of the text, in order of their first word. A phrase inside a longer one is not a cue of
 * its own: in "no puedo bajar" there is no "no".
 */
export function findCues(words: Words): readonly Cue[] {
  const { count, hash, stem } = words;
  const cues: Cue[] = [];
  let reach = 0;
  for (let first = 0; first < count; first++) {
    if (!BEGINS.mayHave(hash[first]!) && !BEGINS.mayHave(stem[first]! ^ STEM_SALT)) continue;
    const from = cues.length;
    walk(0, words, first, first, cues);
    let longest = first;
    for (let at = from; at < cues.length; at++) longest = Math.max(longest, cues[at]!.last);
    let kept = from;
    for (let at = from; at < cues.length; at++) {
      const cue = cues[at]!;
      if (cue.last === longest && longest > reach) cues[kept++] = cue;
    }
    while (cues.length > kept) cues.pop();
    reach = Math.max(reach, longest);
  }
  return cues;
}

function walk(node: number, words: Words, first: number, at: number, cues: Cue[]): void {
  const goes = at < words.count ? GOES[node]! : 0;
  if ((goes & EXACT) !== 0) {
    const exact = step(node, words.hash[at]!);
    if (exact >= 0) walk(exact, words, first, at + 1, cues);
  }
  if ((goes & STEM) !== 0) {
    const stem = step(node, words.stem[at]! ^ STEM_SALT);
    if (stem >= 0) walk(stem, words, first, at + 1, cues);
  }
  const names = NAMES[node]!;
  for (let index = 0; index < names.length; index++) cues.push({ name: names[index]!, first, last: at });
}

/** Place of a cue in `CUE_NAMES`. */
export const CUE = Object.fromEntries(CUE_NAMES.map((name, at) => [name, at])) as
  Readonly<Record<CueName, number>>;
