import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { type Bytes, fromLatin1, latin1 } from '../../src/event/bytes.ts';
import { openEmbedded } from '../../src/adapters/embedded/embedded.ts';
import { decodeBatch, encodeBatch } from '../../src/adapters/embedded/blob.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { ParleyError } from '../../src/event/errors.ts';
import { encodeMeta, encodeStateKey, META_KEY } from '../../src/ports/changelog.ts';
import type { OutgoingRecord } from '../../src/ports/event-log.ts';
import { encodeStateValue } from '../../src/task/state-value.ts';
import { readOutputs } from '../engine/harness.ts';
import { judgeOutputs } from '../simulation/oracle.ts';
import { Rng } from '../simulation/rng.ts';
import { killEvents } from './embedded-process.ts';

const clock = systemClock();
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((one) => rmSync(one, { recursive: true, force: true })));

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'parley-'));
  folders.push(made);
  return made;
}

const record = (value: string, key: string | null = null): OutgoingRecord => ({
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from(value),
  headers: null,
  timestamp: clock.now(),
});

const topic = { topic: 'parley.derived', partitions: 1, settings: { 'cleanup.policy': 'delete' } };
const at = { topic: 'parley.derived', partition: 0 };
const child = join(import.meta.dirname, 'embedded-process.ts');

describe('embedded data folder', () => {
  test('a second process on the folder is refused by name; a dead one is no obstacle', async () => {
    const path = folder();
    const running = spawn(process.execPath, [child, path, '0', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(running.stdout, 'data');
    let refused: unknown;
    try {
      await openEmbedded(path, { clock });
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(ParleyError);
    expect((refused as ParleyError).code).toBe('PARLEY_DATA_FOLDER_LOCKED');
    expect((refused as ParleyError).message).toContain(path);
    running.kill('SIGKILL');
    await once(running, 'exit');
    const { log } = await openEmbedded(path, { clock });
    await log.close();
  });

  test('kill -9 at any moment loses nothing and doubles nothing', async () => {
    const path = folder();
    const count = 2_000;
    const start = Date.now() - 3_600_000;
    const events = killEvents(count, start);
    const wanted = judgeOutputs(events, []).length;
    const rng = new Rng(7);
    for (let round = 0; ; round++) {
      const args = [child, path, String(count), String(start)];
      const running = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      let seen = 0;
      const complete = new Promise<boolean>((resolve) => {
        running.stdout.on('data', (bytes: Buffer) => {
          seen = Math.max(seen, ...bytes.toString().split('\n').map((line) => Number(line) || 0));
          if (seen >= wanted) resolve(true);
        });
        running.on('exit', () => resolve(false));
      });
      await once(running.stdout, 'data');
      if (round < 5) setTimeout(() => running.kill('SIGKILL'), rng.below(120));
      if (await complete) {
        running.kill('SIGKILL');
        await once(running, 'exit');
        break;
      }
    }
    const { log } = await openEmbedded(path, { clock });
    expect(judgeOutputs(events, await readOutputs(log))).toEqual([]);
    await log.close();
  });

  test('a full disk is a named, definite error; nothing is half written; room makes it go on', async () => {
    const path = folder();
    const { log } = await openEmbedded(path, { clock });
    await log.createTopic(topic);
    await log.append([{ ...at, records: [record('before')] }]);
    await log.close();
    const limited = new DatabaseSync(join(path, 'parley.db'));
    const pages = limited.prepare('pragma page_count').get()?.['page_count'] as number;
    limited.close();
    const opened = await openEmbedded(path, { clock, pagesMax: pages + 2 });
    const big = Array.from({ length: 100 }, () => record('x'.repeat(1_000)));
    const error = await opened.log.append([{ ...at, records: big }]).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'DISK_FULL', definite: true });
    await opened.log.append([{ ...at, records: [record('small')] }]);
    await opened.log.close();
    const again = await openEmbedded(path, { clock });
    await again.log.append([{ ...at, records: big }]);
    const reader = again.log.openReader('committed');
    reader.assign(at, 0);
    const [batch] = await reader.poll(100, 1_000_000);
    const values = [...(batch?.records ?? [])].map((one) => Buffer.from(one.value ?? []).toString());
    expect(values.slice(0, 2)).toEqual(['before', 'small']);
    expect(values).toHaveLength(102);
    await again.log.close();
  });

  test('where the disk fills up while rows are written, the commit did not happen', async () => {
    const path = folder();
    const changes = 8_192;
    const open = async (pagesMax?: number) => {
      const { log } = await openEmbedded(path, { clock, ...(pagesMax && { pagesMax }) });
      const { identity } = await log.openGroup('g', ['events']).join();
      const producer = log.openProducer('p', 1_000);
      await producer.init();
      const commit = async (seq: number) => {
        const keys = Array.from({ length: changes }, (_, i) => encodeStateKey(`${seq}/${i}`, 'o'));
        const value = encodeStateValue({ due: null, listed: false }, Buffer.from('a body'));
        const state = keys.map((key) => ({ ...record(''), key, value }));
        await producer.sendOffsets(identity, [{ ...source, offset: seq, metadata: '' }]);
        await producer.append([
          { ...at, records: [record(`${seq}`)] },
          { topic: 'parley.changelog.1', partition: 0, records: state },
        ]);
        await producer.end('commit');
      };
      const held = async () => {
        const reader = log.openReader('committed');
        reader.assign(at, 0);
        const [batch] = await reader.poll(0, 1_000_000);
        const [committed] = await log.committedOffsets('g', [source], true);
        return [committed?.offset, [...(batch?.records ?? [])].map((one) => Number(Buffer.from(one.value ?? [])))];
      };
      return { log, commit, held };
    };
    const source = { topic: 'events', partition: 0 };
    const first = await open();
    await first.log.createTopic({ ...topic, topic: 'events' });
    await first.log.createTopic(topic);
    await first.log.createTopic({ topic: 'parley.changelog.1', partitions: 1, settings: {} });
    await first.log.close();
    // Room for the changelog of what may wait for its rows, and not for the rows.
    const full = await open(1_000);
    let seq = 0;
    let error: unknown = null;
    for (; error === null; seq++) error = await full.commit(seq + 1).then(() => null, (one: unknown) => one);
    expect(error).toMatchObject({ code: 'DISK_FULL', definite: true });
    const upTo = (last: number) => [last, Array.from({ length: last }, (_, i) => i + 1)];
    expect(await full.held()).toEqual(upTo(seq - 1));
    // It got as far as the rows.
    expect(seq * changes).toBeGreaterThan(131_072);
    await full.log.close();
    const roomy = await open();
    expect(await roomy.held()).toEqual(upTo(seq - 1));
    await roomy.commit(seq);
    expect(await roomy.held()).toEqual(upTo(seq));
    await roomy.log.close();
  });

  test('what a group has passed is in the log after a restart, also where it was aborted', async () => {
    const path = folder();
    const { log } = await openEmbedded(path, { clock });
    await log.createTopic(topic);
    await log.append([{ ...at, records: [record('a')] }]);
    const producer = log.openProducer('p', 1_000);
    await producer.init();
    await producer.append([{ ...at, records: [record('never'), record('never')] }]);
    await producer.end('abort');
    const reader = log.openReader('committed');
    reader.assign(at, 0);
    await reader.poll(0, 1_000);
    const offset = reader.position(at) ?? 0;
    expect(offset).toBe(3);
    const { identity } = await log.openGroup('g', [at.topic]).join();
    await log.commitOffsets(identity, [{ ...at, offset, metadata: '' }]);
    await log.close();
    const again = await openEmbedded(path, { clock });
    const resumed = again.log.openReader('committed');
    resumed.assign(at, offset);
    await again.log.append([{ ...at, records: [record('b')] }]);
    const [batch] = await resumed.poll(0, 1_000);
    expect([...(batch?.records ?? [])].map((one) => Buffer.from(one.value ?? []).toString())).toEqual(['b']);
    await again.log.close();
  });

  test('an append that names a topic that is missing leaves the others as they were', async () => {
    const { log } = await openEmbedded(folder(), { clock });
    await log.createTopic(topic);
    const records = [record('a')];
    const missing = { topic: 'parley.none', partition: 0, records };
    await expect(log.append([{ ...at, records }, missing])).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
    await log.append([{ ...at, records }]);
    expect(await log.endOffsets([at], 'committed')).toEqual([1]);
    await log.close();
  });

  test('what the database throws is an error of the port', async () => {
    const path = folder();
    const made = await openEmbedded(path, { clock });
    await made.log.createTopic(topic);
    await made.log.close();
    const { log } = await openEmbedded(path, { clock });
    await log.close();
    for (const refused of [
      log.committedOffsets('g', [at], false),
      log.offsetsForTime([at], 0),
      log.append([{ ...at, records: [record('a')] }]),
      log.createTopic({ ...topic, topic: 'parley.other' }),
    ]) {
      await expect(refused).rejects.toMatchObject({ name: 'LogError', code: 'UNKNOWN', definite: false });
    }
  });

  test('state and position stand in the store with the commit that wrote the changelog', async () => {
    const { log, store } = await openEmbedded(folder(), { clock });
    await log.createTopic({ topic: 'parley.changelog.1', partitions: 2, settings: {} });
    const group = log.openGroup('g', ['parley.changelog.1']);
    const { identity } = await group.join();
    const producer = log.openProducer('p', 1_000);
    await producer.init();
    const task = { topic: 'parley.keyed.1', partition: 1 };
    const value = fromLatin1(encodeStateValue({ due: 5, listed: true }, 'body'));
    const meta = { seq: 1, from: 0, offset: 4, watermark: 9, patternSet: 0, owner: 'p', nonce: 'n', history: 'h' };
    const commit = async (outcome: 'commit' | 'abort', seq: number, state: Uint8Array | null) => {
      await producer.sendOffsets(identity, [{ ...task, offset: 4, metadata: '' }]);
      await producer.append([
        {
          topic: 'parley.changelog.1',
          partition: 1,
          records: [
            { ...record(''), key: encodeStateKey('a', 'o'), value: state },
            { ...record(''), key: META_KEY, value: encodeMeta({ ...meta, seq }) },
          ],
        },
      ]);
      await producer.end(outcome);
    };
    await commit('commit', 1, value);
    await commit('abort', 2, null);
    const read = await store.read(task, ['a']);
    expect(read.position).toMatchObject({ history: 'h', seq: 1, marker: null });
    expect(Buffer.from(read.values[0]?.[0]?.value ?? [])).toEqual(Buffer.from(value));
    expect(await store.dueTimers(task, 0, 10, 10, null)).toEqual([{ due: 5, key: 'a', owner: 'o' }]);
    await commit('commit', 2, null);
    expect((await store.read(task, ['a'])).values).toEqual([[]]);
    expect((await store.position(task))?.seq).toBe(2);
    await log.close();
  });

  test('records leave when their topic does not keep them; what a group has not consumed stays', async () => {
    const day = 86_400_000;
    let now = 0;
    const moving = { ...clock, now: () => now };
    const path = folder();
    const { log } = await openEmbedded(path, { clock: moving });
    const source = { topic: 'events', partition: 0 };
    const forever = { topic: 'parley.keyed.1', partition: 0 };
    await log.createTopic(topic);
    await log.createTopic({ ...topic, topic: 'events' });
    await log.createTopic({ ...topic, topic: 'parley.keyed.1', settings: { 'retention.ms': '-1' } });
    const { identity } = await log.openGroup('g', ['events']).join();
    await log.commitOffsets(identity, [{ ...source, offset: 2, metadata: '' }]);
    for (; now <= 9 * day; now += day) {
      const records = [{ ...record(`${now / day}`), timestamp: now }];
      await log.append([at, source, forever].map((one) => ({ ...one, records })));
    }
    // On day 9, what is of before day 2 is older than seven days.
    expect(await log.startOffsets([at, source, forever])).toEqual([2, 2, 0]);
    now = 30 * day;
    await log.append([{ ...at, records: [{ ...record('30'), timestamp: now }] }]);
    expect(await log.startOffsets([at, source, forever])).toEqual([10, 2, 0]);
    await log.close();
    const again = await openEmbedded(path, { clock: moving });
    expect(await again.log.startOffsets([at, source, forever])).toEqual([10, 2, 0]);
    await again.log.close();
  });

  test('a blob gives back what was put into it', () => {
    const records: OutgoingRecord[] = [
      { key: Buffer.from('k'), value: null, headers: { a: Buffer.from([1, 2]) }, timestamp: 1.5 },
      { key: null, value: Buffer.alloc(0), headers: null, timestamp: -1 },
      { key: Buffer.alloc(0), value: Buffer.from('ü'), headers: {}, timestamp: 1_700e9 },
    ];
    const blob = encodeBatch(records);
    expect(decodeBatch(blob, 40)).toEqual(records.map((one, i) => ({ ...one, offset: 40 + i })));
    expect(decodeBatch(encodeBatch(records.slice(1, 2)), 41)).toEqual(decodeBatch(blob, 40).slice(1, 2));
    const asText = (part: Bytes | null) => (part === null ? null : latin1(part));
    const texts = records.map((one) => ({ ...one, key: asText(one.key), value: asText(one.value) }));
    expect(encodeBatch(texts)).toEqual(blob);
  });
});
