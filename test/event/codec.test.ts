import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeForwarded,
  encodeCandidate,
  encodeFields,
  encodeForwarded,
  isListable,
} from '../../src/event/codec.ts';
import type { Event, Json } from '../../src/event/event.ts';

const name = fc.oneof(
  fc.constantFrom('user_id', 'lat', 'text', 'odd name', 'ğ', 'toString', 'constructor', '"', ''),
  fc.string({ unit: 'binary', maxLength: 5 }),
).filter(isListable);

const data = fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>, {
  maxKeys: 60,
  noNullPrototype: true,
});

const event: fc.Arbitrary<Event> = fc.record({
  id: fc.string({ unit: 'binary' }),
  type: fc.string({ unit: 'grapheme' }),
  time: fc.integer(),
  family: fc.constantFrom('tracking', 'chat', 'domain', 'intent', 'derived'),
  data,
});
const order = fc.constantFrom('arrival' as const, 'event-time' as const);

/** What JSON keeps. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const asBytes = (text: string) => Buffer.from(text, 'latin1');

describe('forwarded records', () => {
  test('an event is read back whole', () => {
    fc.assert(
      fc.property(event, order, (one, as) => {
        const read = decodeForwarded(asBytes(encodeForwarded(one, as)));
        expect(read).toEqual({ event: plain(one), order: as });
      }),
    );
  });

  test('an event is read back with the fields it was to travel with, in their order', () => {
    fc.assert(
      fc.property(event, order, fc.uniqueArray(name, { maxLength: 4 }), (one, as, others) => {
        const own = Object.keys(one.data).filter((_, i) => i % 3 !== 0);
        const fields = [...new Set([...own, ...others])].toSorted();
        const kept = fields.filter((field) => Object.hasOwn(one.data, field));
        const expected = Object.fromEntries(kept.map((field) => [field, one.data[field] as Json]));
        const read = decodeForwarded(asBytes(encodeFields(one, fields, as)));
        expect(read).toEqual({ event: { ...plain(one), data: plain(expected) }, order: as });
      }),
    );
  });

  test('what the version before wrote is read', () => {
    const text = '[1,"e1","price_offer",1700000000000,2,1,{"amount":12.5,"user_id":"ü"}]';
    expect(decodeForwarded(Buffer.from(text))).toEqual({
      event: {
        id: 'e1',
        type: 'price_offer',
        time: 1_700_000_000_000,
        family: 'domain',
        data: { amount: 12.5, user_id: 'ü' },
      },
      order: 'event-time',
    });
  });

  test('the form of an event with some of its fields stays', () => {
    const one: Event = {
      id: 'e1', type: 't', time: 5, family: 'chat', data: { a: 1, b: 'ü', c: [2], d: null },
    };
    const text = encodeFields(one, ['a', 'b', 'd', 'e'], 'arrival');
    expect(asBytes(text).toString()).toBe('[3,"e1","t",5,1,0,"a,b,d",1,"ü",null]');
  });

  test('the form of an event of plain ASCII stays', () => {
    const data = { a: 1, b: 'u', d: null, e: true, f: 0.5 };
    const one: Event = { id: 'e1', type: 't', time: 200, family: 'chat', data };
    const text = encodeFields(one, ['a', 'b', 'c', 'd', 'e', 'f'], 'event-time');
    const half = '\x00\x00\x00\x00\x00\x03\x7f\x00\x00\x00';
    expect(text).toBe(
      '\x04\x03\x00\x00\x00\x00\x00\x00\x01\x48\x00\x02\x00\x0be1a,b,d,e,f\nt' +
        `i\x00\x00\x00\x00\x01s\x00\x01untd${half}`,
    );
  });

  test('an event of plain values and ASCII is read back from either form', () => {
    const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
    const cell = fc.oneof(ascii, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(), fc.boolean(), fc.constant(null));
    const one = fc.record({
      id: ascii,
      type: ascii,
      time: fc.maxSafeNat(),
      family: fc.constantFrom('tracking' as const, 'chat' as const, 'domain' as const),
      data: fc.dictionary(ascii.filter(isListable), cell, { maxKeys: 8, noNullPrototype: true }),
    });
    fc.assert(
      fc.property(one, order, (made, as) => {
        const text = encodeFields(made, Object.keys(made.data), as);
        expect(text.startsWith('[')).toBe(false);
        expect(decodeForwarded(text)).toEqual({ event: plain(made), order: as });
        expect(decodeForwarded(asBytes(text))).toEqual({ event: plain(made), order: as });
      }),
    );
  });

  test('a candidate is read back; what is of no form throws', () => {
    expect(decodeForwarded(asBytes(encodeCandidate({ a: 'ş' })))).toEqual({ candidate: { a: 'ş' } });
    expect(() => decodeForwarded(Buffer.from('[9]'))).toThrow(/unknown form 9/);
  });
});
