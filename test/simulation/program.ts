import { utf8 } from '../../src/event/bytes.ts';
import type { LogRecord, TopicPartition } from '../../src/ports/event-log.ts';
import type { DueTimer, StateChange } from '../../src/ports/state-store.ts';
import type {
  KeyMemory,
  Moment,
  PreparedBatch,
  RoutedRecord,
  StateSlot,
  TaskProgram,
} from '../../src/task/contract.ts';
import { encodeStateValue, heldBody } from '../../src/task/state-value.ts';

/**
 * A small program that uses everything the engine offers: forwarding over two levels, state of two
 * owners per key, timers, tombstones. Every result carries a number, a stamp that no other run of
 * the step gives again, and the stamp before it: so a result that is lost, doubled, reordered or
 * computed on state that never came true breaks a chain that the oracle can see.
 */

/** An event of the test. `ask` opens a wait that `answer` closes; unanswered it times out. */
export interface TestEvent {
  readonly id: string;
  readonly kind: 'ask' | 'answer' | 'note';
  readonly key: string;
  /** Key under which the second level counts it. */
  readonly other: string;
  readonly time: number;
  /** When it reaches the source, ms from the start; at its own time unless said. */
  readonly sent?: number;
}

export interface TestOutput {
  readonly kind: 'event' | 'unanswered' | 'sum';
  readonly key: string;
  /** Number of the result within the key. */
  readonly n: number;
  readonly stamp: string;
  readonly previous: string;
  /** Id of the event, or of the ask that was not answered. */
  readonly id: string;
  readonly due: number | null;
  /** Revision of the definitions it was computed with. */
  readonly revision: number;
}

export interface TestDefinitions {
  readonly revision: number;
}

interface Count {
  n: number;
  stamp: string;
}

interface Wait {
  readonly id: string;
  readonly due: number;
}

interface TestBatch extends PreparedBatch {
  readonly events: readonly TestEvent[];
}

export const WAIT_MS = 3_000;

export interface ProgramOptions {
  readonly stamp: () => string;
}

export function testPrograms(options: ProgramOptions): readonly TaskProgram<TestDefinitions>[] {
  return [levelZero, countingLevel(1, options), countingLevel(2, options)];
}

function parse(records: Iterable<LogRecord>): TestEvent[] {
  return [...records].map((one) => JSON.parse(Buffer.from(one.value ?? []).toString()) as TestEvent);
}

const levelZero: TaskProgram<TestDefinitions, TestBatch> = {
  level: 0,
  prepare: (records, _from: TopicPartition, wall) => {
    const events = parse(records);
    const times = events.map((one) => Math.min(one.time, wall));
    return { keys: [], events, greatestTime: times.length === 0 ? null : Math.max(...times) };
  },
  step: (_memory, batch) => ({
    changes: [],
    records: batch.events.map((event) => forward('keyed.1', event.key, event)),
    counts: [],
  }),
};

function forward(role: 'keyed.1' | 'keyed.2', key: string, event: TestEvent): RoutedRecord {
  return { role, key: Buffer.from(key), value: Buffer.from(JSON.stringify(event)) };
}

function countingLevel(
  level: 1 | 2,
  { stamp }: ProgramOptions,
): TaskProgram<TestDefinitions, TestBatch> {
  const keyOf = (event: TestEvent): string => (level === 1 ? event.key : event.other);
  return {
    level,
    prepare: (records) => {
      const events = parse(records);
      return { keys: [...new Set(events.map(keyOf))], events, greatestTime: null };
    },
    step: (memory, batch, timers, moment, definitions) => {
      const work = new StepWork(memory, stamp, definitions.revision);
      if (level === 1) work.level1(batch.events, timers, moment);
      else for (const event of batch.events) work.count('sum', keyOf(event), event.id, null);
      return { changes: [...work.changes.values()], records: work.records, counts: [] };
    },
  };
}

class StepWork {
  readonly changes = new Map<string, StateChange>();
  readonly records: RoutedRecord[] = [];
  readonly #memory: KeyMemory;
  readonly #stamp: () => string;
  readonly #revision: number;

  constructor(memory: KeyMemory, stamp: () => string, revision: number) {
    this.#memory = memory;
    this.#stamp = stamp;
    this.#revision = revision;
  }

  level1(events: readonly TestEvent[], timers: readonly DueTimer[], moment: Moment): void {
    for (const event of events) {
      // The key's clock: its own event time fires what was due before.
      this.#fire(event.key, Math.max(event.time, moment.watermarkBefore));
      this.count('event', event.key, event.id, null);
      if (event.kind === 'ask') {
        this.#setWait(event.key, { id: event.id, due: event.time + WAIT_MS });
      } else if (event.kind === 'answer') {
        this.#setWait(event.key, null);
      }
      this.records.push(forward('keyed.2', event.other, event));
    }
    for (const { key } of timers) this.#fire(key, moment.watermark);
  }

  #fire(key: string, now: number): void {
    const wait = this.#read<Wait>(key, 'wait');
    if (wait === null || wait.due > now) return;
    this.#setWait(key, null);
    this.count('unanswered', key, wait.id, wait.due);
  }

  #setWait(key: string, wait: Wait | null): void {
    if (wait === null && this.#read(key, 'wait') === null) return;
    this.#write(key, 'wait', wait, wait?.due ?? null);
  }

  count(kind: TestOutput['kind'], key: string, id: string, due: number | null): void {
    const count = this.#read<Count>(key, 'count') ?? { n: 0, stamp: '' };
    const previous = count.stamp;
    // In place on purpose: an engine that keeps undone state is found out.
    count.n++;
    count.stamp = this.#stamp();
    this.#write(key, 'count', count, null);
    const { n, stamp } = count;
    const output: TestOutput = { kind, key, n, stamp, previous, id, due, revision: this.#revision };
    const value = Buffer.from(JSON.stringify(output));
    this.records.push({ role: 'derived', key: Buffer.from(key), value });
  }

  #slot(key: string, owner: string): StateSlot {
    const slots = this.#memory.slots(key);
    let slot = slots.get(owner);
    if (slot === undefined) {
      slot = { owner, value: null, state: null };
      slots.set(owner, slot);
    }
    return slot;
  }

  #read<T>(key: string, owner: string): T | null {
    const slot = this.#slot(key, owner);
    if (slot.state === undefined) {
      slot.state = slot.value === null ? null : parseBody(slot.value);
    }
    return slot.state as T | null;
  }

  #write(key: string, owner: string, state: unknown, due: number | null): void {
    const slot = this.#slot(key, owner);
    slot.state = state;
    const value =
      state === null
        ? null
        : encodeStateValue({ due, listed: false }, Buffer.from(JSON.stringify(state)));
    this.changes.set(`${key}/${owner}`, { key, owner, value });
  }
}

function parseBody(held: string): unknown {
  return JSON.parse(utf8(heldBody(held)));
}
