/** An answer that ends early or says something impossible; the connection is not to be trusted. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Reads Kafka's primitive types; compact strings, bytes and arrays as `WireWriter` writes them. */
export class WireReader {
  readonly buffer: Buffer;
  #offset: number;

  constructor(buffer: Buffer, offset = 0) {
    this.buffer = buffer;
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  int8(): number {
    return this.buffer.readInt8(this.#take(1));
  }

  bool(): boolean {
    return this.int8() !== 0;
  }

  int16(): number {
    return this.buffer.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.#take(4));
  }

  /** Exact up to 2^53, which no offset, id or time reaches. */
  int64(): number {
    const at = this.#take(8);
    return this.buffer.readInt32BE(at) * 0x1_0000_0000 + this.buffer.readUInt32BE(at + 4);
  }

  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.buffer[this.#take(1)] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new WireError('a varint longer than 5 bytes');
  }

  nullableString(): string | null {
    const length = this.unsignedVarint() - 1;
    if (length < 0) return null;
    const at = this.#take(length);
    return this.buffer.toString('utf8', at, at + length);
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  nullableBytes(): Buffer | null {
    const length = this.unsignedVarint() - 1;
    if (length < 0) return null;
    const at = this.#take(length);
    return this.buffer.subarray(at, at + length);
  }

  uuid(): string {
    const at = this.#take(16);
    return this.buffer.toString('hex', at, at + 16);
  }

  /** A null array reads as an empty one. */
  array<T>(read: () => T): T[] {
    const items: T[] = [];
    for (let left = this.unsignedVarint() - 1; left > 0; left--) items.push(read());
    return items;
  }

  /** Skips tagged fields, handing those of a known tag to the caller. */
  tags(known?: (tag: number) => void): void {
    for (let left = this.unsignedVarint(); left > 0; left--) {
      const tag = this.unsignedVarint();
      const size = this.unsignedVarint();
      const end = this.#offset + size;
      known?.(tag);
      this.#offset = end;
    }
    if (this.#offset > this.buffer.length) throw new WireError('an answer that ends early');
  }

  #take(bytes: number): number {
    const at = this.#offset;
    if (at + bytes > this.buffer.length) throw new WireError('an answer that ends early');
    this.#offset = at + bytes;
    return at;
  }
}
