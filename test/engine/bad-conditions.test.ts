import { describe, expect, test } from 'vitest';
import { MemoryCluster } from '../../src/adapters/memory/cluster.ts';
import { connectMemoryLog } from '../../src/adapters/memory/log.ts';
import { MemoryStoreServer } from '../../src/adapters/memory/store-server.ts';
import { connectMemoryStore } from '../../src/adapters/memory/store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { openTopology } from '../../src/engine/topology.ts';
import type { ParleyError } from '../../src/event/errors.ts';
import { OUTPUT_ROLES, TOPIC_SETTINGS } from '../../src/event/topics.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { TestEvent } from '../simulation/program.ts';
import { prepareLog, readOutputs, send, SOURCE, testConfig, testEngine } from './harness.ts';

const clock = systemClock();
const config = testConfig();

function twins() {
  const cluster = new MemoryCluster({ clock });
  const server = new MemoryStoreServer();
  const connect = () => ({ log: connectMemoryLog(cluster), store: connectMemoryStore(server) });
  return { cluster, ...connect(), connect };
}

function note(id: string, key = 'k', time = Date.now()): TestEvent {
  return { id, kind: 'note', key, other: 'o', time };
}

async function derivedIds(log: EventLog): Promise<string[]> {
  const outputs = await readOutputs(log);
  return outputs.filter(({ kind }) => kind === 'event').map(({ id }) => id);
}

function refusal(log: EventLog, change: Partial<typeof config> = {}): Promise<ParleyError> {
  return openTopology(log, { ...config, ...change }).then(
    () => expect.fail('it was accepted'),
    (error: unknown) => error as ParleyError,
  );
}

const source = { topic: SOURCE, partitions: 2, settings: {} };

describe('topics that are not as they must be', () => {
  test('a source that is not there is named', async () => {
    const { log } = twins();
    const { code, message } = await refusal(log);
    expect([code, message]).toEqual(['PARLEY_TOPIC_MISSING', `The source topic ${SOURCE} does not exist.`]);
  });

  test('where Parley may not create topics it says exactly what to create', async () => {
    const { log } = twins();
    await log.createTopic(source);
    const { code, message } = await refusal(log, { kafka: { ...config.kafka, createTopics: false } });
    expect(code).toBe('PARLEY_TOPIC_MISSING');
    expect(message).toBe('Create the topic parley.derived with 4 partitions and cleanup.policy=delete.');
  });

  test('a changelog that retention would empty is refused', async () => {
    const { log } = twins();
    await log.createTopic(source);
    const settings = { ...TOPIC_SETTINGS['changelog.1'], 'cleanup.policy': 'delete' };
    await log.createTopic({ topic: 'parley.changelog.1', partitions: 4, settings });
    const { code, message } = await refusal(log);
    expect(code).toBe('PARLEY_TOPIC_SETTINGS');
    expect(message).toBe('parley.changelog.1 has cleanup.policy=delete; it must be compact.');
  });

  test('a changelog whose tombstones go too early is refused, one that keeps them longer is not', async () => {
    for (const [days, ok] of [[1, false], [30, true]] as const) {
      const { log } = twins();
      await log.createTopic(source);
      const settings = {
        ...TOPIC_SETTINGS['changelog.1'],
        'delete.retention.ms': String(days * 86_400_000),
      };
      await log.createTopic({ topic: 'parley.changelog.1', partitions: 4, settings });
      if (ok) await openTopology(log, config);
      else expect((await refusal(log)).code).toBe('PARLEY_TOPIC_SETTINGS');
    }
  });

  test('another number of keyed partitions than at the first start is refused', async () => {
    const { log } = twins();
    await prepareLog(log, config);
    const { code, message } = await refusal(log, { keyedPartitions: 8 });
    expect(code).toBe('PARLEY_PARTITIONS_CHANGED');
    expect(message).toBe('parley.keyed.1 has 4 partitions, the configuration says 8.');
  });

  test('outputs are made with partitions of their own number, and keep what they have', async () => {
    const { log } = twins();
    await prepareLog(log, { ...config, outputPartitions: 3 });
    const topology = await openTopology(log, { ...config, outputPartitions: 5 });
    for (const role of OUTPUT_ROLES) expect(topology.partitions(role)).toBe(3);
    for (const role of ['keyed.1', 'changelog.2'] as const) expect(topology.partitions(role)).toBe(4);
  });
});

describe('where reading begins', () => {
  test('latest: what was there before the first start is left alone; a restart leaves out nothing', async () => {
    const { log, store } = twins();
    const latest = { ...config, sources: [{ topic: SOURCE, order: 'arrival', start: 'latest' } as const] };
    await prepareLog(log, latest);
    await send(log, [note('before')]);
    const { engine } = await testEngine(log, store, clock, latest);
    await engine.start();
    await send(log, [note('after')]);
    await expect.poll(() => derivedIds(log)).toEqual(['after']);
    await engine.stop();
    await send(log, [note('while it was stopped')]);
    const again = await testEngine(log, store, clock, latest);
    await again.engine.start();
    await expect.poll(() => derivedIds(log)).toEqual(['after', 'while it was stopped']);
    await again.engine.stop();
  });

  test('a time: records from then on', async () => {
    const { log, store } = twins();
    const from = Date.now() - 60_000;
    const start = new Date(from).toISOString();
    const timed = { ...config, sources: [{ topic: SOURCE, order: 'arrival', start } as const] };
    await prepareLog(log, timed);
    await send(log, [note('before', 'k', from - 1), note('then', 'k', from), note('after', 'k', from + 1)]);
    const { engine } = await testEngine(log, store, clock, timed);
    await engine.start();
    await expect.poll(() => derivedIds(log)).toEqual(['then', 'after']);
    await engine.stop();
  });

  test('a partition added to a source is read from where the others stand, and counts for time', async () => {
    const { cluster, log, store } = twins();
    const latest = { ...config, sources: [{ topic: SOURCE, order: 'arrival', start: 'latest' } as const] };
    await prepareLog(log, latest);
    const { engine } = await testEngine(log, store, clock, latest);
    await engine.start();
    await send(log, [note('e1')]);
    await expect.poll(() => derivedIds(log)).toEqual(['e1']);
    cluster.grow(SOURCE, 3);
    // Before the group knows of it.
    const value = Buffer.from(JSON.stringify(note('e2')));
    const record = { key: null, value, headers: null, timestamp: Date.now() };
    await log.append([{ topic: SOURCE, partition: 2, records: [record] }]);
    cluster.group('test').disturb();
    await expect.poll(() => derivedIds(log)).toEqual(['e1', 'e2']);
    expect(engine.status().tasks.filter(({ level }) => level === 0)).toHaveLength(3);
    await engine.stop();
  });
});

describe('what must not be gone on with', () => {
  test('retention overtook the group: halted with a named error, never skipped', async () => {
    const { log, store } = twins();
    await prepareLog(log, config);
    const { engine } = await testEngine(log, store, clock, config);
    await engine.start();
    const keys = Array.from({ length: 10 }, (_, i) => `k${i}`);
    await send(log, keys.map((key) => note(`first ${key}`, key)));
    await expect.poll(async () => (await derivedIds(log)).length).toBe(10);
    await engine.stop();
    const at = { topic: SOURCE, partition: 0 };
    await send(log, keys.map((key) => note(`removed ${key}`, key)));
    const [end = 0] = await log.endOffsets([at], 'uncommitted');
    await log.trim([{ ...at, offset: end }]);
    const again = await testEngine(log, store, clock, config);
    await again.engine.start();
    const halted = again.engine.status().tasks.filter((task) => task.halted !== null);
    expect(halted).toMatchObject([{ ...at, halted: { code: 'PARLEY_OFFSET_OUT_OF_RANGE' } }]);
    expect(halted[0]?.halted?.message).toContain(`the log holds ${end} to ${end}`);
    // The other partition of the source is read on.
    await expect.poll(async () => (await derivedIds(log)).length).toBeGreaterThan(10);
    await again.engine.stop();
  });

  test('another application under the same prefix takes nothing over', async () => {
    const { log, store, connect } = twins();
    await prepareLog(log, config);
    const { engine } = await testEngine(log, store, clock, config);
    await engine.start();
    await send(log, [note('e1')]);
    await expect.poll(() => derivedIds(log)).toEqual(['e1']);
    const other = connect();
    const second = await testEngine(other.log, other.store, clock, { ...config, application: 'other' });
    await expect(second.engine.start()).rejects.toMatchObject({
      code: 'PARLEY_APPLICATION_CHANGED',
      message: expect.stringContaining('belongs to the application test, this one is other.'),
    });
    await send(log, [note('e2')]);
    await expect.poll(() => derivedIds(log)).toEqual(['e1', 'e2']);
    await engine.stop();
  });

  test('of two applications that are started at once under one prefix, one is refused', async () => {
    const { log, store, connect } = twins();
    await prepareLog(log, config);
    const other = connect();
    const engines = [
      (await testEngine(log, store, clock, config)).engine,
      (await testEngine(other.log, other.store, clock, { ...config, application: 'other' })).engine,
    ];
    const starts = await Promise.allSettled(engines.map((engine) => engine.start()));
    const refused = starts.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toMatchObject([{ code: 'PARLEY_APPLICATION_CHANGED' }]);
    await send(log, [note('e1')]);
    await expect.poll(() => derivedIds(log)).toEqual(['e1']);
    await Promise.allSettled(engines.map((engine) => engine.stop()));
    expect(await derivedIds(log)).toEqual(['e1']);
  });

  test('a changelog that lost its records is noticed: the group is ahead of it', async () => {
    const { cluster, log, store } = twins();
    await prepareLog(log, config);
    const { engine } = await testEngine(log, store, clock, config);
    await engine.start();
    await send(log, [note('e1')]);
    await expect.poll(() => derivedIds(log)).toEqual(['e1']);
    await engine.stop();
    for (const partition of [0, 1, 2, 3]) {
      const at = { topic: 'parley.changelog.1', partition };
      const [end = 0] = await log.endOffsets([at], 'uncommitted');
      await log.trim([{ ...at, offset: end }]);
    }
    expect(cluster.describeTopic('parley.changelog.1')?.partitions).toBe(4);
    const again = await testEngine(log, store, clock, config);
    await again.engine.start();
    const codes = new Set(again.engine.status().tasks.map((task) => task.halted?.code ?? 'open'));
    expect([...codes].sort()).toEqual(['PARLEY_STATE_AHEAD', 'open']);
    await again.engine.stop();
  });
});
