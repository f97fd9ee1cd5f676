import { asBuffer, type Bytes, writeBytes } from '../../event/bytes.ts';
import type { LogRecord, OutgoingRecord } from '../../ports/event-log.ts';

/**
 * A batch of one partition as a blob: count (u32), then per record: timestamp (f64), length of key,
 * value and headers (i32 each, -1 for null), and their bytes. Headers are JSON of base64 strings.
 */
const RECORD_HEADER = 20;
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

/** Encodes records as batches of bounded size. */
export function encodeBatches(records: readonly OutgoingRecord[]): EncodedBatch[] {
  const batches: EncodedBatch[] = [];
  let first = 0;
  let size = 0;
  for (let i = 0; i < records.length; i++) {
    size += recordSize(records[i] as OutgoingRecord);
    if (size < BATCH_BYTES && i + 1 < records.length) continue;
    batches.push({ first, blob: encodeBatch(records, first, i + 1) });
    first = i + 1;
    size = 0;
  }
  return batches;
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

/** Encodes `records[from..until)`, in memory of its own: it can be moved to another thread. */
export function encodeBatch(
  records: readonly OutgoingRecord[],
  from: number,
  until: number,
): Uint8Array {
  const headers = new Map<number, Uint8Array | null>();
  let size = 4;
  for (let i = from; i < until; i++) {
    const { key, value, headers: named } = records[i] as OutgoingRecord;
    size += RECORD_HEADER + (key?.length ?? 0) + (value?.length ?? 0);
    if (named === null) continue;
    const encoded = encodeHeaders(named);
    headers.set(i, encoded);
    size += encoded?.length ?? 0;
  }
  const bytes = Buffer.allocUnsafeSlow(size);
  bytes.writeUInt32LE(until - from, 0);
  let at = 4;
  for (let i = from; i < until; i++) {
    const { key, value, timestamp } = records[i] as OutgoingRecord;
    bytes.writeDoubleLE(timestamp, at);
    let body = at + RECORD_HEADER;
    at += 8;
    at = writePart(bytes, at, body, key);
    body += key?.length ?? 0;
    at = writePart(bytes, at, body, value);
    body += value?.length ?? 0;
    const ours = headers.get(i) ?? null;
    writePart(bytes, at, body, ours);
    at = body + (ours?.length ?? 0);
  }
  return bytes;
}

function writePart(bytes: Buffer, at: number, body: number, part: Bytes | null): number {
  if (part !== null) writeBytes(bytes, body, part);
  return bytes.writeInt32LE(part?.length ?? -1, at);
}

/** How many records a blob holds. */
export function batchCount(blob: Uint8Array): number {
  return asBuffer(blob).readUInt32LE(0);
}

export function packRecords(records: readonly LogRecord[]): PackedRecords {
  return {
    offsets: records.map(({ offset }) => offset),
    blobs: [encodeBatch(records, 0, records.length)],
  };
}

export function unpackRecords({ offsets, blobs: [blob] }: PackedRecords): LogRecord[] {
  return decodeBatch(blob, 0).map((one, i) => ({ ...one, offset: offsets[i] as number }));
}

/** Records of a blob; they are views of its bytes. */
export function decodeBatch(blob: Uint8Array, baseOffset: number): LogRecord[] {
  const bytes = asBuffer(blob);
  const count = bytes.readUInt32LE(0);
  const records: LogRecord[] = [];
  let at = 4;
  for (let i = 0; i < count; i++) {
    const timestamp = bytes.readDoubleLE(at);
    const keyBytes = bytes.readInt32LE(at + 8);
    const valueBytes = bytes.readInt32LE(at + 12);
    const headersBytes = bytes.readInt32LE(at + 16);
    const keyAt = at + RECORD_HEADER;
    const valueAt = keyAt + Math.max(0, keyBytes);
    const headersAt = valueAt + Math.max(0, valueBytes);
    at = headersAt + Math.max(0, headersBytes);
    records.push({
      offset: baseOffset + i,
      timestamp,
      key: keyBytes < 0 ? null : bytes.subarray(keyAt, valueAt),
      value: valueBytes < 0 ? null : bytes.subarray(valueAt, headersAt),
      headers: headersBytes < 0 ? null : decodeHeaders(bytes.subarray(headersAt, at)),
    });
  }
  return records;
}

export function encodeHeaders(headers: OutgoingRecord['headers']): Uint8Array | null {
  if (headers === null) return null;
  const text = Object.entries(headers).map(([name, value]) => [
    name,
    Buffer.from(value).toString('base64'),
  ]);
  return Buffer.from(JSON.stringify(text));
}

export function decodeHeaders(bytes: Uint8Array): { [name: string]: Uint8Array } {
  const entries = JSON.parse(asBuffer(bytes).toString()) as [string, string][];
  return Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value, 'base64')]));
}
