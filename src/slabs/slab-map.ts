import { hash32 } from '../event/hash.ts';
import {
  bytesAt, ENTRY_ALIGN, entryBytes, hashAt, hasKeyAt, isLiveAt, keyAt, killAt, type Memory,
  readEntry, type SlabEntry, writeEntry,
} from './slab-entry.ts';

/** A place is one number: that of the slab, and where in it, in units of `ENTRY_ALIGN`. */
const PLACE_BITS = 14;
const PLACE_MASK = (1 << PLACE_BITS) - 1;
/** An entry that is greater has a slab of its own. */
const SLAB_BYTES = ENTRY_ALIGN << PLACE_BITS;
const INDEX_MIN = 16;
/** An empty cell of the index. */
const NOWHERE = -1;
/** Bytes of the index for each entry, about: two words, and a table that is half full or less. */
const INDEX_BYTES = 24;
/** Freed slabs that a map keeps for what comes next. */
const SPARE_MAX = 2;

interface Slab extends Memory {
  readonly number: number;
  /** Bytes written so far. */
  used: number;
  /** Of these, bytes of entries that are there still. */
  live: number;
  before: Slab | null;
  after: Slab | null;
}

/**
 * A map from texts to small records that the garbage collector does not see: entries lie one after
 * another in slabs outside of its heap, in the order in which they came, and an index of two typed
 * arrays says where. Two neighbouring slabs become one as soon as what lives in them fits into one,
 * so that slabs take at most twice what the entries need, and two slabs. The last slab is left alone
 * until it is full: a slab is moved once for each that was filled.
 */
export class SlabMap {
  /** By number; null where the number is free. */
  readonly #slabs: (Slab | null)[] = [];
  readonly #freeNumbers: number[] = [];
  readonly #spare: Buffer[] = [];
  #first: Slab | null = null;
  #last: Slab | null = null;
  /** Index: open addressing, linear. */
  #hashes = new Int32Array(INDEX_MIN);
  #places = new Int32Array(INDEX_MIN).fill(NOWHERE);
  #size = 0;
  #movedBytes = 0;
  readonly #hash: (key: string) => number;

  /** @param hash 32 bits of a key; another one only to see what collisions do. */
  constructor(hash: (key: string) => number = hash32) {
    this.#hash = hash;
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes of all slabs, whatever lives in them. */
  get slabBytes(): number {
    let bytes = 0;
    for (let slab = this.#first; slab !== null; slab = slab.after) bytes += slab.bytes.length;
    return bytes;
  }

  /** Bytes of entries that were moved to make room. */
  get movedBytes(): number {
    return this.#movedBytes;
  }

  /** Adds a key that is not there. Returns the bytes it takes, its share of the index included. */
  add(key: string, entry: SlabEntry): number {
    const bytes = entryBytes(key, entry);
    const slab = this.#slabFor(bytes);
    const at = slab.used;
    const hash = this.#hash(key);
    writeEntry(slab, at >> 2, { key, hash, bytes, entry });
    slab.used += bytes;
    slab.live += bytes;
    this.#size++;
    if (this.#size * 2 > this.#places.length) this.#grow();
    this.#link(hash, placeOf(slab, at));
    return bytes + INDEX_BYTES;
  }

  has(key: string): boolean {
    return this.#find(key) >= 0;
  }

  /** What is held under the key, or null. */
  get(key: string): SlabEntry | null {
    const cell = this.#find(key);
    if (cell < 0) return null;
    const place = this.#places[cell] as number;
    return readEntry(this.#slabAt(place), wordOf(place));
  }

  /** Removes a key. Returns the bytes it took, 0 where it was not there. */
  delete(key: string): number {
    const cell = this.#find(key);
    if (cell < 0) return 0;
    const place = this.#places[cell] as number;
    const slab = this.#slabAt(place);
    const bytes = bytesAt(slab, wordOf(place));
    killAt(slab, wordOf(place));
    slab.live -= bytes;
    this.#size--;
    this.#unlink(cell);
    this.#tidy(slab);
    return bytes + INDEX_BYTES;
  }

  /** Keys in the order in which they came; not while keys are added or deleted. */
  *keys(): Generator<string> {
    for (let slab = this.#first; slab !== null; slab = slab.after) {
      for (let at = 0; at < slab.used; at += bytesAt(slab, at >> 2)) {
        if (isLiveAt(slab, at >> 2)) yield keyAt(slab, at >> 2);
      }
    }
  }

  /** The key that came first of those that are there, or null. */
  oldest(): string | null {
    return this.keys().next().value ?? null;
  }

  /** Everything goes. */
  clear(): void {
    while (this.#first !== null) this.#drop(this.#first);
    this.#places.fill(NOWHERE);
    this.#size = 0;
  }

  // --- index ---

  /** Cell of a key, or -1. */
  #find(key: string): number {
    if (this.#size === 0) return -1;
    const hash = this.#hash(key);
    const mask = this.#places.length - 1;
    for (let cell = hash & mask; ; cell = (cell + 1) & mask) {
      const place = this.#places[cell] as number;
      if (place === NOWHERE) return -1;
      if (this.#hashes[cell] !== hash) continue;
      if (hasKeyAt(this.#slabAt(place), wordOf(place), key)) return cell;
    }
  }

  #link(hash: number, place: number): void {
    const mask = this.#places.length - 1;
    let cell = hash & mask;
    while (this.#places[cell] !== NOWHERE) cell = (cell + 1) & mask;
    this.#hashes[cell] = hash;
    this.#places[cell] = place;
  }

  /** An entry moved. */
  #relink(hash: number, from: number, to: number): void {
    const mask = this.#places.length - 1;
    let cell = hash & mask;
    while (this.#places[cell] !== from) cell = (cell + 1) & mask;
    this.#places[cell] = to;
  }

  /** Closes the gap, so that what lies behind it is found still. */
  #unlink(cell: number): void {
    const hashes = this.#hashes;
    const places = this.#places;
    const mask = places.length - 1;
    let gap = cell;
    for (let next = (gap + 1) & mask; places[next] !== NOWHERE; next = (next + 1) & mask) {
      const home = (hashes[next] as number) & mask;
      // It may move to the gap unless its home lies behind that.
      if (((next - home) & mask) < ((next - gap) & mask)) continue;
      hashes[gap] = hashes[next] as number;
      places[gap] = places[next] as number;
      gap = next;
    }
    places[gap] = NOWHERE;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const places = this.#places;
    this.#hashes = new Int32Array(hashes.length * 2);
    this.#places = new Int32Array(places.length * 2).fill(NOWHERE);
    places.forEach((place, cell) => {
      if (place !== NOWHERE) this.#link(hashes[cell] as number, place);
    });
  }

  // --- slabs ---

  #slabAt(place: number): Slab {
    return this.#slabs[place >> PLACE_BITS] as Slab;
  }

  /** The slab that the next entry is appended to. */
  #slabFor(bytes: number): Slab {
    const last = this.#last;
    if (last !== null && last.used + bytes <= SLAB_BYTES) return last;
    const spare = bytes <= SLAB_BYTES ? this.#spare.pop() : undefined;
    const memory = spare ?? Buffer.from(new ArrayBuffer(Math.max(bytes, SLAB_BYTES)));
    const slab: Slab = {
      number: this.#freeNumbers.pop() ?? this.#slabs.length,
      words: new Int32Array(memory.buffer),
      bytes: memory,
      used: 0,
      live: 0,
      before: last,
      after: null,
    };
    this.#slabs[slab.number] = slab;
    if (last === null) this.#first = slab;
    else last.after = slab;
    this.#last = slab;
    if (last !== null) this.#tidy(last);
    return slab;
  }

  /** Something in the slab died, or it has another neighbour. */
  #tidy(slab: Slab): void {
    const { before, after } = slab;
    if (slab.live === 0) {
      this.#drop(slab);
      if (before !== null) this.#tidy(before);
    } else if (after === null) {
      return;
    } else if (before !== null && before.live + slab.live <= SLAB_BYTES) {
      this.#join(before, slab);
    } else if (after.after !== null && slab.live + after.live <= SLAB_BYTES) {
      this.#join(slab, after);
    }
  }

  /** Moves what lives in two neighbours to the front of the first. */
  #join(into: Slab, from: Slab): void {
    const { used } = into;
    into.used = 0;
    this.#moveLive(into, used, into);
    this.#moveLive(from, from.used, into);
    into.live = into.used;
    this.#drop(from);
    this.#tidy(into);
  }

  #moveLive(from: Slab, used: number, into: Slab): void {
    for (let at = 0; at < used; ) {
      const bytes = bytesAt(from, at >> 2);
      if (isLiveAt(from, at >> 2)) {
        this.#move(from, at, bytes, into);
        into.used += bytes;
      }
      at += bytes;
    }
  }

  #move(from: Slab, at: number, bytes: number, into: Slab): void {
    if (from === into && at === into.used) return;
    const hash = hashAt(from, at >> 2);
    this.#movedBytes += bytes;
    into.bytes.set(from.bytes.subarray(at, at + bytes), into.used);
    this.#relink(hash, placeOf(from, at), placeOf(into, into.used));
  }

  #drop({ number, before, after, bytes }: Slab): void {
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    this.#slabs[number] = null;
    this.#freeNumbers.push(number);
    if (bytes.length === SLAB_BYTES && this.#spare.length < SPARE_MAX) this.#spare.push(bytes);
  }
}

function placeOf({ number }: Slab, at: number): number {
  return (number << PLACE_BITS) | (at / ENTRY_ALIGN);
}

/** Where the entry at a place begins, in words of its slab. */
function wordOf(place: number): number {
  return (place & PLACE_MASK) * (ENTRY_ALIGN / 4);
}
