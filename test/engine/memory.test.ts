import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MemoryBudget, TaskMemory } from '../../src/engine/memory.ts';

const value = (size: number): Uint8Array => new Uint8Array(size);

/** Six packed keys, above the bound. */
function full(): { memory: TaskMemory; budget: MemoryBudget } {
  const budget = { used: 0, max: 600, partialMatches: 0 };
  const memory = new TaskMemory(budget);
  hold(memory, 'abcdef');
  return { memory, budget };
}

/** A step that reads keys from the store. */
function hold(memory: TaskMemory, keys: string): void {
  for (const key of keys) memory.put(key, [{ owner: 'o', value: value(50) }]);
  memory.pack();
}

/** A step that looks at keys: those that had to be read. */
function look(memory: TaskMemory, keys: readonly string[]): string[] {
  const missing = memory.missing(keys);
  for (const key of keys) if (!missing.includes(key)) memory.slots(key);
  memory.pack();
  return missing;
}

type Action =
  /** A step uses keys and may change an owner of each: null is a tombstone. */
  | { readonly kind: 'step'; readonly keys: readonly string[]; readonly owner: string | null }
  | { readonly kind: 'value'; readonly bytes: number | null }
  | { readonly kind: 'ack' }
  | { readonly kind: 'evict' }
  | { readonly kind: 'forget'; readonly key: string };

const keyNames = fc.nat({ max: 30 }).map((n) => (n === 0 ? 'conversation_id=ğ' : `user_id=u${n}`));
const actions = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('step' as const),
        keys: fc.uniqueArray(keyNames, { minLength: 1, maxLength: 6 }),
        owner: fc.option(fc.constantFrom('seen', 'p/a/1', 'p/b/2', 's/c/3')),
      }),
    },
    fc.record({
      kind: fc.constant('value' as const),
      bytes: fc.option(fc.integer({ min: 10, max: 400 })),
    }),
    fc.constant<Action>({ kind: 'ack' }),
    fc.constant<Action>({ kind: 'evict' }),
    fc.record({ kind: fc.constant('forget' as const), key: keyNames }),
  ),
  { maxLength: 150 },
);

describe('memory of a task', () => {
  test('a key that is held is what a plain map of all values holds, and what is not in the store stays', () => {
    fc.assert(
      fc.property(actions, fc.integer({ min: 0, max: 30_000 }), (list, max) => {
        const budget = { used: 0, max, partialMatches: 0 };
        const memory = new TaskMemory(budget);
        /** The slow, obvious twin: every value there is. */
        const all = new Map<string, Map<string, string>>();
        /** Interval of the last change of each key that the store may not have. */
        const unwritten = new Map<string, number>();
        let interval = 0;
        let bytes: number | null = 50;
        for (const action of list) {
          if (action.kind === 'value') bytes = action.bytes;
          else if (action.kind === 'evict') memory.evict();
          else if (action.kind === 'ack') {
            memory.ack(interval);
            unwritten.clear();
          } else if (action.kind === 'forget') {
            // As where a batch is undone: what is read then is what the store has.
            if (!unwritten.has(action.key)) memory.forget([action.key]);
          } else {
            const { keys, owner } = action;
            const missing = memory.missing(keys);
            for (const key of missing) {
              expect(unwritten.has(key)).toBe(false);
              const values = [...(all.get(key) ?? [])];
              memory.put(key, values.map(([name, held]) => ({ owner: name, value: Buffer.from(held, 'latin1') })));
            }
            for (const key of keys) {
              const held = [...memory.slots(key)].map(([name, slot]) => [name, slot.value]);
              expect(new Map(held as [string, string][])).toEqual(all.get(key) ?? new Map());
            }
            if (owner === null) {
              memory.pack();
              continue;
            }
            interval++;
            const mark = String.fromCharCode(interval % 256);
            for (const key of keys) {
              const values = all.get(key) ?? new Map<string, string>();
              if (bytes === null) values.delete(owner);
              else values.set(owner, mark.repeat(bytes));
              all.set(key, values);
              unwritten.set(key, interval);
            }
            const held = bytes === null ? null : Buffer.from(mark.repeat(bytes), 'latin1');
            memory.changed(keys.map((key) => ({ key, owner, value: held })), interval);
            memory.pack();
          }
        }
        memory.ack(interval);
        memory.evict();
        expect(budget.used).toBeLessThanOrEqual(max);
        memory.clear();
        expect(memory.size).toBe(0);
        expect(budget).toEqual({ used: 0, max, partialMatches: 0 });
      }),
      { numRuns: 500 },
    );
  });

  test('what was used longest ago goes first, until the process is within its bound', () => {
    const { memory, budget } = full();
    expect(budget.used).toBeGreaterThan(budget.max);
    look(memory, ['a']);
    memory.evict();
    expect(budget.used).toBeLessThanOrEqual(budget.max);
    expect(look(memory, ['a', 'b', 'f'])).toEqual(['b']);
  });

  test('a key that a step was told is here stays until the step ends, whether it came to it or not', () => {
    const { memory, budget } = full();
    expect(memory.missing(['a', 'f'])).toEqual([]);
    memory.slots('f');
    memory.evict();
    expect(memory.slots('a').size).toBe(1);
    memory.pack();
    memory.evict();
    expect(budget.used).toBeLessThanOrEqual(budget.max);
    expect(look(memory, ['a', 'f'])).toEqual([]);
  });

  test('a key with a change that the store does not have is never evicted', () => {
    const { memory, budget } = full();
    memory.missing(['a']);
    memory.changed([{ key: 'a', owner: 'o', value: value(60) }], 7);
    memory.pack();
    memory.ack(6);
    for (const keys of ['ghi', 'jkl', 'mno']) {
      hold(memory, keys);
      memory.evict();
    }
    expect(memory.missing(['a'])).toEqual([]);
    expect(memory.slots('a').get('o')?.value?.length).toBe(60);
    memory.pack();
    memory.ack(7);
    hold(memory, 'pqrstu');
    memory.evict();
    expect(look(memory, ['a'])).toEqual(['a']);
    expect(budget.used).toBeLessThanOrEqual(budget.max);
  });

  test('a key that was packed is as it was stored when it is used again', () => {
    const memory = new TaskMemory({ used: 0, max: 4_000, partialMatches: 0 });
    memory.put('a', [{ owner: 'o', value: new Uint8Array([1, 0, 255]) }]);
    memory.slots('a').get('o')!.state = 'decoded';
    memory.pack();
    expect(() => memory.slots('a')).toThrow('not loaded');
    expect(memory.missing(['a'])).toEqual([]);
    expect(memory.slots('a').get('o')).toEqual({ owner: 'o', value: '\x01\x00\xff', state: undefined });
  });

  test('keys in use stay, however full it is', () => {
    const { memory } = full();
    memory.missing(['a', 'b']);
    memory.evict();
    expect(memory.slots('a').size).toBe(1);
    expect(memory.slots('b').size).toBe(1);
  });

  test('a tombstone removes the slot; a forgotten or evicted key leaves no bytes behind', () => {
    const { memory, budget } = full();
    memory.missing(['a']);
    memory.changed([{ key: 'a', owner: 'o', value: null }], 1);
    expect(memory.slots('a').size).toBe(0);
    memory.pack();
    memory.clear();
    expect(budget.used).toBe(0);
    expect(() => memory.slots('a')).toThrow('not loaded');
  });
});
