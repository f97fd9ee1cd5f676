import { fillEvents } from '../peers-streams.ts';
import type { StreamEvent } from '../peers-streams.ts';
import { Lanes } from './lanes.ts';
import { matchersOf, rowOf } from './rows.ts';

export interface Memory {
  readonly open: number;
  /**
   * Heap per open partial match: state with its key's cell and timer. The caller holds the events
   * and their texts, as in the harness of the Java engines.
   */
  readonly heapBytes: number;
  /** The same where nobody else holds the events: with each event, its id of 36 characters and its key. */
  readonly wholeBytes: number;
  /** Serialised, with event ids of 36 characters. */
  readonly storedBytes: number;
}

/** `open` keys with one open partial match each, as in row R6. Needs `--expose-gc`. */
export function measureMemory(row: string, open: number): Memory {
  const empty = heap();
  const events = fillEvents(open).map((event, i): StreamEvent => ({ ...event, id: idOf(i) }));
  const lanes = new Lanes(matchersOf(rowOf(row)), () => undefined);
  const before = heap();
  for (const event of events) lanes.offer(event);
  const after = heap();
  events.length = 0;
  const whole = heap();
  return {
    open: lanes.open, heapBytes: (after - before) / lanes.open, wholeBytes: (whole - empty) / lanes.open,
    storedBytes: lanes.storedBytes / lanes.open,
  };
}

function idOf(i: number): string {
  const digits = i.toString(16).padStart(12, '0');
  return `018f3c2a-7b1d-7c3e-9a4f-${digits}`;
}

function heap(): number {
  for (let i = 0; i < 5; i++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
