import type { Bytes } from '../event/bytes.ts';

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

export function encodeStateValue(header: StateHeader, body: Uint8Array): Uint8Array {
  const bytes = startStateValue(header, body.length);
  bytes.set(body, STATE_HEADER_BYTES);
  return bytes;
}

/** A value with its header; the body is written by the caller, from `STATE_HEADER_BYTES` on. */
export function startStateValue(header: StateHeader, bodyBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(STATE_HEADER_BYTES + bodyBytes);
  bytes[0] = STATE_FORMAT;
  bytes[1] = header.listed ? LISTED : 0;
  bytes.writeDoubleBE(header.due ?? Number.NaN, 2);
  return bytes;
}

/** Format of the value; the caller decides which it can read. */
export function stateFormat(value: Uint8Array): number {
  return value[0] ?? 0;
}

export function stateDue(value: Bytes): number | null {
  if (typeof value === 'string') return heldDue(value);
  for (let i = 0; i < 8; i++) SCRATCH_BYTES[i] = value[9 - i] as number;
  const due = SCRATCH[0] as number;
  return Number.isNaN(due) ? null : due;
}

/** As `stateDue`, of a value held as a text of one character a byte. */
export function heldDue(held: string): number | null {
  for (let i = 0; i < 8; i++) SCRATCH_BYTES[i] = held.charCodeAt(9 - i);
  const due = SCRATCH[0] as number;
  return Number.isNaN(due) ? null : due;
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

export function stateBody(value: Uint8Array): Uint8Array {
  return value.subarray(STATE_HEADER_BYTES);
}
