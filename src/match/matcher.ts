import type { PatternDefinition } from '../pattern/definition.ts';
import type { Matcher } from './contract.ts';
import { LinearMatcher } from './linear-matcher.ts';
import { linearPlanOf } from './linear-plan.ts';
import { planOf } from './plan.ts';
import { ProcessMatcher } from './process-matcher.ts';

/**
 * The matcher of a checked pattern. One per pattern and version; the state of each key is a value
 * that it makes (`empty`, `decode`) and changes.
 */
export function compileMatcher(definition: PatternDefinition): Matcher {
  const plan = planOf(definition);
  const linear = linearPlanOf(plan);
  return (linear === null ? new ProcessMatcher(plan) : new LinearMatcher(linear)) as Matcher;
}
