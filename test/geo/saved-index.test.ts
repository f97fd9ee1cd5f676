import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PlacesConfig } from '../../src/geo/config.ts';
import type { LoadProgress } from '../../src/geo/contract.ts';
import { loadPlaces } from '../../src/geo/load.ts';
import { area, geoJson, oneLayer, square } from './support.ts';

/** The saved index: used when it fits, else rebuilt, and said so. */

let folder: string;
let saved: string;
let config: PlacesConfig;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-geo-'));
  saved = join(folder, 'cache', 'places-test.index');
  config = { ...oneLayer('z.geojson'), folder };
  writeZone(10);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeZone(lon: number): void {
  const zone = area('z', { type: 'Polygon', coordinates: [square(lon, 50, 1)] });
  writeFileSync(join(folder, 'z.geojson'), geoJson([zone]));
}

interface Loaded {
  readonly steps: readonly LoadProgress['step'][];
  /** What was said about a rebuild. */
  readonly detail: string;
  readonly zone: unknown;
  readonly version: string;
}

async function load(): Promise<Loaded> {
  const steps: LoadProgress['step'][] = [];
  let detail = '';
  const index = await loadPlaces(config, join(folder, 'cache'), (progress) => {
    if (steps.at(-1) !== progress.step) steps.push(progress.step);
    if (progress.step === 'rebuilding') detail = progress.detail;
  });
  return { steps, detail, zone: index.labels(50.5, 10.5), version: index.version };
}

test('is built and saved at first, then read', async () => {
  const first = await load();
  expect(first.steps).toEqual(['loading', 'reading', 'building', 'saving', 'ready']);
  const second = await load();
  expect(second.steps).toEqual(['loading', 'ready']);
  expect(second.zone).toEqual({ zone: 'z' });
  expect(second.version).toBe(first.version);
  expect(readdirSync(join(folder, 'cache'))).toEqual(['places-test.index']);
});

test('cut short: rebuilt, said so', async () => {
  await load();
  truncateSync(saved, readFileSync(saved).length - 100);
  const again = await load();
  expect(again.detail).toMatch(/places-test\.index is cut short: \d+ of \d+ bytes/);
  expect(again.zone).toEqual({ zone: 'z' });
  expect((await load()).steps).toEqual(['loading', 'ready']);
});

test.for([0, 3, 20])('cut to %i bytes: rebuilt, said so', async (bytes) => {
  await load();
  truncateSync(saved, bytes);
  expect((await load()).detail).toContain('is not an index of places');
});

test('one byte changed: rebuilt, said so', async () => {
  await load();
  const bytes = readFileSync(saved);
  bytes[bytes.length - 60]! ^= 1;
  writeFileSync(saved, bytes);
  expect((await load()).detail).toContain('is damaged: its checksum does not fit');
});

test('of another format: rebuilt, said so', async () => {
  await load();
  const bytes = readFileSync(saved);
  bytes.writeUInt16LE(999, 6);
  writeFileSync(saved, bytes);
  expect((await load()).detail).toMatch(/has format 999, this version reads \d/);
});

test('of other layers: rebuilt with another version, said so', async () => {
  const first = await load();
  writeZone(20);
  const second = await load();
  expect(second.detail).toContain(`is of version ${first.version}, the layers are ${second.version}`);
  expect(second.version).not.toBe(first.version);
  expect(second.zone).toEqual({ zone: null });
});

test('a cache folder that cannot be written costs nothing but time', async () => {
  writeFileSync(join(folder, 'cache'), 'a file in its place');
  const loaded = await load();
  expect(loaded.steps).toEqual(['loading', 'reading', 'building', 'saving', 'ready']);
  expect(loaded.zone).toEqual({ zone: 'z' });
});
