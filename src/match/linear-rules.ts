import type { Event } from '../event/event.ts';
import type { EvaluationError, Frame } from '../expression/expression.ts';
import type { MatchNote, MatchSink } from './contract.ts';
import { Pool } from './shared.ts';
import type { Absence, Clause, LinearNot, LinearPlan, LinearStep } from './linear-plan.ts';
import { lastTime, valueAt } from './linear-runs.ts';
import type { LinearRun } from './linear-runs.ts';

export type EndReason = Extract<MatchNote, { kind: 'ended' }>['reason'];

/** What events and moments are to a linear pattern: types, conditions, deadlines, notes. */
export class LinearRules {
  /** The event being offered; null at a deadline. */
  event: Event | null = null;
  /** What its type is to the pattern. */
  ofType: OfType = NO_TYPE;
  private readonly steps: readonly LinearStep[];
  private readonly byType: ReadonlyMap<string, OfType>;
  private readonly within: number;
  private readonly absence: Absence | null;

  constructor(plan: LinearPlan) {
    this.steps = plan.steps;
    this.within = plan.within;
    this.absence = plan.absence;
    const ofTypes = [...plan.plan.types].map((type) => this.typeOf(type));
    this.byType = TABLES.shared(
      JSON.stringify(ofTypes), new Map(ofTypes.map((ofType) => [ofType.type, ofType])),
    );
  }

  /** Before an event is offered. */
  begin(event: Event): void {
    if (event.type !== this.ofType.type) this.ofType = this.byType.get(event.type) ?? NO_TYPE;
    this.event = event;
  }

  /** Whether the event fits the first step. */
  fitsFirst(event: Event): boolean {
    this.begin(event);
    const [first] = this.steps;
    if (first === undefined || (this.ofType.fits & 1) === 0) return false;
    told.sink = null;
    return first.where === null || holds(first.where, null, event, event.time);
  }

  fits(
    step: LinearStep, run: LinearRun | null, event: Event, now: number, sink: MatchSink,
  ): boolean {
    if ((this.ofType.fits & (1 << step.position)) === 0) return false;
    if (step.where === null) return true;
    told.of = step;
    told.sink = sink;
    return holds(step.where, run, event, now);
  }

  forbidden(
    nots: readonly LinearNot[], run: LinearRun, event: Event, now: number, sink: MatchSink,
  ): boolean {
    for (const not of nots) {
      if (!not.types.has(event.type)) continue;
      told.of = not;
      told.sink = sink;
      if (not.where !== null && !holds(not.where, run, event, now)) continue;
      this.tell(sink, 'forbidden', not.label, event.time);
      return true;
    }
    return false;
  }

  deadline(run: LinearRun): number {
    const window = run.first.time + this.within;
    const step = this.steps[run.position];
    if (step === undefined) {
      const { absence } = this;
      return absence === null || absence.for === Infinity ? window
        : Math.min(window, lastTime(run) + absence.for);
    }
    return step.within === Infinity ? window : Math.min(window, lastTime(run) + step.within);
  }

  /** Whether the absence is what makes the run due. */
  comesTrue(run: LinearRun): boolean {
    const { absence, within } = this;
    if (absence === null || run.position < this.steps.length) return false;
    return absence.for === Infinity || lastTime(run) + absence.for < run.first.time + within;
  }

  tell(sink: MatchSink, reason: EndReason, step: string, at: number): void {
    sink.note({ kind: 'ended', reason, step, at, event: this.event });
  }

  label(run: LinearRun): string {
    return this.steps[run.position]?.label ?? this.absence?.label ?? '';
  }

  private typeOf(type: string): OfType {
    let concerns = 0;
    let fits = 0;
    this.steps.forEach((step, position) => {
      const before = this.steps[position - 1];
      if (step.on.types.has(type)) fits |= 1 << position;
      const concerned = step.strict || step.loop || step.on.types.has(type)
        || step.nots.some(({ types }) => types.has(type))
        || (before?.greedy === true && before.on.types.has(type));
      if (position > 0 && concerned) concerns |= 1 << position;
    });
    const ends = this.absence?.nots.some(({ types }) => types.has(type)) === true;
    if (ends) concerns |= 1 << this.steps.length;
    return { type, concerns, fits };
  }
}

/**
 * What a clause reads, and who is told where it fails: one for all patterns, as evaluation is
 * synchronous and does not nest. What each pattern has for itself is read from further away.
 */
const frame: Frame = { event: null, captures: [], now: 0 };
const told: { of: { readonly label: string } | null; sink: MatchSink | null } = { of: null, sink: null };

function onError(error: EvaluationError): void {
  told.sink?.note({ kind: 'error', step: told.of?.label ?? '', error });
}

function holds(clause: Clause, run: LinearRun | null, event: Event, now: number): boolean {
  frame.event = event;
  frame.now = now;
  for (const { slot, step, list } of clause.reads) {
    const value = run === null || step === -1 ? undefined : valueAt(run, step);
    frame.captures[slot] = value === undefined && list ? NO_EVENTS : value;
  }
  return clause.expression.test(frame, onError);
}

/** What events of a type are to the pattern, as bits by position. */
interface OfType {
  readonly type: string;
  /** Where a run can change. */
  readonly concerns: number;
  /** Which steps name the type. */
  readonly fits: number;
}

const TABLES = new Pool<ReadonlyMap<string, OfType>>();
const NO_TYPE: OfType = { type: '', concerns: 0, fits: 0 };
const NO_EVENTS: readonly Event[] = [];
