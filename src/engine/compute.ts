import { utf8Bytes } from '../event/bytes.ts';
import { stateDue } from '../task/state-value.ts';
import { stateName } from '../ports/changelog.ts';
import type { Clock } from '../ports/clock.ts';
import type { FetchedBatch, LogRecord } from '../ports/event-log.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { MetricName, MetricsSink } from '../event/metrics.ts';
import type { KeyMemory, StepOutcome, TaskProgram } from '../task/contract.ts';
import type { Guards } from './guards.ts';
import type { Stretch } from './stretch.ts';
import { type Interval, newInterval, type OpenTask } from './task.ts';
import type { Topology } from './topology.ts';
import { afterEvents, atPosition, type Watermark, withCandidate } from './watermark.ts';

export interface ComputeContext<Definitions> {
  readonly programs: readonly TaskProgram<Definitions>[];
  readonly definitions: () => { readonly revision: number; readonly compiled: Definitions };
  readonly topology: Pick<Topology, 'partitions'>;
  readonly clock: Clock;
  readonly stretch: Stretch;
  readonly store: StateStore;
  readonly guards: Guards;
  readonly metrics: MetricsSink;
  readonly allowedLatenessMs: number;
  /** Timers fired in one step. */
  readonly timersMax: number;
  /** Largest state or record value that the topics take, bytes. */
  readonly valueBytesMax: number;
  /** Repeats a read of the store while it does not answer. */
  readonly patiently: <T>(read: () => Promise<T>) => Promise<T>;
  /** Throws where the session is at rest: the memory is the next one's, whatever still comes back. */
  readonly mayUseMemory: () => void;
  /** Sequence that the store holds at least, of this task. */
  readonly acked: (task: OpenTask) => number;
}

/** The store is not where the task left it: everything is opened again. */
export class StoreMoved extends Error {}

const READ_KEYS_MAX = 1_000;
/** Of a source in one step: what it makes of them is garbage before it is collected. */
const SOURCE_RECORDS_MAX = 500;
const NO_MEMORY: KeyMemory = {
  slots: (key) => {
    throw new Error(`level 0 has no state, but asked for ${key}`);
  },
};

/**
 * Computes one batch of a task, or time alone where `batch` is null, on top of what is pending. The
 * only waiting is for state that is not in memory, and for the thread.
 */
export async function computeBatch<Definitions>(
  context: ComputeContext<Definitions>,
  task: OpenTask,
  batch: FetchedBatch | null,
): Promise<void> {
  if (task.level > 0 || batch === null) return computePiece(context, task, batch);
  for (const piece of piecesOf(batch)) await computePiece(context, task, piece);
}

/** Pieces of a batch of a source, each as one that was fetched by itself. */
function* piecesOf(batch: FetchedBatch): Generator<FetchedBatch> {
  let records: LogRecord[] = [];
  for (const record of batch.records) {
    if (records.length >= SOURCE_RECORDS_MAX) {
      yield { ...batch, records, nextOffset: record.offset };
      records = [];
    }
    records.push(record);
  }
  yield { ...batch, records };
}

async function computePiece<Definitions>(
  context: ComputeContext<Definitions>,
  task: OpenTask,
  batch: FetchedBatch | null,
): Promise<void> {
  const { stretch } = context;
  while (stretch.over) await stretch.pause();
  const program = context.programs[task.level];
  if (program === undefined) throw new Error(`no program for level ${task.level}`);
  // A set of definitions is taken here, at the boundary of a batch, and holds until its end.
  const { compiled, revision } = context.definitions();
  const wall = context.clock.now();
  const prepared = program.prepare(batch?.records ?? [], task.at, wall, compiled);
  const position = batch?.nextOffset ?? task.position;
  const before = task.watermark;
  let mark = before;
  if (task.level === 0 && prepared.greatestTime !== null) {
    mark = afterEvents(mark, prepared.greatestTime, context.allowedLatenessMs);
  }
  mark = atPosition(mark, position);
  const { timers, reached } = await dueTimers(context, task, mark, position);
  const keys = new Set(prepared.keys);
  for (const { key } of timers) keys.add(key);
  if (task.level > 0) {
    context.mayUseMemory();
    await loadKeys(context, task, keys);
  }
  while (stretch.over) await stretch.pause();
  context.mayUseMemory();
  const moment = { watermark: reached.value, watermarkBefore: before.value, wall };
  const memory = task.level === 0 ? NO_MEMORY : task.memory;
  // No `await` from here on: a commit in between would take the interval without what follows.
  const interval = intervalOf(task);
  for (const key of keys) interval.keys.add(key);
  const outcome = program.step(memory, prepared, timers, moment, compiled);
  interval.inputs += position - task.position;
  interval.offset = position;
  interval.watermark = reached.value;
  interval.patternSet = Math.max(task.patternSet, revision);
  task.position = position;
  task.watermark = reached;
  task.patternSet = interval.patternSet;
  takeOutcome(context, task, interval, outcome, wall);
}

function intervalOf(task: OpenTask): Interval {
  task.pending ??= newInterval(task);
  return task.pending;
}

/** Timers up to the watermark; where there are too many, time stops at the last of them. */
async function dueTimers<Definitions>(
  context: ComputeContext<Definitions>,
  task: OpenTask,
  mark: Watermark,
  position: number,
) {
  task.moreDue = false;
  if (task.level === 0 || mark.value === 0) return { timers: [], reached: mark };
  if (task.timers.needsLoad(mark.value)) {
    await context.patiently(() => task.timers.load(mark.value));
  }
  const taken = task.timers.take(mark.value, context.timersMax);
  if (taken.watermark >= mark.value) return { timers: taken.timers, reached: mark };
  task.moreDue = true;
  const value = Math.max(task.watermark.value, taken.watermark);
  const reached = withCandidate({ value, candidate: null }, mark.value, position);
  return { timers: taken.timers, reached };
}

async function loadKeys<Definitions>(
  context: ComputeContext<Definitions>,
  task: OpenTask,
  keys: ReadonlySet<string>,
): Promise<void> {
  const missing = task.memory.missing(keys);
  for (let i = 0; i < missing.length; i += READ_KEYS_MAX) {
    const wanted = missing.slice(i, i + READ_KEYS_MAX);
    // Rule 10: what the store had acknowledged when it was asked must be in the answer.
    const acked = context.acked(task);
    const read = await context.patiently(() => context.store.read(task.at, wanted));
    const at = read.position;
    const fits =
      at !== null &&
      at.history === task.history &&
      at.marker === null &&
      at.seq >= acked &&
      at.seq <= task.seq;
    if (!fits && context.guards.coldReadChecked) {
      throw new StoreMoved(`${task.name}: a read saw commit ${at?.seq}, not ${acked}..${task.seq}`);
    }
    wanted.forEach((key, index) => task.memory.put(key, read.values[index] ?? []));
  }
}

function takeOutcome<Definitions>(
  context: ComputeContext<Definitions>,
  task: OpenTask,
  interval: Interval,
  outcome: StepOutcome,
  wall: number,
): void {
  const { metrics, topology, valueBytesMax } = context;
  for (const { metric, labels, by } of outcome.counts) {
    metrics.count(metric as MetricName, labels, by);
  }
  for (const record of outcome.records) {
    const size = record.key.length + (record.value?.length ?? 0);
    if (size > valueBytesMax) {
      metrics.count('parley_bounds_total', { bound: 'record', owner: record.role }, 1);
      continue;
    }
    interval.outbox.add(record, topology, wall);
    interval.bytes += size;
  }
  if (outcome.changes.length === 0) return;
  const changes = outcome.changes.map((change) => {
    if ((change.value?.length ?? 0) <= valueBytesMax) return change;
    metrics.count('parley_bounds_total', { bound: 'state', owner: change.owner }, 1);
    return { ...change, value: null };
  });
  for (const { key, owner, value } of changes) {
    const name = stateName(key, owner);
    interval.changes.add({ key: utf8Bytes(name), value, headers: null, timestamp: wall });
    interval.bytes += name.length + (value?.length ?? 0);
    task.timers.changed(key, owner, value === null ? null : stateDue(value), interval.number, name);
  }
  task.memory.changed(changes, interval.number);
}
