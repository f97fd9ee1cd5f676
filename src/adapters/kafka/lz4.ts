import { copyBack } from './snappy.ts';

/** LZ4 frames, as Kafka's format 2 has them: checksums are skipped, the sizes are checked. */
export function lz4FrameDecode(data: Buffer, bytesMax: number): Buffer {
  if (data.readUInt32LE(0) !== 0x184d2204) throw new RangeError('not an LZ4 frame');
  const flags = data.readUInt8(4);
  const blockBytesMax = 4 ** (((data.readUInt8(5) >> 4) & 7) + 4);
  let at = 7 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0);
  // Blocks may refer to earlier ones, so all are unpacked into one growing buffer.
  let out = Buffer.allocUnsafe(Math.min(bytesMax, Math.max(data.length * 4, 64 * 1024)));
  let written = 0;
  for (;;) {
    const word = data.readUInt32LE(at);
    at += 4;
    if (word === 0) return out.subarray(0, written);
    const length = word & 0x7fff_ffff;
    if (written + blockBytesMax > out.length) {
      if (written > bytesMax) throw new RangeError(`more than ${bytesMax} bytes unpacked`);
      const grown = Buffer.allocUnsafe(Math.max(out.length * 2, written + blockBytesMax));
      out.copy(grown, 0, 0, written);
      out = grown;
    }
    const block = data.subarray(at, at + length);
    if (block.length < length) throw new RangeError('damaged frame');
    if (word & 0x8000_0000) written += block.copy(out, written);
    else written = decodeBlock(block, out, written);
    at += length + (flags & 16 ? 4 : 0);
  }
}

function decodeBlock(block: Buffer, out: Buffer, start: number): number {
  let written = start;
  let at = 0;
  const longLength = (length: number): number => {
    if (length < 15) return length;
    let total = length;
    for (;;) {
      const byte = block.readUInt8(at++);
      total += byte;
      if (byte !== 255) return total;
    }
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = longLength(token >> 4);
    if (at + literals > block.length || written + literals > out.length)
      throw new RangeError('damaged block');
    written += block.copy(out, written, at, at + literals);
    at += literals;
    // The last sequence has literals only.
    if (at === block.length) break;
    const back = block.readUInt16LE(at);
    at += 2;
    written = copyBack(out, written, back, longLength(token & 15) + 4);
  }
  return written;
}
