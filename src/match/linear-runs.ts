import type { Event } from '../event/event.ts';
import { sizeOfData } from './capture.ts';

/** What a step took: its event, or the rounds of a loop. */
export type StepValue = Event | Event[];

/** One partial match: a position and what was taken on the way there. */
export interface LinearRun {
  /** Order of the event it began with. */
  readonly start: number;
  /** Position of the step it waits for; after the last step it waits for the absence to be true. */
  position: number;
  /** When it ends or its absence comes true if nothing happens, ms; Infinity for never. */
  due: number;
  readonly first: Event;
  /** Of the second step; null where it took nothing yet. */
  second: StepValue | null;
  /** Of the steps after that; null for none. Most patterns have none: they wait for an end. */
  more: StepValue[] | null;
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
  return {
    order: 0, head: null, tail: null, size: 0, mask: 0, due: Infinity, completed: NONE_COMPLETED,
    grown: 0,
  };
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
  if (step === 0) return run.first;
  return step === 1 ? (run.second ?? undefined) : run.more?.[step - 2];
}

/** Rounds taken of the loop at the run's position. */
export function roundsOf(run: LinearRun): number {
  const value = valueAt(run, run.position);
  return Array.isArray(value) ? value.length : 0;
}

/** The step takes its first event. */
export function put(run: LinearRun, step: number, value: StepValue): void {
  if (step === 1) run.second = value;
  else if (run.more === null) run.more = [value];
  else run.more.push(value);
}

/** A round more of the loop at a step. Short lists are made anew, for exactly the room they need. */
export function addRound(run: LinearRun, step: number, event: Event): void {
  const value = valueAt(run, step);
  if (!Array.isArray(value)) {
    put(run, step, [event]);
    return;
  }
  if (value.length >= EXACT_LENGTH_MAX) {
    value.push(event);
    return;
  }
  const longer = [...value, event];
  if (step === 1) run.second = longer;
  else if (run.more !== null) run.more[step - 2] = longer;
}

/** Above it, growing by half at a time wastes less than copying costs. */
const EXACT_LENGTH_MAX = 8;

/** Time of the event taken last, ms. */
export function lastTime(run: LinearRun): number {
  const value = run.more?.at(-1) ?? run.second ?? run.first;
  return Array.isArray(value) ? (value.at(-1) ?? run.first).time : value.time;
}

/** Bytes that a taken event adds to the serialised state, at most. */
export function sizeOfTaken(event: Event): number {
  return 24 + event.id.length * 3 + sizeOfData(event);
}
