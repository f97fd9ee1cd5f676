import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findContradiction } from '../../src/expression/contradiction.ts';
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

  it('never says so of a condition that some value fulfils', () => {
    const term = fc
      .tuple(
        fc.constantFrom('<', '<=', '>', '>=', '==', '!='),
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
      )
      .map(([operator, value, flip]) =>
        flip ? `${value} ${operator} event.x` : `event.x ${operator} ${value}`,
      );
    let found = 0;
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 4 }), (terms) => {
        const source = terms.join(' && ');
        const expression = compiled(source, OPEN_SCOPE);
        const values = [-1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4];
        const holds = values.some((x) => expression.test(frame({ event: event({ x }) })));
        if (findContradiction(source) === null) return;
        found++;
        expect([source, holds]).toEqual([source, false]);
      }),
      { numRuns: 1_000, seed: 3 },
    );
    expect(found).toBeGreaterThan(100);
  });
});
