import type { Bytes } from '../event/bytes.ts';

/**
 * The log that Parley reads from and commits to. The port has the grain of Kafka's own requests,
 * so that the commit protocol (DESIGN 2) is written once, in `src/engine`, and runs unchanged over
 * Kafka, over the embedded log, and over the in-memory twin that injects faults.
 *
 * Every operation either resolves, or rejects with `LogError`. `LogError.definite` false means: it
 * may have happened. Nothing else is thrown for reasons outside the process.
 */

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A committed data record as read. */
export interface LogRecord {
  readonly offset: number;
  /** Create or append time, ms, as the topic is set up. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  /** Null is a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers: { readonly [name: string]: Uint8Array } | null;
}

/** A record to append. Batches of one partition are encoded in one pass. */
export interface OutgoingRecord {
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  readonly headers: { readonly [name: string]: Uint8Array } | null;
  /** Create time, ms. */
  readonly timestamp: number;
}

export type Isolation = 'committed' | 'uncommitted';

/** What one poll returned of one partition, in order of offset. */
export interface FetchedBatch extends TopicPartition {
  /**
   * Data records only; those of aborted transactions and control records are left out. A log may
   * decode each when it is looked at, and anew when it is looked at again.
   */
  readonly records: Iterable<LogRecord>;
  /** Position after this batch: control and aborted records included. */
  readonly nextOffset: number;
  /** First offset not yet readable at the reader's isolation. */
  readonly end: number;
  readonly bytes: number;
}

/**
 * Reads assigned partitions, by pull: nothing is fetched ahead beyond one request per broker, and
 * a paused partition costs nothing. One reader is used by one caller at a time.
 * An offset outside the log is a `LogError` with code `OFFSET_OUT_OF_RANGE` that names the
 * partition; the position is never reset silently (hazard H6).
 */
export interface Reader {
  assign(at: TopicPartition, offset: number): void;
  unassign(at: TopicPartition): void;
  pause(at: TopicPartition): void;
  resume(at: TopicPartition): void;
  /** Position of a partition, null where it is not assigned. */
  position(at: TopicPartition): number | null;
  /** Waits up to `maxWaitMs` for data. An empty batch is returned where only the position moved. */
  poll(maxWaitMs: number, maxBytes: number): Promise<readonly FetchedBatch[]>;
  close(): Promise<void>;
}

/** Member and generation under which tasks were opened. Captured once, never replaced by a newer. */
export interface GroupIdentity {
  readonly group: string;
  readonly member: string;
  readonly generation: number;
}

export interface Assignment {
  readonly identity: GroupIdentity;
  readonly partitions: readonly TopicPartition[];
}

/** Membership in the consumer group. The caller decides when it rejoins (rule 16). */
export interface GroupMembership {
  /** Joins or rejoins; resolves with the assignment of the new generation. */
  join(): Promise<Assignment>;
  /** Called when the group asks for a rejoin, or this member was thrown out. */
  onRebalance(listener: (why: 'rebalance' | 'lost') => void): void;
  /** How long after `onRebalance` the rejoin may take, ms. */
  readonly rebalanceTimeoutMs: number;
  leave(): Promise<void>;
}

export interface OffsetToCommit extends TopicPartition {
  readonly offset: number;
  readonly metadata: string;
}

export interface AppendResult extends TopicPartition {
  readonly baseOffset: number;
  /** Append time of the broker, ms; -1 where the topic keeps create time. */
  readonly appendTime: number;
}

/** An array, or where many wait for a commit a `RecordBuffer`. */
export interface OutgoingRecords extends Iterable<OutgoingRecord> {
  readonly length: number;
}

/** Records by partition, encoded to batches by the adapter. */
export interface PartitionRecords extends TopicPartition {
  readonly records: OutgoingRecords;
}

/**
 * One transactional producer, transaction version 2: at most one transaction at a time, begun by
 * its first request. After any error that is not `definite` and retriable it is thrown away (rule 11).
 */
export interface TransactionalProducer {
  readonly transactionalId: string;
  /** InitProducerId with the own id: aborts what it had open, fences former holders. */
  init(): Promise<void>;
  /** (a) Refused with `FENCED` for an old generation. Retries a definite CONCURRENT_TRANSACTIONS. */
  sendOffsets(identity: GroupIdentity, offsets: readonly OffsetToCommit[]): Promise<void>;
  /** (b) One request for each leader; resolves when every partition acknowledged. */
  append(batches: readonly PartitionRecords[]): Promise<readonly AppendResult[]>;
  /** (c) A lost reply is asked again with the same epoch; rejects only when still unknown. */
  end(outcome: 'commit' | 'abort'): Promise<void>;
  close(): Promise<void>;
}

export interface CommittedOffset {
  /** -1 where nothing was committed. */
  readonly offset: number;
  readonly metadata: string;
}

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  /** Settings that must hold; checked where the topic exists. */
  readonly settings: { readonly [name: string]: string };
}

export interface TopicDescription {
  readonly topic: string;
  readonly partitions: number;
  /** Identity: a topic made anew under the same name has another. Epoch of the feed. */
  readonly id: string;
  readonly settings: { readonly [name: string]: string };
}

export interface EventLog {
  /** Null where it does not exist. */
  describeTopic(topic: string): Promise<TopicDescription | null>;
  createTopic(spec: TopicSpec): Promise<void>;
  openReader(isolation: Isolation): Reader;
  openProducer(transactionalId: string, timeoutMs: number): TransactionalProducer;
  /** Aborts what the holder of this transactional id has open, and fences it. */
  fence(transactionalId: string): Promise<void>;
  openGroup(group: string, topics: readonly string[]): GroupMembership;
  /** `requireStable`: null for a partition while a transaction is pending on its offset. */
  committedOffsets(
    group: string,
    partitions: readonly TopicPartition[],
    requireStable: boolean,
  ): Promise<readonly (CommittedOffset | null)[]>;
  /** Plain commit outside a transaction (rule 13). */
  commitOffsets(identity: GroupIdentity, offsets: readonly OffsetToCommit[]): Promise<void>;
  /** Appends outside a transaction: definitions, input of the embedded log. */
  append(batches: readonly PartitionRecords[]): Promise<readonly AppendResult[]>;
  startOffsets(partitions: readonly TopicPartition[]): Promise<readonly number[]>;
  endOffsets(
    partitions: readonly TopicPartition[],
    isolation: Isolation,
  ): Promise<readonly number[]>;
  /** First offset whose record is not older than `timeMs`; the end where there is none. */
  offsetsForTime(partitions: readonly TopicPartition[], timeMs: number): Promise<readonly number[]>;
  /** Deletes records before the offset (internal topics, "trimmed when consumed"). Best effort. */
  trim(before: readonly (TopicPartition & { readonly offset: number })[]): Promise<void>;
  close(): Promise<void>;
}

export type LogErrorCode =
  /** Another owner took over: generation, member, epoch or producer id refused. */
  | 'FENCED'
  | 'OFFSET_OUT_OF_RANGE'
  | 'RECORD_TOO_LARGE'
  | 'TOPIC_MISSING'
  | 'NOT_AUTHORIZED'
  | 'UNSUPPORTED_BROKER'
  | 'UNAVAILABLE'
  | 'DISK_FULL'
  /** The outcome is not known, or the answer is one this client does not know. */
  | 'UNKNOWN';

export class LogError extends Error {
  readonly code: LogErrorCode;
  /** True where it certainly did not happen. */
  readonly definite: boolean;
  readonly at: TopicPartition | null;

  constructor(
    code: LogErrorCode,
    message: string,
    options: { definite: boolean; at?: TopicPartition; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = 'LogError';
    this.code = code;
    this.definite = options.definite;
    this.at = options.at ?? null;
  }
}
