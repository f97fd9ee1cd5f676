import type { PatternDefinition, Step } from './definition.ts';
import { warning } from './lint-conditions.ts';
import { mayTakeNothing } from './rules.ts';
import type { Report } from './yaml-file.ts';

/** Steps that may take nothing, where that makes them true at once: hardly meant. */

/** Where a run begins at every event, one event is enough for a pattern of optional steps. */
export function nothingWanted({ steps, starts }: PatternDefinition): Report[] {
  if (starts.mode === 'once' || !steps.every(mayTakeNothing)) return [];
  const message = 'Every step may be left out: any single event that one of them takes is a match.';
  return [warning('combination', 'steps', message, 'Make one step not optional.')];
}

/** Before another step a `not` among alternatives keeps watch until that comes; at the end nothing does. */
export function nothingAtTheEnd({ steps }: PatternDefinition): Report[] {
  const last = steps.at(-1);
  if (last?.kind !== 'any') return [];
  const idle = last.of.find((of) => of.kind === 'not' && of.for === null);
  if (idle === undefined) return [];
  const message = 'No step comes after this alternative, so it is true at once, and the whole with it.';
  return [warning('combination', idle.path, message, 'Say for how long: add "for: 24h" to it.')];
}

export function nothingInside(step: Step): Report[] {
  const reports: Report[] = [];
  const { times, kind } = step;
  if (kind === 'any') {
    // A `not` among alternatives is true from the start as well, and that is its use before a step.
    const empty = step.of.find((of) => of.kind !== 'not' && mayTakeNothing(of));
    if (empty !== undefined) {
      const message = 'This alternative may take nothing, so the whole is true at once.';
      const fix = 'Make it not optional, or write "optional: true" beside "any".';
      reports.push(warning('combination', empty.path, message, fix));
    }
  } else if (kind === 'every' && step.of.every(mayTakeNothing)) {
    const message = 'What is repeated may take nothing: it is true at once, and again each time.';
    reports.push(warning('combination', step.path, message, 'Make one step in it not optional.'));
  } else if (times !== null && !step.optional && mayTakeNothing(step)) {
    const message = 'A round may take nothing, so the loop is true without any of its events.';
    const fix = 'Make one step in it not optional, or write optional: true if that is meant.';
    reports.push(warning('combination', `${step.path}.times`, message, fix));
  }
  return reports;
}
