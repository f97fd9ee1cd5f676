import type { Event } from '../event/event.ts';
import type { SegmentDefinition } from '../pattern/segment-definition.ts';

/**
 * A live segment as the task step uses it. `State` is what one key (a user) remembers for it:
 * changed in place by `accept` and `advance` only, serialisable between any two calls.
 */
export interface SegmentMachine<State = unknown> {
  readonly definition: SegmentDefinition;
  /** Event types that concern it, types of derived events for `matched` included. */
  readonly types: ReadonlySet<string>;
  /** Ids of the segments of the same key that its condition asks. */
  readonly segments: readonly string[];
  /** True where a key of which nothing is known is a member: only negations hold. */
  readonly holdsEmpty: boolean;
  empty(): State;
  isEmpty(state: State): boolean;
  /** Offers one event. Returns false where nothing changed. */
  accept(state: State, event: Event, now: number): boolean;
  /** Time moves to `now`: what left its window is forgotten. */
  advance(state: State, now: number): void;
  /** Whether the condition holds. `isMember` answers for other segments of the key. */
  holds(state: State, now: number, isMember: (segment: string) => boolean): boolean;
  /** Each leaf condition with what it found, in order of the file. */
  reasons(state: State, now: number, isMember: (segment: string) => boolean): readonly Reason[];
  /** Earliest time at which `advance` would change something, null where never. */
  due(state: State): number | null;
  encode(state: State): readonly unknown[];
  decode(cells: readonly unknown[]): State;
}

export interface Reason {
  /** Where it stands, for instance `member.all[0]`. */
  readonly path: string;
  readonly holds: boolean;
  /** For people: `5 of listing_viewed in 7d, at least 5`. */
  readonly text: string;
  /** Times of the last events that count, ms, newest last, at most five. */
  readonly times: readonly number[];
}
