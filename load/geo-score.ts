import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ALL_PLACES } from '../src/geo/config.ts';
import type { PlaceIndex } from '../src/geo/contract.ts';
import { distance, within } from '../src/geo/distance.ts';
import { loadPlaces } from '../src/geo/load.ts';
import { readCommandLine } from './command-line.ts';

/**
 * Scores a file of expected answers: `npm run score:geo -- FILE`, truth or geofence rows, `.gz` or
 * not. Ends with `N passed, N failed`; exit code 1 if any failed.
 */

interface TruthRow {
  readonly id: string;
  readonly g: string;
  readonly lat?: unknown;
  readonly lon?: unknown;
  readonly exp?: Record<string, string | null>;
  readonly any?: Record<string, (string | null)[]>;
  readonly error?: string;
}

interface FenceRow {
  readonly id: string;
  readonly a: { readonly lat: number; readonly lon: number };
  readonly b: { readonly lat: number; readonly lon: number };
  readonly r_m: number;
  readonly d_m: number;
  readonly within: boolean;
}

type Row = TruthRow | FenceRow;

/** Labels as the truth names them: `country` is a layer there. */
function labelsOf(places: PlaceIndex, row: TruthRow): Record<string, string | null> | string {
  const answer = places.locate(row.lat, row.lon);
  const labels = places.labels(row.lat, row.lon);
  if (answer === 'invalid_coordinate' || labels === 'invalid_coordinate') return 'invalid_coordinate';
  return { ...labels, country: answer.country };
}

/** What is wrong with the answer to a truth row, or null. */
function truthProblem(places: PlaceIndex, row: TruthRow): string | null {
  const labels = labelsOf(places, row);
  if (row.error !== undefined) return labels === row.error ? null : `no ${row.error}`;
  if (typeof labels === 'string') return labels;
  for (const [layer, id] of Object.entries(row.exp ?? {})) {
    if (labels[layer] !== id) return `${layer} is ${labels[layer]}, not ${id}`;
  }
  for (const [layer, ids] of Object.entries(row.any ?? {})) {
    if (!ids.includes(labels[layer] ?? null)) return `${layer} is ${labels[layer]}, not in ${ids}`;
  }
  return null;
}

/** What is wrong with the answers to a geofence row, or null. Distances to a millimetre. */
function fenceProblem({ a, b, r_m, d_m, within: expected }: FenceRow): string | null {
  const metres = distance(a.lat, a.lon, b.lat, b.lon);
  if (Math.abs(metres - d_m) > 1e-3) return `distance is ${metres}, not ${d_m}`;
  for (const [from, to] of [[a, b], [b, a]] as const) {
    if (within(r_m, from.lat, from.lon, to.lat, to.lon) !== expected) return `within is not ${expected}`;
  }
  return null;
}

async function score(path: string, cacheFolder: string): Promise<void> {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const rows = text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
  const fences = rows.every((row) => 'r_m' in row);
  const places = fences ? null : await loadPlaces(ALL_PLACES, cacheFolder, progress);
  // Twice, the second time backwards: a border point must get the same answer in any order.
  const first = rows.map((row) => answer(places, row));
  const again = rows.toReversed().map((row) => answer(places, row)).reverse();
  const problems = rows.flatMap((row, number) => {
    const problem = 'r_m' in row ? fenceProblem(row) : truthProblem(places!, row);
    const found = first[number] === again[number] ? problem : 'two answers';
    return found === null ? [] : [`${row.id}: ${found}`];
  });
  for (const problem of problems.slice(0, 20)) console.log(problem);
  console.log(`${rows.length - problems.length} passed, ${problems.length} failed`);
  if (problems.length > 0) process.exitCode = 1;
}

function answer(places: PlaceIndex | null, row: Row): string {
  return places === null || 'r_m' in row ? '' : JSON.stringify(labelsOf(places, row));
}

let told = '';
function progress({ step, done, detail }: { step: string; done: number; detail: string }): void {
  const line = `${step} ${detail}`;
  if (line !== told) console.error(`${(100 * done).toFixed(0).padStart(3)} % ${line}`);
  told = line;
}

const { operands } = readCommandLine('npm run score:geo --', 'Scores places against a file of expected answers.', {}, [
  { name: 'file', about: 'rows of truth or of geofences, .gz or not' },
  { name: 'cache', about: 'folder where the index is kept', fallback: join(tmpdir(), 'parley-places') },
]);
const [path = '', cacheFolder = ''] = operands;
await score(path, cacheFolder).catch((error: Error) => {
  console.error(`${path}: ${error.message}`);
  process.exitCode = 2;
});
