import { describe, expect, test } from 'vitest';
import { type MemoryBudget, TaskMemory } from '../../src/engine/memory.ts';

const value = (size: number): Uint8Array => new Uint8Array(size);

function full(): { memory: TaskMemory; budget: MemoryBudget } {
  const budget = { used: 0, open: 0, max: 1_200, partialMatches: 0 };
  const memory = new TaskMemory(budget);
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
    memory.put(key, [{ owner: 'o', value: value(50) }]);
  }
  return { memory, budget };
}

describe('memory of a task', () => {
  test('what was used longest ago goes first, until the process is within its bound', () => {
    const { memory, budget } = full();
    expect(budget.used).toBeGreaterThan(budget.max);
    memory.missing(['a']);
    memory.evict();
    expect(budget.used).toBeLessThanOrEqual(budget.max);
    expect(memory.missing(['a', 'b', 'f'])).toEqual(['b']);
  });

  test('a key with a change that the store does not have is never evicted', () => {
    const { memory, budget } = full();
    memory.changed([{ key: 'a', owner: 'o', value: value(60) }], 7);
    memory.evict();
    expect(memory.missing(['a'])).toEqual([]);
    expect(memory.slots('a').get('o')?.value?.length).toBe(60);
    memory.ack(6);
    for (const key of ['g', 'h', 'i']) memory.put(key, [{ owner: 'o', value: value(50) }]);
    memory.evict();
    expect(memory.missing(['a'])).toEqual([]);
    memory.ack(7);
    for (const round of ['jklm', 'nopq']) {
      for (const key of round) memory.put(key, [{ owner: 'o', value: value(50) }]);
      memory.evict();
    }
    expect(memory.missing(['a'])).toEqual(['a']);
    expect(budget.used).toBeLessThanOrEqual(budget.max);
  });

  test('a key that was packed is as it was stored when it is used again', () => {
    const budget = { used: 0, open: 0, max: 4_000, partialMatches: 0 };
    const memory = new TaskMemory(budget);
    memory.put('a', [{ owner: 'o', value: new Uint8Array([1, 0, 255]) }]);
    memory.slots('a').get('o')!.state = 'decoded';
    for (const key of ['b', 'c', 'd']) memory.put(key, [{ owner: 'o', value: value(50) }]);
    memory.evict();
    expect(budget.open).toBeLessThanOrEqual(budget.max / 4);
    expect(() => memory.slots('a')).toThrow('not loaded');
    expect(memory.missing(['a'])).toEqual([]);
    expect(memory.slots('a').get('o')).toEqual({ owner: 'o', value: '\x01\x00\xff', state: undefined });
  });

  test('keys in use stay, however full it is', async () => {
    const { memory } = full();
    await memory.using(async () => {
      memory.evict();
      expect(memory.size).toBe(6);
    });
    memory.evict();
    expect(memory.size).toBeLessThan(6);
  });

  test('a tombstone removes the slot; a forgotten or evicted key leaves no bytes behind', () => {
    const { memory, budget } = full();
    memory.changed([{ key: 'a', owner: 'o', value: null }], 1);
    expect(memory.slots('a').size).toBe(0);
    memory.clear();
    expect(budget.used).toBe(0);
    expect(() => memory.slots('a')).toThrow('not loaded');
  });
});
