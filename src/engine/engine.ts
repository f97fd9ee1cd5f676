import { randomUUID } from 'node:crypto';
import type { Configuration } from '../event/configuration.ts';
import type { MetricsSink } from '../event/metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { DefinitionRegistry } from '../ports/definition-registry.ts';
import {
  type Assignment,
  type EventLog,
  type GroupMembership,
  LogError,
  type TopicPartition,
  type TransactionalProducer,
} from '../ports/event-log.ts';
import { type StateStore, StoreError } from '../ports/state-store.ts';
import type { Level, TaskProgram } from '../task/contract.ts';
import { transactionalIdOf } from './application.ts';
import { claimPrefix } from './claim.ts';
import { type CompileSet, DefinitionSet } from './definition-set.ts';
import { ALL_GUARDS, type Guards } from './guards.ts';
import { ProgressView } from './progress.ts';
import { fatalError, reasonOf } from './reasons.ts';
import { Session } from './session.ts';
import type { EndReason, KeptTasks, SessionContext, SessionEnd } from './session-context.ts';
import { Signal } from './signal.ts';
import type { Halt } from './task.ts';
import { openTopology, type Topology } from './topology.ts';
import { DEFAULT_TUNING, type EngineTuning } from './tuning.ts';

export interface EngineOptions<Definitions> {
  readonly log: EventLog;
  readonly store: StateStore;
  /** `now` moves idle sources: pass a `steadyClock`, or a replay's. */
  readonly clock: Clock;
  readonly registry: DefinitionRegistry;
  readonly compile: CompileSet<Definitions>;
  /** Program of each level, 0 to 2. */
  readonly programs: readonly TaskProgram<Definitions>[];
  readonly config: EngineConfiguration;
  readonly metrics: MetricsSink;
  readonly tuning?: Partial<EngineTuning>;
  /** Random ids: transactional id, nonces, histories. */
  readonly newId?: () => string;
  /** Only the simulation leaves one out. */
  readonly guards?: Guards;
}

export type EngineConfiguration = Pick<
  Configuration,
  | 'application'
  | 'topicPrefix'
  | 'keyedPartitions'
  | 'outputPartitions'
  | 'sources'
  | 'time'
  | 'limits'
  | 'commit'
  | 'kafka'
>;

export interface TaskStatus {
  readonly topic: string;
  readonly partition: number;
  readonly level: Level;
  readonly state: 'open' | 'halted';
  /** Committed input offset. */
  readonly position: number;
  /** Records not read yet. */
  readonly lag: number;
  /** Committed, ms; 0 where there is none yet. What time made due before it is committed too. */
  readonly watermark: number;
  readonly seq: number;
  /** Keys in memory. */
  readonly keys: number;
  readonly halted: Halt | null;
}

export interface EngineStatus {
  readonly state: 'starting' | 'joining' | 'opening' | 'running' | 'waiting' | 'stopped' | 'failed';
  /** What it waits for, or why it failed. */
  readonly reason: string | null;
  /** Why the state store is not usable now. */
  readonly store: string | null;
  readonly generation: number | null;
  readonly definitionsRevision: number | null;
  readonly memoryBytes: number;
  /** Partial matches whose state is decoded in memory. */
  readonly partialMatches: number;
  readonly tasks: readonly TaskStatus[];
}

export interface Engine {
  /**
   * Resolves when its tasks are open for the first time. Rejects with `ParleyError` where the
   * topics are not as they must be; what is merely not there yet is waited for.
   */
  start(): Promise<void>;
  /** Commits what is computed, leaves the group. */
  stop(): Promise<void>;
  status(): EngineStatus;
}

/** All levels in one process. */
export function createEngine<Definitions>(options: EngineOptions<Definitions>): Engine {
  return new EngineProcess(options);
}

class EngineProcess<Definitions> implements Engine {
  readonly #options: EngineOptions<Definitions>;
  readonly #tuning: EngineTuning;
  readonly #guards: Guards;
  readonly #newId: () => string;
  readonly #definitions: DefinitionSet<Definitions>;
  readonly #budget;
  readonly #stopped = new Signal();
  #session: Session<Definitions> | null = null;
  #assignment: Assignment | null = null;
  #rejoin = true;
  #stopping = false;
  #state: EngineStatus['state'] = 'starting';
  #reason: string | null = null;
  #running: Promise<void> | null = null;

  constructor(options: EngineOptions<Definitions>) {
    this.#options = options;
    this.#tuning = { ...DEFAULT_TUNING, ...options.tuning };
    this.#guards = options.guards ?? ALL_GUARDS;
    this.#newId = options.newId ?? randomUUID;
    const { registry, compile, metrics, config } = options;
    this.#definitions = new DefinitionSet(registry, compile, metrics);
    this.#budget = { used: 0, max: config.limits.memoryBytes, partialMatches: 0 };
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#running = this.#run(resolve).then(
        () => {
          this.#state = 'stopped';
          resolve();
        },
        (error: unknown) => {
          this.#state = 'failed';
          this.#reason = reasonOf(error);
          reject(error as Error);
        },
      );
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#stopped.notify();
    this.#session?.end({ kind: 'stop' });
    await this.#running;
  }

  status(): EngineStatus {
    const session = this.#session;
    const running = session?.opened === true && this.#state === 'opening';
    return {
      state: running ? 'running' : this.#state,
      reason: this.#reason,
      store: session?.storeDown ?? null,
      generation: this.#assignment?.identity.generation ?? null,
      definitionsRevision: this.#definitions.known?.revision ?? null,
      memoryBytes: this.#budget.used,
      partialMatches: this.#budget.partialMatches,
      tasks: [...(session?.tasks.byName.values() ?? [])].map((task) => ({
        topic: task.at.topic,
        partition: task.at.partition,
        level: task.level,
        state: task.halted === null ? 'open' : 'halted',
        position: task.committed,
        lag: Math.max(0, task.end - task.committed),
        watermark: task.writtenWatermark,
        seq: task.seq,
        keys: task.memory.size,
        halted: task.halted,
      })),
    };
  }

  async #run(onOpen: () => void): Promise<void> {
    const { log, config } = this.#options;
    const topology = await this.#untilThere(() => openTopology(log, config));
    if (topology === null) return;
    const ready = await this.#untilThere(async () => {
      await this.#definitions.refresh();
      return ProgressView.open(log, topology.progress);
    });
    if (ready === null) return;
    try {
      await this.#untilThere(() =>
        claimPrefix(config, this.#options.registry, ready, () => this.#stopping),
      );
      if (!this.#stopping) await this.#runGroup(topology, ready, onOpen);
    } finally {
      await ready.close().catch(() => {});
    }
  }

  async #runGroup(topology: Topology, progress: ProgressView, onOpen: () => void): Promise<void> {
    const { log, config } = this.#options;
    const membership = log.openGroup(config.application, topology.inputs);
    membership.onRebalance(() => {
      this.#rejoin = true;
      this.#session?.end({ kind: 'rebalance' });
    });
    try {
      await this.#runSessions(membership, this.#sessionContext(topology, progress), onOpen);
    } finally {
      await membership.leave().catch(() => {});
    }
  }

  /** One generation after the other until it is stopped. */
  async #runSessions(
    membership: GroupMembership,
    context: SessionContext<Definitions>,
    onOpen: () => void,
  ): Promise<void> {
    const { config, clock, metrics } = this.#options;
    // One id for the life of the process: every start over fences what this process left behind.
    const transactionalId = transactionalIdOf(config.application, this.#newId());
    let producer: TransactionalProducer | null = null;
    let kept: KeptTasks = new Map();
    let pause = this.#tuning.retryMs;
    while (!this.#stopping) {
      try {
        producer ??= await this.#newProducer(transactionalId);
        const end = await this.#runSession(membership, producer, context, kept, onOpen);
        if (end === null) break;
        kept = end.kept;
        metrics.count('parley_sessions_ended_total', { reason: reasonNameOf(end.reason) }, 1);
        if (end.producerFailed) producer = await this.#renew(producer);
        if (end.reason.kind !== 'failure') continue;
        if (end.opened) pause = this.#tuning.retryMs;
        if (isFenced(end.reason.error)) this.#rejoin = true;
        this.#waitsFor(end.reason.error);
      } catch (error) {
        this.#rejoin = true;
        this.#waitsFor(error);
      }
      if (this.#stopping) break;
      this.#state = 'waiting';
      await Promise.race([clock.sleep(pause), this.#stopped.wait()]);
      pause = Math.min(pause * 2, this.#tuning.retryMaxMs);
    }
    await producer?.close().catch(() => {});
  }

  /** Throws what no waiting cures. */
  #waitsFor(error: unknown): void {
    const fatal = fatalError(error);
    if (fatal !== null) throw fatal;
    this.#reason = reasonOf(error);
  }

  async #runSession(
    membership: GroupMembership,
    producer: TransactionalProducer,
    context: SessionContext<Definitions>,
    kept: KeptTasks,
    onOpen: () => void,
  ): Promise<SessionEnd | null> {
    if (this.#rejoin || this.#assignment === null) {
      this.#state = 'joining';
      this.#rejoin = false;
      const joined = await Promise.race([membership.join(), this.#stopped.wait()]);
      if (joined === undefined || this.#stopping) return null;
      // A rebalance is also how new partitions of a source become known.
      await context.topology.recount();
      this.#assignment = joined;
    }
    this.#state = 'opening';
    const session = new Session(context, producer, this.#assignment, () => {
      this.#reason = null;
      onOpen();
    });
    this.#session = session;
    // The group may have asked for a rejoin while this one was on its way.
    if (this.#rejoin) session.end({ kind: 'rebalance' });
    return session.run(kept, membership.rebalanceTimeoutMs / 3);
  }

  async #newProducer(transactionalId: string): Promise<TransactionalProducer> {
    const { log, config } = this.#options;
    const producer = log.openProducer(transactionalId, config.kafka.transactionTimeout);
    await producer.init();
    return producer;
  }

  /** Rule 11: never abort and reuse. Null: a new one is opened and initialised. */
  async #renew(producer: TransactionalProducer): Promise<TransactionalProducer | null> {
    const { producerRenewed } = this.#guards;
    if (producerRenewed === 'init') {
      await producer.close().catch(() => {});
      return null;
    }
    if (producerRenewed === 'abort') await producer.end('abort').catch(() => {});
    return producer;
  }

  #sessionContext(topology: Topology, progress: ProgressView): SessionContext<Definitions> {
    const { log, store, clock, metrics, programs, config } = this.#options;
    return {
      log,
      store,
      clock,
      metrics,
      programs,
      definitions: this.#definitions,
      topology,
      progress,
      config,
      tuning: this.#tuning,
      guards: this.#guards,
      newId: this.#newId,
      startOffset: (at) => startOffset(log, config, at, standsAt(topology, progress, at.topic)),
      budget: this.#budget,
    };
  }

  /** Repeats with growing pauses while the log does not answer or lacks a topic; null: stopped. */
  async #untilThere<T>(work: () => Promise<T>): Promise<T | null> {
    const { clock } = this.#options;
    for (let pause = this.#tuning.retryMs; ; pause = Math.min(pause * 2, this.#tuning.retryMaxMs)) {
      if (this.#stopping) return null;
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof LogError)) throw error;
        const fatal = fatalError(error);
        if (fatal !== null) throw fatal;
        this.#reason = reasonOf(error);
      }
      await Promise.race([clock.sleep(pause), this.#stopped.wait()]);
    }
  }
}

/**
 * Where a partition without a committed offset is read from: as configured at the first start of an
 * application; from where the others stand where it was added to a topic that is read already.
 */
async function startOffset(
  log: EventLog,
  config: EngineConfiguration,
  at: TopicPartition,
  othersAt: number | null,
): Promise<number> {
  const source = config.sources.find((one) => one.topic === at.topic);
  const start = source?.start ?? 'earliest';
  const time = start === 'latest' ? othersAt : Date.parse(start);
  const offsets =
    start === 'earliest'
      ? await log.startOffsets([at])
      : time === null
        ? await log.endOffsets([at], 'uncommitted')
        : await log.offsetsForTime([at], time);
  return offsets[0] as number;
}

/** The least watermark of the partitions of a source, null where none has one yet. */
function standsAt(topology: Topology, progress: ProgressView, topic: string): number | null {
  const known = topology
    .tasksOf(0)
    .filter((task) => task.startsWith(`${topic}/`))
    .map((task) => progress.watermark(task) ?? 0)
    .filter((watermark) => watermark > 0);
  return known.length === 0 ? null : Math.min(...known);
}

/** Few and fixed, for a label. */
function reasonNameOf(reason: EndReason): string {
  if (reason.kind !== 'failure') return reason.kind;
  const { error } = reason;
  if (error instanceof LogError) return `log ${error.code}`;
  if (error instanceof StoreError) return `store ${error.code}`;
  return error instanceof Error ? error.constructor.name : 'unknown';
}

function isFenced(error: unknown): boolean {
  return error instanceof LogError && error.code === 'FENCED';
}
