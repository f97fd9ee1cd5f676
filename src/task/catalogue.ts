import type { Configuration, EventsConfiguration } from '../event/configuration.ts';
import { type Catalogue, EMPTY_CATALOGUE } from '../expression/scope.ts';
import { INTENT_TYPES } from '../intent/contract.ts';
import type { Vocabulary } from '../pattern/check-context.ts';

/**
 * The event types that definitions are checked against: those of the configuration
 * (`events.types`) and the intents that Parley reads from text. Where the configuration names
 * none, nothing is known and no type is refused.
 */
export function catalogueOf({ events }: Configuration): Catalogue {
  const named = Object.entries(events.types);
  if (named.length === 0) return EMPTY_CATALOGUE;
  const types: Map<string, ReadonlyMap<string, 'any'> | null> = new Map();
  for (const type of [...INTENT_TYPES, ...events.chat, ...events.domain]) types.set(type, null);
  for (const [type, fields] of named) {
    types.set(type, fields && new Map(withCanonical(fields, events).map((field) => [field, 'any'])));
  }
  return { types, common: new Map(COMMON_FIELDS.map((field) => [field, 'any'])) };
}

/** Under whichever name the source has it, a canonical field is read by its own. */
function withCanonical(fields: readonly string[], { fields: paths }: EventsConfiguration): string[] {
  const canonical = Object.entries(paths).filter(([, from]) => {
    return from.some((path) => fields.includes(path));
  });
  return [...fields, ...canonical.map(([name]) => name)];
}

/** What is usual where the configuration names no types. */
export function usualWords({ events }: Configuration): Vocabulary {
  return {
    types: new Set([...INTENT_TYPES, ...events.chat, ...events.domain]),
    fields: new Set([...COMMON_FIELDS, ...INTENT_FIELDS]),
  };
}

/** Fields of intents beside the common ones (`dialogue-stage.ts`, `intent/contract.ts`). */
const INTENT_FIELDS = [
  'message_id', 'confidence', 'answers', 'sender_country', 'meeting_id', 'location_name', 'geo',
  'date', 'date_local', 'date_grain', 'per', 'of', 'question', 'channel',
];

/** Fields that any event may carry: canonical ones, and labels of places. */
const COMMON_FIELDS = [
  'conversation_id', 'user_id', 'recipient_id', 'listing_id', 'text', 'language', 'country', 'zone',
  'role', 'lat', 'lon', 'amount', 'currency', 'price', 'city', 'postal_code', 'county', 'state',
  'dma_name', 'dma_number', 'layer_version',
];
