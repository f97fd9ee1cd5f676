import { expect, test } from 'vitest';
import { createMetrics } from '../../src/api/metrics.ts';
import { watchCoordinates } from '../../src/cli/coordinate-watch.ts';
import {
  COORDINATE_FAULTS,
  coordinateFault,
  coordinateWarning,
  isCoordinate,
  noCoordinates,
  observeCoordinate,
} from '../../src/geo/coordinate.ts';

test.for([
  ['42.3', -83.1, 'text'],
  [42.3, '-83.1', 'text'],
  [undefined, -83.1, 'missing'],
  [42.3, null, 'missing'],
  [Number.NaN, 0, 'not_a_number'],
  [0, Infinity, 'not_a_number'],
  [-118.2, 34.1, 'swapped'],
  [42.36, 276.88, 'out_of_range'],
  [4_236_772, -8_311_860, 'out_of_range'],
  [[42.3], 1, 'not_a_number'],
] as const)('%s, %s is refused with one message', ([lat, lon, fault]) => {
  expect(isCoordinate(lat, lon)).toBe(false);
  expect(coordinateFault(lat, lon)).toBe(fault);
  expect(COORDINATE_FAULTS[fault]).toMatch(/degrees|send both/);
});

test.for([[0, 0], [-0, 0], [90, 180], [-90, -180], [5e-324, 1]] as const)('%s, %s is valid', ([lat, lon]) => {
  expect(isCoordinate(lat, lon)).toBe(true);
  expect(coordinateFault(lat, lon)).toBeNull();
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
  expect(swapped).toEqual({ seen: 100, invalid: {}, nullIsland: 0, maybeSwapped: 100 });
  expect(coordinateWarning(swapped)?.message).toContain('100 % of 100 points lie in open sea but would be on land');
  expect(coordinateWarning(observed(Array.from({ length: 100 }, () => [10, -30])))).toBeNull();
});

test('many points at (0, 0) are a missing fix', () => {
  const points = Array.from({ length: 200 }, (_, i) => (i % 4 === 0 ? [0, 0] : [41, 29]) as [number, number]);
  expect(coordinateWarning(observed(points))?.message).toContain('25 % of 200 points are (0, 0)');
});

test('invalid ones are counted; a few points give no warning', () => {
  const counts = observed([['x', 1], [29, 41], [0, 0]]);
  expect(counts).toEqual({ seen: 3, invalid: { text: 1 }, nullIsland: 1, maybeSwapped: 1 });
  expect(coordinateWarning(counts)).toBeNull();
});

test('a running engine tells each kind of fault once, and what looks wrong as a whole', () => {
  const told: string[] = [];
  const metrics = watchCoordinates(createMetrics(), (warning) => told.push(warning));
  const invalid = 'parley_events_invalid_coordinate_total';
  metrics.count('parley_events_coordinates_total', {}, 300);
  metrics.count(invalid, { reason: 'text' }, 3);
  metrics.count(invalid, { reason: 'text' }, 3);
  metrics.count('parley_events_suspect_coordinate_total', { reason: 'null_island' }, 40);
  metrics.count('parley_events_suspect_coordinate_total', { reason: 'null_island' }, 40);
  expect(told).toEqual([
    'coordinates: lat or lon is text that is no number; send decimal degrees',
    'coordinates: 13 % of 300 points are (0, 0); leave coordinates out when there is no fix',
  ]);
});
