import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { bbox, booleanPointInPolygon } from '@turf/turf';
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import RBush from 'rbush';
import { feature as unfold } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { SHIPPED_LAYERS } from '../../src/geo/load-layers.ts';
import { cpuSeconds } from './cpu.ts';
import type { Points } from './points.ts';

/**
 * The peers of the benchmark. They read the layer files by `topojson-client`, not by our reader.
 * Answers are numbers of features in the order of ids, -1 for none: county, place, zcta, and
 * country where there is no county.
 */

export type Area = Feature<Polygon | MultiPolygon>;

export const PEER_LAYERS = [
  ['county', 'us/admin', 'counties'],
  ['place', 'us/places', 'places'],
  ['zcta', 'us/zcta', 'zcta'],
  ['world', 'world/countries', 'countries'],
] as const;

/** CPU seconds per round, and the answers of the last one. */
export interface PeerResult {
  readonly seconds: readonly number[];
  readonly answers: Int32Array;
}

export function readAreas(): Area[][] {
  return PEER_LAYERS.map(([, file, object]) => {
    const bytes = gunzipSync(readFileSync(join(SHIPPED_LAYERS, `${file}.topo.json.gz`)));
    const topology = JSON.parse(bytes.toString('utf8')) as Topology;
    const collection = unfold(
      topology,
      topology.objects[object] as GeometryCollection,
    ) as FeatureCollection<Polygon | MultiPolygon>;
    return collection.features.sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
  });
}

interface Box {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly number: number;
}

/** rbush over bounding boxes, then turf. */
export function turfPeer(areas: readonly Area[][], points: Points, count: number): PeerResult {
  const trees = areas.map((layer) => {
    const tree = new RBush<Box>();
    tree.load(
      layer.map((area, number) => {
        const [minX, minY, maxX, maxY] = bbox(area) as [number, number, number, number];
        return { minX, minY, maxX, maxY, number };
      }),
    );
    return tree;
  });
  const locate = (layer: number, lat: number, lon: number): number => {
    let best = -1;
    for (const { number } of trees[layer]!.search({ minX: lon, minY: lat, maxX: lon, maxY: lat })) {
      if (best >= 0 && number > best) continue;
      if (booleanPointInPolygon([lon, lat], areas[layer]![number]!)) best = number;
    }
    return best;
  };
  const answers = new Int32Array(count * 4);
  const seconds: number[] = [];
  for (let round = 0; round < 2; round++) {
    const start = cpuSeconds();
    for (let i = 0; i < count; i++) {
      const lat = points.coordinates[2 * i]!;
      const lon = points.coordinates[2 * i + 1]!;
      for (let layer = 0; layer < 3; layer++) answers[4 * i + layer] = locate(layer, lat, lon);
      answers[4 * i + 3] = answers[4 * i]! < 0 ? locate(3, lat, lon) : -1;
    }
    seconds.push(cpuSeconds() - start);
  }
  return { seconds, answers };
}

const BENCH_FOLDER = fileURLToPath(new URL('./', import.meta.url));

/** Compiles the Java side into `folder`; Maven fetches JTS from Maven Central. */
export function buildJts(folder: string): void {
  execFileSync(
    'mvn',
    [
      '-q', '-f', join(BENCH_FOLDER, 'pom.xml'), `-Dtarget=${folder}`,
      'compile', 'dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'lib')}`,
    ],
    { stdio: 'inherit' },
  );
}

/** Runs JTS PreparedGeometry on the points, in a process of its own. */
export function jtsPeer(folder: string, points: Points, rounds: number): PeerResult {
  const pointsFile = join(folder, 'points.bin');
  const answersFile = join(folder, 'answers.bin');
  const writer = new BigEndianFile(pointsFile);
  writer.int(points.coordinates.length);
  for (const degrees of points.coordinates) writer.double(degrees);
  writer.close();
  const run = spawnSync(
    'java',
    [
      '-XX:+UseSerialGC', '-Xmx6g', '-cp', `${join(folder, 'classes')}:${join(folder, 'lib', '*')}`,
      'JtsBench', join(folder, 'polygons.bin'), pointsFile, answersFile, String(rounds),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
  );
  if (run.status !== 0) throw new Error(`JtsBench ended with ${run.status ?? run.signal}`);
  const bytes = readFileSync(answersFile);
  const answers = new Int32Array(bytes.length / 4);
  for (let i = 0; i < answers.length; i++) answers[i] = bytes.readInt32BE(4 * i);
  const seconds = run.stdout.trim().split('\n').map((line) => Number(line) / 1e9);
  return { seconds, answers };
}

/** Writes the polygons for the Java side. */
export function writePolygons(areas: readonly Area[][], folder: string): void {
  const writer = new BigEndianFile(join(folder, 'polygons.bin'));
  writer.int(areas.length);
  for (const layer of areas) {
    writer.int(layer.length);
    for (const { geometry } of layer) {
      const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
      writer.int(polygons.length);
      for (const rings of polygons) {
        writer.int(rings.length);
        for (const ring of rings) {
          writer.int(ring.length);
          for (const [lon, lat] of ring) {
            writer.double(lon!);
            writer.double(lat!);
          }
        }
      }
    }
  }
  writer.close();
}

/** Writes numbers as Java's DataInputStream reads them. */
class BigEndianFile {
  readonly #file: number;
  readonly #buffer = Buffer.alloc(1 << 20);
  #used = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  int(value: number): void {
    this.#room();
    this.#used = this.#buffer.writeInt32BE(value, this.#used);
  }

  double(value: number): void {
    this.#room();
    this.#used = this.#buffer.writeDoubleBE(value, this.#used);
  }

  close(): void {
    writeSync(this.#file, this.#buffer, 0, this.#used);
    closeSync(this.#file);
  }

  #room(): void {
    if (this.#used + 8 <= this.#buffer.length) return;
    writeSync(this.#file, this.#buffer, 0, this.#used);
    this.#used = 0;
  }
}
