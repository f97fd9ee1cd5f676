import {
  LogError,
  type AppendResult,
  type OutgoingRecord,
  type PartitionRecords,
  type TopicPartition,
} from '../../ports/event-log.ts';
import { taskName } from '../../ports/changelog.ts';
import type { Cluster } from './cluster.ts';
import { answeredError } from './error-codes.ts';
import { batchHeaderBytes, encodeBatch, recordBytes, type BatchProducer } from './record-batch.ts';
import { produce, type ProducePartition } from './wire/produce.ts';

/** Takes the next `count` sequence numbers of a partition. */
export type SequenceOf = (at: TopicPartition, count: number) => BatchProducer;

export type AppendAs = { transactionalId: string; take: SequenceOf } | null;

type Part = {
  at: TopicPartition;
  records: readonly OutgoingRecord[];
  start: number;
  end: number;
  bytes: number;
};

/**
 * Appends records: one Produce request to each leader and round. A partition has one batch in a
 * request, so only what is longer than a batch needs another round. Rounds follow one another.
 * @returns for each partition given, in that order: base offset of its first batch; nothing where
 * there was no record.
 */
export async function appendRounds(
  cluster: Cluster,
  purpose: string,
  batches: readonly PartitionRecords[],
  as: AppendAs,
): Promise<AppendResult[]> {
  const bytesMax = cluster.settings.batchBytesMax;
  const queues = batches.map((batch) => split(batch, bytesMax)).filter((parts) => parts.length > 0);
  const first = new Map<string, AppendResult>();
  for (let round = 0; ; round++) {
    const parts = queues.flatMap((queue) => queue[round] ?? []);
    if (parts.length === 0) break;
    let results;
    try {
      results = await appendRound(cluster, purpose, parts, as);
    } catch (error) {
      cluster.forgetLeaders(new Set(parts.map(({ at }) => at.topic)));
      // Of several batches, others may have been appended.
      throw round === 0 && parts.length === 1 ? error : notCertain(error);
    }
    for (const result of results) {
      if (!first.has(taskName(result))) first.set(taskName(result), result);
    }
  }
  // Brokers answer in an order of their own; the caller gets its own.
  return batches.flatMap((batch) => first.get(taskName(batch)) ?? []);
}

/** Cuts a partition's records into pieces of at most a batch each. Nothing has been sent yet. */
function split({ topic, partition, records: given }: PartitionRecords, bytesMax: number): Part[] {
  const records = [...given];
  const parts: Part[] = [];
  const at = { topic, partition };
  let start = 0;
  let bytes = 0;
  for (let index = 0; index < records.length; index++) {
    const size = recordBytes(records[index]!);
    if (size + batchHeaderBytes > bytesMax) {
      throw new LogError(
        'RECORD_TOO_LARGE',
        `a record of ${size} bytes for ${topic}; a batch takes ${bytesMax - batchHeaderBytes}`,
        {
          definite: true,
          at,
        },
      );
    }
    if (bytes + size + batchHeaderBytes > bytesMax) {
      parts.push({ at, records, start, end: index, bytes });
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < records.length) parts.push({ at, records, start, end: records.length, bytes });
  return parts;
}

async function appendRound(
  cluster: Cluster,
  purpose: string,
  parts: readonly Part[],
  as: AppendAs,
): Promise<AppendResult[]> {
  const byLeader = await cluster.byLeader(
    parts.map(({ at, records, start, end, bytes }): ProducePartition => ({
      ...at,
      batch: encodeBatch(records, start, end, bytes, as?.take(at, end - start) ?? null),
    })),
  );
  // All answers are awaited also when one fails: what is still under way belongs to this call.
  const settled = await Promise.allSettled(
    [...byLeader].map(async ([nodeId, partitions]) => {
      const answers = await cluster.connection(nodeId, purpose).send(produce, {
        transactionalId: as?.transactionalId ?? null,
        timeoutMs: cluster.settings.requestTimeoutMs,
        partitions,
      });
      const refused = answers.find(({ error }) => error !== 0);
      if (refused) {
        const error = answeredError(refused.error, 'appending', refused);
        throw refused.message === null ? error : withMessage(error, refused.message);
      }
      return answers;
    }),
  );
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return settled
    .flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
    .map(({ topic, partition, baseOffset, appendTime }) => ({
      topic,
      partition,
      baseOffset,
      appendTime,
    }));
}

function notCertain(reason: unknown): unknown {
  if (!(reason instanceof LogError) || !reason.definite) return reason;
  return new LogError(reason.code, reason.message, {
    definite: false,
    ...(reason.at ? { at: reason.at } : {}),
    cause: reason,
  });
}

function withMessage(error: LogError, message: string): LogError {
  return new LogError(error.code, `${error.message} (${message})`, {
    definite: error.definite,
    ...(error.at ? { at: error.at } : {}),
    cause: error,
  });
}
