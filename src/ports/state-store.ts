import type { Bytes } from '../event/bytes.ts';
import type { TopicPartition } from './event-log.ts';

/**
 * The view of the changelog that serves state: Redis, or rows beside the embedded log. It is never
 * the authority. Each task has its own sequence number, and a write fits only where it is right
 * (DESIGN 2; facts rules 7 to 15).
 *
 * Every operation is atomic per task. A rejection (`StoreError`) means: outcome unknown; read the
 * position and decide.
 */

/** A state key is (key, owner): `conversation_id=c1` and, say, the pattern `p/haggling/1f3a…`. */
export interface StateChange {
  readonly key: string;
  readonly owner: string;
  /** Null is a tombstone. The first bytes are the header of `src/task/state-value.ts`. */
  readonly value: Bytes | null;
}

export interface StorePosition {
  readonly history: string;
  readonly seq: number;
  /** A rebuild under way, or null. */
  readonly marker: RebuildMarker | null;
  /**
   * First changelog offset that is not contained, and time (ms) of the last write: where a fold
   * goes on, and how old the view is (DESIGN 9). A cleared task stands at seq 0, offset 0.
   */
  readonly changelogOffset: number;
  readonly writtenAt: number;
}

/** Whether a position is still the one that was read: the guard of `beginRebuild`. */
export function samePosition(a: StorePosition | null, b: StorePosition | null): boolean {
  return (
    a?.history === b?.history &&
    a?.seq === b?.seq &&
    a?.marker?.token === b?.marker?.token &&
    a?.marker?.chunk === b?.marker?.chunk
  );
}

export interface RebuildMarker {
  readonly token: string;
  /** Chunks applied so far. */
  readonly chunk: number;
}

export interface OwnedValue {
  readonly owner: string;
  readonly value: Uint8Array;
}

/** What a read saw, all of one moment. */
export interface StateRead {
  /** Null where the store holds nothing of this task. */
  readonly position: StorePosition | null;
  /** Parallel to the keys asked for. */
  readonly values: readonly (readonly OwnedValue[])[];
}

export interface StateWrite {
  readonly history: string;
  /** Sequence numbers joined into this write: `from <= to`. */
  readonly from: number;
  readonly to: number;
  /** Looked at only where they are to be written. */
  readonly changes: Iterable<StateChange>;
  /** As in `StorePosition`, after this write. */
  readonly changelogOffset: number;
  readonly writtenAt: number;
}

export type WriteOutcome =
  | 'applied'
  /** It already held `to`: nothing was to be done. */
  | 'already'
  /** It holds more than `to`. */
  | 'ahead'
  /** It holds less than `from - 1`, another history, a marker, or nothing. */
  | 'refused';

export interface DueTimer {
  readonly due: number;
  readonly key: string;
  readonly owner: string;
}

/** The order of timers, the same in every store: by due, then key and owner by their UTF-8. */
export function compareTimers(a: DueTimer, b: DueTimer): number {
  return a.due - b.due || compareUtf8(a.key, b.key) || compareUtf8(a.owner, b.owner);
}

/** Texts by their UTF-8, without writing it: surrogates come after all other UTF-16 units. */
function compareUtf8(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

export interface StateStore {
  /**
   * Least time from the start of one write of a task to that of the next, ms: 0 where joining
   * several commits into a write saves nothing.
   */
  readonly writeEveryMs: number;
  position(task: TopicPartition): Promise<StorePosition | null>;
  read(task: TopicPartition, keys: readonly string[]): Promise<StateRead>;
  apply(task: TopicPartition, write: StateWrite): Promise<WriteOutcome>;
  /**
   * Begins a rebuild or fold in chunks. Fits only where the position is `expected`. `clear` deletes
   * all the task holds (it may do so lazily, but nothing of it may ever be read again).
   */
  beginRebuild(
    task: TopicPartition,
    expected: StorePosition | null,
    options: { token: string; history: string; clear: boolean; writtenAt: number },
  ): Promise<'begun' | 'refused'>;
  /** Chunk `index` (from 0) of the rebuild that `token` names. */
  rebuildChunk(
    task: TopicPartition,
    token: string,
    index: number,
    changes: readonly StateChange[],
  ): Promise<'applied' | 'refused'>;
  /** Sets the position and removes the marker; `chunks` is the number of chunks sent. */
  finishRebuild(
    task: TopicPartition,
    token: string,
    chunks: number,
    at: { seq: number; changelogOffset: number; writtenAt: number },
  ): Promise<'applied' | 'refused'>;
  /**
   * Timers with `from <= due < until` in the order of {@link compareTimers}, at most `limit`, after
   * `after` if given (which need not be there any more).
   */
  dueTimers(
    task: TopicPartition,
    from: number,
    until: number,
    limit: number,
    after: DueTimer | null,
  ): Promise<readonly DueTimer[]>;
  /** Keys of `owner` whose value is marked as listed (members of a segment), in pages. */
  listed(
    task: TopicPartition,
    owner: string,
    cursor: string | null,
    limit: number,
  ): Promise<{ readonly keys: readonly string[]; readonly next: string | null }>;
  countListed(task: TopicPartition, owner: string): Promise<number>;
  /** Every (key, owner, value) of a task in pages, in no order: for `state verify`. */
  scan(
    task: TopicPartition,
    cursor: string | null,
    limit: number,
  ): Promise<{ readonly entries: readonly StateChange[]; readonly next: string | null }>;
  close(): Promise<void>;
}

export class StoreError extends Error {
  readonly code:
    | 'UNAVAILABLE'
    | 'NOT_AUTHORIZED'
    | 'FULL'
    /** It is too old, or set up so that it forgets what it holds. */
    | 'UNSUPPORTED'
    | 'UNKNOWN';

  constructor(code: StoreError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreError';
    this.code = code;
  }
}
