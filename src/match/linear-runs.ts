import type { Event } from '../event/event.ts';

/** What a step took: its event, or the rounds of a loop. */
export type StepValue = Event | Event[];

/** One partial match: a position and what was taken on the way there. */
export interface LinearRun {
  /** Order of the event it began with. */
  readonly start: number;
  /** Position of the step it waits for; after the last step it waits for the absence to be true. */
  position: number;
  /** Rounds taken of the loop at that position. */
  rounds: number;
  readonly first: Event;
  /** Of the second step and those after it; null for none. */
  rest: StepValue[] | null;
  /** The run that began next. */
  next: LinearRun | null;
}

/** A complete match that waits for runs which began earlier. */
export interface LinearMatch {
  readonly run: LinearRun;
  readonly at: number;
  readonly deadline: number | null;
  /** Order of the event that completed it. */
  readonly last: number;
}

/**
 * All that is open for one key. Fields are few and of one kind each, because there may be millions
 * of them; what can be told from the runs is not stored.
 */
export interface LinearRuns {
  /** Events so far that changed something. */
  order: number;
  /** Runs in the order in which they began. */
  head: LinearRun | null;
  tail: LinearRun | null;
  size: number;
  /** Positions at which runs stand, as bits; `UNSORTED` where deadlines do not ascend. */
  mask: number;
  /** Earliest deadline of all runs; Infinity where there is none. */
  due: number;
  completed: LinearMatch[];
  /** Upper bound of the bytes of what was taken since they were last counted. */
  grown: number;
}

export const UNSORTED = 1 << 30;
/** Positions that fit into `mask`. */
export const POSITIONS_MAX = 30;

/** Shared by all keys in which no match waits; never written to. */
export const NONE_COMPLETED: LinearMatch[] = [];

export function emptyRuns(): LinearRuns {
  return { order: 0, head: null, tail: null, size: 0, mask: 0, due: Infinity, completed: NONE_COMPLETED, grown: 0 };
}

export function append(runs: LinearRuns, run: LinearRun): void {
  if (runs.tail === null) runs.head = run;
  else runs.tail.next = run;
  runs.tail = run;
  runs.size++;
}

/** Takes `run` out; `previous` is the one before it, null for the head. */
export function unlink(runs: LinearRuns, run: LinearRun, previous: LinearRun | null): void {
  if (previous === null) runs.head = run.next;
  else previous.next = run.next;
  if (run.next === null) runs.tail = previous;
  runs.size--;
}

export function valueAt(run: LinearRun, step: number): StepValue | undefined {
  return step === 0 ? run.first : run.rest?.[step - 1];
}

/** Time of the event taken last, ms. */
export function lastTime(run: LinearRun): number {
  const value = run.rest?.at(-1);
  if (value === undefined) return run.first.time;
  return Array.isArray(value) ? (value.at(-1) ?? run.first).time : value.time;
}

/** Bytes that a taken event adds to the serialised state, at most. */
export function sizeOfTaken(event: Event): number {
  let size = 24 + event.id.length * 3;
  for (const field in event.data) {
    const value = event.data[field];
    size += typeof value === 'string' ? 5 + value.length * 3 : typeof value === 'object' ? 1_024 : 9;
  }
  return size;
}
