import { META_KEY } from '../../ports/changelog.ts';
import {
  type FetchedBatch,
  LogError,
  type LogRecord,
  type Reader,
  type TopicPartition,
} from '../../ports/event-log.ts';
import { createAssignments } from '../assignments.ts';
import { lazyRecords } from '../lazy-records.ts';
import { batchCount, decodeBatch, type PlacedBlob, recordSize, unpackRecords } from './blob.ts';
import { guardedLog } from './errors.ts';
import type { EmbeddedLog, Partition } from './log.ts';

/** Called when something was committed. */
export type Waiters = Set<() => void>;

const COMPACTED_PAGE = 1_000;

/** Both isolations are the same here: what is not committed cannot be seen. */
export function openEmbeddedReader(log: EmbeddedLog): Reader {
  const { assigned, served, operations } = createAssignments();

  const fetch = async (maxBytes: number): Promise<FetchedBatch[]> => {
    const fetched: { readonly from: number; readonly batch: FetchedBatch }[] = [];
    let room = maxBytes;
    const inOrder = [...assigned.values()];
    for (const { at, offset: from, paused } of inOrder) {
      if (room <= 0) break;
      if (paused) continue;
      const partition = log.partition(at);
      checkRange(partition, from);
      const end = log.stableEnd(partition);
      if (from >= end) continue;
      const batch = await readPartition(log, partition, from, end, room);
      // What the database no longer had is told before its answer.
      checkRange(partition, from);
      room -= batch.bytes;
      fetched.push({ from, batch });
    }
    // Only now: where one of them failed, nobody was served. Meanwhile it may have been taken away.
    const batches: FetchedBatch[] = [];
    for (const { from, batch } of fetched) {
      if (operations.position(batch) !== from) continue;
      served(batch, batch.nextOffset);
      batches.push(batch);
    }
    return batches;
  };

  return {
    ...operations,
    poll: async (maxWaitMs, maxBytes) => {
      // Lets timers and sockets have their turn: near the end nothing else waits for the outside.
      await new Promise((resolve) => setImmediate(resolve));
      const batches = await guardedLog(() => fetch(maxBytes));
      if (batches.length > 0 || maxWaitMs <= 0) return batches;
      await committedOrPassed(log.waiters, maxWaitMs);
      return guardedLog(() => fetch(maxBytes));
    },
    close: () => {
      assigned.clear();
      return Promise.resolve();
    },
  };
}

function committedOrPassed(waiters: Waiters, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      waiters.delete(done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    waiters.add(done);
  });
}

function checkRange({ topic, partition, start, next }: Partition, offset: number): void {
  if (offset >= start && offset <= next) return;
  const held = `${start} to ${next}`;
  const message = `offset ${offset} of ${topic}/${partition} is not in the log: ${held}`;
  throw new LogError('OFFSET_OUT_OF_RANGE', message, { definite: true, at: { topic, partition } });
}

/** Part of an answer. */
interface Chunk {
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly bytes: number;
  readonly decode: () => readonly LogRecord[];
}

async function readPartition(
  log: EmbeddedLog,
  partition: Partition,
  from: number,
  end: number,
  maxBytes: number,
): Promise<FetchedBatch> {
  const chunks: Chunk[] = [];
  let bytes = 0;
  let nextOffset = from;
  while (nextOffset < end && bytes < maxBytes) {
    const before = nextOffset;
    for (const chunk of await readPage(log, partition, before, end, maxBytes - bytes)) {
      if (chunk.nextOffset <= before) continue;
      if (chunk.baseOffset >= end || bytes >= maxBytes) break;
      chunks.push(chunk);
      bytes += chunk.bytes;
      nextOffset = chunk.nextOffset;
    }
    if (nextOffset === before) nextOffset = end;
  }
  const { topic, partition: index } = partition;
  const records = lazyRecords(chunks, ({ decode }) => decode(), from);
  return { topic, partition: index, records, nextOffset, end, bytes };
}

/** From `from` on or a little before; none where there is nothing. */
async function readPage(
  { tail, thread }: EmbeddedLog,
  { pid, kind, task }: Partition,
  from: number,
  end: number,
  maxBytes: number,
): Promise<readonly Chunk[]> {
  const recent = tail.read(pid, from);
  if (recent !== null) return recent.map(blobChunk);
  if (kind === 'latest') {
    const page = await thread.call('latest', pid, from, end, COMPACTED_PAGE);
    return unpackRecords(page).map(recordChunk);
  }
  if (task !== null) return (await readChangelog(thread, task, from)).map(recordChunk);
  const { baseOffsets, blobs } = await thread.read('batches', pid, from, end, maxBytes);
  return blobs.map((blob, i) => blobChunk({ blob, baseOffset: baseOffsets[i] as number }));
}

function blobChunk({ blob, baseOffset }: PlacedBlob): Chunk {
  return {
    baseOffset,
    nextOffset: baseOffset + batchCount(blob),
    bytes: blob.length,
    decode: () => decodeBatch(blob, baseOffset),
  };
}

function recordChunk(record: LogRecord): Chunk {
  const { offset } = record;
  const bytes = recordSize(record);
  return { baseOffset: offset, nextOffset: offset + 1, bytes, decode: () => [record] };
}

/** State rows, then the last `__meta`, which ends every commit. */
async function readChangelog(
  thread: EmbeddedLog['thread'],
  task: TopicPartition,
  from: number,
): Promise<LogRecord[]> {
  const { changes, meta, timestamp } = await thread.call('changelog', task, from, COMPACTED_PAGE);
  if (meta === null || from > meta.offset) return [];
  const records = unpackRecords(changes);
  if (records.length < COMPACTED_PAGE) {
    records.push({ offset: meta.offset, key: META_KEY, value: meta.value, timestamp, headers: null });
  }
  return records;
}
