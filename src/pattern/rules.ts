import { formatDuration } from '../event/duration.ts';
import type { CheckContext } from './check-context.ts';
import type { PatternDefinition, Step } from './definition.ts';
import { parsePath } from './problems.ts';

/** What the language refuses about a pattern as a whole: beginnings, negations, windows. */

type Rule = (check: Check) => void;

interface Check {
  readonly context: CheckContext;
  readonly pattern: PatternDefinition;
}

export function checkRules(context: CheckContext, pattern: PatternDefinition): void {
  for (const rule of RULES) rule({ context, pattern });
}

/** Steps inside a step, in order. */
export function childrenOf(step: Step): readonly Step[] {
  const until = step.until?.kind === 'step' ? [step.until.step] : [];
  if (step.kind === 'not') return [step.of, ...until];
  return 'of' in step ? [...step.of, ...until] : until;
}

export function walkSteps(steps: readonly Step[], visit: (step: Step) => void): void {
  for (const step of steps) {
    visit(step);
    walkSteps(childrenOf(step), visit);
  }
}

/** A bare `not`: forbids, and is not something that comes true by itself. */
function isBareNot(step: Step): boolean {
  return step.kind === 'not' && step.for === null;
}

/** May come true at its very start, without an event and before any time has passed. */
export function mayTakeNothing(step: Step): boolean {
  if (step.optional) return true;
  if (step.until?.kind === 'step') return false;
  switch (step.kind) {
    case 'on':
    case 'wait':
      return false;
    case 'not':
      return step.for === null;
    case 'any':
      return step.of.some(mayTakeNothing);
    default:
      return step.of.every(mayTakeNothing);
  }
}

const RULES: readonly Rule[] = [
  beginnings,
  startsOnce,
  negationsInOrder,
  lastNegation,
  windows,
  somethingTaken,
  timeouts,
  cycles,
];

/** The first step of sequences; with `starts: any` it must be one that takes an event. */
function beginnings({ context, pattern }: Check): void {
  const [first] = pattern.steps;
  if (pattern.starts.mode === 'any' && first) needsEvent(context, first);
}

function needsEvent(context: CheckContext, step: Step): void {
  const refuse = (what: string): void => {
    const fix = 'Add "starts: once", or begin with an event.';
    const message = `A run begins at an event, and this step begins with ${what}.`;
    context.report({ code: 'start', path: parsePath(step.path), message, fix });
  };
  switch (step.kind) {
    case 'wait':
      return refuse('a wait');
    case 'every':
      return refuse('an every');
    case 'not':
      if (step.for !== null) refuse('a not ... for');
      return;
    case 'group':
      if (step.of[0]) needsEvent(context, step.of[0]);
      return;
    case 'all':
    case 'any':
      for (const operand of step.of) needsEvent(context, operand);
      return;
    case 'on':
      return;
  }
}

function startsOnce({ context, pattern }: Check): void {
  if (pattern.starts.mode !== 'once' || pattern.skip.strategy === 'none') return;
  const message = 'With "starts: once" there is one run per key, and nothing to skip.';
  const fix = 'Leave "skip" out.';
  context.report({ code: 'combination', path: ['skip'], message, fix, at: 'key' });
}

/** A bare `not` is never first, and never twice removed from what it guards. */
function negationsInOrder({ context, pattern }: Check): void {
  const sequence = (steps: readonly Step[]): void => {
    for (const step of steps) if (isBareNot(step)) endless(context, step);
    const [first] = steps;
    if (!first || !isBareNot(first)) return;
    const message = 'A `not` cannot be first: it forbids from the step before until the next one.';
    const fix = 'Give it a time ("for: 10m"), or put it after the step it follows.';
    context.report({ code: 'negation', path: parsePath(first.path), message, fix });
  };
  sequence(pattern.steps);
  walkSteps(pattern.steps, (step) => {
    if (step.kind === 'group' || step.kind === 'every') sequence(step.of);
  });
}

/** It forbids until the next step takes an event; a time of its own is easily taken for `for`. */
function endless(context: CheckContext, { path, within, atMost }: Step): void {
  const word = within !== null ? 'within' : atMost !== null ? 'atMost' : null;
  if (word === null) return;
  const message = `"${word}" does nothing here: a \`not\` forbids until the next step takes an event.`;
  const fix = within === null
    ? 'Leave it out.'
    : `For "nothing for that long" write for: ${formatDuration(within)}.`;
  context.report({ code: 'negation', path: parsePath(`${path}.${word}`), message, fix, at: 'key' });
}

/** A bare `not` at the end comes out when the window ends: there must be one, or a next event. */
function lastNegation({ context, pattern }: Check): void {
  const last = pattern.steps.at(-1);
  if (!last || !isBareNot(last) || pattern.within !== null || last.contiguity === 'strict') return;
  const message = 'A `not` at the end needs a time: nothing says when it has not happened.';
  const fix = 'Write "for: 24h" on it, "within" on the pattern, or "contiguity: strict" on it.';
  context.report({ code: 'window', path: parsePath(last.path), message, fix });
}

interface Window {
  readonly ms: number;
  readonly name: string;
}

/** A longer window inside a shorter one can never be reached. */
function windows({ context, pattern }: Check): void {
  const outer: Window | null =
    pattern.within === null ? null : { ms: pattern.within, name: 'the "within" of the pattern' };
  if (pattern.within === 0) positive(context, 'within');
  const visit = (step: Step, bound: Window | null): void => {
    let inner = bound;
    for (const word of ['within', 'span', 'gap', 'for'] as const) {
      const ms =
        word === 'for'
          ? step.kind === 'not' || step.kind === 'wait'
            ? step.for
            : null
          : step[word];
      if (ms === null) continue;
      const shown = step.kind === 'wait' && word === 'for' ? 'wait' : word;
      if (ms === 0) positive(context, `${step.path}.${shown}`);
      const limit = word === 'for' ? inner : bound;
      if (limit && ms > limit.ms) {
        const message =
          `"${shown}: ${formatDuration(ms)}" is longer than ${limit.name} ` +
          `(${formatDuration(limit.ms)}).`;
        context.report({ code: 'window', path: parsePath(`${step.path}.${shown}`), message });
      }
      if (word === 'within' || word === 'span') {
        if (!inner || ms < inner.ms) inner = { ms, name: `"${word}" around it` };
      }
    }
    for (const child of childrenOf(step)) visit(child, inner);
  };
  for (const step of pattern.steps) visit(step, outer);
}

function positive(context: CheckContext, path: string): void {
  context.report({ code: 'window', path: parsePath(path), message: 'A time of 0 never passes.' });
}

/**
 * A pattern that may take nothing would match without an event. Where a run begins at every event,
 * it begins with one that it takes, so there it is only odd: a warning.
 */
function somethingTaken({ context, pattern }: Check): void {
  if (pattern.starts.mode === 'any' || !pattern.steps.every(mayTakeNothing)) return;
  const message = 'Every step may be left out, so this would match nothing at all.';
  const fix = 'Make one step not optional.';
  context.report({ code: 'combination', path: ['steps'], message, fix });
}

function timeouts({ context, pattern }: Check): void {
  if (pattern.timeout.length === 0 || pattern.within !== null) return;
  let spans = false;
  walkSteps(pattern.steps, (step) => {
    if (step.span !== null || step.within !== null) spans = true;
  });
  if (spans) return;
  const message = '"timeout" can never come: nothing ends a run by time.';
  const fix = 'Add "within" to the pattern, or "span" to a step.';
  context.report({ code: 'unreachable', path: ['timeout'], message, fix, at: 'key' });
}

/** A pattern that takes what it emits would feed itself. */
function cycles({ context, pattern }: Check): void {
  const emitted = new Set([...pattern.emit, ...pattern.timeout].map(({ type }) => type));
  walkSteps(pattern.steps, (step) => {
    const own = step.kind === 'on' ? step.types.find((type) => emitted.has(type)) : undefined;
    if (own === undefined) return;
    const message = `The pattern listens to "${own}", which it emits itself.`;
    context.report({
      code: 'cycle',
      path: parsePath(step.path),
      message,
      fix: 'Emit another type.',
    });
  });
}
