import { type ChildProcess, spawn } from 'node:child_process';
import {
  mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { type KafkaBroker, startKafkaBroker } from '../rig/kafka-broker.ts';
import { type RedisServer, startRedisServer } from '../rig/redis-server.ts';
import { startTcpProxy, type TcpProxy } from '../rig/tcp-proxy.ts';
import { endProcess, ensureTool, freePort, until } from '../rig/tools.ts';
import { expectedOf, type InputEvent, judge, metaProblems, readTopic, type Verdict } from './oracle.ts';

const root = join(import.meta.dirname, '../..');
const SOURCE = 'chaos.events';
const PARTITIONS = 3;
const TICK_MS = 50;

/** The definitions under test: a pair, an absence, and one on level 2. */
const PATTERNS = {
  'accepted.yaml': `id: chaos-accepted
key: conversation_id
within: 4s
steps: [{as: proposal, on: chaos_proposal}, chaos_accept]
emit: {type: chaos_accepted, data: {meeting_id: "\${proposal.meeting_id}"}}
`,
  'unanswered.yaml': `id: chaos-unanswered
key: conversation_id
steps: [chaos_proposal, {not: chaos_accept, for: 4s}]
emit: chaos_unanswered
`,
  'confirmed.yaml': `id: chaos-confirmed
key: meeting_id
within: 1h
steps: [chaos_accepted]
emit: chaos_confirmed
`,
};

/** One engine process. */
export interface EngineProcess {
  readonly name: string;
  child: ChildProcess;
  readonly url: string;
  paused: boolean;
}

export interface WorldOptions {
  readonly engines: number;
  /** Events a second. */
  readonly rate: number;
  readonly random: () => number;
}

/** Services behind proxies, engines, and conversations that go on whatever happens. */
export class World {
  readonly kafka: KafkaBroker;
  readonly redis: RedisServer;
  readonly kafkaProxy: TcpProxy;
  readonly redisProxy: TcpProxy;
  readonly engines: EngineProcess[] = [];
  readonly prefix: string;
  readonly folder: string;
  readonly #options: WorldOptions;
  readonly #log: EventLog;
  #producing: Promise<void> = Promise.resolve();
  #stopped = false;
  /** Multiplies duplicates of the input while a fault wants it. */
  disorder = 1;
  /** Answers come up to so much later than they were made, ms: less than the allowed lateness. */
  shuffleMs = 0;
  #heldBack: { readonly until: number; readonly event: InputEvent }[] = [];
  #changes = 0;
  #conversations = 0;
  #open: { id: string; meeting: string; at: number; answers: boolean }[] = [];
  #sent: InputEvent[] = [];
  #engineCount = 0;

  private constructor(
    options: WorldOptions,
    parts: Pick<World, 'kafka' | 'redis' | 'kafkaProxy' | 'redisProxy' | 'folder' | 'prefix'>,
    log: EventLog,
  ) {
    this.#options = options;
    this.kafka = parts.kafka;
    this.redis = parts.redis;
    this.kafkaProxy = parts.kafkaProxy;
    this.redisProxy = parts.redisProxy;
    this.folder = parts.folder;
    this.prefix = parts.prefix;
    this.#log = log;
  }

  static async start(options: WorldOptions): Promise<World> {
    await ensureTool('kcat', 'kcat');
    await ensureTool('faketime', 'faketime');
    const folder = mkdtempSync(join(tmpdir(), 'parley-chaos-'));
    const port = await freePort();
    const kafkaProxy = await startTcpProxy(() => port);
    const kafka = await startKafkaBroker({ port, advertisedPort: kafkaProxy.port });
    const redis = await startRedisServer();
    const redisProxy = await startTcpProxy(() => redis.port);
    const prefix = `chaos${process.pid.toString(36)}${Date.now().toString(36)}.`;
    // The input comes by a client of its own; the proxy cuts it off too, and it tries again.
    const log = await openKafkaLog({ brokers: [`127.0.0.1:${kafkaProxy.port}`], clientId: 'chaos' });
    await log.createTopic({ topic: SOURCE, partitions: PARTITIONS, settings: {} });
    const parts = { kafka, redis, kafkaProxy, redisProxy, folder, prefix };
    const world = new World(options, parts, log);
    world.#writeFiles();
    for (let i = 0; i < options.engines; i++) await world.addEngine();
    await world.allReady(60_000);
    world.#producing = world.#produce();
    return world;
  }

  #writeFiles(): void {
    const patterns = join(this.folder, 'patterns');
    mkdirSync(patterns);
    for (const [name, text] of Object.entries(PATTERNS)) writeFileSync(join(patterns, name), text);
  }

  async addEngine(): Promise<EngineProcess> {
    const name = `engine-${++this.#engineCount}`;
    const port = await freePort();
    const engine = { name, url: `http://127.0.0.1:${port}`, paused: false };
    const started: EngineProcess = { ...engine, child: this.#spawn(name, port) };
    this.engines.push(started);
    return started;
  }

  #spawn(name: string, port: number): ChildProcess {
    const config = join(this.folder, `${name}.json`);
    const configuration = {
      application: this.prefix.replaceAll('.', ''),
      topicPrefix: this.prefix,
      keyedPartitions: 4,
      dataFolder: join(this.folder, name),
      patterns: join(this.folder, 'patterns'),
      sources: [{ topic: SOURCE, start: 'earliest' }],
      time: { allowedLateness: '1s' },
      kafka: {
        brokers: [`127.0.0.1:${this.kafkaProxy.port}`],
        sessionTimeout: '6s',
        transactionTimeout: '6s',
      },
      redis: { url: `redis://127.0.0.1:${this.redisProxy.port}`, commandTimeout: '2s' },
      api: { port },
      places: { enabled: false },
      logLevel: 'warn',
    };
    writeFileSync(config, JSON.stringify(configuration));
    this.setClock({ name }, 0);
    const out = openSync(join(this.folder, `${name}.log`), 'a');
    const args = [join(root, 'src/cli/parley.js'), 'run', '--publish', '--config', config];
    const env = { ...process.env, ...this.#clockEnvironment(name) };
    return spawn(process.execPath, args, { cwd: root, stdio: ['ignore', out, out], env });
  }

  /** The process looks at a wall clock of its own, read from a file; time passes as it does. */
  #clockEnvironment(name: string): { readonly [variable: string]: string } {
    return {
      // $LIB is for the loader.
      LD_PRELOAD: '/usr/$LIB/faketime/libfaketimeMT.so.1',
      FAKETIME_TIMESTAMP_FILE: this.#clockFile(name),
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  #clockFile(name: string): string {
    return join(this.folder, `${name}.clock`);
  }

  /** Sets the wall clock of an engine so far ahead of the real one, or behind it. */
  setClock({ name }: Pick<EngineProcess, 'name'>, aheadSeconds: number): void {
    const file = this.#clockFile(name);
    writeFileSync(`${file}.new`, `${aheadSeconds < 0 ? '' : '+'}${aheadSeconds}\n`);
    renameSync(`${file}.new`, file);
  }

  /** Starts a process again that was killed. */
  restart(engine: EngineProcess): void {
    engine.paused = false;
    engine.child = this.#spawn(engine.name, Number(new URL(engine.url).port));
  }

  async removeEngine(engine: EngineProcess): Promise<void> {
    this.engines.splice(this.engines.indexOf(engine), 1);
    engine.child.kill('SIGCONT');
    await endProcess(engine.child, 'SIGTERM');
  }

  /** Ready by their own account, all tasks open. */
  async allReady(timeoutMs: number): Promise<void> {
    for (const engine of this.engines) {
      await until(`${engine.name} to be ready`, () => isReady(engine.url), timeoutMs, 200).catch(
        async (error: unknown) => {
          const says = await readyText(engine.url);
          throw new Error(`${String(error)}\n${says}\n${this.#logTail(engine)}`);
        },
      );
    }
  }

  #logTail({ name }: EngineProcess): string {
    const lines = readFileSync(join(this.folder, `${name}.log`), 'utf8').split('\n').slice(-20);
    return lines.map((line) => line.slice(0, 300)).join('\n');
  }

  get sent(): number {
    return this.#sent.length;
  }

  async #produce(): Promise<void> {
    const { rate } = this.#options;
    const begin = performance.now();
    let made = 0;
    while (!this.#stopped) {
      const due = Math.floor(((performance.now() - begin) / 1_000) * rate);
      const batch = this.#released();
      while (made < due) {
        made++;
        batch.push(...this.#nextEvents());
      }
      if (batch.length > 0) await this.#append(batch);
      await sleep(TICK_MS);
    }
  }

  /** A conversation opens, or an open one is answered well before its deadline. */
  #nextEvents(): InputEvent[] {
    const { random } = this.#options;
    const now = Date.now();
    const index = this.#open.findIndex(({ at }) => now - at > 300);
    const due = index >= 0 ? this.#open[index] : undefined;
    let event: InputEvent;
    if (due !== undefined && random() < 0.6) {
      this.#open.splice(index, 1);
      const type = due.answers ? 'chaos_accept' : 'chaos_chat';
      event = { id: `${due.id}-2`, type, time: now, conversation_id: due.id, meeting_id: due.meeting };
    } else {
      const id = `c${this.#conversations++}`;
      const meeting = `m${id}`;
      this.#open.push({ id, meeting, at: now, answers: random() < 0.6 });
      event = { id: `${id}-1`, type: 'chaos_proposal', time: now, conversation_id: id, meeting_id: meeting };
    }
    if (this.shuffleMs > 0 && event.type !== 'chaos_proposal') {
      this.#heldBack.push({ until: now + random() * this.shuffleMs, event });
      return [];
    }
    return random() < 0.01 * this.disorder ? [event, event] : [event];
  }

  #released(): InputEvent[] {
    const now = Date.now();
    const ready = this.#heldBack.filter(({ until }) => until <= now);
    this.#heldBack = this.#heldBack.filter(({ until }) => until > now);
    return ready.map(({ event }) => event);
  }

  /** Proposals of an hour ago that nobody answers. */
  async sendVeryLate(count: number): Promise<void> {
    const time = Date.now() - 3_600_000;
    const events = Array.from({ length: count }, (): InputEvent => {
      const id = `c${this.#conversations++}`;
      return { id: `${id}-1`, type: 'chaos_proposal', time, conversation_id: id, meeting_id: `m${id}` };
    });
    await this.#append(events);
  }

  /** New versions of all patterns, which derive what the ones before derived. */
  changePatterns(): void {
    this.#changes++;
    for (const [name, text] of Object.entries(PATTERNS)) {
      const changed = text.replace('\n', `\nversion: ${this.#changes + 1}\n`);
      writeFileSync(join(this.folder, 'patterns', name), changed);
    }
  }

  /** Until the broker took it: a record sent twice after a lost answer is a duplicate like others. */
  async #append(events: readonly InputEvent[]): Promise<void> {
    const batches = Array.from({ length: PARTITIONS }, (_, partition) => ({
      topic: SOURCE,
      partition,
      records: events
        .filter((event) => Number(event.conversation_id.slice(1)) % PARTITIONS === partition)
        .map((event) => ({
          key: null,
          value: Buffer.from(JSON.stringify(event)),
          headers: null,
          timestamp: Date.now(),
        })),
    })).filter(({ records }) => records.length > 0);
    for (;;) {
      try {
        await this.#log.append(batches);
        this.#sent.push(...events);
        return;
      } catch {
        await sleep(200);
      }
    }
  }

  /** Sends records that are no events, past the generator. */
  async poison(texts: readonly string[]): Promise<void> {
    const records = texts.map((text) => ({
      key: null,
      value: Buffer.from(text),
      headers: null,
      timestamp: Date.now(),
    }));
    await this.#log.append([{ topic: SOURCE, partition: 0, records }]);
  }

  /** Ends the input, waits until everything is derived, and judges. */
  async finish(timeoutMs = 60_000): Promise<Verdict & { readonly metaProblems: readonly string[] }> {
    this.#stopped = true;
    await this.#producing;
    await this.#append(this.#heldBack.splice(0).map(({ event }) => event));
    const address = `127.0.0.1:${this.kafkaProxy.port}`;
    const input = await readTopic(address, SOURCE);
    const events = input.flatMap(({ value }) => {
      try {
        const event = JSON.parse(value) as InputEvent;
        return typeof event.conversation_id === 'string' ? [event] : [];
      } catch {
        return [];
      }
    });
    const expected = expectedOf(events);
    let verdict = judge(expected, []);
    await until(
      'everything to be derived',
      async () => {
        verdict = judge(expected, await readTopic(address, `${this.prefix}derived`));
        return verdict.missing.length === 0;
      },
      timeoutMs,
      500,
    ).catch(() => {});
    // What comes after everything expected is there would be doubled.
    await sleep(1_500);
    verdict = judge(expected, await readTopic(address, `${this.prefix}derived`));
    const metas = [
      ...metaProblems(await readTopic(address, `${this.prefix}changelog.1`)),
      ...metaProblems(await readTopic(address, `${this.prefix}changelog.2`)),
    ];
    return { ...verdict, metaProblems: metas };
  }

  async close(): Promise<void> {
    this.#stopped = true;
    this.kafkaProxy.heal();
    this.redisProxy.heal();
    for (const { child } of this.engines) {
      child.kill('SIGCONT');
      await endProcess(child, 'SIGKILL');
    }
    await this.#producing;
    await this.#log.close();
    await this.kafkaProxy.close();
    await this.redisProxy.close();
    await this.kafka.remove();
    await this.redis.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** What an engine says it waits for. */
function readyText(url: string): Promise<string> {
  return fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
    (answer) => answer.text(),
    String,
  );
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
