/**
 * The full road on a real Kafka and a real Redis:
 *
 *     npm run load
 *
 * Starts broker, Redis and engine processes (or uses KAFKA_BROKERS and REDIS_URL), produces
 * marketplace traffic at a steady rate, reads what is derived with `read_committed`, and prints rate,
 * latency from creation of the last event to the committed record as a consumer sees it, CPU and
 * memory of each process, and a verdict against what the traffic must give. `--stages` says where the
 * microseconds of an event go, from a CPU profile of the first engine, which costs it some of them.
 */
import { join } from 'node:path';
import { flag, number, readCommandLine, text } from './command-line.ts';
import { CpuMeter } from './cpu-meter.ts';
import { MarketplaceRun, verdictLine } from './marketplace-run.ts';
import {
  conclude, type EngineProcess, machineFacts, metricOf, openRoad, percentiles, produce, SOURCE,
  startEngine, stopEngine,
} from './road.ts';
import { readProfile, stageTable } from './stages.ts';
import { DEFAULT_TRAFFIC } from './traffic.ts';

const { options } = readCommandLine(
  'npm run load --',
  'The full road on a real Kafka and a real Redis: rate, latency, CPU, truth.',
  {
    rate: number(50_000, 'events a second', 1),
    seconds: number(60, 'how long, s', 1),
    warmup: number(10, 'how long before that, s'),
    seed: number(1, 'of the traffic'),
    partitions: number(4, 'of the source', 1),
    engines: number(1, 'engine processes', 1),
    stages: flag('say where the microseconds go; costs some of them'),
    profile: text('folder', 'keep CPU profiles of the engines there'),
  },
);
const { rate, seconds, partitions, seed } = options;
const DRAIN_MS = 30_000;

const road = await openRoad();
const { log, prefix } = road;
await log.createTopic({ topic: SOURCE, partitions, settings: {} });
const profileFolder = options.profile ?? (options.stages ? join(road.folder, 'profile') : null);
const engines: EngineProcess[] = [];
for (let i = 0; i < options.engines; i++) {
  const profiled = profileFolder !== null && i === 0;
  const nodeOptions = profiled ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [];
  engines.push(await startEngine(road, { name: `engine-${i + 1}`, nodeOptions }));
}
const run = await MarketplaceRun.open(road, { seed, rate, topic: SOURCE, partitions, prefix });
const pids = Object.fromEntries(engines.map(({ pid }, i) => [`engine ${i + 1}`, pid]));
const meter = new CpuMeter({ ...pids, generator: process.pid, ...road.pids });
const begin = performance.now();
await produce(run.stream, rate, options.warmup);
meter.start();
const commitsBefore = await commits();
const measured = { from: Date.now(), begin: performance.now() };
await produce(run.stream, rate, seconds);
const usage = meter.stop();
const commitsAfter = await commits();
const until = Date.now();
const end = performance.now();
if (!(await run.drained(DRAIN_MS))) {
  console.log(`not worked off ${DRAIN_MS / 1_000} s after the end: what is missing below may only be late`);
}
await run.close();
const { passed, failed } = report();
for (const engine of engines) await stopEngine(engine);
if (options.stages && profileFolder !== null) reportStages(profileFolder);
conclude(passed, failed);
await road.close();

/** Of all engines, since their start. */
async function commits(): Promise<{ readonly count: number; readonly seconds: number }> {
  const sum = async (what: 'count' | 'sum'): Promise<number> => {
    const name = `parley_commit_seconds_${what}`;
    const each = await Promise.all(engines.map(({ url }) => metricOf(url, name)));
    return each.reduce((all, one) => all + one, 0);
  };
  return { count: await sum('count'), seconds: await sum('sum') };
}

function report(): { readonly passed: number; readonly failed: number } {
  const delays = run.delays(measured.from, until);
  const latencies = delays.map(({ seenAt, createdAt }) => seenAt - createdAt);
  const worst: number[] = [];
  delays.forEach(({ createdAt }, i) => {
    const second = Math.floor((createdAt - measured.from) / 1_000);
    worst[second] = Math.max(worst[second] ?? 0, latencies[i] as number);
  });
  const { wanted, duplicates, outOfOrder, late, poison } = run.traffic.counts;
  const took = ((performance.now() - begin) / 1_000).toFixed(0);
  console.log(machineFacts(road));
  console.log(
    `${run.traffic.events} events of ${DEFAULT_TRAFFIC.bytes} bytes at ${rate}/s in ${took} s: ` +
      `${wanted} wanted, ${duplicates} duplicates, ${outOfOrder} out of order, ${late} late, ` +
      `${poison} poison`,
  );
  const count = latencies.length;
  console.log(`creation to committed, ${count} records: ${percentiles(latencies)}`);
  console.log(`longest of each second of creation, ms: ${worst.map(Math.round).join(' ')}`);
  const made = commitsAfter.count - commitsBefore.count;
  const each = ((commitsAfter.seconds - commitsBefore.seconds) * 1_000) / made;
  console.log(`${(made / seconds).toFixed(1)} commits/s of ${each.toFixed(1)} ms`);
  for (const [name, { cores, residentMb }] of Object.entries(usage)) {
    const us = ((cores / rate) * 1e6).toFixed(1);
    console.log(`${name.padEnd(10)} ${cores.toFixed(2)} cores, ${us} us an event, ${residentMb} MB`);
  }
  console.log(`everything else on the machine ${meter.others.toFixed(2)} cores`);
  const verdict = run.verdict();
  const { line, failed } = verdictLine(verdict, run.seen.length);
  console.log(line);
  return { passed: verdict.expected - verdict.missing, failed };
}

/** Every engine has its share of the events, as the partitions are spread evenly. */
function reportStages(folder: string): void {
  const [first] = engines;
  if (first === undefined) return;
  const cores = usage['engine 1']?.cores ?? 0;
  const cpu = (cores / (rate / engines.length)) * 1e6;
  const sinceStart = (at: number) => (at - first.startedAt) * 1_000;
  const lines = stageTable(readProfile(folder), sinceStart(measured.begin), sinceStart(end), cpu);
  console.log('stages of engine 1, us of CPU an event:');
  for (const line of lines) console.log(line);
}
