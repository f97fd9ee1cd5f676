import { asBuffer } from '../event/bytes.ts';
import { ParleyError } from '../event/errors.ts';
import { hash64 } from '../event/hash.ts';
import { checkFormat } from './body.ts';
import { expiryAt, STATE_HEADER_BYTES, startStateValue, stateBody } from './state-value.ts';

/**
 * What a key remembers of the events it saw: its clock, the hashes of their ids (against
 * duplicates), and for `parley explain` how the last few runs of its patterns ended, and the last
 * event that left the open runs of a pattern as they were.
 *
 * Body: a MessagePack array `[clock, ids, n, ending * n, (pattern, misfit)...]`; `ids` is binary,
 * 12 bytes each: hash (8), seconds of event time (4, modulo 2^32); endings and misfits are binary
 * too, read only by `explain`. Written by hand because it is written for every event of every key.
 */
export interface Seen {
  readonly kind: 'seen';
  due: number | null;
  /** Greatest time of an event in order of arrival, ms; -Infinity where there was none. */
  clock: number;
  /** Oldest arrival first, three numbers each: hash (low, high), seconds of event time. */
  readonly ids: number[];
  readonly endings: Uint8Array[];
  /** Pattern -> its last misfit, packed when the value is encoded. */
  misfits: Map<string, Uint8Array | (() => Uint8Array)> | null;
}

export interface SeenLimits {
  /** How long an id is remembered, ms of event time. */
  readonly horizon: number;
  readonly idsMax: number;
}

const ENTRY_BYTES = 12;
const ENTRY_NUMBERS = 3;
const ENDINGS_MAX = 6;
const MISFITS_MAX = 3;
const NOTE_BYTES_MAX = 4_096;
const NAME_BYTES_MAX = 255;
const SECOND_WRAP = 2 ** 32;

export function emptySeen(): Seen {
  return { kind: 'seen', due: null, clock: -Infinity, ids: [], endings: [], misfits: null };
}

/**
 * Takes note of an id. `duplicate`: it was seen within the horizon; `overflow`: the oldest id had
 * to be forgotten before its time.
 */
export function rememberId(
  seen: Seen,
  id: string,
  time: number,
  limits: SeenLimits,
): 'new' | 'duplicate' | 'overflow' {
  const [low, high] = hash64(id);
  forgetBefore(seen, Math.max(seen.clock, time) - limits.horizon);
  const { ids } = seen;
  for (let i = ids.length - ENTRY_NUMBERS; i >= 0; i -= ENTRY_NUMBERS) {
    if (ids[i] === low && ids[i + 1] === high) return 'duplicate';
  }
  const count = idCount(seen);
  const overflow = count >= limits.idsMax;
  if (overflow) forget(seen, count - limits.idsMax + 1);
  ids.push(low, high, Math.floor(time / 1000));
  seen.due = expiryAt(time + limits.horizon, seen.due);
  return overflow ? 'overflow' : 'new';
}

/** Adds how a run ended; the oldest of more than a few is forgotten. */
export function rememberEnding(seen: Seen, ending: Uint8Array, at: number, horizon: number): void {
  if (ending.length > NOTE_BYTES_MAX) return;
  seen.endings.push(ending);
  if (seen.endings.length > ENDINGS_MAX) seen.endings.shift();
  seen.due = expiryAt(at + horizon, seen.due);
}

/** Replaces the misfit of a pattern; the one noted longest ago of more than a few is forgotten. */
export function rememberMisfit(seen: Seen, pattern: string, pack: () => Uint8Array): void {
  seen.misfits ??= new Map();
  seen.misfits.delete(pattern);
  seen.misfits.set(pattern, pack);
  if (seen.misfits.size <= MISFITS_MAX) return;
  const [oldest] = seen.misfits.keys();
  seen.misfits.delete(oldest as string);
}

/** Ids at the front that are older than the horizon. One behind a newer id waits for it. */
function forgetBefore(seen: Seen, time: number): void {
  const second = Math.floor(time / 1000);
  const { ids } = seen;
  let count = 0;
  while ((ids[count * ENTRY_NUMBERS + 2] ?? Infinity) < second) count++;
  if (count > 0) forget(seen, count);
}

function forget(seen: Seen, count: number): void {
  seen.ids.splice(0, count * ENTRY_NUMBERS);
}

/** How many ids are remembered. */
export function idCount(seen: Seen): number {
  return seen.ids.length / ENTRY_NUMBERS;
}

export function encodeSeen(seen: Seen): Uint8Array {
  const { ids } = seen;
  const idBytes = idCount(seen) * ENTRY_BYTES;
  const misfits = packMisfits(seen);
  let size = 1 + 9 + 3 + idBytes + 1;
  for (const ending of seen.endings) size += 3 + ending.length;
  for (const [name, packed] of misfits) size += 2 + name.length + 3 + packed.length;
  const value = startStateValue({ due: seen.due, listed: false }, size);
  const body = value.subarray(STATE_HEADER_BYTES);
  body[0] = 0x90 + 3 + seen.endings.length + 2 * misfits.length;
  body[1] = 0xcb;
  let at = body.writeDoubleBE(seen.clock, 2);
  at = binHeader(body, at, idBytes);
  for (let i = 0; i < ids.length; i += ENTRY_NUMBERS) {
    at = body.writeInt32BE(ids[i] as number, at);
    at = body.writeInt32BE(ids[i + 1] as number, at);
    const second = ids[i + 2] as number;
    at = body.writeUInt32BE(((second % SECOND_WRAP) + SECOND_WRAP) % SECOND_WRAP, at);
  }
  body[at++] = seen.endings.length;
  for (const ending of seen.endings) at = writeBin(body, at, ending);
  for (const [name, packed] of misfits) {
    body[at] = 0xd9;
    body[at + 1] = name.length;
    body.set(name, at + 2);
    at = writeBin(body, at + 2 + name.length, packed);
  }
  return value;
}

export function decodeSeen(value: Uint8Array, due: number | null): Seen {
  checkFormat(value);
  const body = asBuffer(stateBody(value));
  const parts = (body[0] ?? 0) - 0x90;
  if (parts < 3 || parts > 15 || body[1] !== 0xcb) {
    throw new ParleyError('PARLEY_STATE_FORMAT', 'a value of the owner `seen` of unknown form');
  }
  const seen: Seen = { ...emptySeen(), due, clock: body.readDoubleBE(2) };
  const base = Math.floor((due ?? 0) / 1000);
  let at = 10;
  const ids = binAt(body, at);
  for (let i = 0; i < ids.length; i += ENTRY_BYTES) {
    const second = nearest(ids.readUInt32BE(i + 8), base);
    seen.ids.push(ids.readInt32BE(i), ids.readInt32BE(i + 4), second);
  }
  at += 3 + ids.length;
  const endings = body[at++] ?? 0;
  for (let i = 0; i < endings; i++) {
    const ending = binAt(body, at);
    seen.endings.push(Buffer.from(ending));
    at += 3 + ending.length;
  }
  for (let i = 3 + endings; i < parts; i += 2) {
    const end = at + 2 + (body[at + 1] ?? 0);
    const packed = binAt(body, end);
    seen.misfits ??= new Map();
    seen.misfits.set(body.toString('utf8', at + 2, end), Buffer.from(packed));
    at = end + 3 + packed.length;
  }
  return seen;
}

/** The full second nearest to `base` that is `wrapped` modulo 2^32. */
function nearest(wrapped: number, base: number): number {
  const cycle = Math.round((base - wrapped) / SECOND_WRAP);
  return cycle * SECOND_WRAP + wrapped;
}

/** Names and notes that are too long are left out: they only explain. */
function packMisfits(seen: Seen): readonly (readonly [name: Buffer, packed: Uint8Array])[] {
  if (seen.misfits === null) return [];
  const packed: [Buffer, Uint8Array][] = [];
  for (const [pattern, misfit] of seen.misfits) {
    const bytes = typeof misfit === 'function' ? misfit() : misfit;
    const name = Buffer.from(pattern);
    seen.misfits.set(pattern, bytes);
    if (bytes.length <= NOTE_BYTES_MAX && name.length <= NAME_BYTES_MAX) packed.push([name, bytes]);
  }
  return packed;
}

function writeBin(body: Buffer, at: number, bytes: Uint8Array): number {
  const start = binHeader(body, at, bytes.length);
  body.set(bytes, start);
  return start + bytes.length;
}

/** MessagePack `bin 16`. */
function binHeader(body: Buffer, at: number, length: number): number {
  body[at] = 0xc5;
  return body.writeUInt16BE(length, at + 1);
}

function binAt(body: Buffer, at: number): Buffer {
  const length = body.readUInt16BE(at + 1);
  return body.subarray(at + 3, at + 3 + length);
}
