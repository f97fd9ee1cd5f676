import { openEmbedded } from '../../src/adapters/embedded/embedded.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { prepareLog, readOutputs, send, SOURCE, testConfig, testEngine } from '../engine/harness.ts';
import type { TestEvent } from '../simulation/program.ts';

/**
 * The process that the kill tests kill: works through `count` events in a data folder.
 * Arguments: folder, count, and the time of the first event.
 */
export function killEvents(count: number, start: number): TestEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `e${i}`,
    kind: (['ask', 'note', 'answer', 'note'] as const)[i % 4] as TestEvent['kind'],
    key: `k${i % 50}`,
    other: `o${i % 7}`,
    time: start + i * 10,
  }));
}

async function main([folder = '', count = '0', start = '0']: string[]): Promise<void> {
  const clock = systemClock();
  const { log, store } = await openEmbedded(folder, { clock });
  const config = testConfig();
  await prepareLog(log, config);
  const parts = [0, 1].map((partition) => ({ topic: SOURCE, partition }));
  const ends = await log.endOffsets(parts, 'committed');
  const there = ends.reduce((sum, end) => sum + end, 0);
  process.stdout.write('open\n');
  // All of them before the engine reads: a source that is read to its end is at the time of the wall.
  const events = killEvents(Number(count), Number(start));
  for (let i = there; i < events.length; i += 20) await send(log, events.slice(i, i + 20));
  const { engine } = await testEngine(log, store, clock, config);
  await engine.start();
  process.stdout.write('sent\n');
  for (;;) {
    await clock.sleep(50);
    process.stdout.write(`${(await readOutputs(log)).length}\n`);
  }
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));
