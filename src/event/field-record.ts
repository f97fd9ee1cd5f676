import type { EventData, Json } from './event.ts';
import { interned } from './interned.ts';

/**
 * Some of the fields of an event as ASCII, since most are, without JSON: V8's parser looks every short
 * text up among all that it knows, which takes longer than all the rest. Numbers are in digits of
 * seven bits, the highest first:
 *
 *     form, family and order, time (8), length of id (2), length of layout (2), id, layout, values
 *
 * The layout is the names, parted by commas, a line feed, and the type. A value is a letter and what
 * follows from it: `s` length (2) and text, `i` a whole number (5), `d` a float64 (10), `t`, `f`, `n`.
 */
export interface FieldRecord {
  readonly id: string;
  readonly type: string;
  /** Ms. */
  readonly time: number;
  /** Less than 128: what the caller has in few bits. */
  readonly bits: number;
  readonly data: EventData;
}

/** First character of a record; JSON has another. */
export const FIELD_RECORD = '\u0004';
const ID_LENGTH_AT = 10;
const LAYOUT_LENGTH_AT = 12;
const ID_AT = 14;

const LENGTH_END = 2 ** 14;
const WHOLE_END = 2 ** 35;

const TEXT = 0x73;
const WHOLE = 0x69;
const DOUBLE = 0x64;
const TRUE = 0x74;
const FALSE = 0x66;

/** Sets of names with a type that are remembered: events choose them. */
const LAYOUTS_MAX = 10_000;

/**
 * Null where this form does not hold it: a text is long, a value is no plain one, the time no whole
 * number from 0 on. What holds anything but ASCII is for the caller to find out, in all of it at once.
 * @param names Of the values, parted by commas; none holds a line feed.
 */
export function encodeFieldRecord(
  { id, type, time, bits }: Omit<FieldRecord, 'data'>,
  names: string,
  values: readonly Json[],
): string | null {
  const layout = `${names}\n${type}`;
  if (id.length >= LENGTH_END || layout.length >= LENGTH_END) return null;
  if (!Number.isSafeInteger(time) || time < 0) return null;
  let text = FIELD_RECORD + String.fromCharCode(bits) + wide(time, 8);
  text += short(id.length) + short(layout.length) + id + layout;
  for (const value of values) {
    const encoded = encodeValue(value);
    if (encoded === null) return null;
    text += encoded;
  }
  return text;
}

function encodeValue(value: Json): string | null {
  switch (typeof value) {
    case 'string':
      return value.length < LENGTH_END ? `s${short(value.length)}${value}` : null;
    case 'number':
      return Number.isInteger(value) && value >= 0 && value < WHOLE_END
        ? `i${wide(value, 5)}`
        : `d${doubleDigits(value)}`;
    case 'boolean':
      return value ? 't' : 'f';
    default:
      return value === null ? 'n' : null;
  }
}

/** @param text What `encodeFieldRecord` made. */
export function decodeFieldRecord(text: string): FieldRecord {
  const idEnd = ID_AT + shortAt(text, ID_LENGTH_AT);
  let at = idEnd + shortAt(text, LAYOUT_LENGTH_AT);
  const { names, type } = layoutOf(text.slice(idEnd, at));
  const data: { [field: string]: Json } = {};
  for (const name of names) {
    const kind = text.charCodeAt(at++);
    switch (kind) {
      case TEXT: {
        const from = at + 2;
        at = from + shortAt(text, at);
        data[name] = text.slice(from, at);
        break;
      }
      case WHOLE:
        data[name] = wideAt(text, at, 5);
        at += 5;
        break;
      case DOUBLE:
        data[name] = doubleAt(text, at);
        at += 10;
        break;
      default:
        data[name] = kind === TRUE ? true : kind === FALSE ? false : null;
    }
  }
  const bits = text.charCodeAt(1);
  return { id: text.slice(ID_AT, idEnd), type, time: wideAt(text, 2, 8), bits, data };
}

interface Layout {
  readonly names: readonly string[];
  readonly type: string;
}

const layouts = new Map<string, Layout>();

function layoutOf(text: string): Layout {
  let layout = layouts.get(text);
  if (layout === undefined) {
    const end = text.indexOf('\n');
    const names = end === 0 ? [] : text.slice(0, end).split(',').map(interned);
    layout = { names, type: interned(text.slice(end + 1)) };
    if (layouts.size >= LAYOUTS_MAX) layouts.clear();
    layouts.set(text, layout);
  }
  return layout;
}

function short(value: number): string {
  return String.fromCharCode(value >> 7, value & 0x7f);
}

function shortAt(text: string, at: number): number {
  return text.charCodeAt(at) * 128 + text.charCodeAt(at + 1);
}

function wide(value: number, digits: 5 | 8): string {
  const high = Math.floor(value / 2 ** 28);
  const low = value % 2 ** 28;
  const end = String.fromCharCode(low >> 21, (low >> 14) & 0x7f, (low >> 7) & 0x7f, low & 0x7f);
  return digits === 5
    ? String.fromCharCode(high) + end
    : String.fromCharCode(high >> 21, (high >> 14) & 0x7f, (high >> 7) & 0x7f, high & 0x7f) + end;
}

function wideAt(text: string, from: number, digits: number): number {
  let value = 0;
  for (let at = from; at < from + digits; at++) value = value * 128 + text.charCodeAt(at);
  return value;
}

const SCRATCH = new Float64Array(1);
const WORDS = new Uint32Array(SCRATCH.buffer);

/** The two words of a float64, five digits each. */
function doubleDigits(value: number): string {
  // As JSON has it: there is one zero.
  SCRATCH[0] = value + 0;
  return wide(WORDS[0] as number, 5) + wide(WORDS[1] as number, 5);
}

function doubleAt(text: string, at: number): number {
  WORDS[0] = wideAt(text, at, 5);
  WORDS[1] = wideAt(text, at + 5, 5);
  return SCRATCH[0] as number;
}
