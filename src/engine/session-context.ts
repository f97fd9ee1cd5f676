import type { Configuration } from '../event/configuration.ts';
import type { MetricsSink } from '../event/metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog, TopicPartition } from '../ports/event-log.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { TaskProgram } from '../task/contract.ts';
import type { DefinitionSet } from './definition-set.ts';
import type { Guards } from './guards.ts';
import type { MemoryBudget, TaskMemory } from './memory.ts';
import type { ProgressView } from './progress.ts';
import type { Topology } from './topology.ts';
import type { EngineTuning } from './tuning.ts';

/** What all sessions of an engine share. */
export interface SessionContext<Definitions> {
  readonly log: EventLog;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly metrics: MetricsSink;
  readonly programs: readonly TaskProgram<Definitions>[];
  readonly definitions: DefinitionSet<Definitions>;
  readonly topology: Topology;
  readonly progress: ProgressView;
  readonly config: Pick<Configuration, 'application' | 'sources' | 'time' | 'limits' | 'commit'>;
  readonly tuning: EngineTuning;
  readonly guards: Guards;
  readonly newId: () => string;
  readonly startOffset: (at: TopicPartition) => Promise<number>;
  /** Memory of all tasks of the process, kept ones included. */
  readonly budget: MemoryBudget;
}

/** Memory that a later opening may use where rule 9 allows. */
export interface KeptTask {
  readonly memory: TaskMemory;
  readonly nonce: string;
  readonly seq: number;
  readonly committed: number;
  readonly nextInterval: number;
}

export type KeptTasks = ReadonlyMap<string, KeptTask>;

export type EndReason =
  | { readonly kind: 'rebalance' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'failure'; readonly error: unknown };

export interface SessionEnd {
  readonly reason: EndReason;
  readonly kept: KeptTasks;
  /** The producer saw an error: rule 11. */
  readonly producerFailed: boolean;
  /** It came as far as reading input. */
  readonly opened: boolean;
}

/** A running session, as its parts see it. */
export interface Life {
  /** It has begun to end: nothing new is begun. */
  readonly ended: () => boolean;
  /** Begins to end it; the first reason counts. */
  readonly end: (reason: EndReason) => void;
  /** Somebody who waits for work, or for room, should look again. */
  readonly wake: () => void;
  /** The store answered, or why it does not. */
  readonly storeState: (down: string | null) => void;
}
