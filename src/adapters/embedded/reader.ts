import { encodeStateKey, META_KEY } from '../../ports/changelog.ts';
import {
  type FetchedBatch,
  LogError,
  type LogRecord,
  type Reader,
  type TopicPartition,
} from '../../ports/event-log.ts';
import { createAssignments } from '../assignments.ts';
import type { EmbeddedLog, Partition } from './log.ts';

/** Called when something was committed. */
export type Waiters = Set<() => void>;

const COMPACTED_PAGE = 1_000;

/** Both isolations are the same here: what is not committed cannot be seen. */
export function openEmbeddedReader(log: EmbeddedLog): Reader {
  const { assigned, served, operations } = createAssignments();

  const fetch = (maxBytes: number): FetchedBatch[] => {
    const batches: FetchedBatch[] = [];
    let room = maxBytes;
    const inOrder = [...assigned.values()];
    for (const { at, offset, paused } of inOrder) {
      if (room <= 0) break;
      if (paused) continue;
      const partition = log.partition(at);
      const end = log.stableEnd(partition);
      checkRange(partition, offset);
      if (offset >= end) continue;
      const batch = readPartition(log, partition, offset, end, room);
      room -= batch.bytes;
      served(at, batch.nextOffset);
      batches.push(batch);
    }
    return batches;
  };

  return {
    ...operations,
    poll: async (maxWaitMs, maxBytes) => {
      // Lets timers and sockets have their turn: nothing else here waits for the outside.
      await new Promise((resolve) => setImmediate(resolve));
      const batches = log.guarded(() => fetch(maxBytes));
      if (batches.length > 0 || maxWaitMs <= 0) return batches;
      await committedOrPassed(log.waiters, maxWaitMs);
      return log.guarded(() => fetch(maxBytes));
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

function readPartition(
  log: EmbeddedLog,
  partition: Partition,
  from: number,
  end: number,
  maxBytes: number,
): FetchedBatch {
  const records: LogRecord[] = [];
  let bytes = 0;
  let nextOffset = from;
  while (nextOffset < end && bytes < maxBytes) {
    const page = readPage(log, partition, nextOffset, end);
    let taken = 0;
    for (const record of page) {
      if (bytes >= maxBytes) break;
      bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0) + 24;
      records.push(record);
      nextOffset = record.offset + 1;
      taken++;
    }
    if (page.length === 0) nextOffset = end;
    if (taken < page.length) break;
  }
  const { topic, partition: index } = partition;
  return { topic, partition: index, records, nextOffset, end, bytes };
}

function readPage(
  log: EmbeddedLog,
  partition: Partition,
  from: number,
  end: number,
): readonly LogRecord[] {
  switch (partition.kind) {
    case 'batches':
      return log.segments.read(partition.pid, from, end);
    case 'latest':
      return log.latest(partition.pid, from, COMPACTED_PAGE).filter((one) => one.offset < end);
    case 'changelog':
      return readChangelog(log, partition, from);
  }
}

/** State rows, then the last `__meta`, which ends every commit. */
function readChangelog(log: EmbeddedLog, partition: Partition, from: number): LogRecord[] {
  const task = partition.task as TopicPartition;
  const meta = log.rows.meta(task);
  const timestamp = log.rows.position(task)?.writtenAt ?? 0;
  const rest = { timestamp, headers: null };
  if (meta === null || from > meta.offset) return [];
  const rows = from === meta.offset ? [] : log.rows.changelog(task, from, COMPACTED_PAGE);
  const records: LogRecord[] = rows.map(({ key, owner, value, offset }) => ({
    ...rest,
    offset,
    key: encodeStateKey(key, owner),
    value,
  }));
  if (rows.length < COMPACTED_PAGE) {
    records.push({ ...rest, offset: meta.offset, key: META_KEY, value: meta.value });
  }
  return records;
}
