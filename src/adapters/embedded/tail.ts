import { batchCount, type PlacedBlob } from './blob.ts';

const TAIL_BATCHES_MAX = 65_536;

/** As it was written; readers decode it. */
interface Batch extends PlacedBlob {
  readonly count: number;
}

/** Recent batches of all partitions: readers near the end need not ask the database. */
export class Tail {
  readonly #batches = new Map<number, Batch[]>();
  readonly #order: number[] = [];
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** After the commit of the batch. */
  add(pid: number, baseOffset: number, blob: Uint8Array): void {
    const held = this.#batches.get(pid) ?? [];
    this.#batches.set(pid, held);
    // Two producers may commit in another order than they appended.
    const after = held.findLastIndex((one) => one.baseOffset < baseOffset);
    held.splice(after + 1, 0, { baseOffset, count: batchCount(blob), blob });
    this.#order.push(pid);
    this.#bytes += blob.length;
    while (this.#bytes > this.#bytesMax || this.#order.length > TAIL_BATCHES_MAX) {
      this.#forgetOldest();
    }
  }

  /**
   * The batch that holds `from`, or the next one; none where none was committed. Null where the
   * database must be asked.
   */
  read(pid: number, from: number): readonly PlacedBlob[] | null {
    const held = this.#batches.get(pid);
    if (held === undefined || held.length === 0) return null;
    if ((held[0] as Batch).baseOffset > from) return null;
    const batch = batchAt(held, from);
    return batch === undefined ? [] : [batch];
  }

  #forgetOldest(): void {
    const oldest = this.#batches.get(this.#order.shift() as number)?.shift();
    this.#bytes -= oldest?.blob.length ?? 0;
  }
}

/** The batch that holds `from`, or the first after it. */
function batchAt(held: readonly Batch[], from: number): Batch | undefined {
  let low = 0;
  let high = held.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { baseOffset, count } = held[middle] as Batch;
    if (baseOffset + count <= from) low = middle + 1;
    else high = middle;
  }
  return held[low];
}
