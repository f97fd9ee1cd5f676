/**
 * Hashes of ids in order of arrival, each with the second of its event time: bytes in a text, as they
 * are stored, since a list is read and written for every event of every key.
 */

/** Of an id: its hash in two signed halves, then its second modulo 2^32, big endian. */
const ENTRY_BYTES = 12;
const SECOND_AT = 8;

export function idCount(ids: string): number {
  return ids.length / ENTRY_BYTES;
}

export function hasId(ids: string, low: number, high: number): boolean {
  if (ids === '') return false;
  const hash = wordText(low) + wordText(high);
  let at = ids.indexOf(hash);
  while (at >= 0 && at % ENTRY_BYTES !== 0) at = ids.indexOf(hash, at + 1);
  return at >= 0;
}

/** @param second Any whole number; those further than 68 years apart are mistaken for each other. */
export function addId(ids: string, low: number, high: number, second: number): string {
  return ids + wordText(low) + wordText(high) + wordText(second | 0);
}

/** Forgets those at the front that are older. One behind a newer id waits for it. */
export function forgetBefore(ids: string, second: number): string {
  let at = 0;
  while (at < ids.length && ((wordOf(ids, at + SECOND_AT) - second) | 0) < 0) at += ENTRY_BYTES;
  return at === 0 ? ids : ids.slice(at);
}

/** Forgets the oldest ones. */
export function forgetIds(ids: string, count: number): string {
  return ids.slice(count * ENTRY_BYTES);
}

function wordText(word: number): string {
  return String.fromCharCode(word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff);
}

function wordOf(text: string, at: number): number {
  return (
    (text.charCodeAt(at) << 24) |
    (text.charCodeAt(at + 1) << 16) |
    (text.charCodeAt(at + 2) << 8) |
    text.charCodeAt(at + 3)
  );
}
