import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openEmbedded } from '../../src/adapters/embedded/embedded.ts';
import { MemoryCluster } from '../../src/adapters/memory/cluster.ts';
import { connectMemoryLog } from '../../src/adapters/memory/log.ts';
import { MemoryStoreServer } from '../../src/adapters/memory/store-server.ts';
import { connectMemoryStore } from '../../src/adapters/memory/store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { StateStore } from '../../src/ports/state-store.ts';
import { judgeOutputs } from '../simulation/oracle.ts';
import type { TestEvent } from '../simulation/program.ts';
import { prepareLog, readOutputs, send, testConfig, testEngine } from './harness.ts';

const clock = systemClock();
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const adapters: { [name: string]: () => { log: EventLog; store: StateStore } } = {
  memory: () => ({
    log: connectMemoryLog(new MemoryCluster({ clock })),
    store: connectMemoryStore(new MemoryStoreServer()),
  }),
  embedded: () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-'));
    folders.push(folder);
    return openEmbedded(folder, { clock });
  },
};

/** Events of ten keys, a second apart, that ended long ago: all deadlines are due. */
function events(count: number, from = 0): TestEvent[] {
  const start = Date.now() - 3_600_000;
  return Array.from({ length: count }, (_, i) => ({
    id: `e${from + i}`,
    kind: (['ask', 'note', 'answer'] as const)[(from + i) % 3] as TestEvent['kind'],
    key: `k${(from + i) % 10}`,
    other: `o${(from + i) % 4}`,
    time: start + (from + i) * 1_000,
  }));
}

for (const [name, open] of Object.entries(adapters)) {
  describe(`engine over ${name}`, () => {
    test('the whole road: two levels, timers; a restart goes on where it stopped', async () => {
      const { log, store } = open();
      const config = testConfig();
      await prepareLog(log, config);
      const first = events(60);
      await send(log, first);
      const { engine } = await testEngine(log, store, clock, config);
      await engine.start();
      expect(engine.status().state).toBe('running');
      await expect
        .poll(async () => judgeOutputs(first, await readOutputs(log)), { timeout: 5_000 })
        .toEqual([]);
      await engine.stop();
      expect(engine.status().state).toBe('stopped');
      const more = events(40, 60);
      await send(log, more);
      const again = await testEngine(log, store, clock, config);
      await again.engine.start();
      await expect
        .poll(async () => judgeOutputs([...first, ...more], await readOutputs(log)), {
          timeout: 5_000,
        })
        .toEqual([]);
      expect(again.engine.status().tasks.every((task) => task.lag <= 2)).toBe(true);
      await again.engine.stop();
      await log.close();
    });
  });
}
