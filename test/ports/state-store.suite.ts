import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, fromLatin1, latin1, utf8 } from '../../src/event/bytes.ts';
import type { TopicPartition } from '../../src/ports/event-log.ts';
import type { DueTimer, StateChange, StateStore } from '../../src/ports/state-store.ts';
import { encodeStateValue } from '../../src/task/state-value.ts';

export interface StoreUnderTest {
  readonly store: StateStore;
  close(): Promise<void>;
}

function change(
  key: string,
  owner: string,
  text: string | null,
  header: { due?: number; listed?: boolean } = {},
): StateChange {
  const value =
    text === null
      ? null
      : fromLatin1(
          encodeStateValue(
            { due: header.due ?? null, listed: header.listed ?? false },
            Buffer.from(text),
          ),
        );
  return { key, owner, value };
}

function text(value: Bytes | null): string {
  return utf8(value ?? '').slice(10);
}

/** What every state store does. An adapter exists when it passes. */
export function stateStoreConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`state store: ${name}`, () => {
    let under: StoreUnderTest;
    let store: StateStore;
    beforeAll(async () => {
      under = await open();
      store = under.store;
    });
    afterAll(() => under.close());

    const at = { changelogOffset: 5, writtenAt: 50 };

    /** A task that stands at seq 0 of history `h`. */
    async function task(): Promise<TopicPartition> {
      const made = { topic: `parley.keyed.1-${randomUUID()}`, partition: 3 };
      const options = { token: 't', history: 'h', clear: true, writtenAt: 1 };
      expect(await store.beginRebuild(made, null, options)).toBe('begun');
      const start = { seq: 0, changelogOffset: 0, writtenAt: 1 };
      expect(await store.finishRebuild(made, 't', 0, start)).toBe('applied');
      return made;
    }

    async function valuesOf(of: TopicPartition, key: string) {
      const { values } = await store.read(of, [key]);
      return (values[0] ?? []).map((one) => `${one.owner}=${text(one.value)}`).sort();
    }

    test('an unknown task has no position and no values', async () => {
      const unknown = { topic: `parley.keyed.1-${randomUUID()}`, partition: 0 };
      expect(await store.position(unknown)).toBeNull();
      expect(await store.read(unknown, ['a'])).toEqual({ position: null, values: [[]] });
      expect(
        await store.apply(unknown, { history: 'h', from: 1, to: 1, changes: [], ...at }),
      ).toBe('refused');
    });

    test('a value given as a text of one character a byte is those bytes', async () => {
      const made = await task();
      const given = change('a', 'o', 'ü 22', { due: 1_234.5, listed: true });
      const changes = [{ ...given, value: latin1(given.value ?? '') }];
      await store.apply(made, { history: 'h', from: 1, to: 1, changes, ...at });
      const { values } = await store.read(made, ['a']);
      expect(Buffer.from(values[0]?.[0]?.value ?? [])).toEqual(given.value);
      expect(await store.dueTimers(made, 0, 9_999, 10, null)).toEqual([
        { due: 1_234.5, key: 'a', owner: 'o' },
      ]);
      expect((await store.listed(made, 'o', null, 10)).keys).toEqual(['a']);
    });

    test('a write fits only on the sequence before it', async () => {
      const made = await task();
      const write = { history: 'h', changes: [change('a', 'o', '1')], ...at };
      expect(await store.apply(made, { ...write, from: 2, to: 2 })).toBe('refused');
      expect(await store.apply(made, { ...write, from: 1, to: 2 })).toBe('applied');
      expect(await store.apply(made, { ...write, from: 1, to: 2 })).toBe('already');
      expect(await store.apply(made, { ...write, from: 1, to: 1 })).toBe('ahead');
      expect(await store.apply(made, { ...write, from: 2, to: 3 })).toBe('applied');
      expect(await store.apply(made, { ...write, history: 'x', from: 4, to: 4 })).toBe('refused');
      expect(await store.position(made)).toEqual({
        history: 'h',
        seq: 3,
        marker: null,
        changelogOffset: 5,
        writtenAt: 50,
      });
    });

    test('owners of a key are written, replaced and removed one by one', async () => {
      const made = await task();
      await store.apply(made, {
        history: 'h',
        from: 1,
        to: 1,
        changes: [change('a', 'o', '1'), change('a', 'p', '2'), change('b', 'o', '3')],
        ...at,
      });
      await store.apply(made, {
        history: 'h',
        from: 2,
        to: 2,
        changes: [change('a', 'o', '4'), change('a', 'p', null)],
        ...at,
      });
      const read = await store.read(made, ['b', 'none', 'a']);
      expect(read.position?.seq).toBe(2);
      expect(read.values.map((list) => list.map((one) => text(one.value)))).toEqual([
        ['3'],
        [],
        ['4'],
      ]);
    });

    test('a rebuild goes chunk by chunk under its token; nothing else fits meanwhile', async () => {
      const made = await task();
      const before = await store.position(made);
      const options = { token: 'new', history: 'h2', clear: true, writtenAt: 7 };
      expect(
        await store.beginRebuild(made, { ...before, seq: 9 } as never, options),
      ).toBe('refused');
      expect(await store.beginRebuild(made, before, options)).toBe('begun');
      expect(await store.position(made)).toEqual({
        history: 'h2',
        seq: 0,
        marker: { token: 'new', chunk: 0 },
        changelogOffset: 0,
        writtenAt: 7,
      });
      const chunk = [change('a', 'o', '1')];
      const write = { history: 'h2', from: 1, to: 1, changes: [], ...at };
      expect(await store.apply(made, write)).toBe('refused');
      expect(await store.rebuildChunk(made, 'old', 0, chunk)).toBe('refused');
      expect(await store.rebuildChunk(made, 'new', 1, chunk)).toBe('refused');
      expect(await store.rebuildChunk(made, 'new', 0, chunk)).toBe('applied');
      expect(await store.rebuildChunk(made, 'new', 0, chunk)).toBe('refused');
      const end = { seq: 4, changelogOffset: 11, writtenAt: 12 };
      expect(await store.finishRebuild(made, 'new', 2, end)).toBe('refused');
      expect(await store.finishRebuild(made, 'new', 1, end)).toBe('applied');
      expect(await store.position(made)).toEqual({ history: 'h2', marker: null, ...end });
      expect(await valuesOf(made, 'a')).toEqual(['o=1']);
    });

    test('a fold keeps what is there, a cleared rebuild does not', async () => {
      const made = await task();
      const changes = [change('a', 'o', '1', { due: 5, listed: true }), change('b', 'o', '2')];
      await store.apply(made, { history: 'h', from: 1, to: 1, changes, ...at });
      const fold = { token: 'f', history: 'h', clear: false, writtenAt: 8 };
      expect(await store.beginRebuild(made, await store.position(made), fold)).toBe('begun');
      expect((await store.position(made))?.seq).toBe(1);
      await store.rebuildChunk(made, 'f', 0, [change('b', 'o', '3')]);
      await store.finishRebuild(made, 'f', 1, { seq: 2, ...at });
      expect([await valuesOf(made, 'a'), await valuesOf(made, 'b')]).toEqual([['o=1'], ['o=3']]);
      const clear = { token: 'c', history: 'h', clear: true, writtenAt: 8 };
      expect(await store.beginRebuild(made, await store.position(made), clear)).toBe('begun');
      expect(await valuesOf(made, 'a')).toEqual([]);
      expect(await store.dueTimers(made, 0, 100, 10, null)).toEqual([]);
      expect(await store.countListed(made, 'o')).toBe(0);
      expect((await store.scan(made, null, 10)).entries).toEqual([]);
    });

    test('timers come by due time in pages; a moved or removed one is not left behind', async () => {
      const made = await task();
      const due = (key: string, time: number | undefined) =>
        change(key, 'o', 'x', time === undefined ? {} : { due: time });
      await store.apply(made, {
        history: 'h',
        from: 1,
        to: 1,
        changes: [due('a', 30), due('b', 10), due('c', 20), due('d', 20), due('e', 40)],
        ...at,
      });
      await store.apply(made, {
        history: 'h',
        from: 2,
        to: 2,
        changes: [due('e', 15), change('b', 'o', null), due('a', undefined), due('f', 1_700e9)],
        ...at,
      });
      const first = await store.dueTimers(made, 0, 1_000, 2, null);
      expect(first.map((one) => [one.due, one.key, one.owner])).toEqual([
        [15, 'e', 'o'],
        [20, 'c', 'o'],
      ]);
      const rest = await store.dueTimers(made, 0, 1_000, 5, first[1] ?? null);
      expect(rest.map((one) => one.key)).toEqual(['d']);
      expect(await store.dueTimers(made, 16, 20, 5, null)).toEqual([]);
    });

    test('timers of one moment come by the UTF-8 of key and owner, page by page', async () => {
      const made = await task();
      const inOrder = ['A', 'B', 'a', 'ab', 'b', 'ß', '\ue000', '\uffee', '😀', '😀a', '😁'];
      const changes = [...inOrder].reverse().flatMap((key) => [
        change(key, 'o', 'x', { due: 20 }),
        change(key, 'O', 'x', { due: 20 }),
      ]);
      const write = { history: 'h', ...at };
      await store.apply(made, { ...write, from: 1, to: 1, changes: changes.slice(0, 9) });
      await store.apply(made, { ...write, from: 2, to: 2, changes: changes.slice(9) });
      const expected = inOrder.flatMap((key) => [`${key} O`, `${key} o`]);
      for (const limit of [1, 3, 100]) {
        const seen: string[] = [];
        for (let after: DueTimer | null = null; ;) {
          const page: readonly DueTimer[] = await store.dueTimers(made, 0, 100, limit, after);
          if (page.length === 0) break;
          seen.push(...page.map(({ key, owner }) => `${key} ${owner}`));
          after = page.at(-1) ?? null;
        }
        expect(seen).toEqual(expected);
      }
      // After one that is not there any more.
      const gone = { due: 20, key: '😀', owner: 'a' };
      const [next] = await store.dueTimers(made, 0, 100, 1, gone);
      expect(next).toEqual({ due: 20, key: '😀', owner: 'o' });
    });

    test('listed keys of an owner are counted and paged', async () => {
      const made = await task();
      const keys = ['k1', 'k2', 'k3', 'k4', 'k5'];
      const changes = keys.map((key) => change(key, 's', 'x', { listed: true }));
      await store.apply(made, {
        history: 'h',
        from: 1,
        to: 1,
        changes: [...changes, change('k6', 's', 'x'), change('k7', 'z', 'x', { listed: true })],
        ...at,
      });
      await store.apply(made, {
        history: 'h',
        from: 2,
        to: 2,
        changes: [change('k2', 's', null), change('k3', 's', 'x')],
        ...at,
      });
      expect(await store.countListed(made, 's')).toBe(3);
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: { keys: readonly string[]; next: string | null } = await store.listed(
          made,
          's',
          cursor,
          2,
        );
        seen.push(...page.keys);
        cursor = page.next;
      } while (cursor !== null);
      expect(seen.sort()).toEqual(['k1', 'k4', 'k5']);
    });

    test('a scan gives every entry once', async () => {
      const made = await task();
      const changes = Array.from({ length: 25 }, (_, i) => change(`k${i % 9}`, `o${i}`, `${i}`));
      await store.apply(made, { history: 'h', from: 1, to: 1, changes, ...at });
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: { entries: readonly StateChange[]; next: string | null } = await store.scan(
          made,
          cursor,
          7,
        );
        seen.push(...page.entries.map((one) => `${one.key}/${one.owner}=${text(one.value)}`));
        cursor = page.next;
      } while (cursor !== null);
      expect(seen.sort()).toEqual(
        changes.map((one) => `${one.key}/${one.owner}=${text(one.value)}`).sort(),
      );
    });

    test('tasks do not see each other', async () => {
      const [one, two] = [await task(), await task()];
      const changes = [change('a', 'o', '1', { due: 5, listed: true })];
      await store.apply(one, { history: 'h', from: 1, to: 1, changes, ...at });
      expect(await valuesOf(two, 'a')).toEqual([]);
      expect(await store.dueTimers(two, 0, 100, 10, null)).toEqual([]);
      expect(await store.countListed(two, 'o')).toBe(0);
    });
  });
}
