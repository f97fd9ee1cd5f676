import { type Plan, planFromSeed, type PlannedFault, WALL_START } from './plan.ts';
import { NO_FAULTS } from './process.ts';
import type { TestEvent } from './program.ts';
import type { Variant } from './world.ts';

/** A guard that is left out, and the histories in which that must be seen. */
export interface GuardTest {
  readonly guard: string;
  readonly variant: Variant;
  /** Histories to look at, by seed: at random, or directed where those are too rare. */
  readonly plan: (seed: number) => Plan;
  /** Most histories looked at. */
  readonly histories: number;
}

/** A history in which nothing goes wrong but what is named. */
function calm(seed: number, faults: readonly PlannedFault[], change: Partial<Plan> = {}): Plan {
  return {
    ...planFromSeed(seed),
    processes: 1,
    logFaults: NO_FAULTS,
    storeFaults: NO_FAULTS,
    markerDelayMs: 3,
    notifyDelayMs: 3,
    faults,
    ...change,
  };
}

/** All events of one key. */
function sameKey(seed: number): TestEvent[] {
  return planFromSeed(seed).events.map((event) => ({ ...event, key: 'k', other: 'o' }));
}

/** When a directed fault strikes: another time for each seed. */
function time(seed: number): number {
  return 700 + ((seed * 137) % 3_000);
}

const random = { plan: planFromSeed, histories: 600 };

/** The table of facts section 2, and tombstone age. */
export const GUARD_TESTS: readonly GuardTest[] = [
  { guard: 'generation in TxnOffsetCommit', variant: { groupCheck: 'none' }, ...random },
  {
    guard: 'generation of the opening, not of the moment',
    variant: { groupCheck: 'member' },
    histories: 300,
    plan: (seed) =>
      calm(seed, [{ at: time(seed), kind: 'disturb', a: 0, b: 0 }], {
        processes: 2,
        notifyDelayMs: 1_200,
      }),
  },
  {
    guard: 'require_stable',
    variant: { guards: { stableFetch: false } },
    histories: 300,
    // Stopped between an accepted TxnOffsetCommit and its records, until another owner has worked.
    plan: (seed) =>
      calm(
        seed,
        [{ at: time(seed), kind: 'pause-at', operation: 'sendOffsets', a: 0, b: 60 }],
        { processes: 2 },
      ),
  },
  {
    guard: 'EndTxn only after an acknowledged TxnOffsetCommit',
    variant: { guards: { offsetsAcceptedBeforeEnd: false } },
    ...random,
  },
  {
    guard: 'refused producer not reused',
    variant: { guards: { producerRenewed: 'none' } },
    ...random,
  },
  {
    guard: '__meta read to the end',
    variant: { guards: { metaToTheEnd: false, metaCrossCheck: false } },
    ...random,
  },
  {
    guard: '__meta read after the stable fetch',
    variant: { guards: { metaAfterFetch: false, metaCrossCheck: false } },
    histories: 400,
    // The first commit ever of a process is pending when the next owner opens: fencing the owner
    // that `__meta` names misses it, and it becomes true between the two reads.
    plan: (seed) =>
      calm(
        seed,
        [
          { at: 1_100, kind: 'kill', a: 1, b: 0 },
          {
            at: 2_010 + (seed % 20) * 5,
            kind: 'pause-at',
            operation: 'sendOffsets',
            a: 0,
            b: 55 + (seed % 10),
          },
        ],
        { processes: 2 },
      ),
  },
  {
    guard: 'memory of the other tasks of a failed transaction dropped',
    variant: { guards: { failedMemoryDropped: 'first' } },
    ...random,
  },
  {
    guard: 'sequence in the store',
    variant: { storeGuards: { sequence: false } },
    histories: 300,
    // A write that its client gave up arrives when later ones are done.
    plan: (seed) =>
      calm(
        seed,
        [0, 500].map((later) => ({
          at: time(seed) + later,
          kind: 'late-at',
          operation: 'apply',
          a: 0,
          b: seed % 50,
        })),
        { events: sameKey(seed) },
      ),
  },
  {
    guard: 'history id',
    variant: { guards: { historyChecked: false }, storeGuards: { history: false } },
    ...random,
  },
  { guard: 'second stage reads committed', variant: { readUncommitted: true }, ...random },
  {
    guard: 'rebuild marker',
    variant: { storeGuards: { marker: false } },
    histories: 300,
    // A chunk of a rebuild that was given up arrives when the next one is done.
    plan: (seed) =>
      calm(
        seed,
        [
          { at: time(seed), kind: 'flush', a: 0, b: 0 },
          { at: time(seed), kind: 'late-at', operation: 'rebuildChunk', a: 0, b: seed % 40 },
        ],
        { memoryBytes: 1 },
      ),
  },
  {
    guard: 'chunk counter',
    variant: { storeGuards: { chunk: false } },
    histories: 300,
    plan: (seed) =>
      calm(seed, [{ at: 3_500, kind: 'flush', a: 0, b: 0 }], {
        storeFaults: { ...NO_FAULTS, twice: 0.5 },
        events: sameKey(seed),
      }),
  },
  { guard: 'fold sees __meta', variant: { guards: { foldSeesMeta: false } }, ...random },
  { guard: 'cold read checked', variant: { guards: { coldReadChecked: false } }, ...random },
  { guard: 'overlay undone', variant: { guards: { overlayUndone: false } }, ...random },
  {
    guard: 'memory over a rebalance checked',
    variant: { guards: { memoryByNonce: 'always' } },
    histories: 400,
    // Members thrown out that do not know it yet, so that a generation passes them by.
    plan: (seed) =>
      calm(
        seed,
        [0, 600, 1_200].map((later, a) => ({ at: time(seed) + later, kind: 'kick', a, b: 0 })),
        { processes: 2, notifyDelayMs: 1_400, memoryBytes: 1_000_000, events: sameKey(seed) },
      ),
  },
  {
    guard: 'memory kept by nonce, not by (seq, offset)',
    variant: { guards: { memoryByNonce: 'position', failedMemoryDropped: 'none' } },
    ...random,
  },
  {
    guard: 'store not written on an unknown outcome',
    variant: { guards: { storeAfterCommit: false } },
    histories: 1_000,
    // The write of the failed commit arrives after the opening looked and before the next commit.
    plan: (seed) =>
      calm(
        seed,
        [
          { at: time(seed), kind: 'late-at', operation: 'produce', a: 0, b: 0 },
          { at: time(seed), kind: 'late-at', operation: 'apply', a: 0, b: 0 },
          { at: time(seed) + 420, kind: 'pause-at', operation: 'read', a: 0, b: 25 },
        ],
        { memoryBytes: 1_000_000 },
      ),
  },
  {
    guard: 'new transaction version, no abort and reuse',
    variant: { transactionVersion: 1, guards: { producerRenewed: 'abort' } },
    ...random,
  },
  {
    guard: 'tombstone age',
    variant: { guards: { tombstoneAge: false } },
    histories: 50,
    plan: tombstonePlan,
  },
];

/** The store is set back to before a deletion, and found again when the tombstone is gone. */
function tombstonePlan(seed: number): Plan {
  const event = (id: string, kind: TestEvent['kind'], at: number): TestEvent => ({
    id,
    kind,
    key: 'k',
    other: 'o',
    time: WALL_START + at,
  });
  const events = [
    event('e0', 'ask', 400),
    event('e1', 'note', 900 + (seed % 7) * 20),
    event('e2', 'answer', 1_600),
  ];
  const rollbacks = [0, 1, 2, 3].map(
    (a): PlannedFault => ({ at: 2_600, kind: 'rollback', a, b: 0 }),
  );
  const compact = { at: 2_800, kind: 'compact', a: 0, b: 0 } as const;
  return calm(
    seed,
    [
      { at: 2_500, kind: 'kill', a: 0, b: 99 },
      ...rollbacks,
      { at: 2_700, kind: 'jump', a: 8, b: 0 },
      compact,
    ],
    { events },
  );
}
