import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearMatcher } from '../../src/match/linear-matcher.ts';
import { linearPlanOf } from '../../src/match/linear-plan.ts';
import { planOf } from '../../src/match/plan.ts';
import { ProcessMatcher } from '../../src/match/process-matcher.ts';
import type { Matcher } from '../../src/match/contract.ts';
import { linearFile, stream } from './arbitrary.ts';
import { runs } from '../properties.ts';
import { definitionOf } from './definition-of.ts';
import { play } from './play.ts';

describe('the fast matcher', () => {
  it('gives what the processes give, with and without restarts', () => {
    let fast = 0;
    let outputs = 0;
    fc.assert(fc.property(linearFile(), fc.array(stream(), { minLength: 1, maxLength: 3 }), (file, streams) => {
      const definition = definitionOf(file);
      if (definition === null) return;
      const plan = planOf(definition);
      const linear = linearPlanOf(plan);
      if (linear === null) return;
      fast++;
      const twins: [Matcher, Matcher] = [new LinearMatcher(linear) as Matcher, new ProcessMatcher(plan) as Matcher];
      for (const events of streams) {
        const expected = play(twins[1], events);
        outputs += expected.length;
        expect(play(twins[0], events)).toEqual(expected);
        expect(play(twins[0], events, { restart: true })).toEqual(expected);
        expect(play(twins[1], events, { restart: true })).toEqual(expected);
      }
    }), { numRuns: runs(1_500) });
    expect(fast).toBeGreaterThan(500);
    expect(outputs).toBeGreaterThan(1_000);
  });
});
