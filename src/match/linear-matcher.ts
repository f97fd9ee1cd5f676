import type { Event } from '../event/event.ts';
import type { Condition, FieldsRead } from '../expression/expression.ts';
import type { PatternDefinition } from '../pattern/definition.ts';
import { retained } from './capture.ts';
import type { Matcher, MatchSink, RunView } from './contract.ts';
import { decodeLinear, encodeLinear } from './linear-codec.ts';
import { outputOf, viewOf } from './linear-output.ts';
import { conditionsOf } from './linear-plan.ts';
import type { LinearPlan } from './linear-plan.ts';
import {
  comesTrue, deadline, fits, fitsFirst, label, NO_TYPE, ofTypeOf, violated,
} from './linear-rules.ts';
import type { EndReason, LinearPattern } from './linear-rules.ts';
import {
  addRound, append, emptyRuns, NONE_COMPLETED, put, roundsOf, sizeOfTaken, unlink, UNSORTED,
} from './linear-runs.ts';
import type { LinearMatch, LinearRun, LinearRuns } from './linear-runs.ts';
import { linearShapeOf } from './linear-shape.ts';
import type { LinearShape, NotShape, OfType, StepShape } from './linear-shape.ts';
import { numberOf, Pool } from './shared.ts';

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
export class LinearMatcher implements Matcher<LinearRuns>, LinearPattern {
  // What an event reads stands first; the plan is for output, storage and explain.
  readonly shape: LinearShape;
  readonly type0: string | undefined;
  readonly type1: string | undefined;
  readonly first: Condition | null;
  readonly others: readonly (Condition | null)[];
  readonly typeNumbers: ReadonlyMap<string, number> | null;
  readonly plan: LinearPlan;

  constructor(plan: LinearPlan) {
    this.shape = linearShapeOf(plan);
    const types = [...plan.plan.types];
    [this.type0, this.type1] = types;
    const [first, ...others] = conditionsOf(plan).map((clause) => clause?.expression ?? null);
    this.first = first?.condition ?? null;
    this.others = CONDITIONS.shared(
      others.map(numberOf).join(), others.map((expression) => expression?.condition ?? null),
    );
    this.typeNumbers = types.length <= 2 ? null
      : NUMBERS.shared(JSON.stringify(types), new Map(types.map((type, number) => [type, number])));
    this.plan = plan;
  }

  get definition(): PatternDefinition {
    return this.plan.plan.definition;
  }

  get types(): ReadonlySet<string> {
    return this.plan.plan.types;
  }

  canBegin(event: Event): boolean {
    return fitsFirst(this, event);
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
    const { shape } = this;
    const ofType = ofTypeOf(this, event.type);
    offered.event = event;
    offered.ofType = ofType;
    offered.kept = null;
    const order = runs.order + 1;
    let changed = false;
    let before = 0;
    if ((runs.mask & ofType.concerns) !== 0) {
      const dropped = this.offer(runs, event, now, order, sink);
      changed = dropped !== -1;
      if (changed) before = dropped;
    }
    if (begins && order >= before && (ofType.fits & 1) !== 0
      && this.begin(runs, event, now, order, sink)) changed = true;
    if (changed) {
      runs.order = order;
      if (runs.size > shape.runsMax || runs.grown > shape.bytesMax) this.bound(runs, event.time, sink);
      if (runs.head === null && runs.completed.length === 0) this.forget(runs);
    }
    return changed;
  }

  encode(runs: LinearRuns): Uint8Array {
    return encodeLinear(this.plan, runs);
  }

  decode(bytes: Uint8Array): LinearRuns {
    const runs = decodeLinear(this.plan, bytes);
    for (let run = runs.head; run !== null; run = run.next) run.due = deadline(this.shape, run);
    runs.grown = bytes.length;
    this.survey(runs);
    return runs;
  }

  explain(runs: LinearRuns): readonly RunView[] {
    const views: RunView[] = [];
    for (let run = runs.head; run !== null; run = run.next) views.push(viewOf(this.shape, run));
    return views;
  }

  // --- one event -----------------------------------------------------------------------------

  /** Offers the event to every run. -1 where none changed, else the order before which none begins. */
  private offer(
    runs: LinearRuns, event: Event, now: number, order: number, sink: MatchSink,
  ): number {
    let changed = false;
    let before = 0;
    let previous: LinearRun | null = null;
    let mask = runs.mask & UNSORTED;
    let run = runs.head;
    while (run !== null) {
      const { next } = run as LinearRun;
      let verdict: Verdict = ENDED;
      if (run.start < before) tell(sink, 'skipped', label(this.shape, run), event.time);
      else verdict = this.judge(runs, run, event, now, sink);
      if (verdict !== STAYS) changed = true;
      if (verdict === STAYS || verdict === MOVED) {
        if (verdict === MOVED && !this.shape.inOrder) run.due = deadline(this.shape, run);
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

  private judge(
    runs: LinearRuns, run: LinearRun, event: Event, now: number, sink: MatchSink,
  ): Verdict {
    const step = this.shape.steps[run.position];
    if (step === undefined) {
      const nots = this.shape.absence?.nots ?? [];
      return this.forbidden(nots, run, event, now, sink) ? ENDED : STAYS;
    }
    if (step.loop && roundsOf(run) > 0) return this.judgeLoop(runs, run, step, event, now, sink);
    if (step.nots.length > 0
      && this.forbidden(step.nots, run, event, now, sink)) return ENDED;
    const left = run.position > 1 ? this.shape.steps[run.position - 1] : undefined;
    if (left !== undefined && left.greedy && this.fits(left, run, event, now, sink)) {
      tell(sink, 'forbidden', left.label, event.time);
      return ENDED;
    }
    if (this.fits(step, run, event, now, sink)) return this.take(runs, run, step, event);
    if (!step.strict) return STAYS;
    tell(sink, 'strict', step.label, event.time);
    return ENDED;
  }

  /** In a strict loop: the event is its next round, or leaves it, or ends the run. */
  private judgeLoop(
    runs: LinearRuns, run: LinearRun, step: StepShape, event: Event, now: number, sink: MatchSink,
  ): Verdict {
    const next = this.shape.steps[run.position + 1];
    if (next === undefined) return ENDED;
    if (next.nots.length > 0
      && this.forbidden(next.nots, run, event, now, sink)) return ENDED;
    if (this.fits(step, run, event, now, sink)) {
      if (roundsOf(run) < step.max) return this.take(runs, run, step, event);
    } else if (roundsOf(run) >= step.min) {
      run.position++;
      if (this.fits(next, run, event, now, sink)) return this.take(runs, run, next, event);
      if (!next.strict) return MOVED;
    }
    tell(sink, 'strict', step.label, event.time);
    return ENDED;
  }

  private fits(
    step: StepShape, run: LinearRun | null, event: Event, now: number, sink: MatchSink,
  ): boolean {
    return fits(this, offered.ofType, step, run, event, now, sink);
  }

  private forbidden(
    nots: readonly NotShape[], run: LinearRun, event: Event, now: number, sink: MatchSink,
  ): boolean {
    const not = violated(this, offered.ofType, nots, run, event, now, sink);
    if (not !== null) tell(sink, 'forbidden', not.label, event.time);
    return not !== null;
  }

  /** The run takes the event: the next round of its loop, or its next event. */
  private take(runs: LinearRuns, run: LinearRun, step: StepShape, event: Event): Verdict {
    const position = run.position;
    const completes = !step.loop
      && position === this.shape.steps.length - 1 && this.shape.absence === null;
    const kept = completes ? event : this.keep(runs, step, event);
    if (step.loop) {
      addRound(run, position, kept);
      return MOVED;
    }
    put(run, position, kept);
    run.position = position + 1;
    return completes ? COMPLETE : MOVED;
  }

  /** The event as it is kept: made once however many runs take it. */
  private keep(runs: LinearRuns, step: StepShape, event: Event): Event {
    if (offered.kept === null || offered.keptFor !== step.keep) {
      offered.kept = retained(event, step.keep);
      offered.keptFor = step.keep;
      offered.keptSize = sizeOfTaken(offered.kept);
    }
    runs.grown += offered.keptSize;
    return offered.kept;
  }

  private begin(
    runs: LinearRuns, event: Event, now: number, order: number, sink: MatchSink,
  ): boolean {
    const { steps: [first] } = this.shape;
    if (first === undefined || !this.fits(first, null, event, now, sink)) return false;
    const run: LinearRun = {
      start: order, position: 1, due: Infinity, first: this.keep(runs, first, event),
      second: null, more: null, next: null,
    };
    if (this.shape.steps.length === 1 && this.shape.absence === null) {
      const match = { run, at: event.time, deadline: null, last: order };
      const before = this.complete(runs, match, 0, runs.head !== null, sink);
      if (before === Infinity && runs.head !== null) this.dropAll(runs, event.time, sink);
      return before > 0;
    }
    run.due = deadline(this.shape, run);
    const { tail } = runs;
    if (tail !== null && (!this.shape.inOrder || tail.due > run.due)) runs.mask |= UNSORTED;
    append(runs, run);
    runs.mask |= 2;
    if (run.due < runs.due) runs.due = run.due;
    return true;
  }

  // --- time ----------------------------------------------------------------------------------

  /** Everything due at exactly `due` happens. */
  private fall(runs: LinearRuns, due: number, sink: MatchSink): void {
    let before = 0;
    let previous: LinearRun | null = null;
    let run = runs.head;
    offered.event = null;
    while (run !== null) {
      const { next } = run as LinearRun;
      if (run.start >= before && run.due > due) {
        previous = run;
        if (this.shape.inOrder && (runs.mask & UNSORTED) === 0 && before === 0) break;
      } else {
        unlink(runs, run, previous);
        if (run.start < before) tell(sink, 'skipped', label(this.shape, run), due);
        else if (comesTrue(this.shape, run)) {
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

  private timedOut(run: LinearRun, at: number, sink: MatchSink): void {
    tell(sink, 'timeout', label(this.shape, run), at);
    if (!this.shape.timesOut) return;
    sink.output(outputOf(this.shape, 'timeout', { run, at, deadline: at, last: 0 }));
  }

  /** Positions and earliest deadline from the runs as they stand. */
  private survey(runs: LinearRuns): void {
    let mask = 0;
    let due = Infinity;
    let last = -Infinity;
    for (let run = runs.head; run !== null; run = run.next) {
      mask |= 1 << run.position;
      due = Math.min(due, run.due);
      if (!this.shape.inOrder || run.due < last) mask |= UNSORTED;
      last = run.due;
    }
    runs.mask = mask;
    runs.due = due;
  }

  private reschedule(runs: LinearRuns): void {
    if (this.shape.inOrder && (runs.mask & UNSORTED) === 0) {
      runs.due = runs.head === null ? Infinity : runs.head.due;
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
    if (this.shape.skip === 'none') {
      sink.output(outputOf(this.shape, 'match', match));
      return before;
    }
    if (this.shape.skip === 'first-wins') {
      sink.output(outputOf(this.shape, 'match', match));
      return Infinity;
    }
    if (earlier || runs.completed.length > 0) {
      runs.completed = [...runs.completed, match];
      return before;
    }
    sink.output(outputOf(this.shape, 'match', match));
    return this.skippedBefore(match);
  }

  /** Puts out the matches for which no earlier run is left; the order before which runs are dropped. */
  private release(runs: LinearRuns, at: number, sink: MatchSink): number {
    let before = 0;
    runs.completed.sort((a, b) => a.run.start - b.run.start);
    for (;;) {
      const [match] = runs.completed;
      if (match === undefined || (runs.head !== null && runs.head.start < match.run.start)) break;
      sink.output(outputOf(this.shape, 'match', match));
      before = this.skippedBefore(match);
      runs.completed = runs.completed.filter(({ run }) => run.start >= before);
      while (runs.head !== null && runs.head.start < before) {
        tell(sink, 'skipped', label(this.shape, runs.head), at);
        unlink(runs, runs.head, null);
      }
    }
    this.survey(runs);
    return before;
  }

  private dropAll(runs: LinearRuns, at: number, sink: MatchSink): void {
    for (let run = runs.head; run !== null; run = run.next) {
      tell(sink, 'skipped', label(this.shape, run), at);
    }
    runs.head = runs.tail = null;
    runs.size = runs.mask = 0;
    runs.due = Infinity;
  }

  private skippedBefore(match: LinearMatch): number {
    return this.shape.skip === 'to-next' ? match.run.start + 1 : match.last + 1;
  }

  // --- the rest ------------------------------------------------------------------------------

  /** Ends the oldest runs until the key is within its bounds again. */
  private bound(runs: LinearRuns, at: number, sink: MatchSink): void {
    const endOldest = (): void => {
      if (runs.head === null) return;
      tell(sink, 'capped', label(this.shape, runs.head), at);
      unlink(runs, runs.head, null);
    };
    if (runs.size > this.shape.runsMax) {
      sink.note({ kind: 'bound', bound: 'runs', at });
      while (runs.size > this.shape.runsMax) endOldest();
    }
    if (runs.grown > this.shape.bytesMax) {
      runs.grown = this.encode(runs).length;
      if (runs.grown > this.shape.bytesMax) sink.note({ kind: 'bound', bound: 'bytes', at });
      while (runs.grown > this.shape.bytesMax && runs.head !== null) {
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
}

/**
 * The event under way: one for all patterns, as calls do not nest. Held by each matcher, it would
 * be written to another place for every pattern that an event meets.
 */
const offered: {
  /** Null at a deadline. */
  event: Event | null;
  ofType: OfType;
  /** As it is kept, for whom, and its size. */
  kept: Event | null;
  keptFor: FieldsRead;
  keptSize: number;
} = { event: null, ofType: NO_TYPE, kept: null, keptFor: [], keptSize: 0 };

function tell(sink: MatchSink, reason: EndReason, step: string, at: number): void {
  sink.note({ kind: 'ended', reason, step, at, event: offered.event });
}

const NUMBERS = new Pool<ReadonlyMap<string, number>>();
const CONDITIONS = new Pool<readonly (Condition | null)[]>();
