import { Buffer } from 'node:buffer';
import { type Bytes, writeBytes } from '../../event/bytes.ts';
import type { OutgoingRecord } from '../../ports/event-log.ts';
import { crc32c } from './crc32c.ts';

/**
 * Record batch of Kafka's message format 2: a header of 61 bytes, then records of varints. Written
 * in one pass into one buffer whose size is known beforehand.
 */
export const batchHeaderBytes = 61;

/** Places in the header that reader and writer share. */
export const batchAt = {
  baseOffset: 0,
  length: 8,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  epoch: 51,
  sequence: 53,
  count: 57,
} as const;

export const transactionalBit = 16;
export const controlBit = 32;
export const appendTimeBit = 8;

/** Who writes the batch; null outside a transaction. */
export type BatchProducer = { producerId: number; epoch: number; sequence: number };

/** Greatest encoded size of a record: what its batch's header and varints can add included. */
export function recordBytes(record: OutgoingRecord): number {
  let bytes = 26 + (record.key?.length ?? 0) + (record.value?.length ?? 0);
  if (record.headers !== null) {
    for (const [name, value] of Object.entries(record.headers)) {
      bytes += 10 + Buffer.byteLength(name) + value.length;
    }
  }
  return bytes;
}

/**
 * Encodes `records[start..end)`, at least one, as one batch.
 * @param sizeHint sum of their `recordBytes`, which bounds the buffer.
 */
export function encodeBatch(
  records: readonly OutgoingRecord[],
  start: number,
  end: number,
  sizeHint: number,
  producer: BatchProducer | null,
): Buffer {
  const buffer = Buffer.allocUnsafe(batchHeaderBytes + sizeHint);
  const firstTimestamp = records[start]!.timestamp;
  let maxTimestamp = firstTimestamp;
  let at = batchHeaderBytes;
  for (let index = start; index < end; index++) {
    const record = records[index]!;
    if (record.timestamp > maxTimestamp) maxTimestamp = record.timestamp;
    at = writeRecord(buffer, at, record, record.timestamp - firstTimestamp, index - start);
  }
  const batch = buffer.subarray(0, at);
  writeInt64(batch, batchAt.baseOffset, 0);
  batch.writeInt32BE(at - batchAt.length - 4, batchAt.length);
  batch.writeInt32BE(-1, 12);
  batch[batchAt.magic] = 2;
  batch.writeInt16BE(producer ? transactionalBit : 0, batchAt.attributes);
  batch.writeInt32BE(end - start - 1, batchAt.lastOffsetDelta);
  writeInt64(batch, batchAt.firstTimestamp, firstTimestamp);
  writeInt64(batch, batchAt.maxTimestamp, maxTimestamp);
  writeInt64(batch, batchAt.producerId, producer?.producerId ?? -1);
  batch.writeInt16BE(producer?.epoch ?? -1, batchAt.epoch);
  batch.writeInt32BE(producer?.sequence ?? -1, batchAt.sequence);
  batch.writeInt32BE(end - start, batchAt.count);
  batch.writeUInt32BE(crc32c(batch, batchAt.attributes), batchAt.crc);
  return batch;
}

function writeRecord(
  buffer: Buffer,
  start: number,
  record: OutgoingRecord,
  timestampDelta: number,
  offsetDelta: number,
): number {
  const headers = record.headers === null ? [] : Object.entries(record.headers);
  const keyBytes = record.key?.length ?? -1;
  const valueBytes = record.value?.length ?? -1;
  let length =
    1 +
    varintBytes(timestampDelta) +
    varintBytes(offsetDelta) +
    varintBytes(keyBytes) +
    Math.max(keyBytes, 0) +
    varintBytes(valueBytes) +
    Math.max(valueBytes, 0) +
    varintBytes(headers.length);
  for (const [name, value] of headers) {
    const nameBytes = Buffer.byteLength(name);
    length += varintBytes(nameBytes) + nameBytes + varintBytes(value.length) + value.length;
  }
  let at = writeVarint(buffer, start, length);
  buffer[at++] = 0;
  at = writeVarint(buffer, at, timestampDelta);
  at = writeVarint(buffer, at, offsetDelta);
  at = writePart(buffer, at, record.key);
  at = writePart(buffer, at, record.value);
  at = writeVarint(buffer, at, headers.length);
  for (const [name, value] of headers) {
    at = writePart(buffer, at, Buffer.from(name));
    at = writePart(buffer, at, value);
  }
  return at;
}

function writePart(buffer: Buffer, at: number, bytes: Bytes | null): number {
  if (bytes === null) return writeVarint(buffer, at, -1);
  return writeBytes(buffer, writeVarint(buffer, at, bytes.length), bytes);
}

/** Zigzag varint; two 32-bit halves only where a time difference needs them. */
function writeVarint(buffer: Buffer, start: number, value: number): number {
  let at = start;
  if (value >= -0x4000_0000 && value < 0x4000_0000) {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest > 0x7f) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[at++] = rest;
    return at;
  }
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  while (rest > 0x7f) {
    buffer[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  buffer[at++] = rest;
  return at;
}

function varintBytes(value: number): number {
  const zigzag = value < 0 ? -2 * value - 1 : 2 * value;
  let bytes = 1;
  for (let limit = 0x80; zigzag >= limit; limit *= 0x80) bytes++;
  return bytes;
}

function writeInt64(buffer: Buffer, at: number, value: number): void {
  buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), at);
  buffer.writeUInt32BE(value >>> 0, at + 4);
}
