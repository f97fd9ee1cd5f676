import type { DatabaseSync } from 'node:sqlite';
import { taskName, type TaskMeta } from '../../ports/changelog.ts';
import type { TopicPartition } from '../../ports/event-log.ts';
import {
  type DueTimer,
  type OwnedValue,
  type StateChange,
  type StateStore,
  StoreError,
  type StorePosition,
  samePosition,
} from '../../ports/state-store.ts';
import { viewOf } from '../../event/bytes.ts';
import { stateDue, stateListed } from '../../task/state-value.ts';
import { inTransaction, isDiskFull } from './database.ts';
import { type DuePage, Overlay, type PendingChange } from './overlay.ts';

interface TaskRow {
  readonly id: number;
  readonly at: TopicPartition;
  readonly overlay: Overlay;
  /** Changelog records before it stand in the rows. */
  flushed: number;
  position: StorePosition | null;
  meta: { readonly value: Uint8Array; readonly offset: number } | null;
}

/** Changes that may wait for their rows, over all tasks: what a start has to read again. */
const PENDING_MAX = 131_072;

/**
 * State rows, shared by the store and by the log. The log hands on what it committed; it waits in
 * memory, and in the changelog, until it is written to the rows in one go for each task.
 */
export class StateRows {
  readonly database: DatabaseSync;
  readonly #tasks = new Map<string, TaskRow>();
  #pending = 0;
  readonly #statements: ReturnType<typeof prepareStatements>;

  constructor(database: DatabaseSync) {
    this.database = database;
    this.#statements = prepareStatements(database);
    for (const row of database.prepare('select * from task').all()) {
      const seq = row['seq'] as number | null;
      const token = row['token'] as string | null;
      const meta = row['meta'] as Uint8Array | null;
      const name = row['name'] as string;
      this.#tasks.set(name, {
        id: row['id'] as number,
        at: placeOf(name),
        overlay: new Overlay(),
        flushed: row['flushed'] as number,
        position:
          seq === null
            ? null
            : {
                history: row['history'] as string,
                seq,
                marker: token === null ? null : { token, chunk: row['chunk'] as number },
                changelogOffset: row['changelog_offset'] as number,
                writtenAt: row['written_at'] as number,
              },
        meta: meta && { value: meta, offset: row['meta_offset'] as number },
      });
    }
  }

  position(task: TopicPartition): StorePosition | null {
    return this.#tasks.get(taskName(task))?.position ?? null;
  }

  /** The last `__meta` record of the task's changelog. */
  meta(task: TopicPartition): { readonly value: Uint8Array; readonly offset: number } | null {
    return this.#tasks.get(taskName(task))?.meta ?? null;
  }

  /** Changelog records from here on are not in the rows. */
  flushed(task: TopicPartition): number {
    return this.#taskRow(task).flushed;
  }

  /** After the database transaction that holds the changelog records. */
  pend(task: TopicPartition, changes: readonly PendingChange[]): void {
    const { overlay } = this.#taskRow(task);
    const before = overlay.size;
    overlay.put(changes);
    this.#pending += overlay.size - before;
  }

  /** Tasks whose changes are to be written now, the greatest first, so that few enough wait. */
  overdue(): TopicPartition[] {
    if (this.#pending <= PENDING_MAX) return [];
    const rows = [...this.#tasks.values()].sort((a, b) => b.overlay.size - a.overlay.size);
    let left = this.#pending;
    const overdue: TopicPartition[] = [];
    for (const { at, overlay } of rows) {
      if (left <= PENDING_MAX) break;
      overdue.push(at);
      left -= overlay.size;
    }
    return overdue;
  }

  /** Writes what waits of a task. Returns the changelog offset before which nothing is needed. */
  flush(task: TopicPartition): number {
    const row = this.#taskRow(task);
    if (row.overlay.size === 0) return row.flushed;
    let end = row.flushed;
    inTransaction(this.database, () => {
      for (const change of row.overlay.sorted()) {
        this.put(task, change, change.offset);
        if (change.offset >= end) end = change.offset + 1;
      }
      this.#statements.flushed.run(end, row.id);
    });
    this.#pending -= row.overlay.size;
    row.overlay.clear();
    row.flushed = end;
    return end;
  }

  /** Inside a database transaction only. `offset`: of the changelog record. */
  put(task: TopicPartition, { key, owner, value }: StateChange, offset: number): void {
    const { id } = this.#taskRow(task);
    if (value === null) {
      this.#statements.remove.run(id, key, owner);
    } else {
      const listed = stateListed(value) ? 1 : 0;
      this.#statements.put.run(id, key, owner, viewOf(value), stateDue(value), listed, offset);
    }
  }

  /** Inside a database transaction only. The memory of it moves with `remember`. */
  setPosition(task: TopicPartition, position: StorePosition): void {
    const { history, seq, marker, changelogOffset, writtenAt } = position;
    const row = this.#taskRow(task);
    const { token, chunk } = marker ?? { token: null, chunk: null };
    this.#statements.position.run(history, seq, token, chunk, changelogOffset, writtenAt, row.id);
  }

  /** Inside a database transaction only. */
  setMeta(task: TopicPartition, value: Uint8Array, offset: number): void {
    this.#statements.meta.run(value, offset, this.#taskRow(task).id);
  }

  clear(task: TopicPartition): void {
    this.#statements.clear.run(this.#taskRow(task).id);
  }

  /** After the database transaction is committed. */
  remember(task: TopicPartition, position: StorePosition, meta: TaskRow['meta'] = null): void {
    const row = this.#taskRow(task);
    row.position = position;
    if (meta !== null) row.meta = meta;
  }

  values(task: TopicPartition, key: string): readonly OwnedValue[] {
    const { id, overlay } = this.#taskRow(task);
    const rows = this.#statements.get
      .all(id, key)
      .map((row) => ({ owner: row['owner'] as string, value: row['value'] as Uint8Array }));
    return overlay.merge(key, rows);
  }

  /** Timers are looked at every few seconds: too often to write rows for it. */
  due(task: TopicPartition, page: DuePage): DueTimer[] {
    const { id, overlay } = this.#taskRow(task);
    const { from, until, after } = page;
    const rows =
      after === null
        ? this.#statements.due.iterate(id, from, until)
        : this.#statements.dueAfter.iterate(id, until, after.due, after.key, after.owner);
    return overlay.mergeDue(rows as Iterable<unknown> as Iterable<DueTimer>, page);
  }

  listed(task: TopicPartition, owner: string, after: string, limit: number): string[] {
    this.flush(task);
    return this.#statements.listed
      .all(this.#taskRow(task).id, owner, after, limit)
      .map((row) => row['key'] as string);
  }

  countListed(task: TopicPartition, owner: string): number {
    this.flush(task);
    return this.#statements.countListed.get(this.#taskRow(task).id, owner)?.['n'] as number;
  }

  scan(
    task: TopicPartition,
    after: readonly [string, string],
    limit: number,
  ): (StateChange & { value: Uint8Array })[] {
    this.flush(task);
    return this.#statements.scan.all(this.#taskRow(task).id, ...after, limit).map((row) => ({
      key: row['key'] as string,
      owner: row['owner'] as string,
      value: row['value'] as Uint8Array,
    }));
  }

  /** What a changelog still holds from an offset on, in order of offset. */
  changelog(
    task: TopicPartition,
    from: number,
    limit: number,
  ): (StateChange & { value: Uint8Array; offset: number })[] {
    this.flush(task);
    return this.#statements.changelog.all(this.#taskRow(task).id, from, limit).map((row) => ({
      key: row['key'] as string,
      owner: row['owner'] as string,
      value: row['value'] as Uint8Array,
      offset: row['offset'] as number,
    }));
  }

  /** Makes the row of a task. Outside of database transactions: one undone would leave its id. */
  ensure(task: TopicPartition): void {
    this.#taskRow(task);
  }

  #taskRow(task: TopicPartition): TaskRow {
    const name = taskName(task);
    const found = this.#tasks.get(name);
    if (found !== undefined) return found;
    this.#statements.addTask.run(name);
    const id = this.#statements.taskId.get(name)?.['id'] as number;
    const made: TaskRow = {
      id, at: task, overlay: new Overlay(), flushed: 0, position: null, meta: null,
    };
    this.#tasks.set(name, made);
    return made;
  }
}

function placeOf(name: string): TopicPartition {
  const slash = name.lastIndexOf('/');
  return { topic: name.slice(0, slash), partition: Number(name.slice(slash + 1)) };
}

/** Position that a commit of the log leaves: the store is never behind it. */
export function positionAfter(meta: TaskMeta, changelogOffset: number, now: number): StorePosition {
  const { history, seq } = meta;
  return { history, seq, marker: null, changelogOffset, writtenAt: now };
}

function prepareStatements(database: DatabaseSync) {
  return {
    addTask: database.prepare('insert into task(name) values(?) on conflict do nothing'),
    taskId: database.prepare('select id from task where name = ?'),
    position: database.prepare(
      `update task set history = ?, seq = ?, token = ?, chunk = ?, changelog_offset = ?,
       written_at = ? where id = ?`,
    ),
    meta: database.prepare('update task set meta = ?, meta_offset = ? where id = ?'),
    put: database.prepare(
      `insert into state values(?, ?, ?, ?, ?, ?, ?) on conflict(task, key, owner) do update set
       value = excluded.value, due = excluded.due, listed = excluded.listed,
       offset = excluded.offset`,
    ),
    flushed: database.prepare('update task set flushed = ? where id = ?'),
    remove: database.prepare('delete from state where task = ? and key = ? and owner = ?'),
    clear: database.prepare('delete from state where task = ?'),
    get: database.prepare('select owner, value from state where task = ? and key = ?'),
    due: database.prepare(
      `select due, key, owner from state where task = ? and due is not null and due >= ?
       and due < ? order by due, key, owner`,
    ),
    dueAfter: database.prepare(
      `select due, key, owner from state where task = ? and due is not null and due < ?
       and (due, key, owner) > (?, ?, ?) order by due, key, owner`,
    ),
    listed: database.prepare(
      `select key from state where task = ? and owner = ? and listed = 1 and key > ?
       order by key limit ?`,
    ),
    countListed: database.prepare(
      'select count(*) n from state where task = ? and owner = ? and listed = 1',
    ),
    scan: database.prepare(
      `select key, owner, value from state where task = ? and (key, owner) > (?, ?)
       order by key, owner limit ?`,
    ),
    changelog: database.prepare(
      `select key, owner, value, offset from state where task = ? and offset >= ?
       order by offset limit ?`,
    ),
  };
}

/** The state store over the rows. Beside the embedded log every write is already there. */
export function createRowStore(rows: StateRows): StateStore {
  const attempt = <T>(work: () => T): Promise<T> => {
    try {
      return Promise.resolve(work());
    } catch (error) {
      const code = isDiskFull(error) ? 'FULL' : 'UNKNOWN';
      return Promise.reject(new StoreError(code, `the embedded store: ${String(error)}`, error));
    }
  };
  const write = <T>(task: TopicPartition, to: StorePosition, outcome: T, work: () => void) => {
    rows.ensure(task);
    rows.flush(task);
    inTransaction(rows.database, () => {
      work();
      rows.setPosition(task, to);
    });
    rows.remember(task, to);
    return outcome;
  };
  return {
    writeEveryMs: 0,
    position: (task) => attempt(() => rows.position(task)),
    read: (task, keys) =>
      attempt(() => ({
        position: rows.position(task),
        values: keys.map((key) => rows.values(task, key)),
      })),
    apply: (task, { history, from, to, changes, changelogOffset, writtenAt }) =>
      attempt(() => {
        const at = rows.position(task);
        if (at === null || at.history !== history || at.marker !== null) return 'refused';
        if (at.seq === to) return 'already';
        if (at.seq > to) return 'ahead';
        if (at.seq < from - 1) return 'refused';
        return write(task, { ...at, seq: to, changelogOffset, writtenAt }, 'applied', () => {
          for (const change of changes) rows.put(task, change, changelogOffset);
        });
      }),
    beginRebuild: (task, expected, { token, history, clear, writtenAt }) =>
      attempt(() => {
        const at = rows.position(task);
        if (!samePosition(at, expected)) return 'refused';
        const marker = { token, chunk: 0 };
        const fresh = { history, seq: 0, marker, changelogOffset: 0, writtenAt };
        const to = clear || at === null ? fresh : { ...at, history, marker };
        return write(task, to, 'begun', () => {
          if (clear) rows.clear(task);
        });
      }),
    rebuildChunk: (task, token, index, changes) =>
      attempt(() => {
        const at = rows.position(task);
        if (at?.marker?.token !== token || at.marker.chunk !== index) return 'refused';
        return write(task, { ...at, marker: { token, chunk: index + 1 } }, 'applied', () => {
          for (const change of changes) rows.put(task, change, at.changelogOffset);
        });
      }),
    finishRebuild: (task, token, chunks, { seq, changelogOffset, writtenAt }) =>
      attempt(() => {
        const at = rows.position(task);
        if (at?.marker?.token !== token || at.marker.chunk !== chunks) return 'refused';
        const { history } = at;
        const to = { history, seq, marker: null, changelogOffset, writtenAt };
        return write(task, to, 'applied', () => {});
      }),
    dueTimers: (task, from, until, limit, after) =>
      attempt(() => rows.due(task, { from, until, limit, after })),
    listed: (task, owner, cursor, limit) =>
      attempt(() => {
        const keys = rows.listed(task, owner, cursor ?? '', limit);
        return { keys, next: keys.length < limit ? null : (keys.at(-1) ?? null) };
      }),
    countListed: (task, owner) => attempt(() => rows.countListed(task, owner)),
    scan: (task, cursor, limit) =>
      attempt(() => {
        const after = JSON.parse(cursor ?? '["", ""]') as [string, string];
        const entries = rows.scan(task, after, limit);
        const last = entries.at(-1);
        const more = entries.length === limit && last !== undefined;
        return { entries, next: more ? JSON.stringify([last.key, last.owner]) : null };
      }),
    close: () => Promise.resolve(),
  };
}
