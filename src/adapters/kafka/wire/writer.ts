import { Buffer } from 'node:buffer';

/** A byte field of this size is a piece of its own, sent without being copied. */
const ownPieceBytes = 4_096;

/**
 * Writes Kafka's primitive types into growing buffers. Strings, byte fields and arrays are the
 * compact ones of flexible messages: length + 1 as an unsigned varint, 0 for null.
 */
export class WireWriter {
  /** Finished pieces; `#buffer` is the one being written. */
  readonly #parts: Buffer[] = [];
  #partsBytes = 0;
  #buffer: Buffer;
  #length = 0;

  constructor(initialBytes = 512) {
    this.#buffer = Buffer.allocUnsafe(initialBytes);
  }

  /** What was written, in pieces that follow one another. Large byte fields are not copied. */
  finish(): Buffer[] {
    this.#cut();
    return this.#parts;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#partsBytes + this.#length;
  }

  int8(value: number): this {
    this.#reserve(1);
    this.#length = this.#buffer.writeInt8(value, this.#length);
    return this;
  }

  bool(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  int16(value: number): this {
    this.#reserve(2);
    this.#length = this.#buffer.writeInt16BE(value, this.#length);
    return this;
  }

  int32(value: number): this {
    this.#reserve(4);
    this.#length = this.#buffer.writeInt32BE(value, this.#length);
    return this;
  }

  /** A whole number between -2^53 and 2^53. */
  int64(value: number): this {
    this.#reserve(8);
    this.#buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), this.#length);
    this.#length = this.#buffer.writeUInt32BE(value >>> 0, this.#length + 4);
    return this;
  }

  unsignedVarint(value: number): this {
    this.#reserve(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#length++] = rest;
    return this;
  }

  string(value: string): this {
    const bytes = Buffer.byteLength(value);
    this.unsignedVarint(bytes + 1);
    this.#reserve(bytes);
    this.#length += this.#buffer.write(value, this.#length, 'utf8');
    return this;
  }

  nullableString(value: string | null): this {
    return value === null ? this.unsignedVarint(0) : this.string(value);
  }

  bytes(value: Uint8Array): this {
    return this.unsignedVarint(value.length + 1).raw(value);
  }

  /** Bytes without a length before them. */
  raw(value: Uint8Array): this {
    if (value.length >= ownPieceBytes) {
      this.#cut();
      this.#parts.push(Buffer.from(value.buffer, value.byteOffset, value.length));
      this.#partsBytes += value.length;
      return this;
    }
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.unsignedVarint(items.length + 1);
    for (const item of items) write(item);
    return this;
  }

  nullArray(): this {
    return this.unsignedVarint(0);
  }

  /** Ends a structure: no tagged fields. */
  tags(): this {
    return this.unsignedVarint(0);
  }

  /** Ends the piece being written; what is left of its buffer takes the next one. */
  #cut(): void {
    if (this.#length === 0) return;
    this.#parts.push(this.#buffer.subarray(0, this.#length));
    this.#partsBytes += this.#length;
    this.#buffer = this.#buffer.subarray(this.#length);
    this.#length = 0;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2, 512));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
