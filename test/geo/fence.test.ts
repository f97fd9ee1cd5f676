import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEMO_PLACES } from '../../src/geo/config.ts';
import {
  FENCE_WAITING_MAX,
  type FenceLookup,
  type FencePoint,
  type FenceRule,
  type FenceState,
  fencesDueAt,
  type FenceTransition,
  NO_FENCE_STATE,
  stepFences,
} from '../../src/geo/fence.ts';
import { LiveFences, regionFence } from '../../src/geo/live-fences.ts';
import { loadPlaces } from '../../src/geo/load.ts';
import { CACHE_FOLDER } from './support.ts';

/** A watermark that reaches no point. */
const BEFORE = -1;

const RULE: FenceRule = { dwellMs: 600, silenceMs: null };

const PLAZA = new LiveFences();
PLAZA.set('plaza', { lat: 42.33, lon: -83.05, enterM: 200, exitM: 250 });

/** A point so many metres north of the plaza. */
function north(at: number, metres: number): FencePoint {
  return [at, 42.33 + metres / 111_080, -83.05];
}

/** Adds the points in this order, then moves the watermark to the end. */
function run(
  rule: FenceRule,
  points: readonly FencePoint[],
  watermark: number,
  fences: FenceLookup = PLAZA,
): string[] {
  let state = NO_FENCE_STATE;
  for (const point of points) state = stepFences(fences, rule, state, point, BEFORE).state;
  return words(stepFences(fences, rule, state, null, watermark).transitions);
}

function words(transitions: readonly FenceTransition[]): string[] {
  return transitions.map(({ kind, at }) => `${kind} ${at}`);
}

describe('enter, exit, dwell', () => {
  test('come at the times of points, dwell at its deadline', () => {
    const points = [north(100, 900), north(200, 20), north(500, 30), north(1000, 900)];
    expect(run(RULE, points, 1000)).toEqual(['enter 200', 'dwell 800', 'exit 1000']);
  });

  test('the first point inside enters', () => {
    expect(run(RULE, [north(200, 0)], 200)).toEqual(['enter 200']);
  });

  test('dwell comes without another point, and once', () => {
    expect(run(RULE, [north(200, 0)], 5000)).toEqual(['enter 200', 'dwell 800']);
  });

  test('an exit at the deadline is too late to prevent dwell', () => {
    expect(run(RULE, [north(200, 0), north(800, 900)], 800))
      .toEqual(['enter 200', 'dwell 800', 'exit 800']);
    expect(run(RULE, [north(200, 0), north(799, 900)], 900)).toEqual(['enter 200', 'exit 799']);
  });

  test('between the radii nothing changes: no flicker', () => {
    const jitter = [220, 190, 220, 190, 240, 260].map((metres, i) => north(i + 1, metres));
    expect(run(RULE, jitter, 6)).toEqual(['enter 2', 'exit 6']);
  });

  test('a visit that is cut starts its dwell anew', () => {
    const cut = [north(0, 0), north(500, 900), north(550, 0)];
    expect(run(RULE, cut, 1149)).toEqual(['enter 0', 'exit 500', 'enter 550']);
    expect(run(RULE, cut, 1150).at(-1)).toBe('dwell 1150');
  });

  test('silence ends a visit, and comes before a dwell that lies after it', () => {
    const rule = { dwellMs: 600, silenceMs: 300 };
    expect(run(rule, [north(0, 0), north(200, 0)], 2000)).toEqual(['enter 0', 'exit 500']);
    expect(run(rule, [north(0, 0), north(200, 0), north(450, 0)], 2000))
      .toEqual(['enter 0', 'dwell 600', 'exit 750']);
  });

  test('several fences at once, and a fence that is taken away', () => {
    const fences = new LiveFences();
    fences.set('a', { lat: 42.33, lon: -83.05, enterM: 100, exitM: 100 });
    fences.set('b', { lat: 42.33, lon: -83.05, enterM: 500, exitM: 500 });
    const first = stepFences(fences, RULE, NO_FENCE_STATE, north(1, 0), 1);
    expect(first.transitions.map(({ fence, kind }) => `${kind} ${fence}`)).toEqual(['enter a', 'enter b']);
    fences.remove('b');
    const second = stepFences(fences, RULE, first.state, north(2, 0), 2);
    expect(second.transitions).toEqual([{ fence: 'b', kind: 'exit', at: 2 }]);
  });
});

describe('order', () => {
  const rule = { dwellMs: 600, silenceMs: 900 };
  const points = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.constantFrom(0, 100, 220, 240, 300, 900)),
    { maxLength: 30 },
  ).map((list) => list.map(([at, metres]) => north(at, metres)));

  test('any order of arrival gives what the sorted order gives', () => {
    fc.assert(
      fc.property(points, fc.infiniteStream(fc.nat()), (list, keys) => {
        const shuffled = list
          .map((point) => ({ point, key: keys.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ point }) => point);
        expect(run(rule, shuffled, 3000)).toEqual(run(rule, list, 3000));
      }),
    );
  });

  test('watermarks in between change nothing as long as no point is late', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 0, max: 400 }), (list, lateness) => {
        let state: FenceState = NO_FENCE_STATE;
        const got: FenceTransition[] = [];
        for (const point of list.toSorted((a, b) => a[0] - b[0])) {
          const step = stepFences(PLAZA, rule, state, point, point[0] - lateness - 1);
          state = step.state;
          got.push(...step.transitions);
        }
        got.push(...stepFences(PLAZA, rule, state, null, 3000).transitions);
        expect(words(got)).toEqual(run(rule, list, 3000));
        expect(state.late + state.forced).toBe(0);
      }),
    );
  });

  test('the slow twin: replaying the sorted points one millisecond at a time', () => {
    fc.assert(
      fc.property(points, (list) => {
        const sorted = list.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
        const expected: string[] = [];
        let since: number | null = null;
        let lastAt = 0;
        let dwelled = false;
        for (let now = 0; now <= 2600; now++) {
          if (since !== null && !dwelled && now === since + 600 && now <= lastAt + 900) {
            expected.push(`dwell ${now}`);
            dwelled = true;
          }
          if (since !== null && now === lastAt + 900) {
            expected.push(`exit ${now}`);
            since = null;
          }
          for (const [, lat, lon] of sorted.filter(([at]) => at === now)) {
            lastAt = now;
            const { inside, between } = PLAZA.at(lat, lon);
            if (since === null && inside.length > 0) {
              expected.push(`enter ${now}`);
              since = now;
              dwelled = false;
            } else if (since !== null && inside.length + between.length === 0) {
              expected.push(`exit ${now}`);
              since = null;
            }
          }
        }
        expect(run(rule, list, 2600)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test('a point at or before the watermark is late: counted, without effect', () => {
    const { state } = stepFences(PLAZA, RULE, NO_FENCE_STATE, north(100, 0), 200);
    const late = stepFences(PLAZA, RULE, state, north(200, 900), 200);
    expect(late).toEqual({ state: { ...state, late: 1 }, transitions: [] });
    expect(stepFences(PLAZA, RULE, late.state, null, 300).transitions).toEqual([]);
  });

  test('points that wait are bounded: the oldest are taken early, and counted', () => {
    let state = NO_FENCE_STATE;
    const transitions: FenceTransition[] = [];
    for (let at = 1; at <= FENCE_WAITING_MAX + 3; at++) {
      const step = stepFences(PLAZA, RULE, state, north(at, 0), 0);
      state = step.state;
      transitions.push(...step.transitions);
    }
    expect(words(transitions)).toEqual(['enter 1']);
    expect(state).toMatchObject({ forced: 3, clock: 3 });
    expect(state.waiting).toHaveLength(FENCE_WAITING_MAX);
  });

  test('the state is plain JSON and says when it is due', () => {
    expect(fencesDueAt(RULE, NO_FENCE_STATE)).toBeNull();
    const waiting = stepFences(PLAZA, RULE, NO_FENCE_STATE, north(700, 0), 0).state;
    expect(fencesDueAt(RULE, waiting)).toBe(700);
    const { state } = stepFences(PLAZA, RULE, waiting, null, 700);
    expect(fencesDueAt(RULE, state)).toBe(1300);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(fencesDueAt(RULE, stepFences(PLAZA, RULE, state, null, 1300).state)).toBeNull();
  });

  test('invalid coordinates change nothing', () => {
    for (const point of [[1, 91, 0], [1, 0, Number.NaN]] as const) {
      const { state } = stepFences(PLAZA, RULE, NO_FENCE_STATE, point, 5);
      expect(state).toEqual({ ...NO_FENCE_STATE, clock: 5 });
    }
  });
});

describe('a region of a layer as a fence', () => {
  let detroit: FenceLookup;

  beforeAll(async () => {
    const places = await loadPlaces(DEMO_PLACES, CACHE_FOLDER);
    detroit = regionFence(places, { layer: 'dma', name: 'Detroit' });
    expect(() => regionFence(places, { layer: 'dma', name: 'Nowhere' })).toThrow('has no region');
  });

  test('is entered and left at its boundary', () => {
    const points: FencePoint[] = [[1, 41.88, -87.63], [2, 42.3677203, -83.1186093], [3, 41.88, -87.63]];
    expect(run(RULE, points, 3, detroit)).toEqual(['enter 2', 'exit 3']);
  });
});
