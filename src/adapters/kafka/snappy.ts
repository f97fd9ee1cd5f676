/**
 * Snappy: raw blocks as in its format description, and the framing of Java clients ("xerial":
 * magic, two versions, then blocks with 4-byte lengths).
 */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);

export function snappyDecode(data: Buffer, bytesMax: number): Buffer {
  if (data.length < 16 || !data.subarray(0, 8).equals(xerialMagic))
    return decodeBlock(data, bytesMax);
  const blocks: Buffer[] = [];
  let total = 0;
  for (let at = 16; at < data.length;) {
    const length = data.readInt32BE(at);
    const block = decodeBlock(data.subarray(at + 4, at + 4 + length), bytesMax - total);
    blocks.push(block);
    total += block.length;
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}

function decodeBlock(block: Buffer, bytesMax: number): Buffer {
  let at = 0;
  let size = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = block.readUInt8(at++);
    size += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (size > bytesMax)
    throw new RangeError(`${size} bytes unpacked, at most ${bytesMax} are taken`);
  const out = Buffer.allocUnsafe(size);
  let written = 0;
  while (at < block.length) {
    const tag = block[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let length = tag >> 2;
      if (length >= 60) {
        const lengthBytes = length - 59;
        length = block.readUIntLE(at, lengthBytes);
        at += lengthBytes;
      }
      length += 1;
      if (at + length > block.length || written + length > size)
        throw new RangeError('damaged block');
      written += block.copy(out, written, at, at + length);
      at += length;
      continue;
    }
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const back =
      kind === 1
        ? ((tag >> 5) << 8) | block.readUInt8(at)
        : kind === 2
          ? block.readUInt16LE(at)
          : block.readUInt32LE(at);
    at += kind === 1 ? 1 : kind === 2 ? 2 : 4;
    written = copyBack(out, written, back, length);
  }
  if (written !== size) throw new RangeError('damaged block');
  return out;
}

/** Copies what was written `back` bytes ago; source and target may overlap, byte by byte. */
export function copyBack(out: Buffer, written: number, back: number, length: number): number {
  if (back === 0 || back > written || written + length > out.length)
    throw new RangeError('damaged block');
  for (let index = 0; index < length; index++) out[written + index] = out[written + index - back]!;
  return written + length;
}
