import type { Event } from '../event/event.ts';
import { reduced } from './capture.ts';
import type { Evidence, MatchOutput, RunView } from './contract.ts';
import type { LinearPlan } from './linear-plan.ts';
import { roundsOf, valueAt } from './linear-runs.ts';
import type { LinearMatch, LinearRun } from './linear-runs.ts';

export function outputOf(
  plan: LinearPlan, kind: MatchOutput['kind'], match: LinearMatch,
): MatchOutput {
  const { run, at, deadline } = match;
  return { kind, at, deadline, captures: capturesOf(plan, run), evidence: evidenceOf(plan, run) };
}

function evidenceOf(plan: LinearPlan, run: LinearRun): Evidence[] {
  const evidence: Evidence[] = [];
  for (const { position, on } of plan.steps) {
    const value = valueAt(run, position);
    if (value === undefined) break;
    if (!Array.isArray(value)) evidence.push({ step: on.label, event: value });
    else for (const event of value) evidence.push({ step: on.label, event });
  }
  return evidence;
}

/** What a run has taken, what it waits for, and until when: the same before and after a restart. */
export function viewOf(plan: LinearPlan, run: LinearRun): RunView {
  const keep = new Map(plan.steps.map(({ on }) => [on.label, on.keep]));
  return {
    evidence: evidenceOf(plan, run).map(({ step, event }) => ({
      step, event: reduced(event, keep.get(step) ?? []),
    })),
    waitsFor: waitsFor(plan, run),
    deadline: run.due === Infinity ? null : run.due,
  };
}

function capturesOf(plan: LinearPlan, run: LinearRun): (Event | readonly Event[] | undefined)[] {
  const captures: (Event | readonly Event[] | undefined)[] = [];
  for (const step of plan.stepOfSlot) {
    const value = step === -1 ? undefined : valueAt(run, step);
    captures.push(value);
  }
  const { names } = plan.plan.definition;
  for (let slot = 0; slot < captures.length; slot++) {
    if (names[slot]?.list === true) captures[slot] = listOf(captures[slot]);
  }
  return captures;
}

function listOf(value: Event | readonly Event[] | undefined): readonly Event[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Event[]) : [value as Event];
}

/** The step the run waits for; in a loop that can be left, also the one after it. */
function waitsFor(plan: LinearPlan, run: LinearRun): string[] {
  const step = plan.steps[run.position];
  if (step === undefined) return plan.absence === null ? [] : [plan.absence.label];
  const next = plan.steps[run.position + 1];
  const rounds = roundsOf(run);
  const inLoop = rounds > 0 && rounds >= step.min && next !== undefined;
  const waits = inLoop && rounds >= step.max ? [] : [step.label];
  return inLoop ? [...waits, next.label] : waits;
}
