import type { DatabaseSync } from 'node:sqlite';
import { viewOf } from '../../../event/bytes.ts';
import { taskName } from '../../../ports/changelog.ts';
import type { TopicPartition } from '../../../ports/event-log.ts';
import type {
  DueTimer,
  OwnedValue,
  StateChange,
  StorePosition,
} from '../../../ports/state-store.ts';
import { stateDue, stateListed } from '../../../task/state-value.ts';
import { inTransaction } from './database.ts';
import { type DuePage, Overlay, type PendingChange } from './overlay.ts';

/** The last `__meta` record of a changelog. */
export interface MetaRecord {
  readonly value: Uint8Array;
  readonly offset: number;
}

export interface StoredChange extends StateChange {
  readonly value: Uint8Array;
  /** Of its changelog record. */
  readonly offset: number;
}

interface TaskRow {
  readonly id: number;
  readonly at: TopicPartition;
  readonly overlay: Overlay;
  /** Changelog records before it stand in the rows. */
  flushed: number;
  position: StorePosition | null;
  meta: MetaRecord | null;
}

/** Changes that may wait for their rows, over all tasks: what a start has to read again. */
const PENDING_MAX = 131_072;
/** Rows in one database transaction of a flush: it ends before a reader waits long. */
const FLUSH_ROWS = 2_048;
/** Rows written between two looks at who waits for a read. */
const ROWS_BETWEEN_READS = 64;

/**
 * State rows, shared by the store and by the log. The log hands on what it committed; it waits in
 * memory, and in the changelog, until it is written to the rows in one go for each task.
 */
export class StateRows {
  readonly #database: DatabaseSync;
  readonly #serveReads: () => void;
  readonly #tasks = new Map<string, TaskRow>();
  #pending = 0;
  readonly #statements: ReturnType<typeof prepareStatements>;

  /** @param serveReads Called while rows are written: what it reads is the same before and after. */
  constructor(database: DatabaseSync, serveReads: () => void) {
    this.#database = database;
    this.#serveReads = serveReads;
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

  meta(task: TopicPartition): MetaRecord | null {
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

  /**
   * Writes what waits of a task, in several database transactions: a change that is written and
   * still waits is the same one. Returns the changelog offset before which nothing is needed.
   */
  flush(task: TopicPartition): number {
    const row = this.#taskRow(task);
    if (row.overlay.size === 0) return row.flushed;
    let end = row.flushed;
    const changes = row.overlay.sorted();
    for (let next = changes.next(); next.done !== true; ) {
      inTransaction(this.#database, () => {
        for (let rows = 0; rows < FLUSH_ROWS && next.done !== true; next = changes.next()) {
          const change = next.value;
          this.put(task, change, change.offset);
          if (change.offset >= end) end = change.offset + 1;
          if (++rows % ROWS_BETWEEN_READS === 0) this.#serveReads();
        }
        // Told only with the last of them: until then a start reads all of them again.
        if (next.done === true) this.#statements.flushed.run(end, row.id);
      });
    }
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
  setMeta(task: TopicPartition, { value, offset }: MetaRecord): void {
    this.#statements.meta.run(value, offset, this.#taskRow(task).id);
  }

  clear(task: TopicPartition): void {
    this.#statements.clear.run(this.#taskRow(task).id);
  }

  /** After the database transaction is committed. */
  remember(task: TopicPartition, position: StorePosition, meta: MetaRecord | null = null): void {
    const row = this.#taskRow(task);
    row.position = position;
    if (meta !== null) row.meta = meta;
  }

  values(task: TopicPartition, key: string): readonly OwnedValue[] {
    const found = this.#tasks.get(taskName(task));
    if (found === undefined) return [];
    const rows = this.#statements.get
      .all(found.id, key)
      .map((row) => ({ owner: row['owner'] as string, value: row['value'] as Uint8Array }));
    return found.overlay.merge(key, rows);
  }

  /** Timers are looked at every few seconds: too often to write rows for it. */
  due(task: TopicPartition, page: DuePage): DueTimer[] {
    const found = this.#tasks.get(taskName(task));
    if (found === undefined) return [];
    const { from, until, after } = page;
    const rows =
      after === null
        ? this.#statements.due.iterate(found.id, from, until)
        : this.#statements.dueAfter.iterate(found.id, until, after.due, after.key, after.owner);
    return found.overlay.mergeDue(rows as Iterable<unknown> as Iterable<DueTimer>, page);
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

  scan(task: TopicPartition, after: readonly [string, string], limit: number): StoredChange[] {
    this.flush(task);
    const { id } = this.#taskRow(task);
    return this.#statements.scan.all(id, ...after, limit).map(storedChange);
  }

  /** What a changelog still holds from an offset on, in order of offset. */
  changelog(task: TopicPartition, from: number, limit: number): StoredChange[] {
    this.flush(task);
    const { id } = this.#taskRow(task);
    return this.#statements.changelog.all(id, from, limit).map(storedChange);
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

function storedChange(row: Record<string, unknown>): StoredChange {
  return {
    key: row['key'] as string,
    owner: row['owner'] as string,
    value: row['value'] as Uint8Array,
    offset: row['offset'] as number,
  };
}

function placeOf(name: string): TopicPartition {
  const slash = name.lastIndexOf('/');
  return { topic: name.slice(0, slash), partition: Number(name.slice(slash + 1)) };
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
      `select key, owner, value, offset from state where task = ? and (key, owner) > (?, ?)
       order by key, owner limit ?`,
    ),
    changelog: database.prepare(
      `select key, owner, value, offset from state where task = ? and offset >= ?
       order by offset limit ?`,
    ),
  };
}
