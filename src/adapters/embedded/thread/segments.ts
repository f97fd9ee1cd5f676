import type { DatabaseSync } from 'node:sqlite';
import type { LogRecord } from '../../../ports/event-log.ts';
import { batchCount, decodeBatch } from '../blob.ts';

/** Row id of a batch: partition times this plus base offset. 2^13 partitions stay exact numbers. */
const OFFSETS_PER_PARTITION = 2 ** 40;

/** Batches as they were written, in order. */
export interface StoredBatches {
  readonly baseOffsets: readonly number[];
  readonly blobs: readonly Uint8Array[];
}

interface BatchRow {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** Append-only partitions as blobs per batch. */
export class Segments {
  readonly #statements;

  constructor(database: DatabaseSync) {
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

  /** Inside a database transaction. */
  write(pid: number, baseOffset: number, blob: Uint8Array): void {
    this.#statements.put.run(pid * OFFSETS_PER_PARTITION + baseOffset, blob);
  }

  /** From the batch on that holds `from`, or the first after it: at least one, `maxBytes` about. */
  read(pid: number, from: number, end: number, maxBytes: number): StoredBatches {
    const first = pid * OFFSETS_PER_PARTITION;
    const baseOffsets: number[] = [];
    const blobs: Uint8Array[] = [];
    let room = maxBytes;
    for (
      let row = this.#holding(first, from) ?? this.#next(first, first + from);
      row !== null && row.id < first + end;
      row = room > 0 ? this.#next(first, row.id) : null
    ) {
      baseOffsets.push(row.id - first);
      blobs.push(row.bytes);
      room -= row.bytes.length;
    }
    return { baseOffsets, blobs };
  }

  /** Records of the first batch that ends after `from`. */
  records(pid: number, from: number): readonly LogRecord[] {
    const { baseOffsets, blobs } = this.read(pid, from, OFFSETS_PER_PARTITION, 0);
    const [blob] = blobs;
    if (blob === undefined) return [];
    return decodeBatch(blob, baseOffsets[0] as number).filter(({ offset }) => offset >= from);
  }

  offsetForTime(pid: number, start: number, timeMs: number): number | null {
    let from = start;
    for (;;) {
      const records = this.records(pid, from);
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

  #holding(first: number, offset: number): BatchRow | null {
    const row = this.#statements.floor.get(first + offset, first) as BatchRow | undefined;
    if (row === undefined || row.id + batchCount(row.bytes) <= first + offset) return null;
    return row;
  }

  #next(first: number, after: number): BatchRow | null {
    const row = this.#statements.next.get(after, first + OFFSETS_PER_PARTITION);
    return (row as BatchRow | undefined) ?? null;
  }
}
