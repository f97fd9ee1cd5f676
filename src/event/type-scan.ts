import { latin1 } from './bytes.ts';

/**
 * Finds the event type of a JSON record without parsing it, so that a record nobody wants costs a
 * look at its bytes. The answer is either exactly the type that `JSON.parse` and the decoder would
 * find, or null: "read it". Where two keys, an escape or an odd shape leave a doubt, it is null.
 *
 * Two shapes are known: `type` at the top, and `data.type` beside `data.attributes`.
 */
export type TypeScan = (bytes: Uint8Array) => string | null;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const TYPE_LENGTH_MAX = 200;

/** `name` is the key of the type at the top of the record. */
export function createTypeScan(name: string): TypeScan {
  const plain = /^[A-Za-z0-9_-]+$/.test(name);
  const needle = `"${name}"`;
  const nested = name === 'type';
  return (bytes) => {
    if (!plain) return null;
    const text = latin1(bytes);
    const at = text.indexOf(needle);
    if (at < 0) return null;
    // A key may be spelled with escapes: `"\u0074ype"`.
    if (text.includes('\\u')) return null;
    // A CloudEvent keeps its type under its own name, whatever is configured.
    if (!nested && text.includes('"specversion"')) return null;
    if (text.indexOf(needle, at + needle.length) >= 0) return scanTop(text, name);
    const place = placeOf(text, at);
    if (place === 'top') return valueAfter(text, at + needle.length);
    if (place !== 'data' || !nested || !holdsAttributes(text)) return null;
    return valueAfter(text, at + needle.length);
  };
}

/** Where the key at `end` stands: an entry of the record, or of its top-level `data`. */
function placeOf(text: string, end: number): 'top' | 'data' | 'elsewhere' {
  let depth = 0;
  let inData = false;
  let lastString = '';
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      const close = stringEnd(text, i);
      if (close < 0 || close > end) return 'elsewhere';
      if (depth === 1) lastString = text.slice(i + 1, close);
      i = close;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth++;
      if (depth === 2) inData = code === OPEN_BRACE && lastString === 'data' && afterColon(text, i);
      if (depth === 1 && code !== OPEN_BRACE) return 'elsewhere';
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth--;
    }
  }
  if (depth === 1) return 'top';
  return depth === 2 && inData ? 'data' : 'elsewhere';
}

/**
 * The shape with `data` holds `attributes` as an object, once. One that stands elsewhere in the
 * record leaves a doubt only where its place is not inside `data`.
 */
function holdsAttributes(text: string): boolean {
  const needle = '"attributes"';
  const at = text.indexOf(needle);
  if (at < 0 || text.indexOf(needle, at + needle.length) >= 0) return false;
  if (text.split('"data"').length !== 2 || placeOf(text, at) !== 'data') return false;
  let i = skipSpace(text, at + needle.length);
  if (text.charCodeAt(i) !== COLON) return false;
  i = skipSpace(text, i + 1);
  return text.charCodeAt(i) === OPEN_BRACE;
}

/** Walks the entries of the record; the value of `name` where it stands there exactly once. */
function scanTop(text: string, name: string): string | null {
  let depth = 0;
  let found: string | null = null;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      const close = stringEnd(text, i);
      if (close < 0) return null;
      const next = skipSpace(text, close + 1);
      if (depth === 1 && text.charCodeAt(next) === COLON && text.slice(i + 1, close) === name) {
        if (found !== null) return null;
        found = valueAfter(text, close + 1);
        if (found === null) return null;
      }
      i = close;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth++;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth--;
    }
  }
  return found;
}

/** The plain string after the colon that follows a key; null where it is anything else. */
function valueAfter(text: string, keyEnd: number): string | null {
  let i = skipSpace(text, keyEnd);
  if (text.charCodeAt(i) !== COLON) return null;
  i = skipSpace(text, i + 1);
  if (text.charCodeAt(i) !== QUOTE) return null;
  const start = i + 1;
  const last = Math.min(text.length, start + TYPE_LENGTH_MAX);
  for (i = start; i < last; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      const next = text.charCodeAt(skipSpace(text, i + 1));
      if (i === start || (next !== COMMA && next !== CLOSE_BRACE)) return null;
      return text.slice(start, i);
    }
    if (code === BACKSLASH || code < 0x20 || code > 0x7e) return null;
  }
  return null;
}

/** Index of the quote that closes the string opened at `open`; -1 where it never closes. */
function stringEnd(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close > 0 && text.charCodeAt(close - 1) === BACKSLASH) {
    let slashes = 1;
    while (text.charCodeAt(close - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) break;
    close = text.indexOf('"', close + 1);
  }
  return close;
}

function afterColon(text: string, at: number): boolean {
  let i = at - 1;
  while (isSpace(text.charCodeAt(i))) i--;
  return text.charCodeAt(i) === COLON;
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (isSpace(text.charCodeAt(i))) i++;
  return i;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
