import type { Configuration } from '../event/configuration.ts';
import { type Catalogue, EMPTY_CATALOGUE } from '../expression/scope.ts';
import { INTENT_TYPES } from '../intent/contract.ts';

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
    types.set(type, fields === null ? null : new Map(fields.map((field) => [field, 'any'])));
  }
  return { types, common: new Map(COMMON_FIELDS.map((field) => [field, 'any'])) };
}

/** Fields that any event may carry: canonical ones, and labels of places. */
const COMMON_FIELDS = [
  'conversation_id', 'user_id', 'recipient_id', 'listing_id', 'text', 'language', 'country', 'zone',
  'role', 'lat', 'lon', 'amount', 'currency', 'price', 'city', 'postal_code', 'county', 'state',
  'dma_name', 'dma_number', 'layer_version',
];
