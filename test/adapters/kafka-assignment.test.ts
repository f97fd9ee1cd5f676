import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignPartitions, type Member } from '../../src/adapters/kafka/assignment.ts';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../../src/adapters/kafka/wire/consumer-protocol.ts';
import type { TopicPartition } from '../../src/ports/event-log.ts';

const partitionsOf = (topics: { [topic: string]: number }): TopicPartition[] =>
  Object.entries(topics).flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  );

const fresh = (...names: string[]): Member[] =>
  names.map((member) => ({ member, owned: [], generation: -1 }));

const name = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** The members of the next generation, who remember what they were given. */
function remember(assigned: Map<string, TopicPartition[]>, generation: number): Member[] {
  return [...assigned].map(([member, owned]) => ({ member, owned, generation }));
}

describe('division of partitions among members', () => {
  const topics = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 20 }), {
    noNullPrototype: true,
  });
  const members = fc.uniqueArray(fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5'), { minLength: 1 });

  test('every partition has one owner, and of each topic nobody has two more than another', () => {
    fc.assert(
      fc.property(topics, members, (counts, names) => {
        const partitions = partitionsOf(counts);
        const assigned = assignPartitions(fresh(...names), partitions);
        expect([...assigned.values()].flat().map(name).sort()).toEqual(partitions.map(name).sort());
        for (const topic of Object.keys(counts)) {
          const shares = names.map(
            (member) => assigned.get(member)!.filter((at) => at.topic === topic).length,
          );
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('who stays keeps what it has: only the share of the new member moves', () => {
    const partitions = partitionsOf({ keyed1: 16, keyed2: 16 });
    const before = assignPartitions(fresh('m1', 'm2', 'm3'), partitions);
    const after = assignPartitions([...remember(before, 4), ...fresh('m4')], partitions);
    for (const member of ['m1', 'm2', 'm3']) {
      const had = new Set(before.get(member)!.map(name));
      expect(after.get(member)!.filter((at) => !had.has(name(at)))).toEqual([]);
    }
    expect(after.get('m4')).toHaveLength(8);
    const left = assignPartitions(
      remember(after, 5).filter(({ member }) => member !== 'm4'),
      partitions,
    );
    for (const member of ['m1', 'm2', 'm3']) {
      expect(left.get(member)!.map(name)).toEqual(
        expect.arrayContaining(after.get(member)!.map(name)),
      );
    }
  });

  test('the same members divide the same way again', () => {
    fc.assert(
      fc.property(topics, members, (counts, names) => {
        const partitions = partitionsOf(counts);
        const once = assignPartitions(fresh(...names), partitions);
        const again = assignPartitions(remember(once, 1), partitions);
        for (const member of names) {
          expect(again.get(member)!.map(name).sort()).toEqual(once.get(member)!.map(name).sort());
        }
      }),
    );
  });

  test('of two that claim a partition, the one of the later generation keeps it', () => {
    const [at] = partitionsOf({ a: 1 });
    const stale = { member: 'aa', owned: [at!], generation: 3 };
    const owner = { member: 'bb', owned: [at!], generation: 4 };
    expect(assignPartitions([owner, stale], [at!]).get('bb')).toEqual([at]);
  });

  test('subscriptions and assignments survive their encoding', () => {
    const owned = partitionsOf({ 'parley.keyed.1': 3, b: 1 });
    const subscription = { topics: ['b', 'parley.keyed.1'], owned, generation: 7 };
    expect(decodeSubscription(encodeSubscription(subscription))).toEqual(subscription);
    expect(decodeAssignment(encodeAssignment(owned))).toEqual(owned);
    expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
  });
});
