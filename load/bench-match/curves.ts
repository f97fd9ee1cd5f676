import { buildTypeIndex } from '../../src/pattern/type-index.ts';
import type { Event } from '../../src/event/event.ts';
import type { Matcher, MatchSink } from '../../src/match/contract.ts';
import { EPOCH, streamEvents, STREAM_START, fillEvents } from '../peers-streams.ts';
import { Lanes } from './lanes.ts';
import { matcherOf, matchersOf, rowOf } from './rows.ts';

/** One point of a curve: how many there are, and what an event costs then. */
export interface CurvePoint {
  readonly count: number;
  readonly nanosecondsPerEvent: number;
}

const SILENT: MatchSink = { output: () => undefined, note: () => undefined };

/** Events of a thousand other keys, while more and more partial matches are open. */
export function openRuns(counts: readonly number[], events: number): CurvePoint[] {
  return counts.map((count) => {
    const lanes = new Lanes(matchersOf(rowOf('R6')), () => undefined);
    for (const event of fillEvents(count)) lanes.offer(event);
    const stream = streamEvents('grow', events * 2, STREAM_START + count);
    for (const event of stream.slice(0, events)) lanes.offer(event);
    return { count, nanosecondsPerEvent: timed(stream.slice(events), (event) => lanes.offer(event)) };
  });
}

/**
 * More and more patterns that listen to one type, each for another category: an event concerns one
 * of them. Found by the index, as the task step does. As many events in a row as `inRow` concern
 * the same pattern; keys and open partial matches are as many whatever the other two are.
 */
export function patterns(
  counts: readonly number[], events: number, inRow: number,
): CurvePoint[] {
  return counts.map((count) => {
    const matchers = Array.from({ length: count }, (_, i) =>
      matcherOf(CATEGORY_PATTERN.replaceAll('N', String(i)), 'category.yaml'),
    );
    const index = buildTypeIndex(matchers, ({ definition }) => definition);
    const states = new Map<string, Map<Matcher, unknown>>();
    const stream = Array.from({ length: events * 2 }, (_, i): Event => ({
      id: `e${i}`, type: i % 3 === 2 ? 'asked' : 'viewed', time: EPOCH + i * 100, family: 'tracking',
      data: { key: `k${i % 1_000}`, category: `c${(Math.floor(i / inRow) * 7) % count}` },
    }));
    const offer = (event: Event): void => {
      const key = event.data['key'] as string;
      let own = states.get(key);
      if (own === undefined) states.set(key, (own = new Map()));
      for (const [matcher, runs] of own) {
        matcher.advance(runs, event.time, SILENT);
        matcher.accept(runs, event, event.time, SILENT, true);
        if (matcher.isEmpty(runs)) own.delete(matcher);
      }
      for (const matcher of index.beginning(event)) {
        if (own.has(matcher) || !matcher.canBegin(event)) continue;
        const runs = matcher.empty();
        matcher.accept(runs, event, event.time, SILENT, true);
        own.set(matcher, runs);
      }
    };
    for (const event of stream.slice(0, events)) offer(event);
    return { count, nanosecondsPerEvent: timed(stream.slice(events), offer) };
  });
}

const CATEGORY_PATTERN = `
id: category-N
key: key
within: 1m
steps:
  - {as: seen, on: viewed, where: event.category == "cN"}
  - {as: asked, on: asked, where: event.category == seen.category}
emit: keen_N
`;

/** More and more partial matches of one key: events that none of them waits for, and events that
 * each of them must look at because its condition reads what it has taken. */
export function runsOfOneKey(
  counts: readonly number[], events: number, looks: boolean,
): CurvePoint[] {
  const bound = Math.max(...counts) + 1;
  const condition = looks ? ', where: event.price < offered.price' : '';
  const matcher = matcherOf(`
id: one-key
key: key
within: 30d
skip: none
steps:
  - {as: offered, on: offer}
  - {as: countered, on: counter${condition}}
  - {as: closed, on: close}
limits: {runs: ${bound}, bytes: 1000000}
emit: {type: closed_offer, data: {price: "\${offered.price}"}}
`, 'one-key.yaml');
  const event = (i: number, type: string, price: number): Event =>
    ({ id: `e${i}`, type, time: EPOCH + i, family: 'domain', data: { key: 'k', price } });
  return counts.map((count) => {
    const runs = matcher.empty();
    for (let i = 0; i < count; i++) matcher.accept(runs, event(i, 'offer', 10), EPOCH + i, SILENT, true);
    const type = looks ? 'counter' : 'close';
    const stream = Array.from({ length: events * 2 }, (_, i) => event(count + i, type, 20));
    const offer = (one: Event): void => {
      matcher.advance(runs, one.time, SILENT);
      matcher.accept(runs, one, one.time, SILENT, true);
    };
    for (const one of stream.slice(0, events)) offer(one);
    return { count, nanosecondsPerEvent: timed(stream.slice(events), offer) };
  });
}

function timed(events: readonly Event[], offer: (event: Event) => void): number {
  globalThis.gc?.();
  const before = process.threadCpuUsage();
  for (const event of events) offer(event);
  const { user, system } = process.threadCpuUsage(before);
  return ((user + system) * 1e3) / events.length;
}
