import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Feature, MultiPolygon, Polygon } from 'geojson';
import { buildImage } from '../../src/geo/build-image.ts';
import type { PlacesConfig } from '../../src/geo/config.ts';
import { openImage } from '../../src/geo/index-image.ts';
import { checkPlacesConfig } from '../../src/geo/load.ts';
import { Places } from '../../src/geo/places.ts';

/** Saved indexes of tests; kept between runs, since a big one takes seconds to build. */
export const CACHE_FOLDER = fileURLToPath(new URL('../../.cache/places', import.meta.url));

/** Rows of a file of expected answers in `test/geo/data`. */
export function readRows<Row>(file: string): Row[] {
  const bytes = readFileSync(new URL(`./data/${file}`, import.meta.url));
  return gunzipSync(bytes).toString('utf8').trim().split('\n').map((line) => JSON.parse(line) as Row);
}

/** Runs `use` with a folder of these files, then removes it. */
export async function withFolder<T>(
  files: Record<string, string | Buffer>,
  use: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-geo-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Builds an index on this thread. */
export function buildPlaces(config: PlacesConfig, folder: string): Places {
  const image = buildImage(checkPlacesConfig(config), folder, 'test-1', () => {});
  return new Places(openImage(image));
}

/** A configuration with one layer of one file. */
export function oneLayer(file: string, more: object = {}): PlacesConfig {
  return {
    name: 'test',
    sets: [{ set: 'test', layers: [{ layer: 'zone', file, fields: { city: 'name' }, ...more }] }],
  };
}

/** Features as a GeoJSON file. */
export function geoJson(features: readonly Feature[]): string {
  return JSON.stringify({ type: 'FeatureCollection', features });
}

export function area(id: string, geometry: Polygon | MultiPolygon): Feature<Polygon | MultiPolygon> {
  return { type: 'Feature', id, properties: { name: `Zone ${id}` }, geometry };
}

/** A square ring, counter-clockwise, from its south-west corner. */
export function square(lon: number, lat: number, side: number): [number, number][] {
  return [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]];
}
