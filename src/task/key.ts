import type { Event, Json } from '../event/event.ts';

/**
 * Keys as text: `conversation_id=c1`. A definition without a key has one partition, `none=`.
 * The text is the record key on the keyed topics and the key of every state value.
 */
export interface KeyParts {
  /** Field name, or null for definitions without a key. */
  readonly name: string | null;
  readonly value: string;
}

/** Name that stands for `key: none`; no field can be called so, it ends in a space. */
const NONE = 'none ';
const VALUE_LENGTH_MAX = 512;

export function keyText(name: string | null, value: string): string {
  return `${name ?? NONE}=${value}`;
}

export function parseKey(text: string): KeyParts {
  const at = text.indexOf('=');
  const name = text.slice(0, at);
  return { name: name === NONE ? null : name, value: text.slice(at + 1) };
}

/** Value of the key field as text; null where the event has none that can be a key. */
export function keyValueOf(event: Event, name: string | null): string | null {
  if (name === null) return '';
  return keyValue(event.data[name]);
}

export function keyValue(value: Json | undefined): string | null {
  if (typeof value === 'string') {
    return value === '' || value.length > VALUE_LENGTH_MAX ? null : value;
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
