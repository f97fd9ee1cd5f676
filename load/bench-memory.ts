/**
 * Memory of the embedded, durable run as it ships, with a million partial matches open and without
 * the place index:
 *
 *     npm run bench:memory
 *
 * With the shipped files a meeting proposal leaves two partial matches open under its conversation
 * (`meeting-accepted`, `meeting-unanswered`). First the conversations are opened; then, in each
 * round, as many as there are get their answer, any one at a time, and a new one is opened for each.
 * Generator and engine share the process, as fast as it can. Prints what is resident after each
 * part and the most that ever was, and where it lies.
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
import { Rng } from '../test/simulation/rng.ts';
import { number, readCommandLine } from './command-line.ts';
import { machineFacts, sleep, SOURCE } from './road.ts';

const { options } = readCommandLine(
  'npm run bench:memory --',
  'Memory of the embedded run, with many partial matches open.',
  {
    matches: number(1_000_000, 'partial matches that are open', 2),
    rounds: number(1, 'each of them is answered about once a round'),
  },
);
const MATCHES_EACH = 2;
const CONVERSATIONS = Math.ceil(options.matches / MATCHES_EACH);
const BATCH = 2_000;
/** The generator waits for the engine, so that what waits in the log is not measured. */
const LEAD_MAX = 20_000;

const defaults = defaultConfiguration();
const folder = mkdtempSync(join(tmpdir(), 'parley-memory-'));
const configuration = {
  ...defaults,
  dataFolder: folder,
  sources: [{ topic: SOURCE, order: 'arrival' as const, start: 'earliest' as const }],
  api: { ...defaults.api, port: 0 },
};
const clock = steadyClock(systemClock);
const adapters = await openEmbeddedAdapters(configuration, clock);
await adapters.log.createTopic({ topic: SOURCE, partitions: 1, settings: {} });
const logger = createLogger('warn', 'memory');
const host = await openHost({ configuration, adapters, clock, places: null, insecure: false, logger });
await new PatternFolder('patterns', host.publisher, () => {}).publishAll();
await host.start();
while (host.engine.status().tasks.length === 0) await sleep(20);
console.log(machineFacts());
console.log(`${mb(process.memoryUsage.rss())} MB resident before the first event`);

/** Numbers of the conversations whose proposal nobody answered. */
const open = new Uint32Array(CONVERSATIONS);
let opened = 0;
let events = 0;
const rng = new Rng(1);
await send(CONVERSATIONS, (i) => [propose(i)]);
report('opened');
for (let round = 1; round <= options.rounds; round++) {
  await send(CONVERSATIONS, () => {
    const i = rng.below(CONVERSATIONS);
    return [answer(i), propose(i)];
  });
  report(`round ${round}`);
}
await host.close();
rmSync(folder, { recursive: true, force: true });
process.exit();

/** Opens another conversation in the place of `i`. */
function propose(i: number): string {
  open[i] = opened++;
  const { [i]: number = 0 } = open;
  return (
    `"type":"meeting_proposal","conversation_id":"c${number}","user_id":"u${number % 100_000}",` +
    `"recipient_id":"s${number % 90_000}","location_name":"Plaza"}`
  );
}

function answer(i: number): string {
  const { [i]: number = 0 } = open;
  return `"type":"meeting_accept","conversation_id":"c${number}","user_id":"s${number % 90_000}"}`;
}

/** Appends what `make` gives `count` times, no further ahead than the lead; until all of it is worked off. */
async function send(count: number, make: (i: number) => readonly string[]): Promise<void> {
  for (let made = 0; made < count; ) {
    const timestamp = clock.now();
    const records = [];
    for (const until = Math.min(count, made + BATCH); made < until; made++) {
      for (const rest of make(made)) {
        const text = `{"id":"m${events++}","time":${timestamp},${rest}`;
        records.push({ key: null, value: Buffer.from(text), headers: null, timestamp });
      }
    }
    await adapters.log.append([{ topic: SOURCE, partition: 0, records }]);
    while ((await waiting()) > LEAD_MAX) await sleep(5);
  }
  while ((await waiting()) > 0) await sleep(20);
}

async function waiting(): Promise<number> {
  const { tasks } = host.engine.status();
  const ends = await adapters.log.endOffsets(tasks, 'committed');
  return tasks.reduce((sum, task, i) => sum + (ends[i] ?? 0) - task.position, 0);
}

function report(name: string): void {
  const { rss, heapTotal, heapUsed, arrayBuffers } = process.memoryUsage();
  const { partialMatches, memoryBytes } = host.engine.status();
  const cpu = process.cpuUsage();
  console.log(
    `${name}: ${events} events, ${partialMatches} of ${CONVERSATIONS * MATCHES_EACH} partial matches ` +
      `in memory, ${((cpu.user + cpu.system) / events).toFixed(1)} us of CPU an event`,
  );
  console.log(
    `  resident ${mb(rss)} MB, at most ${mb(process.resourceUsage().maxRSS * 1_024)} MB: ` +
      `V8's heap ${mb(heapTotal)} MB (${mb(heapUsed)} used or garbage), ` +
      `buffers ${mb(arrayBuffers)} MB, the rest ${mb(rss - heapTotal - arrayBuffers)} MB; ` +
      `state in memory ${mb(memoryBytes)} MB`,
  );
}

function mb(bytes: number): number {
  return Math.round(bytes / 1e6);
}
