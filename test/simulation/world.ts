import { MemoryCluster } from '../../src/adapters/memory/cluster.ts';
import { connectMemoryLog } from '../../src/adapters/memory/log.ts';
import { connectMemoryStore } from '../../src/adapters/memory/store.ts';
import type { MemoryGroup } from '../../src/adapters/memory/groups.ts';
import {
  ALL_STORE_GUARDS,
  MemoryStoreServer,
  type StoreGuards,
} from '../../src/adapters/memory/store-server.ts';
import { perfectLink } from '../../src/adapters/memory/link.ts';
import { openDefinitionRegistry } from '../../src/engine/definitions.ts';
import { createEngine, type Engine, type EngineConfiguration } from '../../src/engine/engine.ts';
import { ALL_GUARDS, type Guards } from '../../src/engine/guards.ts';
import { steadyClock } from '../../src/engine/steady-clock.ts';
import { openTopology } from '../../src/engine/topology.ts';
import type { EngineTuning } from '../../src/engine/tuning.ts';
import { defaultConfiguration } from '../../src/event/configuration.ts';
import { partitionOf } from '../../src/event/topics.ts';
import {
  type EventLog,
  LogError,
  type OutgoingRecord,
  type TopicPartition,
} from '../../src/ports/event-log.ts';
import { type Plan, type PlannedFault, WALL_START } from './plan.ts';
import { faultyLink, type LinkFaults, NO_FAULTS, SimProcess, type Strikes } from './process.ts';
import { testPrograms, type TestDefinitions, type TestEvent } from './program.ts';
import { Rng } from './rng.ts';
import { Scheduler } from './scheduler.ts';

/** What a test of the tests leaves out, at the engine or at a server. */
export interface Variant {
  readonly guards?: Partial<Guards>;
  readonly storeGuards?: Partial<StoreGuards>;
  /** `none`: nobody checks; `member`: the generation is that of the moment. */
  readonly groupCheck?: 'none' | 'member';
  readonly transactionVersion?: 1 | 2;
  /** Tasks believe at any time that they have read everything. */
  readonly alwaysCaughtUp?: boolean;
  /** All readers see what is not committed. */
  readonly readUncommitted?: boolean;
}

export const SOURCE = 'source';
const GROUP = 'test';
const SESSION_MS = 700;

const UNREACHABLE: LinkFaults = { ...NO_FAULTS, lost: 1 };

const TUNING: Partial<EngineTuning> = {
  pollMs: 600,
  tickMs: 250,
  timeOnlyIntervalMs: 350,
  definitionsMs: 1_500,
  storeCheckMs: 900,
  trimMs: 1_500,
  timerWindowMs: 2_000,
  timersMax: 2,
  rebuildChunkMax: 2,
  retryMs: 20,
  retryMaxMs: 300,
};

/** Between writes of a task to the store, where it wants them apart. */
const STORE_WRITE_EVERY_MS = 400;

interface Running {
  readonly process: SimProcess;
  readonly engine: Engine | null;
}

/** Brokers, stores and processes of one history. */
export class World {
  readonly plan: Plan;
  readonly scheduler = new Scheduler();
  readonly cluster: MemoryCluster;
  readonly server: MemoryStoreServer;
  readonly config: EngineConfiguration;
  readonly problems: string[] = [];
  readonly trace: string[] = [];
  readonly #rng: Rng;
  readonly #variant: Variant;
  readonly #running: Running[] = [];
  /** Faults that wait for a request. */
  readonly #armed: PlannedFault[] = [];
  readonly #downUntil = { logFaults: 0, storeFaults: 0 };
  readonly #inputs = new Set([SOURCE, 'parley.keyed.1', 'parley.keyed.2']);
  /** How far the wall clock was set ahead. */
  #jumped = 0;
  #healed = false;
  #started = 0;
  #ids = 0;
  #stamps = 0;

  constructor(plan: Plan, variant: Variant) {
    this.plan = plan;
    this.#variant = variant;
    this.#rng = new Rng(plan.seed ^ 0x5eed);
    const wall = (): number => WALL_START + this.#jumped + Math.floor(this.scheduler.now);
    this.cluster = new MemoryCluster({
      clock: {
        now: wall,
        monotonic: () => this.scheduler.now,
        sleep: (ms) => this.scheduler.sleep(ms),
      },
      rebalanceTimeoutMs: 1_500,
      transactionVersion: variant.transactionVersion ?? 2,
      deliverMarker: (deliver) => {
        const delay = this.#rng.below(plan.markerDelayMs + 1);
        this.scheduler.after(delay, deliver);
      },
      order: (members) => this.#rng.shuffled(members),
    });
    this.server = new MemoryStoreServer({
      guards: { ...ALL_STORE_GUARDS, ...variant.storeGuards },
      keepUndo: true,
    });
    const defaults = defaultConfiguration();
    this.config = {
      ...defaults,
      application: GROUP,
      keyedPartitions: plan.partitions,
      outputPartitions: plan.partitions,
      sources: [{ topic: SOURCE, order: 'arrival', start: 'earliest' }],
      time: { ...defaults.time, allowedLateness: 500 },
      kafka: { ...defaults.kafka, transactionTimeout: 1_500 },
      limits: {
        ...defaults.limits,
        memoryBytes: 2 * plan.memoryBytes,
        fetchBytes: plan.fetchBytes ?? 1_000_000,
      },
    };
  }

  async open(): Promise<void> {
    const settings = { 'cleanup.policy': 'delete' };
    const { partitions } = this.plan;
    this.cluster.createTopic({ topic: SOURCE, partitions, settings });
    await openTopology(connectMemoryLog(this.cluster), this.config);
    const group = this.cluster.group(GROUP);
    if (this.#variant.groupCheck === 'none') group.check = () => {};
    if (this.#variant.groupCheck === 'member') this.#rejoinByItself(group);
    for (const event of this.plan.events) {
      const at = event.sent ?? event.time - WALL_START + this.#rng.below(20);
      this.scheduler.after(at, () => this.#send(event));
    }
    for (const fault of this.plan.faults) {
      this.scheduler.after(fault.at, () => this.#inject(fault));
    }
    for (let i = 0; i < this.plan.processes; i++) {
      this.scheduler.after(this.#rng.below(300), () => this.#startProcess());
    }
    this.scheduler.after(this.plan.healAt, () => this.#heal());
    this.#sweepSessions();
  }

  note(text: string): void {
    this.trace.push(`${String(Math.floor(this.scheduler.now)).padStart(6)} ${text}`);
  }

  engines(): Engine[] {
    return this.#running.flatMap(({ process, engine }) => (process.alive && engine ? [engine] : []));
  }

  async stop(): Promise<void> {
    for (const { process } of this.#running) process.kill();
  }

  #send(event: TestEvent): void {
    const key = Buffer.from(event.key);
    const record: OutgoingRecord = {
      key,
      value: Buffer.from(JSON.stringify(event)),
      headers: null,
      timestamp: event.time,
    };
    const partition = partitionOf(key, this.plan.partitions);
    this.note(`input ${event.id} ${event.kind} ${event.key} at ${event.time - WALL_START}`);
    this.cluster.append([{ topic: SOURCE, partition, records: [record] }], null);
  }

  #startProcess(): void {
    const name = `p${this.#started++}`;
    const { plan } = this;
    const wall = (): number => this.cluster.options.clock.now();
    const process = new SimProcess(name, this.scheduler, wall);
    const clock = plan.steadyClocks ? steadyClock(process.clock) : process.clock;
    const trace = (text: string): void => this.note(text);
    const faultsOf = (which: 'logFaults' | 'storeFaults') => (): LinkFaults => {
      if (this.#healed) return NO_FAULTS;
      return this.scheduler.now < this.#downUntil[which] ? UNREACHABLE : plan[which];
    };
    const strikes = this.#strikes();
    const link = (which: 'logFaults' | 'storeFaults') =>
      faultyLink(process, this.scheduler, this.#rng, faultsOf(which), strikes, trace);
    const plain = connectMemoryLog(this.cluster, link('logFaults'));
    const log = this.#variantOf(plain);
    const store = connectMemoryStore(
      this.server,
      link('storeFaults'),
      // As with Redis in every other history.
      this.plan.seed % 2 === 0 ? STORE_WRITE_EVERY_MS : 0,
    );
    this.note(`${name} starts`);
    const index = this.#running.push({ process, engine: null }) - 1;
    const begin = async (): Promise<void> => {
      const { topicPrefix: prefix } = this.config;
      const registry = await openDefinitionRegistry(log, { prefix, now: process.clock.now });
      const engine = createEngine<TestDefinitions>({
        log,
        store,
        clock,
        registry,
        compile: async ({ revision }) => ({ revision }),
        programs: testPrograms({ stamp: () => `${name}.${this.#stamps++}` }),
        config: this.config,
        metrics: { count() {}, set() {}, observe() {} },
        tuning: TUNING,
        newId: () => `${name}.${this.#ids++}`,
        guards: { ...ALL_GUARDS, ...this.#variant.guards },
      });
      this.#running[index] = { process, engine };
      await engine.start();
      this.note(`${name} is open`);
    };
    begin().catch((error: unknown) => {
      if (error instanceof LogError) {
        process.kill();
        this.scheduler.after(100, () => this.#startProcess());
      } else {
        this.problems.push(`${name} failed: ${String(error)}`);
      }
    });
  }

  #variantOf(log: EventLog): EventLog {
    if (this.#variant.readUncommitted) {
      return { ...log, openReader: () => log.openReader('uncommitted') };
    }
    if (!this.#variant.alwaysCaughtUp) return log;
    const isInput = ({ topic }: TopicPartition): boolean => this.#inputs.has(topic);
    return {
      ...log,
      endOffsets: async (partitions, isolation) => {
        const ends = await log.endOffsets(partitions, isolation);
        // More than one partition: the question of the housekeeping, not that of an opening.
        if (partitions.length === 1) return ends;
        return ends.map((end, i) => (isInput(partitions[i] as TopicPartition) ? 0 : end));
      },
    };
  }

  #inject(fault: PlannedFault): void {
    const live = this.#running.filter((one) => one.process.alive);
    const chosen = live[fault.a % Math.max(1, live.length)];
    const task = this.#taskOf(fault.a);
    this.note(`fault ${fault.kind} ${chosen?.process.name ?? ''} ${task.topic}/${task.partition}`);
    switch (fault.kind) {
      case 'kill':
        if (chosen) this.#kill(chosen.process, fault);
        break;
      case 'pause':
        if (chosen) this.#pause(chosen.process, fault);
        break;
      case 'kill-at':
      case 'pause-at':
      case 'late-at':
        this.#armed.push(fault);
        break;
      case 'jump':
        this.#jumped += fault.a * 86_400_000;
        break;
      case 'kick': {
        const members = this.cluster.group(GROUP).members;
        const member = members[fault.a % Math.max(1, members.length)];
        if (member) this.cluster.group(GROUP).remove(member.id, 'lost');
        break;
      }
      case 'disturb':
        this.cluster.group(GROUP).disturb();
        break;
      case 'fence':
        if (chosen) this.#fence(chosen.process.name);
        break;
      case 'rollback':
        this.server.rollBack(task, 1 + (fault.b % 5));
        break;
      case 'flush':
        if (fault.b % 2 === 0) this.server.flush();
        else this.server.flush(task);
        break;
      case 'foreign':
        this.#makeForeign(task);
        break;
      case 'compact':
        this.cluster.compact(`parley.changelog.${1 + (fault.a % 2)}`);
        this.cluster.compact('parley.progress');
        break;
      case 'store-down':
        this.#downUntil.storeFaults = this.scheduler.now + fault.b * 20;
        break;
      case 'log-down':
        this.#downUntil.logFaults = this.scheduler.now + fault.b * 20;
        break;
      case 'publish':
        void this.#publish(fault.at);
        break;
    }
  }

  #kill(process: SimProcess, { b }: PlannedFault): void {
    process.kill();
    this.scheduler.after(50 + b * 10, () => this.#startProcess());
  }

  #pause(process: SimProcess, { b }: PlannedFault): void {
    process.pause();
    this.scheduler.after(100 + b * 20, () => process.resume());
  }

  #strikes(): Strikes {
    const take = (kinds: readonly string[], operation: string): PlannedFault | null => {
      const at = this.#armed.findIndex(
        (one) => one.operation === operation && kinds.includes(one.kind),
      );
      return at < 0 || this.#healed ? null : (this.#armed.splice(at, 1)[0] ?? null);
    };
    return {
      pushDelay: () => this.#rng.below((this.#healed ? 3 : this.plan.notifyDelayMs) + 1),
      onRequest: ({ name }, operation) => {
        const fault = take(['late-at'], operation);
        if (fault === null) return 0;
        this.note(`${name} ${operation}: late`);
        return 401 + fault.b * 30;
      },
      onReply: (process, operation) => {
        const fault = process.alive ? take(['kill-at', 'pause-at'], operation) : null;
        if (fault === null) return;
        this.note(`${process.name} ${fault.kind} ${operation}`);
        if (fault.kind === 'kill-at') this.#kill(process, fault);
        else this.#pause(process, fault);
      },
    };
  }

  /** Task of level 1 or 2 by number. */
  #taskOf(n: number): TopicPartition {
    const topic = `parley.keyed.${1 + (n % 2)}`;
    return { topic, partition: Math.floor(n / 2) % this.plan.partitions };
  }

  /**
   * A client library that rejoins behind the back of the engine, as kafkajs does, and commits with
   * the generation it has then.
   */
  #rejoinByItself(group: MemoryGroup): void {
    const join = group.join.bind(group);
    group.join = (known, member, reply) => {
      const notify = (why: 'rebalance' | 'lost'): void => {
        member.notify(why);
        if (why === 'lost' || this.#healed) return;
        this.scheduler.after(1, () => {
          const mine = group.members.find((one) => one.client === member.client);
          if (mine) join(mine.id, { ...member, notify }, () => {});
        });
      };
      join(known, { ...member, notify }, reply);
    };
    group.check = (identity) => {
      if (group.members.some((one) => one.id === identity.member)) return;
      throw new LogError('FENCED', 'UNKNOWN_MEMBER_ID', { definite: true });
    };
  }

  #fence(name: string): void {
    const id = `${GROUP}.${name}`;
    for (const held of this.cluster.transactions.ids()) {
      if (!held.startsWith(`${id}.`)) continue;
      try {
        this.cluster.transactions.init(held, 1_500);
      } catch {
        // Markers of its last transaction are on their way: it is fenced all the same.
      }
    }
  }

  /** What another application left in the store: plausible, and wrong. */
  #makeForeign(task: TopicPartition): void {
    const held = this.server.position(task);
    if (held === null) return;
    const entries = this.server.scan(task);
    this.server.flush(task);
    const history = 'foreign';
    this.server.beginRebuild(task, null, { token: 'x', history, clear: true, writtenAt: 0 });
    const wrong = entries.filter((one) => one.owner === 'wait');
    this.server.rebuildChunk(task, 'x', 0, wrong);
    this.server.finishRebuild(task, 'x', 1, held);
  }

  async #publish(n: number): Promise<void> {
    const registry = await openDefinitionRegistry(connectMemoryLog(this.cluster, perfectLink()), {
      prefix: this.config.topicPrefix,
      now: () => this.cluster.options.clock.now(),
    });
    const replaces = registry.current().entries.find((one) => one.enabled)?.digest ?? null;
    await registry.publish({ id: 'd', kind: 'pattern', source: `version ${n}`, replaces });
  }

  /** The coordinator notices members that are silent. */
  #sweepSessions(): void {
    const silent = new Map<string, number>();
    const sweep = (): void => {
      const group = this.cluster.group(GROUP);
      const now = this.scheduler.now;
      for (const { id, client } of group.members) {
        const process = this.#running.find((one) => one.process.name === client)?.process;
        if (process === undefined || (process.alive && !process.paused)) {
          silent.delete(id);
        } else {
          const since = silent.get(id) ?? now;
          silent.set(id, since);
          if (now - since >= SESSION_MS) group.remove(id, 'lost');
        }
      }
      this.scheduler.after(200, sweep);
    };
    this.scheduler.after(200, sweep);
  }

  #heal(): void {
    this.note('healed');
    this.#healed = true;
    for (const { process } of this.#running) if (process.paused) process.resume();
    if (!this.#running.some(({ process }) => process.alive)) this.#startProcess();
  }
}
