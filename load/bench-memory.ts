/**
 * Memory of the embedded, durable run with a million partial matches open, without the place index:
 *
 *     npm run bench:memory -- [--matches 1000000]
 *
 * With the shipped files a meeting proposal leaves two partial matches open under its conversation
 * (`meeting-accepted`, `meeting-unanswered`). Generator and engine share the process. Prints resident
 * memory while it fills and in the end, and where it lies. `--state-bytes` is `limits.memoryBytes`:
 * the command holds it and V8's heap (`--max-semi-space-size`, `--max-old-space-size`) down.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openHost } from '../src/cli/host.ts';
import { createLogger } from '../src/cli/logger.ts';
import { openEmbeddedAdapters } from '../src/cli/open-adapters.ts';
import { PatternFolder } from '../src/cli/pattern-folder.ts';
import { systemClock } from '../src/cli/replay-clock.ts';
import { steadyClock } from '../src/engine/steady-clock.ts';
import { defaultConfiguration } from '../src/event/configuration.ts';
import { machineFacts, sleep, SOURCE } from './road.ts';

const { values } = parseArgs({
  options: {
    matches: { type: 'string', default: '1000000' },
    'state-bytes': { type: 'string' },
  },
});
const MATCHES_EACH = 2;
const proposals = Math.ceil(Number(values.matches) / MATCHES_EACH);
const BATCH = 2_000;
/** The generator waits for the engine, so that what waits in the log is not measured. */
const LEAD_MAX = 20_000;

const defaults = defaultConfiguration();
const memoryBytes = Number(values['state-bytes'] ?? defaults.limits.memoryBytes);
const folder = mkdtempSync(join(tmpdir(), 'parley-memory-'));
const configuration = {
  ...defaults,
  dataFolder: folder,
  limits: { ...defaults.limits, memoryBytes },
  sources: [{ topic: SOURCE, order: 'arrival' as const, start: 'earliest' as const }],
  api: { ...defaults.api, port: 0 },
};
const clock = steadyClock(systemClock);
const adapters = openEmbeddedAdapters(configuration, clock);
await adapters.log.createTopic({ topic: SOURCE, partitions: 1, settings: {} });
const logger = createLogger('warn', 'memory');
const host = await openHost({ configuration, adapters, clock, places: null, insecure: false, logger });
await new PatternFolder('patterns', host.publisher, () => {}).publishAll();
const empty = residentMb();
await host.start();

const waiting = async (): Promise<number> => {
  const { tasks } = host.engine.status();
  const ends = await adapters.log.endOffsets(tasks, 'committed');
  return tasks.reduce((sum, task, i) => sum + (ends[i] ?? 0) - task.position, 0);
};
while (host.engine.status().tasks.length === 0) await sleep(20);
const began = performance.now();
let highest = 0;
for (let made = 0; made < proposals; ) {
  const timestamp = clock.now();
  const records = [];
  for (const until = Math.min(proposals, made + BATCH); made < until; made++) {
    const text =
      `{"id":"m${made}","type":"meeting_proposal","time":${timestamp},"conversation_id":"c${made}",` +
      `"user_id":"u${made % 100_000}","recipient_id":"s${made % 90_000}","location_name":"Plaza"}`;
    records.push({ key: null, value: Buffer.from(text), headers: null, timestamp });
  }
  await adapters.log.append([{ topic: SOURCE, partition: 0, records }]);
  while ((await waiting()) > LEAD_MAX) await sleep(5);
  highest = Math.max(highest, residentMb());
}
while ((await waiting()) > 0) await sleep(20);
const seconds = (performance.now() - began) / 1_000;
await sleep(2_000);
highest = Math.max(highest, residentMb());

const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
const held = host.engine.status();
console.log(machineFacts());
console.log(
  `${proposals} proposals in ${seconds.toFixed(0)} s, ${proposals * MATCHES_EACH} partial matches open, ` +
    `${held.partialMatches} of them in memory`,
);
console.log(`resident: ${mb(rss)} MB, at most ${highest} MB; ${empty} MB before the engine was started`);
console.log(
  `heap ${mb(heapTotal)} MB, ${mb(heapUsed)} MB of it used or garbage; outside the heap ` +
    `${mb(external)} MB; state in memory ${mb(held.memoryBytes)} MB (estimate, at most ${mb(memoryBytes)})`,
);
await host.close();
rmSync(folder, { recursive: true, force: true });
process.exit();

function residentMb(): number {
  return mb(process.memoryUsage.rss());
}

function mb(bytes: number): number {
  return Math.round(bytes / 1e6);
}
