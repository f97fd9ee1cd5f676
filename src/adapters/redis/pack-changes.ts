import type { StateChange } from '../../ports/state-store.ts';

const lengthsBytes = 12;

/**
 * All changes of a write as one argument of a script, as `lua/changes.lua` reads it: for each,
 * three 4-byte big-endian lengths, of key, of (key NUL owner) and of value, then those two.
 * A tombstone has an empty value.
 */
export function packChanges(changes: readonly StateChange[]): Buffer {
  let bytes = 0;
  for (const { key, owner, value } of changes) {
    bytes += lengthsBytes + Buffer.byteLength(key) + 1 + Buffer.byteLength(owner);
    bytes += value?.length ?? 0;
  }
  const packed = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const { key, owner, value } of changes) {
    const start = at + lengthsBytes;
    const keyBytes = packed.write(key, start);
    packed[start + keyBytes] = 0;
    const memberBytes = keyBytes + 1 + packed.write(owner, start + keyBytes + 1);
    packed.writeUInt32BE(keyBytes, at);
    packed.writeUInt32BE(memberBytes, at + 4);
    packed.writeUInt32BE(value?.length ?? 0, at + 8);
    at = start + memberBytes;
    if (value !== null) {
      packed.set(value, at);
      at += value.length;
    }
  }
  return packed;
}
