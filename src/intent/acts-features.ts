/**
 * What the model sees of a message: hashed words, cues, mentions, and how all of it stands to the
 * dialogue. The same function serves training and the live path, so they cannot drift apart.
 */
import type { ChatMessage, DialogueState, Span } from './contract.ts';
import type { Cue } from './acts-cues.ts';
import type { Echo } from './acts-echo.ts';
import { CUE, CUE_NAMES } from './acts-cues.ts';
import type { Standing, Viewpoint } from './dialogue.ts';
import { rulesThatHold } from './acts-rules.ts';
import { wordAt, type Price } from './acts-prices.ts';
import { HEADS } from './heads.ts';
import { INTENT_TYPES } from './contract.ts';
import type { Sentences } from './language.ts';
import type { Words } from './scan.ts';
import type { Language, Mention } from './mentions.ts';

/** A message taken apart. */
export interface Reading {
  readonly message: ChatMessage;
  readonly state: DialogueState;
  readonly view: Viewpoint;
  readonly words: Words;
  readonly sentences: Sentences;
  readonly cues: readonly Cue[];
  readonly echo: Echo;
  readonly mentions: readonly Mention[];
  /** The amounts, with what the words around them say of each. */
  readonly prices: readonly Price[];
  /** Where a telephone number stands. */
  readonly phone: Span | null;
  readonly language: Language;
}

/** Features of one message that count; the rest is ignored. */
export const FEATURES_MAX = 1500;

const STANDINGS: readonly Standing[] = ['none', 'fresh', 'theirs', 'own', 'agreed'];

const TYPE_INDEX: ReadonlyMap<string, number> = new Map(INTENT_TYPES.map((type, at) => [type, at]));

function typeIndex(type: string | undefined): number {
  return type === undefined ? -1 : TYPE_INDEX.get(type) ?? -1;
}

/** Kinds of features; each keeps its own part of the hash space. */
const KIND = {
  word: 1, pair: 2, stem: 3, cue: 4, cueFirst: 5, cueOffer: 6, cueMeeting: 7, cueBefore: 8,
  context: 9, mention: 10, mentionOffer: 11, size: 12, whole: 13, first: 14, question: 15, echo: 16,
  cuePair: 17, rule: 24, echoed: 27, cueClause: 29,
  said: 28, denied: 30, beside: 26, amount: 18, role: 19, triple: 21, cueQuestion: 22, last: 23,
} as const;

/**
 * Hashed features of one message, reused from message to message (single-threaded, no re-entry).
 */
export class Features {
  readonly ids = new Uint32Array(FEATURES_MAX);
  count = 0;

  add(kind: number, first: number, second = 0): void {
    if (this.count >= FEATURES_MAX) return;
    this.ids[this.count++] = hashFeature(kind, first, second);
  }
}

function hashFeature(kind: number, first: number, second: number): number {
  let hash = Math.imul(kind ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ first, 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash ^ second, 0x27d4eb2f);
  hash ^= hash >>> 13;
  return hash >>> 0;
}

/** The feature of each head's rule, in the order of `HEADS`: where training starts from. */
export const RULE_FEATURES: readonly number[] = HEADS.map((_, head) => hashFeature(KIND.rule, head, 0));

export function collectFeatures(reading: Reading, features: Features): void {
  features.count = 0;
  addWords(reading.words, features);
  const asks = addQuestion(reading.sentences, features);
  addEcho(reading, features);
  addCues(reading, features);
  addMentions(reading, asks, features);
  addContext(reading, asks, features);
  addRules(reading, asks, features);
}

function addRules(reading: Reading, asks: number, features: Features): void {
  const held = rulesThatHold(reading);
  for (let head = 0; head < HEADS.length; head++) {
    if ((held >> head & 1) === 1) {
      features.add(KIND.rule, head);
      features.add(KIND.rule, 100 + head, asks);
      features.add(KIND.rule, 200 + head, sizeOf(reading.words.count));
    }
  }
}

function addWords(words: Words, features: Features): void {
  const { count, hash, stem } = words;
  let before = 1;
  let beforeThat = 1;
  for (let at = 0; at < count; at++) {
    // Numbers differ endlessly: one feature for all.
    const word = words.kind[at] === 1 ? 7 : hash[at] ?? 0;
    features.add(KIND.word, word);
    features.add(KIND.pair, before, word);
    features.add(KIND.triple, Math.imul(beforeThat, 31) ^ before, word);
    if (words.kind[at] === 0) features.add(KIND.stem, stem[at] ?? 0);
    beforeThat = before;
    before = word;
  }
  features.add(KIND.pair, before, 1);
  if (count > 0) features.add(KIND.first, hash[0] ?? 0, count > 1 ? hash[1] ?? 0 : 0);
  if (count > 0) features.add(KIND.last, hash[count - 1] ?? 0);
  features.add(KIND.size, sizeOf(count));
  if (count <= 4) {
    let whole = 17;
    for (let at = 0; at < count; at++) whole = Math.imul(whole, 31) + (hash[at] ?? 0) | 0;
    features.add(KIND.whole, whole);
  }
}

function sizeOf(count: number): number {
  return count <= 4 ? count : count <= 8 ? 5 : count <= 16 ? 6 : count <= 32 ? 7 : 8;
}

/** 0 no question, 1 somewhere, 2 at the end. */
function addQuestion({ asks }: Sentences, features: Features): number {
  const code = asks.at(-1) === true ? 2 : asks.includes(true) ? 1 : 0;
  features.add(KIND.question, code, Math.min(asks.length, 3));
  return code;
}

/** 1 for cues that say yes, 2 for those that say no. */
const SIDE = new Uint8Array(CUE_NAMES.length);
for (const name of ['deal', 'take', 'yes', 'fine', 'agrees'] as const) SIDE[CUE[name]] = 1;
for (const name of ['refuse', 'no', 'too-much', 'no-interest', 'not'] as const) SIDE[CUE[name]] = 2;

/** Of each sentence: 1 a condition stands in it, 2 a no; reused from message to message. */
const TURNED = new Uint8Array(16);

function turnedSentences(cues: readonly Cue[], { of }: Sentences): void {
  TURNED.fill(0);
  for (const { name, first } of cues) {
    const bit = (name === CUE.if ? 1 : 0) | (SIDE[name] === 2 ? 2 : 0);
    if (bit > 0) TURNED[of[first]! & 15]! |= bit;
  }
}

function addCues(reading: Reading, features: Features): void {
  const { cues, view, sentences, echo } = reading;
  const offer = STANDINGS.indexOf(view.offer);
  const meeting = STANDINGS.indexOf(view.meeting);
  const before = typeIndex(view.before[0]);
  turnedSentences(cues, sentences);
  let seenLow = 0;
  let seenHigh = 0;
  let previous = -1;
  for (const { name, first } of cues) {
    const bit = 1 << (name & 31);
    if (name < 32 ? seenLow & bit : seenHigh & bit) continue;
    if (name < 32) seenLow |= bit;
    else seenHigh |= bit;
    features.add(KIND.cue, name);
    const sentence = sentences.of[first] ?? 0;
    const asks = sentences.asks[sentence] === true ? 1 : 0;
    if (first - (sentences.first[sentence] ?? 0) <= 1) features.add(KIND.cueFirst, name, asks);
    features.add(KIND.cueOffer, name, offer);
    features.add(KIND.cueMeeting, name, meeting);
    features.add(KIND.cueBefore, name, before);
    features.add(KIND.cueQuestion, name, asks);
    // What the sentence takes up, asks, and whether a condition or a no stands in it.
    const clause = echo.sentences[sentence]! + asks * 8 + (TURNED[sentence & 15]! << 4);
    if (SIDE[name]! > 0) {
      features.add(KIND.cueClause, name, clause);
      features.add(KIND.cueClause, 100 + SIDE[name]!, clause);
    }
    if (previous >= 0) features.add(KIND.cuePair, previous, name);
    previous = name;
  }
  if (previous < 0) features.add(KIND.cue, CUE_NAMES.length);
}

function addMentions(reading: Reading, asks: number, features: Features): void {
  const { mentions, state, view, message } = reading;
  const offer = STANDINGS.indexOf(view.offer);
  let money = 0;
  let time = 0;
  let place = 0;
  for (const mention of mentions) {
    if (mention.kind === 'time') time++;
    else if (mention.kind === 'place') place++;
    if (mention.kind !== 'money') continue;
    money++;
    const { amount, marked } = mention;
    addNeighbours(reading, mention.start, mention.end, features);
    features.add(KIND.amount, marked ? 1 : 2, asks);
    features.add(KIND.amount, 10 + compare(amount, state.offer?.amount), offer);
    features.add(KIND.amount, 20 + compare(amount, state.offerBefore?.amount));
    features.add(KIND.amount, 30 + compare(amount, message.listing?.price));
  }
  addCount(features, 0, money, offer);
  addCount(features, 1, time, offer);
  addCount(features, 2, place, offer);
  features.add(KIND.mention, 10 + Math.min(time, 1), Math.min(place, 1));
  features.add(KIND.mention, 20 + Math.min(time + place, 1), STANDINGS.indexOf(view.meeting));
}

/** How many mentions of one kind: none, one, more. */
function addCount(features: Features, kind: number, count: number, offer: number): void {
  features.add(KIND.mention, kind, Math.min(count, 2));
  features.add(KIND.mentionOffer, kind * 8 + Math.min(count, 2), offer);
}

/** Two words on either side of an amount. */
function addNeighbours(reading: Reading, start: number, end: number, features: Features): void {
  const { hash, count } = reading.words;
  const first = wordAt(reading, start);
  const after = wordAt(reading, end);
  const before = first > 0 ? hash[first - 1] ?? 0 : 1;
  const next = after < count ? hash[after] ?? 0 : 2;
  features.add(KIND.beside, before);
  features.add(KIND.beside, before, first > 1 ? hash[first - 2] ?? 0 : 1);
  features.add(KIND.beside, next ^ 0x5555);
  features.add(KIND.beside, next ^ 0x5555, after + 1 < count ? hash[after + 1] ?? 0 : 2);
}

function compare(amount: number, other: number | undefined): number {
  if (other === undefined) return 0;
  if (Math.abs(amount - other) < 0.005) return 1;
  if (amount < other / 3 || amount > other * 3) return 4;
  return amount < other ? 2 : 3;
}

function addContext(reading: Reading, asks: number, features: Features): void {
  const { view, message, words, cues } = reading;
  const offer = STANDINGS.indexOf(view.offer);
  const meeting = STANDINGS.indexOf(view.meeting);
  const denies = cues.some(({ name }) => name === CUE.not || name === CUE.refuse || name === CUE.no) ? 1 : 0;
  features.add(KIND.context, offer);
  features.add(KIND.context, 10 + meeting);
  features.add(KIND.context, 20 + offer, meeting);
  features.add(KIND.context, 30, view.answering ? 1 : 0);
  for (const type of view.before) features.add(KIND.context, 40, typeIndex(type));
  for (const type of view.beforeThat) {
    features.add(KIND.context, 41, typeIndex(type));
  }
  if (view.before.length === 0) features.add(KIND.context, 40, 99);
  // What the other one has just said, whatever was made of it, and whether a no stands in the answer: "I want a
  // car" asks for a yes or no, and "no car" is a yes to "I want no car".
  for (const word of view.lastWords) {
    features.add(KIND.said, word);
    features.add(KIND.denied, word, denies);
  }
  features.add(KIND.role, message.role === 'buyer' ? 1 : message.role === 'seller' ? 2 : 0);
  features.add(KIND.size, 20 + sizeOf(words.count), offer);
  features.add(KIND.size, 40 + sizeOf(words.count), asks);
  features.add(KIND.size, 60 + sizeOf(words.count), meeting);
}

/** How much of the other side's words and numbers the message takes up. */
function addEcho({ echo, words }: Reading, features: Features): void {
  for (let index = 0; index < echo.at.length; index++) addEchoed(words, echo.at[index]!, features);
  features.add(KIND.echo, 1, Math.min(echo.numbers, 2) * 4 + Math.min(echo.ownNumbers, 2));
  features.add(KIND.echo, 2, Math.min(echo.words, 3));
  features.add(KIND.echo, 3, Math.min(echo.words, 2) * 8 + Math.min(echo.ownWords, 4));
  features.add(KIND.echo, 4, echo.all);
}

/** The words around one that the other side used: "no 20%", "20% works". */
function addEchoed({ hash, count }: Words, at: number, features: Features): void {
  const before = at > 0 ? hash[at - 1] ?? 0 : 3;
  const after = at + 1 < count ? hash[at + 1] ?? 0 : 3;
  features.add(KIND.echoed, 1, after);
  features.add(KIND.echoed, 2, before);
  features.add(KIND.echoed, before, after);
}
