import { decodeStateKey, stateName } from '../ports/changelog.ts';
import type { Clock } from '../ports/clock.ts';
import type { RecordBuffer } from '../ports/record-buffer.ts';
import {
  type StateChange,
  type StateStore,
  StoreError,
  type StorePosition,
  type WriteOutcome,
} from '../ports/state-store.ts';
import type { TaskPlace } from './topology.ts';

/** A committed interval on its way to the store. */
export interface CommittedChanges {
  readonly seq: number;
  readonly interval: number;
  readonly changes: RecordBuffer;
  readonly bytes: number;
  readonly changelogOffset: number;
  readonly committedAt: number;
}

interface Queued {
  readonly from: number;
  to: number;
  interval: number;
  /** Of each commit. */
  readonly changes: RecordBuffer[];
  bytes: number;
  changelogOffset: number;
  writtenAt: number;
}

export interface StoreWriterOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly task: TaskPlace;
  readonly history: string;
  /** Sequence the store holds when the task is opened. */
  readonly seq: number;
  /** Takes this task's next turn among all of the process: ms until it. */
  readonly turn: () => number;
  readonly stop: () => boolean;
  /** Everything up to this interval is in the store. */
  readonly onAck: (interval: number) => void;
  /** The store is not where this task left it: the task must be opened again. */
  readonly onMoved: (why: string) => void;
  readonly onOutcome: (outcome: WriteOutcome | 'unknown') => void;
}

const BACKOFF_MS = 50;
const BACKOFF_MAX_MS = 2_000;

/**
 * Writes a task's committed changes to the store, behind the commits (rule 14): one write in
 * flight, what comes meanwhile is joined into the next. Nothing waits for a write but the bound on
 * what is not acknowledged, and where the process ends before it, the next owner folds it.
 */
export class StoreWriter {
  readonly #options: StoreWriterOptions;
  #acked: number;
  #queued: Queued | null = null;
  #writing: Queued | null = null;
  #running = false;
  #startedAt = Number.NEGATIVE_INFINITY;

  constructor(options: StoreWriterOptions) {
    this.#options = options;
    this.#acked = options.seq;
  }

  /** Sequence that the store is known to hold at least. */
  get acked(): number {
    return this.#acked;
  }

  get idle(): boolean {
    return this.#writing === null && this.#queued === null;
  }

  /** Bytes of changes that the store has not acknowledged. */
  get bytes(): number {
    return (this.#queued?.bytes ?? 0) + (this.#writing?.bytes ?? 0);
  }

  add({ seq, interval, changes, bytes, changelogOffset, committedAt }: CommittedChanges): void {
    if (this.#queued === null) {
      this.#queued = {
        from: seq,
        to: seq,
        interval,
        changes: [changes],
        bytes,
        changelogOffset,
        writtenAt: committedAt,
      };
    } else {
      const queued = this.#queued;
      queued.changes.push(changes);
      Object.assign(queued, { to: seq, interval, changelogOffset, writtenAt: committedAt });
      queued.bytes += bytes;
    }
    if (this.#running) return;
    this.#running = true;
    void this.#run().catch((error: unknown) => this.#options.onMoved(String(error)));
  }

  async #run(): Promise<void> {
    const { store, turn, stop, onAck, onMoved, clock } = this.#options;
    while (this.#queued !== null) {
      const rest = this.#startedAt + store.writeEveryMs - clock.monotonic();
      if (rest > 0) await clock.sleep(rest);
      const wait = turn();
      if (wait > 0) await clock.sleep(wait);
      if (stop()) return;
      const write = this.#queued;
      this.#queued = null;
      this.#startedAt = clock.monotonic();
      this.#writing = write;
      const moved = await this.#write(write);
      if (stop()) return;
      if (moved !== null) {
        onMoved(moved);
        return;
      }
      this.#acked = write.to;
      this.#writing = null;
      onAck(write.interval);
    }
    this.#running = false;
  }

  /** Null when the store holds it; why not where the task must be opened again. */
  async #write(write: Queued): Promise<string | null> {
    const { store, task, history, stop, onOutcome, clock } = this.#options;
    const { from, to, changelogOffset, writtenAt } = write;
    const changes = lastChanges(write.changes);
    for (let pause = BACKOFF_MS; ; pause = Math.min(pause * 2, BACKOFF_MAX_MS)) {
      try {
        const outcome = await store.apply(task.at, {
          history,
          from,
          to,
          changes,
          changelogOffset,
          writtenAt,
        });
        onOutcome(outcome);
        if (outcome === 'applied' || outcome === 'already') return null;
        return outcome === 'ahead' ? 'somebody is ahead' : 'the store moved';
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        onOutcome('unknown');
      }
      // Unknown outcome: look, then decide (rule 7).
      for (;;) {
        if (stop()) return null;
        await clock.sleep(pause);
        if (stop()) return null;
        try {
          const held = await store.position(task.at);
          if (held?.history === history && held.marker === null && held.seq === to) return null;
          if (!fits(held, history, write)) return 'the store moved';
          break;
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          pause = Math.min(pause * 2, BACKOFF_MAX_MS);
        }
      }
    }
  }
}

/**
 * Last value of each (key, owner) of changelog records, decoded when they are looked at: a store that
 * has them already does not.
 */
export function lastChanges(commits: readonly RecordBuffer[]): Iterable<StateChange> {
  return {
    *[Symbol.iterator]() {
      const last = new Map<string, StateChange>();
      for (const records of commits) {
        for (const { key, value } of records) {
          const owned = key === null ? null : decodeStateKey(key);
          if (owned !== null) last.set(stateName(owned.key, owned.owner), { ...owned, value });
        }
      }
      yield* last.values();
    },
  };
}

function fits(held: StorePosition | null, history: string, { from, to }: Queued): boolean {
  if (held === null || held.history !== history || held.marker !== null) return false;
  return held.seq >= from - 1 && held.seq < to;
}
