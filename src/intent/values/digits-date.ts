/** Whole dates in digits: "2016-12-16", "3/4", "3/4/2019", "27.11.2020", "20270302". */
import { isDate } from './calendar.ts';
import { figureOf, type Chunk } from './chunk.ts';
import type { Lexicon } from './lexicon.ts';
import type { Cell, Token } from './tokens.ts';

const inRange = (value: number, min: number, max: number): boolean => value >= min && value <= max;

/** The date that a chunk of two groups and more is; impossible ones are `id`, null for what is no date. */
export function readDate(chunk: Chunk, lexicon: Lexicon): Cell | null {
  const { digits } = chunk;
  const mark = chunk.separator(0, digits.length);
  const lengths = digits.map((text) => text.length);
  const fields = digits.map(Number);
  if (digits.length === 3 && (mark === '-' || mark === '/' || mark === '.')) {
    const [a = 0, b = 0, c = 0] = lengths;
    const yearFirst = a === 4 && b <= 2 && c <= 2;
    const yearLast =
      a <= 2 && b <= 2 && (c === 4 || (c === 2 && (mark !== '.' || inTwenties(fields))));
    if (yearFirst || yearLast) return chunk.date(0, 3, fields);
    return mark === '.' && c === 3 ? null : chunk.figure(0, 3, 'id');
  }
  if (digits.length === 2 && mark === '/') {
    const [a = 0, b = 0] = fields;
    if (isDayAndMonth(digits, a, b)) return chunk.date(0, 2, fields);
    const monthYear = lengths[1] === 4 && inRange(a, 1, 12) && inRange(b, 1900, 2100);
    return monthYear ? chunk.date(0, 2, fields) : chunk.figure(0, 2, 'id');
  }
  if (digits.length === 2 && mark === '.' && lexicon.language === 'tr') {
    const [a = 0, b = 0] = fields;
    // "27.05", "05.03"
    const isDay = a > 24 || (a > 0 && digits[0]?.[0] === '0' && digits[1]?.[0] === '0');
    if (lengths[0] === 2 && lengths[1] === 2 && a <= 31 && b <= 12 && b > 0 && isDay) {
      return chunk.date(0, 2, fields);
    }
  }
  return null;
}

const COMPACT_DIGITS = 8;

/** "20270302"; null where the eight digits are no day. */
export function compactDate(token: Token, text: string): Cell | null {
  if (text.length !== COMPACT_DIGITS || !/^(?:19|20)/.test(text)) return null;
  const fields = [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6))];
  if (!isDate(fields[0] ?? 0, fields[1] ?? 0, fields[2] ?? 0)) return null;
  const atom = figureOf(token, token, text, 'date');
  atom.fields = fields;
  return atom;
}

export function isDayAndMonth(digits: readonly string[], a: number, b: number): boolean {
  const isShort = digits.every((text) => text.length <= 2);
  return isShort && a > 0 && b > 0 && Math.min(a, b) <= 12 && Math.max(a, b) <= 31;
}

/** A dotted date with a two-digit year must look like one, or "Version: 1.10.30" is read as one. */
function inTwenties(fields: readonly number[]): boolean {
  return inRange(fields[2] ?? 0, 15, 40) && (fields[1] ?? 0) <= 12 && (fields[0] ?? 0) > 1;
}
