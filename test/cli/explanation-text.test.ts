import { describe, expect, it } from 'vitest';
import { explanationLines } from '../../src/cli/explanation-text.ts';
import type { Explanation } from '../../src/task/explain.ts';
import { explain } from '../../src/task/explain.ts';
import { compiled, runOf, send } from '../task/support.ts';

const definitions = compiled(
  `{id: raise, key: conversation_id, within: 1h, skip: none,
    steps: [{as: opening, on: offer}, {not: withdrawn}, {as: raise, on: offer, where: event.amount > opening.amount}],
    emit: raised, timeout: stalled}`,
);

describe('what `parley explain` prints', () => {
  it('is for each partial match what it took, waits for, until when, and what did not fit', () => {
    const run = runOf(definitions);
    const c1 = { conversation_id: 'c1' };
    send(run, 0, 'offer', { ...c1, id: 'o1', amount: 80 });
    send(run, 1000, 'withdrawn', { ...c1, id: 'w1' });
    send(run, 2000, 'offer', { ...c1, id: 'o2', amount: 90 });
    send(run, 3000, 'offer', { ...c1, id: 'o3', amount: 70 });
    const told = explain(definitions, 'raise', 'c1', run.memory(1)) as Explanation;
    const text = explanationLines(told).join('\n').replaceAll(/[0-9a-f]{12}/g, 'DIGEST');
    expect(text).toContain('raise, key c1: 2 partial matches are open.');
    expect(text).toContain([
      'version 1 (DIGEST)',
      '  took       2026-01-05T00:00:02.000Z  opening: offer o2',
      '  waits for  raise',
      '  until      2026-01-05T01:00:02.000Z',
    ].join('\n'));
    expect(text).toContain('  2026-01-05T00:00:01.000Z  ended by a forbidden event, step steps[1], event w1');
  });

  it('shows the clause with its values', () => {
    const told: Explanation = {
      pattern: 'p', key: 'k', endings: [], runs: [{
        version: 2, digest: 'abc', evidence: [], waitsFor: ['b', 'c'], deadline: null,
        misfit: { id: 'e1', type: 'x', time: '2026-01-05T00:00:00.000Z', reasons: ['b: event.v > 3 is false\nevent.v = 2'] },
      }],
    };
    expect(explanationLines(told)).toEqual([
      'p, key k: 1 partial match is open.', '', 'version 2 (abc)', '  waits for  b or c', '  until      no deadline',
      '  no fit     2026-01-05T00:00:00.000Z  x e1', '             b: event.v > 3 is false', '             event.v = 2',
      '', 'No run has ended lately.',
    ]);
  });
});
