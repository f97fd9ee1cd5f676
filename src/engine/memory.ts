import { latin1 } from '../event/bytes.ts';
import type { OwnedValue, StateChange } from '../ports/state-store.ts';
import { Numbered } from '../slabs/numbered.ts';
import { SlabMap } from '../slabs/slab-map.ts';
import type { KeyMemory, StateSlot } from '../task/contract.ts';
import { partialMatchesOf } from '../task/key-work.ts';

/** State held by all tasks of a process. */
export interface MemoryBudget {
  /** Bytes of packed keys. */
  used: number;
  readonly max: number;
  /** Partial matches, about: state that was not decoded when its key was packed counts as one. */
  partialMatches: number;
}

/** A key that a step uses. */
interface OpenKey {
  readonly slots: Map<string, StateSlot>;
  /** Partial matches that the budget counts for it. */
  readonly partialMatches: number;
  /** Number of the last interval that changed it: not to be evicted until that is in the store. */
  changedIn: number;
}

/** What stands before the numbers of the owners of a packed key. */
const PARTIAL_MATCHES = 0;
const CHANGED_IN = 1;
const OWNERS = 2;

/**
 * State of a task's keys: cache plus changes the store has not acknowledged (DESIGN 2, point 1).
 * A key without state is held as well, so that it is not asked for again. Keys are open, their state
 * decoded, while a step uses them; then they are packed, and beyond the budget the first ones go.
 */
export class TaskMemory implements KeyMemory {
  readonly #open = new Map<string, OpenKey>();
  /** In the order in which they were packed: numbers as above and of the owners, and their values. */
  readonly #packed = new SlabMap();
  /** A few definitions own the values of all keys. */
  readonly #owners = new Numbered();
  readonly #budget: MemoryBudget;
  #acked = 0;
  /** A step was told what is here, and has not ended: nothing may go. */
  #inUse = false;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#open.size + this.#packed.size;
  }

  /** Of `keys`, those that must be read; the others stay until `pack`. */
  missing(keys: Iterable<string>): string[] {
    this.#inUse = true;
    const missing: string[] = [];
    for (const key of keys) {
      if (!this.#open.has(key) && !this.#packed.has(key)) missing.push(key);
    }
    return missing;
  }

  put(key: string, values: readonly OwnedValue[]): void {
    this.forget([key]);
    const slots = new Map<string, StateSlot>();
    for (const { owner, value } of values) {
      slots.set(owner, { owner, value: latin1(value), state: undefined });
    }
    this.#open.set(key, { slots, partialMatches: 0, changedIn: 0 });
  }

  slots(key: string): Map<string, StateSlot> {
    return this.#opened(key).slots;
  }

  /** A step changed these; they stay until `ack` of its interval. */
  changed(changes: readonly StateChange[], interval: number): void {
    for (const { key, owner, value } of changes) {
      const open = this.#opened(key);
      open.changedIn = interval;
      if (value === null) {
        open.slots.delete(owner);
        continue;
      }
      const slot = open.slots.get(owner);
      const held = latin1(value);
      if (slot === undefined) open.slots.set(owner, { owner, value: held, state: undefined });
      else slot.value = held;
    }
  }

  /** The store holds everything up to this interval. */
  ack(interval: number): void {
    this.#acked = Math.max(this.#acked, interval);
  }

  /** The step is over: what it used is as stored again. */
  pack(): void {
    const budget = this.#budget;
    for (const [key, { slots, partialMatches, changedIn }] of this.#open) {
      let matches = 0;
      const numbers = [0, changedIn];
      const texts: string[] = [];
      for (const slot of slots.values()) {
        if (slot.value === null) continue;
        matches += partialMatchesOf(slot);
        numbers.push(this.#owners.numberOf(slot.owner));
        texts.push(slot.value);
      }
      numbers[PARTIAL_MATCHES] = matches;
      budget.used += this.#packed.add(key, { numbers, texts });
      budget.partialMatches += matches - partialMatches;
    }
    this.#open.clear();
    this.#inUse = false;
  }

  /** Drops what was used longest ago while the process is over its bound. */
  evict(): void {
    if (this.#inUse) return;
    const budget = this.#budget;
    while (budget.used > budget.max) {
      const oldest = this.#packed.oldest();
      if (oldest === null) return;
      const packed = this.#packed.get(oldest);
      // Those packed after it are no older, nor are their changes.
      if (packed === null || (packed.numbers[CHANGED_IN] as number) > this.#acked) return;
      this.forget([oldest]);
    }
  }

  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      const held = this.#open.get(key) ?? this.#take(key);
      if (held === null) continue;
      this.#open.delete(key);
      this.#budget.partialMatches -= held.partialMatches;
    }
  }

  /** Everything goes. */
  clear(): void {
    this.forget([...this.#open.keys(), ...this.#packed.keys()]);
  }

  /** Opened when the step comes to the key: all of a batch at once would outlive collections. */
  #opened(key: string): OpenKey {
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const open = this.#inUse ? this.#take(key) : null;
    if (open === null) throw new Error(`the state of key ${key} was not loaded`);
    this.#open.set(key, open);
    return open;
  }

  #take(key: string): OpenKey | null {
    const packed = this.#packed.get(key);
    if (packed === null) return null;
    this.#budget.used -= this.#packed.delete(key);
    const { numbers, texts } = packed;
    const slots = new Map<string, StateSlot>();
    texts.forEach((value, i) => {
      const owner = this.#owners.textOf(numbers[OWNERS + i] as number);
      slots.set(owner, { owner, value, state: undefined });
    });
    return {
      slots,
      partialMatches: numbers[PARTIAL_MATCHES] as number,
      changedIn: numbers[CHANGED_IN] as number,
    };
  }
}
