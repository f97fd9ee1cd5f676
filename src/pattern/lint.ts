import { formatDuration } from '../event/duration.ts';
import type { PatternDefinition, Step } from './definition.ts';
import { conditionsOf, constant, warning } from './lint-conditions.ts';
import { nothingAtTheEnd, nothingInside, nothingWanted } from './lint-nothing.ts';
import { childrenOf, walkSteps } from './rules.ts';
import type { Condition, SegmentDefinition } from './segment-definition.ts';
import type { Report } from './yaml-file.ts';

/**
 * What a pattern may mean, and hardly anyone can want: warnings. What the language refuses
 * is in `rules.ts`.
 */

export function lintPattern(pattern: PatternDefinition): readonly Report[] {
  const reports: Report[] = [];
  const conditions = conditionsOf(pattern);
  walkSteps(pattern.steps, (step) => {
    reports.push(...conditions(step), ...emptyAll(step), ...forbiddenOperands(step));
    reports.push(...shadowedBranches(step), ...rounds(step), ...nothingInside(step));
    if (step.kind === 'group' || step.kind === 'every') reports.push(...sequence(step.of));
  });
  reports.push(...sequence(pattern.steps), ...unbounded(pattern), ...absenceAtTheEnd(pattern));
  reports.push(...idleTimeout(pattern), ...nothingWanted(pattern), ...nothingAtTheEnd(pattern));
  return reports.filter(({ path }) => path[0] !== 'cancel');
}

/** Words of a loop that leave it nothing to do. */
function rounds(step: Step): Report[] {
  const { times, until, greedy } = step;
  if (greedy && times !== null && times.min === times.max) {
    const message =
      'A loop of one length is over by itself: "greedy" only forbids that another event which ' +
      'fits it comes before the next step.';
    const fix = `Leave it out, or write times: ${times.min}+.`;
    return [warning('greedy-dead-end', step.path, message, fix)];
  }
  if (until?.kind !== 'step' || until.step.kind !== 'on' || step.kind !== 'on') return [];
  if (!takesAll(until.step, step.types)) return [];
  const message = 'Every event that the loop could take ends it: it takes nothing.';
  const fix = 'Give the step after "until" another type or a condition.';
  return [warning('unreachable', `${step.path}.until`, message, fix)];
}

/** One step that takes one event is complete with it. */
function idleTimeout({ steps, timeout }: PatternDefinition): Report[] {
  const [only] = steps;
  if (timeout.length === 0 || steps.length > 1 || only?.kind !== 'on') return [];
  if (only.until !== null || (only.times !== null && only.times.max !== 1)) return [];
  const message = 'A pattern of one event is complete with it: nothing is left to run out of time.';
  return [warning('unreachable', 'timeout', message, 'Leave "timeout" out, or add a step.')];
}

function emptyAll(step: Step): Report[] {
  if (step.kind !== 'all' || !step.of.every((operand) => isBareNot(operand))) return [];
  return [
    warning('unreachable', step.path, 'Nothing but `not` in "all": it comes true at once, always.'),
  ];
}

function isBareNot(step: Step): boolean {
  return step.kind === 'not' && step.for === null;
}

/** A branch that asks for what an earlier one takes without a condition is never taken. */
function shadowedBranches(step: Step): Report[] {
  if (step.kind !== 'any') return [];
  const reports: Report[] = [];
  step.of.forEach((branch, i) => {
    if (branch.kind !== 'on') return;
    const earlier = step.of.slice(0, i).find((other) => takesAll(other, branch.types));
    if (!earlier) return;
    const message = `This branch is never taken: ${earlier.path} takes every such event first.`;
    reports.push(warning('unreachable', branch.path, message));
  });
  return reports;
}

/** Takes every event of the types, whatever it holds. */
function takesAll(step: Step, types: readonly string[]): boolean {
  if (step.kind !== 'on' || step.where || step.optional || step.times) return false;
  return types.every((type) => step.types.includes(type));
}

/** Neighbours in a sequence. */
function sequence(steps: readonly Step[]): Report[] {
  const reports: Report[] = [];
  steps.forEach((step, i) => {
    const before = steps[i - 1];
    const next = steps[i + 1];
    if (isBareNot(step)) reports.push(...negation(step, before, next));
    const taking = steps.slice(i + 1).find((later) => !isBareNot(later));
    if (step.greedy && taking) reports.push(...greedy(step, taking));
  });
  return reports;
}

function negation(step: Step, before: Step | undefined, next: Step | undefined): Report[] {
  const reports: Report[] = [];
  if (before?.times && before.times.max !== before.times.min && !endedAnyway(before, step)) {
    const message =
      'A `not` after a loop holds from the first event that could be its last: ' +
      'it also ends runs that would have looped on.';
    reports.push(warning('negation-after-loop', step.path, message));
  }
  if (next !== undefined && reaches(step, next) && forbidsAll(step, next)) {
    const message = 'This step is never reached: the `not` before it forbids every event it takes.';
    reports.push(warning('unreachable', next.path, message));
  }
  return reports;
}

/** Whether a `not` forbids every event that the step must take. */
function forbidsAll(not: Step, step: Step): boolean {
  if (not.kind !== 'not' || not.of.kind !== 'on' || step.kind !== 'on' || step.optional) return false;
  const { types, where } = not.of;
  return step.types.every((type) => types.includes(type))
    && (!where || where.source === step.where?.source);
}

/** Negations in `all` are asked first. */
function forbiddenOperands(step: Step): Report[] {
  if (step.kind !== 'all') return [];
  const nots = step.of.filter(isBareNot);
  return step.of.filter((operand) => nots.some((not) => forbidsAll(not, operand))).map((operand) => {
    const message = 'This operand never comes true: a `not` beside it forbids every event it takes.';
    return warning('unreachable', operand.path, message);
  });
}

/** A strict loop of other types ends at the forbidden event whether or not there is a `not`. */
function endedAnyway(loop: Step, not: Step): boolean {
  if (loop.kind !== 'on' || loop.inner !== 'strict' || not.kind !== 'not') return false;
  const { of } = not;
  return of.kind === 'on' && !of.types.some((type) => loop.types.includes(type));
}

/** A strict `not` looks at the very next event only, which a strict step behind it takes. */
function reaches(not: Step, next: Step): boolean {
  return not.contiguity === 'relaxed' || next.contiguity === 'strict';
}

/** A greedy loop without an end keeps every event that fits it; nothing is left for the next. */
function greedy(step: Step, next: Step): Report[] {
  if (step.kind !== 'on' || next.kind !== 'on') return [];
  if (step.times?.max !== null || step.until || step.distinct || step.gap !== null) return [];
  const types = next.types.every((type) => step.types.includes(type));
  const always = !step.where || step.where.source === next.where?.source;
  if (!types || !always) return [];
  const message = `The greedy loop ${step.path} keeps every event that this step could take.`;
  return [
    warning('greedy-dead-end', next.path, message, 'Give the loop a condition or an upper end.'),
  ];
}

/** Runs that nothing ends: they stay until a bound bites. */
function unbounded(pattern: PatternDefinition): Report[] {
  if (pattern.within !== null) return [];
  if (pattern.starts.mode === 'once') return unboundedRounds(pattern);
  const reports: Report[] = [];
  const waiting = pattern.steps.find((step, i) => i > 0 && !ownTime(step));
  if (waiting) {
    const message = 'A run that has begun waits for this step for ever, until a bound bites.';
    reports.push(warning('unbounded', waiting.path, message, 'Add "within" to the pattern.'));
  }
  const visit = (step: Step): void => {
    if (step.span !== null || step.within !== null) return;
    const open = step.times?.max === null && step.gap === null && !step.until;
    if (open && !waiting) {
      const message = 'A loop without an upper end and without a window grows until a bound bites.';
      reports.push(warning('unbounded', step.path, message, 'Add "within" or an upper end.'));
    }
    childrenOf(step).forEach(visit);
  };
  pattern.steps.forEach(visit);
  return reports;
}

/** Begun once there is one run, but each result of an `every` waits by itself for what follows. */
function unboundedRounds({ steps }: PatternDefinition): Report[] {
  const every = steps.findIndex((step) => step.kind === 'every' && step.atMost === null);
  const waiting = every < 0 ? undefined : steps.slice(every + 1).find((step) => !ownTime(step));
  if (!waiting) return [];
  const message = 'Each round of the "every" before it waits for this step for ever, until a bound bites.';
  return [warning('unbounded', waiting.path, message, 'Add "within" to this step.')];
}

/** Comes true or fails by time alone. */
function ownTime(step: Step): boolean {
  if (step.kind === 'wait' || step.within !== null || isBareNot(step)) return true;
  if (step.kind === 'not') return step.for !== null && step.else !== 'restart';
  return step.kind === 'group' && step.of.every(ownTime);
}

/** An absence that ends exactly with the window can never come out: windows are open at the end. */
function absenceAtTheEnd({ within, steps }: PatternDefinition): Report[] {
  if (within === null) return [];
  const reports: Report[] = [];
  walkSteps(steps, (step) => {
    if ((step.kind !== 'not' && step.kind !== 'wait') || step.for !== within) return;
    const message =
      `It ends after ${formatDuration(within)}, when the window of the pattern is ` +
      `already over.`;
    reports.push(
      warning('unreachable', step.path, message, 'Make "within" longer, or leave it out.'),
    );
  });
  return reports;
}

export function lintSegment(segment: SegmentDefinition): readonly Report[] {
  const reports: Report[] = [];
  const visit = (condition: Condition): void => {
    if (condition.kind === 'all' || condition.kind === 'any') condition.of.forEach(visit);
    else if (condition.kind === 'not') visit(condition.of);
    else if (condition.kind === 'latest')
      reports.push(...constant(condition.holds, condition.path));
    if ('of' in condition && 'types' in condition.of && condition.of.where) {
      reports.push(...constant(condition.of.where, `${condition.path}.where`));
    }
  };
  visit(segment.member);
  if (holdsForNothing(segment.member)) {
    const message =
      'The condition holds for those who did nothing; members are only known once they did ' +
      'something.';
    reports.push(
      warning('unbounded', segment.member.path, message, 'Add a condition on what they did.'),
    );
  }
  return reports;
}

/** Value of a condition where nothing has ever happened. */
function holdsForNothing(condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every(holdsForNothing);
    case 'any':
      return condition.of.some(holdsForNothing);
    case 'not':
      return !holdsForNothing(condition.of);
    default:
      return false;
  }
}
