import type { EventsConfiguration } from './configuration.ts';
import { isFields, openEnvelope } from './envelope.ts';
import type { Envelope, Fields, Headers } from './envelope.ts';
import type { Event, EventData, EventFamily } from './event.ts';
import { createFieldReader } from './fields.ts';
import { utf8 } from './bytes.ts';
import { readTime } from './read-value.ts';
import { createTypeScan } from './type-scan.ts';

/** A record of a source, as far as decoding looks at it. */
export interface RawRecord {
  readonly offset: number;
  /** ms; the event's time where the payload does not say. */
  readonly timestamp: number;
  readonly value: Uint8Array | null;
  readonly headers: Headers | null;
}

export interface Origin {
  readonly topic: string;
  readonly partition: number;
}

export const UNREADABLE_REASONS = [
  'no_value', 'too_large', 'not_json', 'not_an_object', 'too_deep', 'no_type', 'id_too_long',
] as const;

export type UnreadableReason = (typeof UNREADABLE_REASONS)[number];

/** A record that holds no event: for the dead letter. */
export class Unreadable {
  readonly reason: UnreadableReason;
  /** What was found, for people. Holds no text of the record. */
  readonly detail: string;

  constructor(reason: UnreadableReason, detail: string) {
    this.reason = reason;
    this.detail = detail;
  }
}

export interface Decoder {
  /** The type, where a header or a look at the bytes tells it for certain; else null. */
  peekType(record: RawRecord): string | null;
  decode(record: RawRecord, origin: Origin): Event | Unreadable;
}

const TYPE_LENGTH_MAX = 200;
const ID_LENGTH_MAX = 512;

export function createDecoder(configuration: EventsConfiguration): Decoder {
  const { fields, typeHeader, recordBytesMax, depthMax } = configuration;
  const typeName = fields.type[0] ?? 'type';
  const scan = createTypeScan(typeName);
  const chat = new Set(configuration.chat);
  const domain = new Set(configuration.domain);
  const reader = createFieldReader(configuration);

  const familyOf = (type: string): EventFamily =>
    chat.has(type) ? 'chat' : domain.has(type) ? 'domain' : 'tracking';

  const headerType = (headers: Headers | null): string | null => {
    const bytes = headers?.[typeHeader];
    return bytes === undefined || bytes.length > TYPE_LENGTH_MAX ? null : utf8(bytes);
  };

  return {
    peekType(record) {
      if (record.value === null || record.value.length > recordBytesMax) return null;
      return headerType(record.headers) ?? scan(record.value);
    },
    decode(record, origin) {
      const body = parseBody(record.value, recordBytesMax);
      if (body instanceof Unreadable) return body;
      const envelope = openEnvelope(body, record.headers, typeName);
      const type = headerType(record.headers) ?? typeOf(envelope, fields.type);
      if (type === null) return noType(envelope);
      const id = idOf(envelope, fields.id);
      if (id !== null && id.length > ID_LENGTH_MAX) {
        return new Unreadable('id_too_long', `an id of ${id.length} characters`);
      }
      if (!reader.canonicalise(envelope)) {
        return new Unreadable('too_deep', `nested deeper than ${depthMax}`);
      }
      return {
        id: id ?? `${origin.topic}/${origin.partition}/${record.offset}`,
        type,
        // Kafka says -1 where a record has no time.
        time: timeOf(envelope, fields.time) ?? Math.max(0, record.timestamp),
        family: familyOf(type),
        data: envelope.attributes as EventData,
      };
    },
  };
}

function parseBody(value: Uint8Array | null, bytesMax: number): Fields | Unreadable {
  if (value === null) return new Unreadable('no_value', 'the record has no value');
  if (value.length > bytesMax) {
    return new Unreadable('too_large', `${value.length} bytes, at most ${bytesMax} are read`);
  }
  let body: unknown;
  try {
    body = JSON.parse(utf8(value));
  } catch {
    return new Unreadable('not_json', `${value.length} bytes that are not JSON`);
  }
  if (isFields(body)) return body;
  const found = Array.isArray(body) ? 'an array' : body === null ? 'null' : `a ${typeof body}`;
  return new Unreadable('not_an_object', `${found} where an object belongs`);
}

function noType(envelope: Envelope): Unreadable {
  const { type } = envelope;
  const found = type === undefined ? 'no type' : `a type that is a ${typeof type}`;
  return new Unreadable('no_type', `${found}; see events.fields.type of the configuration`);
}

function typeOf(envelope: Envelope, paths: readonly string[]): string | null {
  const value = envelope.type ?? lookUp(envelope, paths);
  return typeof value === 'string' && value !== '' && value.length <= TYPE_LENGTH_MAX
    ? value
    : null;
}

function idOf(envelope: Envelope, paths: readonly string[]): string | null {
  const value = envelope.id ?? lookUp(envelope, paths);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A time before 1970 is none: the clock that wrote it was not set. */
function timeOf(envelope: Envelope, paths: readonly string[]): number | null {
  const stated = readTime(envelope.time);
  if (stated !== null && stated >= 0) return stated;
  for (const path of paths) {
    const time = readTime(at(envelope.attributes, path) ?? at(envelope.top, path));
    if (time !== null && time >= 0) return time;
  }
  return null;
}

/** First path that leads to something, in the attributes, then at the top of the record. */
function lookUp(envelope: Envelope, paths: readonly string[]): unknown {
  for (const path of paths) {
    const value = at(envelope.attributes, path) ?? at(envelope.top, path);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

function at(fields: Fields, path: string): unknown {
  if (!path.includes('.')) return Object.hasOwn(fields, path) ? fields[path] : undefined;
  let value: unknown = fields;
  for (const part of path.split('.')) {
    if (!isFields(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}
