import type { Event, Json } from '../event/event.ts';
import type { EvaluationError } from '../expression/expression.ts';
import type { OnStep, PatternDefinition, Step, TimelineEvent, TimelineTest } from './definition.ts';
import { walkSteps } from './rules.ts';
import type { SegmentDefinition, SegmentTest } from './segment-definition.ts';
import { clock, TEST_START, whyNot } from './why-not.ts';

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
  /** Open partial matches, for the message of a failure. */
  open(): readonly OpenRun[];
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
    const run = start(definition);
    const events = play(test, run);
    if (typeof events === 'string') return failed(test, [events]);
    const failures = compare(test.expect, run.derived, {
      fits: (expected, output) => {
        const { at, type, key, data } = expected;
        if (type !== output.type || (at !== null && TEST_START + at !== output.at)) return false;
        if (key !== null && key !== output.key) return false;
        return Object.entries(data).every(([field, value]) => same(output.data[field], value));
      },
      detail: ({ at, key, data }) =>
        (at === null ? 0 : 2) + (key === null ? 0 : 1) + Object.keys(data).length,
      showExpected: ({ at, type, key, data }) => shown(at, type, key, data),
      showOutput: ({ at, type, key, data }) => shown(at - TEST_START, type, key, data),
    });
    if (failures.length > 0)
      return failed(test, [...failures, ...whyNot(definition, events, test.until, start)]);
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

interface Comparison<Expected, Output> {
  fits(expected: Expected, output: Output): boolean;
  /** How much an expectation says; those that say more choose first. */
  detail(expected: Expected): number;
  showExpected(expected: Expected): string;
  showOutput(output: Output): string;
}

/** Both ways: everything expected came once, and nothing else came. */
function compare<Expected, Output>(
  expected: readonly Expected[],
  outputs: readonly Output[],
  how: Comparison<Expected, Output>,
): string[] {
  const left = [...outputs];
  const missing: Expected[] = [];
  const ordered = expected.toSorted((a, b) => how.detail(b) - how.detail(a));
  for (const expectation of ordered) {
    const index = left.findIndex((output) => how.fits(expectation, output));
    if (index < 0) missing.push(expectation);
    else left.splice(index, 1);
  }
  return [
    ...missing.map(
      (expectation) => `expected ${how.showExpected(expectation)}, and it did not come`,
    ),
    ...left.map((output) => `not expected: ${how.showOutput(output)}`),
  ];
}

function shown(at: number | null, type: string, key: string | null, data: object): string {
  const time = at === null ? '' : ` at ${clock(at)}`;
  const who = key === null ? '' : ` for ${key}`;
  const fields = Object.keys(data).length === 0 ? '' : ` ${JSON.stringify(data)}`;
  return `${type}${time}${who}${fields}`;
}

/** Key order does not matter. */
function same(left: Json | undefined, right: Json): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return false;
  const a = Object.entries(left);
  const b = new Map(Object.entries(right));
  if (a.length !== b.size || Array.isArray(left) !== Array.isArray(right)) return false;
  return a.every(([name, value]) => b.has(name) && same(value, b.get(name)!));
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
