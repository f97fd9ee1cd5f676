import type { Bytes } from '../event/bytes.ts';
import type { TopicRole } from '../event/topics.ts';
import type { LogRecord, TopicPartition } from '../ports/event-log.ts';
import type { DueTimer, StateChange } from '../ports/state-store.ts';

/**
 * The pure step of a task, between the engine and the stages:
 *
 *     step(state, batch, now, patternSet) -> { stateChanges, derivedRecords, forwardedRecords }
 *
 * in two halves, because the keys a batch touches must be known before their state is read:
 * `prepare` decodes and names the keys, the engine loads them, `step` computes. Neither does I/O
 * nor looks at a clock. A task runs one program for its level.
 */

export type Level = 0 | 1 | 2;

/** A batch decoded, before any state was read. */
export interface PreparedBatch {
  /** Keys whose state the step reads, without repetition. Empty on level 0. */
  readonly keys: readonly string[];
  /**
   * On level 0 the greatest event time in the batch after clamping, ms; null where it holds no event,
   * and on later levels, whose watermarks come from the level above.
   */
  readonly greatestTime: number | null;
}

/** The time of a step, as the engine decided it (DESIGN 3). */
export interface Moment {
  /** Watermark of the task after this batch, ms. Never goes back. */
  readonly watermark: number;
  /**
   * Watermark before this batch: what the events of the batch are late against. Timers of the batch
   * fire between its events by their own times, and only then up to `watermark`.
   */
  readonly watermarkBefore: number;
  /** Wall clock, ms: only for times of emission, never for matching. */
  readonly wall: number;
}

/** State of one (key, owner) in memory. */
export interface StateSlot {
  readonly owner: string;
  /**
   * As stored, null where nothing is: set by whoever holds the memory, from the changes of a step.
   * One character a byte: millions of them lie in the heap, and a typed array would bring a buffer
   * outside of it each.
   */
  value: string | null;
  /** The owner's state, undefined until the step decodes it. Changed in place by the step. */
  state: unknown;
}

/** State of the keys of a step. Every key of the batch and of the timers was loaded before. */
export interface KeyMemory {
  /** Slots of a key by owner. The step adds slots, and deletes those that end as a tombstone. */
  slots(key: string): Map<string, StateSlot>;
}

/** A record to be written by the commit that makes the step true. */
export interface RoutedRecord {
  readonly role: TopicRole;
  /** Decides the partition by murmur2. */
  readonly key: Bytes;
  readonly value: Bytes | null;
}

/** Something counted: metric name, labels and by how much. Metrics are defined in one table. */
export interface Count {
  readonly metric: string;
  readonly labels: { readonly [label: string]: string };
  readonly by: number;
}

export interface StepOutcome {
  /** Last value per (key, owner): at most one entry each. */
  readonly changes: readonly StateChange[];
  /** In order; order within a partition is kept. */
  readonly records: readonly RoutedRecord[];
  readonly counts: readonly Count[];
}

/**
 * `Definitions` is the compiled set in force. The engine swaps it at batch boundaries only.
 * Timers: all with `due <= watermark` of keys of this task, in order of due; the step also fires
 * those of a key that an event of the batch reaches, and ignores one that is no longer due.
 */
export interface TaskProgram<Definitions, Batch extends PreparedBatch = PreparedBatch> {
  readonly level: Level;
  /** `wall` bounds how far ahead an event may be dated. */
  prepare(
    records: Iterable<LogRecord>,
    from: TopicPartition,
    wall: number,
    definitions: Definitions,
  ): Batch;
  step(
    memory: KeyMemory,
    batch: Batch,
    timers: readonly DueTimer[],
    moment: Moment,
    definitions: Definitions,
  ): StepOutcome;
}
