import { beforeAll, describe, expect, test } from 'vitest';
import { ALL_PLACES } from '../../src/geo/config.ts';
import type { PlaceIndex } from '../../src/geo/contract.ts';
import { loadPlaces, loadPlacesImage, placesOfImage } from '../../src/geo/load.ts';
import { CACHE_FOLDER, readRows } from './support.ts';

/** All shipped layers against answers worked out by GEOS. */

interface Row {
  readonly id: string;
  readonly lat?: unknown;
  readonly lon?: unknown;
  readonly exp?: Record<string, string | null>;
  readonly any?: Record<string, (string | null)[]>;
  readonly error?: string;
}

let places: PlaceIndex;
let image: SharedArrayBuffer;
const rows = readRows<Row>('truth.jsonl.gz');

beforeAll(async () => {
  image = await loadPlacesImage(ALL_PLACES, CACHE_FOLDER);
  places = placesOfImage(image);
}, 120_000);

function labelsOf(index: PlaceIndex, { lat, lon }: Row): Record<string, string | null> | string {
  const labels = index.labels(lat, lon);
  const answer = index.locate(lat, lon);
  if (labels === 'invalid_coordinate' || answer === 'invalid_coordinate') return labels as string;
  return { ...labels, country: answer.country };
}

describe('places of a point', () => {
  test('the worked example', () => {
    expect(places.locate(42.3677203, -83.1186093)).toEqual({
      city: 'Detroit',
      postal_code: '48206',
      county: 'Wayne',
      state: 'Michigan',
      dma_name: 'Detroit',
      dma_number: 505,
      country: 'US',
      layer_version: places.version,
    });
  });

  test('every strict answer is right, every border answer is one of the polygons there', () => {
    const wrong = rows.filter((row) => {
      const labels = labelsOf(places, row);
      if (row.error !== undefined || typeof labels === 'string') return labels !== row.error;
      const strict = Object.entries(row.exp ?? {}).every(([layer, id]) => labels[layer] === id);
      const border = Object.entries(row.any ?? {}).every(([layer, ids]) => ids.includes(labels[layer]!));
      return !strict || !border;
    });
    expect(wrong).toEqual([]);
    expect(rows.length).toBe(13_275);
  });

  test('of the polygons that share a border the lowest id wins', () => {
    const shared = rows.flatMap((row) =>
      Object.entries(row.any ?? {}).flatMap(([layer, ids]) =>
        layer !== 'dma' && layer !== 'country' && !ids.includes(null) ? [{ row, layer, ids }] : [],
      ),
    );
    const lowest = shared.filter(({ row, layer, ids }) => {
      const labels = labelsOf(places, row);
      return typeof labels !== 'string' && labels[layer] === ids.toSorted()[0];
    });
    // The truth counts a point as on a border from 1e-7 degree, the index from 1e-9.
    expect(lowest.length / shared.length).toBeGreaterThan(0.95);
    expect(shared.length).toBeGreaterThan(300);
  });

  test('the same answers from the saved file, backwards, and from a second view of the memory', async () => {
    const first = rows.map((row) => JSON.stringify(labelsOf(places, row)));
    const saved = await loadPlaces(ALL_PLACES, CACHE_FOLDER);
    const shared = placesOfImage(image);
    expect(saved.version).toBe(places.version);
    for (let i = rows.length - 1; i >= 0; i--) {
      if (JSON.stringify(labelsOf(saved, rows[i]!)) !== first[i]) expect.fail(rows[i]!.id);
      if (JSON.stringify(labelsOf(shared, rows[i]!)) !== first[i]) expect.fail(rows[i]!.id);
    }
  });

  test('both ends of the antimeridian are answered by the polygons that end there', () => {
    expect(places.locate(66.5, 180)).toMatchObject({ country: 'RU' });
    expect(places.locate(66.5, -180)).toMatchObject({ country: 'RU' });
    expect(places.locate(-90, 180)).toMatchObject({ country: 'AQ' });
    expect(places.locate(90, 0)).toMatchObject({ country: null, city: null });
  });

  test('Spain and Turkey fill the fields they have', () => {
    expect(places.locate(40.4168, -3.7038)).toMatchObject({
      city: 'Madrid', county: 'Madrid', state: 'Comunidad de Madrid', country: 'ES', dma_number: null,
    });
    expect(places.locate(39.9334, 32.8597)).toMatchObject({ state: 'Ankara', country: 'TR', city: null });
  });

  test('the index of the whole is below 700 MB', () => {
    expect(image.byteLength).toBeLessThan(700e6);
  });
});

describe('regions and names', () => {
  test('a region by id and by name, of layers with polygons and derived ones', () => {
    const [lat, lon] = [42.3677203, -83.1186093];
    for (const region of [
      { layer: 'place', id: '2622000' }, { layer: 'place', name: 'DETROIT' },
      { layer: 'dma', id: '505' }, { layer: 'dma', name: 'Detroit' },
      { layer: 'state', name: 'Michigan' }, { layer: 'zcta', id: '48206' },
    ]) {
      expect(places.regionContains(region, lat, lon), JSON.stringify(region)).toBe(true);
      expect(places.regionContains(region, 41.8781, -87.6298)).toBe(false);
    }
    expect(places.regionContains({ layer: 'dma', id: '505' }, 'x', null)).toBe(false);
  });

  test('a region that does not exist says so', () => {
    expect(places.hasRegion({ layer: 'dma', name: 'Nowhere' })).toBe(false);
    expect(() => places.regionContains({ layer: 'dma', name: 'Nowhere' }, 0, 0))
      .toThrow('layer dma: has no region "Nowhere"');
    expect(() => places.regionContains({ layer: 'planet', id: '1' }, 0, 0))
      .toThrow('layer planet: is not loaded; loaded are: county, state, dma, place');
  });

  test('names: with a state, near a point, by code, with accents', () => {
    expect(places.findPlaceByName('Detroit')).toMatchObject({ layer: 'place', id: '2622000' });
    expect(places.findPlaceByName('Springfield, IL')).toMatchObject({ id: '1772000' });
    expect(places.findPlaceByName('Springfield', { lat: 42.1, lon: -72.6 })).toMatchObject({ id: '2567000' });
    expect(places.findPlaceByName('48206')).toMatchObject({ layer: 'zcta' });
    expect(places.findPlaceByName('malaga')).toMatchObject({ layer: 'es_municipality', name: 'Málaga' });
    expect(places.findPlaceByName('Michigan')).toMatchObject({ layer: 'state', id: '26' });
    expect(places.findPlaceByName('Nowhere at all')).toBeNull();
  });

  test('the point of a named place lies in it', () => {
    for (const name of ['Detroit', 'Los Angeles, CA', 'Houston, TX', '99501', 'Honolulu County']) {
      const place = places.findPlaceByName(name);
      if (place) expect(places.regionContains(place, place.lat, place.lon), name).toBe(true);
    }
  });
});
