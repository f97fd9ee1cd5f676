/**
 * From the log odds of the model and the state of the dialogue to what a message means.
 */
import { agreedPrice, pricePut, wordAt, type Price } from './acts-prices.ts';
import { CUE, CUE_NAMES, type CueName } from './acts-cues.ts';
import type { Reading } from './acts-features.ts';
import type { MeetingDetails } from './acts-meetings.ts';
import { meetingIdOf } from './dialogue.ts';
import { HEAD, type Head } from './heads.ts';
import { chanceOf } from './model.ts';
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
  Object.entries(EVIDENCE).map(([head, names]) => [head as Head, names.map((name) => CUE[name])]),
);

/** Log odds from here on make an intent. */
const THRESHOLD = 0;
/** The same for accept and reject, which the model says too seldom (0.45); found out of fold. */
const ANSWER_THRESHOLD = Math.log(0.45 / 0.55);
/** Not at all. */
const NEVER = Number.NEGATIVE_INFINITY;

/** Intents that are heads of the same name, with their places in `HEADS`. */
function placed(
  types: readonly (IntentType & Head)[],
): readonly { readonly type: IntentType & Head; readonly head: number }[] {
  return types.map((type) => ({ type, head: HEAD[type] }));
}

const QUESTIONS = placed([
  'availability_question', 'negotiability_question', 'condition_question', 'price_question',
  'detail_question',
]);
const PLAIN = placed(['delivery', 'payment', 'contact_share', 'greeting', 'closing']);

/**
 * What a message means, in order of where it stands in the text. `details` is asked for only when
 * needed.
 */
export function decide(
  reading: Reading, odds: Float64Array, details: () => MeetingDetails,
): readonly Draft[] {
  const drafts: Draft[] = [];
  const { prices } = reading;
  for (const { type, head } of QUESTIONS) {
    if (odds[head]! < THRESHOLD) continue;
    const span = spanOf(reading, type);
    const confidence = chanceOf(odds[head]!);
    drafts.push({ type, span, confidence, properties: { question: textOf(reading, span) } });
  }
  addPrices(reading, prices, odds, drafts);
  addAnswers(reading, prices, odds, drafts);
  addMeetings(reading, odds, details, drafts);
  for (const { type, head } of PLAIN) {
    if (odds[head]! < THRESHOLD) continue;
    const properties = type === 'contact_share' ? { channel: channelOf(reading) } : {};
    drafts.push({ type, span: spanOf(reading, type), confidence: chanceOf(odds[head]!), properties });
  }
  return inOrder(drafts);
}

/** In order of their spans, by insertion: there are few. */
function inOrder(drafts: Draft[]): readonly Draft[] {
  for (let at = 1; at < drafts.length; at++) {
    const draft = drafts[at]!;
    let to = at;
    for (; to > 0 && drafts[to - 1]!.span.start > draft.span.start; to--) drafts[to] = drafts[to - 1]!;
    drafts[to] = draft;
  }
  return drafts;
}

function addPrices(
  reading: Reading, prices: readonly Price[], odds: Float64Array, drafts: Draft[],
): void {
  const { view, state } = reading;
  const put = pricePut(prices);
  if (put === undefined) return;
  // The model speaks of the message, the words around an amount of the amount: both have a say.
  const offered = odds[HEAD.price_offer]! + WEIGHT_ODDS * (put.weight - WEIGHT_EVEN);
  if (offered < THRESHOLD) return;
  const confidence = chanceOf(offered);
  const span = sentenceOf(reading, put.start, put.end);
  const properties = {
    amount: put.amount, currency: put.currency, ...(put.per === null ? {} : { per: put.per }),
  };
  drafts.push({ type: 'price_offer', span, confidence, properties });
  if (view.offer === 'fresh' || view.offer === 'theirs') {
    if (state.offer?.amount !== put.amount) {
      drafts.push({ type: 'counter_offer', span, confidence, properties });
    }
  }
  const final = odds[HEAD.final_price]!;
  if (final >= THRESHOLD) drafts.push({ type: 'final_price', span, confidence: chanceOf(final), properties });
}

/** Log odds that one unit of an amount's weight adds, and the weight that adds none. */
const WEIGHT_ODDS = 2;
const WEIGHT_EVEN = 0.6;

function addAnswers(
  reading: Reading, prices: readonly Price[], odds: Float64Array, drafts: Draft[],
): void {
  // A plain yes or no is to what the other one has just put on the table.
  const aside = (isAboutMeeting(reading) && pricePut(prices) === undefined)
    || isAboutFact(reading);
  const yes = aside ? NEVER : Math.max(odds[HEAD.accept]!,
    isAboutPrice(reading) ? odds[HEAD.meeting_accept]! : NEVER);
  if (yes >= ANSWER_THRESHOLD) {
    const price = agreedPrice(reading);
    drafts.push({
      type: 'accept', span: spanOf(reading, 'accept'), confidence: chanceOf(yes),
      properties: price === null ? { of: 'item' }
        : { of: 'price', amount: price.amount, currency: price.currency },
    });
  }
  const no = aside ? NEVER : odds[HEAD.reject]!;
  if (no >= ANSWER_THRESHOLD) {
    const { offer } = reading.state;
    const theirs = reading.view.offer === 'fresh' || reading.view.offer === 'theirs';
    drafts.push({
      type: 'reject', span: spanOf(reading, 'reject'), confidence: chanceOf(no),
      properties: theirs && offer !== null
        ? { of: 'price', amount: offer.amount, currency: offer.currency } : { of: 'request' },
    });
  }
}

/** The last word of the other side was a meeting, not a price. */
function isAboutMeeting({ view }: Reading): boolean {
  return view.meeting === 'fresh' && view.offer !== 'fresh';
}

const SAYS_MORE: readonly number[] = [
  CUE.deal, CUE.take, CUE.agrees, CUE['too-much'], CUE['no-interest'], CUE.refuse, CUE['list-price'],
];

/**
 * A plain yes or no where no price of the other side stands: in a talk about a listing it answers
 * a question of fact.
 */
function isAboutFact({ view, message, cues, prices }: Reading): boolean {
  if (view.offer === 'fresh' || view.offer === 'theirs' || prices.length > 0) return false;
  const isAsked = view.before.some((type) => type.endsWith('_question'));
  return (isAsked || (message.listing !== undefined && view.offer === 'none'))
    && !cues.some((cue) => SAYS_MORE.includes(cue.name));
}

/** The last word of the other side was a price, not a meeting. */
function isAboutPrice({ view }: Reading): boolean {
  return view.offer === 'fresh' && view.meeting !== 'fresh';
}

function addMeetings(
  reading: Reading, odds: Float64Array, details: () => MeetingDetails, drafts: Draft[],
): void {
  const { state, message } = reading;
  const standing = state.meeting;
  const id = standing?.meetingId ?? meetingIdOf(message);
  const proposes = odds[HEAD.meeting_proposal]!;
  const changes = odds[HEAD.meeting_change]!;
  const puts = Math.max(proposes, changes);
  if (puts >= THRESHOLD) {
    const told = details();
    // What says where or when anew while a place or an hour stands changes it.
    const isChange = standing !== null && (standing.date !== null || standing.locationName !== null);
    drafts.push({
      type: isChange ? 'meeting_change' : 'meeting_proposal',
      span: spanOf(reading, isChange ? 'meeting_change' : 'meeting_proposal'),
      confidence: chanceOf(puts),
      properties: { meeting_id: isChange ? id : meetingIdOf(message), ...told },
    });
  }
  if (standing === null) return;
  const answer = answerProperties(reading, id);
  for (const [type, price] of [['meeting_accept', 'accept'], ['meeting_reject', 'reject']] as const) {
    const answered = Math.max(odds[HEAD[type]]!, isAboutMeeting(reading) ? odds[HEAD[price]]! : NEVER);
    if (answered < THRESHOLD || isAboutPrice(reading)) continue;
    drafts.push({ type, span: spanOf(reading, type), confidence: chanceOf(answered), properties: answer });
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
  const { words, sentences } = reading;
  const at = Math.min(wordAt(reading, start), words.count - 1);
  const sentence = sentences.of[at] ?? 0;
  const first = sentences.first[sentence] ?? 0;
  const last = (sentences.first[sentence + 1] ?? words.count) - 1;
  return {
    start: Math.min(words.start[first] ?? 0, start), end: Math.max(words.end[last] ?? end, end),
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
