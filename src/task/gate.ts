import { packValue } from './body.ts';
import type { Cell } from './body.ts';
import { minuteOfDay } from './local-time.ts';

/**
 * What stands between a derived record and its topic: `atMost` (so many per time) and quiet hours
 * (held until they end, or dropped). One gate per key and pattern; it outlives versions of the
 * pattern, so that a new version does not send again what the old one sent.
 *
 * Where `by` names another key than that of the run, the record passes its gate on level 2, under
 * the key `by:<pattern>/<type>=<value>`, as a candidate.
 */
export interface Gate {
  readonly kind: 'gate';
  due: number | null;
  readonly sent: Map<string, Sent>;
  readonly held: HeldRecord[];
}

/** Emissions of one type that still count. */
interface Sent {
  /** Ascending, ms. */
  readonly times: readonly number[];
  /** When the last of them no longer counts, ms. */
  readonly end: number;
}

interface HeldRecord {
  readonly release: number;
  /** Output key. */
  readonly subject: string;
  /** The record as JSON. */
  readonly text: string;
}

/** A derived record on its way through a gate. JSON: it travels to level 2. */
export interface Candidate {
  readonly pattern: string;
  readonly type: string;
  /** Event time of the record, ms. */
  readonly at: number;
  readonly subject: string;
  readonly text: string;
  /** Of no use at or after, ms; null: always of use. */
  readonly expires: number | null;
  readonly atMost: { readonly times: number; readonly per: number } | null;
  readonly quiet: QuietWindow | null;
}

/** `from` and `to` in minutes since midnight of the zone; `from` may be greater. */
export interface QuietWindow {
  readonly from: number;
  readonly to: number;
  readonly zone: string;
  readonly mode: 'hold' | 'drop';
}

export type GateVerdict = 'emit' | 'hold' | 'at_most' | 'quiet_hours' | 'expired' | 'gate_full';

const HELD_MAX = 64;
const HELD_BYTES_MAX = 524_288;
const SENT_MAX = 1_000;
const DAY_MINUTES = 1_440;
const MINUTE_MS = 60_000;

export function emptyGate(): Gate {
  return { kind: 'gate', due: null, sent: new Map(), held: [] };
}

/** Decides about a candidate and takes note of it. */
export function passGate(gate: Gate, candidate: Candidate): GateVerdict {
  const { at, quiet, atMost, type } = candidate;
  const release = quiet === null ? at : quietEnd(quiet, at);
  if (release > at && quiet?.mode === 'drop') return 'quiet_hours';
  if (candidate.expires !== null && release >= candidate.expires) return 'expired';
  if (atMost !== null) {
    const before = gate.sent.get(type)?.times ?? [];
    const times = before.filter((time) => time > release - atMost.per);
    if (times.length >= atMost.times) return 'at_most';
    times.push(release);
    gate.sent.set(type, { times: times.slice(-SENT_MAX), end: release + atMost.per });
  }
  if (release > at && !hold(gate, release, candidate)) return 'gate_full';
  gate.due = dueOf(gate);
  return release > at ? 'hold' : 'emit';
}

function hold(gate: Gate, release: number, { subject, text }: Candidate): boolean {
  const bytes = gate.held.reduce((sum, held) => sum + held.text.length, text.length);
  if (gate.held.length >= HELD_MAX || bytes > HELD_BYTES_MAX) return false;
  gate.held.push({ release, subject, text });
  gate.held.sort((a, b) => a.release - b.release);
  return true;
}

/** Records whose quiet hours end by `now`, in order; what no longer counts is forgotten. */
export function releaseHeld(gate: Gate, now: number): readonly HeldRecord[] {
  const out = gate.held.filter(({ release }) => release <= now);
  gate.held.splice(0, out.length);
  for (const [type, { end }] of gate.sent) if (end <= now) gate.sent.delete(type);
  gate.due = dueOf(gate);
  return out;
}

function dueOf(gate: Gate): number | null {
  let due = gate.held[0]?.release ?? Infinity;
  for (const { end } of gate.sent.values()) due = Math.min(due, end);
  return due === Infinity ? null : due;
}

/** End of the quiet hours that hold `at`, ms; `at` itself where none does. */
export function quietEnd(quiet: QuietWindow, at: number): number {
  const minute = minuteOfDay(at, quiet.zone);
  const length = wrap(quiet.to - quiet.from);
  if (wrap(minute - quiet.from) >= length) return at;
  const floor = at - (at % MINUTE_MS);
  const end = floor + wrap(quiet.to - minute) * MINUTE_MS;
  // Where the clocks change before the end, the wall clock is off by what they changed.
  const off = wrap(minuteOfDay(end, quiet.zone) - quiet.to + DAY_MINUTES / 2) - DAY_MINUTES / 2;
  return Math.max(at, end - off * MINUTE_MS);
}

function wrap(minutes: number): number {
  return ((minutes % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
}

export function encodeGate(gate: Gate): string | null {
  if (gate.sent.size === 0 && gate.held.length === 0) return null;
  const sent = [...gate.sent].map(([type, { times, end }]): Cell => [type, end, ...times]);
  const held = gate.held.map(({ release, subject, text }): Cell => [release, subject, text]);
  return packValue({ due: gate.due, listed: false }, [sent, held]);
}

export function decodeGate(cells: readonly unknown[], due: number | null): Gate {
  const [sent, held] = cells as [[string, number, ...number[]][], [number, string, string][]];
  return {
    kind: 'gate',
    due,
    sent: new Map(sent.map(([type, end, ...times]) => [type, { times, end }])),
    held: held.map(([release, subject, text]) => ({ release, subject, text })),
  };
}
