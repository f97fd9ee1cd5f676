import type { CheckContext } from './check-context.ts';
import type { Path } from './problems.ts';
import type { StepMapSource, StepSource } from './schema.ts';

/** Which words of a step go together. */

export const KINDS = ['on', 'not', 'all', 'any', 'group', 'every', 'wait'] as const;
export type Kind = (typeof KINDS)[number];

type Word = Exclude<keyof StepMapSource, Kind>;

const LOOP_WORDS = ['inner', 'greedy', 'gap', 'distinct', 'until'] as const;

/** Words that stand on every kind but where said otherwise. */
const ALLOWED: { readonly [word in Word]: readonly Kind[] } = {
  as: ['on', 'any'],
  where: ['on', 'not'],
  contiguity: ['on', 'not', 'any'],
  times: ['on', 'all', 'any', 'group', 'every'],
  inner: ['on', 'all', 'any', 'group', 'every'],
  greedy: ['on', 'any'],
  gap: ['on', 'all', 'any', 'group', 'every'],
  distinct: ['on'],
  until: ['on', 'all', 'any', 'group', 'every'],
  optional: ['on', 'all', 'any', 'group', 'every'],
  span: ['on', 'all', 'any', 'group', 'every'],
  within: ['on', 'all', 'any', 'group', 'every', 'wait', 'not'],
  atMost: ['on', 'all', 'any', 'group', 'every', 'not'],
  for: ['not'],
  else: ['not'],
};

/** Why, where the reason is not plain. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['not as', 'A `not` takes no event, so there is nothing to name.'],
  [
    'not times',
    'A `not` takes no event, so it cannot repeat; put a count inside: {not: {on: X, times: 3}}.',
  ],
  ['not optional', 'A `not` that may be left out forbids nothing.'],
  ['group contiguity', "A group's contiguity is that of its first step: put it there."],
  ['all contiguity', 'Put it on the steps inside.'],
  ['group greedy', 'An event fits a group only in part; put a `not` behind it instead.'],
  ['all greedy', 'An event fits it only in part; put a `not` behind it instead.'],
  ['every greedy', 'An event fits it only in part; put a `not` behind it instead.'],
  ['all as', 'Name the steps inside.'],
  ['group as', 'Name the steps inside.'],
  ['every as', 'Name the steps inside.'],
  ['group where', 'Put the condition on a step inside.'],
  ['all where', 'Put the condition on the steps inside.'],
  ['any where', 'Put the condition on the steps inside.'],
  ['every where', 'Put the condition on a step inside.'],
]);

/** False where the step has no kind; everything wrong is reported. */
export function checkWords(context: CheckContext, step: StepMapSource, path: Path): boolean {
  const kinds = KINDS.filter((word) => step[word] !== undefined);
  if (kinds.length !== 1) {
    const message =
      kinds.length === 0
        ? `A step needs one of the words ${KINDS.join(', ')}.`
        : `A step has one of these words, not several: ${kinds.join(', ')}.`;
    const fix = kinds.length === 0 ? null : 'Make a step of each, or put them into a group.';
    context.report({ code: 'combination', path, message, fix });
    return false;
  }
  const kind = kinds[0]!;
  for (const word of Object.keys(step) as (keyof StepMapSource)[]) {
    if (word === kind || step[word] === undefined) continue;
    if (ALLOWED[word as Word]?.includes(kind)) continue;
    const message = `"${word}" does not go with "${kind}".`;
    const fix = REASONS.get(`${kind} ${word}`) ?? fixOf(word, kind);
    context.report({ code: 'combination', path: [...path, word], message, fix, at: 'key' });
  }
  checkLoop(context, step, path);
  checkNegation(context, step, path);
  checkNamedAny(context, step, path);
  return true;
}

function fixOf(word: string, kind: Kind): string | null {
  if (word === 'for' && kind === 'wait') return 'Write the time after wait: {wait: 10m}.';
  if (word === 'for') return 'Did you mean "within"?';
  return null;
}

function checkLoop(context: CheckContext, step: StepMapSource, path: Path): void {
  const combination = (word: string, message: string, fix: string | null): void => {
    context.report({ code: 'combination', path: [...path, word], message, fix, at: 'key' });
  };
  if (step.times === undefined) {
    for (const word of LOOP_WORDS) {
      if (step[word] === undefined) continue;
      combination(word, `"${word}" needs "times".`, 'Add a count such as times: 1+.');
    }
    return;
  }
  const open = String(step.times).endsWith('+');
  if (typeof step.until === 'string' && !open) {
    combination(
      'until',
      '"until" with a condition needs an open count.',
      `Write times: ${String(step.times).split('..')[0]}+.`,
    );
  }
  if (step.greedy === true && step.inner === 'any') {
    const fix = 'Leave one of them out.';
    combination('greedy', 'A loop that may pass over events which fit it cannot be greedy.', fix);
  }
  if (typeof step.until === 'object') {
    for (const word of ['greedy', 'gap'] as const) {
      if (step[word] !== undefined)
        combination(word, `"${word}" does not go with "until: STEP".`, null);
    }
  }
}

function checkNegation(context: CheckContext, step: StepMapSource, path: Path): void {
  if (step.not === undefined) return;
  const { not } = step;
  if (step.else !== undefined && step.for === undefined) {
    const fix = 'Add for: 10m, or leave it out.';
    context.report({
      code: 'combination',
      path: [...path, 'else'],
      message: '"else" needs "for".',
      fix,
      at: 'key',
    });
  }
  if (typeof not !== 'object' || Array.isArray(not)) return;
  if (step.where !== undefined) {
    const message = '"where" goes with a "not" of event types.';
    const fix = 'Put the condition on the step inside "not".';
    context.report({ code: 'combination', path: [...path, 'where'], message, fix, at: 'key' });
  }
  if (not.not !== undefined && not.for === undefined) {
    const fix = 'Write what must happen as a step.';
    context.report({
      code: 'negation',
      path: [...path, 'not'],
      message: 'A `not` of a `not`.',
      fix,
    });
  }
}

function checkNamedAny(context: CheckContext, step: StepMapSource, path: Path): void {
  if (step.any === undefined || step.as === undefined) return;
  const single = (branch: StepSource): boolean => {
    if (typeof branch === 'string') return true;
    if (branch.times !== undefined || branch.optional === true) return false;
    if (branch.any !== undefined) return (branch.any as StepSource[]).every(single);
    return branch.on !== undefined;
  };
  if ((step.any as StepSource[]).every(single)) return;
  const message = `"as" on "any" names one event, and a branch here is not one event.`;
  const fix = 'Name the steps inside.';
  context.report({ code: 'combination', path: [...path, 'as'], message, fix, at: 'key' });
}
