import { asBuffer } from '../../event/bytes.ts';
import type { LogRecord, OutgoingRecord, OutgoingRecords } from '../../ports/event-log.ts';
import { decodeRecords, RecordBuffer, type RecordChunk } from '../../ports/record-buffer.ts';

/** A batch of one partition as a blob: count (u32), then the records as in a `RecordBuffer`. */
const BATCH_HEADER = 4;
/** Larger batches are cut, so that a reader need not decode more than it was asked for. */
const BATCH_BYTES = 262_144;

/** Some of the records of an append, from `first` on. */
export interface EncodedBatch {
  readonly first: number;
  readonly blob: Uint8Array;
}

/** A batch that is committed. */
export interface PlacedBlob {
  readonly baseOffset: number;
  readonly blob: Uint8Array;
}

/** The records as bytes, as they are or encoded now. */
export function bufferOf(records: OutgoingRecords): RecordBuffer {
  return records instanceof RecordBuffer ? records : RecordBuffer.of(records);
}

/** Batches of bounded size. */
export function encodeBatches({ chunks }: RecordBuffer): EncodedBatch[] {
  const batches: EncodedBatch[] = [];
  let first = 0;
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < chunks.length; i++) {
    bytes += (chunks[i] as RecordChunk).used;
    const next = chunks[i + 1]?.used;
    if (next !== undefined && bytes + next <= BATCH_BYTES) continue;
    const taken = chunks.slice(from, i + 1);
    batches.push({ first, blob: blobOf(taken) });
    for (const { count } of taken) first += count;
    from = i + 1;
    bytes = 0;
  }
  return batches;
}

/** One batch, however large. */
export function encodeBatch(records: Iterable<OutgoingRecord>): Uint8Array {
  return blobOf(RecordBuffer.of(records).chunks);
}

/** In memory of its own: it can be moved to another thread. */
function blobOf(chunks: readonly RecordChunk[]): Uint8Array {
  let size = BATCH_HEADER;
  let records = 0;
  for (const { used, count } of chunks) {
    size += used;
    records += count;
  }
  const blob = Buffer.allocUnsafeSlow(size);
  let at = blob.writeUInt32LE(records, 0);
  for (const { bytes, used } of chunks) at += bytes.copy(blob, at, 0, used);
  return blob;
}

/** Bytes of a record, about. */
export function recordSize({ key, value }: Pick<OutgoingRecord, 'key' | 'value'>): number {
  return (key?.length ?? 0) + (value?.length ?? 0) + 24;
}

/** Records with offsets of their own: a batch, and the offset of each. */
export interface PackedRecords {
  readonly offsets: readonly number[];
  readonly blobs: readonly [Uint8Array];
}

/** How many records a blob holds. */
export function batchCount(blob: Uint8Array): number {
  return asBuffer(blob).readUInt32LE(0);
}

export function packRecords(records: readonly LogRecord[]): PackedRecords {
  return {
    offsets: records.map(({ offset }) => offset),
    blobs: [encodeBatch(records)],
  };
}

export function unpackRecords({ offsets, blobs: [blob] }: PackedRecords): LogRecord[] {
  return decodeBatch(blob, 0).map((one, i) => ({ ...one, offset: offsets[i] as number }));
}

/** Records of a blob; they are views of its bytes. */
export function decodeBatch(blob: Uint8Array, baseOffset: number): LogRecord[] {
  const bytes = asBuffer(blob);
  const records: LogRecord[] = [];
  for (const { timestamp, key, value, headers } of decodeRecords(bytes, BATCH_HEADER, batchCount(blob))) {
    records.push({ offset: baseOffset + records.length, timestamp, key, value, headers });
  }
  return records;
}
