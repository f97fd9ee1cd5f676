import { gzipSync } from 'node:zlib';
import type { Point } from 'geojson';
import { expect, test } from 'vitest';
import { DEMO_PLACES, usLayers } from '../../src/geo/config.ts';
import { loadPlaces, loadPlacesImage } from '../../src/geo/load.ts';
import { area, buildPlaces, CACHE_FOLDER, geoJson, oneLayer, square, withFolder } from './support.ts';

/** Layers as they are declared: formats, fields, derived layers, and what is said of bad files. */

const SQUARES = [
  area('b', { type: 'Polygon', coordinates: [square(10, 50, 1)] }),
  area('a', { type: 'Polygon', coordinates: [square(11, 50, 1), square(11.4, 50.4, 0.2).reverse()] }),
];

const TOPOLOGY = {
  type: 'Topology',
  transform: { scale: [0.1, 0.1], translate: [10, 50] },
  arcs: [
    [[10, 0], [0, 10]], // the border of both
    [[10, 10], [-10, 0], [0, -10], [10, 0]],
    [[10, 0], [10, 0], [0, 10], [-10, 0]],
    [[14, 4], [0, 2], [2, 0], [0, -2], [-2, 0]],
  ],
  objects: {
    zones: {
      type: 'GeometryCollection',
      geometries: [
        { type: 'Polygon', id: 'b', properties: { name: 'Zone b' }, arcs: [[0, 1]] },
        { type: 'Polygon', id: 'a', properties: { name: 'Zone a' }, arcs: [[2, ~0], [3]] },
      ],
    },
  },
};

const WKT = [
  'layer\tid\tname\twkt',
  'zones\tb\tZone b\tPOLYGON ((10 50, 11 50, 11 51, 10 51, 10 50))',
  'zones\ta\tZone a\tMULTIPOLYGON (((11 50, 12 50, 12 51, 11 51, 11 50),' +
    ' (11.4 50.4, 11.4 50.6, 11.6 50.6, 11.6 50.4, 11.4 50.4)))',
  'other\tc\tZone c\tPOLYGON ((0 0, 1 0, 1 1, 0 0))',
].join('\n');

test('GeoJSON, TopoJSON and WKT of the same zones give the same answers', async () => {
  const files = {
    'zones.geojson': geoJson(SQUARES),
    'zones.topo.json.gz': gzipSync(JSON.stringify(TOPOLOGY)),
    'zones.wkt.tsv': WKT,
  };
  await withFolder(files, (folder) => {
    const indexes = [
      buildPlaces(oneLayer('zones.geojson'), folder),
      buildPlaces(oneLayer('zones.topo.json.gz', { object: 'zones' }), folder),
      buildPlaces(oneLayer('zones.wkt.tsv', { object: 'zones' }), folder),
    ];
    for (const index of indexes) {
      const zone = (lat: number, lon: number) => {
        const labels = index.labels(lat, lon);
        return labels === 'invalid_coordinate' ? labels : labels['zone'];
      };
      expect(zone(50.5, 10.5)).toBe('b');
      expect(zone(50.5, 11.2)).toBe('a');
      expect(zone(50.5, 11.5), 'the hole').toBeNull();
      expect(zone(50.5, 11.4), 'the rim of the hole').toBe('a');
      expect(zone(50.5, 11), 'the border of both').toBe('a');
      expect(zone(51, 10), 'a corner').toBe('b');
      expect(zone(51 + 2e-9, 10)).toBeNull();
      expect(index.locate(50.5, 10.5)).toMatchObject({ city: 'Zone b', country: null });
    }
  });
});

test('own layers stand beside shipped ones', async () => {
  const region = area('r', { type: 'Polygon', coordinates: [square(29, 40, 1)] });
  const shipped = {
    layer: 'province',
    file: 'shipped:tr/provinces.topo.json.gz',
    object: 'provinces',
    sharedIds: true,
    fields: { state: 'name' },
  };
  const zones = { layer: 'zone', file: 'z.geojson', fields: { city: 'name' } };
  await withFolder({ 'z.geojson': geoJson([region]) }, (folder) => {
    const config = { name: 'both', sets: [{ set: 'tr', layers: [shipped, zones] }] };
    const index = buildPlaces(config, folder);
    expect(index.locate(40.2, 29.1)).toMatchObject({ state: 'Bursa', city: 'Zone r' });
  });
});

test('overlapping regions: the lowest id labels, every region contains', async () => {
  const overlapping = [
    area('2', { type: 'Polygon', coordinates: [square(0, 0, 2)] }),
    area('1', { type: 'Polygon', coordinates: [square(1, 1, 2)] }),
  ];
  await withFolder({ 'z.geojson': geoJson(overlapping) }, (folder) => {
    const index = buildPlaces(oneLayer('z.geojson'), folder);
    expect(index.labels(1.5, 1.5)).toEqual({ zone: '1' });
    expect(index.regionContains({ layer: 'zone', id: '2' }, 1.5, 1.5)).toBe(true);
    expect(index.regionContains({ layer: 'zone', name: 'zone 1' }, 0.5, 0.5)).toBe(false);
  });
});

/** A GeoJSON file with one polygon, id `z`. */
function polygon(ring: [number, number][]): string {
  return geoJson([area('z', { type: 'Polygon', coordinates: [ring] })]);
}

interface BadFile {
  readonly what: string;
  readonly file: string;
  /** Null: there is no file. */
  readonly content: string | Buffer | null;
  /** Added to the declaration. */
  readonly more?: object;
  readonly message: string;
}

const POINT: Point = { type: 'Point', coordinates: [1, 2] };
const MERCATOR = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::3857' } };

const BAD_FILES: BadFile[] = [
  { what: 'not there', file: 'z.geojson', content: null, message: 'there is no file' },
  { what: 'empty', file: 'z.geojson', content: '', message: 'is empty' },
  {
    what: 'cut off',
    file: 'z.geojson',
    content: geoJson(SQUARES).slice(0, 200),
    message: 'is broken: not JSON',
  },
  {
    what: 'a gzip that is cut off',
    file: 'z.topo.json.gz',
    content: gzipSync('{}'.repeat(1000)).subarray(0, 20),
    more: { object: 'zones' },
    message: 'cannot be unpacked',
  },
  { what: 'no features', file: 'z.geojson', content: geoJson([]), message: 'holds no polygon' },
  {
    what: 'no ids',
    file: 'z.geojson',
    content: geoJson(SQUARES.map((each) => ({ ...each, id: undefined }) as never)),
    message: 'feature 1 has no id; give every feature an `id`',
  },
  {
    what: 'one id twice',
    file: 'z.geojson',
    content: geoJson([SQUARES[0]!, SQUARES[0]!]),
    message: 'two features have the id b',
  },
  {
    what: 'a point',
    file: 'z.geojson',
    content: geoJson([{ type: 'Feature', id: 'p', properties: {}, geometry: POINT }]),
    message: 'is a Point, not a Polygon',
  },
  {
    what: 'metres',
    file: 'z.geojson',
    content: polygon(square(445_000, 4_640_000, 100)),
    message: 'is not in degrees: another projection?',
  },
  {
    what: 'another projection by name',
    file: 'z.geojson',
    content: JSON.stringify({ type: 'FeatureCollection', features: SQUARES, crs: MERCATOR }),
    message: 'is in the projection urn:ogc:def:crs:EPSG::3857; convert it',
  },
  {
    what: 'an open ring',
    file: 'z.geojson',
    content: polygon(square(1, 1, 1).slice(0, 4)),
    message: 'feature z has a ring that is not closed',
  },
  {
    what: 'a ring over itself',
    file: 'z.geojson',
    content: polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]),
    message: 'feature z crosses itself near (1, 1)',
  },
  {
    what: 'a ring over 180 degrees',
    file: 'z.geojson',
    content: polygon([[179, 0], [-179, 0], [-179, 1], [179, 0]]),
    message: 'crosses 180 degrees of longitude; cut it there',
  },
  {
    what: 'an unknown object',
    file: 'z.topo.json',
    content: JSON.stringify(TOPOLOGY),
    more: { object: 'towns' },
    message: 'has no object "towns"; it has: zones',
  },
  {
    what: 'a derived table that is not there',
    file: 'z.geojson',
    content: geoJson(SQUARES),
    more: { derived: [{ layer: 'd', id: 'dma', table: { file: 't.tsv', key: 'a' } }] },
    message: 'derived layer d (t.tsv): there is no file',
  },
  {
    what: 'not WKT',
    file: 'z.wkt.tsv',
    content: 'id\twkt\n1\tPOLYGON 1 2\n',
    more: { name: 'id' },
    message: 'line 2: is not WKT',
  },
  {
    what: 'an unknown ending',
    file: 'z.shp',
    content: 'x',
    message: 'must be .topo.json, .geojson or .wkt.tsv',
  },
  {
    what: 'a field nobody has',
    file: 'z.geojson',
    content: geoJson(SQUARES),
    more: { fields: { city: 'label' } },
    message: 'no feature has the property label',
  },
];

test.for(BAD_FILES)('$what gives one clear message', async ({ file, content, more, message }) => {
  await withFolder(content === null ? {} : { [file]: content }, (folder) => {
    const build = () => buildPlaces(oneLayer(file, more), folder);
    expect(build).toThrow(message);
    expect(build, 'names layer and file').toThrow(/layer \w+ \([\w.]+\)/);
  });
});

test('a mistake in the declaration names the place', async () => {
  const config = { name: 'x', sets: [{ set: 's', layers: [{ layer: 'Zone 1', file: 'f' }] }] };
  await expect(loadPlaces(config, CACHE_FOLDER)).rejects.toThrow(
    'configuration of places, sets.0.layers.0.layer: lower case letters, digits and _',
  );
});

test('an error in the load worker keeps its code', async () => {
  const config = { ...oneLayer('no.geojson'), folder: '/nowhere' };
  await expect(loadPlaces(config, CACHE_FOLDER)).rejects.toMatchObject({
    code: 'PARLEY_PLACES_INVALID',
    message: expect.stringContaining('layer zone (no.geojson): there is no file') as string,
  });
});

test('one state with places and postal areas stays below 60 MB', async () => {
  const config = { name: 'michigan', sets: [usLayers({ fips: ['26'], zip: ['48', '49'] })] };
  const image = await loadPlacesImage(config, CACHE_FOLDER);
  expect(image.byteLength).toBeLessThan(60e6);
  const index = await loadPlaces(config, CACHE_FOLDER);
  const detroit = { city: 'Detroit', postal_code: '48206', state: 'Michigan' };
  expect(index.locate(42.3677203, -83.1186093)).toMatchObject(detroit);
  expect(index.locate(41.8781, -87.6298)).toMatchObject({ city: null, country: null });
});

test('the quick layers of the demo answer the worked example and know the other states', async () => {
  const index = await loadPlaces(DEMO_PLACES, CACHE_FOLDER);
  expect(index.locate(42.3677203, -83.1186093)).toMatchObject({
    city: 'Detroit', postal_code: '48206', county: 'Wayne', state: 'Michigan', dma_number: 505, country: 'US',
  });
  const losAngeles = { city: null, state: 'California', dma_name: 'Los Angeles' };
  expect(index.locate(34.0522, -118.2437)).toMatchObject(losAngeles);
  expect(index.locate(48.8566, 2.3522)).toMatchObject({ state: null, country: 'FR' });
});
