import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { type KafkaBroker, startKafkaBroker } from '../rig/kafka-broker.ts';
import { type RedisServer, startRedisServer } from '../rig/redis-server.ts';
import { freshName, ownKafka, ownRedis } from '../rig/services.ts';
import { startTcpProxy, type TcpProxy } from '../rig/tcp-proxy.ts';
import { freePort } from '../rig/tools.ts';
import { readTopic } from './oracle.ts';

/** `parley run` and `parley state` as an operator meets them. */

const root = join(import.meta.dirname, '../..');
const PATTERN = `id: pair
key: conversation_id
within: 1h
steps: [asked, answered]
emit: pair_seen
`;

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ended: Promise<number | null>;
  output(): string;
}

describe.skipIf(!ownKafka || !ownRedis)('parley run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-run-'));
  const running: Started[] = [];
  let kafka: KafkaBroker;
  let redis: RedisServer;
  let log: EventLog;

  beforeAll(async () => {
    mkdirSync(join(folder, 'patterns'));
    writeFileSync(join(folder, 'patterns', 'pair.yaml'), PATTERN);
    [kafka, redis] = await Promise.all([startKafkaBroker(), startRedisServer()]);
    log = await openKafkaLog({ brokers: [kafka.brokers] });
  }, 120_000);

  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill('SIGKILL');
      await ended;
    }
  });

  afterAll(async () => {
    await log.close();
    await Promise.all([kafka.remove(), redis.remove()]);
    rmSync(folder, { recursive: true, force: true });
  });

  function parley(args: readonly string[], port: number): Started {
    const child = spawn(process.execPath, [join(root, 'src/cli/parley.js'), ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += part));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const started = { child, url: `http://127.0.0.1:${port}`, ended, output: () => text };
    running.push(started);
    return started;
  }

  /** Writes a configuration of its own; its source is made unless it is there. */
  async function setUp(change: { readonly [field: string]: unknown } = {}) {
    const name = freshName('run');
    const port = await freePort();
    const source = `${name}.events`;
    await log.createTopic({ topic: source, partitions: 2, settings: {} });
    const config = join(folder, `${name}.json`);
    const configuration = {
      application: name,
      topicPrefix: `${name}.`,
      keyedPartitions: 2,
      outputPartitions: 2,
      dataFolder: join(folder, name),
      patterns: join(folder, 'patterns'),
      sources: [{ topic: source, start: 'earliest' }],
      time: { allowedLateness: '1s' },
      kafka: { brokers: [kafka.brokers] },
      redis: { url: redis.url },
      api: { port },
      places: { enabled: false },
      logLevel: 'warn',
      ...change,
    };
    writeFileSync(config, JSON.stringify(configuration));
    return { name, port, source, config, configuration };
  }

  async function send(topic: string, ...events: readonly [id: string, type: string, key: string][]) {
    const records = events.map(([id, type, conversation_id]) => ({
      key: null,
      value: Buffer.from(JSON.stringify({ id, type, conversation_id, time: Date.now() })),
      headers: null,
      timestamp: Date.now(),
    }));
    await log.append([{ topic, partition: 0, records }]);
  }

  async function ready({ url }: Started): Promise<{ ready?: boolean; reasons?: string[] }> {
    const signal = AbortSignal.timeout(1_000);
    return fetch(`${url}/readyz`, { signal }).then((answer) => answer.json(), () => ({})) as Promise<object>;
  }

  const matches = async (name: string): Promise<string[]> =>
    (await readTopic(kafka.brokers, `${name}.derived`)).map(
      ({ value }) => (JSON.parse(value) as { subject: string }).subject,
    );

  const WITHIN = { timeout: 45_000, interval: 100 };

  test('neither service is there: /readyz names both, then one, then it is ready; SIGTERM ends it', async () => {
    let kafkaPort = 0;
    let redisPort = 0;
    const ways: TcpProxy[] = [await startTcpProxy(() => kafkaPort), await startTcpProxy(() => redisPort)];
    const [kafkaWay, redisWay] = ways as [TcpProxy, TcpProxy];
    // Clients are told of the broker's own address: only the first contact goes through the way.
    const { name, port, source, config } = await setUp({
      kafka: { brokers: [`127.0.0.1:${kafkaWay.port}`] },
      redis: { url: `redis://127.0.0.1:${redisWay.port}` },
    });
    const engine = parley(['run', '--publish', '--config', config], port);
    await expect.poll(async () => (await ready(engine)).reasons?.join(), WITHIN).toMatch(/Kafka.*Redis/);
    expect((await fetch(`${engine.url}/livez`)).status).toBe(200);
    kafkaPort = kafka.port;
    await expect
      .poll(async () => (await ready(engine)).reasons?.join(), WITHIN)
      .toMatch(/^(?!.*Kafka).*Redis/);
    redisPort = redis.port;
    await expect.poll(async () => (await ready(engine)).ready, WITHIN).toBe(true);
    await send(source, ['1', 'asked', 'c1'], ['2', 'answered', 'c1']);
    await expect.poll(() => matches(name), WITHIN).toEqual(['c1']);
    engine.child.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
    // Started again: nothing lost, nothing twice.
    const again = parley(['run', '--config', config], port);
    await send(source, ['3', 'asked', 'c2'], ['4', 'answered', 'c2']);
    await expect.poll(() => matches(name), WITHIN).toEqual(['c1', 'c2']);
    again.child.kill('SIGTERM');
    expect(await again.ended).toBe(0);
    for (const way of ways) await way.close();
  }, 120_000);

  test('stopped while it still waits for its services', async () => {
    const { port, config } = await setUp({ kafka: { brokers: ['127.0.0.1:1'] } });
    const engine = parley(['run', '--config', config], port);
    await expect.poll(async () => (await ready(engine)).reasons?.join(), WITHIN).toMatch(/Kafka/);
    engine.child.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
  });

  test('a broker without transaction version 2 is refused with one line', async () => {
    const old = await startKafkaBroker({ transactionVersion: 1 });
    try {
      const { port, config } = await setUp({ kafka: { brokers: [old.brokers] } });
      const engine = parley(['run', '--config', config], port);
      expect(await engine.ended).toBe(2);
      const lines = engine.output().trim().split('\n');
      expect(lines.at(-1)).toMatch(/transaction.version is 1, Parley needs 2.*\[PARLEY_BROKER_UNSUPPORTED\]$/);
      expect(engine.output()).not.toContain('    at ');
    } finally {
      await old.remove();
    }
  }, 90_000);

  test.each([
    {
      what: 'a changelog that would forget',
      topic: 'changelog.1', partitions: 2, settings: { 'cleanup.policy': 'delete' },
      says: /changelog\.1 has cleanup\.policy=delete; it must be compact\. \[PARLEY_TOPIC_SETTINGS\]/,
    },
    {
      what: 'another number of keyed partitions',
      topic: 'keyed.1', partitions: 3, settings: { 'cleanup.policy': 'delete' },
      says: /keyed\.1 has 3 partitions, the configuration says 2\. \[PARLEY_PARTITIONS_CHANGED\]/,
    },
  ])('$what is refused with one line', async ({ topic, partitions, settings, says }) => {
    const { name, port, config } = await setUp();
    await log.createTopic({ topic: `${name}.${topic}`, partitions, settings });
    const engine = parley(['run', '--config', config], port);
    expect(await engine.ended).toBe(2);
    expect(engine.output()).toMatch(says);
    expect(engine.output()).not.toContain('    at ');
  });

  test('a source that is not there, topics that may not be made: both are named', async () => {
    const missing = await setUp({ sources: [{ topic: 'nowhere' }] });
    const engine = parley(['run', '--config', missing.config], missing.port);
    expect(await engine.ended).toBe(2);
    expect(engine.output()).toContain('The source topic nowhere does not exist. [PARLEY_TOPIC_MISSING]');
    const { configuration, config, port, name } = await setUp();
    const kafkaNow = { ...configuration.kafka, createTopics: false };
    writeFileSync(config, JSON.stringify({ ...configuration, kafka: kafkaNow }));
    const second = parley(['run', '--config', config], port);
    expect(await second.ended).toBe(2);
    expect(second.output()).toContain(`Create the topic ${name}.derived with 2 partitions and`);
  });

  test('latest leaves alone what was there before the first start', async () => {
    const { name, port, source, config, configuration } = await setUp();
    const sources = [{ topic: source, start: 'latest' }];
    writeFileSync(config, JSON.stringify({ ...configuration, sources }));
    await send(source, ['1', 'asked', 'before'], ['2', 'answered', 'before']);
    const engine = parley(['run', '--publish', '--config', config], port);
    await expect.poll(async () => (await ready(engine)).ready, WITHIN).toBe(true);
    await send(source, ['3', 'asked', 'after'], ['4', 'answered', 'after']);
    await expect.poll(() => matches(name), WITHIN).toEqual(['after']);
  });

  test('state: inspect shows a key, verify compares, rebuild restores an emptied store', async () => {
    const { port, source, config, name } = await setUp();
    const engine = parley(['run', '--publish', '--config', config], port);
    await expect.poll(async () => (await ready(engine)).ready, WITHIN).toBe(true);
    await send(source, ['1', 'asked', 'open'], ['2', 'asked', 'c1'], ['3', 'answered', 'c1']);
    await expect.poll(() => matches(name), WITHIN).toEqual(['c1']);
    engine.child.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
    const state = async (...args: string[]): Promise<[number | null, string]> => {
      const command = parley(['state', ...args, '--config', config], port);
      return [await command.ended, command.output()];
    };
    const [code, shown] = await state('inspect', 'conversation_id=open');
    expect([code, shown]).toEqual([0, expect.stringContaining('pair')]);
    expect(await state('verify')).toEqual([0, expect.stringContaining('equal')]);
    await redis.kill();
    await redis.remove();
    redis = await startRedisServer();
    const configuration = JSON.parse(readFileSync(config, 'utf8')) as object;
    writeFileSync(config, JSON.stringify({ ...configuration, redis: { url: redis.url } }));
    const [differs, told] = await state('verify');
    expect([differs, told]).toEqual([1, expect.stringContaining('differ')]);
    const [rebuilt, progress] = await state('rebuild');
    expect([rebuilt, progress]).toEqual([0, expect.stringMatching(/4 of 4 tasks/)]);
    expect(await state('verify')).toEqual([0, expect.stringContaining('equal')]);
    expect(await state('inspect', 'conversation_id=open')).toEqual([0, shown]);
  }, 120_000);
});
