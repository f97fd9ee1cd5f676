import { taskName } from '../../ports/changelog.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  type AppendResult,
  type CommittedOffset,
  type FetchedBatch,
  type GroupIdentity,
  type Isolation,
  LogError,
  type OffsetToCommit,
  type PartitionRecords,
  type TopicDescription,
  type TopicPartition,
  type TopicSpec,
} from '../../ports/event-log.ts';
import { MemoryGroup } from './groups.ts';
import type { Outcome } from './link.ts';
import { MemoryPartition, recordBytes } from './partition.ts';
import { type ProducerSession, Transactions } from './transactions.ts';

export interface ClusterOptions {
  readonly clock: Clock;
  readonly transactionVersion?: 1 | 2;
  readonly rebalanceTimeoutMs?: number;
  readonly maxRecordBytes?: number;
  /** Delivers a transaction marker now (default) or later. */
  readonly deliverMarker?: (deliver: () => void) => void;
  /** Order in which members of a group are dealt partitions; by name unless said. */
  readonly order?: (members: readonly string[]) => readonly string[];
}

interface Topic {
  readonly spec: TopicSpec;
  readonly id: string;
  readonly partitions: readonly MemoryPartition[];
}

interface Waiter {
  /** True when it was answered. */
  readonly tryAnswer: () => boolean;
}

export interface FetchRequest extends TopicPartition {
  readonly offset: number;
}

const MAX_RECORD_BYTES = 1_048_576;

/** The broker's side of the in-memory log: synchronous, correct, without faults of its own. */
export class MemoryCluster {
  readonly options: ClusterOptions;
  readonly transactions: Transactions;
  readonly rebalanceTimeoutMs: number;
  readonly #topics = new Map<string, Topic>();
  readonly #groups = new Map<string, MemoryGroup>();
  readonly #waiters = new Set<Waiter>();
  #nextTopicId = 1;

  constructor(options: ClusterOptions) {
    this.options = options;
    this.rebalanceTimeoutMs = options.rebalanceTimeoutMs ?? 10_000;
    const deliverMarker = options.deliverMarker ?? ((deliver) => deliver());
    this.transactions = new Transactions({
      now: () => options.clock.now(),
      version: options.transactionVersion ?? 2,
      deliverMarker: (deliver) => {
        deliverMarker(() => {
          deliver();
          this.#changed();
        });
      },
    });
  }

  createTopic(spec: TopicSpec): void {
    if (this.#topics.has(spec.topic)) return;
    const partitions = Array.from({ length: spec.partitions }, () => new MemoryPartition());
    this.#topics.set(spec.topic, { spec, id: `t${this.#nextTopicId++}`, partitions });
  }

  /** Gives a topic more partitions; groups notice when they are disturbed. */
  grow(topic: string, partitions: number): void {
    const found = this.#topics.get(topic);
    if (found === undefined) return;
    const more = Array.from(
      { length: partitions - found.spec.partitions },
      () => new MemoryPartition(),
    );
    this.#topics.set(topic, {
      ...found,
      spec: { ...found.spec, partitions },
      partitions: [...found.partitions, ...more],
    });
  }

  describeTopic(topic: string): TopicDescription | null {
    const found = this.#topics.get(topic);
    if (found === undefined) return null;
    const { partitions, settings } = found.spec;
    return { topic, partitions, id: found.id, settings };
  }

  partition(at: TopicPartition): MemoryPartition {
    const found = this.#topics.get(at.topic)?.partitions[at.partition];
    if (found === undefined) {
      throw new LogError('TOPIC_MISSING', `no partition ${taskName(at)}`, { definite: true, at });
    }
    return found;
  }

  group(name: string): MemoryGroup {
    const found = this.#groups.get(name);
    if (found !== undefined) return found;
    const { clock, order } = this.options;
    const made = new MemoryGroup(name, {
      rebalanceTimeoutMs: this.rebalanceTimeoutMs,
      clock,
      partitionsOf: (topic) => this.#topics.get(topic)?.spec.partitions ?? 0,
      order: order ?? ((members) => members),
    });
    this.#groups.set(name, made);
    return made;
  }

  /** Plain, or in the transaction of a producer. */
  append(
    batches: readonly PartitionRecords[],
    producer: { transactionalId: string; session: ProducerSession } | null,
  ): AppendResult[] {
    this.transactions.expire();
    for (const batch of batches) this.#checkSize(batch);
    const handle = producer && this.transactions.join(producer.transactionalId, producer.session);
    const now = this.options.clock.now();
    const results = batches.map((batch) => {
      const { topic, partition: index, records } = batch;
      const partition = this.partition(batch);
      const span = handle?.spanOn(partition) ?? null;
      const type = this.#topics.get(topic)?.spec.settings['message.timestamp.type'];
      const appendTime = type === 'LogAppendTime' ? now : null;
      const baseOffset = partition.append(records, span, appendTime);
      return { topic, partition: index, baseOffset, appendTime: appendTime ?? -1 };
    });
    this.#changed();
    return results;
  }

  sendOffsets(
    transactionalId: string,
    session: ProducerSession,
    identity: GroupIdentity,
    offsets: readonly OffsetToCommit[],
  ): void {
    this.transactions.expire();
    const handle = this.transactions.join(transactionalId, session);
    const group = this.group(identity.group);
    group.check(identity);
    handle.add(group.hold(offsets));
  }

  committedOffsets(
    group: string,
    partitions: readonly TopicPartition[],
    requireStable: boolean,
  ): (CommittedOffset | null)[] {
    this.transactions.expire();
    return partitions.map((at) => this.group(group).committed(at, requireStable));
  }

  commitOffsets(identity: GroupIdentity, offsets: readonly OffsetToCommit[]): void {
    const group = this.group(identity.group);
    group.check(identity);
    group.store(offsets);
  }

  /** Answers when something can be read, or after `maxWaitMs` with what there is. */
  fetch(
    requests: readonly FetchRequest[],
    isolation: Isolation,
    maxWaitMs: number,
    maxBytes: number,
    answer: (outcome: Outcome<FetchedBatch[]>) => void,
  ): void {
    this.transactions.expire();
    const attempt = (): FetchedBatch[] => {
      let room = maxBytes;
      const batches: FetchedBatch[] = [];
      for (const { topic, partition, offset } of requests) {
        const log = this.partition({ topic, partition });
        if (offset < log.start || offset > log.end) {
          const held = `${log.start} to ${log.end}`;
          const message = `offset ${offset} of ${topic}/${partition} is not in the log: ${held}`;
          const at = { topic, partition };
          throw new LogError('OFFSET_OUT_OF_RANGE', message, { definite: true, at });
        }
        const end = log.endAt(isolation);
        if (end <= offset || room <= 0) continue;
        const read = log.read(offset, isolation, room);
        room -= read.bytes;
        batches.push({ topic, partition, end, ...read });
      }
      return batches;
    };
    let open = true;
    const tryAnswer = (atLast: boolean): boolean => {
      try {
        const value = attempt();
        if (value.length === 0 && !atLast) return false;
        answer({ value });
      } catch (error) {
        answer({ error });
      }
      open = false;
      return true;
    };
    if (tryAnswer(maxWaitMs <= 0)) return;
    const waiter: Waiter = { tryAnswer: () => tryAnswer(false) };
    this.#waiters.add(waiter);
    void this.options.clock.sleep(maxWaitMs).then(() => {
      this.#waiters.delete(waiter);
      if (open) tryAnswer(true);
    });
  }

  trim(before: readonly (TopicPartition & { readonly offset: number })[]): void {
    for (const one of before) this.partition(one).trim(one.offset);
  }

  /** Runs the log cleaner over a topic whose tombstones may go after `delete.retention.ms`. */
  compact(topic: string): void {
    const found = this.#topics.get(topic);
    const retention = Number(found?.spec.settings['delete.retention.ms'] ?? 0);
    for (const one of found?.partitions ?? []) one.compact(this.options.clock.now() - retention);
  }

  #changed(): void {
    for (const waiter of this.#waiters) {
      if (waiter.tryAnswer()) this.#waiters.delete(waiter);
    }
  }

  #checkSize(batch: PartitionRecords): void {
    const max = this.options.maxRecordBytes ?? MAX_RECORD_BYTES;
    for (const record of batch.records) {
      if (recordBytes(record) <= max) continue;
      const message = `a record of ${recordBytes(record)} bytes for ${batch.topic} is above ${max}`;
      const at = { topic: batch.topic, partition: batch.partition };
      throw new LogError('RECORD_TOO_LARGE', message, { definite: true, at });
    }
  }
}
