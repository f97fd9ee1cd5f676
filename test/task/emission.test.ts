import { describe, expect, it } from 'vitest';
import { emptyGate, passGate, quietEnd, releaseHeld } from '../../src/task/gate.ts';
import type { Candidate } from '../../src/task/gate.ts';
import { minuteOfDay } from '../../src/task/local-time.ts';
import { compiled, compiledSet, counted, parsed, runOf, send, START } from './support.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const offer = (emit: string, more = '') =>
  `{id: offers, key: conversation_id, within: 1h, ${more} steps: [{as: o, on: offer}],
    emit: {type: push, ${emit}}}`;
const atMost = (policy: string) => offer(`data: {n: "\${o.n}"}, atMost: ${policy}`);
const numbers = (records: { [name: string]: any }[]) => records.map(({ data }) => data.n);

describe('at most so many per time', () => {
  it('counts for each key of the run', () => {
    const run = runOf(compiled(atMost('{times: 2, per: 1h}')));
    const at = [0, 10, 20, 60, 65, 69];
    at.forEach((minute, n) => send(run, minute * MINUTE, 'offer', { conversation_id: 'c1', n }));
    send(run, 69 * MINUTE, 'offer', { conversation_id: 'c2', n: 'other' });
    // 60: the first is an hour old. 65, 69: 10 and 60 still count.
    expect(numbers(parsed(run))).toEqual([0, 1, 3, 'other']);
    expect(counted(run, 'parley_matches_withheld_total', { reason: 'at_most' })).toBe(3);
  });

  it('counts by another key over all runs, on level 2', () => {
    const run = runOf(compiled(atMost(`{times: 1, per: 24h, by: "\${o.recipient_id}"}`)));
    send(run, 0, 'offer', { conversation_id: 'c1', recipient_id: 'u1', n: 1 });
    send(run, 1, 'offer', { conversation_id: 'c2', recipient_id: 'u1', n: 2 });
    send(run, 2, 'offer', { conversation_id: 'c2', recipient_id: 'u2', n: 3 });
    send(run, 24 * HOUR, 'offer', { conversation_id: 'c3', recipient_id: 'u1', n: 4 });
    expect(numbers(parsed(run))).toEqual([1, 3, 4]);
  });

  it('a new version of the pattern does not begin to count again', () => {
    const text = atMost('{times: 1, per: 1h}');
    const run = runOf(compiledSet([{ source: text }]).definitions);
    send(run, 0, 'offer', { conversation_id: 'c1', n: 1 });
    run.swap(compiledSet([{ source: text.replace('id: offers', 'id: offers, version: 2') }]).definitions);
    send(run, 1, 'offer', { conversation_id: 'c1', n: 2 });
    expect(numbers(parsed(run))).toEqual([1]);
  });

  it('what it remembers ends', () => {
    const run = runOf(compiled(atMost(`{times: 1, per: 2h, by: "\${o.recipient_id}"}`)));
    send(run, 0, 'offer', { conversation_id: 'c1', recipient_id: 'u1', n: 1 });
    expect([...run.memory(2).keys()]).toEqual(['by:offers/push=u1']);
    for (let due = run.nextDue(); due !== null; due = run.nextDue()) run.advance(due);
    expect([...run.memory(2).slots('by:offers/push=u1')]).toEqual([]);
  });
});

describe('quiet hours', () => {
  const quiet = (then: string) =>
    offer(`data: {n: "\${o.n}"}, quietHours: {from: "22:00", to: "08:00", zone: "\${o.zone}", then: ${then}}`);

  it('hold until they end on the wall clock of the receiver', () => {
    const run = runOf(compiled(quiet('hold')));
    // 00:00 UTC is 01:00 in Madrid and 19:00 in Detroit.
    send(run, 0, 'offer', { conversation_id: 'c1', zone: 'Europe/Madrid', n: 1 });
    send(run, 0, 'offer', { conversation_id: 'c2', zone: 'America/Detroit', n: 2 });
    expect(numbers(parsed(run))).toEqual([2]);
    run.advance(START + 7 * HOUR - 1);
    expect(parsed(run)).toEqual([]);
    run.advance(START + 7 * HOUR);
    expect(parsed(run)).toMatchObject([{ data: { n: 1 }, time: '2026-01-05T00:00:00.000Z' }]);
  });

  it('or drop', () => {
    const run = runOf(compiled(quiet('drop')));
    send(run, 0, 'offer', { conversation_id: 'c1', zone: 'Europe/Madrid', n: 1 });
    run.advance(START + 24 * HOUR);
    expect(parsed(run)).toEqual([]);
    expect(counted(run, 'parley_matches_withheld_total', { reason: 'quiet_hours' })).toBe(1);
  });

  it('what is of no use any more when they end is not sent', () => {
    const text = quiet('hold').replace('type: push', 'type: push, expires: 6h');
    const run = runOf(compiled(text));
    send(run, 0, 'offer', { conversation_id: 'c1', zone: 'Europe/Madrid', n: 1 });
    run.advance(START + 24 * HOUR);
    expect(parsed(run)).toEqual([]);
    expect(counted(run, 'parley_matches_withheld_total', { reason: 'expired' })).toBe(1);
  });

  it.each([
    ['2026-01-05T00:30:00Z', 'Europe/Madrid', '2026-01-05T07:00:00Z'],
    ['2026-01-05T06:59:59.999Z', 'Europe/Madrid', '2026-01-05T07:00:00Z'],
    ['2026-01-05T07:00:00Z', 'Europe/Madrid', '2026-01-05T07:00:00Z'],
    ['2026-01-05T12:00:00Z', 'Europe/Madrid', '2026-01-05T12:00:00Z'],
    ['2026-01-05T21:00:00Z', 'Europe/Madrid', '2026-01-06T07:00:00Z'],
    // The clocks go forward in the night before 29 March, and back in the one before 25 October.
    ['2026-03-28T22:00:00Z', 'Europe/Madrid', '2026-03-29T06:00:00Z'],
    ['2026-10-24T21:00:00Z', 'Europe/Madrid', '2026-10-25T07:00:00Z'],
    ['2026-01-04T20:30:00Z', 'Asia/Kolkata', '2026-01-05T02:30:00Z'],
  ])('from 22:00 to 08:00 at %s in %s end at %s', (at, zone, end) => {
    const window = { from: 22 * 60, to: 8 * 60, zone, mode: 'hold' as const };
    expect(new Date(quietEnd(window, Date.parse(at))).toISOString()).toBe(new Date(end).toISOString());
  });

  it('the wall clock of an unknown zone is UTC', () => {
    expect(minuteOfDay(START + 61 * MINUTE, 'Mars/Olympus')).toBe(61);
  });

  it('hold a bounded number, in order of release', () => {
    const gate = emptyGate();
    const window = { from: 0, to: 60, zone: 'UTC', mode: 'hold' as const };
    const candidate = (i: number): Candidate => ({
      pattern: 'p', type: 't', at: START + i, subject: 's', text: `${i}`, expires: null, atMost: null,
      quiet: window,
    });
    const verdicts = Array.from({ length: 70 }, (_, i) => passGate(gate, candidate(i)));
    expect(verdicts.filter((verdict) => verdict === 'hold')).toHaveLength(64);
    expect(verdicts.at(-1)).toBe('gate_full');
    expect(releaseHeld(gate, START + HOUR).map(({ text }) => Number(text))).toEqual(
      Array.from({ length: 64 }, (_, i) => i),
    );
    expect(gate.due).toBeNull();
  });
});

describe('what is withheld', () => {
  it('the holdout is a share of the keys, the same ones always, marked and kept off the topic', () => {
    const run = runOf(compiled(offer('data: {n: "${o.n}"}', 'holdout: 0.25,')));
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 400; i++) {
        send(run, round * 1000 + i, 'offer', { conversation_id: `c${i}`, n: i });
      }
    }
    const outputs = run.take().map(({ role, value }) => [role, JSON.parse(String(value))] as const);
    const held = outputs.filter(([role]) => role === 'late').map(([, record]) => record);
    const sent = outputs.filter(([role]) => role === 'derived').map(([, record]) => record);
    expect(held.every(({ reason, record }) => reason === 'holdout' && record.holdout)).toBe(true);
    const keys = (numbers: number[]) => new Set(numbers);
    const heldKeys = keys(held.map(({ record }) => record.data.n));
    expect(held).toHaveLength(2 * heldKeys.size);
    expect(heldKeys.size + keys(sent.map(({ data }) => data.n)).size).toBe(400);
    expect(heldKeys.size).toBeGreaterThan(70);
    expect(heldKeys.size).toBeLessThan(130);
  });

  it('a shadow pattern matches beside the live one and nothing builds on it', () => {
    const listener = `{id: l, key: conversation_id, within: 1h, steps: [push], emit: heard}`;
    const run = runOf(compiled(offer('data: {n: 1}', 'shadow: true,'), listener));
    send(run, 0, 'offer', { conversation_id: 'c1' });
    expect(run.take().map(({ role, value }) => [role, JSON.parse(String(value)).reason])).toEqual([
      ['late', 'shadow'],
    ]);
  });
});

describe('what a record carries', () => {
  it('recipient and locale from the file, else from the last event that has them', () => {
    const run = runOf(
      compiled(
        `{id: a, key: conversation_id, within: 1h, steps: [offer, accept], emit: [plain,
          {type: stated, recipient: "\${'r-' + 'x'}", locale: tr, expires: 30m}]}`,
      ),
    );
    send(run, 0, 'offer', { conversation_id: 'c1', recipient_id: 'u1', language: 'es' });
    send(run, 1, 'accept', { conversation_id: 'c1', recipient_id: 'u2' });
    expect(parsed(run)).toMatchObject([
      { type: 'plain', recipient: 'u2', locale: 'es' },
      { type: 'stated', recipient: 'r-x', locale: 'tr', expirytime: '2026-01-05T00:30:00.001Z' },
    ]);
  });
});
