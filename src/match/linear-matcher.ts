import type { Event } from '../event/event.ts';
import type { FieldsRead, Frame } from '../expression/expression.ts';
import type { PatternDefinition } from '../pattern/definition.ts';
import { reduced } from './capture.ts';
import type { Matcher, MatchNote, MatchSink, RunView } from './contract.ts';
import { decodeLinear, encodeLinear } from './linear-codec.ts';
import { evidenceOf, outputOf, waitsFor } from './linear-output.ts';
import type { Clause, LinearNot, LinearPlan, LinearStep } from './linear-plan.ts';
import {
  addRound, append, emptyRuns, lastTime, NONE_COMPLETED, put, sizeOfTaken, unlink, UNSORTED, valueAt,
} from './linear-runs.ts';
import type { LinearMatch, LinearRun, LinearRuns } from './linear-runs.ts';

type EndReason = Extract<MatchNote, { kind: 'ended' }>['reason'];

/** What an event did to a run. */
const STAYS = 0;
const MOVED = 1;
const ENDED = 2;
const COMPLETE = 3;
type Verdict = typeof STAYS | typeof MOVED | typeof ENDED | typeof COMPLETE;

/**
 * The fast twin of `ProcessMatcher` for the patterns of `linear-plan.ts`. Runs of a key stand in
 * the order in which they began. An event that concerns no position at which a run stands is known
 * by two masks, however many runs there are; the earliest deadline is known without looking.
 */
export class LinearMatcher implements Matcher<LinearRuns> {
  readonly definition: PatternDefinition;
  readonly types: ReadonlySet<string>;
  private readonly plan: LinearPlan;
  private readonly steps: readonly LinearStep[];
  private readonly first: LinearStep;
  private readonly byType = new Map<string, OfType>();
  /** What the event being offered is to this pattern. */
  private ofType: OfType = NO_TYPE;
  /** Deadlines count from the first event alone: the run that began first is due first. */
  private readonly inOrder: boolean;
  private readonly skip: 'first-wins' | 'none' | 'to-next' | 'past-last';
  private readonly frame: Frame;
  private readonly told: { step: string; sink: MatchSink | null } = { step: '', sink: null };
  private event: Event | null = null;
  private kept: Event | null = null;
  private keptFor: FieldsRead = [];
  private keptSize = 0;

  constructor(plan: LinearPlan) {
    const { definition, types } = plan.plan;
    const [first] = plan.steps;
    const { strategy } = definition.skip;
    if (first === undefined || strategy === 'to-first' || strategy === 'to-last') {
      throw new Error('not a pattern for this matcher');
    }
    this.plan = plan;
    this.definition = definition;
    this.types = types;
    this.steps = plan.steps;
    this.first = first;
    this.skip = strategy;
    this.frame = { event: null, captures: definition.names.map(() => undefined), now: 0 };
    this.inOrder = plan.steps.every(({ within }) => within === Infinity)
      && (plan.absence === null || plan.absence.for === Infinity || plan.steps.length === 1);
    for (const type of types) this.byType.set(type, this.typeOf(type));
  }

  canBegin(event: Event): boolean {
    if (!this.first.on.types.has(event.type)) return false;
    this.told.sink = null;
    return this.first.where === null || this.holds(this.first.where, null, event, event.time);
  }

  empty(): LinearRuns {
    return emptyRuns();
  }

  isEmpty(runs: LinearRuns): boolean {
    return runs.head === null && runs.completed.length === 0;
  }

  size(runs: LinearRuns): number {
    return runs.size + runs.completed.length;
  }

  due(runs: LinearRuns): number | null {
    return runs.due === Infinity ? null : runs.due;
  }

  advance(runs: LinearRuns, now: number, sink: MatchSink): void {
    while (runs.due <= now) this.fall(runs, runs.due, sink);
  }

  accept(runs: LinearRuns, event: Event, now: number, sink: MatchSink, begins: boolean): boolean {
    if (event.type !== this.ofType.type) this.ofType = this.byType.get(event.type) ?? NO_TYPE;
    const { concerns, fits } = this.ofType;
    this.event = event;
    this.kept = null;
    const order = runs.order + 1;
    let changed = false;
    let before = 0;
    if ((runs.mask & concerns) !== 0) {
      const dropped = this.offer(runs, event, now, order, sink);
      changed = dropped !== -1;
      if (changed) before = dropped;
    }
    if (begins && order >= before && (fits & 1) !== 0
      && this.begin(runs, event, now, order, sink)) changed = true;
    if (changed) {
      runs.order = order;
      const { limits } = this.definition;
      if (runs.size > limits.runs || runs.grown > limits.bytes) this.bound(runs, event.time, sink);
      if (runs.head === null && runs.completed.length === 0) this.forget(runs);
    }
    return changed;
  }

  encode(runs: LinearRuns): Uint8Array {
    return encodeLinear(this.plan, runs);
  }

  decode(bytes: Uint8Array): LinearRuns {
    const runs = decodeLinear(this.plan, bytes);
    this.survey(runs);
    return runs;
  }

  explain(runs: LinearRuns): readonly RunView[] {
    const views: RunView[] = [];
    for (let run = runs.head; run !== null; run = run.next) {
      const deadline = this.deadline(run);
      views.push({
        evidence: evidenceOf(this.plan, run), waitsFor: waitsFor(this.plan, run),
        deadline: deadline === Infinity ? null : deadline,
      });
    }
    return views;
  }

  // --- one event -----------------------------------------------------------------------------

  /** Offers the event to every run. -1 where none changed, else the order before which none begins. */
  private offer(runs: LinearRuns, event: Event, now: number, order: number, sink: MatchSink): number {
    let changed = false;
    let before = 0;
    let previous: LinearRun | null = null;
    let mask = runs.mask & UNSORTED;
    let run = runs.head;
    while (run !== null) {
      const { next } = run as LinearRun;
      let verdict: Verdict = ENDED;
      if (run.start < before) this.tell(sink, 'skipped', this.label(run), event.time);
      else verdict = this.judge(runs, run, event, now, sink);
      if (verdict !== STAYS) changed = true;
      if (verdict === STAYS || verdict === MOVED) {
        mask |= 1 << run.position;
        previous = run;
      } else {
        unlink(runs, run, previous);
        if (verdict === COMPLETE) {
          const match = { run, at: event.time, deadline: null, last: order };
          before = this.complete(runs, match, before, previous !== null, sink);
          if (before === Infinity) break;
        }
      }
      run = next;
    }
    if (!changed) return -1;
    if (runs.head === null) {
      runs.mask = 0;
      runs.due = Infinity;
    } else if (before === Infinity) this.dropAll(runs, event.time, sink);
    else {
      runs.mask = mask;
      this.reschedule(runs);
    }
    if (runs.completed.length > 0) before = Math.max(before, this.release(runs, event.time, sink));
    return before;
  }

  private judge(runs: LinearRuns, run: LinearRun, event: Event, now: number, sink: MatchSink): Verdict {
    const step = this.steps[run.position];
    if (step === undefined) {
      const nots = this.plan.absence?.nots ?? [];
      return this.forbidden(nots, run, event, now, sink) ? ENDED : STAYS;
    }
    if (run.rounds > 0) return this.judgeLoop(runs, run, step, event, now, sink);
    if (step.nots.length > 0 && this.forbidden(step.nots, run, event, now, sink)) return ENDED;
    const left = run.position > 1 ? this.steps[run.position - 1] : undefined;
    if (left !== undefined && left.greedy && this.fits(left, run, event, now, sink)) {
      this.tell(sink, 'forbidden', left.on.label, event.time);
      return ENDED;
    }
    if (this.fits(step, run, event, now, sink)) return this.take(runs, run, step, event);
    if (!step.strict) return STAYS;
    this.tell(sink, 'strict', step.on.label, event.time);
    return ENDED;
  }

  /** In a strict loop: the event is its next round, or leaves it, or ends the run. */
  private judgeLoop(
    runs: LinearRuns, run: LinearRun, step: LinearStep, event: Event, now: number, sink: MatchSink,
  ): Verdict {
    const next = this.steps[run.position + 1];
    if (next === undefined) return ENDED;
    if (next.nots.length > 0 && this.forbidden(next.nots, run, event, now, sink)) return ENDED;
    if (this.fits(step, run, event, now, sink)) {
      if (run.rounds < step.max) return this.take(runs, run, step, event);
    } else if (run.rounds >= step.min) {
      run.position++;
      run.rounds = 0;
      if (this.fits(next, run, event, now, sink)) return this.take(runs, run, next, event);
      if (!next.strict) return MOVED;
    }
    this.tell(sink, 'strict', step.on.label, event.time);
    return ENDED;
  }

  private fits(step: LinearStep, run: LinearRun | null, event: Event, now: number, sink: MatchSink): boolean {
    if ((this.ofType.fits & (1 << step.position)) === 0) return false;
    if (step.where === null) return true;
    this.told.step = step.on.label;
    this.told.sink = sink;
    return this.holds(step.where, run, event, now);
  }

  private forbidden(
    nots: readonly LinearNot[], run: LinearRun, event: Event, now: number, sink: MatchSink,
  ): boolean {
    for (const not of nots) {
      if (!not.types.has(event.type)) continue;
      this.told.step = not.label;
      this.told.sink = sink;
      if (not.where !== null && !this.holds(not.where, run, event, now)) continue;
      this.tell(sink, 'forbidden', not.label, event.time);
      return true;
    }
    return false;
  }

  private holds(clause: Clause, run: LinearRun | null, event: Event, now: number): boolean {
    const { frame } = this;
    frame.event = event;
    frame.now = now;
    for (const { slot, step, list } of clause.reads) {
      const value = run === null || step === -1 ? undefined : valueAt(run, step);
      frame.captures[slot] = value === undefined && list ? NO_EVENTS : value;
    }
    return clause.expression.test(frame, this.onError);
  }

  private readonly onError: Parameters<Clause['expression']['test']>[1] = (error) => {
    this.told.sink?.note({ kind: 'error', step: this.told.step, error });
  };

  /** The run takes the event: the next round of its loop, or its next event. */
  private take(runs: LinearRuns, run: LinearRun, step: LinearStep, event: Event): Verdict {
    const position = run.position;
    const completes = !step.loop && position === this.steps.length - 1 && this.plan.absence === null;
    const kept = completes ? event : this.keep(runs, step, event);
    if (step.loop) {
      addRound(run, position, kept);
      run.rounds++;
      return MOVED;
    }
    put(run, position, kept);
    run.position = position + 1;
    return completes ? COMPLETE : MOVED;
  }

  /** The event as it is kept: made once however many runs take it. */
  private keep(runs: LinearRuns, step: LinearStep, event: Event): Event {
    if (this.kept === null || this.keptFor !== step.on.keep) {
      this.kept = reduced(event, step.on.keep);
      this.keptFor = step.on.keep;
      this.keptSize = sizeOfTaken(this.kept);
    }
    runs.grown += this.keptSize;
    return this.kept;
  }

  private begin(runs: LinearRuns, event: Event, now: number, order: number, sink: MatchSink): boolean {
    const { first } = this;
    if (first.where !== null) {
      this.told.step = first.on.label;
      this.told.sink = sink;
      if (!this.holds(first.where, null, event, now)) return false;
    }
    const run: LinearRun = {
      start: order, position: 1, rounds: 0, first: this.keep(runs, first, event), second: null,
      more: null, next: null,
    };
    if (this.steps.length === 1 && this.plan.absence === null) {
      const match = { run, at: event.time, deadline: null, last: order };
      const before = this.complete(runs, match, 0, runs.head !== null, sink);
      if (before === Infinity && runs.head !== null) this.dropAll(runs, event.time, sink);
      return before > 0;
    }
    const deadline = this.deadline(run);
    const { tail } = runs;
    if (tail !== null && (!this.inOrder || tail.first.time > event.time)) runs.mask |= UNSORTED;
    append(runs, run);
    runs.mask |= 2;
    if (deadline < runs.due) runs.due = deadline;
    return true;
  }

  // --- time ----------------------------------------------------------------------------------

  private deadline(run: LinearRun): number {
    const window = run.first.time + this.plan.within;
    const step = this.steps[run.position];
    if (step === undefined) {
      const { absence } = this.plan;
      return absence === null || absence.for === Infinity ? window
        : Math.min(window, lastTime(run) + absence.for);
    }
    return step.within === Infinity ? window : Math.min(window, lastTime(run) + step.within);
  }

  /** Everything due at exactly `due` happens. */
  private fall(runs: LinearRuns, due: number, sink: MatchSink): void {
    let before = 0;
    let previous: LinearRun | null = null;
    let run = runs.head;
    this.event = null;
    while (run !== null) {
      const { next } = run as LinearRun;
      if (run.start >= before && this.deadline(run) > due) {
        previous = run;
        if (this.inOrder && (runs.mask & UNSORTED) === 0 && before === 0) break;
      } else {
        unlink(runs, run, previous);
        if (run.start < before) this.tell(sink, 'skipped', this.label(run), due);
        else if (this.comesTrue(run)) {
          const match = { run, at: due, deadline: due, last: runs.order };
          before = this.complete(runs, match, before, previous !== null, sink);
          if (before === Infinity) break;
        } else this.timedOut(run, due, sink);
      }
      run = next;
    }
    if (before === Infinity) this.dropAll(runs, due, sink);
    if (runs.completed.length > 0) this.release(runs, due, sink);
    this.survey(runs);
    if (this.isEmpty(runs)) this.forget(runs);
  }

  /** Whether the absence is what makes the run due. */
  private comesTrue(run: LinearRun): boolean {
    const { absence, within } = this.plan;
    if (absence === null || run.position < this.steps.length) return false;
    return absence.for === Infinity || lastTime(run) + absence.for < run.first.time + within;
  }

  private timedOut(run: LinearRun, at: number, sink: MatchSink): void {
    this.tell(sink, 'timeout', this.label(run), at);
    if (this.definition.timeout.length === 0) return;
    sink.output(outputOf(this.plan, 'timeout', { run, at, deadline: at, last: 0 }));
  }

  /** Positions and earliest deadline from the runs as they stand. */
  private survey(runs: LinearRuns): void {
    let mask = 0;
    let due = Infinity;
    let last = -Infinity;
    for (let run = runs.head; run !== null; run = run.next) {
      mask |= 1 << run.position;
      due = Math.min(due, this.deadline(run));
      if (!this.inOrder || run.first.time < last) mask |= UNSORTED;
      last = run.first.time;
    }
    runs.mask = mask;
    runs.due = due;
  }

  private reschedule(runs: LinearRuns): void {
    if (this.inOrder && (runs.mask & UNSORTED) === 0) {
      runs.due = runs.head === null ? Infinity : this.deadline(runs.head);
    } else this.survey(runs);
  }

  // --- matches -------------------------------------------------------------------------------

  /**
   * Puts out a match, or lets it wait for a run that began earlier. Gives the order before which
   * runs are dropped; Infinity: all of them.
   */
  private complete(
    runs: LinearRuns, match: LinearMatch, before: number, earlier: boolean, sink: MatchSink,
  ): number {
    if (this.skip === 'none') {
      sink.output(outputOf(this.plan, 'match', match));
      return before;
    }
    if (this.skip === 'first-wins') {
      sink.output(outputOf(this.plan, 'match', match));
      return Infinity;
    }
    if (earlier || runs.completed.length > 0) {
      runs.completed = [...runs.completed, match];
      return before;
    }
    sink.output(outputOf(this.plan, 'match', match));
    return this.skippedBefore(match);
  }

  /** Puts out the matches for which no earlier run is left; the order before which runs are dropped. */
  private release(runs: LinearRuns, at: number, sink: MatchSink): number {
    let before = 0;
    runs.completed.sort((a, b) => a.run.start - b.run.start);
    for (;;) {
      const [match] = runs.completed;
      if (match === undefined || (runs.head !== null && runs.head.start < match.run.start)) break;
      sink.output(outputOf(this.plan, 'match', match));
      before = this.skippedBefore(match);
      runs.completed = runs.completed.filter(({ run }) => run.start >= before);
      while (runs.head !== null && runs.head.start < before) {
        this.tell(sink, 'skipped', this.label(runs.head), at);
        unlink(runs, runs.head, null);
      }
    }
    this.survey(runs);
    return before;
  }

  private dropAll(runs: LinearRuns, at: number, sink: MatchSink): void {
    for (let run = runs.head; run !== null; run = run.next) this.tell(sink, 'skipped', this.label(run), at);
    runs.head = runs.tail = null;
    runs.size = runs.mask = 0;
    runs.due = Infinity;
  }

  private skippedBefore(match: LinearMatch): number {
    return this.skip === 'to-next' ? match.run.start + 1 : match.last + 1;
  }

  // --- the rest ------------------------------------------------------------------------------

  /** Ends the oldest runs until the key is within its bounds again. */
  private bound(runs: LinearRuns, at: number, sink: MatchSink): void {
    const { limits } = this.definition;
    const endOldest = (): void => {
      if (runs.head === null) return;
      this.tell(sink, 'capped', this.label(runs.head), at);
      unlink(runs, runs.head, null);
    };
    if (runs.size > limits.runs) {
      sink.note({ kind: 'bound', bound: 'runs', at });
      while (runs.size > limits.runs) endOldest();
    }
    if (runs.grown > limits.bytes) {
      runs.grown = this.encode(runs).length;
      if (runs.grown > limits.bytes) sink.note({ kind: 'bound', bound: 'bytes', at });
      while (runs.grown > limits.bytes && runs.head !== null) {
        endOldest();
        runs.grown = this.encode(runs).length;
      }
    }
    this.survey(runs);
  }

  /** A key without runs is as one that was never seen. */
  private forget(runs: LinearRuns): void {
    runs.order = runs.grown = runs.mask = 0;
    runs.due = Infinity;
    runs.completed = NONE_COMPLETED;
  }

  private tell(sink: MatchSink, reason: EndReason, step: string, at: number): void {
    sink.note({ kind: 'ended', reason, step, at, event: this.event });
  }

  private label(run: LinearRun): string {
    return this.steps[run.position]?.on.label ?? this.plan.absence?.label ?? '';
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
    const ends = this.plan.absence?.nots.some(({ types }) => types.has(type)) === true;
    if (ends) concerns |= 1 << this.steps.length;
    return { type, concerns, fits };
  }
}

/** What events of a type are to the pattern, as bits by position. */
interface OfType {
  readonly type: string | null;
  /** Where a run can change. */
  readonly concerns: number;
  /** Which steps name the type. */
  readonly fits: number;
}

const NO_TYPE: OfType = { type: null, concerns: 0, fits: 0 };
const NO_EVENTS: readonly Event[] = [];
