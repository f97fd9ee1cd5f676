import { asBuffer } from '../event/bytes.ts';
import { decodeForwarded, encodeForwarded } from '../event/codec.ts';
import type { Event } from '../event/event.ts';
import { packValue } from './body.ts';

/**
 * Events of sources in event-time order, sorted and held in the key's state until the watermark
 * reaches them. Bounded in count and bytes; at a bound the oldest are released before their time.
 */
export interface HeldEvents {
  readonly kind: 'held';
  due: number | null;
  /** By time, then by arrival. */
  readonly events: HeldEvent[];
  bytes: number;
}

interface HeldEvent {
  readonly time: number;
  readonly encoded: Uint8Array;
}

export interface HeldLimits {
  readonly events: number;
  readonly bytes: number;
}

export function emptyHeld(): HeldEvents {
  return { kind: 'held', due: null, events: [], bytes: 0 };
}

/** Sorts the event in; returns those that a bound pushes out, oldest first. */
export function holdEvent(held: HeldEvents, event: Event, limits: HeldLimits): readonly Event[] {
  const encoded = encodeForwarded(event, 'event-time');
  let at = held.events.length;
  while (at > 0 && (held.events[at - 1] as HeldEvent).time > event.time) at--;
  held.events.splice(at, 0, { time: event.time, encoded });
  held.bytes += encoded.length;
  const out: Event[] = [];
  while (held.events.length > limits.events || held.bytes > limits.bytes) out.push(take(held));
  held.due = held.events[0]?.time ?? null;
  return out;
}

/** The events up to a time, in order. */
export function releaseUntil(held: HeldEvents, time: number): readonly Event[] {
  const out: Event[] = [];
  while (held.events.length > 0 && (held.events[0] as HeldEvent).time <= time) out.push(take(held));
  held.due = held.events[0]?.time ?? null;
  return out;
}

function take(held: HeldEvents): Event {
  const { encoded } = held.events.shift() as HeldEvent;
  held.bytes -= encoded.length;
  const forwarded = decodeForwarded(encoded);
  if (!('event' in forwarded)) throw new Error('a held record that is no event');
  return forwarded.event;
}

export function encodeHeld(held: HeldEvents): Uint8Array | null {
  if (held.events.length === 0) return null;
  return packValue({ due: held.due, listed: false }, held.events.map(({ encoded }) => encoded));
}

export function decodeHeld(cells: readonly unknown[], due: number | null): HeldEvents {
  const held: HeldEvents = { ...emptyHeld(), events: [], due };
  for (const cell of cells) {
    const encoded = Buffer.from(asBuffer(cell as Uint8Array));
    const forwarded = decodeForwarded(encoded);
    if (!('event' in forwarded)) continue;
    held.events.push({ time: forwarded.event.time, encoded });
    held.bytes += encoded.length;
  }
  return held;
}
