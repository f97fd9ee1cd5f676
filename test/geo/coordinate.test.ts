import { expect, test } from 'vitest';
import {
  coordinateProblem,
  coordinateWarning,
  isCoordinate,
  noCoordinates,
  observeCoordinate,
} from '../../src/geo/coordinate.ts';

test.for([
  ['42.3', -83.1, 'lat is the text "42.3"; send a number'],
  [42.3, '-83.1', 'lon is the text "-83.1"; send a number'],
  [undefined, -83.1, 'lat is missing; send both lat and lon'],
  [42.3, null, 'lon is missing; send both lat and lon'],
  [Number.NaN, 0, 'lat is NaN; send decimal degrees'],
  [0, Infinity, 'lon is Infinity; send decimal degrees'],
  [-118.2, 34.1, 'lat is -118.2, beyond 90 degrees; lat and lon look swapped'],
  [42.36, 276.88, 'lon is 276.88, beyond 180 degrees; degrees only, no wrapping and no scaled integers'],
  [4_236_772, -8_311_860, 'lat is 4236772, beyond 90 degrees; degrees only'],
  [[42.3], 1, 'lat is not a number; send decimal degrees'],
] as const)('%s, %s is refused with one message', ([lat, lon, message]) => {
  expect(isCoordinate(lat, lon)).toBe(false);
  expect(coordinateProblem(lat, lon)).toContain(message);
});

test.for([[0, 0], [-0, 0], [90, 180], [-90, -180], [5e-324, 1]] as const)('%s, %s is valid', ([lat, lon]) => {
  expect(isCoordinate(lat, lon)).toBe(true);
  expect(coordinateProblem(lat, lon)).toBeNull();
});

/** Land is a square around Istanbul. */
const countryOf = (lat: number, lon: number): string | null =>
  Math.abs(lat - 41) < 1 && Math.abs(lon - 29) < 1 ? 'TR' : null;

function observed(points: readonly (readonly [unknown, unknown])[]) {
  const counts = noCoordinates();
  for (const [lat, lon] of points) {
    const country = isCoordinate(lat, lon) ? countryOf(lat as number, lon as number) : null;
    observeCoordinate(counts, lat, lon, country, countryOf);
  }
  return counts;
}

test('many swapped points are told apart from many points at sea', () => {
  const swapped = observed(Array.from({ length: 100 }, () => [29, 41]));
  expect(swapped).toEqual({ seen: 100, invalid: 0, nullIsland: 0, maybeSwapped: 100 });
  expect(coordinateWarning(swapped)).toContain('100 % of 100 points lie in open sea but would be on land');
  expect(coordinateWarning(observed(Array.from({ length: 100 }, () => [10, -30])))).toBeNull();
});

test('many points at (0, 0) are a missing fix', () => {
  const points = Array.from({ length: 200 }, (_, i) => (i % 4 === 0 ? [0, 0] : [41, 29]) as [number, number]);
  expect(coordinateWarning(observed(points))).toContain('25 % of 200 points are (0, 0)');
});

test('invalid ones are counted; a few points give no warning', () => {
  const counts = observed([['x', 1], [29, 41], [0, 0]]);
  expect(counts).toEqual({ seen: 3, invalid: 1, nullIsland: 1, maybeSwapped: 1 });
  expect(coordinateWarning(counts)).toBeNull();
});
