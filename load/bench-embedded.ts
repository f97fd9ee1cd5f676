/**
 * Events a second of the embedded, durable run:
 *
 *     npm run bench:embedded
 *
 * The events are appended first; then the engine works them off with the shipped files, on one
 * thread beside that of the database. What it derived is compared with what the traffic must give before a figure is printed.
 * `--stages` says where the microseconds of the engine's thread go, from a CPU profile, which costs some.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultConfiguration } from '../src/event/configuration.ts';
import { openHost } from '../src/cli/host.ts';
import { createLogger } from '../src/cli/logger.ts';
import { loadPlacesFor } from '../src/cli/load-places.ts';
import { openEmbeddedAdapters } from '../src/cli/open-adapters.ts';
import { PatternFolder } from '../src/cli/pattern-folder.ts';
import { ReplayClock } from '../src/cli/replay-clock.ts';
import { createTerminal } from '../src/cli/terminal.ts';
import { flag, number, readCommandLine } from './command-line.ts';
import { checkDerived, readDerived } from './check-derived.ts';
import { type CpuProfile, stageTable } from './stages.ts';
import { DEFAULT_TRAFFIC, Traffic } from './traffic.ts';

const { options } = readCommandLine(
  'npm run bench:embedded --',
  'Events a second of the embedded, durable run.',
  {
    events: number(500_000, 'events to work off'),
    rate: number(50_000, 'events in a second of their own time', 1),
    seed: number(1, 'of the traffic'),
    stages: flag('say where the microseconds go; costs some of them'),
  },
);
const { events: count } = options;
const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
const defaults = defaultConfiguration();
const configuration = {
  ...defaults,
  dataFolder: folder,
  sources: defaults.sources.map((source) => ({ ...source, start: 'earliest' as const })),
  api: { ...defaults.api, port: 0 },
};
const START = Date.UTC(2026, 10, 2, 8);
const clock = new ReplayClock(START, Infinity);
const adapters = await openEmbeddedAdapters(configuration, clock);
const topic = configuration.sources[0]?.topic ?? '';
await adapters.log.createTopic({ topic, partitions: 1, settings: {} });
const traffic = new Traffic({ ...DEFAULT_TRAFFIC, seed: options.seed }, 'b');
const perMs = options.rate / 1_000;
for (let sent = 0; sent < count; ) {
  const records = [];
  for (const until = Math.min(count, sent + 1_500); sent < until; sent++) {
    const now = START + Math.floor(sent / perMs);
    const { text } = traffic.next(now);
    records.push({ key: null, value: Buffer.from(text), headers: null, timestamp: now });
  }
  await adapters.log.append([{ topic, partition: 0, records }]);
}
clock.moveTo(START + Math.ceil(count / perMs));

const terminal = createTerminal();
const places = await loadPlacesFor(configuration, 'demo', terminal);
const logger = createLogger('warn', 'bench');
const host = await openHost({ configuration, adapters, clock, places, insecure: false, logger });
await new PatternFolder('patterns', host.publisher, () => {}).publishAll();
const profiler = options.stages ? await startProfiler() : null;
const cpuBefore = process.cpuUsage();
const threadBefore = process.threadCpuUsage();
const begin = performance.now();
await host.start();
const settled = async () => {
  const { tasks } = host.engine.status();
  const ends = await adapters.log.endOffsets(tasks, 'committed');
  return tasks.length > 0 && tasks.every((task, index) => task.position >= (ends[index] ?? 0));
};
while (!(await settled())) await new Promise((resolve) => setTimeout(resolve, 20));
const seconds = (performance.now() - begin) / 1_000;
const cpu = process.cpuUsage(cpuBefore);
const thread = process.threadCpuUsage(threadBefore);
const profile = profiler === null ? null : (await profiler.post('Profiler.stop')).profile;
const derived = await readDerived(adapters.log, `${configuration.topicPrefix}derived`);
const verdict = checkDerived(traffic.expected, derived, { complete: true });
const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
console.log(`${count} events of ${DEFAULT_TRAFFIC.bytes} bytes, ${machine}`);
console.log(
  `wanted ${traffic.counts.wanted}, derived ${derived.length}; expected ${verdict.expected}: ` +
    `${verdict.missing} missing, ${verdict.doubled} doubled, ${verdict.unexpected} unexpected`,
);
console.log(
  `${Math.round(count / seconds)} events/s in ${seconds.toFixed(1)} s; ` +
    `${((cpu.user + cpu.system) / 1e6 / seconds).toFixed(2)} cores, ` +
    `${((cpu.user + cpu.system) / count).toFixed(2)} us of CPU an event, of which ` +
    `${((thread.user + thread.system) / count).toFixed(2)} on the engine's thread; ` +
    `${Math.round(process.memoryUsage().rss / 1e6)} MB resident`,
);
if (profile !== null) {
  console.log("stages of the engine's thread, us of CPU an event:");
  const us = (thread.user + thread.system) / count;
  for (const line of stageTable(profile as CpuProfile, 0, Infinity, us)) console.log(line);
}
await host.close();
rmSync(folder, { recursive: true, force: true });
process.exit(verdict.missing + verdict.doubled + verdict.unexpected === 0 ? 0 : 1);

async function startProfiler(): Promise<Session> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return session;
}
