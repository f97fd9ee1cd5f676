import type { Json } from '../event/event.ts';

/**
 * MessagePack, as far as state values need it: nil, booleans, numbers, strings, byte strings,
 * arrays and maps with text keys. Integers up to 32 bits are written as such, all other numbers as
 * float64.
 */
export class Packer {
  private bytes: Uint8Array<ArrayBuffer>;
  private view: DataView;
  private at = 0;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Begins again, keeping the room. */
  reset(): void {
    this.at = 0;
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }

  nil(): void {
    this.room(1);
    this.bytes[this.at++] = 0xc0;
  }

  array(length: number): void {
    this.head(length, 0x90, 0xdc);
  }

  map(length: number): void {
    this.head(length, 0x80, 0xde);
  }

  number(value: number): void {
    this.room(9);
    if (!Number.isInteger(value) || value > 0xffffffff || value < -0x80000000 || Object.is(value, -0)) {
      this.bytes[this.at++] = 0xcb;
      this.view.setFloat64(this.at, value);
      this.at += 8;
    } else if (value >= 0) this.unsigned(value);
    else this.negative(value);
  }

  text(value: string): void {
    const most = value.length * 3;
    this.room(5 + most);
    const head = value.length < 32 && isAscii(value) ? 1 : 5;
    if (head === 1) {
      this.bytes[this.at++] = 0xa0 | value.length;
      for (let i = 0; i < value.length; i++) this.bytes[this.at++] = value.charCodeAt(i);
      return;
    }
    this.long(value);
  }

  binary(value: Uint8Array): void {
    this.room(2 + value.length);
    this.bytes[this.at++] = 0xc4;
    this.bytes[this.at++] = value.length;
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  json(value: Json | undefined): void {
    if (value === null || value === undefined) this.nil();
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'string') this.text(value);
    else if (typeof value === 'boolean') {
      this.room(1);
      this.bytes[this.at++] = value ? 0xc3 : 0xc2;
    } else if (Array.isArray(value)) {
      this.array(value.length);
      for (const item of value as readonly Json[]) this.json(item);
    } else {
      const entries = Object.entries(value).filter(([, item]) => item !== undefined);
      this.map(entries.length);
      for (const [name, item] of entries) {
        this.text(name);
        this.json(item as Json);
      }
    }
  }

  private unsigned(value: number): void {
    if (value < 0x80) this.bytes[this.at++] = value;
    else if (value < 0x100) {
      this.bytes[this.at++] = 0xcc;
      this.bytes[this.at++] = value;
    } else if (value < 0x10000) {
      this.bytes[this.at++] = 0xcd;
      this.view.setUint16(this.at, value);
      this.at += 2;
    } else {
      this.bytes[this.at++] = 0xce;
      this.view.setUint32(this.at, value);
      this.at += 4;
    }
  }

  private negative(value: number): void {
    if (value >= -32) this.bytes[this.at++] = 0x100 + value;
    else {
      this.bytes[this.at++] = 0xd2;
      this.view.setInt32(this.at, value);
      this.at += 4;
    }
  }

  private long(value: string): void {
    const encoded = TEXT_ENCODER.encodeInto(value, this.bytes.subarray(this.at + 5));
    const length = encoded.written;
    if (length < 0x100) {
      this.bytes.copyWithin(this.at + 2, this.at + 5, this.at + 5 + length);
      this.bytes[this.at] = 0xd9;
      this.bytes[this.at + 1] = length;
      this.at += 2 + length;
    } else {
      this.bytes[this.at] = 0xdb;
      this.view.setUint32(this.at + 1, length);
      this.at += 5 + length;
    }
  }

  private head(length: number, short: number, long: number): void {
    this.room(3);
    if (length < 16) this.bytes[this.at++] = short | length;
    else {
      if (length > 0xffff) throw new RangeError(`a list of ${length} is too long for a state value`);
      this.bytes[this.at++] = long;
      this.view.setUint16(this.at, length);
      this.at += 2;
    }
  }

  private room(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + more));
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** Reads what `Packer` wrote. Throws a RangeError where the bytes are something else. */
export class Unpacker {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether all was read. */
  get done(): boolean {
    return this.at === this.bytes.length;
  }

  /** True, and past it, where the next value is nil. */
  nil(): boolean {
    if (this.bytes[this.at] !== 0xc0) return false;
    this.at++;
    return true;
  }

  /** Whether the next value is an array. */
  get isArray(): boolean {
    const head = this.bytes[this.at] ?? 0;
    return (head & 0xf0) === 0x90 || head === 0xdc;
  }

  get isNumber(): boolean {
    const head = this.bytes[this.at] ?? 0;
    return head < 0x80 || head >= 0xe0 || (head >= 0xca && head <= 0xd3);
  }

  array(): number {
    return this.head(0x90, 0xdc);
  }

  number(): number {
    const head = this.byte();
    if (head < 0x80) return head;
    if (head >= 0xe0) return head - 0x100;
    switch (head) {
      case 0xcc:
        return this.byte();
      case 0xcd:
        return this.view.getUint16(this.skip(2));
      case 0xce:
        return this.view.getUint32(this.skip(4));
      case 0xd2:
        return this.view.getInt32(this.skip(4));
      case 0xcb:
        return this.view.getFloat64(this.skip(8));
      default:
        throw new RangeError('a number was expected');
    }
  }

  text(): string {
    const head = this.byte();
    if ((head & 0xe0) === 0xa0) return this.characters(head & 0x1f);
    if (head === 0xd9) return this.characters(this.byte());
    if (head === 0xdb) return this.characters(this.view.getUint32(this.skip(4)));
    throw new RangeError('a text was expected');
  }

  binary(): Uint8Array {
    if (this.byte() !== 0xc4) throw new RangeError('bytes were expected');
    const length = this.byte();
    const from = this.skip(length);
    return this.bytes.subarray(from, from + length);
  }

  json(): Json {
    const head = this.bytes[this.at] ?? 0;
    if (head === 0xc0 || head === 0xc2 || head === 0xc3) {
      this.at++;
      return head === 0xc0 ? null : head === 0xc3;
    }
    if (this.isNumber) return this.number();
    if (this.isArray) return Array.from({ length: this.array() }, () => this.json());
    if ((head & 0xf0) === 0x80 || head === 0xde) {
      const map: { [name: string]: Json } = {};
      for (let left = this.head(0x80, 0xde); left > 0; left--) map[this.text()] = this.json();
      return map;
    }
    return this.text();
  }

  private head(short: number, long: number): number {
    const head = this.byte();
    if ((head & 0xf0) === short) return head & 0x0f;
    if (head === long) return this.view.getUint16(this.skip(2));
    throw new RangeError('a list or map was expected');
  }

  private characters(length: number): string {
    const from = this.skip(length);
    if (length < 32) {
      let text = '';
      for (let i = from; i < from + length; i++) {
        const code = this.bytes[i] ?? 0;
        if (code >= 0x80) return TEXT_DECODER.decode(this.bytes.subarray(from, from + length));
        text += String.fromCharCode(code);
      }
      return text;
    }
    return TEXT_DECODER.decode(this.bytes.subarray(from, from + length));
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new RangeError('the value ends too early');
    this.at++;
    return byte;
  }

  private skip(length: number): number {
    const from = this.at;
    this.at += length;
    if (this.at > this.bytes.length) throw new RangeError('the value ends too early');
    return from;
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

const TEXT_ENCODER = new TextEncoder();
const TEXT_DECODER = new TextDecoder();
