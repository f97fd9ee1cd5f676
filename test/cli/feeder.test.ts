import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openEmbedded } from '../../src/adapters/embedded/embedded.ts';
import { feed } from '../../src/cli/feeder.ts';
import type { InputRecord } from '../../src/cli/input.ts';
import { ReplayClock, systemClock } from '../../src/cli/replay-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-feeder-'));
const { log } = await openEmbedded(folder, { clock: systemClock });
afterAll(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

let topics = 0;

/** A source of its own, fed from `records`; `inLog` is how many records it holds. */
async function fed(
  speed: number,
  records: (clock: ReplayClock, inLog: () => Promise<number>) => AsyncIterable<InputRecord>,
): Promise<number> {
  const clock = new ReplayClock(0, speed);
  const to = { topic: `source.${topics++}`, partition: 0 };
  await log.createTopic({ topic: to.topic, partitions: 1, settings: {} });
  const inLog = async () => (await log.endOffsets([to], 'committed'))[0] ?? 0;
  const { signal } = new AbortController();
  await feed(records(clock, inLog), { log, to, clock, backlog: () => 0, signal });
  return inLog();
}

describe('feeding a source by the clock of the events', () => {
  test('a record reaches the log while the input pauses behind it', async () => {
    const count = await fed(Infinity, async function* (_clock, inLog) {
      yield { value: Buffer.from('{}'), time: 1_000 };
      await expect.poll(inLog).toBe(1);
      yield { value: Buffer.from('{}'), time: 2_000 };
    });
    expect(count).toBe(2);
  });

  test('time never comes past a record that was read and is not in the log', async () => {
    const steps = fc.array(fc.nat(5_000), { minLength: 1, maxLength: 40 });
    const speeds = fc.constantFrom(Infinity, 1_000_000, 50_000_000);
    await fc.assert(
      fc.asyncProperty(steps, speeds, async (times, speed) => {
        const count = await fed(speed, async function* (clock, inLog) {
          const read: number[] = [];
          let time = 0;
          for (const step of times) {
            time += step;
            read.push(time);
            yield { value: Buffer.from('{}'), time };
            const missing = read.slice(await inLog());
            expect(clock.now()).toBeLessThanOrEqual(Math.min(...missing));
          }
        });
        expect(count).toBe(times.length);
      }),
      { numRuns: 40 },
    );
  });
});
