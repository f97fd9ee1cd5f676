import { Packr } from 'msgpackr';
import { fromLatin1 } from '../event/bytes.ts';
import type { Event, EventData } from '../event/event.ts';
import type { MatchNote } from '../match/contract.ts';
import type { PatternPlan } from './definitions.ts';
import { addOwned, ownedOf, touch } from './key-work.ts';
import type { KeyWork } from './key-work.ts';
import { SEEN } from './owners.ts';
import { emptySeen, rememberEnding, rememberMisfit } from './seen.ts';
import type { Seen } from './seen.ts';
import type { StepContext } from './step-context.ts';

/** What a key notes for `parley explain`, kept inside its `seen` value. */

const packr = new Packr({ useRecords: false });

export type EndingReason =
  | 'matched'
  | 'late'
  | 'duplicate'
  /** Another version took the place of the one it ran on. */
  | 'dropped'
  | Extract<MatchNote, { kind: 'ended' }>['reason'];

/** How a run, or an event before any run saw it, ended. */
export interface Ending {
  /** Null for what happened to an event before any pattern saw it. */
  readonly pattern: string | null;
  readonly reason: EndingReason;
  readonly step: string | null;
  /** ms */
  readonly at: number;
  /** Id of the event. */
  readonly event: string | null;
}

/** An event that left the open runs of a pattern as they were, with the fields it was judged by. */
export interface Misfit {
  readonly event: Event;
  /** Clock of the key when it came, ms. */
  readonly now: number;
}

export function noteEnding(step: StepContext, work: KeyWork, ending: Ending): void {
  const { pattern, reason, step: name, at, event } = ending;
  const known = ownedOf(work, SEEN) as Seen | undefined;
  const seen = known ?? emptySeen();
  if (known === undefined) addOwned(work, SEEN, seen);
  const { dedupeHorizon } = step.settings.configuration.time;
  rememberEnding(seen, packr.pack([pattern, reason, name, at, event]), at, dedupeHorizon);
  touch(work, SEEN, seen.due);
}

/** Only the last one in a row is kept: an input that comes twice must not push out how runs ended. */
export function noteDuplicate(step: StepContext, work: KeyWork, seen: Seen, event: Event): void {
  const last = seen.endings.at(-1);
  if (last !== undefined && readEnding(last).reason === 'duplicate') seen.endings.pop();
  noteEnding(step, work, {
    pattern: null, reason: 'duplicate', step: null, at: event.time, event: event.id,
  });
}

/** @param packed Bytes in a text, as `seen` holds them. */
export function readEnding(packed: string): Ending {
  const [pattern, reason, step, at, event] = packr.unpack(fromLatin1(packed)) as [
    string | null, EndingReason, string | null, number, string | null,
  ];
  return { pattern, reason, step, at, event };
}

/** The value of `seen` is written for the event anyway; where there is none, nothing is noted. */
export function noteMisfit(work: KeyWork, plan: PatternPlan, event: Event, now: number): void {
  const seen = ownedOf(work, SEEN) as Seen | undefined;
  if (seen === undefined) return;
  rememberMisfit(seen, plan.definition.id, () => packMisfit(plan.fields, event, now));
}

function packMisfit(fields: readonly string[] | null, event: Event, now: number): Uint8Array {
  const { id, type, time, data } = event;
  const kept: { [field: string]: EventData[string] } = {};
  for (const field of fields ?? Object.keys(data)) {
    if (data[field] !== undefined) kept[field] = data[field];
  }
  return packr.pack([id, type, time, now, kept]);
}

export function readMisfit(packed: Uint8Array): Misfit {
  const [id, type, time, now, data] = packr.unpack(packed) as [
    string, string, number, number, EventData,
  ];
  return { event: { id, type, time, family: 'tracking', data }, now };
}
