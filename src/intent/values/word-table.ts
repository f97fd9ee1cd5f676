import { hashToken } from '../scan.ts';

/** Slots for each word; the more, the fewer looks for a word that is in no table. */
const SLOTS_A_WORD = 2;

/**
 * The words of one language that any table of the value pass knows, each with a number from 1 on: what
 * is to be known of a word is then an array by that number. An open hash table, asked with the hash
 * that the scan has made anyway.
 */
export class WordTable {
  /** By number; nothing at 0. */
  readonly words: readonly string[];
  readonly #hashes: Int32Array;
  readonly #units: Uint8Array;
  readonly #slots: Uint16Array;
  readonly #mask: number;

  constructor(words: Iterable<string>) {
    const distinct = new Set(words);
    distinct.delete('');
    this.words = ['', ...distinct];
    this.#hashes = Int32Array.from(this.words, hashToken);
    this.#units = Uint8Array.from(this.words, ({ length }) => length);
    const slots = 2 ** Math.ceil(Math.log2(this.words.length * SLOTS_A_WORD));
    this.#slots = new Uint16Array(slots);
    this.#mask = slots - 1;
    for (let number = 1; number < this.words.length; number++) {
      let slot = this.#hashes[number]! & this.#mask;
      while (this.#slots[slot] !== 0) slot = slot + 1 & this.#mask;
      this.#slots[slot] = number;
    }
  }

  /** Number of a folded word, 0 where the table does not have it. */
  numberOf(word: string): number {
    const hash = hashToken(word);
    for (let slot = hash & this.#mask; ; slot = slot + 1 & this.#mask) {
      const number = this.#slots[slot]!;
      if (number === 0 || this.words[number] === word) return number;
    }
  }

  /**
   * Number of the token with this hash, of `units` units in its folded form. A word of no table has the
   * hash and the length of one of them by chance, as one in some million words has.
   */
  find(hash: number, units: number): number {
    for (let slot = hash & this.#mask; ; slot = slot + 1 & this.#mask) {
      const number = this.#slots[slot]!;
      if (number === 0) return 0;
      if (this.#hashes[number] === hash && this.#units[number] === units) return number;
    }
  }
}
