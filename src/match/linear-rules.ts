import type { Event } from '../event/event.ts';
import type { Condition, EvaluationError, Frame } from '../expression/expression.ts';
import { tried } from '../expression/nodes.ts';
import type { MatchNote, MatchSink } from './contract.ts';
import { conditionsOf } from './linear-plan.ts';
import type { LinearPlan } from './linear-plan.ts';
import { lastTime, valueAt } from './linear-runs.ts';
import type { LinearRun } from './linear-runs.ts';
import type { ClauseShape, LinearShape, NotShape, OfType, StepShape } from './linear-shape.ts';

/** What events and moments are to a linear pattern: types, conditions, deadlines, notes. */

export type EndReason = Extract<MatchNote, { kind: 'ended' }>['reason'];

/** A linear pattern as events meet it: what it has for itself, and the shape it shares. */
export interface LinearPattern {
  readonly shape: LinearShape;
  /** Types by number: those of 0 and 1 lie in the pattern itself, as most patterns have no more. */
  readonly type0: string | undefined;
  readonly type1: string | undefined;
  /** All of them; null where there are no more than two. */
  readonly typeNumbers: ReadonlyMap<string, number> | null;
  /** The condition of the first step, which most events of a key without runs end at. */
  readonly first: Condition | null;
  /** The conditions after it, in the order of their numbers. */
  readonly others: readonly (Condition | null)[];
  readonly plan: LinearPlan;
}

export function ofTypeOf(pattern: LinearPattern, type: string): OfType {
  return pattern.shape.ofTypes[typeNumber(pattern, type)] ?? NO_TYPE;
}

/** -1 where the type is none of the pattern's. */
function typeNumber({ type0, type1, typeNumbers }: LinearPattern, type: string): number {
  if (type === type0) return 0;
  if (type === type1) return 1;
  return typeNumbers?.get(type) ?? -1;
}

export const NO_TYPE: OfType = { concerns: 0, fits: 0, forbids: 0 };

/** Whether the event fits the first step. */
export function fitsFirst(pattern: LinearPattern, event: Event): boolean {
  if ((ofTypeOf(pattern, event.type).fits & 1) === 0) return false;
  if (pattern.first === null) return true;
  return holds(pattern, pattern.shape.steps[0]!.where!, null, event, event.time, null);
}

export function fits(
  pattern: LinearPattern, ofType: OfType, step: StepShape, run: LinearRun | null, event: Event,
  now: number, sink: MatchSink,
): boolean {
  if ((ofType.fits & (1 << step.position)) === 0) return false;
  return step.where === null || holds(pattern, step.where, run, event, now, sink);
}

/** The first of the `not`s that the event violates. */
export function violated(
  pattern: LinearPattern, ofType: OfType, nots: readonly NotShape[], run: LinearRun, event: Event,
  now: number, sink: MatchSink,
): NotShape | null {
  for (const not of nots) {
    if ((ofType.forbids & not.bit) === 0) continue;
    if (not.where === null || holds(pattern, not.where, run, event, now, sink)) return not;
  }
  return null;
}

export function deadline({ within, steps, absence }: LinearShape, run: LinearRun): number {
  const window = run.first.time + within;
  const step = steps[run.position];
  if (step === undefined) {
    return absence === null || absence.for === Infinity ? window
      : Math.min(window, lastTime(run) + absence.for);
  }
  return step.within === Infinity ? window : Math.min(window, lastTime(run) + step.within);
}

/** Whether the absence is what makes the run due. */
export function comesTrue({ within, steps, absence }: LinearShape, run: LinearRun): boolean {
  if (absence === null || run.position < steps.length) return false;
  return absence.for === Infinity || lastTime(run) + absence.for < run.first.time + within;
}

export function label({ steps, absence }: LinearShape, run: LinearRun): string {
  return steps[run.position]?.label ?? absence?.label ?? '';
}

/**
 * What a clause reads: one frame for all patterns, as evaluation is synchronous and does not nest.
 * What each pattern has for itself is read from further away.
 */
const frame: Frame = { event: null, captures: [], now: 0 };

/** `sink` is told where the clause fails; null: nobody is. */
function holds(
  pattern: LinearPattern, clause: ClauseShape, run: LinearRun | null, event: Event, now: number,
  sink: MatchSink | null,
): boolean {
  frame.event = event;
  frame.now = now;
  for (const { slot, step, list } of clause.reads) {
    const value = run === null || step === -1 ? undefined : valueAt(run, step);
    frame.captures[slot] = value === undefined && list ? NO_EVENTS : value;
  }
  const { number } = clause;
  const condition = number === 0 ? pattern.first : pattern.others[number - 1];
  const answer = tried(condition!, frame);
  if (answer === null && sink !== null) tellError(pattern, clause, sink);
  return answer === true;
}

function tellError({ plan }: LinearPattern, { number, label: step }: ClauseShape, sink: MatchSink): void {
  const onError = (error: EvaluationError): void => sink.note({ kind: 'error', step, error });
  conditionsOf(plan)[number]?.expression.test(frame, onError);
}

const NO_EVENTS: readonly Event[] = [];
