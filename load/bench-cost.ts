/**
 * What exactly once costs: the same events over the full road with transactions and without.
 *
 *     npm run bench:cost
 *
 * In each round an engine with transactions and one without (records and offsets appended plainly,
 * at least once) do the same, the order changing from round to round: they work off events that
 * were appended before, which gives events a second and CPU an event, and then get events at a
 * steady rate, which gives latency. At the end transactions of the session beside those of kafkajs.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { number, readCommandLine } from './command-line.ts';
import { CpuMeter } from './cpu-meter.ts';
import { MarketplaceRun, verdictLine } from './marketplace-run.ts';
import {
  appendEvents, conclude, machineFacts, metricOf, openRoad, percentiles, produce, quantile, startEngine,
  stopEngine, waitFor,
} from './road.ts';

const { options } = readCommandLine(
  'npm run bench:cost --',
  'What exactly once costs, beside a run without transactions.',
  {
    events: number(300_000, 'events to work off'),
    rate: number(5_000, 'events a second of the steady part', 1),
    seconds: number(8, 'length of the steady part, s'),
    rounds: number(2, 'both do the same so many times'),
    partitions: number(4, 'of the source', 1),
    seed: number(1, 'of the traffic'),
  },
);
const { events, rate, seconds, partitions, seed } = options;
/** Rate by which the events of the backlog are dated. */
const DATED_RATE = 50_000;
const BATCH = 1_500;
const DRAIN_MS = 60_000;
/** Shares of what is expected of the backlog between which rate and CPU are measured. */
const FROM_SHARE = 0.15;
const UNTIL_SHARE = 0.98;

const WAYS = {
  'exactly once': [],
  'no transactions': ['--plain'],
} as const satisfies { readonly [name: string]: readonly string[] };
type Way = keyof typeof WAYS;

interface Measured {
  /** Events a second while it worked off the backlog. */
  readonly rate: number;
  /** CPU of an event, microseconds. */
  readonly us: { readonly [process: string]: number };
  /** Cores that everything else took meanwhile. */
  readonly others: number;
  /** At the steady rate, ms. */
  readonly latencies: readonly number[];
  readonly commitsPerSecond: number;
  readonly commitMs: number;
}

const road = await openRoad();
const measured: { readonly [way in Way]: Measured[] } = { 'exactly once': [], 'no transactions': [] };
let passed = 0;
let failed = 0;
console.log(machineFacts(road));
for (let round = 0; round < options.rounds; round++) {
  const ways = Object.keys(WAYS) as Way[];
  if (round % 2 === 1) ways.reverse();
  for (const way of ways) measured[way].push(await measure(way, round));
}
await road.close();
report();
await transactions();
conclude(passed, failed);

async function measure(way: Way, round: number): Promise<Measured> {
  const name = `${way === 'exactly once' ? 'once' : 'plain'}-${round}`;
  const prefix = `${road.prefix}${name}.`;
  const topic = `${prefix}events`;
  await road.log.createTopic({ topic, partitions, settings: {} });
  const run = new MarketplaceRun(road, { seed, rate, topic, partitions, prefix });
  const datedFrom = Date.now() - (events / DATED_RATE) * 1_000;
  for (let sent = 0; sent < events; sent += BATCH) {
    const dated = (i: number) => Math.floor(datedFrom + ((sent + i) / DATED_RATE) * 1_000);
    await appendEvents(run.stream, Math.min(BATCH, events - sent), dated);
  }
  const engine = await startEngine(road, {
    name,
    command: ['load/engine-process.ts', ...WAYS[way]],
    configuration: {
      application: name,
      topicPrefix: prefix,
      sources: [{ topic, start: 'earliest' }],
    },
  });
  await run.watch(road, prefix);
  const backlog = await workOff(run, engine.pid, datedFrom);
  await run.drained(DRAIN_MS);
  const steady = await steadily(run, engine.url);
  const verdict = run.verdict();
  const { line, failed: wrong } = verdictLine(verdict, run.seen.length);
  passed += verdict.expected - verdict.missing;
  failed += wrong;
  console.log(`${way}, round ${round + 1}: ${line}`);
  await run.close();
  await stopEngine(engine);
  return { ...backlog, ...steady };
}

/** How far in the input the engine is follows from how many of the matches it derived. */
async function workOff(
  run: MarketplaceRun,
  pid: number,
  datedFrom: number,
): Promise<Pick<Measured, 'rate' | 'us' | 'others'>> {
  const { expected } = run.traffic;
  const meter = new CpuMeter({ engine: pid, ...road.pids });
  const reach = async (share: number) => {
    const there = await waitFor(() => run.matches >= expected.length * share, DRAIN_MS, 10);
    if (!there) throw new Error(`${run.matches} of ${expected.length} matches were derived`);
    const created = expected[run.matches - 1]?.created ?? 0;
    return { at: performance.now(), event: ((created - datedFrom) / 1_000) * DATED_RATE };
  };
  const from = await reach(FROM_SHARE);
  meter.start();
  const until = await reach(UNTIL_SHARE);
  const usage = meter.stop();
  const perSecond = (until.event - from.event) / ((until.at - from.at) / 1_000);
  const us = Object.entries(usage).map(([name, { cores }]) => [name, (cores / perSecond) * 1e6]);
  return {
    rate: perSecond,
    us: Object.fromEntries(us) as Measured['us'],
    others: meter.others,
  };
}

async function steadily(
  run: MarketplaceRun,
  url: string,
): Promise<Pick<Measured, 'latencies' | 'commitsPerSecond' | 'commitMs'>> {
  await produce(run.stream, rate, 2);
  const from = Date.now();
  const before = await commits(url);
  await produce(run.stream, rate, seconds);
  const until = Date.now();
  const after = await commits(url);
  await run.drained(DRAIN_MS);
  const count = after.count - before.count;
  return {
    latencies: run.latencies(from, until),
    commitsPerSecond: count / ((until - from) / 1_000),
    commitMs: ((after.seconds - before.seconds) / count) * 1_000,
  };
}

async function commits(url: string): Promise<{ readonly count: number; readonly seconds: number }> {
  return {
    count: await metricOf(url, 'parley_commit_seconds_count'),
    seconds: await metricOf(url, 'parley_commit_seconds_sum'),
  };
}

function report(): void {
  const mean = (way: Way, of: (one: Measured) => number): number =>
    measured[way].reduce((sum, one) => sum + of(one), 0) / measured[way].length;
  for (const way of Object.keys(WAYS) as Way[]) {
    const processes = Object.keys(measured[way][0]?.us ?? {}).map(
      (name) => `${name} ${mean(way, ({ us }) => us[name] ?? 0).toFixed(1)}`,
    );
    const rates = measured[way].map((one) => Math.round(one.rate)).join(', ');
    const others = measured[way].map((one) => one.others.toFixed(2)).join(', ');
    console.log(`${way}: ${rates} events/s (everything else ${others} cores)`);
    console.log(`  us of CPU an event: ${processes.join(', ')}`);
    const latencies = measured[way].flatMap((one) => one.latencies);
    console.log(
      `  at ${rate}/s: ${percentiles(latencies)}; ` +
        `${mean(way, (one) => one.commitsPerSecond).toFixed(0)} commits/s of ` +
        `${mean(way, (one) => one.commitMs).toFixed(1)} ms`,
    );
  }
  const loss = (of: (one: Measured) => number): string => {
    const [once, plain] = [mean('exactly once', of), mean('no transactions', of)];
    return (((plain - once) / plain) * 100).toFixed(1);
  };
  const more = (of: (one: Measured) => number): string => (-Number(loss(of))).toFixed(1);
  console.log(
    `exactly once costs ${loss((one) => one.rate)}% of the rate, ` +
      `${more((one) => one.us['engine'] ?? 0)}% more CPU of the engine, ` +
      `${more(({ us }) => Object.values(us).reduce((sum, n) => sum + n, 0))}% with broker and Redis`,
  );
  const added = (share: number): string => {
    const [once, plain] = (['exactly once', 'no transactions'] as const).map((way) => {
      const all = measured[way].flatMap(({ latencies }) => latencies);
      return quantile(all.toSorted((a, b) => a - b), share);
    });
    return ((once ?? Number.NaN) - (plain ?? Number.NaN)).toFixed(0);
  };
  console.log(`latency added at ${rate}/s: p50 ${added(0.5)} ms, p99 ${added(0.99)} ms`);
}

/** The session's transactions beside those of kafkajs, in a process and on a broker of their own. */
async function transactions(): Promise<void> {
  const script = join(import.meta.dirname, '../test/rig/bench.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'transactions']);
  for (const line of stdout.trimEnd().split('\n')) {
    if (!line.startsWith('warm up')) console.log(line);
  }
}
