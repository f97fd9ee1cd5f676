import { latin1 } from '../event/bytes.ts';
import type { OwnedValue, StateChange } from '../ports/state-store.ts';
import { Numbered } from '../slabs/numbered.ts';
import type { SlabEntry } from '../slabs/slab-entry.ts';
import { SlabMap } from '../slabs/slab-map.ts';
import type { KeyMemory, StateSlot } from '../task/contract.ts';
import { partialMatchesOf } from '../task/key-work.ts';

/** State held by all tasks of a process. */
export interface MemoryBudget {
  /** Bytes: of packed keys what their entries take, of open ones an estimate. */
  used: number;
  /** Of these, of keys that are open: decoded, or to be decoded when a step wants it. */
  open: number;
  readonly max: number;
  /** Partial matches, about: state that is not decoded counts as one. */
  partialMatches: number;
}

/** A key in use. */
interface OpenKey {
  readonly slots: Map<string, StateSlot>;
  bytes: number;
  partialMatches: number;
  /** Number of the last interval that changed it: not to be evicted until that is in the store. */
  changedIn: number;
  /** Since an eviction last looked at it. */
  used: boolean;
}

/** Bytes of the heap, about (`load/bench-memory.ts`): a key, each of its values, decoded state. */
const OPEN_KEY_BYTES = 450;
const OPEN_VALUE_BYTES = 350;
const DECODED_FACTOR = 6;
/** This share of the budget is for open keys. */
const OPEN_SHARE = 32;
/** How many held-back keys one eviction looks past. */
const PINNED_LOOKED_AT = 64;

/**
 * State of a task's keys: cache plus changes the store has not acknowledged (DESIGN 2, point 1).
 * A key without state is held as well, so that it is not asked for again. What was used lately is
 * open; beyond a share of the budget keys are packed, and beyond the budget they go.
 */
export class TaskMemory implements KeyMemory {
  /** Oldest first; one that was used meanwhile gets another turn. */
  readonly #open = new Map<string, OpenKey>();
  /**
   * What was not used for a while, in the order in which it was packed: partial matches and the
   * numbers of the owners, and a value of each.
   */
  readonly #packed = new SlabMap();
  /** A few definitions own the values of all keys. */
  readonly #owners = new Numbered();
  readonly #budget: MemoryBudget;
  #acked = 0;
  /** A step is loading or using keys: none may go. */
  #inUse = false;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#open.size + this.#packed.size;
  }

  /** Of `keys`, those that must be read; the others are open now. */
  missing(keys: Iterable<string>): string[] {
    const missing: string[] = [];
    for (const key of keys) {
      const open = this.#open.get(key);
      if (open !== undefined) open.used = true;
      else if (!this.#unpack(key)) missing.push(key);
    }
    return missing;
  }

  put(key: string, values: readonly OwnedValue[]): void {
    this.forget([key]);
    const slots = new Map<string, StateSlot>();
    for (const { owner, value } of values) {
      slots.set(owner, { owner, value: latin1(value), state: undefined });
    }
    this.#add(key, slots);
  }

  slots(key: string): Map<string, StateSlot> {
    const open = this.#open.get(key);
    if (open === undefined) throw new Error(`the state of key ${key} was not loaded`);
    return open.slots;
  }

  /** A step changed these; they stay until `ack` of its interval. */
  changed(changes: readonly StateChange[], interval: number): void {
    let measured: OpenKey | null = null;
    for (const { key, owner, value } of changes) {
      const open = this.#open.get(key);
      if (open === undefined) throw new Error(`a step changed key ${key}, which was not loaded`);
      // The changes of a key follow one another.
      if (measured !== null && measured !== open) this.#measure(measured);
      measured = open;
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
    if (measured !== null) this.#measure(measured);
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

  /** Packs, then drops what was used longest ago while the process is over its bounds. */
  evict(): void {
    if (this.#inUse) return;
    const budget = this.#budget;
    let pinned = 0;
    for (const [key, open] of this.#open) {
      if (budget.open <= budget.max / OPEN_SHARE || pinned > PINNED_LOOKED_AT) break;
      if (!open.used && open.changedIn <= this.#acked) {
        this.#pack(key, open);
        continue;
      }
      if (!open.used) pinned++;
      open.used = false;
      this.#open.delete(key);
      this.#open.set(key, open);
    }
    while (budget.used > budget.max) {
      const oldest = this.#packed.oldest();
      if (oldest === null) return;
      this.#takePacked(oldest);
    }
  }

  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      const open = this.#open.get(key);
      if (open === undefined) this.#takePacked(key);
      else this.#close(key, open);
    }
  }

  /** Everything goes. */
  clear(): void {
    this.forget([...this.#open.keys(), ...this.#packed.keys()]);
  }

  #add(key: string, slots: Map<string, StateSlot>): void {
    const open = { slots, bytes: 0, partialMatches: 0, changedIn: 0, used: false };
    this.#open.set(key, open);
    this.#measure(open);
  }

  #close(key: string, open: OpenKey): void {
    this.#open.delete(key);
    this.#budget.used -= open.bytes;
    this.#budget.open -= open.bytes;
    this.#budget.partialMatches -= open.partialMatches;
  }

  #pack(key: string, open: OpenKey): void {
    this.#close(key, open);
    const { partialMatches } = open;
    const numbers = [partialMatches];
    const texts: string[] = [];
    for (const { owner, value } of open.slots.values()) {
      if (value === null) continue;
      numbers.push(this.#owners.numberOf(owner));
      texts.push(value);
    }
    this.#budget.used += this.#packed.add(key, { numbers, texts });
    this.#budget.partialMatches += partialMatches;
  }

  #unpack(key: string): boolean {
    const packed = this.#takePacked(key);
    if (packed === null) return false;
    const slots = new Map<string, StateSlot>();
    packed.texts.forEach((value, i) => {
      const owner = this.#owners.textOf(packed.numbers[i + 1] as number);
      slots.set(owner, { owner, value, state: undefined });
    });
    this.#add(key, slots);
    return true;
  }

  #takePacked(key: string): SlabEntry | null {
    const packed = this.#packed.get(key);
    if (packed === null) return null;
    this.#budget.used -= this.#packed.delete(key);
    this.#budget.partialMatches -= packed.numbers[0] as number;
    return packed;
  }

  #measure(open: OpenKey): void {
    let bytes = OPEN_KEY_BYTES;
    let partialMatches = 0;
    for (const slot of open.slots.values()) {
      bytes += OPEN_VALUE_BYTES + (slot.value?.length ?? 0) * DECODED_FACTOR;
      partialMatches += partialMatchesOf(slot);
    }
    const budget = this.#budget;
    budget.used += bytes - open.bytes;
    budget.open += bytes - open.bytes;
    budget.partialMatches += partialMatches - open.partialMatches;
    open.bytes = bytes;
    open.partialMatches = partialMatches;
  }
}
