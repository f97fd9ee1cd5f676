import type { LinkFaults } from './process.ts';
import type { TestEvent } from './program.ts';
import { Rng } from './rng.ts';

/** Something that is done to the world at a time. `a` and `b` say to whom and how much. */
export interface PlannedFault {
  readonly at: number;
  readonly kind: FaultKind;
  readonly a: number;
  readonly b: number;
}

export const FAULT_KINDS = [
  /** A process dies; another starts a little later. */
  'kill',
  /** A process stops, longer than its session, and goes on. */
  'pause',
  /** The coordinator throws a member out. */
  'kick',
  /** The coordinator asks everybody to rejoin. */
  'disturb',
  /** Somebody fences a producer. */
  'fence',
  /** The last writes of a task are lost. */
  'rollback',
  /** Everything in the store is lost. */
  'flush',
  /** The store of another history stands there. */
  'foreign',
  /** The log cleaner runs. */
  'compact',
  /** A new set of definitions is published. */
  'publish',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** A whole history before it happens: from a seed, or written by hand. */
export interface Plan {
  readonly seed: number;
  readonly processes: number;
  /** Of the source and of the keyed topics. */
  readonly partitions: number;
  readonly events: readonly TestEvent[];
  readonly faults: readonly PlannedFault[];
  readonly logFaults: LinkFaults;
  readonly storeFaults: LinkFaults;
  /** How late transaction markers may come, ms. */
  readonly markerDelayMs: number;
  /** Bytes of state a process may hold: small ones evict. */
  readonly memoryBytes: number;
  /** When faults end. */
  readonly healAt: number;
}

/** Virtual wall clock at the start. */
export const WALL_START = 1_700_000_000_000;

const EVENTS_MS = 4_000;

export function planFromSeed(seed: number): Plan {
  const rng = new Rng(seed);
  const partitions = 2;
  const keys = 2 + rng.below(3);
  const events: TestEvent[] = [];
  const count = 8 + rng.below(10);
  for (let i = 0; i < count; i++) {
    events.push({
      id: `e${i}`,
      kind: rng.pick(['ask', 'ask', 'answer', 'note'] as const),
      key: `k${rng.below(keys)}`,
      other: `o${rng.below(2)}`,
      time: WALL_START + 200 + Math.floor((i * EVENTS_MS) / count) + rng.below(50),
    });
  }
  const fierce = rng.next();
  const faults: PlannedFault[] = [];
  const faultCount = rng.below(7);
  for (let i = 0; i < faultCount; i++) {
    const at = 100 + rng.below(EVENTS_MS + 500);
    faults.push({ at, kind: rng.pick(FAULT_KINDS), a: rng.below(100), b: rng.below(100) });
  }
  const some = (most: number): number => (rng.chance(0.5) ? 0 : rng.next() * most * fierce);
  return {
    seed,
    processes: 1 + rng.below(3),
    partitions,
    events,
    faults: faults.sort((x, y) => x.at - y.at),
    logFaults: { lost: some(0.03), replyLost: some(0.06), late: some(0.03), twice: 0 },
    storeFaults: { lost: some(0.05), replyLost: some(0.1), late: some(0.05), twice: some(0.2) },
    markerDelayMs: rng.chance(0.5) ? 3 : rng.below(150),
    memoryBytes: rng.chance(0.5) ? 1 : 1_000_000,
    healAt: EVENTS_MS + 1_000,
  };
}
