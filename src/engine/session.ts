import { ParleyError } from '../event/errors.ts';
import {
  type Assignment,
  type FetchedBatch,
  LogError,
  type Reader,
  type TransactionalProducer,
} from '../ports/event-log.ts';
import { StoreError } from '../ports/state-store.ts';
import { ReadingStopped } from './changelog-reader.ts';
import { type CommitPart, commitPart, type Committed, commitTransaction } from './commit.ts';
import { computeBatch, type ComputeContext, StoreMoved } from './compute.ts';
import { runGraph } from './graph.ts';
import { Housekeeping } from './housekeeping.ts';
import { OwnedTasks } from './owned-tasks.ts';
import { Pace } from './pace.ts';
import type { EndReason, KeptTasks, Life, SessionContext, SessionEnd } from './session-context.ts';
import { reasonOf } from './reasons.ts';
import { Signal } from './signal.ts';
import { lastChanges } from './store-writer.ts';
import { Stretch } from './stretch.ts';
import { hasEffect, type OpenTask } from './task.ts';
import { SourceAlignment } from './source-alignment.ts';
import { TimeKeeper, timeMoves } from './time-keeper.ts';

/** One generation of the group: opens its tasks, works, and comes to rest. */
export class Session<Definitions> {
  readonly #context: SessionContext<Definitions>;
  readonly #producer: TransactionalProducer;
  readonly #assignment: Assignment;
  readonly #onOpen: () => void;
  readonly #reader: Reader;
  readonly #pace: Pace;
  #polledAt = Number.NEGATIVE_INFINITY;
  readonly #wake = new Signal();
  readonly #compute: ComputeContext<Definitions>;
  readonly #timeKeeper: TimeKeeper<Definitions>;
  readonly #alignment: SourceAlignment<Definitions>;
  readonly #housekeeping: Housekeeping<Definitions>;
  readonly #turns = new Map<string, Promise<void>>();
  readonly #failed = new Set<string>();
  #ending: EndReason | null = null;
  /** Nobody waits for it any more: what still comes back is of no concern. */
  #atRest = false;
  #producerFailed = false;
  #opened = false;
  readonly tasks: OwnedTasks<Definitions>;
  /** Why the store is not usable now. */
  storeDown: string | null = null;

  constructor(
    context: SessionContext<Definitions>,
    producer: TransactionalProducer,
    assignment: Assignment,
    onOpen: () => void,
  ) {
    const { clock, config, tuning } = context;
    this.#context = context;
    this.#producer = producer;
    this.#assignment = assignment;
    this.#onOpen = onOpen;
    this.#reader = context.log.openReader('committed');
    this.#pace = new Pace(clock, config.commit.intervalMax, tuning.timeOnlyIntervalMs);
    const life: Life = {
      ended: this.#ended,
      end: (reason) => this.end(reason),
      wake: () => this.#wake.notify(),
      storeState: (down) => {
        this.storeDown = down;
      },
    };
    this.tasks = new OwnedTasks(context, life, producer.transactionalId);
    this.#timeKeeper = new TimeKeeper(context, this.tasks, life, (task) =>
      this.#inTurn(task, null),
    );
    this.#alignment = new SourceAlignment(context, this.tasks, this.#reader, config.sources);
    this.#housekeeping = new Housekeeping(context, this.tasks, life);
    this.#compute = {
      ...context,
      stretch: new Stretch(clock),
      definitions: () => context.definitions.current,
      allowedLatenessMs: config.time.allowedLateness,
      timersMax: tuning.timersMax,
      valueBytesMax: config.limits.derivedBytes,
      patiently: (read) => this.#patiently(read),
      mayUseMemory: () => this.#mayUseMemory(),
      acked: (task) => this.tasks.writers.get(task.name)?.acked ?? task.seq,
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
  async run(kept: KeptTasks, settleMs: number): Promise<SessionEnd> {
    const work = this.#work(kept).catch((error: unknown) => this.end({ kind: 'failure', error }));
    const settled = new AbortController();
    await Promise.race([work, this.#deadline(settleMs, settled.signal)]);
    settled.abort();
    this.#atRest = true;
    for (const task of this.tasks.byName.values()) {
      if (task.committing !== null) this.#failed.add(task.name);
    }
    if (this.#failed.size > 0) this.#producerFailed = true;
    const result: SessionEnd = {
      reason: this.#ending ?? { kind: 'stop' },
      kept: this.tasks.keep(this.#failed),
      producerFailed: this.#producerFailed,
      opened: this.#opened,
    };
    await this.#reader.close().catch(() => {});
    return result;
  }

  #ended = (): boolean => this.#ending !== null || this.#atRest;

  async #deadline(settleMs: number, settled: AbortSignal): Promise<void> {
    while (this.#ending === null) await this.#wake.wait();
    await this.#context.clock.sleep(settleMs, settled);
  }

  async #work(kept: KeptTasks): Promise<void> {
    await this.tasks.openAll(this.#assignment.partitions, kept);
    await this.#reachDefinitions();
    if (this.#ended()) return;
    for (const task of this.tasks.live()) this.#reader.assign(task.at, task.position);
    this.#opened = true;
    this.#onOpen();
    await runGraph<readonly FetchedBatch[]>({
      fetch: () => this.#guarded(() => this.#fetch(), []),
      compute: (batches) => this.#guarded(() => this.#computeAll(batches), undefined),
      commit: () => this.#guarded(() => this.#commitWhenDue(), undefined),
      tick: () => this.#guarded(() => this.#timeKeeper.round(), undefined),
      keepHouse: () => this.#guarded(() => this.#housekeeping.round(), undefined),
      ending: this.#ended,
    });
    if (this.#ending?.kind === 'stop') await this.#commit();
  }

  /** The set never goes back: what a task was last computed with must be known here. */
  async #reachDefinitions(): Promise<void> {
    const { definitions, clock, tuning } = this.#context;
    let newest = 0;
    for (const { patternSet } of this.tasks.live()) newest = Math.max(newest, patternSet);
    while (definitions.current.revision < newest && !this.#ended()) {
      await definitions.refresh();
      if (definitions.current.revision < newest) await clock.sleep(tuning.retryMs);
    }
  }

  /** Whatever a stage throws ends the session; the stages themselves never reject. */
  async #guarded<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ReadingStopped)) this.end({ kind: 'failure', error });
      return otherwise;
    }
  }

  // --- input ---

  async #fetch(): Promise<readonly FetchedBatch[]> {
    const { clock, tuning, config, topology } = this.#context;
    const room = config.limits.fetchBytes - this.tasks.heldBytes();
    if (room <= 0 || this.tasks.unacknowledgedBytes() > config.limits.memoryBytes / 2) {
      // The commit or the store has to catch up first; the group's session is not our concern.
      await Promise.race([this.#wake.wait(), clock.sleep(tuning.pollMs)]);
      return [];
    }
    const rest = this.#polledAt + this.#pace.pollMs - clock.monotonic();
    if (rest >= 1) await clock.sleep(rest);
    this.#polledAt = clock.monotonic();
    let wait = tuning.pollMs;
    for (const task of this.tasks.live()) if (task.moreDue) wait = 0;
    this.#alignment.look();
    try {
      return await this.#reader.poll(wait, room);
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'OFFSET_OUT_OF_RANGE') throw error;
      const task = error.at && this.tasks.byName.get(topology.place(error.at).name);
      if (!task) throw error;
      const code = 'PARLEY_OFFSET_OUT_OF_RANGE';
      this.#halt(task, new ParleyError(code, error.message, { cause: error }));
      return [];
    }
  }

  async #computeAll(batches: readonly FetchedBatch[]): Promise<void> {
    const work: Promise<void>[] = [];
    const seen = new Set<OpenTask>();
    for (const batch of batches) {
      const task = this.tasks.byName.get(this.#context.topology.place(batch).name);
      if (task === undefined || task.halted !== null) continue;
      task.end = batch.end;
      seen.add(task);
      work.push(this.#inTurn(task, batch));
    }
    for (const task of this.tasks.live()) {
      if (task.moreDue && !seen.has(task)) work.push(this.#inTurn(task, null));
    }
    await Promise.all(work);
    for (const task of this.tasks.live()) task.memory.evict();
    this.#wake.notify();
  }

  /** One computation of a task at a time, in the order asked for. */
  #inTurn(task: OpenTask, batch: FetchedBatch | null): Promise<void> {
    const before = this.#turns.get(task.name) ?? Promise.resolve();
    const mine = before.then(async () => {
      if (this.#ended() || task.halted !== null) return;
      if (batch === null && !timeMoves(task)) return;
      try {
        await computeBatch(this.#compute, task, batch);
      } catch (error) {
        if (isOfTheWorld(error)) throw error;
        // A step that throws is a bug; the other tasks go on, and this one's results stop whole.
        this.tasks.undo(task);
        this.#halt(task, error);
      } finally {
        // At rest the memory is the next session's.
        if (!this.#atRest) task.memory.pack();
      }
    });
    this.#turns.set(
      task.name,
      mine.catch(() => {}),
    );
    return mine;
  }

  #halt(task: OpenTask, error: unknown): void {
    this.tasks.halt(task, error);
    this.#reader.unassign(task.at);
  }

  #mayUseMemory(): void {
    if (this.#atRest) throw new ReadingStopped();
  }

  /** Asks the store until it answers: memory is full or cold without it. */
  async #patiently<T>(read: () => Promise<T>): Promise<T> {
    const { clock, tuning } = this.#context;
    for (let pause = tuning.retryMs; ; pause = Math.min(pause * 2, tuning.retryMaxMs)) {
      try {
        const result = await read();
        this.#mayUseMemory();
        this.storeDown = null;
        return result;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.storeDown = reasonOf(error);
      }
      await clock.sleep(pause);
      if (this.#ended()) throw new ReadingStopped();
    }
  }

  // --- commit ---

  async #commitWhenDue(): Promise<void> {
    for (;;) {
      if (this.#ended()) return;
      const due = this.#pace.dueIn(this.tasks.pending());
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
    for (const task of this.tasks.byName.values()) {
      if (task.pending === null) continue;
      task.committing = task.pending;
      task.pending = null;
      parts.push(commitPart(task, task.committing));
    }
    if (parts.length === 0) return;
    const started = clock.monotonic();
    const context = { topology, guards, now: clock.now(), nonce: newId() };
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
      for (const { task } of parts) this.#failed.add(task.name);
      if (!guards.storeAfterCommit) this.#writeUnknown(parts);
      throw error;
    }
  }

  #acknowledge(
    parts: readonly CommitPart[],
    { changelogOffsets }: Committed,
    { nonce, now }: { nonce: string; now: number },
  ): void {
    const moved: { task: string; value: number }[] = [];
    parts.forEach(({ task, interval, seq }, i) => {
      task.committing = null;
      task.committed = interval.offset;
      if (interval.watermark > task.writtenWatermark) {
        task.writtenWatermark = interval.watermark;
        moved.push({ task: task.name, value: interval.watermark });
      }
      if (!hasEffect(task, interval)) return;
      task.seq = seq;
      task.nonce = nonce;
      this.tasks.writers.get(task.name)?.add({
        seq,
        interval: interval.number,
        changes: interval.changes,
        bytes: interval.bytes,
        changelogOffset: changelogOffsets[i] as number,
        committedAt: now,
      });
    });
    this.#timeKeeper.committed(moved);
  }

  /** What rule 14 forbids: only for the test that shows why. */
  #writeUnknown(parts: readonly CommitPart[]): void {
    const { store, clock } = this.#context;
    for (const { task, interval, seq } of parts) {
      if (task.level === 0 || !hasEffect(task, interval)) continue;
      const write = {
        history: task.history,
        from: seq,
        to: seq,
        changes: lastChanges([interval.changes]),
        changelogOffset: 0,
        writtenAt: clock.now(),
      };
      void store.apply(task.at, write).catch(() => {});
    }
  }
}

function inputsOf(parts: readonly CommitPart[]): number {
  let inputs = 0;
  for (const { interval } of parts) inputs += interval.inputs;
  return inputs;
}

/** Errors that come from outside: everything is opened again. All others are bugs. */
function isOfTheWorld(error: unknown): boolean {
  return (
    error instanceof StoreError ||
    error instanceof LogError ||
    error instanceof StoreMoved ||
    error instanceof ReadingStopped
  );
}
