import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventData } from '../../src/event/event.ts';
import { environmentFor } from '../../src/expression/check.ts';
import { isEvaluationError } from '../../src/expression/expression.ts';
import { OPEN_SCOPE, compiled, event, frame } from './support.ts';

/**
 * The closures against the library's own evaluator, on random expressions over random data, where
 * the rules agree: numbers are written as doubles, so that the library has no ints.
 */
const numberText = fc.constantFrom('0.0', '1.0', '2.5', '-3.0', '80.0');
const textText = fc.constantFrom('"sofa"', '"so"', '""', '"a,b"');
const fields = ['amount', 'price', 'category', 'urgent', 'nothing', 'tags', 'geo', 'none'];
const read = fc.oneof(
  fc.constantFrom(...fields).map((field) => `event.${field}`),
  fc.constantFrom('event.geo.city', 'event.geo.lat', 'event["amount"]', 'event.geo["city"]'),
);

const { value: anyExpression } = fc.letrec<{ value: string }>((tie) => {
  const sub = tie('value');
  const infix = (...operators: string[]) => {
    return fc.tuple(sub, fc.constantFrom(...operators), sub).map((part) => `(${part.join(' ')})`);
  };
  return {
    value: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      fc.oneof(numberText, textText, read, fc.constantFrom('true', 'false', 'null')),
      infix('<', '<=', '>', '>='),
      infix('==', '!='),
      infix('&&', '||'),
      infix('+', '-', '*'),
      sub.map((inner) => `!${inner.startsWith('-') ? `(${inner})` : inner}`),
      fc.tuple(sub, sub, sub).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.tuple(read, textText).map(([a, b]) => `${a}.contains(${b})`),
      fc.tuple(read, textText).map(([a, b]) => `${a}.startsWith(${b})`),
      fc.constantFrom(...fields).map((field) => `has(event.${field})`),
      fc
        .tuple(sub, fc.array(sub, { maxLength: 3 }))
        .map(([a, list]) => `(${a} in [${list.join(', ')}])`),
      fc.tuple(fc.constantFrom('all', 'exists', 'exists_one'), sub).map(([macro, body]) => {
        return `event.tags.${macro}(t, t == "a" || ${body})`;
      }),
      fc.tuple(fc.constantFrom('map', 'filter'), sub).map(([macro, body]) => {
        return `event.tags.${macro}(t, ${macro === 'map' ? `[t, ${body}]` : `t != "b" && ${body}`})`;
      }),
    ),
  };
});

const data: fc.Arbitrary<EventData> = fc.record(
  {
    amount: fc.oneof(fc.constantFrom(0, 1, 2.5, -3, 80), fc.constant('80'), fc.constant(null)),
    price: fc.constantFrom(1, 2.5, 80),
    category: fc.constantFrom('sofa', 'table', ''),
    urgent: fc.boolean(),
    tags: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
    geo: fc.constantFrom({ city: 'Detroit', lat: 42.5 }, {}),
    none: fc.constant(null),
  },
  { requiredKeys: ['price'] },
);

const library = new Environment({ homogeneousAggregateLiterals: false }).registerVariable(
  'event',
  'map',
);

/** The library's value, or that it failed. Where it cannot even check the types, null. */
function byLibrary(source: string, given: EventData): { value: unknown } | 'error' | null {
  let program;
  try {
    program = library.parse(source);
    if (!program.check().valid) return null;
  } catch {
    return null;
  }
  try {
    return { value: program({ event: given }) };
  } catch {
    return 'error';
  }
}

describe('closures against the evaluator of the library', () => {
  it('agrees on values and on what has none, and mostly has something to compare', () => {
    let compared = 0;
    let values = 0;
    const runs = 6_000;
    fc.assert(
      fc.property(anyExpression, data, (source, given) => {
        const expected = byLibrary(source, given);
        if (expected === null) return;
        compared++;
        const actual = compiled(source, OPEN_SCOPE).evaluate(frame({ event: event(given) }));
        if (expected === 'error') {
          expect([source, isEvaluationError(actual)]).toEqual([source, true]);
        } else {
          values++;
          expect([source, actual]).toEqual([source, expected.value]);
        }
      }),
      { numRuns: runs },
    );
    expect(compared).toBeGreaterThan(runs / 3);
    expect(values).toBeGreaterThan(runs / 8);
  });

  it('gives as a condition what it gives as a value, and reports exactly the errors', () => {
    fc.assert(
      fc.property(anyExpression, data, data, (source, given, taken) => {
        const text = source.replaceAll('event.price', 'opening.amount');
        if (byLibrary(source, given) === null) return;
        const expression = compiled(text, OPEN_SCOPE);
        const at = frame({ event: event(given), captures: [event(taken)] });
        const result = expression.evaluate(at);
        const errors: unknown[] = [];
        expect(expression.test(at, (error) => errors.push(error))).toBe(result === true);
        expect([text, errors.length]).toEqual([text, typeof result === 'boolean' ? 0 : 1]);
        expect(expression.trace(at).value).toEqual(result);
      }),
      { numRuns: 3_000 },
    );
  });

  it('runs the closures: the environment of the checker cannot run anything of ours', () => {
    const source = 'first(raises).amount == 75.0';
    const checker = environmentFor(OPEN_SCOPE);
    expect(() => checker.parse(source)({ raises: [{ amount: 75 }] })).toThrow(
      'only checked, never run',
    );
    const given = frame({ captures: [undefined, [event({ amount: 75 })]] });
    expect(compiled(source, OPEN_SCOPE).evaluate(given)).toBe(true);
  });
});
