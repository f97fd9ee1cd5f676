import type { TaskMeta } from '../ports/changelog.ts';
import { RecordBuffer } from '../ports/record-buffer.ts';
import type { TaskMemory } from './memory.ts';
import { Outbox } from './outbox.ts';
import type { TimerIndex } from './timer-index.ts';
import type { TaskPlace } from './topology.ts';
import type { Watermark } from './watermark.ts';

/** Why a task stopped, for good until the engine is started again. */
export interface Halt {
  readonly code: string;
  readonly message: string;
}

/** A task that this process owns in this generation. */
export interface OpenTask extends TaskPlace {
  /** Id of the state's history; the first commit of a task makes it true. */
  readonly history: string;
  /** Last commit. */
  seq: number;
  nonce: string;
  /** Input offset up to which results are committed. */
  committed: number;
  /** Input offset up to which results are computed. */
  position: number;
  /** Revision of the definitions it was last computed with. */
  patternSet: number;
  watermark: Watermark;
  /** Watermark that stands on `parley.progress`. */
  writtenWatermark: number;
  /** End of its input when last seen. */
  end: number;
  readonly memory: TaskMemory;
  timers: TimerIndex;
  /** More timers are due than one step takes. */
  moreDue: boolean;
  /** Computed and not yet sent: the overlay. */
  pending: Interval | null;
  /** Being committed. */
  committing: Interval | null;
  /** Number of the next interval: counts what is computed, committed or not. */
  nextInterval: number;
  halted: Halt | null;
}

/** What one commit makes true of one task: several batches gathered over a commit interval. */
export interface Interval {
  readonly number: number;
  readonly from: number;
  offset: number;
  watermark: number;
  patternSet: number;
  /** Values of (key, owner) in the order in which they changed, as they stand on the changelog. */
  readonly changes: RecordBuffer;
  readonly outbox: Outbox;
  /** Keys that a step saw: what to forget when it is undone. */
  readonly keys: Set<string>;
  bytes: number;
  /** Input offsets it was computed from: about as many records. */
  inputs: number;
}

export function newInterval(task: OpenTask): Interval {
  return {
    number: task.nextInterval++,
    from: task.position,
    offset: task.position,
    watermark: task.watermark.value,
    patternSet: task.patternSet,
    changes: new RecordBuffer(),
    outbox: new Outbox(),
    keys: new Set(),
    bytes: 0,
    inputs: 0,
  };
}

/**
 * Whether the commit needs a `__meta`. A mere move of time on later levels is told on
 * `parley.progress` alone, so that an idle task touches no partition of its changelog.
 */
export function hasEffect(task: TaskPlace, interval: Interval): boolean {
  return task.level === 0 || intervalHasEffect(interval);
}

/** More than time moved. */
export function intervalHasEffect({ offset, from, changes, outbox }: Interval): boolean {
  return offset !== from || changes.length > 0 || outbox.length > 0;
}

/** What an opening has to know of the last commit; seq 0 where there was none. */
export type CommittedMeta = Pick<
  TaskMeta,
  'seq' | 'offset' | 'watermark' | 'patternSet' | 'owner' | 'nonce' | 'history'
>;
