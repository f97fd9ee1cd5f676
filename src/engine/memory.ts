import type { OwnedValue, StateChange } from '../ports/state-store.ts';
import type { KeyMemory, StateSlot } from '../task/contract.ts';
import { partialMatchesOf } from '../task/key-work.ts';

/** State held by all tasks of a process. */
export interface MemoryBudget {
  /** Estimated bytes. */
  used: number;
  readonly max: number;
  /** Partial matches whose state is decoded. */
  partialMatches: number;
}

interface Entry {
  readonly slots: Map<string, StateSlot>;
  bytes: number;
  partialMatches: number;
  /** Number of the last interval that changed it: not to be evicted until that is in the store. */
  changedIn: number;
}

/** Rough cost of what stands beside the encoded bytes: map entries, decoded state. */
const ENTRY_BYTES = 400;
const SLOT_BYTES = 200;
const DECODED_FACTOR = 3;
/** How many held-back entries one eviction looks past. */
const PINNED_LOOKED_AT = 64;

/**
 * State of a task's keys: cache plus changes the store has not acknowledged (DESIGN 2, point 1).
 * A key without state is held as well, so that it is not asked for again.
 */
export class TaskMemory implements KeyMemory {
  /** In order of use, oldest first. */
  readonly #entries = new Map<string, Entry>();
  readonly #budget: MemoryBudget;
  #acked = 0;
  /** A step is loading or using keys: none may go. */
  #inUse = false;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Of `keys`, those that must be read; the others count as used now. */
  missing(keys: Iterable<string>): string[] {
    const missing: string[] = [];
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry === undefined) {
        missing.push(key);
      } else {
        this.#entries.delete(key);
        this.#entries.set(key, entry);
      }
    }
    return missing;
  }

  put(key: string, values: readonly OwnedValue[]): void {
    this.forget([key]);
    const slots = new Map<string, StateSlot>();
    for (const { owner, value } of values) slots.set(owner, { value, state: undefined });
    const entry: Entry = { slots, bytes: 0, partialMatches: 0, changedIn: 0 };
    this.#entries.set(key, entry);
    this.#measure(entry);
  }

  slots(key: string): Map<string, StateSlot> {
    const entry = this.#entries.get(key);
    if (entry === undefined) throw new Error(`the state of key ${key} was not loaded`);
    return entry.slots;
  }

  /** A step changed these; they stay until `ack` of its interval. */
  changed(changes: readonly StateChange[], interval: number): void {
    const entries = new Set<Entry>();
    for (const { key, owner, value } of changes) {
      const entry = this.#entries.get(key);
      if (entry === undefined) throw new Error(`a step changed key ${key}, which was not loaded`);
      const slot = entry.slots.get(owner);
      if (value === null) entry.slots.delete(owner);
      else if (slot === undefined) entry.slots.set(owner, { value, state: undefined });
      else slot.value = value;
      entry.changedIn = interval;
      entries.add(entry);
    }
    for (const entry of entries) this.#measure(entry);
  }

  /** The store holds everything up to this interval. */
  ack(interval: number): void {
    this.#acked = Math.max(this.#acked, interval);
  }

  /** Keys stay while `work` loads and uses them, whatever is acknowledged meanwhile. */
  async using<T>(work: () => Promise<T>): Promise<T> {
    this.#inUse = true;
    try {
      return await work();
    } finally {
      this.#inUse = false;
    }
  }

  /** Drops what was used longest ago while the process is over its bound. */
  evict(): void {
    if (this.#inUse) return;
    let pinned = 0;
    for (const [key, entry] of this.#entries) {
      if (this.#budget.used <= this.#budget.max || pinned > PINNED_LOOKED_AT) return;
      if (entry.changedIn > this.#acked) {
        pinned++;
        this.#entries.delete(key);
        this.#entries.set(key, entry);
      } else {
        this.forget([key]);
      }
    }
  }

  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      this.#entries.delete(key);
      this.#budget.used -= entry.bytes;
      this.#budget.partialMatches -= entry.partialMatches;
    }
  }

  /** Everything goes. */
  clear(): void {
    this.forget([...this.#entries.keys()]);
  }

  #measure(entry: Entry): void {
    let bytes = ENTRY_BYTES;
    for (const slot of entry.slots.values()) {
      bytes += SLOT_BYTES + (slot.value?.length ?? 0) * DECODED_FACTOR;
    }
    this.#budget.used += bytes - entry.bytes;
    entry.bytes = bytes;
    const partialMatches = partialMatchesOf(entry.slots);
    this.#budget.partialMatches += partialMatches - entry.partialMatches;
    entry.partialMatches = partialMatches;
  }
}
