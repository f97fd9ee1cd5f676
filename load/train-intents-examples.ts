/** Labelled files into training examples, dialogue by dialogue, with the state the dialogue had. */
import { readFileSync } from 'node:fs';
import {
  EMPTY_DIALOGUE, type ChatMessage, type DialogueState, type Intent,
} from '../src/intent/contract.ts';
import { tellingWords } from '../src/intent/acts-echo.ts';
import { collectFeatures, Features } from '../src/intent/acts-features.ts';
import { advance } from '../src/intent/dialogue.ts';
import { readMessage } from '../src/intent/extract.ts';
import { HEADS, type Head } from '../src/intent/heads.ts';
import type { Language } from '../src/intent/mentions.ts';
import type { Example } from './train-intents-fit.ts';

export interface ActsDialogue {
  readonly id: string;
  readonly turns: readonly {
    readonly speaker: string;
    readonly human_text: boolean;
    readonly text: string;
    readonly acts: readonly { readonly act: string; readonly attribute?: string; readonly amount?: number }[];
  }[];
}

export interface ChatLabel {
  readonly type: string;
  readonly amount?: number;
  readonly location?: string;
  readonly when?: string;
}

export interface ChatDialogue {
  readonly id: string;
  readonly lang: Language;
  readonly country: string;
  readonly title: string;
  readonly listing_price: number;
  readonly currency: string;
  readonly ref: string;
  readonly turns: readonly {
    readonly speaker: 'buyer' | 'seller';
    readonly text: string;
    readonly labels: readonly ChatLabel[];
  }[];
}

/** An everyday phrase on its own, or after an offer or a proposal of the other one. */
export interface PhraseCase {
  readonly id: string;
  readonly lang: Language;
  readonly country: string;
  readonly after: 'nothing' | 'price_offer' | 'meeting_proposal';
  readonly text: string;
  readonly labels: readonly string[];
}

/** What somebody says to what the other one has just `said`, which `puts` intents on the table. */
export interface AnswerCase {
  readonly id: string;
  readonly said: string;
  readonly puts: readonly string[];
  /** Of a price that is put. */
  readonly amount?: number;
  readonly text: string;
  readonly labels: readonly string[];
}

export interface QuestionCase {
  readonly id: string;
  readonly prev: string | null;
  readonly text: string;
  readonly labels: readonly string[];
}

export interface CalendarCase {
  readonly id: string;
  readonly dialogue: string;
  readonly text: string;
  readonly ref: string;
  readonly proposes_event: boolean;
}

export function readLines<T>(path: string): T[] {
  return readFileSync(path, 'utf8').split('\n').filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** An example with the dialogue it is from, so that folds never cut one in two. */
export interface Labelled extends Example {
  readonly dialogue: string;
}

const FEATURES = new Features();

export function message(
  dialogue: string, turn: number, speaker: string, text: string,
  more: Partial<ChatMessage> = {},
): ChatMessage {
  return {
    id: `${dialogue}/${turn}`, conversation: dialogue, speaker, recipient: null, role: 'unknown',
    text, structured: null, at: Date.UTC(2026, 10, 23, 10), ...more,
  };
}

/** An intent that only says what a label says; what the state needs of it. */
export function labelIntent(from: ChatMessage, type: string, properties: Intent['properties']): Intent {
  return {
    id: from.id, type, properties, span: null, confidence: 1, speaker: from.speaker, recipient: null,
    listing: null, answers: null,
  };
}

function example(
  state: DialogueState, from: ChatMessage, known: readonly Head[], yes: ReadonlySet<string>,
  weight: number,
): { example: Labelled; words: readonly number[]; language: Language } {
  const reading = readMessage(state, from, {});
  collectFeatures(reading, FEATURES);
  const labels = new Int8Array(HEADS.length).fill(-1);
  for (const head of known) labels[HEADS.indexOf(head)] = yes.has(head) ? 1 : 0;
  return {
    example: {
      features: FEATURES.ids.slice(0, FEATURES.count), labels, weight, dialogue: from.conversation,
    },
    words: tellingWords(reading.words),
    language: reading.language,
  };
}

const ACT_HEADS: readonly Head[] = ['price_offer', 'accept', 'reject', 'question'];

/** Heads that a Negochat turn is. */
export function actHeads(acts: ActsDialogue['turns'][number]['acts']): Map<string, number | null> {
  const heads = new Map<string, number | null>();
  for (const { act, attribute, amount } of acts) {
    if (act === 'Offer' && attribute === 'Salary') heads.set('price_offer', amount ?? null);
    else if (act === 'Accept') heads.set('accept', null);
    else if (act === 'Reject') heads.set('reject', null);
    else if (act === 'Query') heads.set('question', null);
  }
  return heads;
}

export function actExamples(dialogue: ActsDialogue): Labelled[] {
  const examples: Labelled[] = [];
  let state = EMPTY_DIALOGUE;
  dialogue.turns.forEach((turn, index) => {
    const from = message(dialogue.id, index, turn.speaker, turn.text, { country: 'US' });
    const heads = actHeads(turn.acts);
    const made = example(state, from, ACT_HEADS, new Set(heads.keys()), turn.human_text ? 1 : 0.25);
    examples.push(made.example);
    const intents = [...heads].map(([type, amount]) => labelIntent(from, type, { amount }));
    state = advance(state, from, intents, made.words, made.language);
  });
  return examples;
}

/** What the other one of a phrase has put on the table before it. */
const PUT_BEFORE = {
  price_offer: { amount: 100 },
  meeting_proposal: { date: '1795622400000', date_local: '2026-11-25T16:00' },
} as const;

/** Phrases without a dialogue around them count for less than turns that have one. */
const PHRASE_WEIGHT = 0.5;

/** A yes or no rests on the dialogue, so that a phrase that is neither teaches nothing of them. */
export function phraseExample(one: PhraseCase): Labelled {
  let state = EMPTY_DIALOGUE;
  if (one.after !== 'nothing') {
    const before = message(one.id, 0, 'other', '');
    const put = labelIntent(before, one.after, PUT_BEFORE[one.after]);
    state = advance(state, before, [put], [], one.lang);
  }
  const from = message(one.id, 1, 'speaker', one.text, { country: one.country, language: one.lang });
  const known = CHAT_HEADS.filter((head) =>
    one.labels.includes(head) || (head !== 'accept' && head !== 'reject'));
  return example(state, from, known, new Set(one.labels), PHRASE_WEIGHT).example;
}

export function answerExample(one: AnswerCase): Labelled {
  const before = message(one.id, 0, 'other', one.said, { country: 'US' });
  const puts = one.puts.map((type) =>
    labelIntent(before, type, type === 'price_offer' ? { amount: one.amount } : {}));
  const words = tellingWords(readMessage(EMPTY_DIALOGUE, before, {}).words);
  const state = advance(EMPTY_DIALOGUE, before, puts, words, 'en');
  const from = message(one.id, 1, 'speaker', one.text, { country: 'US' });
  const known: readonly Head[] = ['price_offer', 'accept', 'reject'];
  return example(state, from, known, new Set(one.labels), PHRASE_WEIGHT).example;
}

const QUESTION_HEADS: readonly Head[] = [
  'availability_question', 'negotiability_question', 'condition_question',
];

export function questionExample(one: QuestionCase): Labelled {
  const state = one.prev === null ? EMPTY_DIALOGUE : advance(
    EMPTY_DIALOGUE, message(one.id, 0, 'seller', one.prev), [], [], 'en');
  const from = message(one.id, 1, 'buyer', one.text, { role: 'buyer', country: 'US' });
  return example(state, from, QUESTION_HEADS, new Set(one.labels), 1).example;
}

export function calendarExample(one: CalendarCase): Labelled {
  const from = message(one.dialogue, 0, 'user', one.text, { country: 'US' });
  const yes = new Set(one.proposes_event ? ['event_request'] : []);
  return example(EMPTY_DIALOGUE, from, ['event_request'], yes, 1).example;
}

export const CHAT_HEADS = HEADS.filter((head) => head !== 'question' && head !== 'event_request');

/** Acts that were not labelled throughout in the English turns: nothing is learnt of them there. */
const UNLABELLED_EN: readonly Head[] = ['delivery', 'payment', 'contact_share', 'closing'];

/** Heads whose yes and no both stand in the labelled chat of a language. */
export function labelledHeads(language: Language): readonly Head[] {
  return language === 'en'
    ? CHAT_HEADS.filter((head) => !UNLABELLED_EN.includes(head)) : CHAT_HEADS;
}

/** Message of a labelled chat turn. */
export function chatMessage(dialogue: ChatDialogue, index: number): ChatMessage {
  const turn = dialogue.turns[index];
  const speaker = turn?.speaker ?? 'buyer';
  return message(dialogue.id, index, speaker, turn?.text ?? '', {
    role: speaker, country: dialogue.country, zone: 'UTC', at: Date.parse(`${dialogue.ref}Z`),
    listing: { id: dialogue.id, price: dialogue.listing_price, currency: dialogue.currency },
  });
}

/** Types of a turn, every price also a `price_offer`. */
export function chatTypes(labels: readonly ChatLabel[]): Set<string> {
  const types = new Set(labels.map((label) => label.type));
  if (types.has('counter_offer') || types.has('final_price')) types.add('price_offer');
  return types;
}

export function chatExamples(dialogue: ChatDialogue): Labelled[] {
  const known = labelledHeads(dialogue.lang);
  const examples: Labelled[] = [];
  let state = EMPTY_DIALOGUE;
  dialogue.turns.forEach((turn, index) => {
    const from = chatMessage(dialogue, index);
    const made = example(state, from, known, chatTypes(turn.labels), 1);
    examples.push(made.example);
    const intents = turn.labels.map((label) => labelIntent(from, label.type, {
      ...(label.amount === undefined ? {} : { amount: label.amount }),
      ...(label.location === undefined ? {} : { location_name: label.location }),
      ...(label.when === undefined ? {} : { date: Date.parse(label.when), date_local: label.when }),
    }));
    state = advance(state, from, intents, made.words, made.language);
  });
  return examples;
}

/** Every example of the data folder; `held` chat files are left out. */
export function allExamples(folder: string): Labelled[] {
  const evaluation = `${folder}/evaluation`;
  const chat = (name: string): Labelled[] =>
    readLines<ChatDialogue>(`${folder}/chat/${name}.jsonl`).flatMap(chatExamples);
  return [
    ...readLines<ActsDialogue>(`${evaluation}/acts.jsonl`).flatMap(actExamples),
    ...readLines<QuestionCase>(`${evaluation}/questions.jsonl`).map(questionExample),
    ...readLines<CalendarCase>(`${evaluation}/meeting_smcalflow.jsonl`).map(calendarExample),
    ...chat('chat-en-tune'),
    ...chat('chat-es-tune'),
    ...chat('chat-tr-tune'),
    ...readLines<PhraseCase>(`${folder}/chat/phrases.jsonl`).map(phraseExample),
    ...readLines<AnswerCase>(`${folder}/chat/answers.jsonl`).map(answerExample),
  ];
}
