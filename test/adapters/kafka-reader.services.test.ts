import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import type { EventLog, FetchedBatch, Reader, TopicPartition } from '../../src/ports/event-log.ts';
import { freshName, kafkaBrokers } from '../rig/services.ts';

/** What kafkajs's consumer does otherwise (facts 3.3) and what the engine relies on. */
describe.skipIf(!kafkaBrokers)('kafka reader', () => {
  let log: EventLog;
  let reader: Reader;
  let a: TopicPartition;
  let b: TopicPartition;
  beforeAll(async () => {
    log = await openKafkaLog({ brokers: kafkaBrokers.split(',') });
  });
  afterAll(() => log.close());
  beforeEach(async () => {
    const topic = freshName('reader');
    await log.createTopic({ topic, partitions: 2, settings: {} });
    [a, b] = [
      { topic, partition: 0 },
      { topic, partition: 1 },
    ];
    reader = log.openReader('committed');
  });
  afterEach(() => reader.close());

  async function append(at: TopicPartition, ...values: string[]): Promise<void> {
    const timestamp = Date.now();
    await log.append([
      {
        ...at,
        records: values.map((value) => ({
          key: null,
          value: Buffer.from(value),
          headers: null,
          timestamp,
        })),
      },
    ]);
  }

  const shown = (batches: readonly FetchedBatch[]): string[] =>
    batches.flatMap(({ partition, records }) =>
      [...records].map(({ value }) => `${partition}:${Buffer.from(value!).toString()}`),
    );

  /** Polls until so many records were seen. */
  async function take(count: number): Promise<string[]> {
    const seen: string[] = [];
    while (seen.length < count) seen.push(...shown(await reader.poll(500, 1_000_000)));
    return seen;
  }

  test('a partition that is paused holds up no other, and goes on where it was', async () => {
    await append(a, 'a1', 'a2');
    await append(b, 'b1');
    reader.assign(a, 0);
    reader.assign(b, 0);
    reader.pause(a);
    expect(await take(1)).toEqual(['1:b1']);
    await append(b, 'b2');
    expect(await take(1)).toEqual(['1:b2']);
    expect(reader.position(a)).toBe(0);
    reader.resume(a);
    expect(await take(2)).toEqual(['0:a1', '0:a2']);
  });

  test('what was fetched for a partition that was paused meanwhile is delivered after it', async () => {
    await append(a, 'a1');
    reader.assign(a, 0);
    const polled = reader.poll(500, 1_000_000);
    reader.pause(a);
    expect(shown(await polled)).toEqual([]);
    expect(reader.position(a)).toBe(0);
    reader.resume(a);
    expect(await take(1)).toEqual(['0:a1']);
  });

  test('an answer for a position that was left meanwhile is dropped', async () => {
    await append(a, 'a1', 'a2', 'a3');
    reader.assign(a, 0);
    const polled = reader.poll(500, 1_000_000);
    reader.assign(a, 2);
    expect(shown(await polled)).toEqual([]);
    expect(await take(1)).toEqual(['0:a3']);
    expect(reader.position(a)).toBe(3);
  });

  test('a poll that has nothing to ask for ends as soon as there is', async () => {
    await append(a, 'a1');
    const polled = reader.poll(30_000, 1_000_000);
    reader.assign(a, 0);
    expect(shown(await polled)).toEqual([]);
    expect(await take(1)).toEqual(['0:a1']);
  }, 20_000);

  test('only the marker of an abort behind the last record: the position passes it', async () => {
    const producer = log.openProducer(freshName('producer'), 10_000);
    await producer.init();
    const record = { key: null, value: Buffer.from('never'), headers: null, timestamp: Date.now() };
    await producer.append([{ ...a, records: [record] }]);
    await producer.end('abort');
    reader.assign(a, 0);
    await expect.poll(() => log.endOffsets([a], 'committed')).toEqual([2]);
    const batches: FetchedBatch[] = [];
    while (reader.position(a)! < 2) batches.push(...(await reader.poll(500, 1_000_000)));
    expect(shown(batches)).toEqual([]);
    expect(batches.at(-1)).toMatchObject({ ...a, nextOffset: 2, end: 2 });
  });

  test('retention overtook the position: a named error; the others go on', async () => {
    await append(a, 'a1', 'a2', 'a3');
    await append(b, 'b1');
    await log.trim([{ ...a, offset: 2 }]);
    reader.assign(a, 0);
    reader.assign(b, 0);
    const seen: string[] = [];
    const errors: unknown[] = [];
    while (seen.length === 0 || errors.length === 0) {
      await reader.poll(500, 1_000_000).then(
        (batches) => seen.push(...shown(batches)),
        (error: unknown) => errors.push(error),
      );
    }
    expect(seen).toEqual(['1:b1']);
    expect(errors[0]).toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      at: a,
      message: expect.stringContaining('offset 0 is outside'),
    });
    expect(reader.position(a)).toBe(0);
    reader.unassign(a);
    await append(b, 'b2');
    expect(await take(1)).toEqual(['1:b2']);
  });
});
