/**
 * How long what goes wrong, or is done on purpose, is felt:
 *
 *     npm run bench:recovery
 *
 * Under marketplace traffic: kill -9 of the only engine, started again at once; another process
 * joins; kill -9 of one of two. Then a Redis that is emptied under an engine with `--keys` keys, and
 * `parley state rebuild` of the same, beside a bare read of the changelog in the same run. Times are from the outside: of committed derived records as a
 * consumer sees them, and of `/readyz`. What was derived is held against the traffic, and the
 * rebuilt Redis against the changelog. A rebuild is measured in state values, each of which is one
 * key of the changelog: the time-out of a conversation and the ids that it has seen.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { endProcess } from '../test/rig/tools.ts';
import { number, readCommandLine } from './command-line.ts';
import { CpuMeter } from './cpu-meter.ts';
import { MarketplaceRun, verdictLine } from './marketplace-run.ts';
import {
  conclude, type EngineProcess, isReady, machineFacts, metricOf, openRoad, patternFolder, produce,
  sleep, SOURCE, startEngine, stopEngine, waitFor,
} from './road.ts';

const { options } = readCommandLine(
  'npm run bench:recovery --',
  'How long faults and changes are felt.',
  {
    rate: number(5_000, 'events a second', 1),
    keys: number(220_000, 'conversations, of two state values each, that a rebuild writes', 1),
    fillRate: number(15_000, 'events a second until they are there', 1),
    partitions: number(4, 'of the source', 1),
    seed: number(1, 'of the traffic'),
  },
);
const { rate, keys, fillRate, partitions, seed } = options;
/** Between one thing and the next: longer than a recovery takes. */
const SETTLE_MS = 15_000;
const DRAIN_MS = 60_000;
/** A record that takes longer than this was held up. */
const HELD_UP_MS = 1_000;
/** Longer than the gauges take to follow. */
const GAUGES_MS = 1_500;
const PATTERN = `id: load-open
key: conversation_id
steps: [timer_opened, {not: timer_answered, for: 24h}]
emit: timer_due
`;

if (process.env['REDIS_URL'] !== undefined) {
  throw new Error('REDIS_URL is set: this run empties its Redis, so it only takes one of its own');
}
const road = await openRoad();
let passed = 0;
let failed = 0;
console.log(machineFacts(road));
await underTraffic();
await emptiedStore();
await road.close();
conclude(passed, failed);
process.exit();

function check(what: string, holds: boolean): void {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? 'ok' : 'FAILED'}: ${what}`);
}

async function underTraffic(): Promise<void> {
  await road.log.createTopic({ topic: SOURCE, partitions, settings: {} });
  const first = await startEngine(road, { name: 'engine-1' });
  const { prefix } = road;
  const run = await MarketplaceRun.open(road, { seed, rate, topic: SOURCE, partitions, prefix });
  let stopped = false;
  const producing = produce(run.stream, rate, 3_600, () => stopped);
  await sleep(SETTLE_MS / 2);

  const running: EngineProcess[] = [];
  const stretches: { readonly what: string; readonly from: number; until: number }[] = [];
  const during = async (what: string, work: () => Promise<string>): Promise<void> => {
    const stretch = { what: '', from: Date.now(), until: 0 };
    const more = await work();
    await sleep(SETTLE_MS);
    // Those made last may be held up by what comes next.
    stretch.until = Date.now() - HELD_UP_MS;
    stretches.push({ ...stretch, what: `${what}: ${more}` });
  };
  await during('kill -9 of the only engine', async () => {
    await endProcess(first.child, 'SIGKILL');
    const again = await startEngine(road, { name: 'engine-1' });
    running.push(again);
    return `started again at once, its tasks open ${openAfter(again)} after its start`;
  });
  await during('a process more', async () => {
    const joined = await startEngine(road, { name: 'engine-2' });
    running.push(joined);
    await sleep(GAUGES_MS);
    return `its tasks open ${openAfter(joined)} after its start, ${await tasksOf(running)}`;
  });
  await during('kill -9 of one of two', async () => {
    const gone = running.pop();
    if (gone !== undefined) await endProcess(gone.child, 'SIGKILL');
    return 'the other takes over';
  });
  stopped = true;
  await producing;
  await run.drained(DRAIN_MS);
  for (const { what, from, until } of stretches) {
    console.log(`at ${rate}/s, ${what}`);
    console.log(`  ${heldUp(run, from, until)}`);
  }
  const verdict = run.verdict();
  const { line, failed: wrong } = verdictLine(verdict, run.seen.length);
  check(line, wrong === 0);
  await run.close();
  for (const engine of running) await stopEngine(engine);
}

function openAfter({ startedAt, readyAt }: EngineProcess): string {
  return `${((readyAt - startedAt) / 1_000).toFixed(1)} s`;
}

async function tasksOf(engines: readonly EngineProcess[]): Promise<string> {
  const open = engines.map(({ url }) => metricOf(url, 'parley_tasks', 'state="open"'));
  return `tasks ${(await Promise.all(open)).join(' and ')}`;
}

/** What a consumer feels of a stretch of time: records whose last event was made in it. */
function heldUp(run: MarketplaceRun, from: number, until: number): string {
  const delays = run.delays(from, until);
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  let first = Infinity;
  let longest = 0;
  let last = from;
  for (const { createdAt, seenAt } of delays) {
    const delay = seenAt - createdAt;
    first = Math.min(first, seenAt);
    longest = Math.max(longest, delay);
    if (delay > HELD_UP_MS) last = Math.max(last, seenAt);
  }
  return (
    `derived events flow again after ${seconds(first - from)}, longest wait of one of ` +
    `${delays.length} ${seconds(longest)}, none above ${seconds(HELD_UP_MS)} after ` +
    `${seconds(last - from)}`
  );
}

async function emptiedStore(): Promise<void> {
  const prefix = `${road.prefix}r.`;
  const topic = `${prefix}events`;
  await road.log.createTopic({ topic, partitions, settings: {} });
  const engine = await startEngine(road, {
    name: 'engine-r',
    configuration: {
      application: 'rebuild',
      topicPrefix: prefix,
      sources: [{ topic, start: 'earliest' }],
      patterns: patternFolder(road.folder, PATTERN),
      places: { enabled: false },
    },
  });
  let made = 0;
  const next = (now: number) => {
    const k = made++;
    const ids = `"id":"t${k}","conversation_id":"t${k}"`;
    return { partitionHash: k, text: `{${ids},"type":"timer_opened","time":${now}}` };
  };
  await produce({ log: road.log, topic, partitions, next }, fillRate, keys / fillRate);
  const consumed = () => metricOf(engine.url, 'parley_events_consumed_total');
  const read = await waitFor(async () => (await consumed()) >= keys, DRAIN_MS, 500);
  // The last ones go through the keyed topic, and from the changelog to Redis.
  await sleep(SETTLE_MS / 3);
  check(`${keys} conversations were opened`, read);

  const broker = await bareRead(`${prefix}changelog.1`);
  console.log(
    `what the broker gives: ${broker.values} records of the changelog read and decoded, nothing else ` +
      `done, ${Math.round(broker.values / broker.seconds)}/s`,
  );
  const redis = new Redis(road.redisUrl);
  const size = await redis.dbsize();
  const before = await rebuilt(engine);
  await redis.flushall();
  const emptied = performance.now();
  const noticed = await waitFor(async () => !(await isReady(engine.url)), DRAIN_MS, 20);
  const begun = performance.now();
  const meter = new CpuMeter({ engine: engine.pid, ...road.pids });
  meter.start();
  const back = await waitFor(() => isReady(engine.url), DRAIN_MS, 20);
  const usage = meter.stop();
  const done = performance.now();
  check('the engine noticed that Redis was emptied, and was ready again', noticed && back);
  const written = (await rebuilt(engine)) - before;
  const took = (done - begun) / 1_000;
  console.log(
    `Redis emptied (${size} Redis keys) under an idle engine: noticed after ` +
      `${((begun - emptied) / 1_000).toFixed(1)} s, then rebuilt in ${took.toFixed(1)} s: ` +
      `${written} values of ${keys} conversations, ${Math.round(written / took)} values/s`,
  );
  const us = Object.entries(usage).map(
    ([name, { cores }]) => `${name} ${((cores * took * 1e6) / written).toFixed(1)}`,
  );
  console.log(`  us of CPU a value: ${us.join(', ')}`);
  await stopEngine(engine);
  check('parley state verify', (await parley(engine, 'verify')).includes('equal'));
  await redis.flushall();
  redis.disconnect();
  console.log(`parley state rebuild, four tasks at once: ${(await parley(engine, 'rebuild')).trim()}`);
  check('parley state verify', (await parley(engine, 'verify')).includes('equal'));
}

/** All partitions of a topic at once, as fast as they come. */
async function bareRead(topic: string): Promise<{ values: number; seconds: number }> {
  const { log } = road;
  const count = (await log.describeTopic(topic))?.partitions ?? 0;
  const all = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  const ends = await log.endOffsets(all, 'committed');
  const starts = await log.startOffsets(all);
  let values = 0;
  const begun = performance.now();
  await Promise.all(
    all.map(async (at, i) => {
      const reader = log.openReader('committed');
      reader.assign(at, starts[i] ?? 0);
      while ((reader.position(at) ?? 0) < (ends[i] ?? 0)) {
        for (const { records } of await reader.poll(50, 4_000_000)) for (const _ of records) values++;
      }
      await reader.close();
    }),
  );
  return { values, seconds: (performance.now() - begun) / 1_000 };
}

async function rebuilt({ url }: EngineProcess): Promise<number> {
  return metricOf(url, 'parley_rebuilt_values_total');
}

/** Output of `parley state <command>`; empty where it failed. */
async function parley({ configFile }: EngineProcess, command: string): Promise<string> {
  const args = ['src/cli/parley.js', 'state', command, '--config', configFile];
  const cwd = new URL('..', import.meta.url);
  return promisify(execFile)(process.execPath, args, { cwd }).then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      console.log(String(error));
      return '';
    },
  );
}
