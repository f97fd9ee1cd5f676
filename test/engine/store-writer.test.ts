import { describe, expect, test } from 'vitest';
import { connectMemoryStore } from '../../src/adapters/memory/store.ts';
import { MemoryStoreServer } from '../../src/adapters/memory/store-server.ts';
import { StoreWriter } from '../../src/engine/store-writer.ts';
import { WriteTurns } from '../../src/engine/write-turns.ts';
import { encodeStateValue } from '../../src/task/state-value.ts';
import { encodeStateKey } from '../../src/ports/changelog.ts';
import { RecordBuffer } from '../../src/ports/record-buffer.ts';
import type { StateWrite } from '../../src/ports/state-store.ts';

const TASK = {
  name: 'keyed.1/0',
  level: 1,
  at: { topic: 'keyed.1', partition: 0 },
  changelog: { topic: 'changelog.1', partition: 0 },
} as const;

/** A clock that stands until it is moved; wakes who sleeps on it. */
class TestClock {
  #now = 0;
  readonly #sleepers: { at: number; wake: () => void }[] = [];

  now = (): number => this.#now;
  monotonic = (): number => this.#now;
  sleep = (ms: number): Promise<void> =>
    new Promise((wake) => this.#sleepers.push({ at: this.#now + ms, wake }));

  async move(ms: number): Promise<void> {
    this.#now += ms;
    for (const { at, wake } of this.#sleepers) if (at <= this.#now) wake();
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }
}

async function openWriter(writeEveryMs: number, clock = new TestClock(), turn = () => 0) {
  const server = new MemoryStoreServer();
  const { at } = TASK;
  server.beginRebuild(at, null, { token: 't', history: 'h', clear: true, writtenAt: 0 });
  server.finishRebuild(at, 't', 0, { seq: 0, changelogOffset: 0, writtenAt: 0 });
  const writes: StateWrite[] = [];
  const acked: number[] = [];
  const store = connectMemoryStore(server, undefined, writeEveryMs);
  const writer = new StoreWriter({
    store: {
      ...store,
      apply: (task, write) => {
        writes.push(write);
        return store.apply(task, write);
      },
    },
    clock,
    task: TASK,
    history: 'h',
    seq: 0,
    turn,
    stop: () => false,
    onAck: (interval) => acked.push(interval),
    onMoved: (why) => expect.fail(why),
    onOutcome: () => {},
  });
  const commit = (seq: number, value: string): void => {
    const bytes = encodeStateValue({ due: null, listed: false }, Buffer.from(value));
    const change = { key: encodeStateKey('k', 'o'), value: bytes, headers: null, timestamp: 0 };
    writer.add({
      seq,
      interval: seq,
      changes: RecordBuffer.of([change]),
      bytes: bytes.length,
      changelogOffset: seq,
      committedAt: clock.now(),
    });
  };
  return { clock, server, writes, acked, writer, commit };
}

describe('writes behind the commits', () => {
  test('the first goes at once, those of the time after it in one, as the last commit left them', async () => {
    const { clock, server, writes, acked, writer, commit } = await openWriter(500);
    commit(1, 'a');
    await clock.move(0);
    expect(writer.acked).toBe(1);
    for (const [seq, value] of [[2, 'b'], [3, 'c'], [4, 'd']] as const) {
      await clock.move(100);
      commit(seq, value);
    }
    await clock.move(199);
    expect(writer.idle).toBe(false);
    expect(writes).toHaveLength(1);
    await clock.move(1);
    expect(writes.map(({ from, to }) => [from, to])).toEqual([[1, 1], [2, 4]]);
    expect(acked).toEqual([1, 4]);
    expect(writer.idle).toBe(true);
    expect(writer.bytes).toBe(0);
    const [values] = server.read(TASK.at, ['k']).values;
    expect(values?.map(({ value }) => Buffer.from(value).toString().at(-1))).toEqual(['d']);
    // After a rest nothing is held back.
    await clock.move(1_000);
    commit(5, 'e');
    await clock.move(0);
    expect(writer.acked).toBe(5);
  });

  test('tasks that commit together write one after another, each as often as alone', async () => {
    const clock = new TestClock();
    const turns = new WriteTurns(clock, 400);
    const tasks = await Promise.all(
      [1, 2, 3, 4].map(() => openWriter(400, clock, () => turns.take(4))),
    );
    const written = () => tasks.map(({ writes }) => writes.length);
    const seen: number[][] = [];
    for (let seq = 1; seq <= 10; seq++) {
      for (const { commit } of tasks) commit(seq, 'a');
      await clock.move(0);
      seen.push(written());
      await clock.move(80);
    }
    expect(seen.slice(0, 4)).toEqual([[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]);
    expect(seen.slice(5, 9)).toEqual([[2, 1, 1, 1], [2, 2, 1, 1], [2, 2, 2, 1], [2, 2, 2, 2]]);
  });

  test('a store that does not want them apart gets each', async () => {
    const { clock, writes, commit } = await openWriter(0);
    for (const [seq, value] of [[1, 'a'], [2, 'b']] as const) {
      commit(seq, value);
      await clock.move(1);
    }
    expect(writes).toHaveLength(2);
  });
});
