import type { DatabaseSync } from 'node:sqlite';
import { encodeStateKey } from '../../../ports/changelog.ts';
import type { TopicPartition } from '../../../ports/event-log.ts';
import {
  type DueTimer,
  samePosition,
  type StateChange,
  type StateStore,
  type StateWrite,
  type StorePosition,
  type WriteOutcome,
} from '../../../ports/state-store.ts';
import { encodeBatch, type PackedRecords, packRecords } from '../blob.ts';
import { inTransaction } from './database.ts';
import type { DuePage } from './overlay.ts';
import type { StateRows, StoredChange } from './state-rows.ts';

/** Values of keys: the owners of each, and the values of all one after another in a batch. */
export interface PackedValues {
  readonly position: StorePosition | null;
  readonly owners: readonly (readonly string[])[];
  readonly blobs: readonly [Uint8Array];
}

export interface ChangelogPage {
  /** Without the last `__meta`, which ends every commit. */
  readonly changes: PackedRecords;
  readonly meta: { readonly value: Uint8Array; readonly offset: number } | null;
  /** Of all of them, ms. */
  readonly timestamp: number;
}

/** The state store over the rows. Beside the embedded log every write is already there. */
export class StoredState {
  readonly #database: DatabaseSync;
  readonly #rows: StateRows;

  constructor(database: DatabaseSync, rows: StateRows) {
    this.#database = database;
    this.#rows = rows;
  }

  // --- reads that may come between the writes of a commit ---

  read(task: TopicPartition, keys: readonly string[]): PackedValues {
    const values = keys.map((key) => this.#rows.values(task, key));
    const records = values.flat().map(({ value }) => {
      return { key: null, value, timestamp: 0, headers: null };
    });
    return {
      position: this.#rows.position(task),
      owners: values.map((held) => held.map(({ owner }) => owner)),
      blobs: [encodeBatch(records)],
    };
  }

  due(task: TopicPartition, page: DuePage): DueTimer[] {
    return this.#rows.due(task, page);
  }

  // --- in order with the commits ---

  position(task: TopicPartition): StorePosition | null {
    return this.#rows.position(task);
  }

  apply(
    task: TopicPartition,
    { history, from, to, changes, changelogOffset, writtenAt }: StateWrite,
  ): WriteOutcome {
    const at = this.#rows.position(task);
    if (at === null || at.history !== history || at.marker !== null) return 'refused';
    if (at.seq === to) return 'already';
    if (at.seq > to) return 'ahead';
    if (at.seq < from - 1) return 'refused';
    this.#write(task, { ...at, seq: to, changelogOffset, writtenAt }, () => {
      for (const change of changes) this.#rows.put(task, change, changelogOffset);
    });
    return 'applied';
  }

  beginRebuild(
    task: TopicPartition,
    expected: StorePosition | null,
    { token, history, clear, writtenAt }: Parameters<StateStore['beginRebuild']>[2],
  ): 'begun' | 'refused' {
    const at = this.#rows.position(task);
    if (!samePosition(at, expected)) return 'refused';
    const marker = { token, chunk: 0 };
    const fresh = { history, seq: 0, marker, changelogOffset: 0, writtenAt };
    const to = clear || at === null ? fresh : { ...at, history, marker };
    this.#write(task, to, () => {
      if (clear) this.#rows.clear(task);
    });
    return 'begun';
  }

  rebuildChunk(
    task: TopicPartition,
    token: string,
    index: number,
    changes: readonly StateChange[],
  ): 'applied' | 'refused' {
    const at = this.#rows.position(task);
    if (at?.marker?.token !== token || at.marker.chunk !== index) return 'refused';
    this.#write(task, { ...at, marker: { token, chunk: index + 1 } }, () => {
      for (const change of changes) this.#rows.put(task, change, at.changelogOffset);
    });
    return 'applied';
  }

  finishRebuild(
    task: TopicPartition,
    token: string,
    chunks: number,
    to: Parameters<StateStore['finishRebuild']>[3],
  ): 'applied' | 'refused' {
    const at = this.#rows.position(task);
    if (at?.marker?.token !== token || at.marker.chunk !== chunks) return 'refused';
    this.#write(task, { history: at.history, marker: null, ...to }, () => {});
    return 'applied';
  }

  listed(task: TopicPartition, owner: string, after: string, limit: number): string[] {
    return this.#rows.listed(task, owner, after, limit);
  }

  countListed(task: TopicPartition, owner: string): number {
    return this.#rows.countListed(task, owner);
  }

  scan(task: TopicPartition, after: readonly [string, string], limit: number): PackedRecords {
    return packChanges(this.#rows.scan(task, after, limit), 0);
  }

  /** What the changelog of a task still holds from an offset on. */
  changelog(task: TopicPartition, from: number, limit: number): ChangelogPage {
    const timestamp = this.#rows.position(task)?.writtenAt ?? 0;
    return {
      changes: packChanges(this.#rows.changelog(task, from, limit), timestamp),
      meta: this.#rows.meta(task),
      timestamp,
    };
  }

  #write(task: TopicPartition, to: StorePosition, work: () => void): void {
    this.#rows.ensure(task);
    this.#rows.flush(task);
    inTransaction(this.#database, () => {
      work();
      this.#rows.setPosition(task, to);
    });
    this.#rows.remember(task, to);
  }
}

function packChanges(changes: readonly StoredChange[], timestamp: number): PackedRecords {
  return packRecords(
    changes.map(({ key, owner, value, offset }) => {
      return { offset, key: encodeStateKey(key, owner), value, timestamp, headers: null };
    }),
  );
}
