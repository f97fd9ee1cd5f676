import type { DatabaseSync } from 'node:sqlite';
import type { LogRecord, OutgoingRecord } from '../../ports/event-log.ts';
import { decodeBatch, encodeBatch } from './blob.ts';

/** Row id of a batch: partition times this plus base offset. 2^13 partitions stay exact numbers. */
const OFFSETS_PER_PARTITION = 2 ** 40;
/** Larger batches are cut, so that a reader need not decode more than it was asked for. */
const BATCH_BYTES = 262_144;
const TAIL_BATCHES_MAX = 65_536;

/** As it was written; readers decode it. */
interface Batch {
  readonly baseOffset: number;
  readonly count: number;
  readonly blob: Uint8Array;
}

interface Appended {
  readonly baseOffset: number;
  readonly records: readonly OutgoingRecord[];
}

/** Append-only partitions as blobs per batch, with the recent ones in memory. */
export class Segments {
  readonly #tails = new Map<number, Batch[]>();
  readonly #order: number[] = [];
  readonly #tailBytesMax: number;
  #tailBytes = 0;
  readonly #statements;

  constructor(database: DatabaseSync, tailBytesMax: number) {
    this.#tailBytesMax = tailBytesMax;
    this.#statements = {
      put: database.prepare('insert into batch values(?, ?)'),
      floor: database.prepare(
        'select id, bytes from batch where id <= ? and id >= ? order by id desc limit 1',
      ),
      next: database.prepare(
        'select id, bytes from batch where id > ? and id < ? order by id limit 1',
      ),
      floorId: database.prepare(
        'select id from batch where id <= ? and id >= ? order by id desc limit 1',
      ),
      trim: database.prepare('delete from batch where id >= ? and id < ?'),
    };
  }

  /** Inside a database transaction. Returns what `remember` takes once that is committed. */
  write(pid: number, { baseOffset, records }: Appended): readonly Batch[] {
    const batches: Batch[] = [];
    let from = 0;
    let size = 0;
    for (let i = 0; i < records.length; i++) {
      size += recordSize(records[i] as OutgoingRecord);
      if (size < BATCH_BYTES && i + 1 < records.length) continue;
      const blob = encodeBatch(records, from, i + 1);
      this.#statements.put.run(pid * OFFSETS_PER_PARTITION + baseOffset + from, blob);
      batches.push({ baseOffset: baseOffset + from, count: i + 1 - from, blob });
      from = i + 1;
      size = 0;
    }
    return batches;
  }

  /** After the database transaction: readers near the end need not ask the database. */
  remember(pid: number, batches: readonly Batch[]): void {
    const tail = this.#tails.get(pid) ?? [];
    this.#tails.set(pid, tail);
    for (const batch of batches) {
      // Two producers may commit in another order than they appended.
      const after = tail.findLastIndex((one) => one.baseOffset < batch.baseOffset);
      tail.splice(after + 1, 0, batch);
      this.#order.push(pid);
      this.#tailBytes += batch.blob.length;
    }
    while (this.#tailBytes > this.#tailBytesMax || this.#order.length > TAIL_BATCHES_MAX) {
      this.#forgetOldest();
    }
  }

  /** Records from `from` on: the rest of the batch that holds it, or the next one. */
  read(pid: number, from: number, end: number): readonly LogRecord[] {
    const tail = this.#tails.get(pid);
    if (tail !== undefined && tail.length > 0 && (tail[0] as Batch).baseOffset <= from) {
      const batch = batchAt(tail, from);
      return batch === undefined ? [] : cut(decodeBatch(batch.blob, batch.baseOffset), from, end);
    }
    const first = pid * OFFSETS_PER_PARTITION;
    const floor = this.#statements.floor.get(first + from, first);
    const held = floor && cut(this.#decode(floor, first), from, end);
    if (held && held.length > 0) return held;
    const next = this.#statements.next.get(first + from, first + OFFSETS_PER_PARTITION);
    return next === undefined ? [] : cut(this.#decode(next, first), from, end);
  }

  offsetForTime(pid: number, start: number, timeMs: number): number | null {
    let from = start;
    for (;;) {
      const records = this.read(pid, from, Number.POSITIVE_INFINITY);
      const last = records.at(-1);
      if (last === undefined) return null;
      const found = records.find((one) => one.timestamp >= timeMs);
      if (found) return found.offset;
      from = last.offset + 1;
    }
  }

  /** Inside a database transaction: batches that end before the offset go. */
  trim(pid: number, before: number): void {
    const first = pid * OFFSETS_PER_PARTITION;
    const floor = this.#statements.floorId.get(first + before, first)?.['id'];
    if (floor !== undefined) this.#statements.trim.run(first, floor as number);
  }

  #decode(row: Record<string, unknown>, first: number): readonly LogRecord[] {
    return decodeBatch(row['bytes'] as Uint8Array, (row['id'] as number) - first);
  }

  #forgetOldest(): void {
    const oldest = this.#tails.get(this.#order.shift() as number)?.shift();
    this.#tailBytes -= oldest?.blob.length ?? 0;
  }
}

function recordSize({ key, value }: OutgoingRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0) + 24;
}

/** The batch that holds `from`, or the first after it. */
function batchAt(tail: readonly Batch[], from: number): Batch | undefined {
  let low = 0;
  let high = tail.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { baseOffset, count } = tail[middle] as Batch;
    if (baseOffset + count <= from) low = middle + 1;
    else high = middle;
  }
  return tail[low];
}

function cut(records: readonly LogRecord[], from: number, end: number): readonly LogRecord[] {
  const first = records[0]?.offset ?? 0;
  const last = records.at(-1)?.offset ?? 0;
  if (first >= from && last < end) return records;
  return records.filter((one) => one.offset >= from && one.offset < end);
}
