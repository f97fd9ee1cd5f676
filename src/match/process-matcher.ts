import type { Event } from '../event/event.ts';
import { EvaluationError } from '../expression/expression.ts';
import type { PatternDefinition } from '../pattern/definition.ts';
import { capturesOf, compareTaken, evidenceOf, listed, sameTaken } from './capture.ts';
import type { Taken } from './capture.ts';
import { decodeRuns } from './process-decode.ts';
import { encodeRuns } from './process-encode.ts';
import type { Matcher, MatchOutput, MatchSink, RunView } from './contract.ts';
import { viewsOf } from './explain.ts';
import { Moment } from './moment.ts';
import type { Plan } from './plan.ts';
import { offer, start, tick } from './process.ts';
import { skippedBefore } from './skip.ts';
import type { Completed } from './skip.ts';
import { ENDED, NO_GUARDS } from './state.ts';
import type { After, Result, State } from './state.ts';
import { touched } from './touched.ts';

/** All that is open for one key: changed in place by the matcher only. */
export interface Runs {
  /** Events offered so far. */
  order: number;
  runs: Run[];
  /** Complete matches that wait for runs which began earlier. */
  completed: Completed[];
  /** `starts: once`: the run of the key has begun. */
  begun: boolean;
  /** Time of the key's last event, ms. */
  last: number;
  /** Upper bound of the bytes since they were last counted. */
  grown: number;
}

/** What began at one event (or before the key's first event). */
export interface Run {
  /** Order of the event it began with; 0 for `starts: once`. */
  readonly start: number;
  state: State;
}

/** Bytes that one taken event can add to a state beside its fields. */
const EVENT_OVERHEAD_BYTES = 48;

/**
 * Matches any pattern by its processes, step by step as README.md states them. Patterns of common
 * shape have a faster twin.
 */
export class ProcessMatcher implements Matcher<Runs> {
  readonly definition: PatternDefinition;
  readonly types: ReadonlySet<string>;
  private readonly plan: Plan;
  private readonly moment: Moment;
  private readonly idle: number;
  private readonly once: boolean;

  constructor(plan: Plan) {
    this.plan = plan;
    this.definition = plan.definition;
    this.types = plan.types;
    this.moment = new Moment(plan.definition);
    this.once = plan.definition.starts.mode === 'once';
    this.idle = Math.max(plan.definition.limits.idle, plan.longest);
  }

  canBegin(event: Event): boolean {
    if (this.once) return this.types.has(event.type);
    const { moment } = this;
    moment.begin(event, event.time, event.time, 0, SILENT);
    return this.begins(event, []) !== ENDED || moment.takes > 0;
  }

  empty(): Runs {
    return { order: 0, runs: [], completed: [], begun: false, last: -Infinity, grown: 0 };
  }

  isEmpty(runs: Runs): boolean {
    return !runs.begun && runs.runs.length === 0 && runs.completed.length === 0;
  }

  due(runs: Runs): number | null {
    let due = this.forgetAt(runs);
    for (const run of runs.runs) due = Math.min(due, run.state.due);
    return due === Infinity ? null : due;
  }

  size(runs: Runs): number {
    let size = runs.completed.length;
    for (const run of runs.runs) size += run.state.size;
    return size;
  }

  advance(runs: Runs, now: number, sink: MatchSink): void {
    for (;;) {
      const due = this.due(runs);
      if (due === null || due > now) break;
      if (due >= this.forgetAt(runs)) {
        this.forget(runs);
        break;
      }
      for (const run of runs.runs) {
        if (run.state.due > due) continue;
        this.moment.begin(null, due, due, runs.order, sink);
        this.progress(runs, run, tick, due, sink);
        if (this.won(runs)) break;
      }
      this.release(runs, sink);
      this.bound(runs, due, 0, sink);
    }
    if (this.isEmpty(runs)) this.forget(runs);
  }

  accept(runs: Runs, event: Event, now: number, sink: MatchSink, begins: boolean): boolean {
    const { runs: before, completed } = runs;
    const states = before.map(({ state }) => state);
    const waiting = completed.length;
    runs.order++;
    const remembered = this.remember(runs, event, begins);
    if (this.once && begins && !runs.begun) this.beginOnce(runs, event, now, sink);
    for (const run of runs.runs) {
      this.moment.begin(event, event.time, now, runs.order, sink);
      this.progress(runs, run, offer, null, sink);
      if (this.won(runs)) break;
    }
    if (!this.once && begins && !this.won(runs)) this.beginAny(runs, event, now, sink);
    this.release(runs, sink);
    const changed = remembered || runs.runs !== before || runs.runs.length !== states.length
      || runs.completed !== completed || completed.length !== waiting
      || states.some((state, i) => runs.runs[i]?.state !== state);
    if (changed) this.bound(runs, event.time, sizeOf(event), sink);
    else runs.order--;
    if (this.isEmpty(runs)) this.forget(runs);
    return changed;
  }

  encode(runs: Runs): Uint8Array {
    return encodeRuns(this.plan, runs);
  }

  decode(bytes: Uint8Array): Runs {
    const runs = decodeRuns(this.plan, bytes);
    runs.grown = bytes.length;
    return runs;
  }

  explain(runs: Runs): readonly RunView[] {
    return runs.runs.flatMap((run) => viewsOf(run.state));
  }

  private forgetAt(runs: Runs): number {
    return runs.begun ? runs.last + this.idle + Math.ceil(this.idle / 64) : Infinity;
  }

  private forget(runs: Runs): void {
    Object.assign(runs, this.empty());
  }

  /** Under `first-wins` the first match of a moment ends everything else, later runs unasked. */
  private won(runs: Runs): boolean {
    return runs.completed.length > 0 && this.definition.skip.strategy === 'first-wins';
  }

  /** The time of the last event is kept to a 64th of the time for which it is remembered. */
  private remember(runs: Runs, event: Event, begins: boolean): boolean {
    if (!this.once || !(begins || runs.begun)) return false;
    if (event.time - runs.last < this.idle / 64) return false;
    runs.last = event.time;
    return true;
  }

  private beginOnce(runs: Runs, event: Event, now: number, sink: MatchSink): void {
    runs.begun = true;
    this.moment.begin(null, event.time, now, runs.order, sink);
    const results: Result[] = [];
    const state = start(this.moment, this.plan.root, null, null, NO_GUARDS, results);
    const run: Run | null = state === ENDED ? null : { start: 0, state };
    if (run !== null) runs.runs.push(run);
    this.complete(runs, 0, results, event.time, null, sink);
  }

  private beginAny(runs: Runs, event: Event, now: number, sink: MatchSink): void {
    this.moment.begin(event, event.time, now, runs.order, sink);
    const results: Result[] = [];
    const state = this.begins(event, results);
    if (state !== ENDED) runs.runs.push({ start: runs.order, state });
    this.complete(runs, runs.order, results, event.time, null, sink);
  }

  /** A run that takes the event as its first. */
  private begins(event: Event, results: Result[]): After {
    const { moment } = this;
    if (!this.types.has(event.type)) return ENDED;
    const fresh = start(moment, this.plan.root, null, null, NO_GUARDS, []);
    if (fresh === ENDED) return ENDED;
    const after = offer(moment, fresh, results);
    return after === ENDED || moment.takes === 0 ? ENDED : touched(after);
  }

  private progress(
    runs: Runs, run: Run, by: typeof offer, deadline: number | null, sink: MatchSink,
  ): void {
    const results: Result[] = [];
    const after = by(this.moment, run.state, results);
    if (after === ENDED || after.kind === 'stopped') {
      runs.runs = runs.runs.filter((other) => other !== run);
    } else run.state = after;
    const { time, expired } = this.moment;
    this.complete(runs, run.start, results, time, deadline, sink);
    this.timedOut(expired, time, sink);
  }

  private timedOut(expired: readonly (Taken | null)[], at: number, sink: MatchSink): void {
    if (this.definition.timeout.length === 0) return;
    const told: (Taken | null)[] = [];
    for (const taken of expired) {
      if (taken === null || told.some((other) => sameTaken(other, taken))) continue;
      told.push(taken);
      sink.output(this.output('timeout', { start: 0, taken, at, deadline: at }));
    }
  }

  private complete(
    runs: Runs, begun: number, results: readonly Result[], at: number, deadline: number | null,
    sink: MatchSink,
  ): void {
    const matches = results
      .map(({ taken }): Completed => ({ start: begun, taken, at, deadline }))
      .filter(({ taken }) => this.once || listed(taken).some(({ order }) => order === begun))
      .sort((a, b) => compareTaken(a.taken, b.taken));
    if (this.definition.skip.strategy === 'none') {
      for (const match of matches) sink.output(this.output('match', match));
    } else runs.completed.push(...matches);
  }

  /** Emits what no earlier run can overtake any more, and drops what the strategy skips. */
  private release(runs: Runs, sink: MatchSink): void {
    const { skip } = this.definition;
    while (runs.completed.length > 0) {
      runs.completed.sort((a, b) => a.start - b.start);
      const [match] = runs.completed;
      if (match === undefined) return;
      const earlier = runs.runs.some((run) => run.start < match.start);
      if (earlier && skip.strategy !== 'first-wins') return;
      runs.completed.shift();
      const before = skippedBefore(skip, match);
      if (before === 'missing') {
        this.unskippable(match, sink);
        continue;
      }
      sink.output(this.output('match', match));
      if (before === null) continue;
      runs.completed = runs.completed.filter((other) => other.start >= before);
      this.drop(runs, (run) => run.start < before, 'skipped', match.at, sink);
    }
  }

  /** A match that is dropped by `else: error`. */
  private unskippable({ taken, at }: Completed, sink: MatchSink): void {
    sink.note({ kind: 'error', step: 'skip', error: NOTHING_TO_SKIP });
    const last = evidenceOf(taken).at(-1);
    sink.note({
      kind: 'ended', reason: 'unskippable', step: last?.step ?? '', at, event: last?.event ?? null,
    });
  }

  private drop(
    runs: Runs, which: (run: Run) => boolean, reason: 'skipped' | 'capped', at: number,
    sink: MatchSink,
  ): void {
    runs.runs = runs.runs.filter((run) => {
      if (!which(run)) return true;
      sink.note(
        { kind: 'ended', reason, step: viewsOf(run.state)[0]?.waitsFor[0] ?? '', at, event: null },
      );
      return false;
    });
  }

  /** Ends the oldest runs until the key is within its bounds again; `added`: bytes of an event. */
  private bound(runs: Runs, at: number, added: number, sink: MatchSink): void {
    const { limits } = this.definition;
    const oldest = (): void => {
      const [run] = runs.runs;
      this.drop(runs, (other) => other === run, 'capped', at, sink);
    };
    if (this.size(runs) > limits.runs) {
      sink.note({ kind: 'bound', bound: 'runs', at });
      while (runs.runs.length > 0 && this.size(runs) > limits.runs) oldest();
    }
    runs.grown += EVENT_OVERHEAD_BYTES + added + 8 * this.size(runs);
    if (runs.grown <= limits.bytes) return;
    let bytes = this.encode(runs).length;
    if (bytes > limits.bytes) sink.note({ kind: 'bound', bound: 'bytes', at });
    while (bytes > limits.bytes && runs.runs.length > 0) {
      oldest();
      bytes = this.encode(runs).length;
    }
    runs.grown = bytes;
  }

  private output(kind: MatchOutput['kind'], match: Completed): MatchOutput {
    return {
      kind, at: match.at, deadline: match.deadline,
      captures: capturesOf(match.taken, this.definition.names),
      evidence: evidenceOf(match.taken),
    };
  }
}

const NOTHING_TO_SKIP = new EvaluationError(
  'no_value', 'the step to skip to took no event, or nothing would be skipped',
);

const SILENT: MatchSink = { output: () => undefined, note: () => undefined };

function sizeOf(event: Event): number {
  let size = event.id.length;
  for (const value of Object.values(event.data)) {
    size += typeof value === 'string' ? value.length + 3 : typeof value === 'object' ? 256 : 9;
  }
  return size;
}

