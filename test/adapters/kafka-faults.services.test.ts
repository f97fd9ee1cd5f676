import { execFile } from 'node:child_process';
import type { SASLOptions } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import {
  LogError,
  type EventLog,
  type OutgoingRecord,
  type TopicPartition,
  type TransactionalProducer,
} from '../../src/ports/event-log.ts';
import { startKafkaBroker, type KafkaBroker } from '../rig/kafka-broker.ts';
import { certificates } from '../rig/certificates.ts';
import { freshName, kafkaBrokers, kafkaSecureBrokers, ownKafka } from '../rig/services.ts';
import { startTcpProxy, type TcpProxy } from '../rig/tcp-proxy.ts';
import { ensureTool, freePort } from '../rig/tools.ts';

const record = (value: string, key: string | null = null): OutgoingRecord => ({
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from(value),
  headers: null,
  timestamp: Date.now(),
});

async function valuesOf(log: EventLog, at: TopicPartition, from = 0): Promise<string[]> {
  const [end] = await log.endOffsets([at], 'committed');
  const reader = log.openReader('committed');
  reader.assign(at, from);
  const values: string[] = [];
  while (reader.position(at)! < end!) {
    for (const { records } of await reader.poll(1_000, 1_000_000)) {
      values.push(...[...records].map(({ value }) => Buffer.from(value!).toString()));
    }
  }
  await reader.close();
  return values;
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => error,
  );

/** A broker of its own behind a proxy: every connection of the client goes through it. */
describe.skipIf(!ownKafka)('kafka when the network or the broker fails', () => {
  let proxy: TcpProxy;
  let broker: KafkaBroker;
  let log: EventLog;
  let near: EventLog;
  let topic: string;

  beforeAll(async () => {
    const port = await freePort();
    proxy = await startTcpProxy(() => port);
    broker = await startKafkaBroker({ port, advertisedPort: proxy.port });
    const config = {
      brokers: [`127.0.0.1:${proxy.port}`],
      requestTimeoutMs: 2_000,
      sessionTimeoutMs: 3_000,
    };
    log = await openKafkaLog(config);
    near = await openKafkaLog(config);
    topic = freshName('faults');
    await log.createTopic({ topic, partitions: 1, settings: { 'cleanup.policy': 'delete' } });
  });
  afterAll(async () => {
    await log.close();
    await near.close();
    await proxy.close();
    await broker.remove();
  });
  beforeEach(() => proxy.heal());
  afterEach(() => proxy.heal());

  async function inTransaction(): Promise<{
    producer: TransactionalProducer;
    at: TopicPartition;
    value: string;
    leave(): Promise<void>;
  }> {
    const at = { topic, partition: 0 };
    const group = log.openGroup(freshName('group'), [topic]);
    const { identity } = await group.join();
    const producer = log.openProducer(freshName('producer'), 6_000);
    await producer.init();
    const value = freshName('value');
    await producer.sendOffsets(identity, [{ ...at, offset: 1, metadata: '' }]);
    await producer.append([{ ...at, records: [record(value)] }]);
    return { producer, at, value, leave: () => group.leave() };
  }

  test('the lost answer of an EndTxn is asked for again: committed once, and the producer goes on', async () => {
    const { producer, at, value, leave } = await inTransaction();
    // The member's own requests would take the fault in its place.
    await leave();
    proxy.loseNextReply();
    await producer.end('commit');
    await producer.append([{ ...at, records: [record(`${value} next`)] }]);
    await producer.end('commit');
    await expect
      .poll(() => valuesOf(log, at))
      .toEqual(expect.arrayContaining([value, `${value} next`]));
    expect((await valuesOf(log, at)).filter((one) => one === value)).toHaveLength(1);
  });

  test('an EndTxn without any answer is an unknown outcome; after a new start the id is usable', async () => {
    const { producer, at, value, leave } = await inTransaction();
    await leave();
    proxy.cut();
    expect(await rejection(producer.end('commit'))).toMatchObject({ name: 'LogError' });
    proxy.heal();
    await producer.init();
    await producer.append([{ ...at, records: [record('after')] }]);
    await producer.end('commit');
    const values = await valuesOf(log, at);
    expect(values).toContain('after');
    expect(values).not.toContain(value);
  });

  test('a cut connection is UNAVAILABLE at once, and works again when it is healed', async () => {
    const at = { topic, partition: 0 };
    proxy.cut();
    expect(await rejection(log.append([{ ...at, records: [record('x')] }]))).toBeInstanceOf(
      LogError,
    );
    const reader = log.openReader('committed');
    reader.assign(at, 0);
    expect(await rejection(reader.poll(100, 1_000))).toMatchObject({
      code: 'UNAVAILABLE',
      definite: true,
    });
    proxy.heal();
    await expect
      .poll(() =>
        reader.poll(100, 1_000_000).then(
          (batches) => batches.length,
          () => 0,
        ),
      )
      .toBe(1);
    await reader.close();
  });

  test('a silent broker: requests end after their time-out, and are answered when it speaks again', async () => {
    const at = { topic, partition: 0 };
    proxy.holdReplies();
    expect(await rejection(log.endOffsets([at], 'committed'))).toMatchObject({ name: 'LogError' });
    proxy.heal();
    await expect
      .poll(() =>
        log.endOffsets([at], 'committed').then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });

  test('a member that was stopped longer than its session is told that it is lost, and joins again', async () => {
    const group = log.openGroup(freshName('group'), [topic]);
    const first = await group.join();
    const lost = new Promise<string>((resolve) => group.onRebalance(resolve));
    proxy.cut();
    expect(await lost).toBe('lost');
    proxy.heal();
    const again = await group.join();
    expect(again.identity.generation).toBeGreaterThan(first.identity.generation);
    await group.leave();
  });

  test('kill -9 of the broker: everybody goes on after it is back, and nothing acknowledged is gone', async () => {
    const at = { topic, partition: 0 };
    const group = log.openGroup(freshName('group'), [topic]);
    await group.join();
    await log.append([{ ...at, records: [record('before the crash')] }]);
    const [end] = await log.endOffsets([at], 'committed');
    const reader = near.openReader('committed');
    reader.assign(at, end!);
    await broker.kill();
    expect(await rejection(reader.poll(100, 1_000))).toMatchObject({ code: 'UNAVAILABLE' });
    await broker.start();
    await expect
      .poll(
        () =>
          log.append([{ ...at, records: [record('after the crash')] }]).then(
            () => true,
            () => false,
          ),
        { timeout: 30_000 },
      )
      .toBe(true);
    const seen: string[] = [];
    await expect
      .poll(
        async () => {
          for (const { records } of await reader.poll(100, 100_000).catch(() => [])) {
            seen.push(...[...records].map(({ value }) => Buffer.from(value!).toString()));
          }
          return seen;
        },
        { timeout: 30_000 },
      )
      .toEqual(['after the crash']);
    expect(await valuesOf(log, at, end! - 1)).toEqual(['before the crash', 'after the crash']);
    expect((await group.join()).partitions).toEqual([at]);
    await group.leave();
    await reader.close();
  });
});

describe.skipIf(!kafkaBrokers)('kafka from outside', () => {
  let log: EventLog;
  beforeAll(async () => {
    log = await openKafkaLog({ brokers: kafkaBrokers.split(',') });
  });
  afterAll(() => log.close());

  test.each(['gzip', 'snappy', 'lz4', 'zstd'])(
    'records that librdkafka compressed with %s are read',
    async (codec) => {
      const at = { topic: freshName(codec), partition: 0 };
      await log.createTopic({
        topic: at.topic,
        partitions: 1,
        settings: { 'cleanup.policy': 'delete' },
      });
      const lines = Array.from({ length: 3_000 }, (_, index) =>
        JSON.stringify({ type: 'offer', n: index, pad: 'x'.repeat(index % 50) }),
      );
      const kcat = await ensureTool('kcat', 'kcat');
      await new Promise<void>((resolve, reject) => {
        const child = execFile(
          kcat,
          ['-P', '-b', kafkaBrokers, '-t', at.topic, '-p', '0', '-z', codec],
          (error) => (error ? reject(error) : resolve()),
        );
        child.stdin!.end(lines.join('\n'));
      });
      expect(await valuesOf(log, at)).toEqual(lines);
    },
  );

  test('what is committed here is what librdkafka reads as committed', async () => {
    const at = { topic: freshName('librdkafka'), partition: 0 };
    await log.createTopic({
      topic: at.topic,
      partitions: 1,
      settings: { 'cleanup.policy': 'delete' },
    });
    const producer = log.openProducer(freshName('producer'), 10_000);
    await producer.init();
    for (const [value, outcome] of [
      ['a', 'commit'],
      ['b', 'abort'],
      ['c', 'commit'],
    ] as const) {
      await producer.append([{ ...at, records: [record(value, `k-${value}`)] }]);
      await producer.end(outcome);
    }
    const kcat = await ensureTool('kcat', 'kcat');
    const read = (): Promise<string> =>
      new Promise((resolve, reject) => {
        execFile(
          kcat,
          [
            '-C',
            '-b',
            kafkaBrokers,
            '-t',
            at.topic,
            '-e',
            '-q',
            '-X',
            'isolation.level=read_committed',
            '-f',
            '%k=%s ',
          ],
          (error, stdout) => (error ? reject(error) : resolve(stdout)),
        );
      });
    await expect.poll(read).toBe('k-a=a k-c=c ');
  });

  test('nobody listening is one clear error', async () => {
    const refused = await rejection(openKafkaLog({ brokers: ['127.0.0.1:1'] }));
    expect(refused).toMatchObject({
      code: 'UNAVAILABLE',
      definite: true,
      message: expect.stringContaining('127.0.0.1:1'),
    });
    await expect(openKafkaLog({ brokers: ['nonsense'] })).rejects.toThrow(
      '"nonsense" is not host:port',
    );
  });
});

describe.skipIf(!kafkaSecureBrokers)('kafka with TLS and SASL', () => {
  const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
  const secure = (mechanism: (typeof mechanisms)[number], password = 'parley-secret') => ({
    brokers: kafkaSecureBrokers.split(','),
    tls: { ca: certificates().certificate },
    sasl: { mechanism, username: 'parley', password } as SASLOptions,
  });

  test.each(mechanisms)('every part of the log works through it: %s', async (mechanism) => {
    const log = await openKafkaLog(secure(mechanism));
    const at = { topic: freshName('secure'), partition: 0 };
    await log.createTopic({
      topic: at.topic,
      partitions: 1,
      settings: { 'cleanup.policy': 'delete' },
    });
    const group = log.openGroup(freshName('group'), [at.topic]);
    const { identity } = await group.join();
    const producer = log.openProducer(freshName('producer'), 10_000);
    await producer.init();
    await producer.sendOffsets(identity, [{ ...at, offset: 1, metadata: '' }]);
    await producer.append([{ ...at, records: [record('secret')] }]);
    await producer.end('commit');
    await expect.poll(() => valuesOf(log, at)).toEqual(['secret']);
    await group.leave();
    await log.close();
  });

  test.each(mechanisms)('a wrong password and an unknown authority: %s', async (mechanism) => {
    expect(await rejection(openKafkaLog(secure(mechanism, 'wrong')))).toMatchObject({
      code: 'NOT_AUTHORIZED',
    });
    const unknown = { ...secure(mechanism), tls: true };
    expect(await rejection(openKafkaLog(unknown))).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('certificate'),
    });
  });
});
