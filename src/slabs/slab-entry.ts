/** Memory that entries lie in, by words of 32 bits and by bytes. */
export interface Memory {
  readonly words: Int32Array;
  readonly bytes: Buffer;
}

/** What is held under a key. */
export interface SlabEntry {
  /** Signed, of 32 bits. */
  readonly numbers: readonly number[];
  /** Of one character a byte. */
  readonly texts: readonly string[];
}

/**
 * An entry begins with these words; the numbers, the lengths of the texts, the key and the texts
 * follow.
 */
const HASH = 0;
const BYTES = 1;
/** Length of the key in UTF-16 units; its complement once the entry is dead. */
const KEY = 2;
const NUMBERS = 3;
/** How many, times two; plus one where the key takes two bytes a unit. */
const TEXTS = 4;
const HEAD = 5;
/** Entries begin at multiples of it, in bytes. */
export const ENTRY_ALIGN = 8;

/** Bytes that an entry will take. */
export function entryBytes(key: string, { numbers, texts }: SlabEntry): number {
  let bytes = (HEAD + numbers.length + texts.length) * 4;
  bytes += isLatin1(key) ? key.length : key.length * 2;
  for (const text of texts) bytes += text.length;
  return Math.ceil(bytes / ENTRY_ALIGN) * ENTRY_ALIGN;
}

/**
 * @param bytes What `entryBytes` says.
 * @param hash Of the key, 32 bits.
 */
export function writeEntry(
  { words, bytes: memory }: Memory,
  word: number,
  { key, hash, bytes, entry }: { key: string; hash: number; bytes: number; entry: SlabEntry },
): void {
  const { numbers, texts } = entry;
  const wide = !isLatin1(key);
  words[word + HASH] = hash;
  words[word + BYTES] = bytes;
  words[word + KEY] = key.length;
  words[word + NUMBERS] = numbers.length;
  words[word + TEXTS] = texts.length * 2 + (wide ? 1 : 0);
  let next = word + HEAD;
  for (const number of numbers) words[next++] = number;
  for (const text of texts) words[next++] = text.length;
  let at = next << 2;
  at += memory.write(key, at, wide ? 'utf16le' : 'latin1');
  for (const text of texts) at += memory.write(text, at, 'latin1');
}

export function readEntry(memory: Memory, word: number): SlabEntry {
  const { words, bytes } = memory;
  const firstNumber = word + HEAD;
  const firstText = firstNumber + (words[word + NUMBERS] as number);
  const end = firstText + textsAt(memory, word);
  const numbers: number[] = [];
  for (let i = firstNumber; i < firstText; i++) numbers.push(words[i] as number);
  let length = 0;
  for (let i = firstText; i < end; i++) length += words[i] as number;
  const units = words[word + KEY] as number;
  const from = (end << 2) + (isWideAt(memory, word) ? units * 2 : units);
  // One copy out of the slab: the texts are slices of it.
  const all = bytes.toString('latin1', from, from + length);
  const texts: string[] = [];
  let at = 0;
  for (let i = firstText; i < end; i++) {
    const to = at + (words[i] as number);
    texts.push(all.slice(at, to));
    at = to;
  }
  return { numbers, texts };
}

export function hashAt({ words }: Memory, word: number): number {
  return words[word + HASH] as number;
}

export function bytesAt({ words }: Memory, word: number): number {
  return words[word + BYTES] as number;
}

export function isLiveAt({ words }: Memory, word: number): boolean {
  return (words[word + KEY] as number) >= 0;
}

/** From now on the entry is dead: its bytes are room. */
export function killAt({ words }: Memory, word: number): void {
  words[word + KEY] = ~(words[word + KEY] as number);
}

export function keyAt(memory: Memory, word: number): string {
  const from = keyOffset(memory, word);
  const units = memory.words[word + KEY] as number;
  return isWideAt(memory, word)
    ? memory.bytes.toString('utf16le', from, from + units * 2)
    : memory.bytes.toString('latin1', from, from + units);
}

/** Whether the entry has this key, without making a text of its own. */
export function hasKeyAt(memory: Memory, word: number, key: string): boolean {
  const { words, bytes } = memory;
  if (words[word + KEY] !== key.length) return false;
  if (isWideAt(memory, word)) return keyAt(memory, word) === key;
  const from = keyOffset(memory, word);
  for (let i = 0; i < key.length; i++) if (bytes[from + i] !== key.charCodeAt(i)) return false;
  return true;
}

/** Where the key begins, in bytes. */
function keyOffset(memory: Memory, word: number): number {
  const numbers = memory.words[word + NUMBERS] as number;
  return (word + HEAD + numbers + textsAt(memory, word)) << 2;
}

function textsAt({ words }: Memory, word: number): number {
  return (words[word + TEXTS] as number) >> 1;
}

function isWideAt({ words }: Memory, word: number): boolean {
  return ((words[word + TEXTS] as number) & 1) === 1;
}

function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}
