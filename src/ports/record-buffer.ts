import { asBuffer, type Bytes, writeBytes } from '../event/bytes.ts';
import type { OutgoingRecord, OutgoingRecords } from './event-log.ts';

/**
 * A record as bytes: timestamp (f64), length of key, value and headers (i32 each, -1 for null), and
 * their bytes; little endian. Headers are JSON of base64 strings. The embedded log stores records so.
 */
const RECORD_HEADER = 20;
/** Chunks grow with what comes: most partitions get a few records in a commit. */
const CHUNK_MIN = 4_096;
const CHUNK_MAX = 65_536;

/** Records one after another. A record lies in one chunk; one that is larger has its own. */
export interface RecordChunk {
  readonly bytes: Buffer;
  used: number;
  /** How many records. */
  count: number;
}

/**
 * Records to append, held as bytes outside of V8's heap: between a step and the commit that makes it
 * true lie several collections, each of which would move what waits there as objects. Iterated, they
 * are decoded one by one; keys and values are views.
 */
export class RecordBuffer implements OutgoingRecords {
  readonly #chunks: RecordChunk[] = [];
  #length = 0;
  #largest = 0;

  static of(records: Iterable<OutgoingRecord>): RecordBuffer {
    const buffer = new RecordBuffer();
    for (const record of records) buffer.add(record);
    return buffer;
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes of the largest key with its value. */
  get largest(): number {
    return this.#largest;
  }

  get chunks(): readonly RecordChunk[] {
    return this.#chunks;
  }

  add({ key, value, headers, timestamp }: OutgoingRecord): void {
    const named = encodeHeaders(headers);
    const content = (key?.length ?? 0) + (value?.length ?? 0);
    const size = RECORD_HEADER + content + (named?.length ?? 0);
    const chunk = this.#chunkFor(size);
    const { bytes, used } = chunk;
    bytes.writeDoubleLE(timestamp, used);
    let at = writePart(bytes, used + 8, used + RECORD_HEADER, key);
    at = writePart(bytes, used + 12, at, value);
    writePart(bytes, used + 16, at, named);
    this.#added(chunk, size, content);
  }

  /** Adds the record that lies at a place of another buffer; returns the place after it. */
  copy(from: Buffer, at: number): number {
    const content = Math.max(0, from.readInt32LE(at + 8)) + Math.max(0, from.readInt32LE(at + 12));
    const size = RECORD_HEADER + content + Math.max(0, from.readInt32LE(at + 16));
    const chunk = this.#chunkFor(size);
    from.copy(chunk.bytes, chunk.used, at, at + size);
    this.#added(chunk, size, content);
    return at + size;
  }

  *[Symbol.iterator](): Generator<OutgoingRecord> {
    for (const { bytes, count } of this.#chunks) yield* decodeRecords(bytes, 0, count);
  }

  #added(chunk: RecordChunk, size: number, content: number): void {
    chunk.used += size;
    chunk.count++;
    this.#length++;
    if (content > this.#largest) this.#largest = content;
  }

  #chunkFor(size: number): RecordChunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.used + size <= last.bytes.length) return last;
    const room = last === undefined ? CHUNK_MIN : Math.min(CHUNK_MAX, last.bytes.length * 2);
    const bytes = Buffer.allocUnsafeSlow(Math.max(room, size));
    const chunk = { bytes, used: 0, count: 0 };
    this.#chunks.push(chunk);
    return chunk;
  }
}

/** Writes the length of a part, and the part at `body`; returns the place after that. */
function writePart(bytes: Buffer, at: number, body: number, part: Bytes | null): number {
  bytes.writeInt32LE(part?.length ?? -1, at);
  return part === null ? body : writeBytes(bytes, body, part);
}

/** A record whose key and value are views of the bytes it was read from. */
export interface RecordView extends OutgoingRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/** Records that lie one after another from a place on. */
export function* decodeRecords(bytes: Buffer, from: number, count: number): Generator<RecordView> {
  let at = from;
  for (let i = 0; i < count; i++) {
    const keyBytes = bytes.readInt32LE(at + 8);
    const valueBytes = bytes.readInt32LE(at + 12);
    const headersBytes = bytes.readInt32LE(at + 16);
    const timestamp = bytes.readDoubleLE(at);
    const keyAt = at + RECORD_HEADER;
    const valueAt = keyAt + Math.max(0, keyBytes);
    const headersAt = valueAt + Math.max(0, valueBytes);
    at = headersAt + Math.max(0, headersBytes);
    yield {
      timestamp,
      key: keyBytes < 0 ? null : bytes.subarray(keyAt, valueAt),
      value: valueBytes < 0 ? null : bytes.subarray(valueAt, headersAt),
      headers: headersBytes < 0 ? null : decodeHeaders(bytes.subarray(headersAt, at)),
    };
  }
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
