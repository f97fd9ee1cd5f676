import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findContradiction, findTautology } from '../../src/expression/contradiction.ts';
import { OPEN_SCOPE, compiled, event, frame } from './support.ts';

describe('conditions that no event can fulfil', () => {
  it.each([
    ['event.x == 1 && event.x == 2', 'event.x'],
    ['event.x > 5 && event.y > 1 && event.x < 3', 'event.x'],
    ['5 < event.x && event.x <= 5', 'event.x'],
    ['event.x == 3 && event.x > 3', 'event.x'],
    ['event.x == "a" && event.x != "a"', 'event.x'],
    ['event.x > -1 && event.x < -2', 'event.x'],
    ['event.x != event.x', 'event.x'],
    ['last(raises).x > 2 && last(raises).x < 1', 'last(raises).x'],
  ])('%s', (source, what) => {
    expect(findContradiction(source)).toBe(what);
  });

  it.each([
    'event.x >= 5 && event.x <= 5',
    'event.x == 1 || event.x == 2',
    'event.x == 1 && event.y == 2',
    'event.x > 1 && opening.x < 0',
    'event.x != 1 && event.x != 2',
    'event.x == event.x',
    'not parsed (',
  ])('nothing is found in %s', (source) => {
    expect(findContradiction(source)).toBeNull();
  });

  it.each([
    ['event.x > 3 || event.x <= 3', 'event.x'],
    ['event.x != 1 || event.y == 2 || event.x != 2', 'event.x'],
    ['event.x >= event.x', 'event.x'],
    ['deal.x == event.x', 'event.x'],
  ])('%s holds always', (source, what) => {
    expect(findTautology(source, { own: 'deal' })).toBe(what);
  });

  it.each(['event.x > 3 || event.x < 3', 'deal.x == opening.x', 'event.x > 3', 'not parsed ('])(
    '%s need not hold',
    (source) => {
      expect(findTautology(source, { own: 'deal' })).toBeNull();
    },
  );

  it.each([
    ['&&', findContradiction, false],
    ['||', findTautology, true],
  ] as const)('says nothing untrue of comparisons joined by %s', (operator, find, always) => {
    const term = fc
      .tuple(
        fc.constantFrom('<', '<=', '>', '>=', '==', '!='),
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
      )
      .map(([comparison, value, flip]) =>
        flip ? `${value} ${comparison} event.x` : `event.x ${comparison} ${value}`,
      );
    let found = 0;
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 4 }), (terms) => {
        const source = terms.join(` ${operator} `);
        const expression = compiled(source, OPEN_SCOPE);
        if (find(source) === null) return;
        found++;
        for (const x of [-1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]) {
          const holds = expression.test(frame({ event: event({ x }) }));
          expect([source, x, holds]).toEqual([source, x, always]);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(found).toBeGreaterThan(100);
  });
});
