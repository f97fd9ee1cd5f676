/**
 * Figures of the service adapters on a broker and a Redis of their own:
 * `node test/rig/bench.ts [transactions] [read] [redis]`. Broker, Redis and client share the machine.
 */
import { cpus } from 'node:os';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import { openRedisStore } from '../../src/adapters/redis/redis-store.ts';
import type { OutgoingRecord } from '../../src/ports/event-log.ts';
import { encodeStateValue } from '../../src/task/state-value.ts';
import { jvmForFigures, startKafkaBroker, type KafkaBroker } from './kafka-broker.ts';
import { startRedisServer } from './redis-server.ts';

const producers = 8;
const runMs = 8_000;
const topicSettings = { 'cleanup.policy': 'delete' };

const wanted = process.argv.slice(2);
const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

console.log(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
if (wants('transactions') || wants('read')) {
  console.log(`broker: java ${jvmForFigures().join(' ')}`);
  const broker = await startKafkaBroker({ jvm: jvmForFigures() });
  try {
    if (wants('transactions')) await transactions(broker);
    if (wants('read')) await reading(broker);
  } finally {
    await broker.remove();
  }
}
if (wants('redis')) await redis();

/** 300 changelog records, 2 derived ones and offsets in a transaction, by ours and by kafkajs. */
async function transactions(broker: KafkaBroker): Promise<void> {
  const log = await openKafkaLog({ brokers: [broker.brokers] });
  for (const topic of ['in', 'changelog', 'derived']) {
    await log.createTopic({ topic, partitions: producers, settings: topicSettings });
  }
  const group = log.openGroup('bench', ['in']);
  const { identity } = await group.join();
  const value = Buffer.alloc(100, 7);
  const keys = Array.from({ length: 300 }, (_, index) => `conversation_id=c${index}`);

  const own = Array.from({ length: producers }, (_, index) =>
    log.openProducer(`own-${index}`, 10_000),
  );
  for (const producer of own) await producer.init();
  let offset = 0;
  const ownTransaction = async (partition: number): Promise<void> => {
    const producer = own[partition]!;
    const timestamp = Date.now();
    const records = keys.map((key): OutgoingRecord => ({
      key: Buffer.from(key),
      value,
      headers: null,
      timestamp,
    }));
    const at = { topic: 'in', partition, offset: ++offset, metadata: '{"seq":1}' };
    await producer.sendOffsets(identity, [at]);
    await producer.append([
      { topic: 'changelog', partition, records },
      { topic: 'derived', partition, records: records.slice(0, 2) },
    ]);
    await producer.end('commit');
  };

  const kafka = new Kafka({ brokers: [broker.brokers], logLevel: logLevel.NOTHING });
  const theirs = Array.from({ length: producers }, (_, index) =>
    kafka.producer({
      transactionalId: `kafkajs-${index}`,
      maxInFlightRequests: 1,
      idempotent: true,
      createPartitioner: () => () => 0,
    }),
  );
  for (const producer of theirs) await producer.connect();
  const theirTransaction = async (partition: number): Promise<void> => {
    const transaction = await theirs[partition]!.transaction();
    const messages = keys.map((key) => ({ key, value, partition }));
    const offsets = {
      consumerGroupId: identity.group,
      topics: [{ topic: 'in', partitions: [{ partition, offset: String(++offset) }] }],
    };
    // kafkajs gives up at once while the markers of its last transaction are written (hazard H4).
    for (let sent = false; !sent;) {
      sent = await transaction.sendOffsets(offsets).then(
        () => true,
        () => false,
      );
      if (!sent) await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await transaction.sendBatch({
      topicMessages: [
        { topic: 'changelog', messages },
        { topic: 'derived', messages: messages.slice(0, 2) },
      ],
    });
    await transaction.commit();
  };

  await drive('warm up, ours', ownTransaction, 0);
  await drive('warm up, kafkajs', theirTransaction, 0);
  await drive('ours, one per 100 ms and producer', ownTransaction, 100);
  await drive('kafkajs, one per 100 ms and producer', theirTransaction, 100);
  await drive('ours, as fast as it goes', ownTransaction, 0);
  await drive('kafkajs, as fast as it goes', theirTransaction, 0);
  for (const producer of theirs) await producer.disconnect();
  await group.leave();
  await log.close();
}

async function drive(
  name: string,
  transaction: (partition: number) => Promise<void>,
  everyMs: number,
): Promise<void> {
  const took: number[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  const loop = async (partition: number): Promise<void> => {
    for (let next = start; performance.now() - start < runMs; next += everyMs) {
      const waitMs = next - performance.now();
      if (everyMs > 0 && waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      const began = performance.now();
      await transaction(partition);
      took.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: producers }, (_, partition) => loop(partition)));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${name}: ${(took.length / seconds).toFixed(0)} transactions/s, ${percentiles(took)}, ` +
      `Node ${((user + system) / 1000 / took.length).toFixed(2)} ms CPU each`,
  );
}

/** 500-byte events of 8 partitions, written in plain batches and read back. */
async function reading(broker: KafkaBroker): Promise<void> {
  const log = await openKafkaLog({ brokers: [broker.brokers] });
  const partitions = 8;
  await log.createTopic({ topic: 'events', partitions, settings: topicSettings });
  const batches = 50;
  const perBatch = 1_500;
  const value = Buffer.from(JSON.stringify({ type: 'price_offer', pad: 'x'.repeat(470) }));
  const write = process.cpuUsage();
  const written = performance.now();
  for (let batch = 0; batch < batches; batch++) {
    const timestamp = Date.now();
    const records = Array.from({ length: perBatch }, (_, index): OutgoingRecord => ({
      key: Buffer.from(`u${index}`),
      value,
      headers: null,
      timestamp,
    }));
    await log.append(
      Array.from({ length: partitions }, (_, partition) => ({
        topic: 'events',
        partition,
        records,
      })),
    );
  }
  const total = batches * perBatch * partitions;
  report('append', total, written, write);
  const reader = log.openReader('committed');
  for (let partition = 0; partition < partitions; partition++) {
    reader.assign({ topic: 'events', partition }, 0);
  }
  const read = process.cpuUsage();
  const started = performance.now();
  let seen = 0;
  while (seen < total) {
    for (const { records } of await reader.poll(500, 8_000_000)) for (const _ of records) seen++;
  }
  report('read', total, started, read);
  await reader.close();
  await log.close();
}

function report(what: string, events: number, start: number, cpu: NodeJS.CpuUsage): void {
  const { user, system } = process.cpuUsage(cpu);
  const perSecond = (events / (performance.now() - start)) * 1000;
  console.log(
    `${what}: ${events} events of 500 bytes, ${perSecond.toFixed(0)}/s, ` +
      `Node ${((user + system) / events).toFixed(2)} us CPU each`,
  );
}

/** Batches of 300 changed values of 100 bytes, four tasks at a time, append-only file on. */
async function redis(): Promise<void> {
  const server = await startRedisServer();
  const store = await openRedisStore({ url: server.url });
  const admin = new Redis(server.url);
  const serverUs = async (): Promise<number> => {
    const text = await admin.info('cpu');
    const used = (name: string): number =>
      Number(new RegExp(`used_cpu_${name}_main_thread:([\\d.]+)`).exec(text)?.[1]);
    return (used('user') + used('sys')) * 1e6;
  };
  const tasks = [0, 1, 2, 3].map((partition) => ({ topic: 'bench', partition }));
  for (const task of tasks) {
    const token = 'bench';
    await store.beginRebuild(task, null, { token, history: 'h', clear: true, writtenAt: 1 });
    await store.finishRebuild(task, token, 0, { seq: 0, changelogOffset: 0, writtenAt: 1 });
  }
  const rounds = 500;
  const body = Buffer.alloc(90, 5);
  const keysOf = (seq: number): string[] =>
    Array.from(
      { length: 300 },
      (_, index) => `conversation_id=c${(seq * 7919 + index * 31) % 50_000}`,
    );
  const measure = async (
    name: string,
    run: (task: (typeof tasks)[0], seq: number) => Promise<unknown>,
  ): Promise<void> => {
    const took: number[] = [];
    const [before, cpu] = [await serverUs(), process.cpuUsage()];
    await Promise.all(
      tasks.map(async (task) => {
        for (let seq = 1; seq <= rounds; seq++) {
          const began = performance.now();
          await run(task, seq);
          took.push(performance.now() - began);
        }
      }),
    );
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `${name}: Redis ${(((await serverUs()) - before) / took.length).toFixed(0)} us, ` +
        `Node ${((user + system) / took.length).toFixed(0)} us CPU a batch, ${percentiles(took)}`,
    );
  };
  await measure('apply 300 changes', (task, seq) =>
    store.apply(task, {
      history: 'h',
      from: seq,
      to: seq,
      changelogOffset: seq,
      writtenAt: seq,
      changes: keysOf(seq).map((key, index) => ({
        key,
        owner: 'p/haggling/1f3a',
        value: encodeStateValue({ due: 1e12 + ((seq * index) % 100_000), listed: false }, body),
      })),
    }),
  );
  await measure('read 300 keys', (task, seq) => store.read(task, keysOf(seq)));
  admin.disconnect();
  await store.close();
  await server.remove();
}

function percentiles(took: number[]): string {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
