import fc from 'fast-check';
import { expect, test } from 'vitest';
import { viewOf } from '../../src/event/bytes.ts';
import type { OutgoingRecord } from '../../src/ports/event-log.ts';
import { RecordBuffer } from '../../src/ports/record-buffer.ts';

const bytes = fc.uint8Array({ maxLength: 40 });
/** Now and then longer than a chunk. */
const value = fc.oneof({ weight: 9, arbitrary: bytes }, fc.nat({ max: 100_000 }).map((n) => new Uint8Array(n).fill(n)));
const anyRecord: fc.Arbitrary<OutgoingRecord> = fc.record({
  key: fc.option(bytes),
  value: fc.option(value),
  headers: fc.option(fc.dictionary(fc.string(), bytes)),
  timestamp: fc.double({ noNaN: true }),
});

/** Two records are the same where their bytes are, whether views or texts hold them. */
function plain({ key, value: content, headers, timestamp }: OutgoingRecord) {
  const hex = (part: OutgoingRecord['key']) => part && Buffer.from(viewOf(part)).toString('hex');
  const named = headers && Object.entries(headers).map(([name, part]) => [name, hex(part)]);
  return { key: hex(key), value: hex(content), headers: named, timestamp };
}

test('gives back what was added, in order, and says how many and how large', () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 60 }), (records) => {
      const buffer = RecordBuffer.of(records);
      expect([...buffer].map(plain)).toEqual(records.map(plain));
      expect([...buffer].map(plain)).toEqual(records.map(plain));
      expect(buffer.length).toBe(records.length);
      const sizes = records.map((one) => (one.key?.length ?? 0) + (one.value?.length ?? 0));
      expect(buffer.largest).toBe(Math.max(0, ...sizes));
    }),
  );
});

test('a text of one character a byte is the bytes it stands for', () => {
  const texts = [{ key: 'k\u00ff', value: '\u0000v', headers: null, timestamp: 1 }];
  expect([...RecordBuffer.of(texts)].map(plain)).toEqual(texts.map(plain));
});

test('records are copied from one buffer to others as they are', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyRecord, fc.nat({ max: 2 })), { maxLength: 60 }), (routed) => {
      const from = RecordBuffer.of(routed.map(([record]) => record));
      const to = [new RecordBuffer(), new RecordBuffer(), new RecordBuffer()];
      let next = 0;
      for (const { bytes: chunk, used } of from.chunks) {
        for (let at = 0; at < used; next++) at = to[routed[next]?.[1] ?? 0]!.copy(chunk, at);
      }
      expect(next).toBe(routed.length);
      to.forEach((buffer, i) => {
        const own = routed.filter(([, target]) => target === i).map(([record]) => plain(record));
        expect([...buffer].map(plain)).toEqual(own);
        expect(buffer.length).toBe(own.length);
      });
    }),
  );
});
