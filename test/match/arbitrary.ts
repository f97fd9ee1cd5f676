import fc from 'fast-check';
import type { Event } from '../../src/event/event.ts';

/** Random pattern files and streams, small enough that most things happen often. */

export type PatternFile = { [field: string]: unknown };
type StepFile = { [field: string]: unknown };

export const TYPES = ['a', 'b', 'c', 'd'] as const;

const someTypes = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TYPES) },
  { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 2, maxLength: 3 }) },
);

/** A condition on the event alone, or on what an earlier step took. */
function clause(earlier: readonly string[], own: string | null): fc.Arbitrary<string | undefined> {
  const alone = ['event.v > 1', 'event.v == 2', 'event.v != 3', 'has(event.w)'];
  const related = earlier.map((name) => `event.v >= ${name}.v`);
  const looped = own === null ? [] : [`size(${own}) == 0 || event.v >= last(${own}).v`];
  return fc.option(fc.constantFrom(...alone, ...related, ...looped), { nil: undefined, freq: 2 });
}

function compact(step: StepFile): StepFile {
  return Object.fromEntries(Object.entries(step).filter(([, value]) => value !== undefined
    && value !== false));
}

const duration = (from: number, to: number): fc.Arbitrary<string> =>
  fc.integer({ min: from, max: to }).map((ms) => `${ms}ms`);

/** Steps of the shape that `LinearMatcher` takes over, mostly. */
function linearSteps(): fc.Arbitrary<StepFile[]> {
  return fc.integer({ min: 1, max: 4 }).chain((length) => {
    const steps: fc.Arbitrary<StepFile[]>[] = [];
    const singles: string[] = [];
    for (let i = 0; i < length; i++) {
      const name = `s${i}`;
      const earlier = [...singles];
      const single = i === 0 ? fc.constant(true) : fc.boolean();
      if (i === 0) singles.push(name);
      const last = i === length - 1;
      const not = fc.record({ not: someTypes, where: clause(earlier, null) }).map(compact);
      const positive = fc.tuple(single, fc.boolean()).chain(([one, strict]): fc.Arbitrary<StepFile> => fc.record({
        as: fc.constant(name), on: someTypes,
        where: clause(earlier, one || last ? null : name),
        contiguity: fc.constant(strict && i > 0 ? 'strict' : undefined),
        ...(one || last ? {
          within: i === 0 ? fc.constant(undefined) : fc.option(duration(3, 12), { nil: undefined, freq: 2 }),
        } : {
          times: fc.constantFrom(2, '1..2', '2..3', '1+', '2+'), inner: fc.constant('strict'),
          greedy: fc.boolean(),
        }),
      } as { [word: string]: fc.Arbitrary<unknown> }).map(compact));
      const guarded = fc.tuple(not, positive).map(([guard, step]) => [guard, step]);
      const plain = positive.map((step) => [step]);
      if (i > 0 && last) {
        const absence = fc.record({
          not: someTypes, where: clause(earlier, null), for: fc.option(duration(2, 15), { nil: undefined, freq: 4 }),
        }).map((step) => [compact(step)]);
        steps.push(fc.oneof(plain, guarded, absence));
      } else steps.push(i === 0 ? plain : fc.oneof({ weight: 2, arbitrary: plain }, guarded));
    }
    return fc.tuple(...steps).map((parts) => parts.flat());
  });
}

export function linearFile(): fc.Arbitrary<PatternFile> {
  return fc.record({
    id: fc.constant('p'), key: fc.constant('none'), steps: linearSteps(),
    within: fc.option(duration(5, 30), { nil: undefined, freq: 4 }),
    skip: fc.constantFrom('none', 'first-wins', 'to-next', 'past-last'),
    emit: fc.constant({ type: 'matched', data: { v: '${s0.v}' } }), timeout: fc.constant('timed_out'),
    limits: fc.constant({ runs: 1_000, bytes: 1_000_000 }),
  }).map((file) => {
    const last = file.steps.at(-1);
    // An absence needs a time: its own, or that of the pattern.
    if (last !== undefined
      && 'not' in last && !('for' in last)) return { ...file, within: file.within ?? '20ms' };
    return compact(file) as PatternFile;
  });
}

/** Events in order of arrival; now and then one that is older than the one before. */
export function stream(maxLength = 24): fc.Arbitrary<Event[]> {
  const step = fc.record({
    gap: fc.integer({ min: -2, max: 6 }), type: fc.constantFrom(...TYPES, 'a', 'b'),
    v: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined, freq: 12 }), w: fc.boolean(),
  });
  return fc.array(step, { minLength: 3, maxLength }).map((parts) => {
    let time = 1_000;
    return parts.map(({ gap, type, v, w }, i): Event => {
      time += gap;
      const data = { ...(v === undefined ? {} : { v }), ...(w ? { w: true } : {}) };
      return { id: `e${i}`, type, time, family: 'domain', data };
    });
  });
}

const alone = fc.constantFrom('event.v > 1', 'event.v == 2', 'event.v != 3', 'has(event.w)');
const maybe = <T>(value: fc.Arbitrary<T>, freq = 3): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: Math.max(2, freq) });
/** Present one time in `n`; shrinks to absent. */
const rarely = <T>(value: fc.Arbitrary<T>, n: number): fc.Arbitrary<T | undefined> =>
  fc.nat({ max: n - 1 }).chain((i) => (i === n - 1 ? value : fc.constant(undefined)));

const contiguity = fc.constantFrom('strict', 'relaxed', 'any');

/** Without the words of a loop where there is none, and without `until` where it has an end. */
function loopWords({ times, inner, gap, until, ...step }: StepFile): StepFile {
  if (times === undefined) return compact(step);
  return compact({ ...step, times, inner, gap, until: String(times).endsWith('+') ? until : undefined });
}

/** What one event takes; in a loop now and then. */
const single: fc.Arbitrary<StepFile> = fc.record({
  on: someTypes, where: rarely(alone, 3), contiguity: rarely(contiguity, 3),
  optional: rarely(fc.constant(true), 6), within: rarely(duration(3, 14), 8),
  loop: rarely(fc.record({
    times: fc.constantFrom(1, 2, '1..2', '2..3', '1+', '2+', '0+'), inner: maybe(contiguity),
    greedy: rarely(fc.constant(true), 3), gap: rarely(duration(3, 8), 4), distinct: rarely(fc.constant('v'), 5),
  }), 3),
  until: rarely(fc.constantFrom('event.v == 4', 'event.v > 2'), 4),
}).map(({ loop, until, ...step }) => compact({
  ...step, ...(loop === undefined ? {} : compact(loop)),
  ...(loop !== undefined && until !== undefined && String(loop.times).endsWith('+') ? { until } : {}),
}));

/** What a negation forbids where that is more than one event. */
const severalEvents: fc.Arbitrary<StepFile> = fc.oneof(
  fc.array(single, { minLength: 2, maxLength: 2 }).map((group) => ({ group: group.map(mandatory) })),
  fc.array(single, { minLength: 2, maxLength: 2 }).map((all) => ({ all: all.map(mandatory) })),
  single.map(mandatory) as fc.Arbitrary<StepFile>,
);

const forbidden: fc.Arbitrary<StepFile> = fc.oneof(
  {
    weight: 4, arbitrary: fc.record({
      not: someTypes, where: rarely(alone, 3), contiguity: rarely(fc.constant('strict'), 4),
    }).map(compact),
  },
  { weight: 1, arbitrary: severalEvents.map((not) => ({ not })) },
);

/** A negation among alternatives or operands, where contiguity means nothing. */
const bareNot: fc.Arbitrary<StepFile> = fc.record({ not: someTypes, where: rarely(alone, 3) }).map(compact);

const absence: fc.Arbitrary<StepFile> = fc.record({
  not: someTypes, where: rarely(alone, 3), for: duration(2, 12),
  else: rarely(fc.constant('restart'), 3),
}).map(compact);

/** Not inside a window: what stops is over for good, whatever would end there later. */
const stopping: fc.Arbitrary<StepFile> = fc.record({
  not: someTypes, where: rarely(alone, 3), for: duration(2, 12), else: fc.constant('stop'),
}).map(compact);

const pause: fc.Arbitrary<StepFile> = duration(1, 8).map((wait) => ({ wait }));

/** A loop whose rounds may take nothing. */
const emptyRounds: fc.Arbitrary<StepFile> = fc.record({
  group: fc.array(single.map((step): StepFile => ({ ...step, optional: true })), { minLength: 1, maxLength: 2 }),
  times: fc.constantFrom(2, '1..2', '2..3', '1+', '2+', '0+'), inner: rarely(contiguity, 4),
});

function windowed(step: fc.Arbitrary<StepFile>): fc.Arbitrary<StepFile> {
  return fc.tuple(step, rarely(duration(4, 16), 5), rarely(duration(4, 12), 6), rarely(fc.integer({ min: 1, max: 2 }), 10))
    .map(([inner, within, span, atMost]) => compact({ ...inner, within, span, atMost }));
}

/** Steps in order, with what may not come between them. */
function inOrder(depth: number, once: boolean, maxLength: number): fc.Arbitrary<StepFile[]> {
  const between = fc.tuple(rarely(forbidden, 4), anyStep(depth, once)).map(([not, step]) =>
    (not === undefined ? [step] : [not, step]));
  return fc.tuple(anyStep(depth, once), fc.array(between, { maxLength: maxLength - 1 }))
    .map(([first, rest]) => [first, ...rest.flat()]);
}

/**
 * As `inOrder`, beginning with a step that one event must take: which alternatives of a first `any` belong to a
 * run is a question of how runs begin, and not of what steps mean.
 */
function beginningSimply(steps: fc.Arbitrary<StepFile[]>): fc.Arbitrary<StepFile[]> {
  return fc.tuple(single, steps).map(([first, [own, ...rest]]) => {
    const chooses = JSON.stringify(own).includes('"any":');
    return [mandatory(chooses ? first : own) as StepFile, ...rest];
  });
}

/** Now and then with an absence that stops for good, alone or again and again. */
function endingSo(steps: fc.Arbitrary<StepFile[]>): fc.Arbitrary<StepFile[]> {
  return fc.tuple(steps, rarely(fc.oneof(stopping, stopping.map((every) => ({ every }))), 5))
    .map(([first, last]) => (last === undefined ? first : [...first, last]));
}

/** Without anything that may be left out, at any depth. */
function mandatory(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mandatory);
  if (typeof value !== 'object' || value === null) return value;
  const { optional: _, ...step } = value as StepFile;
  const left = Object.fromEntries(
    Object.entries(step).map(([word, inner]) => [word, mandatory(inner)]),
  );
  return left['times'] === '0+'
    && typeof left['until'] !== 'object' ? { ...left, times: '1+' } : left;
}

function anyStep(depth: number, once: boolean): fc.Arbitrary<StepFile> {
  if (depth === 0) return once
    ? fc.oneof({ weight: 5, arbitrary: single }, absence, pause)
    : single;
  // An alternative that may be left out is true at once, which is no use to anybody.
  const operand = anyStep(depth - 1, once).map((step) => mandatory(step) as StepFile);
  const other = fc.oneof(
    { weight: 4, arbitrary: operand }, bareNot,
  );
  const operands = fc.tuple(fc.array(other, { minLength: 1, maxLength: 2 }), operand, fc.boolean())
    .map(([others, one, first]) => (first ? [one, ...others] : [...others, one]));
  const rounds = { times: rarely(fc.constantFrom(1, 2, '1..2', '1+'), 3), inner: rarely(contiguity, 6) };
  const alternatives = fc.array(operand, { minLength: 2, maxLength: 3 });
  const group = inOrder(depth - 1, once, 3).chain((steps) => fc.record({
    group: fc.constant(steps), ...rounds, gap: rarely(duration(3, 8), 6),
    optional: rarely(fc.constant(true), 6), contiguity: rarely(contiguity, 6),
    until: rarely(fc.constantFrom('event.v == 4', 'event.v > 2'), 6),
  }).map(loopWords));
  const until = fc.record({
    on: someTypes, times: fc.constantFrom('0+', '1+', '0..2', '1..3', 2),
    until: fc.record({ on: someTypes, where: rarely(alone, 3) }).map(compact),
  });
  return fc.oneof(
    { weight: 6, arbitrary: single },
    { weight: 2, arbitrary: windowed(fc.record({ all: operands, ...rounds }).map(loopWords)) },
    { weight: 2, arbitrary: windowed(fc.record({ any: alternatives, ...rounds }).map(loopWords)) },
    { weight: 2, arbitrary: windowed(group) },
    { weight: 1, arbitrary: windowed(emptyRounds) },
    ...(once ? [
      { weight: 3, arbitrary: windowed(inOrder(depth - 1, once, 2).map((every) => ({ every: mandatory(every) }))) },
      { weight: 1, arbitrary: windowed(until) },
      { weight: 1, arbitrary: fc.oneof(absence, pause) },
    ] : []),
  );
}

/** Gives every step that takes one event a name. */
function named(steps: readonly StepFile[]): StepFile[] {
  let count = 0;
  const name = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(name);
    if (typeof value !== 'object' || value === null) return value;
    const step = Object.fromEntries(
      Object.entries(value).map(([word, inner]) => [word, name(inner)]),
    );
    return 'on' in step ? { as: `s${count++}`, ...step } : step;
  };
  return steps.map((step) => name(step) as StepFile);
}

/** Any pattern of the language, in both worlds; many are refused, which the caller passes over. */
export function anyFile(): fc.Arbitrary<PatternFile> {
  return fc.boolean().chain((once) => fc.record({
    steps: (once ? endingSo(inOrder(2, once, 3)) : beginningSimply(inOrder(2, once, 3))).map(named), within: rarely(duration(8, 30), 3),
    skip: fc.constantFrom('none', 'none', 'first-wins', 'to-next', 'past-last', { 'to-first': 's1' }, { 'to-last': 's0' }),
    closing: rarely(fc.oneof(bareNot, bareNot.map((not) => ({ ...not, contiguity: 'strict' }))), 4),
  }).map(({ steps, within, skip, closing }) => compact({
    id: 'p', key: 'none', ...(once ? { starts: 'once' } : { skip }),
    // With a window every run ends, so that no match waits for ever for one that began earlier.
    within: closing === undefined && (once || skip === 'none' || skip === 'first-wins')
      ? within : (within ?? '20ms'),
    steps: closing === undefined || once ? steps : [...steps, closing], emit: 'matched',
    limits: { runs: 64, bytes: 1_000_000 },
  })));
}

/** As `stream`, but no event is older than the one before. */
export function orderedStream(maxLength = 12): fc.Arbitrary<Event[]> {
  return stream(maxLength).map((events) => {
    let time = 0;
    return events.map((event) => {
      time = Math.max(time, event.time);
      return { ...event, time };
    });
  });
}
