import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkBroker } from '../../src/adapters/kafka/cluster.ts';
import { answeredError } from '../../src/adapters/kafka/error-codes.ts';
import { packChanges } from '../../src/adapters/redis/pack-changes.ts';
import { WireReader } from '../../src/adapters/kafka/wire/reader.ts';
import { WireWriter } from '../../src/adapters/kafka/wire/writer.ts';
import { stateDue, stateListed } from '../../src/task/state-value.ts';

type Field = { write(writer: WireWriter): void; read(reader: WireReader): unknown; value: unknown };

const field = <T>(
  arbitrary: fc.Arbitrary<T>,
  write: (writer: WireWriter, value: T) => void,
  read: (reader: WireReader) => unknown,
  shown: (value: T) => unknown = (value) => value,
): fc.Arbitrary<Field> =>
  arbitrary.map((value) => ({
    write: (writer) => write(writer, value),
    read,
    value: shown(value),
  }));

const anyField = fc.oneof(
  field(
    fc.integer({ min: -128, max: 127 }),
    (w, v) => w.int8(v),
    (r) => r.int8(),
  ),
  field(
    fc.boolean(),
    (w, v) => w.bool(v),
    (r) => r.bool(),
  ),
  field(
    fc.integer({ min: -32768, max: 32767 }),
    (w, v) => w.int16(v),
    (r) => r.int16(),
  ),
  field(
    fc.integer(),
    (w, v) => w.int32(v),
    (r) => r.int32(),
  ),
  field(
    fc.maxSafeInteger(),
    (w, v) => w.int64(v),
    (r) => r.int64(),
  ),
  field(
    fc.nat(2 ** 31 - 1),
    (w, v) => w.unsignedVarint(v),
    (r) => r.unsignedVarint(),
  ),
  field(
    fc.string({ unit: 'binary' }),
    (w, v) => w.string(v),
    (r) => r.string(),
  ),
  field(
    fc.option(fc.string()),
    (w, v) => w.nullableString(v),
    (r) => r.nullableString(),
  ),
  field(
    fc.oneof(
      fc.uint8Array({ maxLength: 50 }),
      fc.uint8Array({ minLength: 4_000, maxLength: 5_000 }),
    ),
    (w, v) => w.bytes(v),
    (r) => [...(r.nullableBytes() ?? [])],
    (v) => [...v],
  ),
  field(
    fc.array(fc.integer()),
    (w, v) => w.array(v, (one) => w.int32(one)),
    (r) => r.array(() => r.int32()),
  ),
);

describe('flexible encoding', () => {
  test('what is written is read back, large byte fields in pieces of their own', () => {
    fc.assert(
      fc.property(fc.array(anyField, { maxLength: 12 }), (fields) => {
        const writer = new WireWriter(16);
        for (const one of fields) one.write(writer);
        const { length } = writer;
        const pieces = writer.finish();
        const reader = new WireReader(Buffer.concat(pieces));
        expect(fields.map((one) => one.read(reader))).toEqual(fields.map(({ value }) => value));
        expect(reader.offset).toBe(length);
      }),
    );
  });

  test('a byte field of a batch is not copied', () => {
    const batch = Buffer.alloc(10_000);
    const pieces = new WireWriter().int32(1).bytes(batch).tags().finish();
    expect(
      pieces.some((piece) => piece.buffer === batch.buffer && piece.length === batch.length),
    ).toBe(true);
  });

  test('an answer that ends early is an error, whatever is asked of it', () => {
    for (const read of [
      (r: WireReader) => r.int64(),
      (r: WireReader) => r.string(),
      (r: WireReader) => r.tags(),
      (r: WireReader) => r.array(() => r.int8()),
    ]) {
      expect(() => read(new WireReader(Buffer.from([9, 1])))).toThrow('ends early');
    }
  });
});

describe('answers of a broker', () => {
  test('a code nobody knows is an unknown outcome', () => {
    expect(answeredError(199, 'ending a transaction')).toMatchObject({
      code: 'UNKNOWN',
      definite: false,
    });
    expect(answeredError(7, 'appending')).toMatchObject({ code: 'UNKNOWN', definite: false });
    expect(answeredError(22, 'committing')).toMatchObject({ code: 'FENCED', definite: true });
  });

  test('an old broker is refused with the message that is missing', () => {
    expect(() =>
      checkBroker({ error: 0, versions: { 0: { minVersion: 0, maxVersion: 9 } }, features: {} }),
    ).toThrow('Kafka 4.0 or later is needed: this broker speaks Produce 0 to 9, Parley 12');
  });
});

test('packed changes hold every length and byte', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          key: fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
          owner: fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
          value: fc.option(fc.uint8Array({ minLength: 10, maxLength: 40 })),
        }),
      ),
      (changes) => {
        const packed = packChanges(changes);
        let at = 0;
        const number = (bytes: 1 | 2 | 4) => {
          const from = at;
          at += bytes;
          return packed.readUIntBE(from, bytes);
        };
        const bytes = (length: number) => packed.subarray(at, (at += length));
        const owners = Array.from({ length: number(2) }, () => bytes(number(2)).toString());
        const runs = Array.from({ length: number(4) }, () => {
          const count = number(2);
          return { count, key: bytes(number(4)).toString() };
        });
        const read: unknown[] = [];
        for (const { count, key } of runs) {
          for (let left = count; left > 0; left--) {
            const owner = owners[number(2) - 1];
            const listed = number(1) === 1;
            const score = bytes(number(1)).toString('latin1');
            const length = number(4);
            const value = length === 0 ? null : new Uint8Array(bytes(length));
            expect(listed).toBe(value !== null && stateListed(value));
            const due = value === null ? null : stateDue(value);
            expect(score).toBe(due === null ? '' : String(due));
            read.push({ key, owner, value });
          }
        }
        expect(at).toBe(packed.length);
        expect(read).toEqual(changes);
      },
    ),
  );
});
