import { distance as turfDistance } from '@turf/turf';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distance, within } from '../../src/geo/distance.ts';
import { readRows } from './support.ts';

interface Row {
  readonly id: string;
  readonly a: { readonly lat: number; readonly lon: number };
  readonly b: { readonly lat: number; readonly lon: number };
  readonly r_m: number;
  readonly d_m: number;
  readonly within: boolean;
}

const lat = fc.double({ min: -90, max: 90, noNaN: true });
const lon = fc.double({ min: -180, max: 180, noNaN: true });
const nearOne = fc.double({ min: 0.99, max: 1.01, noNaN: true });

test('every geofence row is right, the tight ones too, and the distance to a millimetre', () => {
  const rows = readRows<Row>('geofence.jsonl.gz');
  const wrong = rows.filter(({ a, b, r_m, d_m, within: expected }) => {
    const metres = distance(a.lat, a.lon, b.lat, b.lon);
    return Math.abs(metres - d_m) > 1e-3 || within(r_m, a.lat, a.lon, b.lat, b.lon) !== expected;
  });
  expect(wrong).toEqual([]);
  expect(rows.length).toBe(3000);
});

test('is within 0.6 percent of the sphere that turf uses, everywhere', () => {
  fc.assert(
    fc.property(lat, lon, lat, lon, (latA, lonA, latB, lonB) => {
      const sphere = turfDistance([lonA, latA], [lonB, latB], { units: 'meters' });
      const metres = distance(latA, lonA, latB, lonB);
      expect(Math.abs(metres - sphere)).toBeLessThanOrEqual(0.006 * sphere + 1e-6);
    }),
    { numRuns: 2000 },
  );
});

test('within is distance at most, near the radius too', () => {
  fc.assert(
    fc.property(lat, lon, lat, lon, nearOne, (latA, lonA, latB, lonB, share) => {
      const metres = distance(latA, lonA, latB, lonB);
      expect(within(metres * share, latA, lonA, latB, lonB)).toBe(metres <= metres * share);
    }),
    { numRuns: 2000 },
  );
});

test('over 180 degrees, at the poles, and for points opposite each other', () => {
  expect(distance(0, 179.999, 0, -179.999)).toBeCloseTo(222.639, 2);
  expect(distance(90, 0, 90, 137)).toBeCloseTo(0, 6);
  expect(distance(0, 0, 0, 180)).toBeCloseTo(20_003_931.4586, 3);
});

test('invalid coordinates have no distance and are within nothing', () => {
  for (const [latA, lonA] of [[91, 0], [Number.NaN, 0], [0, 181], [0, Infinity]] as const) {
    expect(distance(latA, lonA, 0, 0)).toBeNaN();
    expect(within(1e9, latA, lonA, 0, 0)).toBe(false);
    expect(within(1e9, 0, 0, latA, lonA)).toBe(false);
  }
});
