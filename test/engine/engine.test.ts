import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openEmbedded } from '../../src/adapters/embedded/embedded.ts';
import { MemoryCluster } from '../../src/adapters/memory/cluster.ts';
import { perfectLink } from '../../src/adapters/memory/link.ts';
import { connectMemoryLog } from '../../src/adapters/memory/log.ts';
import { MemoryStoreServer } from '../../src/adapters/memory/store-server.ts';
import { connectMemoryStore } from '../../src/adapters/memory/store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { StateStore } from '../../src/ports/state-store.ts';
import { judgeOutputs } from '../simulation/oracle.ts';
import type { TestEvent } from '../simulation/program.ts';
import { prepareLog, readOutputs, send, SOURCE, testConfig, testEngine } from './harness.ts';

const clock = systemClock();
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const adapters: { [name: string]: () => Promise<{ log: EventLog; store: StateStore }> } = {
  memory: async () => ({
    log: connectMemoryLog(new MemoryCluster({ clock })),
    store: connectMemoryStore(new MemoryStoreServer()),
  }),
  embedded: async () => {
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
      const { log, store } = await open();
      const config = testConfig();
      await prepareLog(log, config);
      const first = events(60);
      await send(log, first);
      const { engine } = await testEngine(log, store, clock, config);
      await engine.start();
      expect(engine.status().state).toBe('running');
      await expect
        .poll(async () => judgeOutputs(first, await readOutputs(log)))
        .toEqual([]);
      await engine.stop();
      expect(engine.status().state).toBe('stopped');
      const more = events(40, 60);
      await send(log, more);
      const again = await testEngine(log, store, clock, config);
      await again.engine.start();
      await expect
        .poll(async () => judgeOutputs([...first, ...more], await readOutputs(log)))
        .toEqual([]);
      expect(again.engine.status().tasks.every((task) => task.lag <= 2)).toBe(true);
      await again.engine.stop();
      await log.close();
    });
  });
}

describe('a task that comes back to the process that had it', () => {
  test('keeps its memory over a rebalance, unless another process has committed meanwhile', async () => {
    const cluster = new MemoryCluster({ clock });
    const server = new MemoryStoreServer();
    const config = testConfig();
    const log = connectMemoryLog(cluster);
    await prepareLog(log, config);
    let coldKeys = 0;
    const plain = connectMemoryStore(server);
    const store: StateStore = {
      ...plain,
      read: (task, keys) => {
        coldKeys += keys.length;
        return plain.read(task, keys);
      },
    };
    const { engine } = await testEngine(log, store, clock, config);
    await engine.start();
    const sent = events(30);
    const judged = async () => judgeOutputs(sent, await readOutputs(log));
    await send(log, sent.slice(0, 10));
    await expect.poll(async () => (await readOutputs(log)).length).toBeGreaterThanOrEqual(20);
    const first = engine.status().generation;
    const keysInMemory = () => engine.status().tasks.reduce((sum, { keys }) => sum + keys, 0);
    const before = keysInMemory();
    coldKeys = 0;
    cluster.group('test').disturb();
    await expect.poll(() => engine.status().generation).not.toBe(first);
    await expect.poll(() => engine.status().state).toBe('running');
    expect(keysInMemory()).toBe(before);
    await send(log, sent.slice(10, 20));
    await expect.poll(async () => (await readOutputs(log)).length).toBeGreaterThanOrEqual(40);
    expect(coldKeys).toBe(0);

    const other = await testEngine(connectMemoryLog(cluster, perfectLink('other')), plain, clock, config);
    await other.engine.start();
    await send(log, sent.slice(20));
    await expect.poll(async () => (await readOutputs(log)).length).toBeGreaterThanOrEqual(60);
    await other.engine.stop();
    await expect.poll(judged).toEqual([]);
    await engine.stop();
  });
});

describe('a computation that outlives its session', () => {
  /** Reads of the store that name a key wait until it is let go, the first time. */
  function withGates(plain: StateStore, keys: readonly string[]) {
    const gates = new Map(keys.map((key) => [key, Promise.withResolvers<void>()]));
    const waiting = new Set<string>();
    const store: StateStore = {
      ...plain,
      read: async (task, wanted) => {
        const read = await plain.read(task, wanted);
        const key = wanted.find((one) => gates.has(one) && !waiting.has(one));
        if (key !== undefined) {
          waiting.add(key);
          await gates.get(key)?.promise;
        }
        return read;
      },
    };
    return { store, waiting, letGo: (key: string) => gates.get(key)?.resolve() };
  }

  test('leaves the memory to the next one: neither what it read nor its end touches it', async () => {
    const cluster = new MemoryCluster({ clock, rebalanceTimeoutMs: 300 });
    const config = testConfig(1);
    const log = connectMemoryLog(cluster);
    await prepareLog(log, config, 1);
    const { store, waiting, letGo } = withGates(connectMemoryStore(new MemoryStoreServer()), ['b', 'c']);
    const { engine } = await testEngine(log, store, clock, config);
    await engine.start();
    const sent: TestEvent[] = [];
    /** All in one batch. */
    const sendKeys = async (...keys: string[]): Promise<void> => {
      const made = keys.map((key): TestEvent => {
        return { id: `e${sent.length}${key}`, kind: 'note', key, other: 'o', time: Date.now() };
      });
      sent.push(...made);
      const records = made.map((one) => ({
        key: Buffer.from(one.key), value: Buffer.from(JSON.stringify(one)), headers: null, timestamp: one.time,
      }));
      await log.append([{ topic: SOURCE, partition: 0, records }]);
    };
    const judged = async () => judgeOutputs(sent, await readOutputs(log));
    await sendKeys('a');
    await expect.poll(judged).toEqual([]);
    await sendKeys('b');
    await expect.poll(() => waiting.has('b')).toBe(true);

    const first = engine.status().generation;
    cluster.group('test').disturb();
    await expect.poll(() => engine.status().generation).not.toBe(first);
    await expect.poll(judged).toEqual([]);
    // The next session is in the middle of a batch, with b open, when the read before it comes back.
    await sendKeys('b', 'c');
    await expect.poll(() => waiting.has('c')).toBe(true);
    letGo('b');
    await new Promise((resolve) => setImmediate(resolve));
    letGo('c');
    await expect.poll(judged).toEqual([]);
    await sendKeys('b');
    await expect.poll(judged).toEqual([]);
    expect(engine.status().tasks.filter(({ halted }) => halted !== null)).toEqual([]);
    await engine.stop();
  });
});
