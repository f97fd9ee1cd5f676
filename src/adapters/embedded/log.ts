import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { decodeMeta, decodeStateKey, isMetaKey, taskName } from '../../ports/changelog.ts';
import { type Bytes, viewOf } from '../../event/bytes.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  type AppendResult,
  type CommittedOffset,
  LogError,
  type OffsetToCommit,
  type PartitionRecords,
  type TopicDescription,
  type TopicPartition,
} from '../../ports/event-log.ts';
import { MemoryGroup } from '../memory/groups.ts';
import { decodeHeaders, encodeHeaders } from './blob.ts';
import { inTransaction, isDiskFull } from './database.ts';
import type { PendingChange } from './overlay.ts';
import type { Waiters } from './reader.ts';
import { keepMs, Retention } from './retention.ts';
import { Segments } from './segments.ts';
import { positionAfter, type StateRows } from './store.ts';

export type TopicKind = 'batches' | 'latest' | 'changelog';

export interface Partition extends TopicPartition {
  readonly pid: number;
  readonly kind: TopicKind;
  /** The task whose changelog this is. */
  readonly task: TopicPartition | null;
  /** How long its records stay after they are consumed, ms. */
  readonly keepMs: number;
  start: number;
  next: number;
  /** First offsets of what is appended and not committed. */
  readonly open: Set<number>;
}

/** Records with the offsets they were given. */
export interface Placed {
  readonly partition: Partition;
  readonly baseOffset: number;
  readonly records: PartitionRecords['records'];
}

interface Topic {
  readonly description: TopicDescription;
  readonly partitions: readonly Partition[];
}

export interface EmbeddedLogOptions {
  readonly clock: Clock;
  /** Of Parley's topics: `parley.changelog.1` is the changelog of `parley.keyed.1`. */
  readonly prefix: string;
  readonly expire: boolean;
  readonly maxRecordBytes: number;
  /** Recent batches kept in memory for readers that are near the end. */
  readonly tailBytesMax: number;
}

export const REBALANCE_TIMEOUT_MS = 10_000;

/** The log's side of the data folder. One process, one thread: a commit is one call. */
export class EmbeddedLog {
  readonly database: DatabaseSync;
  readonly rows: StateRows;
  readonly options: EmbeddedLogOptions;
  readonly segments: Segments;
  readonly waiters: Waiters = new Set();
  /** Epoch of each transactional id; a producer of an older one is fenced. */
  readonly epochs = new Map<string, { epoch: number; abort: (() => void) | null }>();
  readonly #topics = new Map<string, Topic>();
  readonly #groups = new Map<string, MemoryGroup>();
  /** By the name of their task. */
  readonly #changelogs = new Map<string, Partition>();
  readonly #retention: Retention;
  readonly #statements: ReturnType<typeof prepareStatements>;

  constructor(database: DatabaseSync, rows: StateRows, options: EmbeddedLogOptions) {
    this.database = database;
    this.rows = rows;
    this.options = options;
    this.segments = new Segments(database, options.tailBytesMax);
    this.#statements = prepareStatements(database);
    this.#retention = new Retention(this, options.clock);
    for (const row of database.prepare('select * from topic').all()) {
      this.#loadTopic(row as unknown as TopicRow);
    }
  }

  describeTopic(topic: string): TopicDescription | null {
    return this.#topics.get(topic)?.description ?? null;
  }

  createTopic(topic: string, partitions: number, settings: { [name: string]: string }): void {
    if (this.#topics.has(topic)) return;
    const uid = randomUUID();
    inTransaction(this.database, () => {
      this.#statements.addTopic.run(topic, partitions, uid, JSON.stringify(settings));
      const id = this.#statements.topicId.get(topic)?.['id'] as number;
      for (let i = 0; i < partitions; i++) this.#statements.addPart.run(id, i);
    });
    this.#loadTopic(this.#statements.topicId.get(topic) as unknown as TopicRow);
  }

  partition(at: TopicPartition): Partition {
    const found = this.#topics.get(at.topic)?.partitions[at.partition];
    if (found === undefined) {
      throw new LogError('TOPIC_MISSING', `no partition ${taskName(at)}`, { definite: true, at });
    }
    return found;
  }

  /** First offset that is not committed. */
  stableEnd(partition: Partition): number {
    let end = partition.next;
    for (const first of partition.open) end = Math.min(end, first);
    return end;
  }

  group(name: string): MemoryGroup {
    let found = this.#groups.get(name);
    if (found === undefined) {
      found = new MemoryGroup(name, {
        rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
        clock: this.options.clock,
        partitionsOf: (topic) => this.#topics.get(topic)?.description.partitions ?? 0,
        order: (members) => members,
      });
      this.#groups.set(name, found);
    }
    return found;
  }

  committedOffset(group: string, at: TopicPartition): CommittedOffset {
    const row = this.#statements.committed.get(group, at.topic, at.partition);
    if (row === undefined) return { offset: -1, metadata: '' };
    return { offset: row['offset'] as number, metadata: row['metadata'] as string };
  }

  /** Least offset that a group has committed in a partition; without any, what is not input has no end. */
  leastCommitted({ topic, partition }: TopicPartition): number {
    const least = this.#statements.leastCommitted.get(topic, partition)?.['least'];
    if (typeof least === 'number') return least;
    return topic.startsWith(this.options.prefix) ? Number.POSITIVE_INFINITY : 0;
  }

  *partitions(): Iterable<Partition> {
    for (const { partitions } of this.#topics.values()) yield* partitions;
  }

  /** Gives the records their offsets; they are invisible until `commit`. */
  place(batches: readonly PartitionRecords[]): Placed[] {
    for (const batch of batches) this.#checkSize(batch);
    const partitions = batches.map((batch) => this.partition(batch));
    return batches.map((batch, i) => {
      const partition = partitions[i] as Partition;
      const baseOffset = partition.next;
      partition.next += batch.records.length;
      partition.open.add(baseOffset);
      return { partition, baseOffset, records: batch.records };
    });
  }

  /** What was placed never happened; its offsets stay a gap. */
  forget(placed: readonly Placed[]): void {
    for (const { partition, baseOffset } of placed) partition.open.delete(baseOffset);
    this.#wake();
  }

  /**
   * Records, offsets and state in one database transaction: all of it or nothing. What else may run
   * out of room comes before it, so that an error says that nothing was committed.
   */
  commit(placed: readonly Placed[], offsets: ReadonlyMap<string, OffsetToCommit[]>): void {
    const now = this.options.clock.now();
    for (const { partition } of placed) if (partition.task) this.rows.ensure(partition.task);
    this.#writeOverdue();
    if (this.options.expire) this.#retention.look();
    const remember: (() => void)[] = [];
    const moved = new Set<Partition>();
    inTransaction(this.database, () => {
      for (const one of placed) {
        const { partition } = one;
        if (partition.kind === 'latest') this.#writeLatest(one, now);
        else {
          const { pid } = partition;
          const batches = this.segments.write(pid, one);
          if (partition.kind === 'changelog') remember.push(this.#writePosition(one, now));
          else remember.push(() => this.segments.remember(pid, batches));
        }
        moved.add(partition);
      }
      for (const [group, list] of offsets) {
        for (const at of list) {
          const { topic, partition, offset, metadata } = at;
          this.#statements.setCommitted.run(group, topic, partition, offset, metadata);
          // A reader may have passed what was aborted at the end: those offsets are never given again.
          const passed = this.#topics.get(topic)?.partitions[partition];
          if (passed !== undefined) moved.add(passed);
        }
      }
      for (const { next, pid } of moved) this.#statements.next.run(next, pid);
    });
    for (const one of remember) one();
    this.forget(placed);
  }

  trim(at: TopicPartition, before: number): void {
    const partition = this.partition(at);
    if (partition.kind !== 'batches' || before <= partition.start) return;
    const start = Math.min(before, this.stableEnd(partition));
    inTransaction(this.database, () => {
      this.segments.trim(partition.pid, start);
      this.#statements.start.run(start, partition.pid);
    });
    partition.start = start;
  }

  /** Turns what SQLite throws into errors of the port: around every call from outside. */
  guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof LogError) throw error;
      if (isDiskFull(error)) {
        const message = 'the disk of the data folder is full';
        throw new LogError('DISK_FULL', message, { definite: true, cause: error });
      }
      throw new LogError('UNKNOWN', `the embedded log: ${String(error)}`, {
        definite: false,
        cause: error,
      });
    }
  }

  /** Compacted records from an offset on. */
  latest(pid: number, from: number, limit: number): LatestRow[] {
    return this.#statements.latestFrom.all(pid, from, limit).map((row) => ({
      offset: row['offset'] as number,
      timestamp: row['timestamp'] as number,
      key: row['key'] as Uint8Array,
      value: row['value'] as Uint8Array | null,
      headers: row['headers'] === null ? null : decodeHeaders(row['headers'] as Uint8Array),
    }));
  }

  #writeLatest({ partition, baseOffset, records }: Placed, now: number): void {
    records.forEach(({ key, value, headers }, i) => {
      if (key === null) throw new Error(`a record of ${partition.topic} has no key`);
      this.#statements.putLatest.run(
        partition.pid,
        viewOf(key),
        baseOffset + i,
        now,
        value === null ? null : viewOf(value),
        encodeHeaders(headers),
      );
    });
  }

  /** Position and `__meta` now; the values wait for their rows, and stand in the changelog. */
  #writePosition({ partition, baseOffset, records }: Placed, now: number): () => void {
    const task = partition.task as TopicPartition;
    const { changes, meta } = readChanges(records, baseOffset);
    if (meta === null) return () => this.rows.pend(task, changes);
    const position = positionAfter(decodeMeta(meta.value), meta.offset + 1, now);
    this.rows.setPosition(task, position);
    this.rows.setMeta(task, meta.value, meta.offset);
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
      inTransaction(this.database, () => this.segments.trim(changelog.pid, flushed));
    }
  }

  /** What a start finds in the changelog and not in the rows. */
  #recover(partition: Partition): void {
    const task = partition.task as TopicPartition;
    this.rows.ensure(task);
    for (let from = this.rows.flushed(task); from < partition.next; ) {
      const records = this.segments.read(partition.pid, from, partition.next);
      const first = records[0];
      const last = records.at(-1);
      if (first === undefined || last === undefined) return;
      for (const record of records) {
        this.rows.pend(task, readChanges([record], record.offset).changes);
      }
      from = last.offset + 1;
    }
  }

  #checkSize({ topic, partition, records }: PartitionRecords): void {
    const max = this.options.maxRecordBytes;
    for (const { key, value } of records) {
      const size = (key?.length ?? 0) + (value?.length ?? 0);
      if (size <= max) continue;
      const message = `a record of ${size} bytes for ${topic} is above ${max}`;
      const at = { topic, partition };
      throw new LogError('RECORD_TOO_LARGE', message, { definite: true, at });
    }
  }

  #wake(): void {
    for (const wake of this.waiters) wake();
  }

  #loadTopic(row: TopicRow): void {
    const settings = JSON.parse(row.settings) as { [name: string]: string };
    const { name: topic, partitions: count } = row;
    const changelog = `${this.options.prefix}changelog.`;
    const isChangelog = topic.startsWith(changelog);
    const compacted = settings['cleanup.policy'] === 'compact';
    const kind = isChangelog ? 'changelog' : compacted ? 'latest' : 'batches';
    const keyed = `${this.options.prefix}keyed.${topic.slice(changelog.length)}`;
    const partitions = this.#statements.parts.all(row.id).map((part) => {
      const partition = part['partition'] as number;
      return {
        topic,
        partition,
        pid: part['pid'] as number,
        kind,
        keepMs: keepMs(settings),
        task: isChangelog ? { topic: keyed, partition } : null,
        start: part['start'] as number,
        next: part['next'] as number,
        open: new Set<number>(),
      } satisfies Partition;
    });
    const description = { topic, partitions: count, id: row.uid, settings };
    this.#topics.set(topic, { description, partitions });
    for (const made of partitions) {
      if (made.task === null) continue;
      this.#changelogs.set(taskName(made.task), made);
      this.#recover(made);
    }
  }
}

/** State changes of changelog records, and the last `__meta` among them. */
function readChanges(
  records: readonly { readonly key: Bytes | null; readonly value: Bytes | null }[],
  baseOffset: number,
): { changes: PendingChange[]; meta: { value: Uint8Array; offset: number } | null } {
  const changes: PendingChange[] = [];
  let meta: { value: Uint8Array; offset: number } | null = null;
  for (let i = 0; i < records.length; i++) {
    const { key, value } = records[i] as (typeof records)[number];
    if (key === null) throw new Error('a record of a changelog has no key');
    const offset = baseOffset + i;
    if (isMetaKey(key)) {
      if (value !== null) meta = { value: viewOf(value), offset };
      continue;
    }
    const owned = decodeStateKey(key);
    if (owned !== null) changes.push({ ...owned, value, offset });
  }
  return { changes, meta };
}

interface TopicRow {
  readonly id: number;
  readonly name: string;
  readonly partitions: number;
  readonly uid: string;
  readonly settings: string;
}

interface LatestRow {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
  readonly headers: { [name: string]: Uint8Array } | null;
}

function prepareStatements(database: DatabaseSync) {
  return {
    addTopic: database.prepare(
      'insert into topic(name, partitions, uid, settings) values(?, ?, ?, ?)',
    ),
    topicId: database.prepare('select * from topic where name = ?'),
    addPart: database.prepare('insert into part(topic, partition, start, next) values(?, ?, 0, 0)'),
    parts: database.prepare('select * from part where topic = ? order by partition'),
    next: database.prepare('update part set next = ? where pid = ?'),
    start: database.prepare('update part set start = ? where pid = ?'),
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
    putLatest: database.prepare(
      `insert into latest values(?, ?, ?, ?, ?, ?) on conflict do update set
       offset = excluded.offset, timestamp = excluded.timestamp, value = excluded.value,
       headers = excluded.headers`,
    ),
    latestFrom: database.prepare(
      `select offset, timestamp, key, value, headers from latest where pid = ? and offset >= ?
       order by offset limit ?`,
    ),
  };
}

export function appendResult({ partition, baseOffset }: Placed): AppendResult {
  const { topic, partition: index } = partition;
  return { topic, partition: index, baseOffset, appendTime: -1 };
}
