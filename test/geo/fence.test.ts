import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addFencePoint,
  advanceFence,
  circleZone,
  FENCE_WAITING_MAX,
  fenceDueAt,
  type FenceRule,
  type FenceState,
  type FenceTransition,
  NO_FENCE_STATE,
  type Zone,
  ZONE,
} from '../../src/geo/fence.ts';

const RULE: FenceRule = { dwellMs: 600, silenceMs: null };
const { inside, between, outside } = ZONE;

type Point = readonly [at: number, zone: Zone];

/** Adds the points in this order, then moves the watermark to the end. */
function run(rule: FenceRule, points: readonly Point[], watermark: number): string[] {
  let state = NO_FENCE_STATE;
  for (const [at, zone] of points) state = addFencePoint(state, at, zone);
  return words(advanceFence(rule, state, watermark).transitions);
}

function words(transitions: readonly FenceTransition[]): string[] {
  return transitions.map(({ kind, at }) => `${kind} ${at}`);
}

describe('enter, exit, dwell', () => {
  test('come at the times of points, dwell at its deadline', () => {
    expect(run(RULE, [[100, outside], [200, inside], [500, inside], [1000, outside]], 1000))
      .toEqual(['enter 200', 'dwell 800', 'exit 1000']);
  });

  test('the first point inside enters', () => {
    expect(run(RULE, [[200, inside]], 200)).toEqual(['enter 200']);
  });

  test('dwell comes without another point, and once', () => {
    expect(run(RULE, [[200, inside]], 5000)).toEqual(['enter 200', 'dwell 800']);
  });

  test('an exit at the deadline is too late to prevent dwell', () => {
    expect(run(RULE, [[200, inside], [800, outside]], 800)).toEqual(['enter 200', 'dwell 800', 'exit 800']);
    expect(run(RULE, [[200, inside], [799, outside]], 900)).toEqual(['enter 200', 'exit 799']);
  });

  test('between the radii nothing changes: no flicker', () => {
    const jitter: Point[] = [[1, between], [2, inside], [3, between], [4, inside], [5, between], [6, outside]];
    expect(run(RULE, jitter, 6)).toEqual(['enter 2', 'exit 6']);
  });

  test('a visit that is cut starts its dwell anew', () => {
    expect(run(RULE, [[0, inside], [500, outside], [550, inside]], 1149)).toEqual(['enter 0', 'exit 500', 'enter 550']);
    expect(run(RULE, [[0, inside], [500, outside], [550, inside]], 1150).at(-1)).toBe('dwell 1150');
  });

  test('silence ends a visit, and comes before a dwell that lies after it', () => {
    const rule = { dwellMs: 600, silenceMs: 300 };
    expect(run(rule, [[0, inside], [200, inside]], 2000)).toEqual(['enter 0', 'exit 500']);
    expect(run(rule, [[0, inside], [200, inside], [450, inside]], 2000)).toEqual(['enter 0', 'dwell 600', 'exit 750']);
  });
});

describe('order', () => {
  const points = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.constantFrom<Zone>(inside, between, outside)),
    { maxLength: 30 },
  );

  test('any order of arrival gives what the sorted order gives', () => {
    fc.assert(
      fc.property(points, fc.infiniteStream(fc.nat()), (list, keys) => {
        const shuffled = list
          .map((point) => ({ point, key: keys.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ point }) => point);
        expect(run(RULE, shuffled, 3000)).toEqual(run(RULE, list, 3000));
      }),
    );
  });

  test('watermarks in between change nothing as long as no point is late', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 0, max: 400 }), (list, lateness) => {
        const sorted = list.toSorted((a, b) => a[0] - b[0]);
        let state: FenceState = NO_FENCE_STATE;
        const got: FenceTransition[] = [];
        for (const [at, zone] of sorted) {
          state = addFencePoint(state, at, zone);
          const step = advanceFence(RULE, state, at - lateness - 1);
          state = step.state;
          got.push(...step.transitions);
        }
        got.push(...advanceFence(RULE, state, 3000).transitions);
        expect(words(got)).toEqual(run(RULE, list, 3000));
      }),
    );
  });

  test('the slow twin: replaying the sorted points one millisecond at a time', () => {
    fc.assert(
      fc.property(points, (list) => {
        const expected: string[] = [];
        let since: number | null = null;
        let dwelled = false;
        for (let now = 0; now <= 2600; now++) {
          if (since !== null && !dwelled && now === since + 600) {
            expected.push(`dwell ${now}`);
            dwelled = true;
          }
          for (const [, zone] of list.filter(([at]) => at === now).sort((a, b) => b[1] - a[1])) {
            if (since === null && zone === inside) {
              expected.push(`enter ${now}`);
              since = now;
              dwelled = false;
            } else if (since !== null && zone === outside) {
              expected.push(`exit ${now}`);
              since = null;
            }
          }
        }
        expect(run(RULE, list, 2600)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test('a point at or before the watermark is late: counted, without effect', () => {
    const { state } = advanceFence(RULE, addFencePoint(NO_FENCE_STATE, 100, inside), 200);
    const late = addFencePoint(state, 200, outside);
    expect(late).toEqual(state.with(4, 1));
    expect(advanceFence(RULE, late, 300).transitions).toEqual([]);
  });

  test('points that wait are bounded: the oldest are taken early, and counted', () => {
    let state = NO_FENCE_STATE;
    for (let at = 1; at <= FENCE_WAITING_MAX + 3; at++) state = addFencePoint(state, at, inside);
    const step = advanceFence(RULE, state, 0);
    expect(words(step.transitions)).toEqual(['enter 1']);
    expect(step.state[5]).toBe(3);
    expect(step.state.length).toBe(6 + 2 * FENCE_WAITING_MAX);
  });

  test('the state is plain JSON and says when it is due', () => {
    expect(fenceDueAt(RULE, NO_FENCE_STATE)).toBeNull();
    const waiting = addFencePoint(NO_FENCE_STATE, 700, inside);
    expect(fenceDueAt(RULE, waiting)).toBe(700);
    const { state } = advanceFence(RULE, waiting, 700);
    expect(fenceDueAt(RULE, state)).toBe(1300);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(fenceDueAt(RULE, advanceFence(RULE, state, 1300).state)).toBeNull();
  });
});

test('zones of a circle', () => {
  const plaza = { lat: 42.33, lon: -83.05, enterM: 200, exitM: 250 };
  expect(circleZone(plaza, 42.3316, -83.05)).toBe(inside); // 178 m
  expect(circleZone(plaza, 42.332, -83.05)).toBe(between); // 222 m
  expect(circleZone(plaza, 42.3323, -83.05)).toBe(outside); // 255 m
  expect(circleZone(plaza, Number.NaN, -83.05)).toBeNull();
});
