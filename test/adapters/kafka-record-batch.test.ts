import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, latin1, viewOf } from '../../src/event/bytes.ts';
import { crc32c } from '../../src/adapters/kafka/crc32c.ts';
import { encodeBatch, recordBytes } from '../../src/adapters/kafka/record-batch.ts';
import { decodeBatches } from '../../src/adapters/kafka/record-batch-reader.ts';
import type { OutgoingRecord } from '../../src/ports/event-log.ts';

/** kafkajs's encoder and decoder are the slow twins. */
const require = createRequire(import.meta.url);
type Twin = {
  encodeBatch(batch: object): Promise<{ buffer: Buffer }>;
  encodeRecord(record: object): unknown;
  decodeBatch(decoder: unknown): Promise<{
    records: {
      offset: string;
      timestamp: string;
      key: Buffer | null;
      value: Buffer | null;
      headers: { [name: string]: Buffer };
    }[];
  }>;
};
const twin: Twin = {
  encodeBatch: require('kafkajs/src/protocol/recordBatch/v0/index.js').RecordBatch,
  encodeRecord: require('kafkajs/src/protocol/recordBatch/record/v0/index.js'),
  decodeBatch: require('kafkajs/src/protocol/recordBatch/v0/decoder.js'),
};
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (data: Buffer) => unknown;

const at = { topic: 't', partition: 0 };
const start = 1_700_000_000_000;

const bytes = fc.uint8Array({ maxLength: 300 });
/** kafkajs mistakes names that every object has; ours have a test of their own. */
const headerName = fc.string({ minLength: 1 }).filter((name) => !(name in {}));

/** A text of one character a byte stands for its bytes. */
const bytesOrText = fc.oneof(bytes, bytes.map(latin1));
const anyRecord: fc.Arbitrary<OutgoingRecord> = fc.record({
  key: fc.option(bytesOrText),
  value: fc.option(bytesOrText),
  headers: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.dictionary(headerName, bytes, {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      }),
    },
  ),
  timestamp: fc.oneof(
    fc.integer({ min: start - 100_000, max: start + 100_000 }),
    fc.integer({ min: 0, max: start * 2 }),
  ),
});

function encode(
  records: readonly OutgoingRecord[],
  producer = { producerId: 7, epoch: 3, sequence: 11 },
): Buffer {
  const bound = records.reduce((sum, record) => sum + recordBytes(record), 0);
  return encodeBatch(records, 0, records.length, bound, producer);
}

const plain = (value: Bytes | null): number[] | null => (value === null ? null : [...viewOf(value)]);

function shape(
  record: Omit<OutgoingRecord, 'timestamp'> & { offset: unknown; timestamp: unknown },
) {
  return {
    offset: Number(record.offset),
    timestamp: Number(record.timestamp),
    key: plain(record.key),
    value: plain(record.value),
    headers: Object.entries(record.headers ?? {}).map(([name, value]) => [name, plain(value)]),
  };
}

describe('record batches', () => {
  test('checksum of the standard test vector, at every alignment', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    const padded = Buffer.concat([
      Buffer.from('xx'),
      Buffer.from('123456789'),
      Buffer.from('yyyyyyyy'),
    ]);
    expect(crc32c(padded, 2, 11)).toBe(0xe3069283);
  });

  test('what is encoded is read back, by us and by kafkajs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 20 }), async (records) => {
        const batch = encode(records);
        const expected = records.map((record, offset) => shape({ ...record, offset }));
        const own = decodeBatches(batch, 0, [], at);
        expect([...own.records].map(shape)).toEqual(expected);
        expect(own.nextOffset).toBe(records.length);
        const theirs = await twin.decodeBatch(new Decoder(batch));
        expect(theirs.records.map((record) => shape(record))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test('a header may have any name', () => {
    const headers = JSON.parse('{"__proto__": 1, "constructor": 2}') as { [name: string]: number };
    const bytesOf = Object.entries(headers).map(([name, value]) => [name, Buffer.from([value])]);
    const record = {
      key: null,
      value: null,
      headers: Object.fromEntries(bytesOf),
      timestamp: start,
    };
    const [read] = decodeBatches(encode([record]), 0, [], at).records;
    expect(Object.keys(read?.headers ?? {})).toEqual(['__proto__', 'constructor']);
  });

  test('the bytes are those of kafkajs where both write the same', async () => {
    const records = [
      { key: Buffer.from('k'), value: Buffer.from('one'), headers: null, timestamp: start },
      { key: null, value: Buffer.from('two'), headers: null, timestamp: start + 5 },
    ];
    const theirs = await twin.encodeBatch({
      firstTimestamp: start,
      maxTimestamp: start + 5,
      lastOffsetDelta: 1,
      transactional: true,
      producerId: 7,
      producerEpoch: 3,
      firstSequence: 11,
      partitionLeaderEpoch: -1,
      records: records.map(({ key, value, timestamp }, index) =>
        twin.encodeRecord({
          offsetDelta: index,
          timestampDelta: timestamp - start,
          key,
          value,
        }),
      ),
    });
    expect(encode(records).toString('hex')).toBe(theirs.buffer.toString('hex'));
  });

  test('records before the position were delivered before; a batch that is cut off comes again', () => {
    const records = ['a', 'b', 'c'].map((value) => ({
      key: null,
      value: Buffer.from(value),
      headers: null,
      timestamp: start,
    }));
    const batch = encode(records);
    const twice = Buffer.concat([batch, offsetBy(batch, 3)]);
    expect([...decodeBatches(twice, 2, [], at).records].map(({ offset }) => offset)).toEqual([
      2, 3, 4, 5,
    ]);
    const cut = decodeBatches(twice.subarray(0, twice.length - 1), 0, [], at);
    expect(cut.nextOffset).toBe(3);
    const none = decodeBatches(Buffer.alloc(0), 9, [], at);
    expect([[...none.records], none.nextOffset]).toEqual([[], 9]);
  });

  test('append time, where the topic keeps it, is the time of every record', () => {
    const batch = encode([{ key: null, value: null, headers: null, timestamp: 5 }]);
    batch.writeInt16BE(batch.readInt16BE(21) | 8, 21);
    batch.writeBigInt64BE(BigInt(start), 35);
    expect([...decodeBatches(batch, 0, [], at).records][0]?.timestamp).toBe(start);
  });

  test('a compressed batch is unpacked; an unknown codec halts loudly', () => {
    const batch = encode([
      { key: null, value: Buffer.from('packed'), headers: null, timestamp: start },
    ]);
    const packed = Buffer.concat([batch.subarray(0, 61), gzipSync(batch.subarray(61))]);
    packed.writeInt32BE(packed.length - 12, 8);
    packed.writeInt16BE(1, 21);
    expect([...decodeBatches(packed, 0, [], at).records][0]?.value?.toString()).toBe('packed');
    packed.writeInt16BE(7, 21);
    expect(() => decodeBatches(packed, 0, [], at)).toThrow(/unknown codec 7/);
    packed.writeInt16BE(3, 21);
    expect(() => decodeBatches(packed, 0, [], at)).toThrow(/lz4/);
  });
});

/** Hazard H2: kafkajs shows aborted records when two producers abort on one partition. */
describe('aborted transactions', () => {
  const data = (producerId: number, offset: number, value: string): Buffer =>
    offsetBy(
      encode([{ key: null, value: Buffer.from(value), headers: null, timestamp: start }], {
        producerId,
        epoch: 0,
        sequence: 0,
      }),
      offset,
    );
  const marker = (producerId: number, offset: number, commit: boolean): Buffer => {
    const batch = encode(
      [
        {
          key: Buffer.from([0, 0, 0, commit ? 1 : 0]),
          value: Buffer.alloc(6),
          headers: null,
          timestamp: start,
        },
      ],
      {
        producerId,
        epoch: 0,
        sequence: -1,
      },
    );
    batch.writeInt16BE(16 | 32, 21);
    return offsetBy(batch, offset);
  };
  const values = (
    log: Buffer[],
    aborted: { producerId: number; firstOffset: number }[],
    from = 0,
  ): string[] =>
    [...decodeBatches(Buffer.concat(log), from, aborted, at).records].map(({ value }) => String(value));

  test('two producers, listed by completion and not by first offset', () => {
    const log = [
      data(1, 0, 'never'),
      data(2, 1, 'never'),
      marker(2, 2, false),
      data(1, 3, 'never'),
      marker(1, 4, false),
      data(2, 5, 'kept'),
      marker(2, 6, true),
    ];
    expect(
      values(log, [
        { producerId: 2, firstOffset: 1 },
        { producerId: 1, firstOffset: 0 },
      ]),
    ).toEqual(['kept']);
  });

  test('one producer that aborts, commits and aborts again', () => {
    const log = [
      data(1, 0, 'never'),
      marker(1, 1, false),
      data(1, 2, 'kept'),
      marker(1, 3, true),
      data(1, 4, 'never'),
      marker(1, 5, false),
      data(2, 6, 'other'),
    ];
    const aborted = [
      { producerId: 1, firstOffset: 0 },
      { producerId: 1, firstOffset: 4 },
    ];
    expect(values(log, aborted)).toEqual(['kept', 'other']);
    expect(values(log.slice(4), aborted.slice(1), 4)).toEqual(['other']);
  });

  test('both begin before the first batch that is read', () => {
    const log = [
      data(2, 10, 'never'),
      data(1, 11, 'never'),
      marker(1, 12, false),
      marker(2, 13, false),
      data(1, 14, 'kept'),
    ];
    expect(
      values(
        log,
        [
          { producerId: 1, firstOffset: 4 },
          { producerId: 2, firstOffset: 2 },
        ],
        10,
      ),
    ).toEqual(['kept']);
  });

  test('control records are not delivered and move the position', () => {
    const decoded = decodeBatches(
      Buffer.concat([data(1, 0, 'kept'), marker(1, 1, true)]),
      0,
      [],
      at,
    );
    expect([...decoded.records]).toHaveLength(1);
    expect(decoded.nextOffset).toBe(2);
  });
});

function offsetBy(batch: Buffer, offset: number): Buffer {
  const moved = Buffer.from(batch);
  moved.writeBigInt64BE(BigInt(offset), 0);
  return moved;
}
