import { utf8 } from './bytes.ts';

/**
 * The envelopes an event can come in, told apart by their shape:
 *
 * - flat: `{"id", "type", "time", ...attributes}`
 * - resource: `{"data": {"id", "type", "attributes": {...}}, "meta": {"created_at"}}`
 * - properties: `{"type", "properties": {...}}`
 * - CloudEvents 1.0 structured: `{"specversion", "id", "type", "time", "data": {...}}`
 * - CloudEvents 1.0 binary: attributes in `ce_*` headers, the body is the data
 */

export interface Fields {
  [field: string]: unknown;
}

export interface Headers {
  readonly [name: string]: Uint8Array;
}

/** What the envelope itself says; undefined where it leaves it to the configured fields. */
export interface Envelope {
  readonly attributes: Fields;
  /** Searched after the attributes; the attributes themselves where there is only one object. */
  readonly top: Fields;
  readonly id: unknown;
  readonly type: unknown;
  readonly time: unknown;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `typeName` is the key under which a type stands at the top of a record. */
export function openEnvelope(body: Fields, headers: Headers | null, typeName: string): Envelope {
  if (headers !== null && headers['ce_type'] !== undefined) return binary(body, headers);
  if (typeof body['specversion'] === 'string') return structured(body);
  const { data, properties } = body;
  if (body[typeName] === undefined && isFields(data) && isFields(data['attributes'])) {
    return resource(body, data, data['attributes']);
  }
  if (isFields(properties)) {
    return envelope(properties, body, undefined, body[typeName], undefined);
  }
  return envelope(body, body, undefined, body[typeName], undefined);
}

function binary(body: Fields, headers: Headers): Envelope {
  const text = (name: string) => {
    const bytes = headers[name];
    return bytes === undefined ? undefined : utf8(bytes);
  };
  return envelope(body, body, text('ce_id'), text('ce_type'), text('ce_time'));
}

function structured(body: Fields): Envelope {
  const data = isFields(body['data']) ? body['data'] : readBase64(body['data_base64']);
  return envelope(data, body, body['id'], body['type'], body['time']);
}

function readBase64(value: unknown): Fields {
  if (typeof value !== 'string') return {};
  try {
    const data: unknown = JSON.parse(Buffer.from(value, 'base64').toString('utf8'));
    return isFields(data) ? data : {};
  } catch {
    return {};
  }
}

function resource(body: Fields, data: Fields, attributes: Fields): Envelope {
  const meta = isFields(body['meta']) ? body['meta'] : {};
  return envelope(attributes, body, data['id'], data['type'], meta['created_at']);
}

function envelope(
  attributes: Fields,
  top: Fields,
  id: unknown,
  type: unknown,
  time: unknown,
): Envelope {
  return { attributes, top, id, type, time };
}
