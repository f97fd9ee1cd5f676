import { Buffer } from 'node:buffer';

/** Texts of bytes without copies in between. */

/**
 * Bytes, or a text of one character a byte that stands for them: one object of the heap instead of a
 * view and its buffer, which is what the collector has to follow where many are held.
 */
export type Bytes = Uint8Array | string;

/** The bytes as a Buffer over the same memory. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The bytes as a typed array. */
export function viewOf(bytes: Bytes): Uint8Array {
  return typeof bytes === 'string' ? fromLatin1(bytes) : bytes;
}

/** One character per byte: for looking at ASCII structure, whatever stands between. */
export function latin1(bytes: Bytes): string {
  return typeof bytes === 'string' ? bytes : asBuffer(bytes).toString('latin1');
}

/** The bytes of a text of one character a byte. */
export function fromLatin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

export function utf8(bytes: Bytes): string {
  if (typeof bytes !== 'string') return asBuffer(bytes).toString('utf8');
  return isAscii(bytes) ? bytes : fromLatin1(bytes).toString('utf8');
}

/** The UTF-8 of a text, one character a byte: the text itself where it is ASCII. */
export function utf8Bytes(text: string): string {
  return isAscii(text) ? text : Buffer.from(text).toString('latin1');
}

/** Writes bytes at a place of a buffer; returns the place after them. */
export function writeBytes(buffer: Buffer, at: number, bytes: Bytes): number {
  if (typeof bytes === 'string') buffer.write(bytes, at, 'latin1');
  else buffer.set(bytes, at);
  return at + bytes.length;
}

/** Whether a text is its own UTF-8. */
export function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}
