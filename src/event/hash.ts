/**
 * 64 bits of a text as two signed 32-bit halves: two multiplicative passes over its UTF-16 units,
 * each closed by the finaliser of MurmurHash3 (A. Appleby, public domain). Not for security.
 */
export function hash64(text: string): readonly [low: number, high: number] {
  let low = 0x2545f491 ^ text.length;
  let high = 0x9e3779b9 | 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x5bd1e995);
    low ^= low >>> 15;
    high = Math.imul(high ^ unit, 0x85ebca6b);
    high ^= high >>> 13;
  }
  return [finalise(low ^ high), finalise(high + Math.imul(low, 0x27d4eb2f))];
}

/** 32 bits of a text, for tables in memory: one such pass. */
export function hash32(text: string): number {
  let hash = 0x2545f491 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return finalise(hash);
}

function finalise(hash: number): number {
  let h = hash | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
