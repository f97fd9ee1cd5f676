/**
 * Open time-outs that fall due at a steady rate while new ones open:
 *
 *     npm run bench:timeouts
 *
 * A pattern of its own waits for an answer that does not come. First `--open` of them are opened,
 * dated so that they fall due evenly, the first when all are open; then as many open as fall due.
 * Prints how long after its deadline plus the allowed lateness a time-out is seen as a committed
 * record, memory, and whether each was emitted exactly once. With `--embedded` engine, generator and
 * reader share one process. Every fiftieth that opens later is answered and must not fire.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHost } from '../src/cli/host.ts';
import { createLogger } from '../src/cli/logger.ts';
import { openEmbeddedAdapters } from '../src/cli/open-adapters.ts';
import { PatternFolder } from '../src/cli/pattern-folder.ts';
import { systemClock } from '../src/cli/replay-clock.ts';
import { steadyClock } from '../src/engine/steady-clock.ts';
import { defaultConfiguration } from '../src/event/configuration.ts';
import type { MetricName } from '../src/event/metrics.ts';
import type { EventLog } from '../src/ports/event-log.ts';
import type { DerivedRecord } from '../src/task/derived-record.ts';
import { flag, number, readCommandLine } from './command-line.ts';
import { CpuMeter } from './cpu-meter.ts';
import {
  conclude, type GeneratedEvent, machineFacts, metricOf, openRoad, patternFolder, percentiles,
  produce, readCommitted, SOURCE, sleep, startEngine, stopEngine, waitFor,
} from './road.ts';

const { options } = readCommandLine(
  'npm run bench:timeouts --',
  'How long after it was due each of many time-outs is emitted.',
  {
    open: number(1_000_000, 'time-outs that are open', 1),
    rate: number(5_000, 'fall due a second, and open', 1),
    seconds: number(40, 'how long, s', 1),
    fillRate: number(16_000, 'open a second before', 1),
    partitions: number(4, 'of the source', 1),
    embedded: flag('engine, generator and reader in one process, without services'),
  },
);
const { open, rate, seconds, fillRate } = options;
const partitions = options.embedded ? 1 : options.partitions;
const lateness = defaultConfiguration().time.allowedLateness;
/** From the first event to the first deadline: filling, and time to calm down after it. */
const fillMs = (open / fillRate) * 1_100 + 8_000;
/** Deadlines at the begin of the steady stretch are not measured. */
const WARM_MS = 5_000;
const DRAIN_MS = 30_000;
/** Those that get an answer are opened so late that they would fire this soon. */
const ANSWERED_DUE_MS = 4_000;
const forSeconds = Math.ceil((fillMs + (open / rate) * 1_000) / 1_000) + 10;
const PATTERN = `id: load-unanswered
key: conversation_id
steps: [timer_opened, {not: timer_answered, for: ${forSeconds}s}]
emit: timer_due
`;

/** The system under load. */
interface Subject {
  readonly log: EventLog;
  readonly prefix: string;
  /** What figures depend on. */
  readonly machine: string;
  readonly pids: { readonly [name: string]: number };
  /** A gauge or counter of the engine, all series together. */
  metric(name: MetricName | `${MetricName}_${'count' | 'sum'}`): Promise<number>;
  close(): Promise<void>;
}

const subject = options.embedded ? await embedded() : await onServices();
/** How often each was emitted, by number. */
const emitted = new Uint8Array(open);
const delays: number[] = [];
/** The longest delay of each second of due times. */
const worst: number[] = [];
let early = 0;
let unexpected = 0;
let opened = 0;
let sent = 0;
let answered = 0;
let answer: number | null = null;
const begin = Date.now();
const firstDue = begin + fillMs;
const spacing = 1_000 / rate;
const measureFrom = firstDue + WARM_MS;
const measureUntil = measureFrom + seconds * 1_000;

const stopReading = await readCommitted(subject.log, `${subject.prefix}derived`, take);
const stream = { log: subject.log, topic: SOURCE, partitions, next };
await produce(stream, fillRate, open / fillRate);
const inTime = await waitFor(
  async () => (await subject.metric('parley_events_consumed_total')) >= sent,
  firstDue - Date.now(),
  500,
);
const filledMs = Date.now() - begin;
const meter = new CpuMeter(subject.pids);
await sleep(firstDue + lateness - Date.now());
const more = (measureUntil + lateness - Date.now()) / 1_000;
// One in fifty that open is two events.
const producing = produce(stream, rate * 1.02, more);
await sleep(measureFrom + lateness - Date.now());
meter.start();
const before = await commits();
await producing;
const usage = meter.stop();
const after = await commits();
const stateBytes = await subject.metric('parley_memory_bytes');
const wanted = emitted.subarray(0, Math.floor((measureUntil - firstDue) / spacing));
await waitFor(() => !wanted.includes(0), DRAIN_MS, 200);
// What comes now would be doubled.
await sleep(1_000);
await stopReading();
report();
await subject.close();
process.exit();

/** Those of the fill are dated to fall due evenly; later ones now, but for those with an answer. */
function next(now: number): GeneratedEvent {
  sent++;
  if (answer !== null) {
    const k = answer;
    answer = null;
    return { partitionHash: k, text: event('timer_answered', `x${k}`, `a${k}`, now) };
  }
  const k = opened++;
  if (k < open) {
    const time = Math.floor(firstDue + k * spacing) - forSeconds * 1_000;
    return { partitionHash: k, text: event('timer_opened', `t${k}`, `t${k}`, time) };
  }
  if (k % 50 !== 0) {
    return { partitionHash: k, text: event('timer_opened', `n${k}`, `n${k}`, now) };
  }
  answer = k;
  answered++;
  const time = now - forSeconds * 1_000 + ANSWERED_DUE_MS;
  return { partitionHash: k, text: event('timer_opened', `x${k}`, `x${k}`, time) };
}

function event(type: string, key: string, id: string, time: number): string {
  return `{"id":"${id}","type":"${type}","time":${time},"conversation_id":"${key}"}`;
}

async function commits(): Promise<{ count: number; seconds: number }> {
  return {
    count: await subject.metric('parley_commit_seconds_count'),
    seconds: await subject.metric('parley_commit_seconds_sum'),
  };
}

function take(text: string, seenAt: number): void {
  const { subject: key, deadline } = JSON.parse(text) as DerivedRecord;
  const k = key.startsWith('t') ? Number(key.slice(1)) : Number.NaN;
  if (!(k < open) || deadline === undefined) {
    unexpected++;
    return;
  }
  emitted[k] = (emitted[k] ?? 0) + 1;
  const due = Date.parse(deadline);
  if (seenAt < due) early++;
  if (due < measureFrom || due >= measureUntil) return;
  const delay = seenAt - due - lateness;
  delays.push(delay);
  const second = Math.floor((due - measureFrom) / 1_000);
  worst[second] = Math.max(worst[second] ?? 0, delay);
}

function report(): void {
  const missing = wanted.filter((times) => times === 0).length;
  const doubled = emitted.filter((times) => times > 1).length;
  console.log(subject.machine);
  console.log(
    `${open} open time-outs in ${(filledMs / 1_000).toFixed(0)} s` +
      `${inTime ? '' : ' (not all read when the first was due)'}; then ${rate}/s due and ${rate}/s ` +
      `opening for ${seconds} s${options.embedded ? ', embedded' : ', Kafka and Redis'}`,
  );
  console.log(
    `committed record seen - (due + ${lateness} ms allowed lateness), ` +
      `${delays.length} time-outs: ${percentiles(delays)}`,
  );
  console.log(`longest of each second of due times, ms: ${worst.map(Math.round).join(' ')}`);
  const count = after.count - before.count;
  const commitMs = ((after.seconds - before.seconds) * 1_000) / count;
  console.log(`${(count / seconds).toFixed(0)} commits/s of ${commitMs.toFixed(1)} ms`);
  for (const [name, { cores, residentMb }] of Object.entries(usage)) {
    console.log(`${name.padEnd(10)} ${cores.toFixed(2)} cores, ${residentMb} MB resident`);
  }
  console.log(`everything else on the machine ${meter.others.toFixed(2)} cores`);
  console.log(`state held in memory by the engine: ${(stateBytes / 1e6).toFixed(0)} MB`);
  console.log(
    `${wanted.length} due: ${missing} missing, ${doubled} doubled, ${early} early, ` +
      `${unexpected} unexpected (${answered} were answered)`,
  );
  conclude(wanted.length - missing, missing + doubled + early + unexpected);
}

async function onServices(): Promise<Subject> {
  const road = await openRoad();
  await road.log.createTopic({ topic: SOURCE, partitions, settings: {} });
  const patterns = patternFolder(road.folder, PATTERN);
  const engine = await startEngine(road, {
    configuration: { patterns, places: { enabled: false } },
  });
  return {
    log: road.log,
    prefix: road.prefix,
    machine: machineFacts(road),
    pids: { engine: engine.pid, generator: process.pid, ...road.pids },
    metric: (name) => metricOf(engine.url, name),
    async close() {
      await stopEngine(engine);
      await road.close();
    },
  };
}

async function embedded(): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-load-'));
  const patterns = patternFolder(folder, PATTERN);
  const defaults = defaultConfiguration();
  const configuration = {
    ...defaults,
    dataFolder: folder,
    patterns,
    sources: [{ topic: SOURCE, order: 'arrival' as const, start: 'earliest' as const }],
    api: { ...defaults.api, port: 0 },
  };
  const clock = steadyClock(systemClock);
  const adapters = await openEmbeddedAdapters(configuration, clock);
  await adapters.log.createTopic({ topic: SOURCE, partitions: 1, settings: {} });
  const logger = createLogger('warn', 'load');
  const host = await openHost({
    configuration, adapters, clock, places: null, insecure: false, logger,
  });
  await new PatternFolder(patterns, host.publisher, () => {}).publishAll();
  await host.start();
  return {
    log: adapters.log,
    prefix: configuration.topicPrefix,
    machine: machineFacts(),
    pids: { all: process.pid },
    metric: (name) => metricOf(host.url, name),
    async close() {
      await host.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
