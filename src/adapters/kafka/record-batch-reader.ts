import { Buffer } from 'node:buffer';
import { LogError, type LogRecord, type TopicPartition } from '../../ports/event-log.ts';
import { lazyRecords } from '../lazy-records.ts';
import { decompress } from './compression.ts';
import {
  appendTimeBit,
  batchAt,
  batchHeaderBytes,
  controlBit,
  transactionalBit,
} from './record-batch.ts';
import type { AbortedTransaction } from './wire/fetch.ts';

export type DecodedRecords = {
  records: Iterable<LogRecord>;
  /** Offset after the last whole batch: control records and aborted ones included. */
  nextOffset: number;
};

/** Records of a batch that are not decoded yet. */
type Packed = {
  bytes: Buffer;
  count: number;
  baseOffset: number;
  firstTimestamp: number;
  appendTime: number | null;
};

/**
 * Decodes the batches that a Fetch returned of one partition, from `position` on. Values are views
 * into the answer. Records of aborted transactions are left out, as are control records.
 *
 * The broker lists aborted transactions by completion, not by first offset, and one producer may
 * appear several times: hence sorted here, and every entry that has begun is taken (hazard H2).
 * The checksum is not verified: TCP has done that, and the broker verified it when it was written.
 */
export function decodeBatches(
  data: Buffer,
  position: number,
  aborted: readonly AbortedTransaction[],
  at: TopicPartition,
): DecodedRecords {
  const packed: Packed[] = [];
  const waiting = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const aborting = new Set<number>();
  let nextAborted = 0;
  let nextOffset = position;
  let start = 0;
  // The last batch may be cut off by the byte limit of the request: it comes again, whole.
  while (start + batchHeaderBytes <= data.length) {
    const end = start + 12 + data.readInt32BE(start + batchAt.length);
    if (end > data.length) break;
    if (data[start + batchAt.magic] !== 2) {
      throw new LogError(
        'UNKNOWN',
        `a batch of message format ${data[start + batchAt.magic]}; only format 2 is read`,
        { definite: true, at },
      );
    }
    const baseOffset = readInt64(data, start + batchAt.baseOffset);
    const lastOffset = baseOffset + data.readInt32BE(start + batchAt.lastOffsetDelta);
    const attributes = data.readInt16BE(start + batchAt.attributes);
    const producerId = readInt64(data, start + batchAt.producerId);
    while (nextAborted < waiting.length && waiting[nextAborted]!.firstOffset <= lastOffset) {
      aborting.add(waiting[nextAborted++]!.producerId);
    }
    if (attributes & controlBit) {
      if (isAbortMarker(data, start)) aborting.delete(producerId);
    } else if (!(attributes & transactionalBit && aborting.has(producerId))) {
      packed.push(packedRecords(data, start, end, attributes, at));
    }
    nextOffset = Math.max(nextOffset, lastOffset + 1);
    start = end;
  }
  return { records: lazyRecords(packed, decodeRecords, position), nextOffset };
}

function packedRecords(
  data: Buffer,
  start: number,
  end: number,
  attributes: number,
  at: TopicPartition,
): Packed {
  const bytes = data.subarray(start + batchHeaderBytes, end);
  return {
    bytes: attributes & 7 ? decompress(attributes, bytes, at) : bytes,
    count: data.readInt32BE(start + batchAt.count),
    baseOffset: readInt64(data, start + batchAt.baseOffset),
    firstTimestamp: readInt64(data, start + batchAt.firstTimestamp),
    appendTime: attributes & appendTimeBit ? readInt64(data, start + batchAt.maxTimestamp) : null,
  };
}

function decodeRecords({ bytes, count, baseOffset, firstTimestamp, appendTime }: Packed): LogRecord[] {
  const records: LogRecord[] = [];
  const cursor = new RecordCursor(bytes);
  for (let index = 0; index < count; index++) {
    const recordEnd = cursor.varint() + cursor.at;
    cursor.at += 1;
    const timestampDelta = cursor.varint();
    const offset = baseOffset + cursor.varint();
    const timestamp = appendTime ?? firstTimestamp + timestampDelta;
    records.push({
      offset,
      timestamp,
      key: cursor.bytes(),
      value: cursor.bytes(),
      headers: cursor.headers(),
    });
    cursor.at = recordEnd;
  }
  return records;
}

/** Type 0 of a control record's key (version i16, type i16) is abort, 1 is commit. */
function isAbortMarker(data: Buffer, start: number): boolean {
  const cursor = new RecordCursor(data.subarray(start + batchHeaderBytes));
  cursor.varint();
  cursor.at += 1;
  cursor.varint();
  cursor.varint();
  const key = cursor.bytes();
  return key !== null && key.readInt16BE(2) === 0;
}

class RecordCursor {
  readonly #data: Buffer;
  at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  /** Zigzag varint; up to 2^53 for time differences. */
  varint(): number {
    let byte = this.#data[this.at++]!;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    for (let scale = 0x80; ; scale *= 0x80) {
      byte = this.#data[this.at++]!;
      value += (byte & 0x7f) * scale;
      if (!(byte >= 0x80)) break;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  bytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const from = this.at;
    this.at = from + length;
    return this.#data.subarray(from, this.at);
  }

  headers(): LogRecord['headers'] {
    const count = this.varint();
    if (count === 0) return null;
    const headers = Object.create(null) as { [name: string]: Uint8Array };
    for (let left = count; left > 0; left--) {
      const name = this.bytes()?.toString('utf8') ?? '';
      headers[name] = this.bytes() ?? Buffer.alloc(0);
    }
    return headers;
  }
}

function readInt64(data: Buffer, at: number): number {
  return data.readInt32BE(at) * 0x1_0000_0000 + data.readUInt32BE(at + 4);
}
