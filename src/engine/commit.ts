import { type TopicRole, topicName } from '../event/topics.ts';
import {
  encodeMeta,
  encodeOffsetMetadata,
  META_KEY,
  type TaskMeta,
} from '../ports/changelog.ts';
import {
  type AppendResult,
  type GroupIdentity,
  LogError,
  type TopicPartition,
  type TransactionalProducer,
} from '../ports/event-log.ts';
import { RecordBuffer } from '../ports/record-buffer.ts';
import type { Guards } from './guards.ts';
import type { RecordsTo } from './outbox.ts';
import { encodeWatermark } from './progress.ts';
import { hasEffect, type Interval, type OpenTask } from './task.ts';
import type { Topology } from './topology.ts';

/** What a commit knows beside the tasks. */
export interface CommitContext {
  readonly topology: Topology;
  readonly guards: Guards;
  /** Create time of the records, ms. */
  readonly now: number;
  /** Of this transaction. */
  readonly nonce: string;
}

/** A task in a transaction, and what it becomes when the transaction is true. */
export interface CommitPart {
  readonly task: OpenTask;
  readonly interval: Interval;
  /** Sequence after it; the task's own where the interval has no effect. */
  readonly seq: number;
}

export interface Committed {
  /** First changelog offset after the part's records, by part; -1 where it wrote none. */
  readonly changelogOffsets: readonly number[];
}

export function commitPart(task: OpenTask, interval: Interval): CommitPart {
  return { task, interval, seq: hasEffect(task, interval) ? task.seq + 1 : task.seq };
}

/**
 * Commits the results of all tasks of a process in one transaction: the one place. Whatever it
 * throws, the outcome is unknown and the caller follows rule 11.
 * @param identity Member and generation under which the tasks were opened (rule 2).
 */
export async function commitTransaction(
  producer: TransactionalProducer,
  identity: GroupIdentity,
  parts: readonly CommitPart[],
  context: CommitContext,
): Promise<Committed> {
  // (a) The fence: refused where another owner took over. Time alone is fenced as well.
  const offsets = parts.map(({ task, interval, seq }) => ({
    ...task.at,
    offset: interval.offset,
    metadata: encodeOffsetMetadata(seq),
  }));
  try {
    await producer.sendOffsets(identity, offsets);
  } catch (error) {
    if (context.guards.offsetsAcceptedBeforeEnd) throw error;
  }
  // (b) Results, changelog and `__meta`, all acknowledged.
  const changelogOffsets = await appendResults(producer, parts, context);
  // (c) Only now.
  await producer.end('commit');
  return { changelogOffsets };
}

/** Beside the commit, since what is appended is not to be held until the end of that. */
async function appendResults(
  producer: TransactionalProducer,
  parts: readonly CommitPart[],
  context: CommitContext,
): Promise<readonly number[]> {
  const batches = batchesOf(parts, producer.transactionalId, context);
  const acknowledged = batches.length === 0 ? [] : await producer.append(batches);
  return parts.map((part) => changelogEnd(part, batches, acknowledged));
}

type PartitionBatch = TopicPartition & { readonly records: RecordBuffer };

function batchesOf(
  parts: readonly CommitPart[],
  owner: string,
  context: CommitContext,
): PartitionBatch[] {
  const batches: PartitionBatch[] = [];
  const { topology, now: timestamp, nonce } = context;
  const batchOf = ({ topic, partition }: TopicPartition, records = new RecordBuffer()): RecordBuffer => {
    batches.push({ topic, partition, records });
    return records;
  };
  /** Records by partition of a role's topic. */
  const roles = new Map<TopicRole, RecordBuffer[]>();
  const recordsTo: RecordsTo = (role, partition) => {
    let partitions = roles.get(role);
    if (partitions === undefined) roles.set(role, (partitions = []));
    return (partitions[partition] ??= batchOf({ topic: topicName(topology.prefix, role), partition }));
  };
  let progressRecords: RecordBuffer | null = null;
  for (const part of parts) {
    part.interval.outbox.send(recordsTo);
    const { task, interval } = part;
    const progress = (progressRecords ??= batchOf(topology.progress));
    const meta = encodeMeta(metaOf(part, owner, nonce));
    if (task.level === 0) {
      progress.add({ key: Buffer.from(task.name), value: meta, headers: null, timestamp });
      continue;
    }
    if (interval.watermark > task.writtenWatermark) {
      const value = encodeWatermark(interval.watermark);
      progress.add({ key: Buffer.from(task.name), value, headers: null, timestamp });
    }
    if (!hasEffect(task, interval)) continue;
    // Last of its commit: whoever has seen it has seen all values before it.
    interval.changes.add({ key: META_KEY, value: meta, headers: null, timestamp });
    batchOf(task.changelog, interval.changes);
  }
  return batches;
}

function metaOf({ task, interval, seq }: CommitPart, owner: string, nonce: string): TaskMeta {
  return {
    seq,
    from: interval.from,
    offset: interval.offset,
    watermark: interval.watermark,
    patternSet: interval.patternSet,
    owner,
    nonce,
    history: task.history,
  };
}

function changelogEnd(
  { task, interval }: CommitPart,
  batches: readonly PartitionBatch[],
  acknowledged: readonly AppendResult[],
): number {
  if (task.level === 0 || !hasEffect(task, interval)) return -1;
  const same = (at: TopicPartition): boolean =>
    at.topic === task.changelog.topic && at.partition === task.changelog.partition;
  const result = acknowledged.find(same);
  const batch = batches.find(same);
  if (result === undefined || batch === undefined) {
    throw new LogError('UNKNOWN', `${task.name}: the changelog was not acknowledged`, {
      definite: false,
    });
  }
  return result.baseOffset + batch.records.length;
}
