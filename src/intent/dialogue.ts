/**
 * What a conversation has come to: the price on the table, the meeting on the table, who put them
 * there, and what the last few messages did. Replaced by every message, never changed in place.
 */
import {
  TURNS_MAX, type ChatMessage, type Coordinates, type DialogueState, type Intent,
  type Properties, type StandingMeeting, type StandingOffer, type Turn,
} from './contract.ts';
import type { Language } from './mentions.ts';

/** How something on the table stands to the one who speaks now. */
export type Standing = 'none' | 'fresh' | 'theirs' | 'own' | 'agreed';

/** The dialogue as the speaker of a message sees it. */
export interface Viewpoint {
  readonly offer: Standing;
  readonly meeting: Standing;
  /** Types of the other one's last message; empty at the start. */
  readonly before: readonly string[];
  /** The one before that, whoever wrote it. */
  readonly beforeThat: readonly string[];
  /** Words of the other one's last message. */
  readonly lastWords: readonly number[];
  /** Words of the other one's last two messages. */
  readonly theirWords: readonly number[];
  /** The other one spoke last. */
  readonly answering: boolean;
  /** Id of the other one's last message, null at the start. */
  readonly lastTurn: string | null;
}

export function viewOf(state: DialogueState, speaker: string): Viewpoint {
  const { turns } = state;
  const last = turns.at(-1);
  let theirs: Turn | undefined;
  let theirWords: readonly number[] = [];
  let taken = 0;
  for (let at = turns.length - 1; at >= 0 && taken < 2; at--) {
    const turn = turns[at];
    if (turn === undefined || turn.speaker === speaker) continue;
    theirs ??= turn;
    theirWords = theirWords.length === 0 ? turn.words : [...theirWords, ...turn.words];
    taken++;
  }
  return {
    offer: standing(state.offer, speaker, theirs),
    meeting: standing(state.meeting, speaker, theirs),
    before: theirs?.types ?? [],
    beforeThat: turns.at(-2)?.types ?? [],
    lastWords: theirs?.words ?? [],
    theirWords,
    answering: last !== undefined && last.speaker !== speaker,
    lastTurn: theirs?.id ?? null,
  };
}

function standing(
  thing: StandingOffer | StandingMeeting | null, speaker: string, theirs: Turn | undefined,
): Standing {
  if (thing === null) return 'none';
  if ('accepted' in thing ? thing.accepted : thing.status === 'accepted') return 'agreed';
  if ('status' in thing && thing.status === 'rejected') return 'none';
  if (thing.speaker === speaker) return 'own';
  return thing.turn === theirs?.id ? 'fresh' : 'theirs';
}

const PRICES = new Set(['price_offer', 'counter_offer', 'final_price']);
const PROPOSALS = new Set(['meeting_proposal', 'meeting_change']);

/** The state after a message that means `intents`. */
export function advance(
  state: DialogueState, message: ChatMessage, intents: readonly Intent[],
  words: readonly number[], language: Language,
): DialogueState {
  let { offer, offerBefore, meeting } = state;
  for (const intent of intents) {
    if (PRICES.has(intent.type)) {
      const put = offerOf(intent, message);
      if (put === null || (offer?.turn === put.turn && offer.amount === put.amount)) continue;
      if (offer !== null && (offer.speaker !== put.speaker || offer.accepted)) offerBefore = offer;
      offer = put;
    } else if (PROPOSALS.has(intent.type)) {
      meeting = meetingOf(intent, message, meeting);
    } else if (intent.type === 'accept') {
      const agreed = offerOf(intent, message) ?? offer;
      if (agreed !== null) offer = { ...agreed, accepted: true };
    } else if (intent.type === 'reject') {
      if (offer?.accepted === true) offer = { ...offer, accepted: false };
      // "455 delivered?" "no": the price agreed before it stands.
      else if (offerBefore?.accepted === true && offer?.speaker !== message.speaker) offer = offerBefore;
    } else if (intent.type === 'meeting_accept') {
      if (meeting !== null) meeting = { ...meeting, status: 'accepted' };
    } else if (intent.type === 'meeting_reject') {
      // Not where the same message already proposed another.
      if (meeting !== null && meeting.turn !== message.id) {
        meeting = { ...meeting, status: 'rejected' };
      }
    }
  }
  const turn: Turn = {
    id: message.id, speaker: message.speaker, types: distinctTypes(intents), words,
  };
  const turns = [...state.turns.slice(1 - TURNS_MAX), turn];
  return { language, turns, offer, offerBefore, meeting };
}

function distinctTypes(intents: readonly Intent[]): readonly string[] {
  const types: string[] = [];
  for (const { type } of intents) if (!types.includes(type) && types.length < 8) types.push(type);
  return types;
}

function offerOf(intent: Intent, message: ChatMessage): StandingOffer | null {
  const amount = numberOf(intent.properties['amount']);
  if (amount === null) return null;
  return {
    turn: message.id, speaker: message.speaker, amount,
    currency: textOf(intent.properties['currency']), accepted: false,
  };
}

/** A proposal, with what the one it changes said and it does not. */
function meetingOf(
  intent: Intent, message: ChatMessage, before: StandingMeeting | null,
): StandingMeeting {
  const { properties } = intent;
  const kept = intent.type === 'meeting_change' ? before : null;
  const date = numberOf(properties['date']);
  const place = textOf(properties['location_name']);
  return {
    turn: message.id,
    speaker: message.speaker,
    meetingId: textOf(properties['meeting_id']) ?? kept?.meetingId ?? meetingIdOf(message),
    locationName: place ?? kept?.locationName ?? null,
    geo: coordinatesOf(properties) ?? (place === null ? kept?.geo ?? null : null),
    date: date ?? kept?.date ?? null,
    dateLocal: date === null ? kept?.dateLocal ?? null : textOf(properties['date_local']),
    dateGrain: date === null ? kept?.dateGrain ?? null : textOf(properties['date_grain']),
    status: 'open',
  };
}

/** Derived from the message that first proposed it: a replay gives the same one. */
export function meetingIdOf(message: ChatMessage): string {
  return `${message.id}/meeting`;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : null;
}

/** A number, or a string that is one (the talk sends `date` as a string). */
function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function coordinatesOf(properties: Properties): Coordinates | null {
  const { geo } = properties;
  const from = typeof geo === 'object' && geo !== null ? geo as Record<string, unknown> : properties;
  const lat = numberOf(from['lat']);
  const lon = numberOf(from['lon']);
  return lat === null || lon === null ? null : { lat, lon };
}
