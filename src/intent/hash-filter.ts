/**
 * A set of 32-bit hashes that may say yes to one it does not have, never no to one it has. One bit a
 * hash: small enough to stay in the first caches, where a table of the hashes does not.
 */
export class HashFilter {
  readonly #bits: Uint8Array;
  readonly #mask: number;

  /** @param size how many bits, a power of two from 8 on; eight times the hashes lets an eighth through */
  constructor(size: number) {
    this.#bits = new Uint8Array(size >> 3);
    this.#mask = (size >> 3) - 1;
  }

  add(hash: number): void {
    this.#bits[hash >>> 3 & this.#mask]! |= 1 << (hash & 7);
  }

  mayHave(hash: number): boolean {
    return (this.#bits[hash >>> 3 & this.#mask]! >> (hash & 7) & 1) !== 0;
  }
}
