import type { Event } from '../event/event.ts';
import { reduced } from './capture.ts';
import type { Evidence, MatchOutput, RunView } from './contract.ts';
import { roundsOf, valueAt } from './linear-runs.ts';
import type { LinearMatch, LinearRun } from './linear-runs.ts';
import type { LinearShape } from './linear-shape.ts';

export function outputOf(
  shape: LinearShape, kind: MatchOutput['kind'], match: LinearMatch,
): MatchOutput {
  const { run, at, deadline } = match;
  return { kind, at, deadline, captures: capturesOf(shape, run), evidence: evidenceOf(shape, run) };
}

function evidenceOf({ steps }: LinearShape, run: LinearRun): Evidence[] {
  const evidence: Evidence[] = [];
  for (const { position, label: step } of steps) {
    const value = valueAt(run, position);
    if (value === undefined) break;
    if (!Array.isArray(value)) evidence.push({ step, event: value });
    else for (const event of value) evidence.push({ step, event });
  }
  return evidence;
}

/** What a run has taken, what it waits for, and until when: the same before and after a restart. */
export function viewOf(shape: LinearShape, run: LinearRun): RunView {
  const keep = new Map(shape.steps.map((step) => [step.label, step.keep]));
  return {
    evidence: evidenceOf(shape, run).map(({ step, event }) => ({
      step, event: reduced(event, keep.get(step) ?? []),
    })),
    waitsFor: waitsFor(shape, run),
    deadline: run.due === Infinity ? null : run.due,
  };
}

function capturesOf(
  { captures }: LinearShape, run: LinearRun,
): (Event | readonly Event[] | undefined)[] {
  const taken: (Event | readonly Event[] | undefined)[] = [];
  for (const { step, list } of captures) {
    const value = step === -1 ? undefined : valueAt(run, step);
    taken.push(list ? listOf(value) : value);
  }
  return taken;
}

function listOf(value: Event | readonly Event[] | undefined): readonly Event[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Event[]) : [value as Event];
}

/** The step the run waits for; in a loop that can be left, also the one after it. */
function waitsFor({ steps, absence }: LinearShape, run: LinearRun): string[] {
  const step = steps[run.position];
  if (step === undefined) return absence === null ? [] : [absence.label];
  const next = steps[run.position + 1];
  const rounds = roundsOf(run);
  const inLoop = rounds > 0 && rounds >= step.min && next !== undefined;
  const waits = inLoop && rounds >= step.max ? [] : [step.label];
  return inLoop ? [...waits, next.label] : waits;
}
