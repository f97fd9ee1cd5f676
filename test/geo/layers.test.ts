import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { DEMO_PLACES, type PlacesConfig, usLayers } from '../../src/geo/config.ts';
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
      const zone = (lat: number, lon: number) => (index.labels(lat, lon) as Record<string, string>)['zone'];
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

const bad: [string, Record<string, string | Buffer>, PlacesConfig, string][] = [
  ['a file that is not there', {}, oneLayer('no.geojson'), 'there is no file'],
  ['an empty file', { 'e.geojson': '' }, oneLayer('e.geojson'), 'is empty'],
  ['a file that is cut off', { 'c.geojson': geoJson(SQUARES).slice(0, 200) }, oneLayer('c.geojson'), 'is broken: not JSON'],
  ['a gzip that is cut off', { 'c.topo.json.gz': gzipSync('{}'.repeat(1000)).subarray(0, 20) },
    oneLayer('c.topo.json.gz', { object: 'zones' }), 'cannot be unpacked'],
  ['no features', { 'n.geojson': geoJson([]) }, oneLayer('n.geojson'), 'holds no polygon'],
  ['no ids', { 'i.geojson': geoJson(SQUARES.map((each) => ({ ...each, id: undefined }) as never)) }, oneLayer('i.geojson'),
    'feature 1 has no id; give every feature an `id`'],
  ['one id twice', { 't.geojson': geoJson([SQUARES[0]!, SQUARES[0]!]) }, oneLayer('t.geojson'),
    'two features have the id b'],
  ['a point', { 'p.geojson': geoJson([{ type: 'Feature', id: 'p', properties: {}, geometry: { type: 'Point', coordinates: [1, 2] } }]) },
    oneLayer('p.geojson'), 'is a Point, not a Polygon'],
  ['metres', { 'm.geojson': geoJson([area('m', { type: 'Polygon', coordinates: [square(445_000, 4_640_000, 100)] })]) },
    oneLayer('m.geojson'), 'is not in degrees: another projection?'],
  ['another projection by name', {
    'q.geojson': JSON.stringify({
      type: 'FeatureCollection', features: SQUARES, crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::3857' } },
    }),
  }, oneLayer('q.geojson'), 'is in the projection urn:ogc:def:crs:EPSG::3857; convert it'],
  ['an open ring', { 'o.geojson': geoJson([area('o', { type: 'Polygon', coordinates: [square(1, 1, 1).slice(0, 4)] })]) },
    oneLayer('o.geojson'), 'feature o has a ring that is not closed'],
  ['a ring over itself', { 'x.geojson': geoJson([area('x', { type: 'Polygon', coordinates: [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]] })]) },
    oneLayer('x.geojson'), 'feature x crosses itself near (1, 1)'],
  ['a ring over 180 degrees', { 'a.geojson': geoJson([area('a', { type: 'Polygon', coordinates: [[[179, 0], [-179, 0], [-179, 1], [179, 0]]] })]) },
    oneLayer('a.geojson'), 'crosses 180 degrees of longitude; cut it there'],
  ['an unknown object', { 'u.topo.json': JSON.stringify(TOPOLOGY) }, oneLayer('u.topo.json', { object: 'towns' }),
    'has no object "towns"; it has: zones'],
  ['a table without its column', { 'z.geojson': geoJson(SQUARES), 't.tsv': 'a\tb\n1\t2\n' },
    oneLayer('z.geojson', { derived: [{ layer: 'd', id: 'dma', table: { file: 't.tsv', key: 'a' } }] }), 'has no column dma'],
  ['not WKT', { 'w.wkt.tsv': 'id\twkt\n1\tPOLYGON 1 2\n' }, oneLayer('w.wkt.tsv', { name: 'id' }), 'line 2: is not WKT'],
  ['an unknown ending', { 'w.shp': 'x' }, oneLayer('w.shp'), 'must be .topo.json, .geojson or .wkt.tsv'],
  ['a field nobody has', { 'z.geojson': geoJson(SQUARES) }, oneLayer('z.geojson', { fields: { city: 'label' } }),
    'no feature has the property label'],
];

test.for(bad)('%s gives one clear message', async ([, files, config, message]) => {
  await withFolder(files, (folder) => {
    expect(() => buildPlaces(config, folder)).toThrow(message);
    expect(() => buildPlaces(config, folder)).toThrow(/layer \w+ \(/);
  });
});

test('a mistake in the declaration names the place', async () => {
  const config = { name: 'x', sets: [{ set: 's', layers: [{ layer: 'Zone 1', file: 'f' }] }] };
  await expect(loadPlaces(config, CACHE_FOLDER)).rejects.toThrow(
    'configuration of places, sets.0.layers.0.layer: lower case letters, digits and _',
  );
});

test('an error in the load worker keeps its code', async () => {
  await expect(loadPlaces({ ...oneLayer('no.geojson'), folder: '/nowhere' }, CACHE_FOLDER)).rejects.toMatchObject({
    code: 'PARLEY_PLACES_INVALID',
    message: expect.stringContaining('layer zone (no.geojson): there is no file') as string,
  });
});

test('one state with places and postal areas stays below 60 MB', async () => {
  const config = { name: 'michigan', sets: [usLayers({ fips: ['26'], zip: ['48', '49'] })] };
  const image = await loadPlacesImage(config, CACHE_FOLDER);
  expect(image.byteLength).toBeLessThan(60e6);
  const index = await loadPlaces(config, CACHE_FOLDER);
  expect(index.locate(42.3677203, -83.1186093)).toMatchObject({ city: 'Detroit', postal_code: '48206', state: 'Michigan' });
  expect(index.locate(41.8781, -87.6298)).toMatchObject({ city: null, country: null });
});

test('the quick layers of the demo answer the worked example and know the other states', async () => {
  const index = await loadPlaces(DEMO_PLACES, CACHE_FOLDER);
  expect(index.locate(42.3677203, -83.1186093)).toMatchObject({
    city: 'Detroit', postal_code: '48206', county: 'Wayne', state: 'Michigan', dma_number: 505, country: 'US',
  });
  expect(index.locate(34.0522, -118.2437)).toMatchObject({ city: null, state: 'California', dma_name: 'Los Angeles' });
  expect(index.locate(48.8566, 2.3522)).toMatchObject({ state: null, country: 'FR' });
});
