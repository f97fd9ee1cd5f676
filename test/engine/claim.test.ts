import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryCluster } from '../../src/adapters/memory/cluster.ts';
import { type Link, LinkLost, perfectLink } from '../../src/adapters/memory/link.ts';
import { connectMemoryLog } from '../../src/adapters/memory/log.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { claimPrefix } from '../../src/engine/claim.ts';
import { openDefinitionRegistry } from '../../src/engine/definitions.ts';
import { ProgressView } from '../../src/engine/progress.ts';
import { encodeMeta } from '../../src/ports/changelog.ts';
import { type EventLog, LogError } from '../../src/ports/event-log.ts';

const clock = systemClock();
const topicPrefix = 'parley.';
const progressAt = { topic: 'parley.progress', partition: 0 };

async function emptyTopics(): Promise<MemoryCluster> {
  const cluster = new MemoryCluster({ clock });
  const log = connectMemoryLog(cluster);
  for (const topic of ['parley.definitions', 'parley.definition-sets', 'parley.progress']) {
    await log.createTopic({ topic, partitions: 1, settings: {} });
  }
  return cluster;
}

/** Whether an application may work there: one start of it. */
async function mayWork(log: EventLog, application: string): Promise<boolean> {
  const registry = await openDefinitionRegistry(log, { prefix: topicPrefix, now: () => 0 });
  const progress = await ProgressView.open(log, progressAt);
  try {
    await claimPrefix({ application, topicPrefix }, registry, progress, () => false);
    return true;
  } catch (error) {
    if (error instanceof LogError) throw error;
    expect(error).toMatchObject({ code: 'PARLEY_APPLICATION_CHANGED' });
    return false;
  }
}

/** Requests of both reach the log in an order of the scheduler's, and an append's answer may be lost. */
function scheduledLink(scheduler: fc.Scheduler, client: string, lost: () => boolean): Link {
  const link = perfectLink(client);
  return {
    ...link,
    request: async (operation, execute) => {
      await scheduler.schedule(Promise.resolve(), `${client} ${operation}`);
      const answer = await link.request(operation, execute);
      if (operation === 'append' && lost()) throw new LinkLost(operation);
      return answer;
    },
  };
}

test('of applications that start at once one may work, whatever the order, and it stays that one', async () => {
  const names = ['a', 'b', 'c'];
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.boolean()), async (scheduler, losses) => {
      const cluster = await emptyTopics();
      const start = async (name: string): Promise<boolean> => {
        const link = scheduledLink(scheduler, name, () => losses.pop() ?? false);
        for (;;) {
          try {
            return await mayWork(connectMemoryLog(cluster, link), name);
          } catch (error) {
            // As the engine: what it asked may have happened, so it asks again.
            if (!(error instanceof LogError)) throw error;
          }
        }
      };
      const verdicts = await scheduler.waitFor(Promise.all(names.map(start)));
      expect(verdicts.filter(Boolean)).toHaveLength(1);
      const log = connectMemoryLog(cluster);
      expect(await Promise.all(names.map((name) => mayWork(log, name)))).toEqual(verdicts);
    }),
    { numRuns: 200 },
  );
});

test('what was committed under a prefix says whose it is, whoever claimed it', async () => {
  const log = connectMemoryLog(await emptyTopics());
  expect(await mayWork(log, 'late')).toBe(true);
  const meta = {
    seq: 1, from: 0, offset: 1, watermark: 5, patternSet: 0, owner: 'first.1f', nonce: 'n', history: 'h',
  };
  const record = { key: Buffer.from('source/0'), value: encodeMeta(meta), headers: null, timestamp: 0 };
  await log.append([{ ...progressAt, records: [record] }]);
  expect(await mayWork(log, 'late')).toBe(false);
  expect(await mayWork(log, 'first')).toBe(true);
});
