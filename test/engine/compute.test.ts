import { expect, test } from 'vitest';
import { MemoryStoreServer } from '../../src/adapters/memory/store-server.ts';
import { connectMemoryStore } from '../../src/adapters/memory/store.ts';
import { ReadingStopped } from '../../src/engine/changelog-reader.ts';
import { computeBatch, type ComputeContext } from '../../src/engine/compute.ts';
import { ALL_GUARDS } from '../../src/engine/guards.ts';
import { TaskMemory } from '../../src/engine/memory.ts';
import { Stretch } from '../../src/engine/stretch.ts';
import type { OpenTask } from '../../src/engine/task.ts';
import { TimerIndex } from '../../src/engine/timer-index.ts';
import { watermarkAt } from '../../src/engine/watermark.ts';
import { type TestDefinitions, testPrograms } from '../simulation/program.ts';
import { noMetrics } from './harness.ts';

const at = { topic: 'parley.keyed.1', partition: 0 };

/** A task with one key to read, whose computation gives the thread away once that is read. */
async function opened(duringPause: (task: OpenTask) => void) {
  const server = new MemoryStoreServer();
  server.beginRebuild(at, null, { token: 't', history: 'h', clear: true, writtenAt: 0 });
  server.finishRebuild(at, 't', 0, { seq: 0, changelogOffset: 0, writtenAt: 0 });
  const plain = connectMemoryStore(server);
  let now = 0;
  let read = false;
  const clock = {
    now: () => now,
    monotonic: () => now,
    sleep: async () => {
      if (read) duringPause(task);
    },
  };
  const store = {
    ...plain,
    read: async (...args: Parameters<typeof plain.read>) => {
      now += 1_000;
      read = true;
      return plain.read(...args);
    },
  };
  const task: OpenTask = {
    at, name: 'parley.keyed.1/0', level: 1, changelog: { topic: 'parley.changelog.1', partition: 0 },
    history: 'h', seq: 0, nonce: '', committed: 0, position: 0, patternSet: 0,
    watermark: watermarkAt(0), writtenWatermark: 0, end: 1,
    memory: new TaskMemory({ used: 0, max: 1_000_000, partialMatches: 0 }),
    timers: new TimerIndex(async () => [], { windowMs: 1_000, loadMax: 10 }),
    moreDue: false, pending: null, committing: null, nextInterval: 1, halted: null,
  };
  let atRest = false;
  const context: ComputeContext<TestDefinitions> = {
    programs: testPrograms({ stamp: () => 's' }),
    definitions: () => ({ revision: 0, compiled: { revision: 0 } }),
    clock, stretch: new Stretch(clock), store, guards: ALL_GUARDS, metrics: noMetrics,
    topology: { partitions: () => 1 },
    allowedLatenessMs: 0, timersMax: 10, valueBytesMax: 1_000, acked: () => 0,
    patiently: (work) => work(),
    mayUseMemory: () => {
      if (atRest) throw new ReadingStopped();
    },
  };
  const event = { id: 'e', kind: 'note', key: 'k', other: 'o', time: 5 };
  const record = {
    key: Buffer.from('k'), value: Buffer.from(JSON.stringify(event)), offset: 0, timestamp: 5, headers: null,
  };
  const batch = { ...at, records: [record], nextOffset: 1, end: 1, bytes: 1 };
  return {
    task,
    compute: () => computeBatch(context, task, batch),
    rest: () => {
      atRest = true;
    },
  };
}

test('a commit that begins while a step waits for the thread takes none of its keys with it', async () => {
  const { task, compute } = await opened((one) => {
    one.committing = one.pending;
    one.pending = null;
  });
  await compute();
  // What is undone with the overlay is what the step used.
  expect([...(task.pending?.keys ?? [])]).toEqual(['k']);
  expect(task.pending?.changes.length).toBe(1);
});

test('a session that comes to rest while a step waits for the thread has no step any more', async () => {
  const { task, compute, rest } = await opened(() => rest());
  await expect(compute()).rejects.toBeInstanceOf(ReadingStopped);
  expect(task.pending).toBeNull();
  expect([...task.memory.slots('k').values()]).toEqual([]);
});
