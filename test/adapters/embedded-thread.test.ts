import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeBatch } from '../../src/adapters/embedded/blob.ts';
import { type EmbeddedOptions, openEmbedded } from '../../src/adapters/embedded/embedded.ts';
import { DataFolder } from '../../src/adapters/embedded/thread/data-folder.ts';
import { openDatabase } from '../../src/adapters/embedded/thread/database.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { encodeMeta, encodeStateKey, META_KEY } from '../../src/ports/changelog.ts';
import type { OutgoingRecord } from '../../src/ports/event-log.ts';
import { type Bytes, fromLatin1 } from '../../src/event/bytes.ts';
import { encodeStateValue } from '../../src/task/state-value.ts';

const clock = systemClock();
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((one) => rmSync(one, { recursive: true, force: true })));

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'parley-'));
  folders.push(made);
  return made;
}

const at = { topic: 'parley.derived', partition: 0 };
const source = { topic: 'events', partition: 0 };
const task = { topic: 'parley.keyed.1', partition: 0 };
const settings = { 'cleanup.policy': 'delete' };

const record = (key: Uint8Array | null, value: Uint8Array | null): OutgoingRecord => ({
  key, value, headers: null, timestamp: 1,
});
const text = (value: string) => record(null, Buffer.from(value));
const stateOf = (body: Bytes) => fromLatin1(encodeStateValue({ due: null, listed: false }, body));
const metaOf = (seq: number) => {
  const meta = { seq, from: 0, offset: seq, watermark: 0, patternSet: 0, owner: 'p', nonce: '', history: 'h' };
  return record(META_KEY, encodeMeta(meta));
};

/** A log whose task commits the number of the commit as the value of some keys. */
async function openTask(path: string, keys: readonly string[], options: Partial<EmbeddedOptions> = {}) {
  const opened = await openEmbedded(path, { clock, ...options });
  const { log } = opened;
  for (const topic of [at.topic, source.topic, 'parley.changelog.1']) {
    await log.createTopic({ topic, partitions: 1, settings });
  }
  const { identity } = await log.openGroup('g', [source.topic]).join();
  const producer = log.openProducer('p', 1_000);
  await producer.init();
  const begin = async (seq: number) => {
    const state = keys.map((key) => record(encodeStateKey(key, 'o'), stateOf(`${seq}`)));
    await producer.sendOffsets(identity, [{ ...source, offset: seq, metadata: '' }]);
    await producer.append([
      { ...at, records: [text(`${seq}`)] },
      { topic: 'parley.changelog.1', partition: 0, records: [...state, metaOf(seq)] },
    ]);
  };
  const derived = async () => {
    const reader = log.openReader('committed');
    reader.assign(at, 0);
    const batches = await reader.poll(0, 1_000_000);
    return batches.flatMap(({ records }) => [...records].map((one) => Number(Buffer.from(one.value ?? []))));
  };
  const committed = async () => (await log.committedOffsets('g', [source], true))[0]?.offset;
  return { ...opened, producer, begin, derived, committed };
}

describe('the thread of the database', () => {
  test('a read sees every commit that was acknowledged when it was asked, and none that is not when it is answered', async () => {
    const keys = Array.from({ length: 3_000 }, (_, i) => `k${i}`);
    const { log, store, producer, begin } = await openTask(folder(), keys);
    let acknowledged = 0;
    const commits = (async () => {
      for (let seq = 1; seq <= 30; seq++) {
        await begin(seq);
        await producer.end('commit');
        acknowledged = seq;
      }
    })();
    let reads = 0;
    while (acknowledged < 30) {
      const asked = acknowledged;
      const { position, values } = await store.read(task, ['k0', 'k2999']);
      const answered = acknowledged;
      const seq = position?.seq ?? 0;
      expect(seq).toBeGreaterThanOrEqual(asked);
      expect(seq).toBeLessThanOrEqual(answered);
      const bodies = values.map(([one]) => Number(Buffer.from(one?.value.subarray(10) ?? [])));
      expect(bodies).toEqual([seq, seq]);
      reads++;
    }
    await commits;
    expect(reads).toBeGreaterThan(0);
    await log.close();
  });

  test('between the writes of a commit a read sees what was before it', () => {
    const keys = Array.from({ length: 40_000 }, (_, i) => `k${i}`);
    const body = Buffer.alloc(20, 'x');
    let read = () => {};
    const database = openDatabase(folder(), 'process');
    const data = new DataFolder(database, 'parley.', () => read());
    const { partitions } = data.createTopic('parley.changelog.1', 1, settings);
    const { pid } = partitions[0] ?? { pid: -1 };
    let next = 0;
    let seen = 0;
    // More than may wait for its rows: the later ones write rows as well.
    for (let seq = 1; seq <= 6; seq++) {
      read = () => {
        seen++;
        expect(data.rows.position(task)?.seq ?? 0).toBe(seq - 1);
        for (const key of ['0/k0', `${seq - 1}/k17`, `${seq}/k39999`]) {
          const there = Number(key.split('/')[0]) < seq && seq > 1 && !key.startsWith('0/');
          expect(data.rows.values(task, key)).toHaveLength(there ? 1 : 0);
        }
      };
      const state = keys.map((key) => record(encodeStateKey(`${seq}/${key}`, 'o'), stateOf(body)));
      const records = [...state, metaOf(seq)];
      const batches = [0, 1, 2].map((part) => {
        const from = Math.floor((records.length * part) / 3);
        const until = Math.floor((records.length * (part + 1)) / 3);
        return { baseOffset: next + from, blob: encodeBatch(records.slice(from, until)) };
      });
      next += records.length;
      data.commit({
        batches: batches.map(({ baseOffset }) => ({ pid, kind: 'changelog', task, baseOffset })),
        blobs: batches.map(({ blob }) => blob),
        offsets: [],
        next: [[pid, next]],
        writtenAt: 0,
      });
      read = () => {};
    }
    // Three batches a commit, and the rows of at least one of them.
    expect(seen).toBeGreaterThan(6 * 3 + 100);
    expect(data.rows.position(task)?.seq).toBe(6);
    database.close();
  });

  test('a commit that is under way is waited for by who takes over, and counts', async () => {
    const { log, producer, begin, derived, committed } = await openTask(folder(), ['a']);
    await begin(1);
    const ending = producer.end('commit');
    await log.fence(producer.transactionalId);
    expect([await derived(), await committed()]).toEqual([[1], 1]);
    await ending;
    await expect(begin(2)).rejects.toMatchObject({ code: 'FENCED' });
    await producer.init();
    await begin(2);
    const second = producer.end('commit');
    await producer.init();
    expect([await derived(), await committed()]).toEqual([[1, 2], 2]);
    await second;
    await log.close();
  });

  test('a thread that dies is named; what was acknowledged is there, what was not as a whole or not at all', async () => {
    const path = folder();
    const keys: string[] = [];
    const lost: string[] = [];
    const options = { heapMbMax: 16, onLost: (why: string) => void lost.push(why) };
    const { log, store, producer, begin } = await openTask(path, keys, options);
    let seq = 0;
    let error: unknown = null;
    while (error === null) {
      // Each commit is more than twice the one before: one of them does not fit, whatever the rest takes.
      for (let more = keys.length + 1_000; more > 0; more--) keys.push(`k${keys.length}`);
      await begin(++seq);
      error = await producer.end('commit').then(() => null, (reason: unknown) => reason);
    }
    expect(error).toMatchObject({ name: 'LogError', code: 'UNKNOWN', definite: false });
    expect(String(error)).toContain('the database thread');
    await expect(log.append([{ ...at, records: [text('late')] }])).rejects.toMatchObject({ code: 'UNKNOWN' });
    await expect(store.read(task, ['k0'])).rejects.toMatchObject({ name: 'StoreError', code: 'UNKNOWN' });
    await log.close();
    expect(lost).toEqual([expect.stringContaining('the database thread')]);
    const again = await openTask(path, keys);
    const last = (await again.store.position(task))?.seq ?? 0;
    expect([seq - 1, seq]).toContain(last);
    expect(await again.derived()).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    expect(await again.committed()).toBe(last === 0 ? -1 : last);
    await again.log.close();
  });

  test('appends that nobody waits for one by one are all written, in order', async () => {
    const { log, derived } = await openTask(folder(), []);
    const order = Array.from({ length: 200 }, (_, i) => i);
    await Promise.all(order.map((i) => log.append([{ ...at, records: [text(`${i}`)] }])));
    expect(await derived()).toEqual(order);
    await log.close();
  });

  test('the start of a partition never goes back, whoever trims beside whom', async () => {
    const path = folder();
    const { log } = await openTask(path, []);
    await log.append([{ ...at, records: ['a', 'b', 'c'].map(text) }]);
    await Promise.all([log.trim([{ ...at, offset: 2 }]), log.trim([{ ...at, offset: 1 }])]);
    expect(await log.startOffsets([at])).toEqual([2]);
    await log.close();
    const again = await openTask(path, []);
    expect(await again.log.startOffsets([at])).toEqual([2]);
    await again.log.close();
  });

  test('one partition out of range takes nothing from the others', async () => {
    const { log } = await openTask(folder(), []);
    await log.append([at, source].map((one) => ({ ...one, records: [text('a')] })));
    const reader = log.openReader('committed');
    reader.assign(at, 0);
    reader.assign(source, 7);
    await expect(reader.poll(0, 1_000_000)).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE', at: source });
    reader.unassign(source);
    expect((await reader.poll(0, 1_000_000)).flatMap(({ records }) => [...records])).toHaveLength(1);
    await log.close();
  });

  test('what is taken away from a reader while it reads is not handed to it', async () => {
    const path = folder();
    const first = await openTask(path, []);
    await first.log.append([at, source].map((one) => ({ ...one, records: [text('a'), text('b')] })));
    await first.log.close();
    // None of it is in memory any more.
    const { log } = await openTask(path, []);
    const reader = log.openReader('committed');
    reader.assign(at, 0);
    reader.assign(source, 0);
    const polled = reader.poll(0, 1_000_000);
    await new Promise((resolve) => setImmediate(resolve));
    reader.unassign(at);
    reader.assign(source, 1);
    for (const { topic, records } of await polled) {
      expect([topic, [...records].map(({ offset }) => offset)]).toEqual([source.topic, [1]]);
    }
    await log.close();
  });

  test('a process that ends without closing ends, with what it was told is written', async () => {
    const path = folder();
    const script = `
      const { openEmbedded } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/adapters/embedded/embedded.ts'))});
      const clock = { now: () => 0, monotonic: () => 0, sleep: () => new Promise(() => {}) };
      const { log } = await openEmbedded(${JSON.stringify(path)}, { clock });
      await log.createTopic({ topic: 'parley.derived', partitions: 1, settings: {} });
      const records = [{ key: null, value: Buffer.from('1'), headers: null, timestamp: 1 }];
      await log.append([{ topic: 'parley.derived', partition: 0, records }]);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([0, null]);
    const { log, derived } = await openTask(path, []);
    expect(await derived()).toEqual([1]);
    await log.close();
  });
});
