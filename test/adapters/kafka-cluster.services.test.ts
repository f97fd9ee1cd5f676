import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import { LogError, type EventLog } from '../../src/ports/event-log.ts';
import { startKafkaCluster, type KafkaBroker } from '../rig/kafka-broker.ts';
import { freshName, ownKafka } from '../rig/services.ts';

const partitions = [0, 1, 2, 3, 4, 5];

/** Three brokers: leaders and coordinators move while transactions run. */
describe.skipIf(!ownKafka)('kafka with several brokers', () => {
  let brokers: readonly KafkaBroker[];
  let log: EventLog;
  let topic: string;
  beforeAll(async () => {
    brokers = await startKafkaCluster();
    log = await openKafkaLog({
      brokers: brokers.map((broker) => broker.brokers),
      requestTimeoutMs: 3_000,
      sessionTimeoutMs: 6_000,
    });
    topic = freshName('moving');
    await log.createTopic({ topic, partitions: partitions.length, settings: {} });
  });
  afterAll(async () => {
    await log.close();
    await Promise.all(brokers.map((broker) => broker.remove()));
  });

  /** The values of each partition, oldest first. */
  async function committed(): Promise<string[][]> {
    const all = partitions.map((partition) => ({ topic, partition }));
    const ends = await log.endOffsets(all, 'committed');
    const reader = log.openReader('committed');
    for (const at of all) reader.assign(at, 0);
    const values: string[][] = partitions.map(() => []);
    while (all.some((at, index) => reader.position(at)! < ends[index]!)) {
      for (const { partition, records } of await reader.poll(500, 1_000_000)) {
        values[partition]!.push(...[...records].map(({ value }) => Buffer.from(value!).toString()));
      }
    }
    await reader.close();
    return values;
  }

  test('each node is killed in turn: every transaction is whole or not at all, acknowledged ones once', async () => {
    const group = log.openGroup(freshName('group'), [topic]);
    let { identity } = await group.join();
    const producer = log.openProducer(freshName('producer'), 5_000);
    const acknowledged: string[] = [];
    let failures = 0;
    const recover = async (): Promise<void> => {
      await expect
        .poll(
          async () => {
            try {
              await producer.init();
              ({ identity } = await group.join());
              return 'open';
            } catch (error) {
              return String(error);
            }
          },
          { timeout: 40_000, interval: 200 },
        )
        .toBe('open');
    };
    await recover();
    const transaction = async (value: string): Promise<void> => {
      const timestamp = Date.now();
      try {
        await producer.sendOffsets(identity, [
          { topic, partition: 0, offset: acknowledged.length + 1, metadata: value },
        ]);
        await producer.append(
          partitions.map((partition) => ({
            topic,
            partition,
            records: [{ key: null, value: Buffer.from(value), headers: null, timestamp }],
          })),
        );
        await producer.end('commit');
        acknowledged.push(value);
      } catch (error) {
        expect(error).toBeInstanceOf(LogError);
        failures++;
        await recover();
      }
    };
    for (const [index, broker] of brokers.entries()) {
      for (let round = 0; round < 10; round++) await transaction(`${index} before ${round}`);
      await broker.kill();
      for (let round = 0; round < 10; round++) await transaction(`${index} during ${round}`);
      await broker.start();
    }
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(failures).toBeGreaterThan(0);

    await expect
      .poll(committed, { timeout: 20_000 })
      .toSatisfy((values: string[][]) => values.every((one) => one.length === values[0]!.length));
    const [first, ...others] = await committed();
    for (const values of others) expect(values).toEqual(first);
    expect(new Set(first).size).toBe(first!.length);
    expect(first).toEqual(expect.arrayContaining(acknowledged));
    expect(first!.length).toBeLessThanOrEqual(acknowledged.length + failures);
    await group.leave();
  }, 180_000);
});
