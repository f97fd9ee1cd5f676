import type { Event, Json } from '../event/event.ts';
import type { EvaluationError } from '../expression/expression.ts';
import type { OnStep, PatternDefinition, Step, TimelineEvent, TimelineTest } from './definition.ts';
import { walkSteps } from './rules.ts';
import type { SegmentDefinition, SegmentTest } from './segment-definition.ts';
import { comparedWith, compare, shown } from './timeline-compare.ts';
import { TEST_START, whyNot } from './why-not.ts';

/**
 * The tests inside files: a timeline on a virtual clock, run through whatever runs live. The caller
 * brings the running thing (`TimelineRun`), so that a test never runs other code than production.
 */

/** One definition, running on a virtual clock. */
export interface TimelineRun<Output> {
  /** Offers an event; the clock of its key moves to its time first. */
  feed(event: Event): void;
  /** Every deadline up to that time falls due, in order. */
  advanceTo(time: number): void;
  /** Earliest time at which something can happen by itself, null where never. */
  due(): number | null;
  /** All that came out so far, in order. */
  readonly derived: readonly Output[];
  /** What was matched and did not come out. */
  readonly withheld?: readonly WithheldOutput[];
  /** Open partial matches, for the message of a failure. */
  open(): readonly OpenRun[];
}

export interface WithheldOutput {
  readonly at: number;
  /** Null where only the reason is counted. */
  readonly type: string | null;
  readonly reason: string;
}

export interface OpenRun {
  readonly evidence: readonly { readonly step: string; readonly event: Event }[];
  /** Names or paths of steps. */
  readonly waitsFor: readonly string[];
  /** When time ends it or makes it come true, ms; null where it never does. */
  readonly deadline: number | null;
}

export interface DerivedOutput {
  readonly at: number;
  readonly type: string;
  readonly key: string | null;
  readonly recipient?: string | null;
  readonly locale?: string | null;
  /** ms after its time. */
  readonly expires?: number | null;
  /** When it went out: later than `at` where quiet hours held it. */
  readonly sent?: number;
  readonly data: { readonly [field: string]: Json };
}

export interface SegmentOutput {
  readonly at: number;
  readonly change: 'entered' | 'exited';
  readonly member: Json;
}

export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  /** What was expected and did not come, what came and was not expected, and why. */
  readonly failures: readonly string[];
}

/** Most times that the clock is moved to a next deadline before a test counts as endless. */
const ADVANCES_MAX = 1_000;

export function runTimelineTests(
  definition: PatternDefinition,
  tests: readonly TimelineTest[],
  start: (definition: PatternDefinition) => TimelineRun<DerivedOutput>,
): readonly TestResult[] {
  const results = tests.map((test): TestResult => {
    const tested = testedDefinition(definition, test);
    const run = start(tested);
    const events = play(test, run);
    if (typeof events === 'string') return failed(test, [events]);
    const failures = comparedWith(test.expect, run);
    if (failures.length > 0)
      return failed(test, [...failures, ...whyNot(tested, events, test.until, start)]);
    const vacuous = test.expect.length === 0 ? vacuity(definition, events) : [];
    return vacuous.length > 0 ? failed(test, vacuous) : passed(test);
  });
  return [...results, ...allSilent(tests)];
}

export function runSegmentTests(
  definition: SegmentDefinition,
  tests: readonly SegmentTest[],
  start: (definition: SegmentDefinition) => TimelineRun<SegmentOutput>,
): readonly TestResult[] {
  const results = tests.map((test): TestResult => {
    const run = start(definition);
    const events = play(test, run);
    if (typeof events === 'string') return failed(test, [events]);
    const failures = compare(test.expect, run.derived, {
      fits: ({ at, change, member }, output) => {
        if (at !== null && TEST_START + at !== output.at) return false;
        return (
          change === output.change && (member === null || String(member) === String(output.member))
        );
      },
      detail: ({ at, member }) => (at === null ? 0 : 2) + (member === null ? 0 : 1),
      showExpected: ({ at, change, member }) => shown(at, change, String(member), {}),
      showOutput: ({ at, change, member }) => shown(at - TEST_START, change, String(member), {}),
    });
    return failures.length > 0 ? failed(test, failures) : passed(test);
  });
  return [...results, ...allSilent(tests)];
}

/** A test shows what is matched and sent; whom the holdout leaves out only where it names it. */
function testedDefinition(definition: PatternDefinition, { expect }: TimelineTest): PatternDefinition {
  const asked = expect.some(({ withheld }) => withheld === 'holdout');
  return asked ? definition : { ...definition, holdout: 0 };
}

function passed({ name }: { readonly name: string }): TestResult {
  return { name, passed: true, failures: [] };
}

function failed({ name }: { readonly name: string }, failures: readonly string[]): TestResult {
  return { name, passed: false, failures };
}

/** A file whose tests all expect silence would pass if the definition could never do anything. */
function allSilent(tests: readonly { readonly expect: readonly unknown[] }[]): TestResult[] {
  if (tests.length === 0 || tests.some(({ expect }) => expect.length > 0)) return [];
  const failure = 'Every test expects silence: none shows that the definition can do anything.';
  return [{ name: 'one test expects something', passed: false, failures: [failure] }];
}

interface Timeline {
  readonly given: readonly TimelineEvent[];
  readonly until: number | null;
}

/** Feeds the events and moves the clock to the end; text is why there is no end. */
function play({ given, until }: Timeline, run: TimelineRun<unknown>): readonly Event[] | string {
  const events = given.map(({ at, type, data }, i): Event => {
    return { id: `test-${i + 1}`, type, time: TEST_START + at, family: 'domain', data };
  });
  for (const event of events) run.feed(event);
  if (until !== null) {
    run.advanceTo(TEST_START + until);
    return events;
  }
  for (let i = 0; i < ADVANCES_MAX; i++) {
    const due = run.due();
    if (due === null) return events;
    run.advanceTo(due);
  }
  return 'The test has no end: time alone goes on deriving. Add "until".';
}

/** Steps that try single events, those inside `not`s too. */
function singleSteps(steps: readonly Step[]): OnStep[] {
  const found: OnStep[] = [];
  walkSteps(steps, (step) => {
    if (step.kind === 'on') found.push(step);
  });
  return found;
}

/** Silence that comes from clauses which failed on every event of a type shows nothing. */
function vacuity(definition: PatternDefinition, events: readonly Event[]): string[] {
  const names = new Set(definition.names.map((_, slot) => slot));
  const steps = singleSteps(definition.steps);
  const lines: string[] = [];
  for (const type of new Set(events.map((event) => event.type))) {
    const errors: EvaluationError[] = [];
    let tried = 0;
    for (const step of steps) {
      if (!step.types.includes(type)) continue;
      for (const event of events) {
        if (event.type !== type) continue;
        tried++;
        // Clauses over what was captured cannot be judged without a run.
        if (!step.where || step.where.slots.some((slot) => names.has(slot))) continue;
        step.where.test({ event, captures: [], now: event.time }, (error) => errors.push(error));
      }
    }
    if (errors.length === 0 || tried > errors.length) continue;
    const details = [...new Set(errors.map(({ detail }) => detail))].join('; ');
    lines.push(`The silence shows nothing: every condition on ${type} failed (${details}).`);
  }
  return lines;
}
