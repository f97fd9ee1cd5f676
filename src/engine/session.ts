import type { Configuration } from '../event/configuration.ts';
import { ParleyError } from '../event/errors.ts';
import type { MetricsSink } from '../event/metrics.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type Assignment,
  type EventLog,
  type FetchedBatch,
  LogError,
  type Reader,
  type TopicPartition,
  type TransactionalProducer,
} from '../ports/event-log.ts';
import { type StateStore, StoreError } from '../ports/state-store.ts';
import type { TaskProgram } from '../task/contract.ts';
import { ReadingStopped } from './changelog-reader.ts';
import { type CommitPart, commitPart, type Committed, commitTransaction } from './commit.ts';
import { computeBatch, type ComputeContext, StoreMoved } from './compute.ts';
import type { DefinitionSet } from './definition-set.ts';
import { runGraph } from './graph.ts';
import type { Guards } from './guards.ts';
import { type MemoryBudget, TaskMemory } from './memory.ts';
import { type Opened, openTask } from './open-task.ts';
import { Pace } from './pace.ts';
import type { ProgressView } from './progress.ts';
import { storeStandsAt } from './rebuild.ts';
import { Signal } from './signal.ts';
import { StoreWriter } from './store-writer.ts';
import { hasEffect, type OpenTask } from './task.ts';
import { TimerIndex } from './timer-index.ts';
import type { TaskPlace, Topology } from './topology.ts';
import type { EngineTuning } from './tuning.ts';
import { leastAbove, watermarkAt, withCandidate } from './watermark.ts';

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
  readonly config: Pick<Configuration, 'application' | 'time' | 'limits' | 'commit'>;
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

export type EndReason =
  | { readonly kind: 'rebalance' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'failure'; readonly error: unknown };

export interface SessionEnd {
  readonly reason: EndReason;
  readonly kept: ReadonlyMap<string, KeptTask>;
  /** The producer saw an error: rule 11. */
  readonly producerFailed: boolean;
  /** It came as far as reading input. */
  readonly opened: boolean;
}

/** One generation of the group: opens its tasks, works, and comes to rest. */
export class Session<Definitions> {
  readonly #context: SessionContext<Definitions>;
  readonly #producer: TransactionalProducer;
  readonly #assignment: Assignment;
  readonly #reader: Reader;
  readonly #onOpen: () => void;
  readonly #pace: Pace;
  readonly #wake = new Signal();
  readonly #compute: ComputeContext<Definitions>;
  readonly #writers = new Map<string, StoreWriter>();
  readonly #turns = new Map<string, Promise<void>>();
  readonly tasks = new Map<string, OpenTask>();
  readonly #failedParts: CommitPart[] = [];
  #ending: EndReason | null = null;
  #atRest = false;
  #producerFailed = false;
  #opened = false;
  #storeCheckedAt: number;
  #definitionsAt: number;
  #trimmedAt: number;
  /** The store does not answer. */
  storeDown: string | null = null;

  constructor(
    context: SessionContext<Definitions>,
    producer: TransactionalProducer,
    assignment: Assignment,
    onOpen: () => void,
  ) {
    this.#context = context;
    this.#onOpen = onOpen;
    this.#producer = producer;
    this.#assignment = assignment;
    this.#reader = context.log.openReader('committed');
    const { clock, config, tuning } = context;
    this.#pace = new Pace(clock, config.commit.intervalMax, tuning.timeOnlyIntervalMs);
    const now = clock.monotonic();
    this.#storeCheckedAt = now;
    this.#definitionsAt = now;
    this.#trimmedAt = now;
    this.#compute = {
      programs: context.programs,
      definitions: () => context.definitions.current,
      clock,
      store: context.store,
      guards: context.guards,
      metrics: context.metrics,
      allowedLatenessMs: config.time.allowedLateness,
      timersMax: tuning.timersMax,
      valueBytesMax: config.limits.derivedBytes,
      patiently: (read) => this.#patiently(read),
      acked: (task) => this.#writers.get(task.name)?.acked ?? task.seq,
    };
  }

  get opened(): boolean {
    return this.#opened;
  }

  /** Begins to end; the first reason counts. */
  end(reason: EndReason): void {
    this.#ending ??= reason;
    this.#wake.notify();
  }

  /**
   * Opens the tasks and works until the session ends; resolves when it has come to rest, or when
   * `settleMs` have passed since it began to end (rule 16: then the transaction counts as failed).
   */
  async run(kept: ReadonlyMap<string, KeptTask>, settleMs: number): Promise<SessionEnd> {
    const work = this.#work(kept).catch((error: unknown) => this.end({ kind: 'failure', error }));
    await Promise.race([work, this.#deadline(settleMs)]);
    this.#atRest = true;
    const reason = this.#ending ?? { kind: 'stop' };
    if (this.#anyCommitting()) this.#producerFailed = true;
    const result = this.#keep();
    await this.#reader.close().catch(() => {});
    return { reason, kept: result, producerFailed: this.#producerFailed, opened: this.#opened };
  }

  #ended = (): boolean => this.#ending !== null || this.#atRest;

  async #deadline(settleMs: number): Promise<void> {
    while (this.#ending === null) await this.#wake.wait();
    await this.#context.clock.sleep(settleMs);
  }

  async #work(kept: ReadonlyMap<string, KeptTask>): Promise<void> {
    await this.#openAll(kept);
    if (this.#ended()) return;
    this.#opened = true;
    this.#onOpen();
    await runGraph<readonly FetchedBatch[]>({
      fetch: () => this.#guarded(() => this.#fetch(), []),
      compute: (batches) => this.#guarded(() => this.#computeAll(batches), undefined),
      commit: () => this.#guarded(() => this.#commitWhenDue(), undefined),
      tick: () => this.#guarded(() => this.#tick(), undefined),
      ending: this.#ended,
    });
    if (this.#ending?.kind === 'stop') await this.#commit();
  }

  async #guarded<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ReadingStopped)) this.end({ kind: 'failure', error });
      return otherwise;
    }
  }

  // --- opening ---

  async #openAll(kept: ReadonlyMap<string, KeptTask>): Promise<void> {
    const places = this.#assignment.partitions.map((at) => this.#context.topology.place(at));
    const names = new Set(places.map((place) => place.name));
    // What went to another process goes from memory.
    for (const [name, one] of kept) if (!names.has(name)) one.memory.clear();
    await Promise.all(places.map((place) => this.#open(place, kept.get(place.name) ?? null)));
    let newest = 0;
    for (const task of this.tasks.values()) newest = Math.max(newest, task.patternSet);
    const { definitions, clock, tuning } = this.#context;
    // The set never goes back: what the task was last computed with must be known here.
    while (definitions.current.revision < newest) {
      if (this.#ended()) return;
      await definitions.refresh();
      if (definitions.current.revision < newest) await clock.sleep(tuning.retryMs);
    }
    for (const task of this.tasks.values()) {
      if (task.halted === null) this.#reader.assign(task.at, task.position);
    }
  }

  async #open(place: TaskPlace, kept: KeptTask | null): Promise<void> {
    const { log, store, clock, guards, newId, config, progress, metrics } = this.#context;
    try {
      const opened = await openTask(
        {
          log,
          store,
          clock,
          guards,
          newId,
          progress,
          group: config.application,
          transactionalId: this.#producer.transactionalId,
          startOffset: this.#context.startOffset,
          stop: this.#ended,
          chunkMax: this.#context.tuning.rebuildChunkMax,
          onPath: (path, values) => {
            metrics.count('parley_recoveries_total', { path }, 1);
            metrics.count('parley_rebuilt_values_total', {}, values);
          },
        },
        place,
      );
      if (this.#ended()) {
        kept?.memory.clear();
        return;
      }
      this.#add(place, opened, kept);
    } catch (error) {
      kept?.memory.clear();
      if (!isHalt(error)) throw error;
      this.#add(place, { meta: NEVER, offset: 0, watermark: 0 }, null);
      this.#halt(place.name, error);
    }
  }

  #add(place: TaskPlace, { meta, offset, watermark }: Opened, kept: KeptTask | null): void {
    const { guards, tuning, store, clock, metrics, budget } = this.#context;
    const mayKeep = kept !== null && fitsKept(kept, meta, offset, guards);
    if (!mayKeep) kept?.memory.clear();
    const memory = mayKeep ? kept.memory : new TaskMemory(budget);
    const nextInterval = mayKeep ? kept.nextInterval : 1;
    // The store holds everything that is committed now, and so everything in this memory.
    memory.ack(nextInterval - 1);
    const timers = new TimerIndex(
      (from, until, limit, after) => store.dueTimers(place.at, from, until, limit, after),
      { windowMs: tuning.timerWindowMs, loadMax: tuning.timerLoadMax },
    );
    const task: OpenTask = {
      ...place,
      history: meta.history,
      seq: meta.seq,
      nonce: meta.nonce,
      committed: offset,
      position: offset,
      patternSet: meta.patternSet,
      watermark: watermarkAt(watermark),
      writtenWatermark: watermark,
      end: offset,
      memory,
      timers,
      moreDue: false,
      pending: null,
      committing: null,
      nextInterval,
      halted: null,
    };
    this.tasks.set(place.name, task);
    if (place.level === 0) return;
    const writer = new StoreWriter({
      store,
      clock,
      task: place,
      history: meta.history,
      seq: meta.seq,
      stop: this.#ended,
      onAck: (interval) => {
        task.memory.ack(interval);
        task.timers.ack(interval);
        task.memory.evict();
        this.storeDown = null;
        this.#wake.notify();
      },
      onMoved: (why) => {
        this.end({ kind: 'failure', error: new StoreMoved(`${place.name}: ${why}`) });
      },
      onOutcome: (outcome) => {
        metrics.count('parley_store_writes_total', { outcome }, 1);
        if (outcome === 'unknown') this.storeDown = 'a write was not acknowledged';
      },
    });
    this.#writers.set(place.name, writer);
  }

  #halt(name: string, error: unknown): void {
    const task = this.tasks.get(name);
    if (task === undefined) return;
    const code = error instanceof ParleyError ? error.code : 'BUG';
    task.halted = { code, message: error instanceof Error ? error.message : String(error) };
    this.#reader.unassign(task.at);
  }

  // --- input ---

  async #fetch(): Promise<readonly FetchedBatch[]> {
    const { clock, tuning, config } = this.#context;
    const held = this.#heldBytes();
    const room = config.limits.fetchBytes - held;
    if (room <= 0 || this.#unacknowledged() > config.limits.memoryBytes / 2) {
      // The commit or the store has to catch up first; the group's session is not our concern.
      await Promise.race([this.#wake.wait(), clock.sleep(tuning.pollMs)]);
      return [];
    }
    let wait = tuning.pollMs;
    for (const task of this.tasks.values()) if (task.moreDue) wait = 0;
    try {
      return await this.#reader.poll(wait, room);
    } catch (error) {
      if (error instanceof LogError && error.code === 'OFFSET_OUT_OF_RANGE' && error.at !== null) {
        const name = this.#context.topology.place(error.at).name;
        const code = 'PARLEY_OFFSET_OUT_OF_RANGE';
        this.#halt(name, new ParleyError(code, error.message, { cause: error }));
        return [];
      }
      throw error;
    }
  }

  async #computeAll(batches: readonly FetchedBatch[]): Promise<void> {
    const work: Promise<void>[] = [];
    const seen = new Set<string>();
    for (const batch of batches) {
      const task = this.tasks.get(this.#context.topology.place(batch).name);
      if (task === undefined || task.halted !== null) continue;
      task.end = batch.end;
      seen.add(task.name);
      work.push(this.#inTurn(task, batch));
    }
    for (const task of this.tasks.values()) {
      if (task.moreDue && !seen.has(task.name)) work.push(this.#inTurn(task, null));
    }
    await Promise.all(work);
    for (const task of this.tasks.values()) task.memory.evict();
    this.#wake.notify();
  }

  /** One computation of a task at a time, in the order asked for. */
  #inTurn(task: OpenTask, batch: FetchedBatch | null): Promise<void> {
    const before = this.#turns.get(task.name) ?? Promise.resolve();
    const mine = before.then(async () => {
      if (this.#ended() || task.halted !== null) return;
      if (batch === null && !timeMoves(task)) return;
      try {
        await task.memory.using(() => computeBatch(this.#compute, task, batch));
      } catch (error) {
        if (isTransient(error)) throw error;
        // A step that throws is a bug; the other tasks go on, and this one's results stop whole.
        this.#undo(task);
        this.#halt(task.name, error);
      }
    });
    this.#turns.set(
      task.name,
      mine.catch(() => {}),
    );
    return mine;
  }

  async #patiently<T>(read: () => Promise<T>): Promise<T> {
    const { clock, tuning } = this.#context;
    for (let pause = tuning.retryMs; ; pause = Math.min(pause * 2, tuning.retryMaxMs)) {
      try {
        const result = await read();
        this.storeDown = null;
        return result;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.storeDown = error.message;
      }
      await clock.sleep(pause);
      if (this.#ended()) throw new ReadingStopped();
    }
  }

  // --- commit ---

  async #commitWhenDue(): Promise<void> {
    for (;;) {
      if (this.#ended()) return;
      const due = this.#pace.dueIn(this.#anyPending());
      if (due === null) await this.#wake.wait();
      else if (due <= 0) break;
      else await Promise.race([this.#wake.wait(), this.#context.clock.sleep(due)]);
    }
    await this.#commit();
  }

  /** Commits what all tasks have pending. Any error is rule 11. */
  async #commit(): Promise<void> {
    const { clock, topology, guards, metrics, newId } = this.#context;
    const parts: CommitPart[] = [];
    for (const task of this.tasks.values()) {
      if (task.pending === null) continue;
      task.committing = task.pending;
      task.pending = null;
      parts.push(commitPart(task, task.committing));
    }
    if (parts.length === 0) return;
    const started = clock.monotonic();
    const nonce = newId();
    const context = { topology, guards, now: clock.now(), nonce };
    try {
      const { identity } = this.#assignment;
      const committed = await commitTransaction(this.#producer, identity, parts, context);
      if (this.#atRest) return;
      this.#acknowledge(parts, committed, context);
      const passed = clock.monotonic() - started;
      metrics.count('parley_commits_total', { outcome: 'committed' }, 1);
      metrics.observe('parley_commit_seconds', {}, passed / 1_000);
      this.#pace.committed(started, passed, inputsOf(parts));
      this.#wake.notify();
    } catch (error) {
      if (this.#atRest) return;
      metrics.count('parley_commits_total', { outcome: 'failed' }, 1);
      this.#producerFailed = true;
      this.#failedParts.push(...parts);
      if (!guards.storeAfterCommit) this.#writeUnknown(parts);
      throw error;
    }
  }

  #acknowledge(
    parts: readonly CommitPart[],
    { changelogOffsets }: Committed,
    { nonce, now }: { nonce: string; now: number },
  ): void {
    parts.forEach(({ task, interval, seq }, i) => {
      const effect = hasEffect(task, interval);
      task.committing = null;
      task.committed = interval.offset;
      task.writtenWatermark = Math.max(task.writtenWatermark, interval.watermark);
      if (!effect) return;
      task.seq = seq;
      task.nonce = nonce;
      this.#writers.get(task.name)?.add({
        seq,
        interval: interval.number,
        changes: interval.changes,
        bytes: interval.bytes,
        changelogOffset: changelogOffsets[i] as number,
        committedAt: now,
      });
    });
  }

  /** What rule 14 forbids: only for the test that shows why. */
  #writeUnknown(parts: readonly CommitPart[]): void {
    for (const { task, interval, seq } of parts) {
      if (task.level === 0 || !hasEffect(task, interval)) continue;
      const write = {
        history: task.history,
        from: seq,
        to: seq,
        changes: [...interval.changes.values()],
        changelogOffset: 0,
        writtenAt: this.#context.clock.now(),
      };
      void this.#context.store.apply(task.at, write).catch(() => {});
    }
  }

  // --- time and housekeeping ---

  async #tick(): Promise<void> {
    const { clock, tuning } = this.#context;
    await clock.sleep(tuning.tickMs);
    if (this.#ended()) return;
    await this.#moveTime();
    const now = clock.monotonic();
    if (now - this.#definitionsAt >= tuning.definitionsMs) {
      this.#definitionsAt = now;
      await this.#context.definitions.refresh().catch(ignoreUnavailable);
    }
    if (now - this.#storeCheckedAt >= tuning.storeCheckMs) {
      this.#storeCheckedAt = now;
      await this.#checkStore();
    }
    if (now - this.#trimmedAt >= tuning.trimMs) {
      this.#trimmedAt = now;
      await this.#trim();
    }
  }

  /** New candidates for watermarks (DESIGN 3), and time for tasks that have read everything. */
  async #moveTime(): Promise<void> {
    const { clock, log, progress, topology, config } = this.#context;
    const lateness = config.time.allowedLateness;
    await progress.poll();
    // The times first, the end offsets after: that order is the rule.
    const wanted: { task: OpenTask; value: number }[] = [];
    const wall = clock.now() - lateness;
    const above = { 1: this.#least(topology.tasksOf(0)), 2: this.#least(topology.tasksOf(1)) };
    for (const task of this.tasks.values()) {
      if (task.halted !== null || task.watermark.candidate !== null) continue;
      const value = task.level === 0 ? wall : above[task.level];
      if (value !== null && value > task.watermark.value) wanted.push({ task, value });
    }
    if (wanted.length > 0) {
      const ends = await log.endOffsets(
        wanted.map(({ task }) => task.at),
        'uncommitted',
      );
      wanted.forEach(({ task, value }, i) => {
        const end = ends[i] as number;
        task.end = end;
        if (task.watermark.candidate === null) {
          task.watermark = withCandidate(task.watermark, value, end);
        }
      });
    }
    const idle = [...this.tasks.values()].filter((task) => task.halted === null && timeMoves(task));
    await Promise.all(idle.map((task) => this.#inTurn(task, null)));
    if (idle.length > 0) this.#wake.notify();
  }

  #least(tasks: readonly string[]): number | null {
    return leastAbove(tasks, (task) => this.#context.progress.watermark(task));
  }

  /** Rule 15: a rollback under an idle task is otherwise seen by readers only. */
  async #checkStore(): Promise<void> {
    for (const [name, writer] of this.#writers) {
      const task = this.tasks.get(name);
      if (task === undefined || task.halted !== null || !writer.idle) continue;
      const { seq, history } = task;
      let held;
      try {
        held = await this.#context.store.position(task.at);
        this.storeDown = null;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.storeDown = error.message;
        return;
      }
      if (this.#ended()) return;
      if (!writer.idle || task.seq !== seq || writer.acked !== seq) continue;
      if (!storeStandsAt(held, { history, seq })) {
        throw new StoreMoved(`${name}: the idle store is not at commit ${seq}`);
      }
    }
  }

  async #trim(): Promise<void> {
    const before = [...this.tasks.values()]
      .filter((task) => task.level > 0 && task.halted === null && task.committed > 0)
      .map((task) => ({ ...task.at, offset: task.committed }));
    if (before.length === 0) return;
    // Best effort: what is left is trimmed later.
    await this.#context.log.trim(before).catch(() => {});
  }

  // --- bounds ---

  #heldBytes(): number {
    let bytes = 0;
    for (const { pending, committing } of this.tasks.values()) {
      bytes += (pending?.bytes ?? 0) + (committing?.bytes ?? 0);
    }
    return bytes;
  }

  #unacknowledged(): number {
    let bytes = 0;
    for (const writer of this.#writers.values()) bytes += writer.bytes;
    return bytes;
  }

  #anyCommitting(): boolean {
    for (const task of this.tasks.values()) if (task.committing !== null) return true;
    return false;
  }

  /** Null: nothing; else whether more than time alone is pending. */
  #anyPending(): 'time' | 'effect' | null {
    let found: 'time' | 'effect' | null = null;
    for (const task of this.tasks.values()) {
      const { pending } = task;
      if (pending === null) continue;
      const effect =
        pending.offset !== pending.from || pending.changes.size > 0 || pending.records.length > 0;
      if (effect) return 'effect';
      found = 'time';
    }
    return found;
  }

  // --- rest ---

  #undo(task: OpenTask): void {
    if (task.pending === null) return;
    task.memory.forget(task.pending.keys);
    task.pending = null;
  }

  /** Memory that may be kept (rules 9, 11, 12). */
  #keep(): Map<string, KeptTask> {
    const { guards } = this.#context;
    const failed = new Set<string>();
    for (const { task } of this.#failedParts) failed.add(task.name);
    for (const task of this.tasks.values()) if (task.committing !== null) failed.add(task.name);
    const kept = new Map<string, KeptTask>();
    const first = failed.values().next().value;
    for (const task of this.tasks.values()) {
      if (task.level === 0) continue;
      const { failedMemoryDropped: dropped } = guards;
      const drop =
        failed.has(task.name) && (dropped === 'all' || (dropped === 'first' && first === task.name));
      if (drop || task.halted !== null) {
        task.memory.clear();
        continue;
      }
      if (guards.overlayUndone) this.#undo(task);
      const { memory, nonce, seq, committed, nextInterval } = task;
      kept.set(task.name, { memory, nonce, seq, committed, nextInterval });
    }
    return kept;
  }
}

const NEVER = { seq: 0, offset: 0, watermark: 0, patternSet: 0, owner: '', nonce: '', history: '' };

/** Rule 9: two histories can hold other contents under the same sequence; a nonce is of one. */
function fitsKept(kept: KeptTask, meta: Opened['meta'], offset: number, guards: Guards): boolean {
  if (guards.memoryByNonce === 'always') return true;
  if (guards.memoryByNonce === 'position') {
    return kept.seq === meta.seq && kept.committed === offset;
  }
  return meta.nonce !== '' && kept.nonce === meta.nonce;
}

function timeMoves(task: OpenTask): boolean {
  const { candidate } = task.watermark;
  return task.moreDue || (candidate !== null && task.position >= candidate.end);
}

function inputsOf(parts: readonly CommitPart[]): number {
  let inputs = 0;
  for (const { interval } of parts) inputs += interval.inputs;
  return inputs;
}

function isHalt(error: unknown): boolean {
  return error instanceof ParleyError;
}

function isTransient(error: unknown): boolean {
  return (
    error instanceof StoreError ||
    error instanceof LogError ||
    error instanceof StoreMoved ||
    error instanceof ReadingStopped
  );
}

function ignoreUnavailable(error: unknown): void {
  if (!(error instanceof LogError)) throw error;
}
