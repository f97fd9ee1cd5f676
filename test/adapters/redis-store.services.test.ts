import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectMemoryStore } from '../../src/adapters/memory/store.ts';
import { MemoryStoreServer } from '../../src/adapters/memory/store-server.ts';
import { openRedisStore } from '../../src/adapters/redis/redis-store.ts';
import type { TopicPartition } from '../../src/ports/event-log.ts';
import { StoreError, type StateChange, type StateStore } from '../../src/ports/state-store.ts';
import { fromLatin1, latin1 } from '../../src/event/bytes.ts';
import { encodeStateValue } from '../../src/task/state-value.ts';
import { startRedisCluster, startRedisServer } from '../rig/redis-server.ts';
import { startTcpProxy } from '../rig/tcp-proxy.ts';
import { certificates } from '../rig/certificates.ts';
import { freshName, ownRedis, redisUrl } from '../rig/services.ts';

const history = 'h1';
let taskNumber = 0;
const freshTask = (): TopicPartition => ({
  topic: freshName('keyed'),
  partition: taskNumber++ % 16,
});

function value(text: string, header: { due?: number; listed?: boolean } = {}): Uint8Array {
  const { due = null, listed = false } = header;
  return fromLatin1(encodeStateValue({ due, listed }, Buffer.from(text)));
}

/** A task that holds nothing yet, at seq 0. */
async function begun(store: StateStore): Promise<TopicPartition> {
  const task = freshTask();
  await store.beginRebuild(task, null, { token: 't0', history, clear: true, writtenAt: 1 });
  await store.finishRebuild(task, 't0', 0, { seq: 0, changelogOffset: 0, writtenAt: 1 });
  return task;
}

function write(seq: number, changes: readonly StateChange[]): Parameters<StateStore['apply']>[1] {
  return { history, from: seq, to: seq, changes, changelogOffset: seq * 10, writtenAt: seq };
}

describe.skipIf(!redisUrl)('redis state store', () => {
  let store: StateStore;
  beforeAll(async () => {
    store = await openRedisStore({ url: redisUrl, prefix: freshName('test') });
  });
  afterAll(() => store.close());

  test('values are bytes, whatever they hold, and come back by key with every owner', async () => {
    const task = await begun(store);
    const bytes = fromLatin1(encodeStateValue({ due: 12, listed: false }, randomBytes(300)));
    expect(
      await store.apply(
        task,
        write(1, [
          { key: 'conversation_id=ç{1}', owner: 'p/haggling/1f', value: bytes },
          { key: 'conversation_id=ç{1}', owner: 'dialogue', value: value('d') },
          { key: 'other', owner: 'dialogue', value: value('o') },
        ]),
      ),
    ).toBe('applied');
    const read = await store.read(task, ['conversation_id=ç{1}', 'nobody']);
    expect(read.position).toEqual({
      history,
      seq: 1,
      marker: null,
      changelogOffset: 10,
      writtenAt: 1,
    });
    expect(read.values[1]).toEqual([]);
    const owned = new Map(
      read.values[0]!.map(({ owner, value: held }) => [owner, Buffer.from(held)]),
    );
    expect(owned).toEqual(
      new Map([
        ['p/haggling/1f', Buffer.from(bytes)],
        ['dialogue', Buffer.from(value('d'))],
      ]),
    );
  });

  test('a batch of more changes than Lua takes arguments is applied whole', async () => {
    const task = await begun(store);
    const changes = Array.from({ length: 12_000 }, (_, index) => ({
      key: `k${index}`,
      owner: 'o',
      value: value('v', { due: index }),
    }));
    expect(await store.apply(task, write(1, changes))).toBe('applied');
    expect(await store.dueTimers(task, 11_998, Infinity, 10, null)).toHaveLength(2);
    expect(
      await store.apply(
        task,
        write(
          2,
          changes.map((change) => ({ ...change, value: null })),
        ),
      ),
    ).toBe('applied');
    expect((await store.scan(task, null, 100)).entries).toEqual([]);
  });

  test('pages of timers with one due time neither repeat nor skip, also when the last one is gone', async () => {
    const task = await begun(store);
    const keys = Array.from({ length: 25 }, (_, index) => `k${String(index).padStart(2, '0')}`);
    await store.apply(
      task,
      write(
        1,
        keys.map((key) => ({ key, owner: 'o', value: value('', { due: 500 }) })),
      ),
    );
    const first = await store.dueTimers(task, 0, 501, 10, null);
    expect(first.map(({ key }) => key)).toEqual(keys.slice(0, 10));
    await store.apply(task, write(2, [{ key: keys[9]!, owner: 'o', value: null }]));
    const second = await store.dueTimers(task, 0, 501, 10, first.at(-1)!);
    expect(second.map(({ key }) => key)).toEqual(keys.slice(10, 20));
    const third = await store.dueTimers(task, 0, 501, 10, second.at(-1)!);
    expect(third.map(({ key }) => key)).toEqual(keys.slice(20));
  });

  test('a clearing rebuild leaves nothing of what was held', async () => {
    const prefix = freshName('clear');
    const own = await openRedisStore({ url: redisUrl, prefix });
    const task = freshTask();
    await own.beginRebuild(task, null, { token: 'a', history, clear: true, writtenAt: 1 });
    const many = Array.from({ length: 2_500 }, (_, index) => ({
      key: `k${index}`,
      owner: 'o',
      value: value('v', { due: index, listed: true }),
    }));
    await own.rebuildChunk(task, 'a', 0, many);
    await own.finishRebuild(task, 'a', 1, { seq: 5, changelogOffset: 7, writtenAt: 2 });
    const at = await own.position(task);
    expect(
      await own.beginRebuild(task, at, { token: 'b', history: 'h2', clear: true, writtenAt: 3 }),
    ).toBe('begun');
    expect(await keysOf(prefix)).toEqual([`{${prefix}:${task.topic}:${task.partition}}:position`]);
    await own.rebuildChunk(task, 'b', 0, many.slice(0, 1));
    expect((await own.read(task, ['k1', 'k0'])).values.map((owned) => owned.length)).toEqual([0, 1]);
    await own.close();
  });

  test('values that a position does not stand beside are not taken over', async () => {
    const prefix = freshName('half');
    const own = await openRedisStore({ url: redisUrl, prefix });
    const task = await begun(own);
    await own.apply(task, write(1, [{ key: 'a', owner: 'o', value: value('1', { due: 5 }) }]));
    const { Redis } = await import('ioredis');
    const client = new Redis(redisUrl);
    await client.del(`{${prefix}:${task.topic}:${task.partition}}:position`);
    client.disconnect();
    const options = { token: 'b', history, clear: false, writtenAt: 3 };
    expect(await own.beginRebuild(task, null, options)).toBe('begun');
    expect((await own.read(task, ['a'])).values).toEqual([[]]);
    expect(await own.dueTimers(task, 0, 10, 10, null)).toEqual([]);
    await own.close();
  });

  test('after any writes it holds what the store in memory holds', async () => {
    const key = fc.constantFrom('a', 'ab', 'ç', 'b=1');
    const owner = fc.constantFrom('o', 'oo', 'p/x/1f', 'ö');
    const held = fc.option(
      fc.record({
        text: fc.string(),
        due: fc.option(fc.integer({ min: 0, max: 9 })),
        listed: fc.boolean(),
      }),
    );
    const change = fc.record({ key, owner, held });
    const changes = fc.uniqueArray(change, { selector: (one) => `${one.key} ${one.owner}` });
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { maxLength: 6 }), async (writes) => {
        const twin = connectMemoryStore(new MemoryStoreServer());
        const task = await begun(store);
        await twin.beginRebuild(task, null, { token: 't0', history, clear: true, writtenAt: 1 });
        await twin.finishRebuild(task, 't0', 0, { seq: 0, changelogOffset: 0, writtenAt: 1 });
        for (const [i, made] of writes.entries()) {
          const all = made.map(({ key, owner, held }) => ({
            key,
            owner,
            value: held && value(held.text, { listed: held.listed, ...(held.due !== null && { due: held.due }) }),
          }));
          for (const one of [store, twin]) expect(await one.apply(task, write(i + 1, all))).toBe('applied');
        }
        const [found, wanted] = await Promise.all([store, twin].map((one) => everythingIn(one, task)));
        expect(found).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  /** What each operation that reads tells of the keys and owners above. */
  async function everythingIn(one: StateStore, task: TopicPartition) {
    const { values } = await one.read(task, ['a', 'ab', 'ç', 'b=1', 'none']);
    const { entries } = await one.scan(task, null, 1_000);
    const lists = ['o', 'oo', 'p/x/1f', 'ö'].map((owner) => one.listed(task, owner, null, 100));
    return {
      values: values.map((owned) =>
        owned.map(({ owner, value: held }) => `${owner} ${latin1(held)}`).sort(),
      ),
      entries: entries.map(({ key, owner, value: held }) => `${key} ${owner} ${latin1(held ?? '')}`).sort(),
      timers: await one.dueTimers(task, 0, 10, 1_000, null),
      listed: (await Promise.all(lists)).map(({ keys }) => keys),
    };
  }

  async function keysOf(prefix: string): Promise<string[]> {
    const { Redis } = await import('ioredis');
    const client = new Redis(redisUrl);
    const keys = await client.keys(`{${prefix}:*`);
    client.disconnect();
    return keys;
  }

  test('a write whose answer is lost runs once, is reported as unknown, and its repetition says so', async () => {
    const proxy = await startTcpProxy(() => Number(new URL(redisUrl).port));
    const far = await openRedisStore({ url: `redis://127.0.0.1:${proxy.port}`, prefix: 'lost' });
    const task = await begun(far);
    const change = [{ key: 'k', owner: 'o', value: value('1') }];
    proxy.loseNextReply();
    await expect(far.apply(task, write(1, change))).rejects.toBeInstanceOf(StoreError);
    await expect
      .poll(() =>
        far.position(task).then(
          (at) => at?.seq,
          () => null,
        ),
      )
      .toBe(1);
    expect(await far.apply(task, write(1, change))).toBe('already');
    await far.close();
    await proxy.close();
  });

  test('a server that is cut off rejects at once, and is used again when it is back', async () => {
    const proxy = await startTcpProxy(() => Number(new URL(redisUrl).port));
    const far = await openRedisStore({ url: `redis://127.0.0.1:${proxy.port}`, prefix: 'cut' });
    const task = await begun(far);
    proxy.cut();
    await expect
      .poll(() => far.position(task).catch((error: unknown) => error))
      .toMatchObject({ code: 'UNAVAILABLE' });
    proxy.heal();
    await expect
      .poll(
        () =>
          far.position(task).then(
            (at) => at?.seq,
            () => null,
          ),
        { timeout: 15_000 },
      )
      .toBe(0);
    await far.close();
    await proxy.close();
  });

  test('nobody listening is one clear error', async () => {
    await expect(openRedisStore({ url: 'redis://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });
});

const LOCALE = 'tr_TR.UTF-8';
const localeFolder = mkdtempSync(join(tmpdir(), 'parley-locale-'));
/** False where the sources of locales are not installed. */
const hasLocale = madeLocale();
afterAll(() => rmSync(localeFolder, { recursive: true }));

function madeLocale(): boolean {
  const made = join(localeFolder, LOCALE);
  spawnSync('localedef', ['-c', '-i', 'tr_TR', '-f', 'UTF-8', made], { stdio: 'ignore' });
  return existsSync(join(made, 'LC_COLLATE'));
}

describe.skipIf(!ownRedis)('redis with TLS, ACL, or as a cluster', () => {
  test('TLS and an ACL user that may touch its prefix only', async () => {
    const server = await startRedisServer({
      tls: true,
      config: ['user default off', 'user parley on >secret ~{parley:* +@all -@admin'],
    });
    try {
      const url = `rediss://localhost:${server.tlsPort}`;
      const tls = { ca: certificates().certificate };
      const store = await openRedisStore({ url, tls, username: 'parley', password: 'secret' });
      const task = await begun(store);
      expect(await store.apply(task, write(1, [{ key: 'k', owner: 'o', value: value('1') }]))).toBe(
        'applied',
      );
      await store.close();

      await expect(
        openRedisStore({ url, tls, username: 'parley', password: 'wrong' }),
      ).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
      await expect(
        openRedisStore({ url, username: 'parley', password: 'secret' }),
      ).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining('certificate'),
      });
      const elsewhere = await openRedisStore({
        url,
        tls,
        username: 'parley',
        password: 'secret',
        prefix: 'other',
      });
      await expect(elsewhere.position(task)).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
      await elsewhere.close();
    } finally {
      await server.remove();
    }
  });

  test('tasks are spread over the nodes of a cluster, each whole on one', async () => {
    const cluster = await startRedisCluster();
    try {
      const store = await openRedisStore({ url: cluster.urls, cluster: true });
      for (let round = 0; round < 12; round++) {
        const task = await begun(store);
        const changes = ['a', 'b', 'c'].map((key) => ({
          key,
          owner: 'o',
          value: value(key, { due: 5, listed: true }),
        }));
        expect(await store.apply(task, write(1, changes))).toBe('applied');
        expect(
          (await store.read(task, ['a', 'b', 'c'])).values.map((owners) => owners.length),
        ).toEqual([1, 1, 1]);
        expect(await store.countListed(task, 'o')).toBe(3);
        expect(await store.dueTimers(task, 0, 6, 10, null)).toHaveLength(3);
      }
      await store.close();
    } finally {
      await cluster.remove();
    }
  });

  test('a server that would evict state is refused at start', async () => {
    const server = await startRedisServer({
      config: ['maxmemory 50mb', 'maxmemory-policy allkeys-lru'],
    });
    try {
      await expect(openRedisStore({ url: server.url })).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        message: expect.stringContaining('allkeys-lru'),
      });
    } finally {
      await server.remove();
    }
  });

  test.skipIf(!hasLocale)('timers have the order of their bytes, whatever the locale of the server', async () => {
    const environment = { LOCPATH: localeFolder, LC_ALL: LOCALE };
    const server = await startRedisServer({ environment });
    try {
      const { Redis } = await import('ioredis');
      const client = new Redis(server.url);
      // Upper case stands among lower case there, and before it in bytes.
      expect(await client.eval("return tostring('B' > 'a')", 0)).toBe('true');
      client.disconnect();
      const store = await openRedisStore({ url: server.url });
      const task = await begun(store);
      const timer = (key: string) => ({ key, owner: 'o', value: value('', { due: 5 }) });
      await store.apply(task, write(1, ['a', 'B', 'c', 'D'].map(timer)));
      const first = await store.dueTimers(task, 0, 6, 2, null);
      expect(first.map(({ key }) => key)).toEqual(['B', 'D']);
      await store.apply(task, write(2, [{ key: 'D', owner: 'o', value: null }]));
      const second = await store.dueTimers(task, 0, 6, 2, first.at(-1)!);
      expect(second.map(({ key }) => key)).toEqual(['a', 'c']);
      await store.close();
    } finally {
      await server.remove();
    }
  });

  test('a full server is reported as full', async () => {
    const server = await startRedisServer({
      config: ['maxmemory 3mb', 'maxmemory-policy noeviction'],
    });
    try {
      const store = await openRedisStore({ url: server.url });
      const task = await begun(store);
      const big = value('x'.repeat(100_000));
      const fill = async (): Promise<void> => {
        for (let seq = 1; seq < 100; seq++)
          await store.apply(task, write(seq, [{ key: `k${seq}`, owner: 'o', value: big }]));
      };
      await expect(fill()).rejects.toMatchObject({ code: 'FULL' });
      await store.close();
    } finally {
      await server.remove();
    }
  });
});
