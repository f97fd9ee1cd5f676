import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import { openRedisStore } from '../../src/adapters/redis/redis-store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { StateStore } from '../../src/ports/state-store.ts';
import { prepareLog, readOutputs, send, testConfig, testEngine } from '../engine/harness.ts';
import { startKafkaBroker, type KafkaBroker } from '../rig/kafka-broker.ts';
import { startRedisServer, type RedisServer } from '../rig/redis-server.ts';
import { ownKafka, ownRedis } from '../rig/services.ts';
import { judgeOutputs } from '../simulation/oracle.ts';
import type { TestEvent } from '../simulation/program.ts';

const clock = systemClock();

/** The engine over the real services: what the memory twins are twins of. */
describe.skipIf(!ownKafka || !ownRedis)('engine over kafka and redis', () => {
  let broker: KafkaBroker;
  let server: RedisServer;
  const opened: (EventLog | StateStore)[] = [];
  beforeEach(async () => {
    [broker, server] = await Promise.all([startKafkaBroker(), startRedisServer()]);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    await Promise.all([broker.remove(), server.remove()]);
  });

  async function open(): Promise<{ log: EventLog; store: StateStore }> {
    const log = await openKafkaLog({ brokers: [broker.brokers], sessionTimeoutMs: 3_000 });
    const store = await openRedisStore({ url: server.url });
    opened.push(log, store);
    return { log, store };
  }

  /** Events of ten keys, a second apart, that ended long ago: all deadlines are due. */
  function events(count: number, from = 0): TestEvent[] {
    const start = Date.now() - 3_600_000;
    return Array.from({ length: count }, (_, index) => ({
      id: `e${from + index}`,
      kind: (['ask', 'note', 'answer'] as const)[(from + index) % 3]!,
      key: `k${(from + index) % 10}`,
      other: `o${(from + index) % 4}`,
      time: start + (from + index) * 1_000,
    }));
  }

  test('the whole road, a clean stop, and on from there with an emptied Redis', async () => {
    const { log, store } = await open();
    const config = testConfig();
    await prepareLog(log, config);
    const first = events(60);
    await send(log, first);
    const { engine } = await testEngine(log, store, clock, config);
    await engine.start();
    const judged = async (sent: TestEvent[]): Promise<unknown> =>
      judgeOutputs(sent, await readOutputs(log));
    await expect.poll(() => judged(first), { timeout: 20_000 }).toEqual([]);
    await engine.stop();

    await server.kill();
    await server.remove();
    server = await startRedisServer();
    const more = events(40, 60);
    const again = await open();
    await send(log, more);
    const second = await testEngine(again.log, again.store, clock, config);
    await second.engine.start();
    await expect.poll(() => judged([...first, ...more]), { timeout: 20_000 }).toEqual([]);
    await second.engine.stop();
  });

  test('two engines share the work; one dies without a word and the other takes it all', async () => {
    const one = await open();
    const two = await open();
    const config = testConfig();
    await prepareLog(one.log, config);
    const { engine: first } = await testEngine(one.log, one.store, clock, config);
    const { engine: second } = await testEngine(two.log, two.store, clock, config);
    await Promise.all([first.start(), second.start()]);
    const sent = events(200);
    await send(one.log, sent.slice(0, 100));
    await expect.poll(() => second.status().tasks.length, { timeout: 20_000 }).toBeGreaterThan(0);
    await two.log.close();
    await two.store.close();
    await send(one.log, sent.slice(100));
    await expect
      .poll(async () => judgeOutputs(sent, await readOutputs(one.log)), { timeout: 30_000 })
      .toEqual([]);
    await first.stop();
    await second.stop().catch(() => {});
  });
});
