import type { PlaceIndex } from '../../src/geo/contract.ts';
import { type FenceState, NO_FENCE_STATE, stepFences } from '../../src/geo/fence.ts';
import { type LiveFence, LiveFences } from '../../src/geo/live-fences.ts';
import { cpuSeconds } from './cpu.ts';
import { type Points, seeded } from './points.ts';

/** Places per event inside a stream of events, and live fences. */

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** Microseconds that labels add to each event, the clock's own cost taken off. */
export function perEvent(index: PlaceIndex, { coordinates }: Points): Quantiles {
  const count = coordinates.length / 2;
  const events = Array.from({ length: count }, (_, i) => ({
    id: `e${i}`,
    data: { lat: coordinates[2 * i], lon: coordinates[2 * i + 1] } as Record<string, unknown>,
  }));
  const nothing = quantiles(events.map(() => timed(() => {})));
  const labelled = quantiles(
    events.map((event) =>
      timed(() => {
        const answer = index.locate(event.data['lat'], event.data['lon']);
        if (answer !== 'invalid_coordinate') Object.assign(event.data, answer);
      }),
    ),
  );
  return { p50: labelled.p50 - nothing.p50, p99: labelled.p99 - nothing.p50 };
}

function timed(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1000;
}

function quantiles(values: number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
  return { p50: sorted[sorted.length >> 1]!, p99: sorted[Math.floor(sorted.length * 0.99)]! };
}

/** What live fences do in one second of one core. */
export interface LiveFigures {
  /** Events a second: fences of a point; enter, exit and dwell of its user. */
  readonly eventsPerSecond: number;
  /** The same while one event in a hundred moves a fence. */
  readonly movingEventsPerSecond: number;
  readonly fencesPerPoint: number;
}

export function liveFences({ coordinates }: Points, fenceCount: number): LiveFigures {
  const random = seeded(77);
  const count = coordinates.length / 2;
  const fences = new LiveFences();
  const fenceAt = (): LiveFence => {
    const i = Math.floor(random() * count);
    const enterM = 50 + 450 * random();
    return { lat: coordinates[2 * i]!, lon: coordinates[2 * i + 1]!, enterM, exitM: enterM * 1.25 };
  };
  fences.load(Array.from({ length: fenceCount }, (_, i) => [`f${i}`, fenceAt()] as const));
  const rule = { dwellMs: 600_000, silenceMs: null };
  const users: FenceState[] = Array.from({ length: 10_000 }, () => NO_FENCE_STATE);
  let hits = 0;
  let time = 0;
  const run = (moveEvery: number): number => {
    const start = cpuSeconds();
    for (let i = 0; i < count; i++) {
      if (moveEvery > 0 && i % moveEvery === 0) fences.set(`f${(i * 7919) % fenceCount}`, fenceAt());
      const user = i % users.length;
      time += 10;
      const point = [time, coordinates[2 * i]!, coordinates[2 * i + 1]!] as const;
      const { state } = stepFences(fences, rule, users[user]!, point, time);
      users[user] = state;
      hits += state.visits.length;
    }
    return count / (cpuSeconds() - start);
  };
  run(0);
  hits = 0;
  const eventsPerSecond = run(0);
  const fencesPerPoint = hits / count;
  return { eventsPerSecond, movingEventsPerSecond: run(100), fencesPerPoint };
}
