import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { endProcess } from '../rig/tools.ts';
import { sleep, type World } from './world.ts';

/** A row of the failure matrix: does the damage, and heals it before it resolves. */
export type Fault = (world: World, random: () => number) => Promise<void>;

/** Longer than a group session (6 s). */
const BEYOND_SESSION_MS = 9_000;

function anyEngine(world: World, random: () => number) {
  const engine = world.engines[Math.floor(random() * world.engines.length)];
  if (engine === undefined) throw new Error('no engine is running');
  return engine;
}

async function askRedis(world: World, ask: (client: Redis) => Promise<unknown>): Promise<void> {
  const client = new Redis(world.redis.port, '127.0.0.1', { maxRetriesPerRequest: 3 });
  try {
    await ask(client);
  } finally {
    client.disconnect();
  }
}

export const FAULTS: { readonly [name: string]: Fault } = {
  async 'engine kill -9'(world, random) {
    const engine = anyEngine(world, random);
    await endProcess(engine.child, 'SIGKILL');
    await sleep(random() * 1_000);
    world.restart(engine);
  },

  async 'engine stopped beyond its session, then continued'(world, random) {
    const engine = anyEngine(world, random);
    engine.child.kill('SIGSTOP');
    await sleep(BEYOND_SESSION_MS);
    engine.child.kill('SIGCONT');
  },

  async 'Redis kill -9'(world, random) {
    await world.redis.kill();
    await sleep(random() * 2_000);
    await world.redis.start();
  },

  async 'Redis rolled back to an older dump'(world) {
    const older = join(world.folder, 'older-redis');
    rmSync(older, { recursive: true, force: true });
    await world.redis.stop();
    cpSync(world.redis.folder, older, { recursive: true });
    await world.redis.start();
    await sleep(2_500);
    await world.redis.kill();
    for (const name of readdirSync(world.redis.folder).filter((file) => /aof|append/.test(file))) {
      rmSync(join(world.redis.folder, name), { recursive: true, force: true });
      cpSync(join(older, name), join(world.redis.folder, name), { recursive: true });
    }
    await world.redis.start();
  },

  async 'FLUSHALL'(world) {
    await askRedis(world, (client) => client.flushall());
  },

  async 'Redis slow, then out of reach'(world) {
    world.redisProxy.delay(300);
    await sleep(3_000);
    world.redisProxy.delay(0);
    world.redisProxy.cut();
    await sleep(4_000);
    world.redisProxy.heal();
  },

  async 'a reply of Redis lost'(world) {
    for (let i = 0; i < 5; i++) {
      world.redisProxy.loseNextReply();
      await sleep(300);
    }
    world.redisProxy.heal();
  },

  async 'Redis stopped, then continued'(world) {
    world.redis.pause();
    await sleep(5_000);
    world.redis.resume();
  },

  async 'broker slow'(world) {
    world.kafkaProxy.delay(300);
    await sleep(4_000);
    world.kafkaProxy.delay(0);
  },

  async 'broker stopped beyond sessions and transactions, then continued'(world) {
    world.kafka.pause();
    await sleep(BEYOND_SESSION_MS);
    world.kafka.resume();
  },

  async 'broker kill -9 and restart'(world, random) {
    await world.kafka.kill();
    await sleep(random() * 1_000);
    await world.kafka.start();
  },

  async 'broker out of reach'(world) {
    world.kafkaProxy.cut();
    await sleep(4_000);
    world.kafkaProxy.heal();
  },

  async 'a reply of the broker lost'(world) {
    for (let i = 0; i < 5; i++) {
      world.kafkaProxy.loseNextReply();
      await sleep(400);
    }
    world.kafkaProxy.heal();
  },

  async 'members come and go'(world) {
    for (let i = 0; i < 2; i++) {
      const guest = await world.addEngine();
      await sleep(4_000);
      await world.removeEngine(guest);
    }
  },

  async 'wall clock an hour off, then right again'(world, random) {
    const engine = anyEngine(world, random);
    world.setClock(engine, random() < 0.5 ? 3_600 : -3_600);
    await sleep(5_000);
    world.setClock(engine, 0);
    await sleep(2_000);
  },

  async 'duplicated input'(world) {
    world.disorder = 40;
    await sleep(3_000);
    world.disorder = 1;
  },

  async 'out-of-order and very late input'(world) {
    world.shuffleMs = 600;
    await sleep(2_000);
    await world.sendVeryLate(5);
    await sleep(1_000);
    world.shuffleMs = 0;
    await sleep(1_000);
  },

  async 'patterns changed in the middle of it'(world) {
    world.changePatterns();
    await sleep(2_500);
  },

  async 'poison records'(world) {
    await world.poison([
      'not json', '{"type":', '42', '[]', '{"type":7}', '\u0000', 'x'.repeat(900_000),
      `{"type":"chaos_proposal","deep":${'['.repeat(500)}${']'.repeat(500)}}`,
      `{"type":"chaos_proposal","conversation_id":{"a":1},"time":"never"}`,
    ]);
  },

  async 'backlog after an outage: all engines stopped over the deadline'(world) {
    for (const { child } of world.engines) await endProcess(child, 'SIGKILL');
    await sleep(7_000);
    for (const engine of world.engines) world.restart(engine);
  },
};
