import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultConfiguration } from '../../src/event/configuration.ts';
import type { RoutedRecord } from '../../src/task/contract.ts';
import type { VirtualRun } from '../../src/task/virtual-run.ts';
import { compiled, record, runOf, START } from './support.ts';

/** What a step derives depends on the events and their times, and on nothing else. */

const definitions = compiled(
  `{id: a-rally, key: conversation_id, within: 40s, skip: none, steps: [{as: a, on: ping}, {as: b, on: pong}],
    emit: {type: rally, key: "\${a.user_id}", data: {user_id: "\${a.user_id}"}, atMost: {times: 2, per: 1m}},
    timeout: stalled}`,
  `{id: b-silence, key: conversation_id, steps: [{as: a, on: ping}, {not: [pong, stop], for: 15s}],
    emit: {type: silence, data: {user_id: "\${a.user_id}"}, atMost: {times: 1, per: 30s, by: "\${a.user_id}"}}}`,
  `{id: c-chain, key: conversation_id, within: 2m, steps: [rally, {not: stop}, silence], emit: chain}`,
  `{id: d-loop, key: user_id, within: 1m, steps: [{as: p, on: ping, times: 2+}, stop], emit: loop}`,
  `{id: e-users, key: user_id, within: 5m, steps: [rally, silence], emit: busy}`,
  `{id: f-fans, key: user_id, member: {all: [{on: ping, within: 30s, atLeast: 2}, {not: {matched: silence, within: 20s}}]}}`,
  `{id: g-both, key: user_id, member: {all: [{segment: f-fans}, {on: pong, latest: mood, is: good, within: 45s}]}}`,
);

interface Step {
  readonly gap: number;
  readonly type: string;
  readonly who: number;
  readonly mood: string;
}

const stream = fc.array(
  fc.record({
    gap: fc.constantFrom(0, 1_000, 4_000, 15_000, 40_000),
    type: fc.constantFrom('ping', 'ping', 'pong', 'stop'),
    who: fc.integer({ min: 0, max: 5 }),
    mood: fc.constantFrom('good', 'bad'),
  }),
  { minLength: 1, maxLength: 40 },
);

function recordsOf(steps: readonly Step[]) {
  let at = 0;
  return steps.map(({ gap, type, who, mood }, i) => {
    at += gap;
    const fields = { id: `e${i}`, conversation_id: `c${who % 3}`, user_id: `u${who % 2}`, mood };
    return { at, raw: record(at, type, fields) };
  });
}

/** Moves all levels past the last deadline. */
function drain(run: VirtualRun): void {
  for (let due = run.nextDue(); due !== null; due = run.nextDue()) run.advance(due);
}

/** Output by topic, key and what derived it, in order: what the contract promises to be the same. */
function byKey(records: readonly RoutedRecord[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { role, key, value } of records) {
    const text = String(value);
    const source = /"source":"([^"]*)"/.exec(text)?.[1] ?? '';
    (found[`${role} ${Buffer.from(key)} ${source}`] ??= []).push(text);
  }
  return found;
}

function oneByOne(steps: readonly Step[]) {
  const run = runOf(definitions);
  for (const { at, raw } of recordsOf(steps)) run.feed([raw], START + at);
  drain(run);
  return byKey(run.take());
}

it('restarts between any two steps change nothing', () => {
  let derived = 0;
  fc.assert(
    fc.property(stream, (steps) => {
      const run = runOf(definitions);
      for (const { at, raw } of recordsOf(steps)) {
        run.feed([raw], START + at);
        for (const level of [1, 2] as const) {
          const memory = run.memory(level);
          for (const key of memory.keys()) {
            for (const slot of memory.slots(key).values()) slot.state = undefined;
          }
        }
      }
      drain(run);
      const found = byKey(run.take());
      derived += Object.keys(found).length;
      expect(found).toEqual(oneByOne(steps));
    }),
    { numRuns: 150 },
  );
  expect(derived).toBeGreaterThan(200);
});

it('nothing is left in the state once every deadline has passed', () => {
  fc.assert(
    fc.property(stream, (steps) => {
      const run = runOf(definitions);
      for (const { at, raw } of recordsOf(steps)) run.feed([raw], START + at);
      drain(run);
      for (const level of [1, 2] as const) {
        for (const key of run.memory(level).keys()) {
          expect([...run.memory(level).slots(key).keys()]).toEqual([]);
        }
      }
    }),
    { numRuns: 50 },
  );
});

it('a duplicate of any event, at any later place within the horizon, changes nothing', () => {
  fc.assert(
    fc.property(stream, fc.nat(), fc.nat(), (steps, which, where) => {
      const records = recordsOf(steps);
      const source = which % records.length;
      const place = source + 1 + (where % (records.length - source));
      const again = records[source] as (typeof records)[number];
      const run = runOf(definitions);
      records.forEach(({ at, raw }, i) => {
        if (i === place) run.feed([again.raw], START + at);
        run.feed([raw], START + at);
      });
      if (place === records.length) run.feed([again.raw], START + (records.at(-1)?.at ?? 0));
      drain(run);
      expect(byKey(run.take())).toEqual(oneByOne(steps));
    }),
    { numRuns: 150 },
  );
});

it('where batches begin and end changes nothing for definitions of one key', () => {
  const single = compiled(
    `{id: a-rally, key: conversation_id, within: 40s, skip: none, steps: [ping, pong],
      emit: {type: rally, atMost: {times: 2, per: 1m}}, timeout: stalled}`,
    `{id: b-silence, key: conversation_id, steps: [ping, {not: [pong, stop], for: 15s}], emit: silence}`,
    `{id: c-chain, key: conversation_id, within: 2m, steps: [rally, {not: stop}, silence], emit: chain}`,
    `{id: d-fans, key: user_id, member: {on: ping, within: 30s, atLeast: 2}}`,
  );
  fc.assert(
    fc.property(stream, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (steps, sizes) => {
      const records = recordsOf(steps);
      const alone = runOf(single);
      for (const { at, raw } of records) alone.feed([raw], START + at);
      const batched = runOf(single);
      for (let i = 0, n = 0; i < records.length; n++) {
        const batch = records.slice(i, (i += sizes[n % sizes.length] as number));
        batched.feed(batch.map(({ raw }) => raw), START + (batch.at(-1)?.at ?? 0));
      }
      drain(alone);
      drain(batched);
      expect(byKey(batched.take())).toEqual(byKey(alone.take()));
    }),
    { numRuns: 200 },
  );
});

it('in event-time order, any order of arrival within the allowed lateness gives the same', () => {
  const configuration = {
    ...defaultConfiguration(),
    sources: [{ topic: 'marketplace.events', order: 'event-time' as const, start: 'latest' as const }],
  };
  const lateness = 60_000;
  fc.assert(
    fc.property(stream, fc.array(fc.integer({ min: 0, max: 59_000 }), { minLength: 40, maxLength: 40 }), (steps, delays) => {
      // Equal times are in order of arrival: only different times may change places.
      const records = recordsOf(steps.map((step, i) => ({ ...step, gap: step.gap + 1 + (i % 7) })));
      const shuffled = records
        .map((one, i) => ({ ...one, arrives: one.at + (delays[i] as number) }))
        .toSorted((a, b) => a.arrives - b.arrives);
      const sorted = runOf(definitions, { configuration, lateness });
      for (const { at, raw } of records) sorted.feed([raw], START + at);
      const mixed = runOf(definitions, { configuration, lateness });
      for (const { arrives, raw } of shuffled) mixed.feed([raw], START + arrives);
      drain(sorted);
      drain(mixed);
      expect(byKey(mixed.take())).toEqual(byKey(sorted.take()));
    }),
    { numRuns: 150 },
  );
});
