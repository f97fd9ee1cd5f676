/**
 * The full road on a real Kafka and a real Redis:
 *
 *     npm run load -- [--rate 50000] [--seconds 60] [--seed 1] [--partitions 4]
 *
 * Starts broker, Redis and one engine process (or uses KAFKA_BROKERS and REDIS_URL), produces
 * marketplace traffic at a steady rate, reads what is derived with `read_committed`, and prints rate,
 * latency from creation of the last event to the committed record as a consumer sees it, CPU and
 * memory of each process, and a verdict against what the traffic must give.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openKafkaLog } from '../src/adapters/kafka/kafka-log.ts';
import type { EventLog, OutgoingRecord } from '../src/ports/event-log.ts';
import type { DerivedRecord } from '../src/task/derived-record.ts';
import { startKafkaBroker } from '../test/rig/kafka-broker.ts';
import { startRedisServer } from '../test/rig/redis-server.ts';
import { freePort } from '../test/rig/tools.ts';
import { checkDerived } from './check-derived.ts';
import { CpuMeter } from './cpu-meter.ts';
import { DEFAULT_TRAFFIC, Traffic } from './traffic.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '50000' },
    seconds: { type: 'string', default: '60' },
    warmup: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    partitions: { type: 'string', default: '4' },
    profile: { type: 'string' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const warmup = Number(values.warmup);
const partitions = Number(values.partitions);
const SOURCE = 'marketplace.events';
/** Batches stay under the broker's limit of 1 MB, also when the generator catches up. */
const BATCH_EVENTS = 1_500;
const TICK_MS = 10;
const DRAIN_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'parley-load-'));
const broker =
  process.env['KAFKA_BROKERS'] === undefined ? await startKafkaBroker({ fullSpeed: true }) : null;
const redis = process.env['REDIS_URL'] === undefined ? await startRedisServer() : null;
const brokers = (process.env['KAFKA_BROKERS'] ?? broker?.brokers ?? '').split(',');
const redisUrl = process.env['REDIS_URL'] ?? redis?.url ?? '';
const log = await openKafkaLog({ brokers, clientId: 'load' });
const prefix = `load${Date.now().toString(36)}.`;
await log.createTopic({ topic: SOURCE, partitions, settings: {} });

const engine = await startEngine();
// A conversation takes a turn about once a second, whatever the rate.
const conversations = Math.ceil(rate * 0.2);
const options = { ...DEFAULT_TRAFFIC, conversations, seed: Number(values.seed) };
const traffic = new Traffic(options, prefix);
const derived: { record: DerivedRecord; seenAt: number }[] = [];
const stopReading = new AbortController();
const reading = readDerived(log, `${prefix}derived`, stopReading.signal);
const meter = new CpuMeter({
  engine: engine.child.pid ?? 0,
  generator: process.pid,
  ...(broker?.pid === undefined ? {} : { broker: broker.pid }),
  ...(redis?.pid === undefined ? {} : { redis: redis.pid }),
});
const begin = performance.now();
await produce(warmup);
meter.start();
const measuredFrom = Date.now();
await produce(seconds);
const usage = meter.stop();
const measuredUntil = Date.now();
await drained();
stopReading.abort();
await reading;
report();
engine.child.kill('SIGTERM');
await new Promise((resolve) => engine.child.once('exit', resolve));
await log.close();
await broker?.remove();
await redis?.remove();
rmSync(folder, { recursive: true, force: true });

async function startEngine(): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const port = await freePort();
  const config = join(folder, 'parley.json');
  const configuration = {
    application: 'load',
    topicPrefix: prefix,
    dataFolder: join(folder, 'data'),
    sources: [{ topic: SOURCE, start: 'earliest' }],
    kafka: { brokers },
    redis: { url: redisUrl },
    api: { port },
    places: { pack: 'demo' },
    logLevel: 'warn',
  };
  // JSON is YAML too.
  writeFileSync(config, JSON.stringify(configuration));
  const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  const args = [...profile, 'src/cli/main.ts', 'run', '--publish', '--config', config];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error('the engine ended');
    const ready = await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false);
    if (ready) return { child, url };
    await sleep(100);
  }
}

async function produce(forSeconds: number): Promise<void> {
  const from = performance.now();
  const total = Math.floor(rate * forSeconds);
  const batches = Array.from({ length: partitions }, (): OutgoingRecord[] => []);
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, Math.floor(((performance.now() - from) / 1_000) * rate));
    while (sent < due) {
      const now = Date.now();
      for (const until = Math.min(due, sent + BATCH_EVENTS); sent < until; sent++) {
        const { partitionHash, text } = traffic.next(now);
        const value = Buffer.from(text);
        batches[partitionHash % partitions]?.push({ key: null, value, headers: null, timestamp: now });
      }
      const full = batches
        .map((records, partition) => ({ topic: SOURCE, partition, records: [...records] }))
        .filter(({ records }) => records.length > 0);
      for (const batch of batches) batch.length = 0;
      await log.append(full);
    }
    await sleep(TICK_MS);
  }
}

async function readDerived(from: EventLog, topic: string, signal: AbortSignal): Promise<void> {
  const reader = from.openReader('committed');
  const count = (await from.describeTopic(topic))?.partitions ?? 0;
  for (let partition = 0; partition < count; partition++) reader.assign({ topic, partition }, 0);
  while (!signal.aborted) {
    for (const { records } of await reader.poll(20, 4_000_000)) {
      const seenAt = Date.now();
      for (const { value } of records) {
        if (value === null) continue;
        derived.push({ record: JSON.parse(Buffer.from(value).toString()) as DerivedRecord, seenAt });
      }
    }
  }
  await reader.close();
}

async function drained(): Promise<void> {
  const until = performance.now() + DRAIN_MS;
  const patterns = new Set(traffic.expected.map(({ pattern }) => pattern as string));
  for (;;) {
    const seen = derived.filter(
      ({ record }) => patterns.has(record.patternid) && record.kind === 'match',
    );
    if (seen.length >= traffic.expected.length || performance.now() > until) return;
    await sleep(200);
  }
}

function report(): void {
  const created = new Map(traffic.expected.map((one) => [one.events.at(-1), one.created]));
  const latencies: number[] = [];
  for (const { record, seenAt } of derived) {
    const at = created.get(record.evidence.at(-1)?.id);
    if (at !== undefined && at >= measuredFrom && at < measuredUntil) latencies.push(seenAt - at);
  }
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  const verdict = checkDerived(traffic.expected, derived.map(({ record }) => record), {
    complete: true,
  });
  const { wanted, duplicates, outOfOrder, late, poison } = traffic.counts;
  const took = (performance.now() - begin) / 1_000;
  console.log(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
  console.log(
    `${traffic.events} events of ${DEFAULT_TRAFFIC.bytes} bytes at ${rate}/s in ${took.toFixed(0)} s: ` +
      `${wanted} wanted, ${duplicates} duplicates, ${outOfOrder} out of order, ${late} late, ${poison} poison`,
  );
  console.log(
    `creation to committed, ${latencies.length} records: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ` +
      `max ${latencies.at(-1) ?? Number.NaN} ms`,
  );
  for (const [name, { cores, residentMb }] of Object.entries(usage)) {
    console.log(`${name.padEnd(10)} ${cores.toFixed(2)} cores, ${residentMb} MB`);
  }
  const { expected, missing, doubled, unexpected } = verdict;
  console.log(
    `derived ${derived.length}; expected ${expected}: ${missing} missing, ${doubled} doubled, ` +
      `${unexpected} unexpected`,
  );
  const failed = missing + doubled + unexpected;
  console.log(`${expected - missing} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
