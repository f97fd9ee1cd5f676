import { describe, expect, it } from 'vitest';
import type { Understand } from '../../src/intent/contract.ts';
import { EMPTY_DIALOGUE } from '../../src/intent/contract.ts';
import { understand } from '../../src/intent/extract.ts';
import { compiled, counted, parsed, runOf, send } from './support.ts';

const ACCEPTED = `{id: accepted, key: conversation_id, within: 7d, steps: [price_offer, accept], emit: deal}`;
const ASKED = `{id: bidder, key: user_id, within: 1h, steps: [price_offer, price_offer], emit: bidder}`;

function say(run: ReturnType<typeof runOf>, at: number, c: string, from: string, text: string) {
  send(run, at, 'chat_message', {
    id: `m${at}`, conversation_id: c, user_id: from, recipient_id: `not-${from}`, listing_id: 'l1',
    text, language: 'en', price: 100, currency: 'USD',
  });
}

describe('what is said in chat', () => {
  it('becomes intents on their topic, which meet the patterns of the conversation in the same step', () => {
    const run = runOf(compiled(ACCEPTED), { services: { understand } });
    say(run, 0, 'c1', 'u1', 'Would you take $80 for it?');
    say(run, 1000, 'c1', 'u2', 'ok, deal');
    const outputs = run.take().map(({ role, value }) => [role, JSON.parse(String(value))] as const);
    expect(outputs.map(([role, { type }]) => `${role} ${type}`)).toEqual([
      'intents price_offer', 'intents accept', 'derived deal',
    ]);
    expect(outputs[0]?.[1]).toMatchObject({
      id: 'm0#0', subject: 'c1', speaker: 'u1', recipient: 'not-u1', data: { amount: 80, currency: 'USD' },
    });
    expect(outputs[2]?.[1].evidence.map(({ id }: { id: string }) => id)).toEqual(['m0#0', 'm1000#0']);
  });

  it('goes on to patterns of another key, which see it once', () => {
    const run = runOf(compiled(ASKED), { services: { understand } });
    say(run, 0, 'c1', 'u1', 'Would you take $80 for it?');
    say(run, 1000, 'c2', 'u1', 'Would you take $70 for it?');
    expect(parsed(run).map(({ type, subject }) => [type, subject])).toEqual([['bidder', 'u1']]);
  });

  it('that was said twice counts once', () => {
    const run = runOf(compiled(ACCEPTED), { services: { understand } });
    say(run, 0, 'c1', 'u1', 'Would you take $80 for it?');
    say(run, 0, 'c1', 'u1', 'Would you take $80 for it?');
    expect(parsed(run, 'intents')).toHaveLength(1);
    expect(counted(run, 'parley_events_duplicate_total')).toBe(1);
  });

  it('a conversation that was silent for two weeks begins anew', () => {
    const states: boolean[] = [];
    const spy: Understand = (state, message) => {
      states.push(state === EMPTY_DIALOGUE);
      return { state: { ...state, language: 'en', turns: [{ id: message.id, speaker: 'a', types: [], words: [] }] }, intents: [] };
    };
    const run = runOf(compiled(ACCEPTED), { services: { understand: spy } });
    say(run, 0, 'c1', 'u1', 'hello');
    say(run, 13 * 86_400_000, 'c1', 'u1', 'hello');
    say(run, 28 * 86_400_000, 'c1', 'u1', 'hello');
    expect(states).toEqual([true, false, true]);
  });

  it('what a message says itself, by a button or a card, is taken as it is', () => {
    const run = runOf(compiled(ACCEPTED), { services: { understand } });
    send(run, 0, 'chat_message', {
      conversation_id: 'c1', user_id: 'u1', id: 'm1',
      intent: { type: 'meeting_proposal', properties: { geo: { lat: '42.33', lon: '-83.05' }, location_name: 'Plaza' } },
    });
    expect(parsed(run, 'intents')).toMatchObject([
      { type: 'meeting_proposal', confidence: 1, data: { location_name: 'Plaza' } },
    ]);
  });
});
