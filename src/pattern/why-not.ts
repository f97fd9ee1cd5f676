import type { Event } from '../event/event.ts';
import { formatDuration } from '../event/duration.ts';
import type { Frame } from '../expression/expression.ts';
import { explainTrace } from '../expression/trace.ts';
import type { OnStep, PatternDefinition, Step } from './definition.ts';
import { childrenOf, walkSteps } from './rules.ts';
import type { OpenRun, TimelineRun } from './timeline.ts';

/**
 * Why a timeline did not give what its test expects: what each run waited for, what ended it, and
 * the clauses, with their values, that kept events out.
 */

/** Start of every test: a Thursday, 2026-01-01T00:00:00Z, in ms. */
export const TEST_START = 1_767_225_600_000;

const RUNS_SHOWN = 3;
const CLAUSES_SHOWN = 5;

/** A run, and what ended it: an event, time, or nothing yet. */
interface RunStory {
  readonly run: OpenRun;
  readonly end: Event | 'time' | null;
}

/** Time since the start of the test, readable. */
export function clock(ms: number): string {
  return ms < 0 ? `-${formatDuration(-ms)}` : formatDuration(ms);
}

/** Plays the events once more and watches the runs; `until` as in the test. */
export function whyNot(
  definition: PatternDefinition,
  events: readonly Event[],
  until: number | null,
  start: (definition: PatternDefinition) => TimelineRun<unknown>,
): string[] {
  const steps = singleSteps(definition.steps);
  const stories = watch(start(definition), events, until);
  const lines = stories.slice(-RUNS_SHOWN).flatMap(({ run, end }) => {
    const frame = frameOf(definition, run);
    const later = events.slice(takenUpTo(events, run), endOf(events, end));
    return [
      story(run, end),
      ...(end === null || end === 'time' ? [] : forbidden(definition, end, frame)),
      ...clauses(definition, steps, run.waitsFor, later, frame),
    ];
  });
  if (stories.length > 0 || definition.steps.length === 0) return lines;
  const first = labels(definition, definition.steps[0]!);
  return clauses(definition, steps, first, events, { event: null, captures: [], now: 0 });
}

function watch(
  run: TimelineRun<unknown>,
  events: readonly Event[],
  until: number | null,
): readonly RunStory[] {
  const ended: RunStory[] = [];
  let open: readonly OpenRun[] = [];
  const move = (end: Event | 'time', action: () => void): void => {
    const outputs = run.derived.length;
    const before = open;
    action();
    open = run.open();
    // What came true has nothing to explain.
    if (run.derived.length > outputs) return;
    for (const old of before) {
      if (!open.some((now) => continues(old, now))) ended.push({ run: old, end });
    }
  };
  let now = -Infinity;
  for (const event of events) {
    if (event.time > now) move('time', () => run.advanceTo(event.time));
    now = Math.max(now, event.time);
    move(event, () => run.feed(event));
  }
  const due = open.map(({ deadline }) => deadline ?? -Infinity);
  const end = until === null ? Math.max(now, ...due) : TEST_START + until;
  if (end > now) move('time', () => run.advanceTo(end));
  return [...ended, ...open.map((left) => ({ run: left, end: null }))];
}

/** Position after the last event that the run took: its events are copies, with the same ids. */
function takenUpTo(events: readonly Event[], { evidence }: OpenRun): number {
  const taken = new Set(evidence.map(({ event }) => event.id));
  return events.findLastIndex(({ id }) => taken.has(id)) + 1;
}

/** Position after the event that ended the run. */
function endOf(events: readonly Event[], end: RunStory['end']): number {
  return end === null || end === 'time' ? events.length : events.indexOf(end) + 1;
}

/** The same run, having taken more or nothing. */
function continues(old: OpenRun, now: OpenRun): boolean {
  return old.evidence.every(({ event }, i) => now.evidence[i]?.event.id === event.id);
}

function story({ evidence, waitsFor, deadline }: OpenRun, end: RunStory['end']): string {
  const taken = evidence.map(({ step, event }) => `${step} (${shown(event)})`);
  const after = taken.length === 0 ? 'nothing yet' : taken.join(', ');
  const what = waitsFor.join(' or ') || 'nothing';
  if (end === null) return `a run took ${after} and waits for ${what}`;
  const waited = `a run took ${after}, waited for ${what} and ended`;
  if (end !== 'time') return `${waited} with ${shown(end)}`;
  return deadline === null ? `${waited} by time` : `${waited} at ${clock(deadline - TEST_START)}`;
}

function shown({ type, time }: Event): string {
  return `${type} at ${clock(time - TEST_START)}`;
}

/** The `not`s that the event fits, with the values that make it fit. */
function forbidden(definition: PatternDefinition, event: Event, frame: Frame): string[] {
  const lines: string[] = [];
  const tried: Frame = { ...frame, event, now: event.time };
  walkSteps(definition.steps, (step) => {
    if (step.kind !== 'not' || step.of.kind !== 'on') return;
    const { types, where } = step.of;
    if (!types.includes(event.type) || (where && !where.test(tried))) return;
    const why = where ? `: ${explainTrace(where.trace(tried))}` : '';
    lines.push(`${shown(event)} is forbidden by ${step.path}${why}`);
  });
  return lines;
}

/** Steps that take single events. What stands inside a `not` takes none. */
function singleSteps(steps: readonly Step[]): OnStep[] {
  return steps.flatMap((step) => {
    if (step.kind === 'on') return [step];
    return step.kind === 'not' ? [] : singleSteps(childrenOf(step));
  });
}

function labels(definition: PatternDefinition, step: Step): string[] {
  return singleSteps([step]).map((single) => labelOf(definition, single));
}

function labelOf({ names }: PatternDefinition, step: OnStep): string {
  return step.slot === null ? step.path : (names[step.slot]?.name ?? step.path);
}

/** Captures of a run, from its evidence. */
function frameOf({ names }: PatternDefinition, run: OpenRun): Frame {
  const captures = names.map(({ name, list }) => {
    const taken = run.evidence.filter(({ step }) => step === name).map(({ event }) => event);
    return list ? taken : taken.at(-1);
  });
  return { event: null, captures, now: 0 };
}

function clauses(
  definition: PatternDefinition,
  steps: readonly OnStep[],
  wanted: readonly string[],
  events: readonly Event[],
  frame: Frame,
): string[] {
  const lines: string[] = [];
  for (const step of steps) {
    const label = labelOf(definition, step);
    if (!wanted.includes(label) && !wanted.includes(step.path)) continue;
    for (const event of events) {
      if (!step.types.includes(event.type) || !step.where) continue;
      const tried: Frame = { ...frame, event, now: event.time };
      if (step.where.test(tried)) continue;
      const why = explainTrace(step.where.trace(tried));
      lines.push(`${shown(event)} does not fit ${label}: ${why}`);
    }
  }
  return lines.slice(0, CLAUSES_SHOWN);
}
