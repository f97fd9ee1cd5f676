import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, latin1 } from '../../src/event/bytes.ts';
import {
  type EventLog,
  type Isolation,
  LogError,
  type LogRecord,
  type OutgoingRecord,
  type TopicPartition,
} from '../../src/ports/event-log.ts';

export interface LogUnderTest {
  readonly log: EventLog;
  close(): Promise<void>;
}

/** Records of long ago are kept: a broker looks for expired ones after its first half minute. */
const DELETE = { 'cleanup.policy': 'delete', 'retention.ms': '-1' };

function record(key: string | null, value: string | null): OutgoingRecord {
  return {
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: null,
    timestamp: 1_000,
  };
}

function text(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString();
}

/** The same record, its bytes given as texts of one character each. */
function asTexts(one: OutgoingRecord): OutgoingRecord {
  const part = (bytes: Bytes | null) => (bytes === null ? null : latin1(bytes));
  return { ...one, key: part(one.key), value: part(one.value) };
}

/** What every event log does. An adapter exists when it passes. */
export function eventLogConformance(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`event log: ${name}`, () => {
    let under: LogUnderTest;
    let log: EventLog;
    beforeAll(async () => {
      under = await open();
      log = under.log;
    });
    afterAll(() => under.close());

    async function topic(partitions = 1, settings: { [name: string]: string } = DELETE) {
      const made = `conformance.${randomUUID()}`;
      await log.createTopic({ topic: made, partitions, settings });
      return made;
    }

    /** Reads to the end offset of now. */
    async function readAll(at: TopicPartition, isolation: Isolation = 'committed', from = 0) {
      const reader = log.openReader(isolation);
      const [end = 0] = await log.endOffsets([at], isolation);
      reader.assign(at, from);
      const values: (string | null)[] = [];
      while ((reader.position(at) ?? 0) < end) {
        for (const batch of await reader.poll(500, 1_000_000)) {
          values.push(...[...batch.records].map((one) => text(one.value)));
        }
      }
      await reader.close();
      return values;
    }

    /** A producer in a group of its own, with the partitions it was given. */
    async function producerInGroup(topics: readonly string[]) {
      const group = `g-${randomUUID()}`;
      const membership = log.openGroup(group, topics);
      const assignment = await membership.join();
      const producer = log.openProducer(`p-${randomUUID()}`, 10_000);
      await producer.init();
      return { group, membership, producer, ...assignment };
    }

    test('a topic is described as it was created, with an identity; an unknown one is null', async () => {
      const made = await topic(3);
      const described = await log.describeTopic(made);
      expect(described?.partitions).toBe(3);
      expect(described?.settings['cleanup.policy']).toBe('delete');
      expect(described?.id).not.toBe('');
      expect(await log.describeTopic('conformance.nothing')).toBeNull();
    });

    test('polls that bring less than there is take backlogs in turn, beside partitions that have none', async () => {
      const made = await topic(12);
      const all = Array.from({ length: 12 }, (_, partition) => ({ topic: made, partition }));
      const full = all.slice(0, 3);
      const value = 'x'.repeat(1_000);
      // One record a batch: a broker gives whole batches.
      for (let i = 0; i < 30; i++) {
        await log.append(full.map((at) => ({ ...at, records: [record(null, value)] })));
      }
      const reader = log.openReader('committed');
      for (const at of all) reader.assign(at, 0);
      const taken = () => full.map((at) => reader.position(at) ?? 0);
      while (Math.max(...taken()) < 20) {
        await reader.poll(500, 1_500);
        expect(Math.max(...taken()) - Math.min(...taken())).toBeLessThanOrEqual(4);
      }
      await reader.close();
    });

    test('records come back in order with key, value, headers, time and offset', async () => {
      const at = { topic: await topic(), partition: 0 };
      const headers = { h: Buffer.from([0, 255, 1]) };
      const [first] = await log.append([
        { ...at, records: [{ ...record('k', 'a'), headers }, record(null, null)] },
      ]);
      expect(first?.baseOffset).toBe(0);
      await log.append([{ ...at, records: [record('k', 'c')] }]);
      const reader = log.openReader('committed');
      reader.assign(at, 0);
      const seen: LogRecord[] = [];
      while (seen.length < 3) {
        for (const batch of await reader.poll(500, 1_000_000)) seen.push(...batch.records);
      }
      expect(seen.map((one) => [one.offset, text(one.key), text(one.value)])).toEqual([
        [0, 'k', 'a'],
        [1, null, null],
        [2, 'k', 'c'],
      ]);
      expect(Buffer.from(seen[0]?.headers?.['h'] ?? [])).toEqual(headers.h);
      expect(seen[0]?.timestamp).toBe(1_000);
      expect(reader.position(at)).toBe(3);
      await reader.close();
    });

    test('a reader starts anywhere, honours the byte limit, and is not fed while paused', async () => {
      const at = { topic: await topic(), partition: 0 };
      const records = Array.from({ length: 200 }, (_, i) => record(null, `${i}`.padEnd(1_000)));
      await log.append([{ ...at, records }]);
      const reader = log.openReader('committed');
      reader.assign(at, 150);
      const [batch] = await reader.poll(1_000, 5_000);
      expect([...(batch?.records ?? [])][0]?.offset).toBe(150);
      expect(batch?.end).toBe(200);
      const before = reader.position(at);
      reader.pause(at);
      expect(await reader.poll(20, 5_000)).toEqual([]);
      expect(reader.position(at)).toBe(before);
      reader.resume(at);
      // A log may hand out whole batches: then the first poll brought all.
      let last = [...(batch?.records ?? [])].at(-1)?.offset ?? 0;
      while (last < 199) {
        for (const { records: more } of await reader.poll(500, 5_000)) {
          last = [...more].at(-1)?.offset ?? last;
        }
      }
      reader.unassign(at);
      expect(reader.position(at)).toBeNull();
      await reader.close();
    });

    test('an offset outside the log is a named error, never a reset', async () => {
      const at = { topic: await topic(), partition: 0 };
      await log.append([{ ...at, records: [record(null, 'a')] }]);
      const reader = log.openReader('committed');
      reader.assign(at, 40);
      const error = await reader.poll(500, 1_000).then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(LogError);
      expect((error as LogError).code).toBe('OFFSET_OUT_OF_RANGE');
      expect((error as LogError).at).toMatchObject(at);
      expect(reader.position(at)).toBe(40);
      await reader.close();
    });

    test('a transaction is visible as a whole at its end, offsets with it', async () => {
      const made = await topic(2);
      const { group, producer, identity } = await producerInGroup([made]);
      const [a, b] = [
        { topic: made, partition: 0 },
        { topic: made, partition: 1 },
      ];
      await producer.sendOffsets(identity, [{ ...a, offset: 7, metadata: '{"seq":3}' }]);
      const results = await producer.append([
        { ...a, records: [record('x', '1'), record('x', '2')] },
        { ...b, records: [record('y', '3')] },
      ]);
      expect(results.map((one) => one.baseOffset)).toEqual([0, 0]);
      expect(await log.endOffsets([a, b], 'committed')).toEqual([0, 0]);
      expect(await log.endOffsets([a, b], 'uncommitted')).toEqual([2, 1]);
      expect(await log.committedOffsets(group, [a], true)).toEqual([null]);
      await producer.end('commit');
      await expect
        .poll(() => log.committedOffsets(group, [a, b], true))
        .toEqual([
          { offset: 7, metadata: '{"seq":3}' },
          { offset: -1, metadata: '' },
        ]);
      await expect.poll(() => readAll(a)).toEqual(['1', '2']);
      await expect.poll(() => readAll(b)).toEqual(['3']);
    });

    test('an aborted transaction leaves nothing, and later ones are read past it', async () => {
      const made = await topic();
      const at = { topic: made, partition: 0 };
      const { group, producer, identity } = await producerInGroup([made]);
      for (const [value, outcome] of [
        ['a', 'abort'],
        ['b', 'commit'],
        ['c', 'abort'],
        ['d', 'commit'],
      ] as const) {
        await producer.sendOffsets(identity, [{ ...at, offset: 1, metadata: value }]);
        await producer.append([{ ...at, records: [record(null, value)] }]);
        await producer.end(outcome);
      }
      await expect.poll(() => readAll(at)).toEqual(['b', 'd']);
      await expect
        .poll(() => log.committedOffsets(group, [at], true))
        .toEqual([{ offset: 1, metadata: 'd' }]);
    });

    test('aborted transactions of several producers side by side are all left out', async () => {
      const made = await topic();
      const at = { topic: made, partition: 0 };
      const { producer: one, identity } = await producerInGroup([made]);
      const two = log.openProducer(`p-${randomUUID()}`, 10_000);
      await two.init();
      for (const [first, second] of [
        [one, two],
        [two, one],
      ] as const) {
        for (const producer of [first, second]) {
          await producer.sendOffsets(identity, [{ ...at, offset: 1, metadata: '' }]);
          await producer.append([{ ...at, records: [record(null, 'never')] }]);
        }
        await second.append([{ ...at, records: [record(null, 'never')] }]);
        await second.end('abort');
        await first.end('abort');
      }
      await log.append([{ ...at, records: [record(null, 'seen')] }]);
      await expect.poll(() => readAll(at)).toEqual(['seen']);
    });

    test('a committed reader stops before an open transaction and goes on after it', async () => {
      const made = await topic();
      const at = { topic: made, partition: 0 };
      const { producer, identity } = await producerInGroup([made]);
      await producer.sendOffsets(identity, [{ ...at, offset: 1, metadata: '' }]);
      await producer.append([{ ...at, records: [record(null, 'open')] }]);
      await log.append([{ ...at, records: [record(null, 'plain')] }]);
      const reader = log.openReader('committed');
      reader.assign(at, 0);
      const early = await reader.poll(50, 1_000);
      expect(early.flatMap((batch) => [...batch.records])).toEqual([]);
      expect(reader.position(at)).toBe(0);
      await producer.end('commit');
      const seen: (string | null)[] = [];
      while (seen.length < 2) {
        for (const batch of await reader.poll(500, 1_000)) {
          seen.push(...[...batch.records].map((one) => text(one.value)));
        }
      }
      expect(seen).toEqual(['open', 'plain']);
      await reader.close();
    });

    test('a fenced producer can neither write nor commit, and what it had open is aborted', async () => {
      const made = await topic();
      const at = { topic: made, partition: 0 };
      const { producer, identity } = await producerInGroup([made]);
      await producer.sendOffsets(identity, [{ ...at, offset: 5, metadata: '' }]);
      await producer.append([{ ...at, records: [record(null, 'lost')] }]);
      await log.fence(producer.transactionalId);
      await expect(producer.end('commit')).rejects.toBeInstanceOf(LogError);
      await expect(
        producer.append([{ ...at, records: [record(null, 'late')] }]),
      ).rejects.toBeInstanceOf(LogError);
      await producer.init();
      await producer.sendOffsets(identity, [{ ...at, offset: 6, metadata: '' }]);
      await producer.append([{ ...at, records: [record(null, 'again')] }]);
      await producer.end('commit');
      await expect.poll(() => readAll(at)).toEqual(['again']);
    });

    test('offsets of an older generation and of an unknown member are refused as FENCED', async () => {
      const made = await topic(2);
      const at = { topic: made, partition: 0 };
      const first = await producerInGroup([made]);
      const second = log.openGroup(first.group, [made]);
      const rejoined = new Promise<void>((resolve) => {
        first.membership.onRebalance(() => resolve());
      });
      const joining = second.join();
      await rejoined;
      const [fresh, other] = await Promise.all([first.membership.join(), joining]);
      expect(fresh.identity.generation).toBeGreaterThan(first.identity.generation);
      expect(fresh.partitions.length + other.partitions.length).toBe(2);
      const offsets = [{ ...at, offset: 1, metadata: '' }];
      await expect(first.producer.sendOffsets(first.identity, offsets)).rejects.toMatchObject({
        code: 'FENCED',
      });
      await first.producer.init();
      const unknown = { ...fresh.identity, member: 'nobody' };
      await expect(first.producer.sendOffsets(unknown, offsets)).rejects.toMatchObject({
        code: 'FENCED',
      });
      await first.producer.init();
      await first.producer.sendOffsets(fresh.identity, offsets);
      await first.producer.end('commit');
      await second.leave();
      await first.membership.leave();
    });

    test('a record above the limit is refused by name, and certainly not written', async () => {
      const at = { topic: await topic(), partition: 0 };
      const error = await log
        .append([{ ...at, records: [record(null, 'x'.repeat(8_000_000))] }])
        .then(
          () => null,
          (reason: unknown) => reason,
        );
      expect(error).toMatchObject({ code: 'RECORD_TOO_LARGE', definite: true });
      expect(await log.endOffsets([at], 'uncommitted')).toEqual([0]);
    });

    test('an offset is found by time', async () => {
      const at = { topic: await topic(), partition: 0 };
      for (const timestamp of [1_000, 2_000, 3_000]) {
        await log.append([{ ...at, records: [{ ...record(null, 'x'), timestamp }] }]);
      }
      expect(await log.offsetsForTime([at], 1_500)).toEqual([1]);
      expect(await log.offsetsForTime([at], 0)).toEqual([0]);
      expect(await log.offsetsForTime([at], 9_000)).toEqual([3]);
    });

    test('trimming moves the start and spares what is after it', async () => {
      const at = { topic: await topic(), partition: 0 };
      for (const value of ['a', 'b', 'c']) {
        await log.append([{ ...at, records: [record(null, value)] }]);
      }
      await log.trim([{ ...at, offset: 2 }]);
      expect(await log.startOffsets([at])).toEqual([2]);
      expect(await readAll(at, 'committed', 2)).toEqual(['c']);
    });

    test('a record given as texts is read as the bytes they stand for', async () => {
      for (const policy of ['delete', 'compact']) {
        const at = { topic: await topic(1, { ...DELETE, 'cleanup.policy': policy }), partition: 0 };
        await log.append([{ ...at, records: [record('k', 'a')] }]);
        await log.append([{ ...at, records: [asTexts(record('ü', '')), asTexts(record('é', 'ş'))] }]);
        expect(await readAll(at)).toEqual(['a', '', 'ş']);
      }
    });

    test('a compacted topic keeps at least the last value of each key', async () => {
      const at = {
        topic: await topic(1, { 'cleanup.policy': 'compact' }),
        partition: 0,
      };
      for (const [key, value] of [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ] as const) {
        await log.append([{ ...at, records: [record(key, value)] }]);
      }
      const values = await readAll(at);
      expect(values.slice(-2)).toEqual(['2', '3']);
    });
  });
}
