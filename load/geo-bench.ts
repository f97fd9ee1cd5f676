import { mkdirSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { number, readCommandLine } from './command-line.ts';
import { cpuSeconds } from './geo-bench/cpu.ts';
import {
  type Area, buildJts, jtsPeer, PEER_LAYERS, readAreas, turfPeer, writePolygons,
} from './geo-bench/peers.ts';
import { hotPoints, type Points, widePoints } from './geo-bench/points.ts';
import { liveFences, perEvent } from './geo-bench/stream.ts';
import { ALL_PLACES } from '../src/geo/config.ts';
import type { PlaceIndex } from '../src/geo/contract.ts';
import { loadPlacesImage, placesOfImage } from '../src/geo/load.ts';

/**
 * `npm run bench:geo`: ours, JTS PreparedGeometry and rbush + turf on the same points,
 * wide and hot. Compares every answer first and prints speeds only if all are equal. Needs Java 17
 * and Maven.
 *
 * Rates are points a second of CPU time: of the whole process for ours and turf, of the one working
 * thread for JTS (which leaves out its garbage collector).
 *
 * Ours does more than the peers in the timed part: it returns the whole answer with names, and
 * outside the US asks Spain and Turkey before the countries.
 */

const ROUNDS = 4;
const TURF_POINTS = 20_000;
const LIVE_FENCES = 100_000;

interface Timed {
  readonly name: string;
  readonly points: number;
  readonly seconds: readonly number[];
}

async function main(count: number): Promise<void> {
  const folder = fileURLToPath(new URL('../.cache/geo-bench', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const coldFolder = join(folder, 'cold');
  rmSync(coldFolder, { recursive: true, force: true });
  const coldMs = await loadMs(coldFolder);
  const savedMs = await loadMs(coldFolder);
  const image = await loadPlacesImage(ALL_PLACES, coldFolder);
  const index = placesOfImage(image);
  console.log(
    `${cpus()[0]?.model}, Node ${process.version}; index ${(image.byteLength / 1e6).toFixed(0)} MB, ` +
      `cold in ${(coldMs / 1000).toFixed(1)} s, from the saved file in ${(savedMs / 1000).toFixed(2)} s`,
  );
  console.log('building JTS and its polygons ...');
  buildJts(folder);
  const areas = readAreas();
  writePolygons(areas, folder);
  const places = areas[1]!.map((area): [number, number] => {
    const found = index.findPlaceByName(String(area.id))!;
    return [found.lat, found.lon];
  });
  for (const points of [widePoints(places, count), hotPoints(index, count)]) {
    compareAndPrint(index, areas, points, folder);
    const { p50, p99 } = perEvent(index, points);
    console.log(`  per event in a stream: p50 ${p50.toFixed(2)} us, p99 ${p99.toFixed(2)} us`);
  }
  const live = liveFences(hotPoints(index, count), LIVE_FENCES);
  console.log(
    `live: ${LIVE_FENCES} fences, ${live.fencesPerPoint.toFixed(1)} hit by a point: ` +
      `${(live.eventsPerSecond / 1000).toFixed(0)} k events/s, ` +
      `${(live.movingEventsPerSecond / 1000).toFixed(0)} k while every 100th moves a fence`,
  );
  for (const file of ['polygons.bin', 'points.bin', 'answers.bin', 'cold']) {
    rmSync(join(folder, file), { recursive: true, force: true });
  }
}

async function loadMs(folder: string): Promise<number> {
  const start = performance.now();
  placesOfImage(await loadPlacesImage(ALL_PLACES, folder));
  return performance.now() - start;
}

function compareAndPrint(index: PlaceIndex, areas: Area[][], points: Points, folder: string): void {
  const count = points.coordinates.length / 2;
  const before = oursSeconds(index, points);
  const jts = jtsPeer(folder, points, ROUNDS);
  const after = oursSeconds(index, points);
  const turf = turfPeer(areas, points, Math.min(count, TURF_POINTS));
  const ours = ourAnswers(index, areas, points);
  const wrong = differences(ours, jts.answers) + differences(ours, turf.answers);
  console.log(`${points.name}: ${count} points, ${4 * count} labels compared with JTS, ` +
    `${turf.answers.length} with turf: ${wrong} different`);
  if (wrong > 0) {
    process.exitCode = 1;
    return;
  }
  const jtsRate = print({ name: 'JTS', points: count, seconds: jts.seconds.slice(1) }, null);
  print({ name: 'rbush + turf', points: turf.answers.length / 4, seconds: turf.seconds }, jtsRate);
  print({ name: 'ours', points: count, seconds: [...before, ...after] }, jtsRate);
}

/** Prints the median and the range of rounds, and returns the median rate in points a second. */
function print({ name, points, seconds }: Timed, baseline: number | null): number {
  const rates = seconds.map((each) => points / each).sort((a, b) => a - b);
  const median = rates[rates.length >> 1]!;
  const ratio = baseline === null ? '' : `, ${(median / baseline).toFixed(1)} x JTS`;
  const k = (rate: number): string => (rate / 1000).toFixed(0);
  console.log(
    `  ${name.padEnd(13)} ${k(median).padStart(6)} k points/s ` +
      `(${k(rates[0]!)} to ${k(rates.at(-1)!)})${ratio}`,
  );
  return median;
}

/** Rounds of whole answers; the first round warms up and is left out. */
function oursSeconds(index: PlaceIndex, { coordinates }: Points): number[] {
  const seconds: number[] = [];
  let cities = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const start = cpuSeconds();
    for (let i = 0; i < coordinates.length; i += 2) {
      const answer = index.locate(coordinates[i], coordinates[i + 1]);
      if (answer !== 'invalid_coordinate' && answer.city !== null) cities++;
    }
    if (round > 0) seconds.push(cpuSeconds() - start);
  }
  if (cities === 0) throw new Error('no point lies in a city');
  return seconds;
}

/** Our labels as numbers of features in the order of ids; `locate` must tell the same story. */
function ourAnswers(index: PlaceIndex, areas: Area[][], { coordinates }: Points): Int32Array {
  const numbers = areas.map((layer) => new Map(layer.map((area, i) => [String(area.id), i])));
  const answers = new Int32Array(coordinates.length * 2);
  for (let i = 0; i < coordinates.length / 2; i++) {
    const labels = index.labels(coordinates[2 * i], coordinates[2 * i + 1]);
    const answer = index.locate(coordinates[2 * i], coordinates[2 * i + 1]);
    if (labels === 'invalid_coordinate' || answer === 'invalid_coordinate') throw new Error(labels as string);
    if (answer.postal_code !== labels['zcta'] && labels['county'] !== null) {
      throw new Error(`locate and labels differ at ${coordinates[2 * i]}, ${coordinates[2 * i + 1]}`);
    }
    PEER_LAYERS.forEach(([layer], slot) => {
      const id = layer === 'world' && labels['county'] !== null ? null : labels[layer]!;
      answers[4 * i + slot] = id === null ? -1 : numbers[slot]!.get(id)!;
    });
  }
  return answers;
}

function differences(ours: Int32Array, theirs: Int32Array): number {
  let different = 0;
  for (let i = 0; i < theirs.length; i++) if (ours[i] !== theirs[i]) different++;
  return different;
}

const { options } = readCommandLine(
  'npm run bench:geo --',
  'Places beside JTS and turf; needs Java 17 and Maven.',
  {
    points: number(200_000, 'looked up, of each kind', 1),
  },
);
await main(options.points);
