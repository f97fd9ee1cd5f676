import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { understand } from '../../src/intent/extract.ts';
import { OUTPUT_SCHEMAS } from '../../src/task/output-schemas.ts';
import { compiled, runOf, START } from './support.ts';

/** Whatever stands in a record, a task goes on, and what it writes fits the contract. */

const shipped = readdirSync('patterns')
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(`patterns/${name}`, 'utf8'));
// Places are not loaded here: files that ask for them stay out.
const definitions = compiled(...shipped.filter((text) => !/region:|inside\(/.test(text)));
const types = [...definitions.routes.keys(), 'chat_message', 'chat_message'];

const odd = fc.oneof(
  fc.constantFrom(null, true, '', ' ', 'NaN', '1e999', '41.39', -0, 1e308, '\u0000', '\ud800', 'c1', 'u1'),
  fc.string({ maxLength: 20 }),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
);
const fields = fc.constantFrom(
  'id', 'time', 'conversation_id', 'user_id', 'recipient_id', 'listing_id', 'text', 'language', 'lat',
  'lon', 'amount', 'price', 'currency', 'category', 'intent', 'geo', 'data', 'properties', 'zone',
  'country', 'role', 'date', '__proto__', 'constructor', 'specversion',
);
const usual = fc.record({
  conversation_id: fc.constantFrom('c1', 'c2'),
  user_id: fc.constantFrom('u1', 'u2'),
  listing_id: fc.constantFrom('l1', 'l2'),
  text: fc.constantFrom('would you take 80?', 'ok deal', 'meet tomorrow at 5?', 'yes', 'no'),
});
const body = fc
  .tuple(fc.constantFrom(...types), usual, fc.array(fc.tuple(fields, odd), { maxLength: 5 }))
  .map(([type, common, more]) => JSON.stringify({ ...common, ...Object.fromEntries(more), type }));
const garbage = fc.oneof(
  fc.string(),
  body.map((text) => text.slice(0, -2)),
  fc.jsonValue().map((value) => JSON.stringify(value)),
);

it('nothing that a record can hold stops a task', () => {
  let written = 0;
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 6, arbitrary: body }, { weight: 1, arbitrary: garbage }), { maxLength: 30 }),
      (bodies) => {
        const run = runOf(definitions, { services: { understand } });
        bodies.forEach((text, i) => {
          const at = START + i * 60_000;
          run.feed([{ timestamp: at, key: null, value: Buffer.from(text), headers: null }], at);
        });
        for (let due = run.nextDue(), n = 0; due !== null && n < 500; due = run.nextDue(), n++) {
          run.advance(due);
        }
        for (const { role, value } of run.take()) {
          if (value === null) continue;
          const schema = OUTPUT_SCHEMAS[role as keyof typeof OUTPUT_SCHEMAS];
          const text = Buffer.from(value).toString();
          expect(schema.safeParse(JSON.parse(text)).error, `${role} ${text}`).toBeUndefined();
          written++;
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(written).toBeGreaterThan(100);
});
