import type { Event } from '../event/event.ts';
import type { LogRecord } from '../ports/event-log.ts';
import { latin1, viewOf } from '../event/bytes.ts';
import type { DueTimer, StateChange } from '../ports/state-store.ts';
import type {
  Count, KeyMemory, PreparedBatch, RoutedRecord, StateSlot, TaskProgram,
} from './contract.ts';
import type { Definitions } from './definitions.ts';
import { forward } from './level-zero.ts';
import type { Programs } from './programs.ts';
import { heldDue } from './state-value.ts';
import { createTally } from './tally.ts';

/** A record as it is read back. */
export interface ReadRecord extends RoutedRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

/**
 * All three levels in one process, in virtual time, without a log or store: the step code that runs
 * live, for tests inside pattern files and for oracles. One task for each level; the time of every
 * level is the greatest event time so far, minus `lateness`.
 */
export interface VirtualRun {
  /** Reads records of a source at the given wall time. */
  feed(records: readonly SourceRecord[], wall: number): void;
  /** Offers an event as it would come out of decoding. */
  offer(event: Event): void;
  /** Moves the time of all levels, if it is ahead: deadlines up to it fire. */
  advance(time: number): void;
  /** Takes another set of definitions, as at a batch boundary. */
  swap(definitions: Definitions): void;
  /** When the next deadline of any key is due, ms; null where there is none. */
  nextDue(): number | null;
  /** What was written since the last call, but for the keyed topics. */
  take(): readonly ReadRecord[];
  readonly counts: readonly Count[];
  /** State of level 1 or 2, for `explain`. */
  memory(level: 1 | 2): VirtualMemory;
}

export interface VirtualMemory extends KeyMemory {
  /** Every key that has state. */
  keys(): Iterable<string>;
  due(until: number): readonly DueTimer[];
  nextDue(): number;
  changed(changes: readonly StateChange[]): void;
}

export type SourceRecord = Omit<LogRecord, 'offset'>;

export interface VirtualOptions {
  readonly topic: string;
  /** How far the time stays behind the greatest event time, ms. */
  readonly lateness: number;
}

/** How often level 2 may send to itself in one go. */
const ROUNDS_MAX = 100;

export function createVirtualRun(
  [zero, one, two]: Programs,
  first: Definitions,
  options: VirtualOptions,
): VirtualRun {
  const outputs: ReadRecord[] = [];
  const counts: Count[] = [];
  const memories = { 1: createMemory(), 2: createMemory() };
  let definitions = first;
  let offset = 0;
  let watermark = -Infinity;
  /** Where the step under way moves the watermark to. */
  let watermarkNext = -Infinity;

  function runLevel<B extends PreparedBatch>(
    program: TaskProgram<Definitions, B>,
    records: readonly LogRecord[],
    wall: number,
    next: number,
  ): readonly RoutedRecord[] {
    const topic = program.level === 0 ? options.topic : `keyed.${program.level}`;
    const batch = program.prepare(records, { topic, partition: 0 }, wall, definitions);
    if (program.level === 0) {
      const time = batch.greatestTime ?? -Infinity;
      watermarkNext = Math.max(watermark, time - options.lateness);
    }
    const memory = memories[program.level === 2 ? 2 : 1];
    const timers = program.level === 0 ? [] : memory.due(next);
    const moment = { watermark: next, watermarkBefore: watermark, wall };
    const outcome = program.step(memory, batch, timers, moment, definitions);
    memory.changed(outcome.changes);
    counts.push(...outcome.counts);
    return outcome.records;
  }

  function runKeyed(forwarded: readonly RoutedRecord[], wall: number): void {
    const pending: RoutedRecord[] = [];
    const sort = (records: readonly RoutedRecord[], toOne: RoutedRecord[]) => {
      for (const record of records) {
        if (record.role === 'keyed.1') toOne.push(record);
        else if (record.role === 'keyed.2') pending.push(record);
        else outputs.push(asRead(record));
      }
    };
    const first: RoutedRecord[] = [];
    sort(forwarded, first);
    sort(runLevel(one, first.map(asLogRecord), wall, watermarkNext), first);
    for (let round = 0; round === 0 || pending.length > 0; round++) {
      if (round >= ROUNDS_MAX) throw new Error('level 2 keeps sending to itself');
      const batch = pending.splice(0).map(asLogRecord);
      sort(runLevel(two, batch, wall, watermarkNext), first);
    }
    watermark = watermarkNext;
  }

  function asLogRecord(record: RoutedRecord): LogRecord {
    const { key, value } = asRead(record);
    return { offset: offset++, timestamp: 0, key, value, headers: null };
  }

  return {
    feed(records, wall) {
      watermarkNext = watermark;
      const read = records.map((record) => ({ ...record, offset: offset++ }));
      runKeyed(runLevel(zero, read, wall, watermark), wall);
    },
    offer(event) {
      watermarkNext = Math.max(watermark, event.time - options.lateness);
      const forwarded: RoutedRecord[] = [];
      const routes = definitions.routes.get(event.type) ?? [];
      forward(event, 'arrival', routes, forwarded, createTally(), []);
      runKeyed(forwarded, event.time);
    },
    advance(time) {
      watermarkNext = Math.max(watermark, time);
      runKeyed([], time);
    },
    swap(next) {
      definitions = next;
    },
    nextDue() {
      const due = Math.min(memories[1].nextDue(), memories[2].nextDue());
      return due === Infinity ? null : due;
    },
    take: () => outputs.splice(0),
    counts,
    memory: (level) => memories[level],
  };
}

function asRead({ role, key, value }: RoutedRecord): ReadRecord {
  return { role, key: viewOf(key), value: value === null ? null : viewOf(value) };
}

function createMemory(): VirtualMemory {
  const keys = new Map<string, Map<string, StateSlot>>();
  const timers = (): DueTimer[] => {
    const all: DueTimer[] = [];
    for (const [key, slots] of keys) {
      for (const [owner, { value }] of slots) {
        const due = value === null ? null : heldDue(value);
        if (due !== null) all.push({ due, key, owner });
      }
    }
    return all.sort((a, b) => a.due - b.due);
  };
  return {
    slots(key) {
      const known = keys.get(key) ?? new Map<string, StateSlot>();
      keys.set(key, known);
      return known;
    },
    changed(changes) {
      for (const { key, owner, value } of changes) {
        const slot = keys.get(key)?.get(owner);
        if (slot !== undefined) slot.value = value && latin1(value);
      }
    },
    keys: () => keys.keys(),
    due: (until) => timers().filter(({ due }) => due <= until),
    nextDue: () => timers()[0]?.due ?? Infinity,
  };
}
