import { buildTypeIndex } from '../../src/pattern/type-index.ts';
import type { Event } from '../../src/event/event.ts';
import type { Matcher } from '../../src/match/contract.ts';
import { interned } from '../../src/event/interned.ts';
import { EPOCH, Xorshift } from '../peers-streams.ts';
import { SILENT } from './curves.ts';
import { matcherOf } from './rows.ts';

/** What an event costs with many patterns, and with no more than those it concerns, ns of CPU. */
export interface Compared {
  readonly title: string;
  readonly alone: number;
  readonly many: number;
}

const KEYS = 1_000;
const MANY = 1_000;
const ROUNDS = 5;

/**
 * The same events and the same state of each key throughout: what differs is how many patterns are
 * loaded, and that in the one engine the events of each key meet patterns of their own.
 */
export function manyPatterns(events: number): Compared[] {
  const each = 'each event concerns another one';
  return [
    ...[10, 100, MANY].map((patterns) =>
      byConstant(`${patterns} by a constant, ${each}`, events, patterns, 1, inTurn(patterns))),
    ...[10, 100, MANY].map((patterns) => byType(`${patterns} by type, ${each}`, events, patterns)),
    byConstant(`${MANY} by a constant, by Zipf's law`, events, MANY, 1, zipf(MANY)),
    byConstant(`${MANY} by a constant, an event concerns none`, events, MANY, 0, inTurn(MANY)),
    byConstant(`${MANY} by a constant, an event concerns 10`, events, MANY, 10, inTurn(MANY / 10)),
  ];
}

/** Key -> a number below `count`, each as often as the others. */
function inTurn(count: number): (key: number) => number {
  return (key) => (key * 7) % count;
}

/** `visits`: key -> number of the value in its events, which as many patterns ask for as `asking`. */
function byConstant(
  title: string, events: number, patterns: number, asking: number, visits: (key: number) => number,
): Compared {
  const stream = streamOf(events, visits, () => '');
  const value = (i: number): string => (asking === 0 ? `none${i}` : `c${i % (patterns / asking)}`);
  const many = engineOf(BY_CONSTANT, patterns, (i) => ['category', value(i)]);
  const alone = engineOf(BY_CONSTANT, Math.max(1, asking), () => ['all', asking === 0 ? 'none' : 'c0']);
  return compare(title, [alone, stream], [many, stream]);
}

function byType(title: string, events: number, patterns: number): Compared {
  const visits = inTurn(patterns);
  const many = engineOf(BY_TYPE, patterns, (i) => [String(i), '']);
  const alone = engineOf(BY_TYPE, 1, () => ['', '']);
  return compare(
    title, [alone, streamOf(events, visits, () => '')], [many, streamOf(events, visits, String)],
  );
}

function compare(
  title: string, [alone, one]: readonly [Engine, Event[]], [many, each]: readonly [Engine, Event[]],
): Compared {
  const least = { title, alone: Infinity, many: Infinity };
  for (let round = 0; round < ROUNDS; round++) {
    least.alone = Math.min(least.alone, alone.run(one));
    least.many = Math.min(least.many, many.run(each));
  }
  return least;
}

/** Two views and one question of each key in turn: every third event of a key completes a match. */
function streamOf(
  events: number, visits: (key: number) => number, suffixOf: (visited: number) => string,
): Event[] {
  const types = Array.from({ length: KEYS }, (_, key) =>
    ['viewed', 'asked'].map((type) => interned(type + suffixOf(visits(key)))));
  return Array.from({ length: events }, (_, i): Event => {
    const key = i % KEYS;
    const asks = Math.floor(i / KEYS) % 3 === 2;
    return {
      id: `e${i}`, type: types[key]?.[asks ? 1 : 0] ?? '', time: EPOCH + i * 10, family: 'tracking',
      // Decoded, so that each event has texts of its own, whichever field a pattern asks for.
      data: JSON.parse(
        JSON.stringify({ key: `k${key}`, category: `c${visits(key)}`, all: 'c0' }),
      ) as Event['data'],
    };
  });
}

/** Key -> a number below `count`, the first one most often. */
function zipf(count: number): (key: number) => number {
  const random = new Xorshift(4_711);
  const sums: number[] = [];
  for (let i = 0; i < count; i++) sums.push((sums.at(-1) ?? 0) + 1 / (i + 1));
  const drawn = Array.from({ length: KEYS }, () => {
    const share = (random.below(1_000_000) / 1_000_000) * (sums.at(-1) ?? 0);
    return sums.findIndex((sum) => sum > share);
  });
  return (key) => drawn[key] ?? 0;
}

const BY_CONSTANT = `
id: many-ID
key: key
within: 1h
steps:
  - {as: seen, on: viewed, where: event.A == "B"}
  - {as: asked, on: asked, where: event.category == seen.category}
emit: keen_ID
`;

const BY_TYPE = `
id: many-ID
key: key
within: 1h
steps:
  - {as: seen, on: viewedA}
  - {as: asked, on: askedA, where: event.category == seen.category}
emit: keen_ID
`;

function engineOf(
  text: string, patterns: number, partsOf: (i: number) => readonly [string, string],
): Engine {
  return new Engine(Array.from({ length: patterns }, (_, i) => {
    const [a, b] = partsOf(i);
    return matcherOf(
      text.replaceAll('ID', String(i)).replaceAll(/\bA\b|(?<=viewed|asked)A/g, a)
        .replaceAll(/\bB\b/g, b), 'many.yaml',
    );
  }));
}

/** Patterns found by the index, with the state of each key, as the task step drives them. */
class Engine {
  private readonly index;

  constructor(matchers: readonly Matcher[]) {
    this.index = buildTypeIndex(matchers, ({ definition }) => definition);
  }

  /** From empty state; the first half warms up. */
  run(events: readonly Event[]): number {
    const states = new Map<string, Map<Matcher, unknown>>();
    const half = events.length / 2;
    for (let i = 0; i < half; i++) this.offer(states, events[i]!);
    globalThis.gc?.();
    const before = process.threadCpuUsage();
    // No closure between: it would cost both engines some 20 ns an event, and so flatter the ratio.
    for (let i = half; i < events.length; i++) this.offer(states, events[i]!);
    const { user, system } = process.threadCpuUsage(before);
    return ((user + system) * 1e3) / (events.length - half);
  }

  private offer(states: Map<string, Map<Matcher, unknown>>, event: Event): void {
    const key = event.data['key'] as string;
    let own = states.get(key);
    if (own === undefined) states.set(key, (own = new Map()));
    for (const [matcher, runs] of own) {
      matcher.advance(runs, event.time, SILENT);
      matcher.accept(runs, event, event.time, SILENT, true);
      if (matcher.isEmpty(runs)) own.delete(matcher);
    }
    for (const matcher of this.index.beginning(event)) {
      if (own.has(matcher) || !matcher.canBegin(event)) continue;
      const runs = matcher.empty();
      matcher.accept(runs, event, event.time, SILENT, true);
      own.set(matcher, runs);
    }
  }
}
