/** Figures: what a run of digits is, with the marks between its groups and what is glued to it. */
import type { Atom } from './atom.ts';
import { Chunk, figureOf } from './chunk.ts';
import { compactDate, isDayAndMonth, readDate } from './digits-date.ts';
import { readTail } from './digits-tail.ts';
import type { Entry, Lexicon } from './lexicon.ts';
import { entryOf } from './phrase.ts';
import { ROLE } from './roles.ts';
import type { Cell, Token } from './tokens.ts';

/** A figure longer than this is no amount and no date. */
const DIGITS_MAX = 15;
const GROUPS_MAX = 8;

/**
 * Reads the figure that starts at token `from` ("1.200,50", "12:30", "3/4/2019", "8-9", "15th",
 * "2k", "7'de") into one or more atoms, and returns the token after it.
 */
export function readDigits(
  tokens: readonly Token[],
  from: number,
  lexicon: Lexicon,
  atoms: Atom[],
): number {
  const groups = groupsFrom(tokens, from);
  return groups === 1 ? readPlain(tokens, from, lexicon, atoms)
    : readChunk(tokens, from, groups, lexicon, atoms);
}

/** Number of digit groups glued together by single marks. Bounded look-ahead. */
function groupsFrom(tokens: readonly Token[], from: number): number {
  let groups = 1;
  while (groups < GROUPS_MAX) {
    const mark = tokens[from + groups * 2 - 1];
    if (mark === undefined || mark.kind !== 'mark' || !mark.glued || !':.,/-;'.includes(mark.text)) break;
    const digits = tokens[from + groups * 2];
    if (digits === undefined || digits.kind !== 'digits' || !digits.glued) break;
    groups += 1;
  }
  return groups;
}

/** One run of digits: "7", "0730", "815", "20270302". */
function readPlain(tokens: readonly Token[], from: number, lexicon: Lexicon, atoms: Atom[]): number {
  const token = tokens[from] as Token;
  const { text } = token;
  const next = from + 1;
  const isLong = text.length > DIGITS_MAX || isPhone(text);
  if (isLong || (isOfName(tokens, from, lexicon, 1) ?? isBeforeAt(tokens[next]))) {
    atoms.push(figureOf(token, token, text, 'id'));
    return next;
  }
  const date = compactDate(token, text);
  if (date !== null) {
    atoms.push(date);
    return endOfDate(tokens, next, lexicon, atoms, date);
  }
  const atom = figureOf(token, token, text, 'number');
  addHour(atom, text);
  atoms.push(atom);
  return readTail(tokens, next, lexicon, atoms, atom);
}

function readChunk(
  tokens: readonly Token[], from: number, groups: number, lexicon: Lexicon, atoms: Atom[],
): number {
  const chunk = new Chunk(tokens, from, groups);
  const next = from + groups * 2 - 1;
  const isLong = chunk.digits.some((digits) => digits.length > DIGITS_MAX);
  if (isLong || (isOfName(tokens, from, lexicon, groups) ?? (isBeforeAt(tokens[next]) || isIdentifier(chunk)))) {
    atoms.push(chunk.figure(0, groups, 'id'));
    return next;
  }
  const share = fractionOf(chunk, entryOf(tokens[next], lexicon)?.role === 'unit');
  if (share !== null) {
    atoms.push(share);
    return next;
  }
  const date = readDate(chunk, lexicon);
  if (date !== null) {
    atoms.push(date);
    return endOfDate(tokens, next, lexicon, atoms, date);
  }
  let first = 0;
  let last: Cell | null = null;
  for (let g = 1; g <= groups; g += 1) {
    if (g < groups && chunk.separators[g - 1] !== '-') continue;
    atoms.push(last = readPart(chunk, first, g, lexicon));
    if (g < groups) atoms.push(tokens[from + g * 2 - 1] as Token);
    first = g;
  }
  return readTail(tokens, next, lexicon, atoms, last as Cell);
}

/** Nine digits and more without a mark, or seven behind a zero: nobody writes a price so. */
function isPhone(digits: string): boolean {
  return digits.length >= 9 || (digits.length >= 7 && digits.startsWith('0'));
}

/** A phone number or a version, by its groups. */
function isIdentifier({ digits, separators }: Chunk): boolean {
  const dashes = separators.filter((mark) => mark === '-').length;
  const total = digits.join('').length;
  if (dashes >= 3 || digits.length >= GROUPS_MAX) return true;
  return dashes === 1 && digits.length === 2 && total >= 7 && total !== 8;
}

/**
 * Whether what stands glued before a figure makes it part of a name or code ("wd40", "A1-22", "#5", "+34 …")
 * or a quantity ("rs20"); null where it says nothing.
 */
function isOfName(
  tokens: readonly Token[], from: number, lexicon: Lexicon, groups: number,
): boolean | null {
  const before = tokens[from - 1];
  const head = tokens[from] as Token;
  if (before === undefined || !head.glued) return null;
  if (before.kind === 'word') return !joinsNumber(before, lexicon);
  const { text } = before;
  const isKnownWord = (at: number): boolean =>
    tokens[at]?.kind === 'word' && entryOf(tokens[at], lexicon) !== null;
  // Not in "Nov/2".
  if ('#_/\\=%&'.includes(text) && !(text === '/' && isKnownWord(from - 2))) return true;
  // Not in "fri-6".
  if (text === '-' && before.glued && tokens[from - 2]?.kind === 'word' && !isKnownWord(from - 2)) return true;
  return text === '+' && head.text.length >= 2 ? groups > 1 : null;
}

/** The figure is a name's: "7@…". */
function isBeforeAt(next: Token | undefined): boolean {
  return next?.text === '@' && next.glued;
}

/** Words that stand glued before a number: currency ("rs20"), month ("sep15"), clock words. */
function joinsNumber(word: Token, lexicon: Lexicon): boolean {
  const entry = entryOf(word, lexicon);
  const { text } = word;
  if (entry === null) return text === 't' || text === 'x';
  return entry.role !== 'thing' && (text.length > 1 || text === 'h' || text === 'q' || lexicon.language !== 'en');
}

/** "1/2", and "1/4 h" and "3/4 hour" before a unit; elsewhere those are dates. */
function fractionOf(chunk: Chunk, isBeforeUnit: boolean): Cell | null {
  const [a, b] = chunk.digits;
  if (chunk.digits.length !== 2 || chunk.separators[0] !== '/') return null;
  const isHalf = a === '1' && b === '2';
  const isQuarter = b === '4' && (a === '1' || a === '3');
  if (!isHalf && !(isQuarter && isBeforeUnit)) return null;
  const value = Number(a) / Number(b);
  const entry: Entry = {
    role: 'fraction', name: '', value, case: '', weak: false, also: null, roles: ROLE.fraction,
  };
  const atom = chunk.figure(0, 2, 'fraction');
  atom.value = value;
  atom.entry = entry;
  return atom;
}

/** After "2016-12-16" the "T" of an ISO time is dropped; after "3/5/18" a Turkish case is taken. */
function endOfDate(
  tokens: readonly Token[], next: number, lexicon: Lexicon, atoms: readonly Atom[], date: Cell,
): number {
  const after = tokens[next];
  if (after?.text === 't' && after.glued && tokens[next + 1]?.kind === 'digits') return next + 1;
  return readTail(tokens, next, lexicon, atoms, date);
}

/** One figure without hyphens: number, amount with groups and decimals, or clock reading. */
function readPart(chunk: Chunk, first: number, end: number, lexicon: Lexicon): Cell {
  const digits = chunk.digits.slice(first, end);
  const marks = chunk.separators.slice(first, end - 1);
  const [head = ''] = digits;
  if (digits.length === 1) {
    const atom = chunk.figure(first, end, 'number');
    addHour(atom, head);
    return atom;
  }
  const clock = clockOf(digits, marks);
  if (marks[0] === ':' || marks[0] === ';') {
    return withClock(chunk.figure(first, end, clock === null ? 'id' : 'clock'), clock);
  }
  const fields = digits.map(Number);
  if (marks.every((mark) => mark === '/') && digits.length <= 3) {
    const [a = 0, b = 0] = fields;
    const year = digits[2] ?? '26';
    const isDate = isDayAndMonth(digits.slice(0, 2), a, b) && year.length % 2 === 0;
    const atom = chunk.figure(first, end, isDate ? 'date' : 'id');
    atom.fields = fields;
    return atom;
  }
  const value = amountOf(digits, marks, lexicon);
  if (value === null) {
    const dotted = digits.length === 3 ? clock : null;
    return withClock(chunk.figure(first, end, dotted === null ? 'id' : 'clock'), dotted);
  }
  const atom = chunk.figure(first, end, 'number');
  const whole = digits.length === 2 && (digits[1] ?? '').length === 3;
  atom.value = value;
  atom.decimal = value % 1 !== 0 || !whole;
  atom.fields = fields;
  return digits.length === 2 && marks[0] === '.' ? withClock(atom, clock) : atom;
}

interface ClockRead {
  readonly hour: number;
  readonly minute: number;
}

function withClock(atom: Cell, clock: ClockRead | null): Cell {
  if (clock === null) return atom;
  atom.hour = clock.hour;
  atom.minute = clock.minute;
  return atom;
}

/** Value of a plain run of digits, with its clock reading where it has one. */
function addHour(atom: Cell, text: string): void {
  const value = Number(text);
  atom.value = value;
  if (text.length <= 2) {
    atom.hour = value <= 24 ? value : -1;
    atom.minute = 0;
  } else if (text.length <= 4) {
    const hour = Math.floor(value / 100);
    const minute = value % 100;
    if (hour > 24 || minute >= 60) return;
    atom.hour = hour;
    atom.minute = minute;
  }
}

function clockOf(digits: readonly string[], marks: readonly string[]): ClockRead | null {
  const [h = '', m = '', s] = digits;
  if (digits.length > 3 || h.length > 2 || m.length !== 2) return null;
  if (s !== undefined && (s.length !== 2 || marks[1] === ',')) return null;
  const hour = Number(h);
  const minute = Number(m);
  return hour <= 24 && minute < 60 ? { hour, minute } : null;
}

/** Value of grouped digits; null where the groups are neither thousands nor decimals. */
function amountOf(
  digits: readonly string[],
  marks: readonly string[],
  { language }: Lexicon,
): number | null {
  const last = marks.length - 1;
  const decimalMark = language === 'en' ? '.' : ',';
  const tail = digits[digits.length - 1] ?? '';
  const lastMark = marks[last] ?? '';
  if (lastMark === '/' || lastMark === ':' || lastMark === ';') return null;
  const differs = marks.length > 1 && lastMark !== marks[last - 1];
  const leadsZero = digits[0] === '0';
  const lone = marks.length === 1;
  const isDecimal =
    differs
    || leadsZero
    || (lone && tail.length !== 3)
    || (lone && language === 'en' && lastMark === decimalMark);
  const groups = isDecimal ? digits.slice(0, -1) : digits;
  for (let g = 1; g < groups.length; g += 1) if (groups[g]?.length !== 3) return null;
  if (groups.length > 1 && ((groups[0] ?? '').length > 3 || groups[0] === '0')) return null;
  // "1,2" is a list in English, a decimal elsewhere.
  if (isDecimal && lone && language === 'en' && lastMark === ',') return null;
  return Number(`${groups.join('')}${isDecimal ? `.${tail}` : ''}`);
}
