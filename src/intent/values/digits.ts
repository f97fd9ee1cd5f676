import { BLANK, type Atom } from './atom.ts';
import { isDate } from './calendar.ts';
import { meaning, type Case, type Lexicon } from './lexicon.ts';
import { decadeEnd, decadeOf } from './decades.ts';
import { readCase } from './phrase.ts';
import { ROLE } from './roles.ts';
import type { Token } from './tokens.ts';

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
  const chunk = new Chunk(tokens, from, groups);
  const next = from + groups * 2 - 1;
  if (isIdentifier(tokens, from, next, lexicon, chunk)) {
    atoms.push(figure(chunk, 0, groups, { role: 'id' }));
    return next;
  }
  const share = fractionOf(chunk, lexicon.words.get(tokens[next]?.text ?? '')?.role === 'unit');
  if (share !== null) {
    atoms.push(share);
    return next;
  }
  const date = readDate(chunk, lexicon);
  if (date !== null) {
    atoms.push(date);
    return endOfDate(tokens, next, lexicon, atoms);
  }
  let first = 0;
  for (let g = 1; g <= groups; g += 1) {
    if (g < groups && chunk.separators[g - 1] !== '-') continue;
    atoms.push(readPart(chunk, first, g, lexicon));
    if (g < groups) atoms.push(markAtom(tokens[from + g * 2 - 1] as Token));
    first = g;
  }
  return readTail(tokens, next, lexicon, atoms);
}

/** Number of digit groups glued together by single marks. Bounded look-ahead. */
function groupsFrom(tokens: readonly Token[], from: number): number {
  let groups = 1;
  while (groups < GROUPS_MAX) {
    const mark = tokens[from + groups * 2 - 1];
    const digits = tokens[from + groups * 2];
    if (mark?.kind !== 'mark' || !mark.glued || !':.,/-;'.includes(mark.text)) break;
    if (digits?.kind !== 'digits' || !digits.glued) break;
    groups += 1;
  }
  return groups;
}

class Chunk {
  readonly digits: string[] = [];
  readonly separators: string[] = [];
  readonly tokens: Token[] = [];
  readonly newLine: boolean;

  constructor(tokens: readonly Token[], from: number, groups: number) {
    for (let g = 0; g < groups; g += 1) {
      const token = tokens[from + g * 2] as Token;
      this.tokens.push(token);
      this.digits.push(token.text);
      if (g > 0) this.separators.push((tokens[from + g * 2 - 1] as Token).text);
    }
    this.newLine = (tokens[from] as Token).newLine;
  }

  /** The one separator of the groups from `first` to before `end`; '' for one group or mixed ones. */
  separator(first: number, end: number): string {
    const mark = this.separators[first] ?? '';
    for (let g = first + 1; g < end - 1; g += 1) if (this.separators[g] !== mark) return '';
    return end - first > 1 ? mark : '';
  }
}

function figure(chunk: Chunk, first: number, end: number, over: Partial<Atom>): Atom {
  const head = chunk.tokens[first] as Token;
  const tail = chunk.tokens[end - 1] as Token;
  return {
    ...BLANK,
    text: head.text,
    start: head.start,
    end: tail.end,
    glued: head.glued,
    newLine: head.newLine,
    digits: head.text.length,
    roles: rolesOf(over),
    ...over,
  };
}

function rolesOf({ role, entry }: Partial<Atom>): number {
  return ROLE[role ?? 'mark'] | (entry?.roles ?? 0);
}

function markAtom(token: Token): Atom {
  return {
    ...BLANK,
    text: token.text,
    start: token.start,
    end: token.end,
    glued: token.glued,
    newLine: token.newLine,
  };
}

/** Part of a name or code ("wd40", "A1-22", "#5"), a phone number, a version. */
function isIdentifier(
  tokens: readonly Token[],
  from: number,
  next: number,
  lexicon: Lexicon,
  chunk: Chunk,
): boolean {
  if (chunk.digits.some((digits) => digits.length > DIGITS_MAX)) return true;
  if (chunk.digits.length === 1 && isPhone(chunk.digits[0] ?? '')) return true;
  const head = tokens[from] as Token;
  const before = tokens[from - 1];
  if (head.glued && before !== undefined) {
    if (before.kind === 'word') return !joinsNumber(before.text, lexicon);
    const afterWord = before.text === '/' && isKnownWord(tokens, from - 2, lexicon);
    if ('#_/\\=%&'.includes(before.text) && !afterWord) return true;
    if (before.text === '-' && before.glued) {
      const owner = tokens[from - 2];
      if (owner?.kind === 'word' && !lexicon.words.has(owner.text)) return true;
    }
    if (before.text === '+' && (chunk.digits[0] ?? '').length >= 2) return chunk.digits.length > 1;
  }
  if (tokens[next]?.text === '@' && tokens[next]?.glued === true) return true;
  const dashes = chunk.separators.filter((mark) => mark === '-').length;
  const total = chunk.digits.join('').length;
  if (dashes >= 3 || chunk.digits.length >= GROUPS_MAX) return true;
  if (dashes === 1 && chunk.digits.length === 2 && total >= 7 && total !== 8) return true;
  return false;
}

/** Nine digits and more without a mark, or seven behind a zero: nobody writes a price so. */
function isPhone(digits: string): boolean {
  return digits.length >= 9 || (digits.length >= 7 && digits.startsWith('0'));
}

/** The month of "Nov/2", the weekday of "fri-6". */
function isKnownWord(tokens: readonly Token[], i: number, lexicon: Lexicon): boolean {
  const token = tokens[i];
  return token?.kind === 'word' && lexicon.words.has(token.text);
}

/** Words that stand glued before a number: currency ("rs20"), month ("sep15"), clock words. */
function joinsNumber(word: string, lexicon: Lexicon): boolean {
  const entry = lexicon.words.get(word);
  if (entry === undefined) return word === 't' || word === 'x';
  return entry.role !== 'thing' && (word.length > 1 || word === 'h' || word === 'q' || lexicon.language !== 'en');
}

const inRange = (value: number, min: number, max: number): boolean => value >= min && value <= max;

/** Whole-chunk dates: "2016-12-16", "3/4", "3/4/2019", "27.11.2020"; impossible ones are `id`. */
function readDate(chunk: Chunk, lexicon: Lexicon): Atom | null {
  const { digits } = chunk;
  const mark = chunk.separator(0, digits.length);
  const lengths = digits.map((text) => text.length);
  const fields = digits.map(Number);
  if (digits.length === 1) return compactDate(chunk, digits[0] ?? '');
  if (digits.length === 3 && (mark === '-' || mark === '/' || mark === '.')) {
    const [a = 0, b = 0, c = 0] = lengths;
    const yearFirst = a === 4 && b <= 2 && c <= 2;
    const yearLast =
      a <= 2 && b <= 2 && (c === 4 || (c === 2 && (mark !== '.' || inTwenties(fields))));
    if (yearFirst || yearLast) return figure(chunk, 0, 3, { role: 'date', fields });
    return mark === '.' && c === 3 ? null : figure(chunk, 0, 3, { role: 'id' });
  }
  if (digits.length === 2 && mark === '/') {
    const [a = 0, b = 0] = fields;
    if (isDayAndMonth(digits, a, b)) {
      return figure(chunk, 0, 2, { role: 'date', fields });
    }
    const monthYear = lengths[1] === 4 && inRange(a, 1, 12) && inRange(b, 1900, 2100);
    if (monthYear) return figure(chunk, 0, 2, { role: 'date', fields });
    return figure(chunk, 0, 2, { role: 'id' });
  }
  if (digits.length === 2 && mark === '.' && lexicon.language === 'tr') {
    const [a = 0, b = 0] = fields;
    // "27.05", "05.03"
    const isDay = a > 24 || (a > 0 && digits[0]?.[0] === '0' && digits[1]?.[0] === '0');
    if (lengths[0] === 2 && lengths[1] === 2 && a <= 31 && b <= 12 && b > 0 && isDay) {
      return figure(chunk, 0, 2, { role: 'date', fields });
    }
  }
  return null;
}

/** "20270302" */
function compactDate(chunk: Chunk, text: string): Atom | null {
  if (text.length !== 8 || !/^(?:19|20)/.test(text)) return null;
  const fields = [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6))];
  return isDate(fields[0] ?? 0, fields[1] ?? 0, fields[2] ?? 0)
    ? figure(chunk, 0, 1, { role: 'date', fields }) : null;
}

function isDayAndMonth(digits: readonly string[], a: number, b: number): boolean {
  const isShort = digits.every((text) => text.length <= 2);
  return isShort && a > 0 && b > 0 && Math.min(a, b) <= 12 && Math.max(a, b) <= 31;
}

/** "1/2", and "1/4 h" and "3/4 hour" before a unit; elsewhere those are dates. */
function fractionOf(chunk: Chunk, isBeforeUnit: boolean): Atom | null {
  const [a, b] = chunk.digits;
  if (chunk.digits.length !== 2 || chunk.separators[0] !== '/') return null;
  const isHalf = a === '1' && b === '2';
  const isQuarter = b === '4' && (a === '1' || a === '3');
  if (!isHalf && !(isQuarter && isBeforeUnit)) return null;
  const value = Number(a) / Number(b);
  const entry = { role: 'fraction', name: '', value, case: '', weak: false, also: null, roles: ROLE.fraction } as const;
  return figure(chunk, 0, 2, { role: 'fraction', value, entry });
}

/** A dotted date with a two-digit year must look like one, or "Version: 1.10.30" is read as one. */
function inTwenties(fields: readonly number[]): boolean {
  return inRange(fields[2] ?? 0, 15, 40) && (fields[1] ?? 0) <= 12 && (fields[0] ?? 0) > 1;
}

/** After "2016-12-16" the "T" of an ISO time is dropped; after "3/5/18" a Turkish case is taken. */
function endOfDate(
  tokens: readonly Token[],
  next: number,
  lexicon: Lexicon,
  atoms: Atom[],
): number {
  const after = tokens[next];
  if (after?.text === 't' && after.glued && tokens[next + 1]?.kind === 'digits') return next + 1;
  return readTail(tokens, next, lexicon, atoms);
}

/** One figure without hyphens: number, amount with groups and decimals, or clock reading. */
function readPart(chunk: Chunk, first: number, end: number, lexicon: Lexicon): Atom {
  const digits = chunk.digits.slice(first, end);
  const marks = chunk.separators.slice(first, end - 1);
  const [head = ''] = digits;
  if (digits.length === 1) return figure(chunk, first, end, { role: 'number', ...plain(head) });
  const clock = clockOf(digits, marks);
  if (marks[0] === ':' || marks[0] === ';') {
    if (clock === null) return figure(chunk, first, end, { role: 'id' });
    return figure(chunk, first, end, { role: 'clock', ...clock });
  }
  if (marks.every((mark) => mark === '/') && digits.length <= 3) {
    const fields = digits.map(Number);
    const [a = 0, b = 0] = fields;
    const year = digits[2] ?? '26';
    const role = isDayAndMonth(digits.slice(0, 2), a, b) && year.length % 2 === 0 ? 'date' : 'id';
    return figure(chunk, first, end, { role, fields });
  }
  const value = amountOf(digits, marks, lexicon);
  if (value === null) {
    const dotted = clock !== null && digits.length === 3 ? clock : null;
    if (dotted !== null) return figure(chunk, first, end, { role: 'clock', ...dotted });
    return figure(chunk, first, end, { role: 'id' });
  }
  const reading = clock !== null && digits.length === 2 && marks[0] === '.' ? clock : NO_CLOCK;
  const whole = digits.length === 2 && (digits[1] ?? '').length === 3;
  return figure(chunk, first, end, {
    role: 'number',
    value,
    decimal: value % 1 !== 0 || !whole,
    fields: digits.map(Number),
    ...reading,
  });
}

const NO_CLOCK = { hour: -1, minute: -1 } as const;

/** "7", "0730", "815": a plain run of digits, with its clock reading where it has one. */
function plain(text: string): Partial<Atom> {
  const value = Number(text);
  if (text.length <= 2) return { value, hour: value <= 24 ? value : -1, minute: 0 };
  if (text.length <= 4) {
    const hour = Math.floor(value / 100);
    const minute = value % 100;
    if (hour <= 24 && minute < 60) return { value, hour, minute };
  }
  return { value };
}

function clockOf(
  digits: readonly string[],
  marks: readonly string[],
): { readonly hour: number; readonly minute: number } | null {
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

/** What may be glued to a figure: "15th", "2k", "7'de", "7de". Changes the last atom. */
function readTail(tokens: readonly Token[], next: number, lexicon: Lexicon, atoms: Atom[]): number {
  const atom = atoms[atoms.length - 1] as Atom;
  const after = tokens[next];
  if (after === undefined) return next;
  const replace = (over: Partial<Atom>, taken: number): number => {
    const end = (tokens[next + taken - 1] as Token).end;
    const roles = over.role === undefined ? atom.roles : rolesOf(over);
    atoms[atoms.length - 1] = { ...atom, ...over, roles, end };
    return next + taken;
  };
  const decade = decadeEnd(tokens, next, atoms, lexicon);
  if (decade > next) {
    const entry = decadeOf(atom);
    return replace({ role: 'unit', entry, value: entry.value, hour: -1 }, decade - next);
  }
  const apostrophe = readCase(tokens, next, lexicon);
  if (apostrophe.next > next) {
    return replace(caseOver(atom, apostrophe.case), apostrophe.next - next);
  }
  if (atom.role !== 'number') return next;
  const joined = after.glued || (after.text === 'k' && !atom.decimal && atom.digits <= 3);
  const entry = lexicon.words.get(after.text);
  if (joined && after.text === 'k') {
    return replace({ value: atom.value * 1000, hour: -1, decimal: false }, 1);
  }
  if (after.glued && lexicon.language === 'es') {
    // "18º", "18.º"
    const dot = after.text === '.' ? 1 : 0;
    if (tokens[next + dot]?.text === '°' && tokens[next + dot]?.glued === true) {
      return replace({ role: 'ordinal', digits: atom.digits }, 1 + dot);
    }
  }
  const suffix = entry === undefined ? null : meaning(entry, 'ordinal');
  if (after.glued && suffix?.name === 'suffix') return replace({ role: 'ordinal' }, 1);
  if (entry !== undefined && entry.role === 'multiple' && atom.value < 1000) {
    const grand = entry.name === 'grand';
    const rest = tokens[next + 1];
    const adds =
      entry.value === 1000 && rest?.kind === 'digits' && rest.text.length === 3 && !rest.glued;
    if (adds) {
      // "3 bin 500"
      return replace({ value: atom.value * 1000 + Number(rest.text), hour: -1, decimal: false }, 2);
    }
    return replace({ value: atom.value * entry.value, hour: -1, decimal: false, grand }, 1);
  }
  if (!after.glued && lexicon.language === 'tr' && LOCATIVES.has(after.text) && atom.value <= 24) {
    // "7 de" for "7'de"
    return replace({ case: 'loc' }, 1);
  }
  if (!after.glued && lexicon.language === 'tr' && DATIVES.has(after.text)) {
    // "8 e kadar" for "8'e kadar"
    return replace({ case: 'dat' }, 1);
  }
  if (!after.glued || after.kind !== 'word') return next;
  const known = lexicon.suffixes.get(after.text);
  if (known !== undefined && entry?.role !== 'currency') return replace(caseOver(atom, known), 1);
  // "32gb" is told by its unit; "2b4" or "7up" is a name.
  if (entry === undefined && !clockLetter(after.text)) return replace({ role: 'id', hour: -1 }, 1);
  return next;
}

const DATIVES: ReadonlySet<string> = new Set(['e', 'a', 'ye', 'ya']);
const LOCATIVES: ReadonlySet<string> = new Set(['de', 'da', 'te', 'ta']);

function caseOver(atom: Atom, grammatical: Case): Partial<Atom> {
  if (grammatical !== 'ordinal') return { case: grammatical };
  return atom.role === 'number' ? { role: 'ordinal', case: '' } : { case: '' };
}

/** Letters with a meaning of their own between digits: "15h20", "9a", "3p", "50e". */
function clockLetter(text: string): boolean {
  return text.length === 1 && 'hapem'.includes(text);
}
