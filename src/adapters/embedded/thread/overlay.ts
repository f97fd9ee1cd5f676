import { latin1, viewOf } from '../../../event/bytes.ts';
import {
  compareTimers, type DueTimer, type OwnedValue, type StateChange,
} from '../../../ports/state-store.ts';
import { Numbered } from '../../../slabs/numbered.ts';
import { SlabMap } from '../../../slabs/slab-map.ts';
import { stateDue } from '../../../task/state-value.ts';

/** A change that stands in the changelog and not yet in the rows. */
export interface PendingChange extends StateChange {
  /** Of its changelog record. */
  readonly offset: number;
}

/** A page of timers: `from <= due < until`, after `after` where it is given, at most `limit`. */
export interface DuePage {
  readonly from: number;
  readonly until: number;
  readonly after: DueTimer | null;
  readonly limit: number;
}

/** An owner in the entry of a key: its number times two, plus one for a tombstone; the offset. */
const OWNER_NUMBERS = 3;
const TOMBSTONE = 1;
const HIGH = 2 ** 32;

/**
 * Changes of one task on their way from the changelog to the rows. A value that changes again before
 * it is written costs one row, and rows are written in order of key: few pages instead of many. They
 * wait for seconds, too long for objects: each would be moved twice by the collector and then lie in
 * its way.
 */
export class Overlay {
  /** By key: of each owner three numbers, and the value, which a tombstone leaves empty. */
  readonly #keys = new SlabMap();
  /** A few definitions own the values of all keys. */
  readonly #owners = new Numbered();
  #size = 0;

  /** How many (key, owner) wait. */
  get size(): number {
    return this.#size;
  }

  /** Takes changes in; those of one key, one after another, are put down at once. */
  put(changes: readonly PendingChange[]): void {
    for (let from = 0; from < changes.length; ) {
      const { key } = changes[from] as PendingChange;
      let to = from + 1;
      while (changes[to]?.key === key) to++;
      this.#putKey(key, changes.slice(from, to));
      from = to;
    }
  }

  /** What a key holds, given what its rows hold. */
  merge(key: string, rows: readonly OwnedValue[]): readonly OwnedValue[] {
    const changes = this.#of(key);
    if (changes.length === 0) return rows;
    const merged = rows.filter((row) => !changes.some(({ owner }) => owner === row.owner));
    for (const { owner, value } of changes) {
      if (value !== null) merged.push({ owner, value: viewOf(value) });
    }
    return merged;
  }

  /** A page of timers, given those that the rows have in its range, in order. */
  mergeDue(rows: Iterable<DueTimer>, { from, until, after, limit }: DuePage): DueTimer[] {
    const waiting: DueTimer[] = [];
    for (const timer of this.#timers()) {
      if (timer.due < from || timer.due >= until) continue;
      if (after === null || compareTimers(timer, after) > 0) waiting.push(timer);
    }
    waiting.sort(compareTimers);
    const merged: DueTimer[] = [];
    let next = 0;
    for (const row of rows) {
      if (this.#of(row.key).some(({ owner }) => owner === row.owner)) continue;
      while (next < waiting.length && compareTimers(waiting[next] as DueTimer, row) < 0) {
        merged.push(waiting[next++] as DueTimer);
      }
      merged.push(row);
      if (merged.length >= limit) return merged.slice(0, limit);
    }
    return [...merged, ...waiting.slice(next)].slice(0, limit);
  }

  /** All changes in order of key. */
  *sorted(): Generator<PendingChange> {
    for (const key of [...this.#keys.keys()].sort()) yield* this.#of(key);
  }

  clear(): void {
    this.#keys.clear();
    this.#size = 0;
  }

  *#timers(): Generator<DueTimer> {
    for (const key of this.#keys.keys()) {
      for (const { owner, value } of this.#of(key)) {
        const due = value === null ? null : stateDue(value);
        if (due !== null) yield { due, key, owner };
      }
    }
  }

  #putKey(key: string, changes: readonly PendingChange[]): void {
    const byOwner = new Map<string, PendingChange>();
    const held = this.#of(key);
    for (const change of held) byOwner.set(change.owner, change);
    for (const change of changes) byOwner.set(change.owner, change);
    const numbers: number[] = [];
    const texts: string[] = [];
    for (const { owner, value, offset } of byOwner.values()) {
      numbers.push(this.#owners.numberOf(owner) * 2 + (value === null ? TOMBSTONE : 0));
      numbers.push(Math.floor(offset / HIGH), offset | 0);
      texts.push(value === null ? '' : latin1(value));
    }
    this.#keys.delete(key);
    this.#keys.add(key, { numbers, texts });
    this.#size += byOwner.size - held.length;
  }

  #of(key: string): PendingChange[] {
    const held = this.#keys.get(key);
    if (held === null) return [];
    const { numbers } = held;
    return held.texts.map((text, i) => {
      const at = i * OWNER_NUMBERS;
      const [number, high, low] = numbers.slice(at, at + OWNER_NUMBERS) as [number, number, number];
      return {
        key,
        owner: this.#owners.textOf(number >> 1),
        value: (number & TOMBSTONE) === 0 ? text : null,
        offset: high * HIGH + (low >>> 0),
      };
    });
  }
}
