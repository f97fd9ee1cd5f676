import { ParleyError } from '../event/errors.ts';
import type { TopicPartition } from '../ports/event-log.ts';
import { StoreMoved } from './compute.ts';
import type { Guards } from './guards.ts';
import { TaskMemory } from './memory.ts';
import { type Opened, openTask } from './open-task.ts';
import type { KeptTask, KeptTasks, Life, SessionContext } from './session-context.ts';
import { StoreWriter } from './store-writer.ts';
import { intervalHasEffect, type OpenTask } from './task.ts';
import { TimerIndex } from './timer-index.ts';
import type { TaskPlace } from './topology.ts';
import { watermarkAt } from './watermark.ts';
import { WriteTurns } from './write-turns.ts';

/** A task that could not be opened has no `__meta` to speak of. */
const NEVER = { seq: 0, offset: 0, watermark: 0, patternSet: 0, owner: '', nonce: '', history: '' };

/** The tasks of one session: opened, halted, and what may be kept of them. */
export class OwnedTasks<Definitions> {
  readonly #context: SessionContext<Definitions>;
  readonly #life: Life;
  readonly #transactionalId: string;
  readonly byName = new Map<string, OpenTask>();
  readonly writers = new Map<string, StoreWriter>();
  readonly #turns: WriteTurns;

  constructor(context: SessionContext<Definitions>, life: Life, transactionalId: string) {
    this.#context = context;
    this.#life = life;
    this.#transactionalId = transactionalId;
    this.#turns = new WriteTurns(context.clock, context.store.writeEveryMs);
  }

  /** Those that are at work. */
  *live(): Generator<OpenTask> {
    for (const task of this.byName.values()) if (task.halted === null) yield task;
  }

  async openAll(partitions: readonly TopicPartition[], kept: KeptTasks): Promise<void> {
    const places = partitions.map((at) => this.#context.topology.place(at));
    const names = new Set(places.map((place) => place.name));
    // What went to another process goes from memory.
    for (const [name, one] of kept) if (!names.has(name)) one.memory.clear();
    await Promise.all(places.map((place) => this.#open(place, kept.get(place.name) ?? null)));
  }

  /** Stops one task for good: the others go on. */
  halt(task: OpenTask, error: unknown): void {
    const code = error instanceof ParleyError ? error.code : 'BUG';
    task.halted = { code, message: error instanceof Error ? error.message : String(error) };
  }

  /** What was computed and not sent never happened. */
  undo(task: OpenTask): void {
    if (task.pending === null) return;
    task.memory.forget(task.pending.keys);
    task.pending = null;
  }

  /** Bytes of results that are not committed. */
  heldBytes(): number {
    let bytes = 0;
    for (const { pending, committing } of this.byName.values()) {
      bytes += (pending?.bytes ?? 0) + (committing?.bytes ?? 0);
    }
    return bytes;
  }

  /** Bytes of committed changes that the store does not have. */
  unacknowledgedBytes(): number {
    let bytes = 0;
    for (const writer of this.writers.values()) bytes += writer.bytes;
    return bytes;
  }

  /** What waits for a commit: nothing, how far time has come, or more than that. */
  pending(): 'time' | 'effect' | null {
    let found: 'time' | 'effect' | null = null;
    for (const { pending } of this.byName.values()) {
      if (pending === null) continue;
      if (intervalHasEffect(pending)) return 'effect';
      found = 'time';
    }
    return found;
  }

  /** Memory that may be kept when the session is at rest (rules 9, 11, 12). */
  keep(failed: ReadonlySet<string>): KeptTasks {
    const { guards } = this.#context;
    const dropped = guards.failedMemoryDropped;
    const first = failed.values().next().value;
    const kept = new Map<string, KeptTask>();
    for (const task of this.byName.values()) {
      if (task.level === 0) continue;
      const { name, memory, nonce, seq, committed, nextInterval } = task;
      const drop = dropped === 'all' || (dropped === 'first' && first === name);
      if ((drop && failed.has(name)) || task.halted !== null) {
        memory.clear();
        continue;
      }
      if (guards.overlayUndone) this.undo(task);
      kept.set(name, { memory, nonce, seq, committed, nextInterval });
    }
    return kept;
  }

  async #open(place: TaskPlace, kept: KeptTask | null): Promise<void> {
    const { metrics, config, tuning } = this.#context;
    try {
      const opened = await openTask(
        {
          ...this.#context,
          group: config.application,
          transactionalId: this.#transactionalId,
          stop: this.#life.ended,
          chunkMax: tuning.rebuildChunkMax,
          onPath: (path, values) => {
            metrics.count('parley_recoveries_total', { path }, 1);
            metrics.count('parley_rebuilt_values_total', {}, values);
          },
        },
        place,
      );
      if (this.#life.ended()) kept?.memory.clear();
      else this.#add(place, opened, kept);
    } catch (error) {
      kept?.memory.clear();
      // The user can do something about it, and the other tasks go on; all else means: open again.
      if (!(error instanceof ParleyError)) throw error;
      metrics.count('parley_recoveries_total', { path: 'halted' }, 1);
      this.halt(this.#add(place, { meta: NEVER, offset: 0, watermark: 0 }, null), error);
    }
  }

  #add(place: TaskPlace, { meta, offset, watermark }: Opened, kept: KeptTask | null): OpenTask {
    const { guards, tuning, store, budget, metrics } = this.#context;
    const mayKeep = kept !== null && fitsKept(kept, meta, offset, guards);
    if (kept !== null) {
      const path = mayKeep ? 'memory-kept' : 'memory-dropped';
      metrics.count('parley_recoveries_total', { path }, 1);
    }
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
    this.byName.set(place.name, task);
    if (place.level > 0) this.writers.set(place.name, this.#writer(task));
    return task;
  }

  #writer(task: OpenTask): StoreWriter {
    const { store, clock, metrics } = this.#context;
    const { end, ended, wake, storeState } = this.#life;
    return new StoreWriter({
      store,
      clock,
      task,
      history: task.history,
      seq: task.seq,
      turn: () => this.#turns.take(this.writers.size),
      stop: ended,
      onAck: (interval) => {
        task.memory.ack(interval);
        task.timers.ack(interval);
        task.memory.evict();
        storeState(null);
        wake();
      },
      onMoved: (why) => end({ kind: 'failure', error: new StoreMoved(`${task.name}: ${why}`) }),
      onOutcome: (outcome) => {
        metrics.count('parley_store_writes_total', { outcome }, 1);
        if (outcome === 'unknown') storeState('a write was not acknowledged');
      },
    });
  }
}

/** Rule 9: two histories can hold other contents under the same sequence; a nonce is of one. */
function fitsKept(kept: KeptTask, meta: Opened['meta'], offset: number, guards: Guards): boolean {
  if (guards.memoryByNonce === 'always') return true;
  if (guards.memoryByNonce === 'position') {
    return kept.seq === meta.seq && kept.committed === offset;
  }
  return meta.nonce !== '' && kept.nonce === meta.nonce;
}
