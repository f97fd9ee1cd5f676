import { asBuffer, type Bytes, viewOf } from '../event/bytes.ts';
import { packValue } from './body.ts';

/**
 * Forwarded events of sources in event-time order (and candidates for a gate), sorted and held in
 * the key's state until the watermark reaches them. Bounded in count and bytes; at a bound the
 * oldest are released before their time.
 *
 * Body: time and encoded record, by turns.
 */
export interface HeldEvents {
  readonly kind: 'held';
  due: number | null;
  /** By time, then by arrival. */
  readonly events: HeldEvent[];
  bytes: number;
}

export interface HeldEvent {
  readonly time: number;
  readonly encoded: Bytes;
}

export interface HeldLimits {
  readonly events: number;
  readonly bytes: number;
}

export function emptyHeld(): HeldEvents {
  return { kind: 'held', due: null, events: [], bytes: 0 };
}

/** Sorts a record in; returns those that a bound pushes out, oldest first. */
export function hold(
  held: HeldEvents,
  time: number,
  encoded: Bytes,
  limits: HeldLimits,
): readonly HeldEvent[] {
  let at = held.events.length;
  while (at > 0 && (held.events[at - 1] as HeldEvent).time > time) at--;
  held.events.splice(at, 0, { time, encoded });
  held.bytes += encoded.length;
  const out: HeldEvent[] = [];
  while (held.events.length > limits.events || held.bytes > limits.bytes) out.push(take(held));
  held.due = held.events[0]?.time ?? null;
  return out;
}

/** The records up to a time, in order. */
export function releaseUntil(held: HeldEvents, time: number): readonly HeldEvent[] {
  const out: HeldEvent[] = [];
  while (held.events.length > 0 && (held.events[0] as HeldEvent).time <= time) out.push(take(held));
  held.due = held.events[0]?.time ?? null;
  return out;
}

function take(held: HeldEvents): HeldEvent {
  const first = held.events.shift() as HeldEvent;
  held.bytes -= first.encoded.length;
  return first;
}

export function encodeHeld(held: HeldEvents): string | null {
  if (held.events.length === 0) return null;
  const cells = held.events.flatMap(({ time, encoded }) => [time, viewOf(encoded)]);
  return packValue({ due: held.due, listed: false }, cells);
}

export function decodeHeld(cells: readonly unknown[], due: number | null): HeldEvents {
  const held: HeldEvents = { ...emptyHeld(), events: [], due };
  for (let i = 0; i + 1 < cells.length; i += 2) {
    const encoded = Buffer.from(asBuffer(cells[i + 1] as Uint8Array));
    held.events.push({ time: cells[i] as number, encoded });
    held.bytes += encoded.length;
  }
  return held;
}
