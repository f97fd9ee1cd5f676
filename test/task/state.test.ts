import { describe, expect, it } from 'vitest';
import { stateDue } from '../../src/task/state-value.ts';
import { decodeSeen, emptySeen, encodeSeen, rememberId } from '../../src/task/seen.ts';
import { hash64 } from '../../src/event/hash.ts';
import { unpackValue } from '../../src/task/body.ts';
import { compiled, runOf, send, START } from './support.ts';

const LIMITS = { horizon: 3_600_000, idsMax: 256 };

describe('values as they are stored: golden, format 1', () => {
  it('every owner but the matcher, whose own tests hold its values', () => {
    const definitions = compiled(
      `{id: offers, key: conversation_id, within: 1h, steps: [{as: o, on: offer}],
        emit: {type: push, atMost: {times: 2, per: 1h}}}`,
      `{id: s, key: conversation_id, member: {any: [{on: offer, within: 1h, atLeast: 2},
        {on: offer, latest: mood, is: good}, {on: offer, distinct: mood, within: 1h, atLeast: 2},
        {on: offer, sum: amount, within: 1h, atLeast: 100}]}}`,
    );
    const run = runOf(definitions);
    send(run, 0, 'offer', { id: 'e1', conversation_id: 'c1', mood: 'good', amount: 30 });
    send(run, 1000, 'offer', { id: 'e2', conversation_id: 'c1', mood: 'bad', amount: 40 });
    const values = [...run.memory(1).slots('conversation_id=c1')].map(
      ([owner, { value }]) => `${owner.slice(0, 8)} ${Buffer.from(value ?? '', 'latin1').toString('hex')}`,
    );
    expect(values.sort()).toMatchInlineSnapshot(`
      [
        "g/offers 01004279b8bab0a68000929194a470757368cb4279b8bab0a68000cb4279b8b741800000cb4279b8b741be800090",
        "s/s/8f7d 01014279b8bab068000095cb4279b8b74180000092cb4279b8b741800000cd03e892cb4279b8b741be8000c294ab745f37444742446a513751cb4279b8b741800000ab7146484b6f3379764c6263cd03e892ce01c1844046",
        "seen 01004279b8babf0e000095cb4279b8b741be8000c50018c0cddd609fe01f4d695aff0061fd88b9ff2f7659695aff0102c5001d95a66f6666657273a76d617463686564c0cb4279b8b741800000a26531c5001d95a66f6666657273a76d617463686564c0cb4279b8b741be8000a26532",
      ]
    `);
  });
});

describe('what a key remembers of its events', () => {
  it('is the same after encoding', () => {
    const seen = emptySeen();
    seen.clock = START + 5;
    for (let i = 0; i < 256; i++) rememberId(seen, `id-${i}`, START + i * 1000, LIMITS);
    const value = encodeSeen(seen);
    expect(decodeSeen(value, stateDue(value))).toEqual(seen);
    expect(value.length).toBeLessThan(3_200);
  });

  it('holds before 1970 and far from now', () => {
    for (const time of [-1e12, 0, 8e15]) {
      const seen = emptySeen();
      rememberId(seen, 'a', time, LIMITS);
      const value = encodeSeen(seen);
      const again = decodeSeen(value, stateDue(value));
      expect(rememberId(again, 'a', time + 1000, LIMITS)).toBe('duplicate');
    }
  });

  it('another format is refused, never guessed', () => {
    const value = `\x09${encodeSeen(emptySeen()).slice(1)}`;
    expect(() => decodeSeen(value, null)).toThrow(/format 9/);
    expect(() => unpackValue(value)).toThrow(/format 9/);
  });
});

describe('hashes of ids', () => {
  it('of 200,000 similar ids no two are equal, and they spread evenly', () => {
    const seen = new Set<string>();
    const buckets = Array.from({ length: 64 }, () => 0);
    for (let i = 0; i < 200_000; i++) {
      const [low, high] = hash64(`marketplace.events/${i % 16}/${i}`);
      seen.add(`${low},${high}`);
      buckets[low >>> 26] = (buckets[low >>> 26] ?? 0) + 1;
    }
    expect(seen.size).toBe(200_000);
    expect(Math.max(...buckets)).toBeLessThan(3_125 * 1.15);
    expect(Math.min(...buckets)).toBeGreaterThan(3_125 * 0.85);
  });
});
