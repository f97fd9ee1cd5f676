import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SlabEntry } from '../../src/slabs/slab-entry.ts';
import { SlabMap } from '../../src/slabs/slab-map.ts';

/** Bytes of a slab: an entry beyond it has one of its own. */
const SLAB_BYTES = 131_072;
const NOTHING: SlabEntry = { numbers: [], texts: [] };

interface Action {
  readonly kind: 'add' | 'delete' | 'oldest';
  readonly key: string;
  readonly numbers: readonly number[];
  /** Bytes of the texts. */
  readonly lengths: readonly number[];
}

const action = fc.record<Action>({
  kind: fc.constantFrom('add', 'add', 'delete', 'oldest'),
  key: fc.oneof(
    fc.nat({ max: 40 }).map((n) => `conversation_id=c${n}`),
    fc.constantFrom('', 'ü', 'ğ', 'listing=\u{1f6cb}', '\ud800', 'é\u0000'),
  ),
  numbers: fc.array(fc.integer(), { maxLength: 4 }),
  lengths: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.nat({ max: 300 }) },
      { weight: 3, arbitrary: fc.integer({ min: 20_000, max: 90_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: SLAB_BYTES - 100, max: SLAB_BYTES * 2 }) },
    ),
    { maxLength: 3 },
  ),
});

/** The common hash; all keys in a few cells; all in one, at the end of the table. */
const hashes = fc.constantFrom(
  undefined,
  (key: string) => key.length % 3,
  () => -1,
);

describe('slab map', () => {
  test('holds what a plain map holds, in the same order, whatever moves and collides', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), hashes, (list, hash) => {
        const map = new SlabMap(hash);
        /** The slow, obvious twin. */
        const twin = new Map<string, SlabEntry>();
        let bytes = 0;
        list.forEach(({ kind, key, numbers, lengths }, step) => {
          if (kind === 'oldest') {
            const oldest = map.oldest();
            expect(oldest).toBe(twin.keys().next().value ?? null);
            if (oldest !== null) bytes -= map.delete(oldest);
            twin.delete(oldest ?? '');
          } else if (kind === 'delete' || twin.has(key)) {
            const freed = map.delete(key);
            expect(freed > 0).toBe(twin.delete(key));
            bytes -= freed;
          } else {
            const mark = String.fromCharCode(step % 256);
            const entry = { numbers, texts: lengths.map((length) => mark.repeat(length)) };
            bytes += map.add(key, entry);
            twin.set(key, entry);
          }
          expect(map.size).toBe(twin.size);
          expect(map.get(key)).toEqual(twin.get(key) ?? null);
        });
        expect([...map.keys()]).toEqual([...twin.keys()]);
        for (const [key, entry] of twin) expect(map.get(key)).toEqual(entry);
        expect(map.slabBytes).toBeLessThanOrEqual(2 * (bytes + SLAB_BYTES));
        for (const key of twin.keys()) bytes -= map.delete(key);
        expect(bytes).toBe(0);
        expect(map.slabBytes).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('many small entries: found after growth, after holes are closed, and gone when deleted', () => {
    const map = new SlabMap();
    const names = Array.from({ length: 20_000 }, (_, n) => `conversation_id=c${n}`);
    let bytes = 0;
    names.forEach((name, n) => (bytes += map.add(name, { numbers: [n], texts: [`${n}`] })));
    names.forEach((name, n) => n % 10 !== 3 && (bytes -= map.delete(name)));
    names.forEach((name, n) => {
      expect(map.get(name)).toEqual(n % 10 === 3 ? { numbers: [n], texts: [`${n}`] } : null);
    });
    expect([...map.keys()]).toEqual(names.filter((_, n) => n % 10 === 3));
    expect(map.slabBytes).toBeLessThanOrEqual(2 * (bytes + SLAB_BYTES));
  });

  test('what is taken and put again and again is moved about as often as it is put, however full', () => {
    const map = new SlabMap();
    const entry = { numbers: [], texts: ['x'.repeat(900)] };
    // What lives is just below what a slab takes: one that made room at once would do so each time.
    for (let n = 0; n < 138; n++) map.add(`k${n}`, entry);
    const before = map.movedBytes;
    let put = 0;
    for (let round = 0; round < 5_000; round++) {
      const key = `k${round % 138}`;
      map.delete(key);
      put += map.add(key, entry);
    }
    expect(map.movedBytes - before).toBeLessThanOrEqual(put);
  });

  test('a text of one character a byte keeps every byte', () => {
    const map = new SlabMap();
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
    map.add('a', { numbers: [-(2 ** 31), 2 ** 31 - 1], texts: [all, '', all] });
    expect(map.get('a')).toEqual({ numbers: [-(2 ** 31), 2 ** 31 - 1], texts: [all, '', all] });
    expect(map.get('b')).toBeNull();
    map.add('b', NOTHING);
    expect(map.get('b')).toEqual(NOTHING);
  });
});
