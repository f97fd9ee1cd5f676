import { createHash } from 'node:crypto';
import { asBuffer, utf8Bytes } from '../event/bytes.ts';
import type { Origin, RawRecord, Unreadable } from '../event/decode.ts';
import type { Event, Json } from '../event/event.ts';
import type { RoutedRecord } from './contract.ts';
import type { DerivedRecord } from './derived-record.ts';

/** Records of the side outputs: dead letter, late, dirty hours (`output-schemas.ts`). */

const HOUR_MS = 3_600_000;

export function deadLetter(
  record: RawRecord,
  origin: Origin,
  unreadable: Unreadable,
  headBytes: number,
): RoutedRecord {
  const bytes = record.value === null ? Buffer.alloc(0) : asBuffer(record.value);
  const head = bytes.subarray(0, headBytes);
  const text = head.toString('utf8');
  // A replacement character means the bytes are no text, or were cut inside a character.
  const readable = !text.slice(0, -1).includes('\ufffd');
  return routed('dead-letter', `${origin.topic}/${origin.partition}/${record.offset}`, {
    reason: unreadable.reason,
    detail: unreadable.detail,
    topic: origin.topic,
    partition: origin.partition,
    offset: record.offset,
    time: isoTime(record.timestamp),
    length: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    encoding: readable ? 'utf8' : 'base64',
    head: readable ? text : head.toString('base64'),
  });
}

/** An event that came after its place in event-time order was passed. */
export function lateEvent(event: Event, key: string, watermark: number): RoutedRecord {
  const { id, type, time, family, data } = event;
  return routed('late', key, {
    reason: 'late',
    key,
    watermark: isoTime(watermark),
    event: { id, type, time: isoTime(time), family, data: data as Json },
  });
}

export type WithheldReason = 'holdout' | 'shadow';

/** A derived record that was marked and not emitted. */
export function withheld(record: DerivedRecord, reason: WithheldReason): RoutedRecord {
  return routed('late', record.subject, { reason, record: record as unknown as Json });
}

/** Partial matches that a change of definitions ended. */
export function droppedRuns(
  key: string,
  owner: { readonly pattern: string; readonly digest: string; readonly runs: number | null },
  at: number,
): RoutedRecord {
  return routed('late', key, { reason: 'dropped', key, ...owner, time: isoTime(at) });
}

export function dirtyHour(event: Event): RoutedRecord {
  const hour = isoTime(Math.floor(event.time / HOUR_MS) * HOUR_MS);
  return routed('dirty-hours', `${event.type}@${hour}`, { type: event.type, hour });
}

export function routed(role: RoutedRecord['role'], key: string, value: Json): RoutedRecord {
  return { role, key: utf8Bytes(key), value: utf8Bytes(JSON.stringify(value)) };
}

export function isoTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== knownSecond) {
    knownText = new Date(second * 1000).toISOString().slice(0, -4);
    knownSecond = second;
  }
  return `${knownText}${String(Math.trunc(ms) - second * 1000).padStart(3, '0')}Z`;
}

/** Most times that are written lie in the second of the one before. */
let knownSecond = 0;
let knownText = '1970-01-01T00:00:00.';
