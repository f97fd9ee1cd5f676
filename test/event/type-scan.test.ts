import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../src/event/configuration.ts';
import { createDecoder, Unreadable } from '../../src/event/decode.ts';
import { createTypeScan } from '../../src/event/type-scan.ts';

const scan = createTypeScan('type');
const decoder = createDecoder(defaultConfiguration().events);
const scanned = (text: string) => scan(Buffer.from(text));

describe('the type is found without parsing', () => {
  it.each([
    ['{"type":"view","id":1}', 'view'],
    ['{ "id" : 1 ,\n "type" : "view" }', 'view'],
    ['{"a":{"b":[1,{"c":"}"}]},"type":"view"}', 'view'],
    ['{"text":"say \\"type\\": \\"no\\"","type":"view"}', 'view'],
    ['{"device":{"type":"phone"},"type":"view"}', 'view'],
    ['{"data":{"id":"1","type":"view","attributes":{"a":1}},"meta":{}}', 'view'],
  ])('%s', (text, type) => {
    expect(scanned(text)).toBe(type);
  });
});

describe('in doubt it is left to the parser', () => {
  it.each([
    ['{"device":{"type":"phone"}}'],
    ['{"type":"a","type":"b"}'],
    ['{"type":"a","\\u0074ype":"b"}'],
    ['{"type":"a\\n"}'],
    ['{"type":5}'],
    ['{"type":"ñandú"}'],
    ['{"data":{"type":"view"}}'],
    ['{"kind":"type","x":1}'],
    ['[{"type":"view"}]'],
    ['{"type":"view'],
    [''],
  ])('%s', (text) => {
    expect(scanned(text)).toBeNull();
  });
});

/** Records whose keys and values are likely to deceive a scan. */
const tricky = fc.letrec((tie) => ({
  text: fc.constantFrom('type', 'data', 'attributes', '"type":"no"', '\\', '"', 'a\\"', 'view', '{', 'é'),
  value: fc.oneof({ depthSize: 'small' }, tie('text'), fc.integer(), tie('object'), fc.array(tie('value'), { maxLength: 3 })),
  object: fc.dictionary(fc.constantFrom('type', 'data', 'attributes', 'id', 'a"b', 'specversion', 'properties'), tie('value'), { maxKeys: 4 }),
})).object;

it('never says another type than the decoder finds', () => {
  let answered = 0;
  fc.assert(
    fc.property(tricky, fc.boolean(), (value, spaced) => {
      const text = JSON.stringify(value, null, spaced ? 1 : 0);
      const found = scanned(text);
      if (found === null) return;
      answered++;
      const record = { offset: 0, timestamp: 0, value: Buffer.from(text), headers: null };
      const event = decoder.decode(record, { topic: 't', partition: 0 });
      expect(event).not.toBeInstanceOf(Unreadable);
      expect(event).toMatchObject({ type: found });
    }),
    { numRuns: 20_000 },
  );
  expect(answered).toBeGreaterThan(300);
});
