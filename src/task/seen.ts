import { fromLatin1, latin1, utf8, utf8Bytes } from '../event/bytes.ts';
import { ParleyError } from '../event/errors.ts';
import { hash64 } from '../event/hash.ts';
import { checkFormat } from './body.ts';
import { addId, forgetBefore, forgetIds, hasId, idCount } from './id-list.ts';
import { doubleOf, doubleText, encodeStateValue, expiryAt, STATE_HEADER_BYTES } from './state-value.ts';

/**
 * What a key remembers of the events it saw: its clock, the hashes of their ids (against
 * duplicates), and for `parley explain` how the last few runs of its patterns ended, and the last
 * event that left the open runs of a pattern as they were.
 *
 * Body: a MessagePack array `[clock, ids, n, ending * n, (pattern, misfit)...]`; `ids` is binary
 * (`id-list.ts`), as are endings and misfits, which only `explain` reads. Written by hand, as a text
 * of one character a byte, because it is written for every event of every key.
 */
export interface Seen {
  readonly kind: 'seen';
  due: number | null;
  /** Greatest time of an event in order of arrival, ms; -Infinity where there was none. */
  clock: number;
  /** See `id-list.ts`. */
  ids: string;
  /** Each as bytes in a text. */
  readonly endings: string[];
  /** Pattern -> its last misfit, bytes in a text; packed when the value is encoded. */
  misfits: Map<string, string | (() => Uint8Array)> | null;
}

export interface SeenLimits {
  /** How long an id is remembered, ms of event time. */
  readonly horizon: number;
  readonly idsMax: number;
}

const ENDINGS_MAX = 6;
const MISFITS_MAX = 3;
const NOTE_BYTES_MAX = 4_096;
const NAME_BYTES_MAX = 255;

export function emptySeen(): Seen {
  return { kind: 'seen', due: null, clock: -Infinity, ids: '', endings: [], misfits: null };
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
  const oldest = Math.floor((Math.max(seen.clock, time) - limits.horizon) / 1000);
  let ids = forgetBefore(seen.ids, oldest);
  const known = hasId(ids, low, high);
  const over = known ? 0 : idCount(ids) + 1 - limits.idsMax;
  if (over > 0) ids = forgetIds(ids, over);
  seen.ids = known ? ids : addId(ids, low, high, Math.floor(time / 1000));
  if (known) return 'duplicate';
  seen.due = expiryAt(time + limits.horizon, seen.due);
  return over > 0 ? 'overflow' : 'new';
}

/** Adds how a run ended; the oldest of more than a few is forgotten. */
export function rememberEnding(seen: Seen, ending: Uint8Array, at: number, horizon: number): void {
  if (ending.length > NOTE_BYTES_MAX) return;
  seen.endings.push(latin1(ending));
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

export function encodeSeen(seen: Seen): string {
  const { due, clock, ids, endings } = seen;
  const misfits = packMisfits(seen);
  let body = String.fromCharCode(0x90 + 3 + endings.length + 2 * misfits.length, 0xcb);
  body += doubleText(clock) + binary(ids) + String.fromCharCode(endings.length);
  for (const ending of endings) body += binary(ending);
  for (const [name, packed] of misfits) {
    body += String.fromCharCode(0xd9, name.length) + name + binary(packed);
  }
  return encodeStateValue({ due, listed: false }, body);
}

export function decodeSeen(value: string, due: number | null): Seen {
  checkFormat(value);
  let at = STATE_HEADER_BYTES;
  const parts = value.charCodeAt(at) - 0x90;
  if (!(parts >= 3 && parts <= 15) || value.charCodeAt(at + 1) !== 0xcb) {
    throw new ParleyError('PARLEY_STATE_FORMAT', 'a value of the owner `seen` of unknown form');
  }
  const clock = doubleOf(value, at + 2);
  at += 10;
  const next = (): string => {
    const length = value.charCodeAt(at + 1) * 256 + value.charCodeAt(at + 2);
    const from = at + 3;
    at = from + length;
    return value.slice(from, at);
  };
  const seen: Seen = { kind: 'seen', due, clock, ids: next(), endings: [], misfits: null };
  const endings = value.charCodeAt(at++);
  for (let i = 0; i < endings; i++) seen.endings.push(next());
  for (let i = 3 + endings; i < parts; i += 2) {
    const name = at + 2;
    at = name + value.charCodeAt(at + 1);
    seen.misfits ??= new Map();
    seen.misfits.set(utf8(fromLatin1(value.slice(name, at))), next());
  }
  return seen;
}

/** Names and notes that are too long are left out: they only explain. */
function packMisfits(seen: Seen): readonly (readonly [name: string, packed: string])[] {
  if (seen.misfits === null) return [];
  const packed: [string, string][] = [];
  for (const [pattern, misfit] of seen.misfits) {
    const bytes = typeof misfit === 'function' ? latin1(misfit()) : misfit;
    const name = utf8Bytes(pattern);
    seen.misfits.set(pattern, bytes);
    if (bytes.length <= NOTE_BYTES_MAX && name.length <= NAME_BYTES_MAX) packed.push([name, bytes]);
  }
  return packed;
}

/** MessagePack `bin 16`. */
function binary(bytes: string): string {
  return String.fromCharCode(0xc5, bytes.length >> 8, bytes.length & 0xff) + bytes;
}
