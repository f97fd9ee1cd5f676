import { booleanPointInPolygon, circle } from '@turf/turf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distance } from '../../src/geo/distance.ts';
import { type CircleFence, type LiveFence, LiveFences } from '../../src/geo/live-fences.ts';

const lat = fc.oneof(
  fc.double({ min: -90, max: 90, noNaN: true }),
  fc.constantFrom(-90, 90, 89.999, -89.999, 0),
);
const lon = fc.oneof(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.constantFrom(-180, 180, 179.999, -179.999, 0),
);
const fence: fc.Arbitrary<LiveFence> = fc.oneof(
  { weight: 4, arbitrary: fc.record({
    lat, lon, enterM: fc.integer({ min: 0, max: 3_000_000 }),
  }).map(({ enterM, ...at }) => ({ ...at, enterM, exitM: enterM * 1.25 })) },
  { weight: 1, arbitrary: fc
    .tuple(fc.double({ min: -60, max: 60, noNaN: true }), fc.double({ min: -100, max: 100, noNaN: true }))
    .map(([y, x]) => circle([x, y], 500, { steps: 7 }).geometry) },
);
const change = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.option(fence));

const somePoints = fc.array(fc.tuple(lat, lon), { minLength: 5 });

/** A point near the north end of a circle. */
function edgeOf({ lat, lon, enterM }: CircleFence): [number, number] {
  return [Math.min(90, lat + enterM / 111_000), lon];
}

/** The slow twin: every fence, every time. */
function expected(fences: ReadonlyMap<string, LiveFence>, y: number, x: number) {
  const inside: string[] = [];
  const between: string[] = [];
  for (const [id, each] of fences) {
    if ('type' in each) {
      if (booleanPointInPolygon([x, y], each)) inside.push(id);
    } else {
      const metres = distance(each.lat, each.lon, y, x);
      if (metres <= each.enterM) inside.push(id);
      else if (metres <= each.exitM) between.push(id);
    }
  }
  return { inside: inside.sort(), between: between.sort() };
}

describe('live fences', () => {
  test('set, move, remove and find as a list would, over 180 degrees and the poles', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), somePoints, (changes, points) => {
        const fences = new LiveFences();
        const twin = new Map<string, LiveFence>();
        for (const [id, shape] of changes) {
          if (shape) {
            fences.set(id, shape);
            twin.set(id, shape);
          } else {
            expect(fences.remove(id)).toBe(twin.delete(id));
          }
        }
        expect(fences.size).toBe(twin.size);
        const centres = [...twin.values()].flatMap((each): [number, number][] =>
          'type' in each ? [] : [[each.lat, each.lon], edgeOf(each)],
        );
        for (const [y, x] of [...points, ...centres]) {
          expect(fences.at(y, x), `${y}, ${x}`).toEqual(expected(twin, y, x));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('loading many at once is setting them one by one', () => {
    fc.assert(
      fc.property(fc.array(fence, { maxLength: 30 }), lat, lon, (shapes, y, x) => {
        const named = shapes.map((shape, i) => [`f${i}`, shape] as const);
        const fences = new LiveFences();
        fences.load(named);
        expect(fences.at(y, x)).toEqual(expected(new Map(named), y, x));
      }),
    );
  });

  test('a fence that makes no sense is refused with its id', () => {
    const fences = new LiveFences();
    expect(() => fences.set('plaza', { lat: 95, lon: 0, enterM: 1, exitM: 1 }))
      .toThrow('fence plaza: needs valid lat');
    expect(() => fences.set('plaza', { lat: 5, lon: 0, enterM: 9, exitM: 1 }))
      .toThrow('0 <= enterM <= exitM');
    const metres = [[[900, 0], [901, 0], [900, 1], [900, 0]]];
    expect(() => fences.set('p', { type: 'Polygon', coordinates: metres }))
      .toThrow('fence p: has coordinates that are not WGS84');
    expect(fences.size).toBe(0);
  });

  test('invalid points are in no fence', () => {
    const fences = new LiveFences();
    fences.set('earth', { lat: 0, lon: 0, enterM: 3e7, exitM: 3e7 });
    expect(fences.at(12, 34).inside).toEqual(['earth']);
    expect(fences.at(Number.NaN, 0)).toEqual({ inside: [], between: [] });
    expect(fences.at(0, 181)).toEqual({ inside: [], between: [] });
  });
});
