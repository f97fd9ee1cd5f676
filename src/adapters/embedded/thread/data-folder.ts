import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { decodeMeta, decodeStateKey, isMetaKey, taskName } from '../../../ports/changelog.ts';
import type {
  CommittedOffset,
  LogRecord,
  OffsetToCommit,
  TopicPartition,
} from '../../../ports/event-log.ts';
import type { StorePosition } from '../../../ports/state-store.ts';
import { decodeBatch, type PackedRecords, packRecords } from '../blob.ts';
import {
  type StoredTopic,
  taskOfChangelog,
  type TopicKind,
  topicKind,
} from '../topics.ts';
import { inTransaction } from './database.ts';
import { LatestRecords } from './latest.ts';
import type { PendingChange } from './overlay.ts';
import { Segments, type StoredBatches } from './segments.ts';
import { type MetaRecord, StateRows } from './state-rows.ts';

/** A batch of a commit. Its bytes are a blob of the request. */
export interface CommitBatch {
  readonly pid: number;
  readonly kind: TopicKind;
  /** The task whose changelog this is. */
  readonly task: TopicPartition | null;
  readonly baseOffset: number;
}

export interface CommitRequest {
  /** Parallel to `blobs`. */
  readonly batches: readonly CommitBatch[];
  readonly blobs: readonly Uint8Array[];
  readonly offsets: readonly (readonly [group: string, at: OffsetToCommit])[];
  /** Next offset of each partition that moved. */
  readonly next: readonly (readonly [pid: number, offset: number])[];
  /** Wall clock, ms. */
  readonly writtenAt: number;
}

export interface CommitReply {
  /** What readers near the end will ask for: all batches but those of changelogs. */
  readonly blobs: readonly Uint8Array[];
  /** Where the tasks stand now, by name. */
  readonly positions: readonly (readonly [task: string, position: StorePosition | null])[];
}

/** A partition whose old records may go: none from `until` on, none that is not before `before`. */
export interface Expiry extends TopicPartition {
  readonly pid: number;
  readonly start: number;
  readonly until: number;
  /** Wall clock, ms. */
  readonly before: number;
  /** It is kept until a group has consumed it, whether one ever did or not. */
  readonly input: boolean;
}

/** What the database holds of the log: each method is a request, answered in the order asked. */
export class DataFolder {
  readonly rows: StateRows;
  readonly #database: DatabaseSync;
  readonly #segments: Segments;
  readonly #latest: LatestRecords;
  readonly #serveReads: () => void;
  readonly #prefix: string;
  /** Partition of the changelog, by the name of its task. */
  readonly #changelogs = new Map<string, number>();
  readonly #statements: ReturnType<typeof prepareStatements>;

  /** @param serveReads Called between writes: has those answered who only read. */
  constructor(database: DatabaseSync, prefix: string, serveReads: () => void) {
    this.#database = database;
    this.#prefix = prefix;
    this.#serveReads = serveReads;
    this.#segments = new Segments(database);
    this.#latest = new LatestRecords(database);
    this.rows = new StateRows(database, serveReads);
    this.#statements = prepareStatements(database);
    for (const topic of this.topics()) this.#recover(topic);
  }

  // --- reads that may come between the writes of a commit ---

  batches(pid: number, from: number, end: number, maxBytes: number): StoredBatches {
    return this.#segments.read(pid, from, end, maxBytes);
  }

  // --- in order with the commits ---

  topics(): StoredTopic[] {
    return this.#statements.topics.all().map((row) => this.#topic(row as unknown as TopicRow));
  }

  createTopic(
    name: string,
    partitions: number,
    settings: { readonly [name: string]: string },
  ): StoredTopic {
    inTransaction(this.#database, () => {
      if (this.#statements.topic.get(name) !== undefined) return;
      this.#statements.addTopic.run(name, partitions, randomUUID(), JSON.stringify(settings));
      const id = this.#statements.topic.get(name)?.['id'] as number;
      for (let i = 0; i < partitions; i++) this.#statements.addPart.run(id, i);
    });
    const made = this.#topic(this.#statements.topic.get(name) as unknown as TopicRow);
    this.#recover(made);
    return made;
  }

  /**
   * Records, offsets and state in one database transaction: all of it or nothing. What else may run
   * out of room comes before it, so that an error says that nothing was committed.
   */
  commit({ batches, blobs, offsets, next, writtenAt }: CommitRequest): CommitReply {
    const tasks = batches.flatMap(({ task }) => task ?? []);
    for (const task of tasks) this.rows.ensure(task);
    this.#writeOverdue();
    const pend: (() => void)[] = [];
    inTransaction(this.#database, () => {
      batches.forEach(({ pid, kind, task, baseOffset }, i) => {
        const blob = blobs[i] as Uint8Array;
        if (kind === 'latest') this.#latest.write(pid, decodeBatch(blob, baseOffset));
        else this.#segments.write(pid, baseOffset, blob);
        if (task !== null) pend.push(this.#writePosition(task, decodeBatch(blob, baseOffset), writtenAt));
        this.#serveReads();
      });
      for (const [group, { topic, partition, offset, metadata }] of offsets) {
        this.#statements.setCommitted.run(group, topic, partition, offset, metadata);
      }
      for (const [pid, offset] of next) this.#statements.next.run(offset, pid);
    });
    for (const one of pend) one();
    return {
      blobs: blobs.filter((_, i) => batches[i]?.task === null),
      positions: tasks.map((task) => [taskName(task), this.rows.position(task)] as const),
    };
  }

  /** Compacted records from an offset on. */
  latest(pid: number, from: number, end: number, limit: number): PackedRecords {
    return packRecords(this.#latest.read(pid, from, end, limit));
  }

  committed(group: string, partitions: readonly TopicPartition[]): CommittedOffset[] {
    return partitions.map(({ topic, partition }) => {
      const row = this.#statements.committed.get(group, topic, partition);
      if (row === undefined) return { offset: -1, metadata: '' };
      return { offset: row['offset'] as number, metadata: row['metadata'] as string };
    });
  }

  /** Null where no record is that new. */
  offsetForTime(pid: number, start: number, timeMs: number): number | null {
    return this.#segments.offsetForTime(pid, start, timeMs);
  }

  trim(pid: number, start: number): void {
    inTransaction(this.#database, () => {
      this.#segments.trim(pid, start);
      this.#statements.start.run(start, pid);
    });
  }

  /** Removes records batch by batch from the oldest on. Returns where each partition starts now. */
  expire(partitions: readonly Expiry[]): number[] {
    return partitions.map((one) => {
      const { pid, start, before } = one;
      const until = Math.min(one.until, this.#leastCommitted(one));
      let from = start;
      while (from < until) {
        const last = this.#segments.records(pid, from).at(-1);
        if (last === undefined || last.timestamp >= before || last.offset >= until) break;
        from = last.offset + 1;
      }
      if (from > start) this.trim(pid, from);
      return from;
    });
  }

  /** Least offset that a group has committed; without any, what is not input has no end. */
  #leastCommitted({ topic, partition, input }: Expiry): number {
    const least = this.#statements.leastCommitted.get(topic, partition)?.['least'];
    if (typeof least === 'number') return least;
    return input ? 0 : Number.POSITIVE_INFINITY;
  }

  /** Position and `__meta` now; the values wait for their rows, and stand in the changelog. */
  #writePosition(
    task: TopicPartition,
    records: readonly LogRecord[],
    writtenAt: number,
  ): () => void {
    const { changes, meta } = readChanges(records);
    if (meta === null) return () => this.rows.pend(task, changes);
    const { history, seq } = decodeMeta(meta.value);
    const changelogOffset = meta.offset + 1;
    const position = { history, seq, marker: null, changelogOffset, writtenAt };
    this.rows.setPosition(task, position);
    this.rows.setMeta(task, meta);
    return () => {
      this.rows.remember(task, position, meta);
      this.rows.pend(task, changes);
    };
  }

  /** Rows of the tasks with most to write; what they took in goes from the changelog. */
  #writeOverdue(): void {
    for (const task of this.rows.overdue()) {
      const flushed = this.rows.flush(task);
      const changelog = this.#changelogs.get(taskName(task));
      if (changelog === undefined) continue;
      inTransaction(this.#database, () => this.#segments.trim(changelog, flushed));
    }
  }

  /** What a start finds in a changelog and not in the rows. */
  #recover(topic: StoredTopic): void {
    if (topicKind(topic, this.#prefix) !== 'changelog') return;
    topic.partitions.forEach(({ pid, next }, partition) => {
      const task = taskOfChangelog({ topic: topic.name, partition }, this.#prefix);
      this.#changelogs.set(taskName(task), pid);
      this.rows.ensure(task);
      for (let from = this.rows.flushed(task); from < next; ) {
        const records = this.#segments.records(pid, from);
        const last = records.at(-1);
        if (last === undefined) return;
        this.rows.pend(task, readChanges(records).changes);
        from = last.offset + 1;
      }
    });
  }

  #topic({ id, name, uid, settings }: TopicRow): StoredTopic {
    return {
      name,
      uid,
      settings: JSON.parse(settings) as StoredTopic['settings'],
      partitions: this.#statements.parts.all(id) as unknown as StoredTopic['partitions'],
    };
  }
}

interface TopicRow {
  readonly id: number;
  readonly name: string;
  readonly uid: string;
  readonly settings: string;
}

/** State changes of changelog records, and the last `__meta` among them. */
function readChanges(records: readonly LogRecord[]): {
  changes: PendingChange[];
  meta: MetaRecord | null;
} {
  const changes: PendingChange[] = [];
  let meta: MetaRecord | null = null;
  for (const { key, value, offset } of records) {
    if (key === null) throw new Error('a record of a changelog has no key');
    if (isMetaKey(key)) {
      // A copy: it stays, and the batch does not.
      if (value !== null) meta = { value: Uint8Array.from(value), offset };
      continue;
    }
    const owned = decodeStateKey(key);
    if (owned !== null) changes.push({ ...owned, value, offset });
  }
  return { changes, meta };
}

function prepareStatements(database: DatabaseSync) {
  return {
    topics: database.prepare('select * from topic'),
    topic: database.prepare('select * from topic where name = ?'),
    addTopic: database.prepare(
      'insert into topic(name, partitions, uid, settings) values(?, ?, ?, ?)',
    ),
    addPart: database.prepare('insert into part(topic, partition, start, next) values(?, ?, 0, 0)'),
    parts: database.prepare('select pid, start, next from part where topic = ? order by partition'),
    next: database.prepare('update part set next = ? where pid = ?'),
    start: database.prepare('update part set start = max(start, ?) where pid = ?'),
    committed: database.prepare(
      'select offset, metadata from committed where grp = ? and topic = ? and partition = ?',
    ),
    leastCommitted: database.prepare(
      'select min(offset) least from committed where topic = ? and partition = ?',
    ),
    setCommitted: database.prepare(
      `insert into committed values(?, ?, ?, ?, ?) on conflict do update set
       offset = excluded.offset, metadata = excluded.metadata`,
    ),
  };
}
