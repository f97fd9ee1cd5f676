import { beforeAll, expect, test } from 'vitest';
import type { Geography } from '../../src/expression/functions/places.ts';
import { DEMO_PLACES } from '../../src/geo/config.ts';
import { geographyOf } from '../../src/geo/geography.ts';
import { loadPlaces } from '../../src/geo/load.ts';
import { CACHE_FOLDER } from './support.ts';

let geography: Geography;

beforeAll(async () => {
  geography = geographyOf(await loadPlaces(DEMO_PLACES, CACHE_FOLDER));
});

test.for(['Detroit', 'dma:Detroit', 'dma:505', 'state:Michigan', 'zcta:48206', 'county:Wayne', 'world: 840'])(
  'the worked example is inside %s',
  (region) => {
    expect(geography.inside(42.3677203, -83.1186093, region)).toBe(true);
    expect(geography.inside(40.7128, -74.006, region)).toBe(region === 'world: 840');
  },
);

test('a region that does not exist is null, with a suggestion where there is one', () => {
  expect(geography.inside(0, 0, 'dma:Nowhere')).toBeNull();
  expect(geography.inside(0, 0, 'Nowhere at all')).toBeNull();
  expect(geography.suggest?.('city:Detroit')).toBe('place:Detroit');
  expect(geography.suggest?.('place:Detriot')).toBe('place:Detroit');
  expect(geography.suggest?.('state:Mishigan')).toBe('state:Michigan');
  expect(geography.suggest?.('Detriot')).toBe('Detroit');
  expect(geography.suggest?.('Nowhere at all')).toBeNull();
});

test('a name that several regions of a layer share means all of them', () => {
  // Wayne County, Michigan and Wayne County, Ohio.
  expect(geography.inside(42.3677203, -83.1186093, 'county:Wayne')).toBe(true);
  expect(geography.inside(40.83, -81.89, 'county:Wayne')).toBe(true);
});

test('distance in kilometres', () => {
  expect(geography.distanceKm(0, 0, 0, 1)).toBeCloseTo(111.3195, 3);
});
