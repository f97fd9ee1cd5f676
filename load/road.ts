/** What load runs share: services, engine processes, a steady generator, a reader, figures. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKafkaLog } from '../src/adapters/kafka/kafka-log.ts';
import type { EventLog, OutgoingRecord } from '../src/ports/event-log.ts';
import { jvmForFigures, startKafkaBroker } from '../test/rig/kafka-broker.ts';
import { redisSettings, startRedisServer } from '../test/rig/redis-server.ts';
import { endProcess, freePort } from '../test/rig/tools.ts';

const root = join(import.meta.dirname, '..');
/** Flags of Node and the script, as `npm run parley` has them. */
const PARLEY = shippedCommand();
export const SOURCE = 'marketplace.events';
/** Batches stay under the broker's limit of 1 MB, also when the generator catches up. */
const BATCH_EVENTS = 1_500;
const TICK_MS = 10;
const READY_MS = 120_000;

/** A broker and a Redis: of their own, or those of KAFKA_BROKERS and REDIS_URL. */
export interface Road {
  readonly log: EventLog;
  readonly brokers: readonly string[];
  readonly redisUrl: string;
  /** What figures depend on, in a line: flags of the broker's JVM, settings of Redis. */
  readonly services: string;
  /** Process ids of the services that were started, for the CPU meter. */
  readonly pids: { readonly [name: string]: number };
  /** Removed at the end. */
  readonly folder: string;
  /** Keeps runs on the same services apart. */
  readonly prefix: string;
  close(): Promise<void>;
}

export async function openRoad(): Promise<Road> {
  const { KAFKA_BROKERS, REDIS_URL } = process.env;
  const folder = mkdtempSync(join(tmpdir(), 'parley-load-'));
  const jvm = jvmForFigures();
  const broker = KAFKA_BROKERS === undefined ? await startKafkaBroker({ jvm }) : null;
  const redis = REDIS_URL === undefined ? await startRedisServer() : null;
  const brokers = (KAFKA_BROKERS ?? broker?.brokers ?? '').split(',');
  const log = await openKafkaLog({ brokers, clientId: 'load' });
  return {
    log,
    brokers,
    redisUrl: REDIS_URL ?? redis?.url ?? '',
    services:
      (broker === null ? `broker ${KAFKA_BROKERS}` : `broker java ${jvm.join(' ')}`) +
      (redis === null ? '' : `, redis ${redisSettings.join(', ')}`),
    folder,
    prefix: `load${Date.now().toString(36)}.`,
    pids: {
      ...(broker?.pid === undefined ? {} : { broker: broker.pid }),
      ...(redis?.pid === undefined ? {} : { redis: redis.pid }),
    },
    async close() {
      await log.close();
      await broker?.remove();
      await redis?.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface EngineProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly url: string;
  readonly configFile: string;
  /** `performance.now()` when it was started and when its tasks were open. */
  readonly startedAt: number;
  readonly readyAt: number;
}

export interface EngineStart {
  readonly name?: string;
  /** Fields of the configuration besides those of the road. */
  readonly configuration?: { readonly [field: string]: unknown };
  readonly nodeOptions?: readonly string[];
  /** Script and arguments before `--config FILE`; `parley run --publish` unless it says else. */
  readonly command?: readonly string[];
}

/** Starts an engine process and waits until its tasks are open. */
export async function startEngine(road: Road, start: EngineStart = {}): Promise<EngineProcess> {
  const port = await freePort();
  const name = start.name ?? 'engine';
  const configFile = join(road.folder, `${name}.json`);
  const configuration = {
    application: 'load',
    topicPrefix: road.prefix,
    dataFolder: join(road.folder, name),
    sources: [{ topic: SOURCE, start: 'earliest' }],
    kafka: { brokers: road.brokers },
    redis: { url: road.redisUrl },
    api: { port },
    places: { pack: 'demo', cacheFolder: join(road.folder, 'places') },
    logLevel: 'warn',
    ...start.configuration,
  };
  // JSON is YAML too.
  writeFileSync(configFile, JSON.stringify(configuration));
  const command = start.command ?? [...PARLEY, 'run', '--publish'];
  const args = [...(start.nodeOptions ?? []), ...command, '--config', configFile];
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const url = `http://127.0.0.1:${port}`;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the engine ended');
    if (performance.now() - startedAt > READY_MS) throw new Error('the engine is not ready');
    await sleep(50);
  }
  const pid = child.pid ?? 0;
  return { child, pid, url, configFile, startedAt, readyAt: performance.now() };
}

function shippedCommand(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: { readonly parley: string };
  };
  return scripts.parley.split(' ').slice(1);
}

export async function stopEngine({ child }: EngineProcess): Promise<void> {
  await endProcess(child, 'SIGTERM');
}

export function isReady(url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(1_000);
  return fetch(`${url}/readyz`, { signal }).then(({ ok }) => ok, () => false);
}

/** Sum of a metric's series whose labels contain `labels`. */
export async function metricOf(url: string, name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  let sum = 0;
  for (const line of text.split('\n')) {
    if (/^\w+/.exec(line)?.[0] !== name || !line.includes(labels)) continue;
    sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}

/** A folder with one definition of the run's own. */
export function patternFolder(parent: string, source: string): string {
  const folder = join(parent, 'patterns');
  mkdirSync(folder);
  writeFileSync(join(folder, 'load.yaml'), source);
  return folder;
}

export interface GeneratedEvent {
  /** Decides the partition. */
  readonly partitionHash: number;
  readonly text: string;
}

/** Where generated events go. */
export interface Stream {
  readonly log: EventLog;
  readonly topic: string;
  readonly partitions: number;
  /** The next event, made at `now`, ms. */
  readonly next: (now: number) => GeneratedEvent;
}

/** Appends at a steady rate, catching up where it fell behind, until `stop` says so at the latest. */
export async function produce(
  stream: Stream,
  rate: number,
  seconds: number,
  stop: () => boolean = () => false,
): Promise<void> {
  const from = performance.now();
  const total = Math.floor(rate * seconds);
  let sent = 0;
  while (sent < total && !stop()) {
    const passed = (performance.now() - from) / 1_000;
    const due = Math.min(total, Math.floor(passed * rate));
    while (sent < due) {
      const now = Date.now();
      const count = Math.min(due - sent, BATCH_EVENTS);
      await appendEvents(stream, count, () => now);
      sent += count;
    }
    await sleep(TICK_MS);
  }
}

/** Appends some events at once; `dated` gives the time of each, ms. */
export async function appendEvents(
  { log, topic, partitions, next }: Stream,
  count: number,
  dated: (index: number) => number,
): Promise<void> {
  const batches = Array.from({ length: partitions }, (): OutgoingRecord[] => []);
  for (let i = 0; i < count; i++) {
    const timestamp = dated(i);
    const { partitionHash, text } = next(timestamp);
    const value = Buffer.from(text);
    batches[partitionHash % partitions]?.push({ key: null, value, headers: null, timestamp });
  }
  const full = batches
    .map((records, partition) => ({ topic, partition, records }))
    .filter(({ records }) => records.length > 0);
  await log.append(full);
}

/** Reads committed values of a topic as they come; the result ends it. */
export async function readCommitted(
  log: EventLog,
  topic: string,
  take: (value: string, seenAt: number) => void,
): Promise<() => Promise<void>> {
  const reader = log.openReader('committed');
  const count = (await log.describeTopic(topic))?.partitions ?? 0;
  for (let partition = 0; partition < count; partition++) reader.assign({ topic, partition }, 0);
  let stopped = false;
  const reading = (async () => {
    while (!stopped) {
      for (const { records } of await reader.poll(20, 4_000_000)) {
        const seenAt = Date.now();
        for (const { value } of records) {
          if (value !== null) take(Buffer.from(value).toString(), seenAt);
        }
      }
    }
    await reader.close();
  })();
  return async () => {
    stopped = true;
    await reading;
  };
}

/** Asks until it holds; false when it did not in time. */
export async function waitFor(
  holds: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 50,
): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > until) return false;
    await sleep(everyMs);
  }
  return true;
}

export function machineFacts(road: Road | null = null): string {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  return road === null ? machine : `${machine}, ${road.services}`;
}

/** `p50 81 ms, p99 120 ms, max 160 ms`; sorts in place. */
export function percentiles(values: number[]): string {
  values.sort((a, b) => a - b);
  const at = (share: number) => Math.round(quantile(values, share));
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${Math.round(values.at(-1) ?? Number.NaN)} ms`;
}

/** Of sorted values. */
export function quantile(values: readonly number[], share: number): number {
  return values[Math.floor(values.length * share)] ?? Number.NaN;
}

/** Last line of a run, and its exit code. */
export function conclude(passed: number, failed: number): void {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
