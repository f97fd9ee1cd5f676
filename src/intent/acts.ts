/**
 * From the probabilities of the model and the state of the dialogue to what a message means.
 */
import { agreedPrice, sentenceEnd, sentenceStart, weighPrices, wordAt, type Price } from './acts-prices.ts';
import { cueIndex, CUE_NAMES, type CueName } from './acts-cues.ts';
import type { Reading } from './acts-features.ts';
import type { MeetingDetails } from './acts-meetings.ts';
import { meetingIdOf } from './dialogue.ts';
import { HEADS, type Head } from './model.ts';
import type { IntentType, Span } from './contract.ts';

export interface Draft {
  readonly type: IntentType;
  readonly span: Span;
  readonly confidence: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Cues that show where in the message a head found its reason. */
const EVIDENCE: Readonly<Partial<Record<Head, readonly CueName[]>>> = {
  availability_question: ['available'],
  negotiability_question: ['negotiable', 'bid', 'final'],
  condition_question: ['condition'],
  price_question: ['ask-price', 'how-much'],
  detail_question: ['ask-detail'],
  accept: ['deal', 'take', 'yes', 'fine'],
  reject: ['refuse', 'too-much', 'no', 'no-interest', 'not'],
  meeting_proposal: ['meet', 'come', 'where', 'when'],
  meeting_change: ['other-time', 'meet', 'come'],
  meeting_accept: ['will-be-there', 'yes', 'fine', 'deal'],
  meeting_reject: ['busy', 'cannot', 'no', 'refuse'],
  delivery: ['deliver'],
  payment: ['pay'],
  contact_share: ['contact'],
  greeting: ['greet'],
  closing: ['bye', 'thanks'],
};

const EVIDENCE_INDEX = new Map<Head, readonly number[]>(
  Object.entries(EVIDENCE).map(([head, names]) => [head as Head, names.map(cueIndex)]),
);

/** A probability above this makes an intent. */
export const THRESHOLD = 0.5;

const QUESTIONS: readonly IntentType[] = [
  'availability_question', 'negotiability_question', 'condition_question', 'price_question',
  'detail_question',
];
const PLAIN: readonly IntentType[] = [
  'delivery', 'payment', 'contact_share', 'greeting', 'closing',
];

/** What a message means, in order of where it stands in the text. `details` is asked for only when needed. */
export function decide(
  reading: Reading, chances: Float64Array, details: () => MeetingDetails,
): readonly Draft[] {
  const drafts: Draft[] = [];
  const chance = (head: Head): number => chances[HEADS.indexOf(head)] ?? 0;
  const prices = weighPrices(reading);
  for (const type of QUESTIONS) {
    const confidence = chance(type as Head);
    if (confidence < THRESHOLD) continue;
    const span = spanOf(reading, type as Head);
    drafts.push({ type, span, confidence, properties: { question: textOf(reading, span) } });
  }
  addPrices(reading, prices, chance, drafts);
  addAnswers(reading, prices, chance, drafts);
  addMeetings(reading, chance, details, drafts);
  for (const type of PLAIN) {
    const confidence = chance(type as Head);
    if (confidence < THRESHOLD) continue;
    const properties = type === 'contact_share' ? { channel: channelOf(reading) } : {};
    drafts.push({ type, span: spanOf(reading, type as Head), confidence, properties });
  }
  return drafts.sort((a, b) => a.span.start - b.span.start);
}

function addPrices(
  reading: Reading, prices: readonly Price[], chance: (head: Head) => number, drafts: Draft[],
): void {
  const confidence = chance('price_offer');
  const { view, state } = reading;
  const put = prices.filter((price) => price.weight > 0);
  // The model speaks of the message, the words around an amount of the amount: both must agree.
  if (put.length === 0 || confidence < THRESHOLD) return;
  const last = put[put.length - 1];
  if (last === undefined) return;
  const span = sentenceOf(reading, last.start, last.end);
  const properties = {
    amount: last.amount, currency: last.currency, ...(last.per === null ? {} : { per: last.per }),
  };
  drafts.push({ type: 'price_offer', span, confidence, properties });
  if (view.offer === 'fresh' || view.offer === 'theirs') {
    if (state.offer?.amount !== last.amount) {
      drafts.push({ type: 'counter_offer', span, confidence, properties });
    }
  }
  const final = chance('final_price');
  if (final >= THRESHOLD) drafts.push({ type: 'final_price', span, confidence: final, properties });
}

function addAnswers(
  reading: Reading, prices: readonly Price[], chance: (head: Head) => number, drafts: Draft[],
): void {
  const yes = chance('accept');
  if (yes >= THRESHOLD) {
    const price = agreedPrice(reading, prices);
    drafts.push({
      type: 'accept', span: spanOf(reading, 'accept'), confidence: yes,
      properties: price === null ? { of: 'item' }
        : { of: 'price', amount: price.amount, currency: price.currency },
    });
  }
  const no = chance('reject');
  if (no >= THRESHOLD) {
    const { offer } = reading.state;
    const theirs = reading.view.offer === 'fresh' || reading.view.offer === 'theirs';
    drafts.push({
      type: 'reject', span: spanOf(reading, 'reject'), confidence: no,
      properties: theirs && offer !== null
        ? { of: 'price', amount: offer.amount, currency: offer.currency } : { of: 'request' },
    });
  }
}

function addMeetings(
  reading: Reading, chance: (head: Head) => number, details: () => MeetingDetails, drafts: Draft[],
): void {
  const { state, message, view } = reading;
  const standing = state.meeting;
  const id = standing?.meetingId ?? meetingIdOf(message);
  const proposes = chance('meeting_proposal');
  const changes = chance('meeting_change');
  const puts = Math.max(proposes, changes);
  if (puts >= THRESHOLD) {
    const told = details();
    const isChange = standing !== null && (standing.date !== null || standing.locationName !== null)
      ? told.date !== undefined || told.location_name !== undefined || changes > proposes
      : standing !== null && changes > proposes;
    drafts.push({
      type: isChange ? 'meeting_change' : 'meeting_proposal',
      span: spanOf(reading, isChange ? 'meeting_change' : 'meeting_proposal'),
      confidence: puts,
      properties: { meeting_id: isChange ? id : meetingIdOf(message), ...told },
    });
  }
  if (standing === null || view.meeting === 'own') return;
  const answer = answerProperties(reading, id);
  for (const type of ['meeting_accept', 'meeting_reject'] as const) {
    const confidence = chance(type);
    if (confidence < THRESHOLD) continue;
    drafts.push({ type, span: spanOf(reading, type), confidence, properties: answer });
  }
}

/** An answer carries what it answers, so that a pattern need not look it up. */
function answerProperties(reading: Reading, id: string): Readonly<Record<string, unknown>> {
  const { meeting } = reading.state;
  const properties: Record<string, unknown> = { meeting_id: id };
  if (meeting === null) return properties;
  if (meeting.locationName !== null) properties['location_name'] = meeting.locationName;
  if (meeting.geo !== null) properties['geo'] = meeting.geo;
  if (meeting.date !== null) {
    properties['date'] = String(meeting.date);
    properties['date_local'] = meeting.dateLocal;
    properties['date_grain'] = meeting.dateGrain;
  }
  return properties;
}

/** The sentence that holds the first cue of the head, the whole text where it has none. */
function spanOf(reading: Reading, head: Head): Span {
  const wanted = EVIDENCE_INDEX.get(head) ?? [];
  const { cues, words } = reading;
  let best: { rank: number; first: number } | null = null;
  for (const cue of cues) {
    const rank = wanted.indexOf(cue.name);
    if (rank >= 0 && (best === null || rank < best.rank)) best = { rank, first: cue.first };
  }
  if (best === null) return { start: 0, end: reading.words.text.length };
  const start = words.start[best.first] ?? 0;
  return sentenceOf(reading, start, start + 1);
}

function sentenceOf(reading: Reading, start: number, end: number): Span {
  const { words } = reading;
  const from = sentenceStart(reading, wordAt(reading, start));
  const to = sentenceEnd(reading, wordAt(reading, end));
  return {
    start: Math.min(words.start[from] ?? 0, start),
    end: Math.max(to > 0 ? words.end[to - 1] ?? end : end, end),
  };
}

function textOf(reading: Reading, span: Span): string {
  return reading.words.text.slice(span.start, span.end).trim();
}

function channelOf(reading: Reading): string {
  const text = reading.words.text.toLowerCase();
  if (/whats|wasap|\bwp/.test(text)) return 'whatsapp';
  if (text.includes('@') || text.includes('mail') || text.includes('correo')) return 'email';
  return 'phone';
}

/** Names of the cues of a message, for the explanation. */
export function cueNames(reading: Reading): readonly string[] {
  return [...new Set(reading.cues.map((cue) => CUE_NAMES[cue.name] ?? ''))];
}
