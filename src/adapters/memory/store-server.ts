import { taskName } from '../../ports/changelog.ts';
import type { TopicPartition } from '../../ports/event-log.ts';
import {
  compareTimers,
  type DueTimer,
  type OwnedValue,
  samePosition,
  type StateChange,
  type StateRead,
  type StateWrite,
  type StorePosition,
  type WriteOutcome,
} from '../../ports/state-store.ts';
import { viewOf } from '../../event/bytes.ts';
import { stateDue, stateListed } from '../../task/state-value.ts';

interface TaskState {
  position: StorePosition | null;
  values: Map<string, Map<string, Uint8Array>>;
}

/** Which checks the server makes. A test of the tests switches one off. */
export interface StoreGuards {
  readonly sequence: boolean;
  readonly history: boolean;
  readonly marker: boolean;
  readonly chunk: boolean;
}

export const ALL_STORE_GUARDS: StoreGuards = {
  sequence: true,
  history: true,
  marker: true,
  chunk: true,
};

const UNDO_MAX = 8;

/** The store's side of the in-memory twin of Redis: each method is one atomic script. */
export class MemoryStoreServer {
  readonly #tasks = new Map<string, TaskState>();
  readonly #undo = new Map<string, TaskState[]>();
  readonly #guards: StoreGuards;
  readonly #keepUndo: boolean;

  constructor(options: { guards?: StoreGuards; keepUndo?: boolean } = {}) {
    this.#guards = options.guards ?? ALL_STORE_GUARDS;
    this.#keepUndo = options.keepUndo ?? false;
  }

  position(task: TopicPartition): StorePosition | null {
    return this.#of(task).position;
  }

  read(task: TopicPartition, keys: readonly string[]): StateRead {
    const { position, values } = this.#of(task);
    return {
      position,
      values: keys.map((key) =>
        [...(values.get(key) ?? [])].map(([owner, value]): OwnedValue => ({ owner, value })),
      ),
    };
  }

  apply(task: TopicPartition, write: StateWrite): WriteOutcome {
    const state = this.#of(task);
    const at = state.position;
    const { sequence, history, marker } = this.#guards;
    if (at === null) return 'refused';
    if (history && at.history !== write.history) return 'refused';
    if (marker && at.marker !== null) return 'refused';
    if (sequence && at.seq === write.to) return 'already';
    if (sequence && at.seq > write.to) return 'ahead';
    if (sequence && at.seq < write.from - 1) return 'refused';
    this.#remember(task);
    put(state, write.changes);
    const { changelogOffset, writtenAt } = write;
    state.position = { ...at, seq: write.to, changelogOffset, writtenAt };
    return 'applied';
  }

  beginRebuild(
    task: TopicPartition,
    expected: StorePosition | null,
    options: { token: string; history: string; clear: boolean; writtenAt: number },
  ): 'begun' | 'refused' {
    const state = this.#of(task);
    if (this.#guards.sequence && !samePosition(state.position, expected)) return 'refused';
    this.#remember(task);
    const marker = this.#guards.marker ? { token: options.token, chunk: 0 } : null;
    if (options.clear || state.position === null) {
      const { history, writtenAt } = options;
      state.values.clear();
      state.position = { history, seq: 0, marker, changelogOffset: 0, writtenAt };
    } else {
      state.position = { ...state.position, history: options.history, marker };
    }
    return 'begun';
  }

  rebuildChunk(
    task: TopicPartition,
    token: string,
    index: number,
    changes: readonly StateChange[],
  ): 'applied' | 'refused' {
    const state = this.#of(task);
    const at = state.position;
    if (at === null) return 'refused';
    if (this.#guards.marker && at.marker?.token !== token) return 'refused';
    if (this.#guards.chunk && at.marker && at.marker.chunk !== index) return 'refused';
    this.#remember(task);
    put(state, changes);
    state.position = { ...at, marker: at.marker && { token, chunk: index + 1 } };
    return 'applied';
  }

  finishRebuild(
    task: TopicPartition,
    token: string,
    chunks: number,
    to: { seq: number; changelogOffset: number; writtenAt: number },
  ): 'applied' | 'refused' {
    const state = this.#of(task);
    const at = state.position;
    if (at === null) return 'refused';
    if (this.#guards.marker && at.marker?.token !== token) return 'refused';
    if (this.#guards.chunk && at.marker && at.marker.chunk !== chunks) return 'refused';
    this.#remember(task);
    const { seq, changelogOffset, writtenAt } = to;
    state.position = { history: at.history, seq, marker: null, changelogOffset, writtenAt };
    return 'applied';
  }

  dueTimers(
    task: TopicPartition,
    from: number,
    until: number,
    limit: number,
    after: DueTimer | null,
  ): DueTimer[] {
    const found: DueTimer[] = [];
    for (const [key, owners] of this.#of(task).values) {
      for (const [owner, value] of owners) {
        const due = stateDue(value);
        if (due === null || due < from || due >= until) continue;
        if (after === null || compareTimers({ due, key, owner }, after) > 0) {
          found.push({ due, key, owner });
        }
      }
    }
    return found.sort(compareTimers).slice(0, limit);
  }

  listed(task: TopicPartition, owner: string): string[] {
    const keys: string[] = [];
    for (const [key, owners] of this.#of(task).values) {
      const value = owners.get(owner);
      if (value && stateListed(value)) keys.push(key);
    }
    return keys.sort();
  }

  scan(task: TopicPartition): StateChange[] {
    return [...this.#of(task).values].flatMap(([key, owners]) =>
      [...owners].map(([owner, value]) => ({ key, owner, value })),
    );
  }

  /** Fault: the last writes of a task are lost, as in a failover. */
  rollBack(task: TopicPartition, writes: number): void {
    const undo = this.#undo.get(taskName(task)) ?? [];
    let target: TaskState | undefined;
    for (let i = 0; i < writes && undo.length > 0; i++) target = undo.pop();
    if (target) this.#tasks.set(taskName(task), target);
  }

  /** Fault: FLUSHALL, of one task or of all. */
  flush(task?: TopicPartition): void {
    if (task === undefined) this.#tasks.clear();
    else this.#tasks.delete(taskName(task));
  }

  /** Fault: the store of another history is put in its place. */
  replaceWith(other: MemoryStoreServer): void {
    this.#tasks.clear();
    for (const [name, state] of other.#tasks) this.#tasks.set(name, copyOf(state));
  }

  #of(task: TopicPartition): TaskState {
    const name = taskName(task);
    let found = this.#tasks.get(name);
    if (found === undefined) {
      found = { position: null, values: new Map() };
      this.#tasks.set(name, found);
    }
    return found;
  }

  #remember(task: TopicPartition): void {
    if (!this.#keepUndo) return;
    const name = taskName(task);
    const undo = this.#undo.get(name) ?? [];
    undo.push(copyOf(this.#of(task)));
    if (undo.length > UNDO_MAX) undo.shift();
    this.#undo.set(name, undo);
  }
}

function put(state: TaskState, changes: Iterable<StateChange>): void {
  for (const { key, owner, value } of changes) {
    const owners = state.values.get(key) ?? new Map<string, Uint8Array>();
    if (value === null) owners.delete(owner);
    else owners.set(owner, viewOf(value));
    if (owners.size === 0) state.values.delete(key);
    else state.values.set(key, owners);
  }
}

function copyOf(state: TaskState): TaskState {
  const values = [...state.values].map(([key, owners]) => [key, new Map(owners)] as const);
  return { position: state.position, values: new Map(values) };
}
