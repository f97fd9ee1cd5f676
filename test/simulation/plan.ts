import type { LinkFaults } from './process.ts';
import type { TestEvent } from './program.ts';
import { Rng } from './rng.ts';

/** Something that is done to the world at a time. `a` and `b` say to whom and how much. */
export interface PlannedFault {
  readonly at: number;
  readonly kind: FaultKind;
  readonly a: number;
  readonly b: number;
  /** For those that wait for it: the request at whose answer, or at which, they strike. */
  readonly operation?: Operation;
}

/** Requests between which a process may stop: every step of the protocol. */
export const OPERATIONS = [
  'sendOffsets',
  'produce',
  'end',
  'init',
  'fetch',
  'committedOffsets',
  'endOffsets',
  'startOffsets',
  'position',
  'read',
  'apply',
  'beginRebuild',
  'rebuildChunk',
  'finishRebuild',
] as const;

export type Operation = (typeof OPERATIONS)[number];

export const FAULT_KINDS = [
  /** A process dies; another starts a little later. */
  'kill',
  /** A process stops, longer than its session, and goes on. */
  'pause',
  /** As `kill` and `pause`, when the answer to `operation` arrives. */
  'kill-at',
  'pause-at',
  /** The request is executed long after its client gave up. */
  'late-at',
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
  /** Nobody reaches the store, or the brokers, for a while. */
  'store-down',
  'log-down',
  /** The log cleaner runs. */
  'compact',
  /** A new set of definitions is published. */
  'publish',
  /** The wall clock of everybody goes ahead by `a` days. Only in histories written by hand. */
  'jump',
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
  /** How late a member learns that the group moved on, ms: until then it works on. */
  readonly notifyDelayMs: number;
  /** Bytes of state a process may hold: small ones evict. */
  readonly memoryBytes: number;
  /** Bytes of input a process takes at once; a small number makes a backlog last. */
  readonly fetchBytes?: number;
  /** When faults end. */
  readonly healAt: number;
  /** Processes look at a steady clock over a wall that jumps. */
  readonly steadyClocks?: boolean;
}

/** Virtual wall clock at the start. */
export const WALL_START = 1_700_000_000_000;

const EVENTS_MS = 4_000;

/** What happens at random, the likelier ones more than once. */
const RANDOM_KINDS: readonly FaultKind[] = [
  'kill', 'pause', 'kill-at', 'kill-at', 'pause-at', 'pause-at', 'pause-at', 'late-at',
  'kick', 'kick', 'disturb', 'disturb', 'fence', 'rollback', 'rollback', 'flush', 'foreign',
  'compact', 'publish', 'store-down', 'log-down',
];

export function planFromSeed(seed: number): Plan {
  const rng = new Rng(seed);
  const keys = 2 + rng.below(3);
  const count = 8 + rng.below(10);
  const events = Array.from(
    { length: count },
    (_, i): TestEvent => ({
      id: `e${i}`,
      kind: rng.pick(['ask', 'ask', 'answer', 'note'] as const),
      key: `k${rng.below(keys)}`,
      other: `o${rng.below(2)}`,
      time: WALL_START + 200 + Math.floor((i * EVENTS_MS) / count) + rng.below(50),
    }),
  );
  const fierce = rng.next();
  const faults = Array.from({ length: rng.below(10) }, (): PlannedFault => ({
    at: 100 + rng.below(EVENTS_MS + 500),
    kind: rng.pick(RANDOM_KINDS),
    a: rng.below(100),
    b: rng.below(100),
    operation: rng.pick(OPERATIONS),
  }));
  const some = (most: number): number => (rng.chance(0.5) ? 0 : rng.next() * most * fierce);
  return {
    seed,
    processes: 1 + rng.below(3),
    partitions: 2,
    events,
    faults: faults.sort((x, y) => x.at - y.at),
    logFaults: { lost: some(0.03), replyLost: some(0.06), late: some(0.03), twice: 0 },
    storeFaults: { lost: some(0.05), replyLost: some(0.1), late: some(0.05), twice: some(0.3) },
    markerDelayMs: rng.chance(0.5) ? 3 : rng.below(400),
    notifyDelayMs: rng.chance(0.4) ? 3 : rng.below(1_500),
    memoryBytes: rng.chance(0.5) ? 1 : 1_000_000,
    healAt: EVENTS_MS + 1_000,
  };
}
