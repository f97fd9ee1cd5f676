import { expect, it } from 'vitest';
import { defaultConfiguration } from '../../src/event/configuration.ts';
import { OUTPUT_ROLES } from '../../src/event/topics.ts';
import { understand } from '../../src/intent/extract.ts';
import { OUTPUT_SCHEMAS } from '../../src/task/output-schemas.ts';
import { outputsPage } from '../../src/task/outputs-page.ts';
import { compiled, record, runOf, send, START } from './support.ts';

it('the contract page is fresh', async () => {
  await expect(outputsPage()).toMatchFileSnapshot('../../src/task/OUTPUTS.md');
});

it('every kind of record that is written fits its schema', () => {
  const definitions = compiled(
    `{id: accepted, key: conversation_id, within: 7d, steps: [price_offer, accept], holdout: 0.5,
      emit: {type: deal, data: {n: 1}, expires: 1h}}`,
    `{id: silent, key: conversation_id, steps: [price_offer, {not: accept, for: 1h}], emit: silence}`,
    `{id: shadowed, key: conversation_id, within: 1h, steps: [price_offer], shadow: true, emit: s}`,
    `{id: buyers, key: user_id, member: {on: price_offer, within: 1d}}`,
    `{id: also, key: user_id, member: {all: [{segment: buyers}]}}`,
  );
  const configuration = {
    ...defaultConfiguration(),
    sources: [{ topic: 'marketplace.events', order: 'event-time' as const, start: 'latest' as const }],
  };
  const run = runOf(definitions, { services: { understand }, configuration });
  for (let i = 0; i < 12; i++) {
    const say = (at: number, text: string, user_id: string) =>
      send(run, i * 60_000 + at, 'chat_message', {
        conversation_id: `c${i}`, user_id, recipient_id: 'other', listing_id: 'l1', text,
      });
    say(0, 'Would you take $80 for it?', `b${i}`);
    if (i % 3 > 0) say(2000, 'ok, deal', `s${i}`);
  }
  run.feed([{ ...record(0, 'x', {}), value: Buffer.from([0xff, 0xfe]) }], START + 900_000);
  run.feed([{ ...record(0, 'x', {}), value: Buffer.from('[]') }], START + 900_000);
  send(run, 5, 'chat_message', { conversation_id: 'c99', text: 'late' });
  for (let due = run.nextDue(); due !== null; due = run.nextDue()) run.advance(due);

  const seen = new Set<string>();
  for (const { role, value } of run.take()) {
    if (value === null) continue;
    const parsed = JSON.parse(Buffer.from(value).toString());
    const schema = OUTPUT_SCHEMAS[role as keyof typeof OUTPUT_SCHEMAS];
    expect(schema.parse(parsed), role).toEqual(parsed);
    seen.add(`${role} ${parsed.reason ?? parsed.kind ?? parsed.type ?? ''}`);
  }
  for (const role of OUTPUT_ROLES) expect([...seen].join('; ')).toContain(role);
  expect([...seen].join('; ')).toMatch(/late holdout.*|late shadow.*/);
});
