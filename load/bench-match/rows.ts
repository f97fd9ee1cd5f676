import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STANDARD_FUNCTIONS } from '../../src/expression/functions.ts';
import { EMPTY_CATALOGUE } from '../../src/expression/scope.ts';
import type { Matcher } from '../../src/match/contract.ts';
import { compileMatcher } from '../../src/match/matcher.ts';
import { checkPatternFile } from '../../src/pattern/check.ts';
import { EPOCH, fillEvents, MatchHash, STREAM_START, streamEvents } from '../peers-streams.ts';
import type { StreamEvent } from '../peers-streams.ts';
import { expectedMatches } from './expected.ts';
import { Lanes } from './lanes.ts';

/** One row of the comparison: its stream, its patterns, and how long its last deadline takes. */
export interface Row {
  readonly name: string;
  readonly stream: string;
  /** Open partial matches of other keys before the stream begins. */
  readonly fill: number;
  readonly windowMs: number;
}

const HOUR = 3_600_000;
const KNOWN: { readonly [name: string]: readonly [string, number] } = {
  R1: ['meet', 24 * HOUR], R1S: ['meet', 24 * HOUR], R2: ['meet', 2 * HOUR], R3: ['loop', HOUR],
  R4: ['neg', HOUR], R5: ['many', HOUR], R6: ['grow', 30 * 24 * HOUR],
};

export function rowOf(name: string): Row {
  const [kind = '', fill = '0'] = name.split(':');
  const known = KNOWN[kind];
  if (known === undefined) throw new Error(`no row ${name}: R1, R1S, R2, R3, R4, R5 or R6:OPEN`);
  return { name, stream: known[0], windowMs: known[1], fill: Number(fill) };
}

/** The row's pattern files, through the checker. */
export function matchersOf(row: Row, patterns = 100): Matcher[] {
  const file = `${row.name.split(':')[0]}.yaml`;
  const text = readFileSync(join(import.meta.dirname, file), 'utf8');
  if (!file.startsWith('R5')) return [matcherOf(text, file)];
  return Array.from(
    { length: patterns }, (_, i) => matcherOf(text.replaceAll('N', String(i)), file),
  );
}

export function matcherOf(text: string, file: string): Matcher {
  const checked = checkPatternFile(text, file, {
    catalogue: EMPTY_CATALOGUE, functions: STANDARD_FUNCTIONS, others: [],
  });
  if (checked.kind === 'refused') {
    throw new Error(
      `${file}: ${checked.problems.map(({ line, message }) => `${line}: ${message}`).join('; ')}`,
    );
  }
  return compileMatcher(checked.definition);
}

export interface Measured {
  readonly row: string;
  readonly warm: number;
  readonly measured: number;
  /** Events a second: slowest, median and fastest pass, and the median by CPU time. */
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly perCpuSecond: number;
  readonly matches: number;
  readonly hash: string;
}

/** Fresh state for each pass; the first is not counted. Throws where matches are not as expected. */
export function measureRow(
  row: Row, warm: number, measured: number, passes: number, seed: number | null,
): Measured {
  const fill = fillEvents(row.fill);
  const events = streamEvents(row.stream, warm + measured, STREAM_START + row.fill, seed);
  const expected = expectedMatches(row.name, [...fill, ...events]);
  const rates: number[] = [];
  const cpuRates: number[] = [];
  let hash = new MatchHash();
  for (let pass = -1; pass < passes; pass++) {
    hash = new MatchHash();
    const seconds = onePass(row, fill, events, warm, hash);
    if (hash.count !== expected.count || hash.text !== expected.text) {
      throw new Error(`${row.name}: ${hash.count} matches with hash ${hash.text}, `
        + `but ${expected.count} with ${expected.text} are right`);
    }
    if (pass < 0) continue;
    rates.push(measured / seconds.wall);
    cpuRates.push(measured / seconds.cpu);
  }
  rates.sort((a, b) => a - b);
  cpuRates.sort((a, b) => a - b);
  const at = (list: readonly number[], share: number): number =>
    Math.round(list[Math.floor((list.length - 1) * share)] ?? 0);
  return {
    row: row.name, warm, measured, min: at(rates, 0), median: at(rates, 0.5), max: at(rates, 1),
    perCpuSecond: at(cpuRates, 0.5), matches: hash.count, hash: hash.text,
  };
}

function onePass(
  row: Row, fill: readonly StreamEvent[], events: readonly StreamEvent[], warm: number, hash: MatchHash,
): { wall: number; cpu: number } {
  const numbers = row.name.startsWith('R5');
  const lanes = new Lanes(matchersOf(row), ({ evidence, at }, pattern) => {
    const first = evidence[0]?.event.time ?? 0;
    const key = keyNumber(evidence[0]?.event.id ?? '', events);
    hash.add(numbers ? pattern : 0, key, first - EPOCH, at - EPOCH);
  });
  for (const event of fill) lanes.offer(event);
  for (let i = 0; i < warm; i++) lanes.offer(events[i] as StreamEvent);
  globalThis.gc?.();
  const cpuBefore = process.threadCpuUsage();
  const before = performance.now();
  for (let i = warm; i < events.length; i++) lanes.offer(events[i] as StreamEvent);
  const wall = (performance.now() - before) / 1e3;
  const cpu = process.threadCpuUsage(cpuBefore);
  lanes.drain((events.at(-1)?.time ?? 0) + row.windowMs + 1);
  if (lanes.bounds > 0
    || lanes.errors > 0) throw new Error(`${row.name}: a bound bit or a clause failed`);
  return { wall, cpu: (cpu.user + cpu.system) / 1e6 };
}

/** The number of an event's key: `e12` is the thirteenth event, `f7` the eighth of the fill. */
function keyNumber(id: string, events: readonly StreamEvent[]): number {
  const index = Number(id.slice(1));
  return id.startsWith('f') ? 1_000_000 + index : (events[index]?.keyNumber ?? -1);
}
