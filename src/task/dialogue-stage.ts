import type { Event, Json } from '../event/event.ts';
import { readNumber } from '../event/read-value.ts';
import { noCoordinates } from '../geo/coordinate.ts';
import { EMPTY_DIALOGUE } from '../intent/contract.ts';
import type {
  ChatMessage, DialogueState, Intent, Listing, Role, StructuredIntent,
} from '../intent/contract.ts';
import { decodeDialogue, encodeDialogue } from '../intent/dialogue-codec.ts';
import type { Language } from '../intent/mentions.ts';
import { packValue } from './body.ts';
import type { DialogueData } from './definitions.ts';
import { addOwned, ownedOf, touch } from './key-work.ts';
import type { KeyWork } from './key-work.ts';
import { forwardOnward } from './onward.ts';
import { DIALOGUE } from './owners.ts';
import { addPlaces, tallyCoordinates } from './places.ts';
import { isoTime, routed } from './side-records.ts';
import { write } from './step-context.ts';
import { expiryAt } from './state-value.ts';
import type { StepContext } from './step-context.ts';

/** What a conversation left behind, as an owner of state. */
export interface DialogueOwned {
  readonly kind: 'dialogue';
  due: number | null;
  state: DialogueState;
}

/** A conversation that was silent this long begins anew, ms. */
const DIALOGUE_KEPT_MS = 14 * 86_400_000;

const LANGUAGES: ReadonlySet<unknown> = new Set<Language>(['en', 'es', 'tr']);
const ROLES: ReadonlySet<unknown> = new Set<Role>(['buyer', 'seller']);

/**
 * Reads a chat event: its intents go to `parley.intents` and, where something on level 2 wants
 * them, on to their keys there; as events they meet the definitions of the conversation.
 */
export function readMessage(step: StepContext, work: KeyWork, event: Event): readonly Event[] {
  const { services, understandContext } = step.settings;
  if (services.understand === null) return [];
  const known = ownedOf(work, DIALOGUE) as DialogueOwned | undefined;
  const owned = known ?? { kind: 'dialogue', due: null, state: EMPTY_DIALOGUE };
  if (known === undefined) addOwned(work, DIALOGUE, owned);
  const message = messageOf(event, work.parts.value);
  const { state, intents } = services.understand(owned.state, message, understandContext);
  owned.state = state;
  owned.due = expiryAt(event.time + DIALOGUE_KEPT_MS, owned.due);
  touch(work, DIALOGUE, owned.due);
  return intents.map((intent) => publish(step, message, intent, state));
}

function publish(
  step: StepContext,
  message: ChatMessage,
  intent: Intent,
  state: DialogueState,
): Event {
  const event = intentEvent(message, intent, state);
  const { places } = step.settings.services;
  if (places !== null) {
    const coordinates = noCoordinates();
    addPlaces(event, places, coordinates);
    tallyCoordinates(coordinates, step.tally);
  }
  step.tally.add('parley_intents_total', { type: intent.type });
  write(step, intentRecord(message, intent, state));
  forwardOnward(step, event, null);
  return event;
}

function messageOf(event: Event, conversation: string): ChatMessage {
  const data: DialogueData = event.data;
  const language = data['language'];
  const code = typeof language === 'string' ? language.slice(0, 2).toLowerCase() : null;
  const zone = text(data['zone']);
  const country = text(data['country']);
  const listing = listingOf(data);
  return {
    id: event.id,
    conversation,
    speaker: idText(data['user_id']) ?? 'unknown',
    recipient: idText(data['recipient_id']),
    role: (ROLES.has(data['role']) ? data['role'] : 'unknown') as Role,
    text: typeof data['text'] === 'string' ? data['text'] : null,
    structured: structuredOf(data['intent']),
    at: event.time,
    ...(LANGUAGES.has(code) ? { language: code as Language } : {}),
    ...(zone === null ? {} : { zone }),
    ...(country === null ? {} : { country }),
    ...(listing === null ? {} : { listing }),
  };
}

/** A message may say what it means itself: `intent: {type, properties}` (a button, a card). */
function structuredOf(value: Json | undefined): StructuredIntent | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { type, properties } = value as { readonly [name: string]: Json };
  if (typeof type !== 'string' || type === '') return null;
  const known = typeof properties === 'object' && properties !== null && !Array.isArray(properties);
  return { type, properties: known ? (properties as { readonly [name: string]: Json }) : {} };
}

function listingOf(data: DialogueData): Listing | null {
  const id = idText(data['listing_id']);
  const { price, currency } = data;
  if (id === null && typeof price !== 'number') return null;
  return {
    id,
    ...(typeof price === 'number' ? { price } : {}),
    ...(typeof currency === 'string' ? { currency } : {}),
  };
}

/**
 * The intent as an event: its properties under their names, `lat` and `lon` beside a `geo`, and
 * `date` as a number (in the record of `parley.intents` it is the text of the intent contract).
 */
function intentEvent(message: ChatMessage, intent: Intent, state: DialogueState): Event {
  const properties = intent.properties as { readonly [name: string]: Json };
  const { geo, date } = properties;
  const point = typeof geo === 'object' && geo !== null ? (geo as { lat?: Json; lon?: Json }) : {};
  const data: { [field: string]: Json } = {
    ...properties,
    conversation_id: message.conversation,
    user_id: intent.speaker,
    message_id: message.id,
    confidence: intent.confidence,
  };
  if (intent.recipient !== null) data['recipient_id'] = intent.recipient;
  if (intent.listing !== null) data['listing_id'] = intent.listing;
  if (intent.answers !== null) data['answers'] = intent.answers;
  const language = state.language ?? message.language;
  if (language !== undefined) data['language'] = language;
  if (message.country !== undefined) data['sender_country'] = message.country;
  if (message.zone !== undefined) data['zone'] = message.zone;
  if (point.lat !== undefined && data['lat'] === undefined) data['lat'] = point.lat;
  if (point.lon !== undefined && data['lon'] === undefined) data['lon'] = point.lon;
  if (typeof date === 'string') data['date'] = readNumber(date) ?? date;
  return { id: intent.id, type: intent.type, time: message.at, family: 'intent', data };
}

function intentRecord(message: ChatMessage, intent: Intent, state: DialogueState) {
  const { conversation } = message;
  const language = state.language ?? message.language;
  return routed('intents', conversation, {
    specversion: '1.0',
    id: intent.id,
    source: '/intents',
    type: intent.type,
    time: isoTime(message.at),
    subject: conversation,
    datacontenttype: 'application/json',
    ...(language === undefined ? {} : { locale: language }),
    conversation_id: conversation,
    message_id: message.id,
    speaker: intent.speaker,
    recipient: intent.recipient,
    listing: intent.listing,
    answers: intent.answers,
    confidence: intent.confidence,
    span: intent.span === null ? null : { start: intent.span.start, end: intent.span.end },
    data: intent.properties as Json,
  });
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function idText(value: Json | undefined): string | null {
  return typeof value === 'number' ? String(value) : text(value);
}

export function encodeDialogueOwned({ state, due }: DialogueOwned): string | null {
  if (state === EMPTY_DIALOGUE) return null;
  return packValue({ due, listed: false }, encodeDialogue(state));
}

export function decodeDialogueOwned(cells: readonly unknown[], due: number | null): DialogueOwned {
  return { kind: 'dialogue', due, state: decodeDialogue(cells) };
}
