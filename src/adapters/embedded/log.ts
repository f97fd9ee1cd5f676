import { taskName } from '../../ports/changelog.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  type AppendResult,
  LogError,
  type OffsetToCommit,
  type PartitionRecords,
  type TopicDescription,
  type TopicPartition,
} from '../../ports/event-log.ts';
import { MemoryGroup } from '../memory/groups.ts';
import { bufferOf, type EncodedBatch, encodeBatches } from './blob.ts';
import type { DatabaseThread } from './database-thread.ts';
import type { Waiters } from './reader.ts';
import { keepMs, Retention } from './retention.ts';
import type { TaskPositions } from './state-store.ts';
import { Tail } from './tail.ts';
import type { CommitBatch, CommitRequest } from './thread/data-folder.ts';
import { type StoredTopic, taskOfChangelog, type TopicKind, topicKind } from './topics.ts';

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

/** Records with the offsets they were given, as they will be written: the records are let go. */
export interface Placed {
  readonly partition: Partition;
  readonly baseOffset: number;
  readonly encoded: readonly EncodedBatch[];
}

/** Who holds a transactional id. */
export interface Holder {
  /** A producer of an older one is fenced. */
  epoch: number;
  /** Undoes what it has open. */
  abort: (() => void) | null;
  /** Its commit under way: that nobody can abort. */
  ending: Promise<void> | null;
}

interface Topic {
  readonly description: TopicDescription;
  readonly partitions: readonly Partition[];
}

export interface EmbeddedLogOptions {
  readonly clock: Clock;
  /** Of Parley's topics. */
  readonly prefix: string;
  readonly expire: boolean;
  readonly maxRecordBytes: number;
  /** Recent batches kept in memory for readers that are near the end. */
  readonly tailBytesMax: number;
}

export const REBALANCE_TIMEOUT_MS = 10_000;

/**
 * The log as its callers see it: offsets given, what is open, who may commit. What is committed is
 * the business of the database thread, and visible here once the thread has said so.
 */
export class EmbeddedLog {
  readonly thread: DatabaseThread;
  readonly tail: Tail;
  readonly waiters: Waiters = new Set();
  /** By transactional id. */
  readonly holders = new Map<string, Holder>();
  readonly #options: EmbeddedLogOptions;
  readonly #topics = new Map<string, Topic>();
  readonly #groups = new Map<string, MemoryGroup>();
  readonly #positions: TaskPositions;
  readonly #retention: Retention;

  /** `positions`: told with each commit that is acknowledged. */
  constructor(
    thread: DatabaseThread,
    topics: readonly StoredTopic[],
    positions: TaskPositions,
    options: EmbeddedLogOptions,
  ) {
    this.thread = thread;
    this.#positions = positions;
    this.#options = options;
    this.tail = new Tail(options.tailBytesMax);
    this.#retention = new Retention(options.clock, options.prefix);
    for (const topic of topics) this.#addTopic(topic);
  }

  describeTopic(topic: string): TopicDescription | null {
    return this.#topics.get(topic)?.description ?? null;
  }

  async createTopic(
    topic: string,
    partitions: number,
    settings: { readonly [name: string]: string },
  ): Promise<void> {
    if (this.#topics.has(topic)) return;
    const made = await this.thread.call('createTopic', topic, partitions, settings);
    if (!this.#topics.has(topic)) this.#addTopic(made);
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
        clock: this.#options.clock,
        partitionsOf: (topic) => this.#topics.get(topic)?.description.partitions ?? 0,
        order: (members) => members,
      });
      this.#groups.set(name, found);
    }
    return found;
  }

  /** Gives the records their offsets; they are invisible until `commit`. */
  place(batches: readonly PartitionRecords[]): Placed[] {
    const ready = batches.map((batch) => {
      const records = bufferOf(batch.records);
      this.#checkSize(batch, records.largest);
      const encoded = encodeBatches(records);
      return { partition: this.partition(batch), encoded, count: records.length };
    });
    return ready.map(({ partition, encoded, count }) => {
      const baseOffset = partition.next;
      partition.next += count;
      partition.open.add(baseOffset);
      return { partition, baseOffset, encoded };
    });
  }

  /** What was placed never happened; its offsets stay a gap. */
  forget(placed: readonly Placed[]): void {
    for (const { partition, baseOffset } of placed) partition.open.delete(baseOffset);
    for (const wake of this.waiters) wake();
  }

  /** Resolves when records, offsets and state are durable, all of it; a rejection means none of it. */
  async commit(
    placed: readonly Placed[],
    offsets: ReadonlyMap<string, readonly OffsetToCommit[]>,
  ): Promise<void> {
    try {
      if (this.#options.expire) this.#expire();
      const request = this.#commitRequest(placed, offsets);
      const { blobs, positions } = await this.thread.commit(request);
      for (const [task, position] of positions) this.#positions.set(task, position);
      request.batches
        .filter(({ task }) => task === null)
        .forEach(({ pid, baseOffset }, i) => {
          this.tail.add(pid, baseOffset, blobs[i] as Uint8Array);
        });
    } finally {
      this.forget(placed);
    }
  }

  async trim(at: TopicPartition, before: number): Promise<void> {
    const partition = this.partition(at);
    if (partition.kind !== 'batches' || before <= partition.start) return;
    const start = Math.min(before, this.stableEnd(partition));
    await this.thread.call('trim', partition.pid, start);
    partition.start = Math.max(partition.start, start);
  }

  /** What is too old goes, before what comes now; where it cannot, it goes another time. */
  #expire(): void {
    const due = this.#retention.due(this.#partitions(), (partition) => this.stableEnd(partition));
    if (due.length === 0) return;
    const starts = this.thread.call('expire', due.map(({ expiry }) => expiry));
    void starts.then(
      (list) =>
        due.forEach(({ partition }, i) => {
          partition.start = Math.max(partition.start, list[i] as number);
        }),
      () => {},
    );
  }

  #commitRequest(
    placed: readonly Placed[],
    offsets: ReadonlyMap<string, readonly OffsetToCommit[]>,
  ): CommitRequest {
    const batches: CommitBatch[] = [];
    const blobs: Uint8Array[] = [];
    const moved = new Set<Partition>();
    for (const { partition, baseOffset, encoded } of placed) {
      const { pid, kind, task } = partition;
      for (const { first, blob } of encoded) {
        batches.push({ pid, kind, task, baseOffset: baseOffset + first });
        blobs.push(blob);
      }
      moved.add(partition);
    }
    const flat: CommitRequest['offsets'][number][] = [];
    for (const [group, list] of offsets) {
      for (const at of list) {
        flat.push([group, at]);
        // A reader may have passed what was aborted at the end: those offsets are never given again.
        const passed = this.#topics.get(at.topic)?.partitions[at.partition];
        if (passed !== undefined) moved.add(passed);
      }
    }
    const next = [...moved].map(({ pid, next: offset }) => [pid, offset] as const);
    return { batches, blobs, offsets: flat, next, writtenAt: this.#options.clock.now() };
  }

  #checkSize({ topic, partition }: TopicPartition, largest: number): void {
    const max = this.#options.maxRecordBytes;
    if (largest <= max) return;
    const message = `a record of ${largest} bytes for ${topic} is above ${max}`;
    const at = { topic, partition };
    throw new LogError('RECORD_TOO_LARGE', message, { definite: true, at });
  }

  *#partitions(): Iterable<Partition> {
    for (const { partitions } of this.#topics.values()) yield* partitions;
  }

  #addTopic(stored: StoredTopic): void {
    const { name: topic, uid, settings } = stored;
    const { prefix } = this.#options;
    const kind = topicKind(stored, prefix);
    const partitions = stored.partitions.map(({ pid, start, next }, partition) => ({
      topic,
      partition,
      pid,
      kind,
      keepMs: keepMs(settings),
      task: kind === 'changelog' ? taskOfChangelog({ topic, partition }, prefix) : null,
      start,
      next,
      open: new Set<number>(),
    }));
    const description = { topic, partitions: partitions.length, id: uid, settings };
    this.#topics.set(topic, { description, partitions });
  }
}

export function appendResult({ partition, baseOffset }: Placed): AppendResult {
  const { topic, partition: index } = partition;
  return { topic, partition: index, baseOffset, appendTime: -1 };
}
