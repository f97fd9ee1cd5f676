import type { Event } from '../event/event.ts';
import type { EvaluationError } from '../expression/expression.ts';
import type { PatternDefinition } from '../pattern/definition.ts';

/**
 * The matcher as the task step uses it: `(runs, event, now) -> (runs, matches, timers)`.
 * `Runs` is the state of one (key, pattern): owned by one task, changed in place by `accept` and
 * `advance` only, serialisable between any two calls; decoding what was encoded changes nothing.
 */
export interface Matcher<Runs = unknown> {
  readonly definition: PatternDefinition;
  /** Event types that concern this pattern, `among` included. Others must not be offered. */
  readonly types: ReadonlySet<string>;
  /**
   * Cheap test before any state is read: can this event change a key that holds no runs?
   * (Index by type and constant comparisons; the first step's condition on the event alone.)
   */
  canBegin(event: Event): boolean;
  /** State of a key that was never seen. */
  empty(): Runs;
  /** True where nothing needs to be kept for the key. */
  isEmpty(runs: Runs): boolean;
  /**
   * Time moves to `now`: every deadline `<= now` falls due, in order, each at its own time.
   * Call before `accept` with the same `now`.
   */
  advance(runs: Runs, now: number, sink: MatchSink): void;
  /**
   * Offers one event. `now` is the clock of the key: the greater of watermark and event times.
   * `begins` false: this version only finishes what it has, no run begins (a newer version took
   * over). Returns false where the runs certainly did not change: nothing is to be stored again.
   */
  accept(runs: Runs, event: Event, now: number, sink: MatchSink, begins: boolean): boolean;
  /** Earliest time at which `advance` would do something, null where never. */
  due(runs: Runs): number | null;
  /** Number of partial matches held. */
  size(runs: Runs): number;
  encode(runs: Runs): Uint8Array;
  /** Throws `ParleyError` where the bytes are of another format or definition. */
  decode(bytes: Uint8Array): Runs;
  /** What each partial match waits for, for `parley explain`. */
  explain(runs: Runs): readonly RunView[];
}

/** Receives what a call of the matcher derives, in order. */
export interface MatchSink {
  output(output: MatchOutput): void;
  /** A bound bit, a clause failed to evaluate, a run ended without output. */
  note(note: MatchNote): void;
}

export interface MatchOutput {
  readonly kind: 'match' | 'timeout';
  /** Event time of the result: of the last event, or the deadline. */
  readonly at: number;
  /** The deadline where the result came by time alone, else null. */
  readonly deadline: number | null;
  /** Slot -> what it took; as `Frame.captures`. */
  readonly captures: (Event | readonly Event[] | undefined)[];
  /**
   * Every event taken, in step order: the evidence. Of the data of an event the runs keep at least
   * the fields that expressions and templates read, `recipient_id` and `language`.
   */
  readonly evidence: readonly Evidence[];
}

export interface Evidence {
  /** Name of the step, or its path where it has none. */
  readonly step: string;
  readonly event: Event;
}

export type MatchNote =
  | { readonly kind: 'bound'; readonly bound: 'runs' | 'bytes'; readonly at: number }
  | { readonly kind: 'error'; readonly step: string; readonly error: EvaluationError }
  /**
   * `reason`: forbidden event, time, skip, cap; `unskippable`: a match that `else: error` drops.
   * Feeds "how the last few runs ended".
   */
  | {
      readonly kind: 'ended';
      readonly reason:
        'forbidden' | 'timeout' | 'skipped' | 'capped' | 'strict' | 'stopped' | 'unskippable';
      readonly step: string;
      readonly at: number;
      readonly event: Event | null;
    };

export interface RunView {
  /** Events taken so far. */
  readonly evidence: readonly Evidence[];
  /** Steps it waits for (name or path). */
  readonly waitsFor: readonly string[];
  readonly deadline: number | null;
}
