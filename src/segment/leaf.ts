import type { Event } from '../event/event.ts';
import type { Frame } from '../expression/expression.ts';

/** What one leaf condition keeps of a key's events. Changed in place. */
export interface Leaf<State = unknown> {
  readonly path: string;
  /** Types it listens to; empty: those of the other conditions of its segment. */
  readonly types: readonly string[];
  empty(): State;
  isEmpty(state: State): boolean;
  /** False where nothing changed. `frame.event` is the event. */
  accept(state: State, frame: EventFrame): boolean;
  /** Forgets what left the window by `now`. */
  advance(state: State, now: number): void;
  holds(state: State, now: number): boolean;
  /** When `advance` would change something that counts, null where never. */
  due(state: State): number | null;
  /** For people: what was found, and what is asked. */
  describe(state: State, now: number): string;
  /** Event times that count, newest last, at most a few. */
  times(state: State, now: number): readonly number[];
  encode(state: State): readonly Cell[];
  decode(cells: readonly unknown[]): State;
}

export interface EventFrame extends Frame {
  event: Event;
}

export type Cell = number | string | boolean | null;

/** Times shown as evidence. */
const SHOWN_MAX = 5;

export function newest(times: readonly number[]): readonly number[] {
  return times.slice(-SHOWN_MAX);
}

/** Ascending times as the first and what each next one adds: small integers pack small. */
export function encodeTimes(times: readonly number[]): number[] {
  return times.map((time, i) => (i === 0 ? time : time - (times[i - 1] as number)));
}

export function decodeTimes(cells: readonly unknown[]): number[] {
  let time = 0;
  return cells.map((cell) => (time += cell as number));
}
