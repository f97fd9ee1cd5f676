import { stateName } from '../ports/changelog.ts';
import type { DueTimer } from '../ports/state-store.ts';

/** Reads a page of timers from the store: `from <= due < until`, after `after` if given. */
export type ReadTimers = (
  from: number,
  until: number,
  limit: number,
  after: DueTimer | null,
) => Promise<readonly DueTimer[]>;

export interface TimerIndexOptions {
  /** How far ahead of the watermark timers are held in memory, ms; at least 1. */
  readonly windowMs: number;
  /** How many are held, about: a load ends there, and while half of them are left none begins. */
  readonly loadMax: number;
}

/** What an interval changed, in order, side by side: most of it is forgotten and never looked at. */
interface Unacknowledged {
  readonly interval: number;
  readonly keys: string[];
  readonly owners: string[];
  /** NaN where there is no timer any more, or where it is within the horizon. */
  readonly dues: number[];
}

export interface DueTake {
  readonly timers: readonly DueTimer[];
  /** The watermark that these allow: all timers up to it are in `timers`. */
  readonly watermark: number;
}

/** Of one read: another, which a step waits for, has its turn after so many. */
const PAGE = 500;

/**
 * Timers of a task that are due soon: those of the store up to a horizon, plus every change since.
 * Holds no truth of its own: a timer it gives may be stale, which the step ignores; it never misses
 * one. Changes beyond the horizon are kept until the store has them, since a load might not see
 * them yet.
 */
export class TimerIndex {
  readonly #read: ReadTimers;
  readonly #options: TimerIndexOptions;
  readonly #heap: DueTimer[] = [];
  /** Due time now of each timer within the horizon. */
  readonly #current = new Map<string, number>();
  /** Changes that the store may not have, in order of interval. */
  readonly #ahead: Unacknowledged[] = [];
  /** Changes with `due` below it go into the heap. */
  #horizon = Number.NEGATIVE_INFINITY;
  /** All timers with `due` below it are in the heap: the horizon, but while a load is under way. */
  #loadedTo = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> | null = null;
  /** Names whose due time is known better than the pages of the load under way can tell it. */
  readonly #since = new Set<string>();

  constructor(read: ReadTimers, options: TimerIndexOptions) {
    this.#read = read;
    this.#options = options;
  }

  get size(): number {
    return this.#current.size;
  }

  /**
   * A step set the due time of (key, owner) in this interval; null: it has none any more.
   * `name`: their `stateName`, where the caller has it.
   */
  changed(
    key: string,
    owner: string,
    due: number | null,
    interval: number,
    name: string = stateName(key, owner),
  ): void {
    if (this.#loading !== null) this.#since.add(name);
    const near = due !== null && due < this.#horizon;
    const { keys, owners, dues } = this.#aheadOf(interval);
    keys.push(key);
    owners.push(owner);
    dues.push(due === null || near ? NaN : due);
    if (near) this.#push({ due, key, owner }, name);
    else this.#current.delete(name);
  }

  /** The store has everything up to this interval. */
  ack(interval: number): void {
    while ((this.#ahead[0]?.interval ?? Infinity) <= interval) this.#ahead.shift();
  }

  /** Whether `take` up to this watermark needs a load first. */
  needsLoad(watermark: number): boolean {
    return watermark >= this.#loadedTo;
  }

  /** Whether a load now would let `take` go on for a while without waiting for one. */
  nearlyEmpty(watermark: number): boolean {
    const { windowMs, loadMax } = this.#options;
    if (this.#loading !== null || this.#current.size > loadMax / 2) return false;
    return watermark + windowMs / 2 >= this.#loadedTo;
  }

  /**
   * Moves the horizon past the watermark. Reads the store; changes and takes may go on meanwhile.
   * One load at a time: who asks while one is under way waits for that, and looks again.
   */
  load(watermark: number): Promise<void> {
    this.#loading ??= this.#load(watermark).finally(() => {
      this.#loading = null;
      this.#since.clear();
    });
    return this.#loading;
  }

  async #load(watermark: number): Promise<void> {
    // From here on changes below the new horizon go into the heap: the pages may miss them.
    this.#horizon = Math.max(watermark, this.#loadedTo) + this.#options.windowMs;
    try {
      await this.#loadPages(this.#loadedTo, this.#horizon, watermark);
      this.#loadedTo = this.#horizon;
    } catch (error) {
      this.#horizon = this.#loadedTo;
      throw error;
    }
  }

  async #loadPages(from: number, until: number, watermark: number): Promise<void> {
    this.#takeAhead(until);
    const limit = Math.min(PAGE, this.#options.loadMax);
    let after: DueTimer | null = null;
    let loaded = 0;
    for (;;) {
      const page: readonly DueTimer[] = await this.#read(from, until, limit, after);
      for (const timer of page) {
        const name = stateName(timer.key, timer.owner);
        const newer = this.#since.has(name) || this.#current.has(name);
        if (!newer) this.#push(timer, name);
      }
      const last: DueTimer | undefined = page.at(-1);
      if (page.length < limit || last === undefined) return;
      loaded += page.length;
      after = last;
      // Enough for now: everything before the last due time is here, the rest is for later.
      if (loaded >= this.#options.loadMax && last.due > watermark) {
        this.#horizon = Math.min(this.#horizon, last.due);
        return;
      }
    }
  }

  /** Timers due at `watermark`, at most `max` and those due with the last of them. */
  take(watermark: number, max: number): DueTake {
    const timers: DueTimer[] = [];
    const limit = Math.min(watermark, this.#loadedTo - 1);
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.due > limit) return { timers, watermark: limit };
      const last = timers.at(-1);
      if (last !== undefined && timers.length >= max && next.due > last.due) {
        return { timers, watermark: last.due };
      }
      pop(this.#heap);
      const name = stateName(next.key, next.owner);
      if (this.#current.get(name) !== next.due) continue;
      this.#current.delete(name);
      timers.push(next);
    }
  }

  /** Of what the store may not have, the last of each timer: those below `until` go into the heap. */
  #takeAhead(until: number): void {
    const last = new Map<string, { readonly of: Unacknowledged; readonly at: number }>();
    for (const of of this.#ahead) {
      of.keys.forEach((key, at) => last.set(stateName(key, of.owners[at] as string), { of, at }));
    }
    for (const [name, { of: { keys, owners, dues }, at }] of last) {
      const due = dues[at] as number;
      if (Number.isNaN(due)) continue;
      this.#since.add(name);
      if (due >= until) continue;
      dues[at] = NaN;
      this.#push({ due, key: keys[at] as string, owner: owners[at] as string }, name);
    }
  }

  #aheadOf(interval: number): Unacknowledged {
    const last = this.#ahead.at(-1);
    if (last?.interval === interval) return last;
    const begun: Unacknowledged = { interval, keys: [], owners: [], dues: [] };
    this.#ahead.push(begun);
    return begun;
  }

  #push(timer: DueTimer, name: string): void {
    if (this.#current.get(name) === timer.due) return;
    this.#current.set(name, timer.due);
    push(this.#heap, timer);
  }
}

function before(a: DueTimer, b: DueTimer): boolean {
  if (a.due !== b.due) return a.due < b.due;
  return a.key !== b.key ? a.key < b.key : a.owner < b.owner;
}

/** Binary heap, the earliest first. */
function push(heap: DueTimer[], timer: DueTimer): void {
  let at = heap.length;
  heap.push(timer);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as DueTimer;
    if (!before(timer, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = timer;
}

function pop(heap: DueTimer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = at * 2 + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && before(right, heap[child] as DueTimer)) child++;
    const least = heap[child] as DueTimer;
    if (!before(least, last)) break;
    heap[at] = least;
    at = child;
  }
  heap[at] = last;
}
