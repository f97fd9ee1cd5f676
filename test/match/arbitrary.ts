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
  return Object.fromEntries(Object.entries(step).filter(([, value]) => value !== undefined && value !== false));
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
      const positive = fc.tuple(single, fc.boolean()).chain(([one, strict]) => fc.record({
        as: fc.constant(name), on: someTypes,
        where: clause(earlier, one || last ? null : name),
        contiguity: fc.constant(strict && i > 0 ? 'strict' : undefined),
        ...(one || last ? {
          within: i === 0 ? fc.constant(undefined) : fc.option(duration(3, 12), { nil: undefined, freq: 2 }),
        } : {
          times: fc.constantFrom(2, '1..2', '2..3', '1+', '2+'), inner: fc.constant('strict'),
          greedy: fc.boolean(),
        }),
      }).map(compact));
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
    if (last !== undefined && 'not' in last && !('for' in last)) return { ...file, within: file.within ?? '20ms' };
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
