import type { Event } from '../../src/event/event.ts';
import type { MatchSink } from '../../src/match/contract.ts';
import { EPOCH, streamEvents, STREAM_START, fillEvents } from '../peers-streams.ts';
import { Lanes } from './lanes.ts';
import { matcherOf, matchersOf, rowOf } from './rows.ts';

/** One point of a curve: how many there are, and what an event costs then. */
export interface CurvePoint {
  readonly count: number;
  readonly nanosecondsPerEvent: number;
}

export const SILENT: MatchSink = { output: () => undefined, note: () => undefined };

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
