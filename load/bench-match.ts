import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { openRuns, runsOfOneKey } from './bench-match/curves.ts';
import type { CurvePoint } from './bench-match/curves.ts';
import { manyPatterns } from './bench-match/many-patterns.ts';
import { measureMemory } from './bench-match/memory.ts';
import { measureRow, rowOf } from './bench-match/rows.ts';
import type { Measured } from './bench-match/rows.ts';
import { flag, number, readCommandLine, text } from './command-line.ts';

/**
 * `npm run bench:match`: rows as the peers have them, memory, and curves.
 *
 * Each row runs in a process of its own, on one core; its matches are checked by count and hash
 * before a speed is printed. `--peers` runs the harness of the Java engines in that folder on the
 * same row right after, and prints the ratios. A second is one of wall-clock time, or of the CPU
 * time of the calling thread, which other load on the machine disturbs less.
 */
const ROWS = ['R1', 'R1S', 'R2', 'R3', 'R4', 'R5', 'R6:1000000'];

/** Engine of the harness, and share of the events with which it is run, by row. */
const PEERS: { readonly [row: string]: readonly (readonly [string, number])[] } = {
  R1: [['esper-pattern', 1], ['flink-directF', 1]],
  R1S: [['esper-mrdef', 1], ['flink-directF', 0.5]],
  R2: [['esper-pattern', 1], ['flink-directF', 1]],
  R3: [['esper-mrdef', 1], ['flink-directF', 1]],
  R4: [['esper-pattern', 1], ['flink-directF', 1]],
  R5: [['esper-pattern', 1], ['flink-directF', 0.5]],
  R6: [['esper-pattern', 0.5], ['flink-directF', 0.5]],
};

const { options } = readCommandLine(
  'npm run bench:match --',
  'The matcher by rows and curves, beside other engines.',
  {
    rows: text('R1,R2', `rows to run (default: ${ROWS.join(',')})`),
    warm: number(1_000_000, 'events before the measured ones'),
    measured: number(2_000_000, 'measured events of a pass', 1),
    passes: number(3, 'measured parts of a row', 1),
    seed: number(null, "of the row's stream (default: the one its matches are known of)"),
    peers: text('folder', 'harness of the Java engines, run beside each row'),
    oneRow: flag('run the first of the rows here and print JSON; each row is run so'),
    parts: text('rows,memory,curves', 'what of it to run (default: all three)'),
  },
);
function compareRows(rows: readonly string[]): void {
  if (options.peers !== null) command(join(options.peers, 'run.sh'), ['build']);
  console.log(line('row', 'engine', 'min', 'median', 'max', 'per CPU s', 'matches', 'hash', 'ratio', 'CPU ratio'));
  for (const row of rows) {
    const own = ownRow(row);
    print('parley', own, null);
    if (options.peers === null) continue;
    for (const [engine, share] of PEERS[row.split(':')[0] ?? ''] ?? []) {
      const sizes = [options.warm * share, options.measured * share].map(String);
      const text = command(join(options.peers, 'run.sh'), ['run', engine, row, ...sizes]);
      print(engine, peerOf(text, row), own);
    }
  }
}

function ownRow(row: string): Measured {
  const { warm, measured, passes, seed } = options;
  const args = ['--one-row', '--rows', row, '--warm', String(warm), '--measured', String(measured),
    '--passes', String(passes), ...(seed === null ? [] : ['--seed', String(seed)])];
  const text = command(process.execPath, [...process.execArgv, import.meta.filename, ...args]);
  return JSON.parse(text) as Measured;
}

/** The harness prints a JSON line; names of its fields differ a little. */
function peerOf(text: string, row: string): Measured {
  const json = JSON.parse(text.trim().split('\n').at(-1) ?? '{}') as { [field: string]: number | string | undefined };
  const number = (...names: string[]): number => {
    for (const name of names) if (typeof json[name] === 'number') return json[name];
    return Number.NaN;
  };
  return {
    row, warm: number('warm'), measured: number('measured'), min: number('min'), median: number('median'),
    max: number('max'), perCpuSecond: number('perCpuSecond', 'medianPerCpuSec', 'cpuMedian', 'perCpu'),
    matches: number('matches'), hash: String(json['hash']),
  };
}

function print(engine: string, one: Measured, own: Measured | null): void {
  const ratio = (value: number): string => (Number.isNaN(value) ? '' : value.toFixed(2));
  console.log(line(
    one.row, engine, thousands(one.min), thousands(one.median), thousands(one.max), thousands(one.perCpuSecond),
    String(one.matches), one.hash,
    own === null ? '' : ratio(own.median / one.median),
    own === null ? '' : ratio(own.perCpuSecond / one.perCpuSecond),
  ));
}

function memory(): void {
  console.log('\n# bytes per open partial match, one of each key (row R6)');
  for (const open of [10_000, 100_000, 1_000_000]) {
    const { heapBytes, wholeBytes, storedBytes } = measureMemory('R6', open);
    console.log(`${String(open).padStart(9)} open: ${heapBytes.toFixed(0)} heap (${wholeBytes.toFixed(0)} with the events and their texts), `
      + `${storedBytes.toFixed(0)} stored`);
  }
}

function curves(): void {
  const tell = (title: string, points: readonly CurvePoint[]): void => {
    console.log(`\n# ${title}: ns of CPU an event`);
    for (const { count, nanosecondsPerEvent } of points) {
      console.log(`${String(count).padStart(9)}: ${nanosecondsPerEvent.toFixed(0)}`);
    }
  };
  tell('open partial matches', openRuns([1_000, 10_000, 100_000, 1_000_000], 500_000));
  console.log('\n# many patterns: ns of CPU an event, with the patterns alone that it concerns, with all, ratio');
  for (const { title, alone, many } of manyPatterns(300_000)) {
    const costs = [alone.toFixed(0), many.toFixed(0), (many / alone).toFixed(2)];
    console.log(`${title.padEnd(52)}${costs.map((cost) => cost.padStart(7)).join('')}`);
  }
  tell('open partial matches of one key, event that none waits for', runsOfOneKey([1, 8, 64, 512, 4_096], 200_000, false));
  tell('the same, event that each must look at', runsOfOneKey([1, 8, 64, 512], 50_000, true));
}

function command(file: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(
    file, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
  return stdout;
}

function thousands(rate: number): string {
  return Number.isNaN(rate) ? '-' : `${(rate / 1_000).toFixed(0)} k`;
}

const WIDTHS = [11, 14, 8, 8, 8, 10, 9, 17, 7, 9];

function line(...cells: string[]): string {
  return cells.map(
    (cell, i) => (i < 2 ? cell.padEnd(WIDTHS[i] ?? 8) : cell.padStart(WIDTHS[i] ?? 8))).join(' ',
  );
}

const rows = options.rows?.split(',') ?? ROWS;
const parts = options.parts?.split(',') ?? ['rows', 'memory', 'curves'];
if (options.oneRow) {
  const { warm, measured, passes, seed } = options;
  console.log(JSON.stringify(measureRow(rowOf(rows[0] ?? ''), warm, measured, passes, seed)));
} else {
  console.log(`# ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}; events a second, all events counted`);
  if (parts.includes('rows')) compareRows(rows);
  if (parts.includes('memory')) memory();
  if (parts.includes('curves')) curves();
}
