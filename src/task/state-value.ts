import { type Bytes, latin1 } from '../event/bytes.ts';

/**
 * Header of a state value. The store and a rebuild read it without knowing the owner:
 * byte 0 format, byte 1 flags (bit 0: listed), bytes 2 to 9 the next due time, float64 big endian,
 * NaN where there is none. What follows is the owner's body: a MessagePack array by position.
 *
 * The due time covers both the owner's next deadline and the end of the value: a value whose end
 * is reached is advanced, comes out empty, and is written as a tombstone.
 */
export const STATE_FORMAT = 1;
export const STATE_HEADER_BYTES = 10;

const LISTED = 1;

export interface StateHeader {
  readonly due: number | null;
  /** The key belongs to the owner's list: for a segment, it is a member. */
  readonly listed: boolean;
}

/** An expiry comes up to this much later than it must, ms. */
const EXPIRY_STEP_MS = 60_000;

/**
 * The due time of a value that ends at `end` unless something else happens to it first. It moves in
 * steps: with every event it would cost the store a timer to be moved.
 */
export function expiryAt(end: number, due: number | null): number {
  return due !== null && due >= end ? due : end + EXPIRY_STEP_MS;
}

/**
 * A value as a text of one character a byte: steps hold values so, and a text costs them less than
 * a typed array.
 */
export function encodeStateValue({ due, listed }: StateHeader, body: Bytes): string {
  return String.fromCharCode(STATE_FORMAT, listed ? LISTED : 0) + doubleText(due ?? NaN) + latin1(body);
}

export function stateDue(value: Bytes): number | null {
  if (typeof value === 'string') return heldDue(value);
  for (let i = 0; i < 8; i++) SCRATCH_BYTES[i] = value[9 - i] as number;
  const due = SCRATCH[0] as number;
  return Number.isNaN(due) ? null : due;
}

/** As `stateDue`, of a value held as a text of one character a byte. */
export function heldDue(held: string): number | null {
  const due = doubleOf(held, 2);
  return Number.isNaN(due) ? null : due;
}

/** A float64, big endian, as a text of one character a byte. */
export function doubleText(value: number): string {
  SCRATCH[0] = value;
  const at = (i: number): number => SCRATCH_BYTES[i] as number;
  return String.fromCharCode(at(7), at(6), at(5), at(4), at(3), at(2), at(1), at(0));
}

/** The float64 of `doubleText` that stands at a place of a text. */
export function doubleOf(text: string, at: number): number {
  for (let i = 0; i < 8; i++) SCRATCH_BYTES[i] = text.charCodeAt(at + 7 - i);
  return SCRATCH[0] as number;
}

export function heldListed(held: string): boolean {
  return (held.charCodeAt(1) & LISTED) !== 0;
}

/** Reads a float64 without a view per value; values are read for every key of a batch. */
const SCRATCH = new Float64Array(1);
const SCRATCH_BYTES = new Uint8Array(SCRATCH.buffer);

export function stateListed(value: Bytes): boolean {
  if (typeof value === 'string') return heldListed(value);
  return ((value[1] ?? 0) & LISTED) !== 0;
}

/** The body of a value held as a text, as such a text. */
export function heldBody(held: string): string {
  return held.slice(STATE_HEADER_BYTES);
}
