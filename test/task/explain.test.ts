import { describe, expect, it } from 'vitest';
import { explain } from '../../src/task/explain.ts';
import { compiled, parsed, runOf, send } from './support.ts';

const HOUR = 3_600_000;
const definitions = compiled(
  `{id: raise, key: conversation_id, within: 1h,
    steps: [{as: opening, on: offer}, {as: raise, on: offer, where: event.amount > opening.amount}],
    emit: raised, timeout: stalled}`,
);
const c1 = { conversation_id: 'c1' };

describe('why it did not fire', () => {
  it('names what each run took, what it waits for, and its deadline', () => {
    const run = runOf(definitions);
    send(run, 0, 'offer', { ...c1, id: 'o1', amount: 80 });
    send(run, 1000, 'offer', { ...c1, id: 'o2', amount: 70 });
    const told = explain(definitions, 'raise', 'c1', run.memory(1));
    const first = told?.runs.find(({ evidence }) => evidence[0]?.id === 'o1');
    expect(first).toMatchObject({
      version: 1,
      evidence: [{ step: 'opening', id: 'o1', time: '2026-01-05T00:00:00.000Z' }],
      waitsFor: ['raise'],
      deadline: '2026-01-05T01:00:00.000Z',
    });
  });

  it('shows the clause with its values, from stored state alone', () => {
    const strict = compiled(
      `{id: raise, key: conversation_id, within: 1h, starts: any, skip: none,
        steps: [{as: opening, on: first}, {as: raise, on: offer, where: event.amount > opening.amount}],
        emit: raised}`,
    );
    const run = runOf(strict);
    send(run, 0, 'first', { ...c1, id: 'o1', amount: 80 });
    send(run, 1000, 'offer', { ...c1, id: 'o2', amount: 70, text: 'not kept' });
    for (const slot of run.memory(1).slots('conversation_id=c1').values()) slot.state = undefined;
    const told = explain(strict, 'raise', 'c1', run.memory(1));
    expect(told?.runs).toHaveLength(1);
    const [only] = told?.runs ?? [];
    expect(only?.misfit).toMatchObject({ id: 'o2', type: 'offer', time: '2026-01-05T00:00:01.000Z' });
    expect(only?.misfit?.reasons.join()).toMatch(/raise: .*event\.amount.*70.*80/);
    expect(JSON.stringify(told)).not.toContain('not kept');
  });

  it('says how the last few runs ended', () => {
    const run = runOf(definitions);
    send(run, 0, 'offer', { ...c1, id: 'o1', amount: 80 });
    send(run, 1, 'offer', { ...c1, id: 'o2', amount: 90 });
    send(run, 2, 'offer', { ...c1, id: 'o3', amount: 10 });
    run.advance(Date.parse('2026-01-05T01:30:00Z'));
    const told = explain(definitions, 'raise', 'c1', run.memory(1));
    expect(told?.runs).toEqual([]);
    expect(told?.endings.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['matched', 'timeout']));
    expect(told?.endings.at(-1)?.at).toBe(new Date(Date.parse('2026-01-05T00:00:00.002Z') + HOUR).toISOString());
  });

  it('of a match that `else: error` drops', () => {
    const skipping = compiled(
      `{id: deal, key: conversation_id, within: 1h, skip: {to-first: counter, else: error},
        steps: [{as: opening, on: offer}, {as: counter, on: counter, optional: true}, {as: deal, on: accept}],
        emit: dealt}`,
    );
    const run = runOf(skipping);
    send(run, 0, 'offer', { ...c1, id: 'o1' });
    send(run, 1000, 'accept', { ...c1, id: 'a1' });
    expect(parsed(run)).toEqual([]);
    expect(explain(skipping, 'deal', 'c1', run.memory(1))?.endings).toEqual([
      { reason: 'unskippable', step: 'deal', at: '2026-01-05T00:00:01.000Z', event: 'a1' },
    ]);
  });

  it('of a late event too', () => {
    const run = runOf(definitions);
    send(run, 5000, 'offer', { ...c1, id: 'o1', amount: 80 });
    send(run, 0, 'offer', { ...c1, id: 'o2', amount: 70 });
    expect(explain(definitions, 'raise', 'c1', run.memory(1))?.endings).toContainEqual({
      reason: 'late', step: null, at: '2026-01-05T00:00:00.000Z', event: 'o2',
    });
  });

  it('of a duplicate too, the last of several', () => {
    const run = runOf(definitions);
    for (const at of [0, 1, 2]) send(run, at, 'offer', { ...c1, id: 'o1', amount: 80 });
    const told = explain(definitions, 'raise', 'c1', run.memory(1));
    expect(told?.runs).toHaveLength(1);
    expect(told?.endings).toEqual([
      { reason: 'duplicate', step: null, at: '2026-01-05T00:00:00.002Z', event: 'o1' },
    ]);
  });

  it('knows nothing of a pattern that is not there, and of a key never seen', () => {
    const run = runOf(definitions);
    expect(explain(definitions, 'nothing', 'c1', run.memory(1))).toBeNull();
    expect(explain(definitions, 'raise', 'c9', run.memory(1))).toEqual({
      pattern: 'raise', key: 'c9', runs: [], endings: [],
    });
  });
});
