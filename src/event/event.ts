/**
 * The event: what every stage below the decoder sees.
 *
 * An event is read once, at level 0, from one of the accepted envelopes; after that its shape is
 * fixed. `data` is what CEL sees as `event.x`: the attributes under their canonical names.
 */

/** Event time or deadline, ms since 1970 UTC. */
export type EventTimeMs = number;

/** Which family of the marketplace an event belongs to; intents and derived events are Parley's own. */
export type EventFamily = 'tracking' | 'chat' | 'domain' | 'intent' | 'derived';

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface EventData {
  readonly [field: string]: Json | undefined;
}

export interface Event {
  /** Identity. Two events with equal data and different ids are two events. */
  readonly id: string;
  readonly type: string;
  readonly time: EventTimeMs;
  readonly family: EventFamily;
  readonly data: EventData;
}

/**
 * Canonical field names that the engine itself reads. Sources map their own names to these
 * (configuration `events.fields`); everything else in `data` belongs to the marketplace.
 */
export const CANONICAL_FIELDS = [
  'conversation_id',
  'user_id',
  'recipient_id',
  'listing_id',
  'text',
  'language',
  'lat',
  'lon',
  'amount',
  'currency',
] as const;
