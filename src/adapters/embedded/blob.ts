import { type Bytes, writeBytes } from '../../event/bytes.ts';
import type { LogRecord, OutgoingRecord } from '../../ports/event-log.ts';

/**
 * A batch of one partition as a blob: count (u32), then per record: timestamp (f64), length of key,
 * value and headers (i32 each, -1 for null), and their bytes. Headers are JSON of base64 strings.
 */
const RECORD_HEADER = 20;

/** Encodes `records[from..until)`. */
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
  const bytes = Buffer.allocUnsafe(size);
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

/** Records of a blob; they are views of its bytes. */
export function decodeBatch(blob: Uint8Array, baseOffset: number): LogRecord[] {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
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
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const entries = JSON.parse(text) as [string, string][];
  return Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value, 'base64')]));
}
