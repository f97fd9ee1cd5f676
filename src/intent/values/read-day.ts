import { as, isLink, type Atom } from './atom.ts';
import { isDate } from './calendar.ts';
import { piece, type DaySaid, type Edge, type PieceLocale, type ReadPiece } from './piece.ts';

interface DayRead {
  readonly day: DaySaid;
  readonly to: number;
}

const WEEK = { months: 0, days: 7, workdays: 0, minutes: 0 } as const;

const WHICH = { next: 'next', coming: 'coming', this: 'this', last: 'last' } as const;
type RelativeName = keyof typeof WHICH;

function relativeName(atom: Atom | undefined): RelativeName | null {
  const name = as(atom, 'relative')?.name;
  return name === undefined ? null : (name as RelativeName);
}

/** Skips up to two of the named links ("of the", "de la", ","). */
function skip(atoms: readonly Atom[], i: number, ...names: readonly string[]): number {
  let k = i;
  while (k < i + 2 && isLink(atoms[k], ...names) && as(atoms[k], 'unit') === null) k += 1;
  return k;
}

/** Every date constituent that starts at atom `i`. */
export const readDay: ReadPiece = (atoms, i, locale) => {
  const read = dateOfFields(atoms, i, locale) ?? edgePeriod(atoms, i)
    ?? monthDate(atoms, i, locale) ?? nthWeekday(atoms, i) ?? weekOf(atoms, i, locale) ?? period(atoms, i) ?? weekday(atoms, i, locale)
    ?? ordinalDay(atoms, i, locale) ?? dayWord(atoms, i, locale)
    ?? yearAlone(atoms, i, locale);
  return read === null ? null : piece('day', i, read.to, { day: read.day });
};

function date(day: number, month: number | null, year: number | null): DaySaid {
  return { kind: 'date', year, month, day, weekday: null, months: null };
}

/** Two-digit years are of this century. */
const fullYear = (year: number): number => (year < 100 ? 2000 + year : year);

function dateOfFields(
  atoms: readonly Atom[],
  i: number,
  { dayFirst }: PieceLocale,
): DayRead | null {
  const atom = atoms[i];
  if (atom?.role !== 'date') return null;
  const [a = 0, b = 0, c] = atom.fields;
  if (c === undefined) {
    if (b > 31) return { day: { kind: 'month', month: a, year: b, edge: null }, to: i + 1 };
    const [day, month] = orderOf(a, b, dayFirst);
    return isDate(2024, month, day) ? { day: date(day, month, null), to: i + 1 } : null;
  }
  if (a > 31) return isDate(a, b, c) ? { day: date(c, b, a), to: i + 1 } : null;
  const year = fullYear(c);
  // Where the order of the country gives no date, the figure is none ("13/31/2018").
  const [day, month] = dayFirst || a > 12 ? [a, b] : [b, a];
  if (isDate(year, month, day)) return { day: date(day, month, year), to: i + 1 };
  return isDate(year, a, b) && dayFirst ? { day: date(b, a, year), to: i + 1 } : null;
}

function orderOf(a: number, b: number, dayFirst: boolean): readonly [number, number] {
  if (a > 12) return [a, b];
  if (b > 12) return [b, a];
  return dayFirst ? [a, b] : [b, a];
}

interface DayOfMonth {
  readonly value: number;
  readonly to: number;
}

/** "5", "5th", "fifth", "twenty fourth", "ikisinde" as a day of a month. */
function dayOfMonth(atoms: readonly Atom[], i: number): DayOfMonth | null {
  const atom = atoms[i];
  if (atom === undefined) return null;
  const ordinal = atom.role === 'ordinal' ? atom.value : (as(atom, 'ordinal')?.value ?? 0);
  if (ordinal >= 1 && ordinal <= 31) return { value: ordinal, to: i + 1 };
  if (atom.role !== 'number' || atom.decimal || atom.digits > 2) return null;
  const k = atoms[i + 1]?.text === '-' && atom.digits === 0 ? i + 2 : i + 1;
  const unit = as(atoms[k], 'ordinal')?.value ?? 0;
  if (atom.digits === 0 && atom.value % 10 === 0 && atom.value >= 20 && unit > 0 && unit < 10) {
    return atom.value + unit <= 31 ? { value: atom.value + unit, to: k + 1 } : null;
  }
  return atom.value >= 1 && atom.value <= 31 ? { value: atom.value, to: i + 1 } : null;
}

function yearAt(atoms: readonly Atom[], i: number): { readonly year: number; readonly to: number } | null {
  let k = i;
  if (atoms[k]?.text === ',' || atoms[k]?.text === '-' || atoms[k]?.text === '/') k += 1;
  k = skip(atoms, k, 'of', 'in');
  const atom = atoms[k];
  if (atom?.role !== 'number' || atom.digits !== 4 || atom.decimal) return null;
  return atom.value >= 1900 && atom.value <= 2100 ? { year: atom.value, to: k + 1 } : null;
}

function separatorAt(atoms: readonly Atom[], i: number): boolean {
  const text = atoms[i]?.text;
  return text === '/' || text === '-' || text === '.';
}

/** "June 7th, 2019", "7 June", "the 7th of June", "22/Mayıs", "Ağustos'un ikisi", "in July". */
function monthDate(atoms: readonly Atom[], i: number, locale: PieceLocale): DayRead | null {
  const month = as(atoms[i], 'month');
  if (month !== null) return monthFirst(atoms, i, month.value, locale);
  const day = dayOfMonth(atoms, i);
  if (day !== null) {
    let k = day.to;
    const unit = as(atoms[k], 'unit')?.name === 'day' && atoms[i]?.role === 'ordinal' ? 1 : 0;
    k = skip(atoms, k + unit, 'of', 'in', 'the');
    if (k === day.to && separatorAt(atoms, k)) k += 1;
    const named = as(atoms[k], 'month');
    if (named !== null && !(named.weak && k > day.to && isLink(atoms[k - 1], 'in'))) {
      const year = yearAt(atoms, k + 1);
      const said = { day: date(day.value, named.value, year?.year ?? null), to: year?.to ?? k + 1 };
      // "10 Nisan haftası"
      const isWeek = locale.language === 'tr' && as(atoms[said.to], 'unit')?.name === 'week';
      return isWeek ? { day: { kind: 'weekOf', base: said.day }, to: said.to + 1 } : said;
    }
    return ofPeriod(atoms, i, day, k);
  }
  const year = yearAt(atoms, i);
  const named = year === null ? null : as(atoms[year.to + (separatorAt(atoms, year.to) ? 1 : 0)], 'month');
  if (year === null || named === null || atoms[i]?.role !== 'number') return null;
  const at = year.to + (separatorAt(atoms, year.to) ? 1 : 0);
  const last = dayOfMonth(atoms, at + (separatorAt(atoms, at + 1) ? 2 : 1));
  return last === null ? null : { day: date(last.value, named.value, year.year), to: last.to };
}

/** "the 20th of next month", "15th day of this month", and Spanish "21 del 3". */
function ofPeriod(
  atoms: readonly Atom[],
  i: number,
  day: DayOfMonth,
  k: number,
): DayRead | null {
  if (k === day.to) return null;
  const said = period(atoms, k, isLink(atoms[k - 1], 'the'));
  if (said !== null && said.day.kind === 'period' && said.day.unit === 'month') {
    const months = said.day.offset;
    return { day: { kind: 'date', year: null, month: null, day: day.value, weekday: null, months }, to: said.to };
  }
  const number = atoms[k];
  const spanish = atoms[day.to]?.text === 'del' && isLink(atoms[i - 1], 'on');
  if (!spanish || number?.role !== 'number' || number.value > 12 || number.value < 1) return null;
  return { day: date(day.value, number.value, null), to: k + 1 };
}

function monthFirst(
  atoms: readonly Atom[],
  i: number,
  month: number,
  { language }: PieceLocale,
): DayRead | null {
  const atom = atoms[i] as Atom;
  let k = i + 1;
  if (atoms[k]?.text === '.' && atoms[k]?.glued === true) k += 1;
  k = skip(atoms, k, 'the', 'on');
  if (k === i + 1 && separatorAt(atoms, k) && atoms[k + 1]?.glued === true) k += 1;
  const day = dayOfMonth(atoms, k);
  const isTurkishDay = language !== 'tr' || atom.case === 'gen' || atoms[k]?.case === 'day';
  const isDecimal = atoms[k]?.decimal === true;
  const isSpanishDay = language !== 'es' || ((atoms[k]?.digits ?? 0) > 0 && k === i + 1);
  if (day !== null && isTurkishDay && !isDecimal && isSpanishDay && !isAmount(atoms, day.to)) {
    const year = yearAt(atoms, day.to);
    const isTime = atoms[day.to]?.role === 'meridiem';
    if (!isTime) return { day: date(day.value, month, year?.year ?? null), to: year?.to ?? day.to };
  }
  if (atoms[k]?.role === 'id') return null;
  const year = yearAt(atoms, i + 1);
  const named = atom.entry?.role === 'month' && !atom.entry.weak && atom.text.length > 3;
  const placed = isLink(atoms[i - 1], 'in', 'of', 'until', 'from', 'by') || year !== null;
  if (language === 'tr' && (atom.case === 'gen' || atom.case === 'acc')) return null;
  if (day !== null && !isTurkishDay) return named ? monthOnly(month, year, i) : null;
  if (atoms[k]?.role === 'number' && language === 'en' && k === i + 1 && year === null) return null;
  return named || (placed && atom.text.length > 2 && !isLink(atoms[i - 1], 'of'))
    ? monthOnly(month, year, i)
    : null;
}

function monthOnly(
  month: number,
  year: { readonly year: number; readonly to: number } | null,
  i: number,
): DayRead {
  return { day: { kind: 'month', month, year: year?.year ?? null, edge: null }, to: year?.to ?? i + 1 };
}

function isAmount(atoms: readonly Atom[], i: number): boolean {
  return atoms[i]?.role === 'currency' || atoms[i]?.role === 'thing';
}

/** "first Monday of next month", "the second Friday in May". */
function nthWeekday(atoms: readonly Atom[], i: number): DayRead | null {
  const atom = atoms[i];
  const isLast = as(atom, 'relative')?.name === 'last';
  const counted = atom?.role === 'ordinal' ? atom.value : (as(atom, 'ordinal')?.value ?? 0);
  const nth = isLast ? -1 : counted;
  const day = as(atoms[i + 1], 'weekday');
  if (nth === 0 || nth > 5 || day === null) return null;
  const k = skip(atoms, i + 2, 'of', 'in', 'the');
  if (k === i + 2) return null;
  const month = as(atoms[k], 'month');
  if (month !== null) {
    return { day: { kind: 'nth', nth, weekday: day.value, month: month.value, months: null }, to: k + 1 };
  }
  const said = period(atoms, k);
  if (said === null || said.day.kind !== 'period' || said.day.unit !== 'month') return null;
  return { day: { kind: 'nth', nth, weekday: day.value, month: null, months: said.day.offset }, to: said.to };
}

const EDGES: ReadonlySet<string> = new Set(['begin', 'early', 'middle', 'late', 'end', 'rest']);

/** "end of next week", "later today", "rest of the day", "mediados de mayo"; Turkish: after it. */
function edgePeriod(atoms: readonly Atom[], i: number): DayRead | null {
  const edge = as(atoms[i], 'edge');
  if (edge !== null && EDGES.has(edge.name)) {
    const k = skip(atoms, i + 1, 'the', 'around', 'in', 'of', 'on');
    const said = period(atoms, k, true) ?? dayPeriod(atoms, k) ?? monthPeriod(atoms, k, true);
    return said === null ? null : withEdge(said, edge.name as Edge);
  }
  const said = period(atoms, i, true) ?? dayPeriod(atoms, i) ?? monthPeriod(atoms, i);
  const after = said === null ? null : as(atoms[said.to], 'edge');
  // Only Turkish puts the edge behind: "haftanın sonu", "martın ortası", "bugünün geri kalanı".
  if (said === null || after === null || atoms[said.to - 1]?.case !== 'gen') return null;
  return withEdge({ day: said.day, to: said.to + 1 }, after.name as Edge);
}

function withEdge({ day, to }: DayRead, edge: Edge): DayRead | null {
  if (day.kind === 'period') return { day: { ...day, edge }, to };
  if (day.kind === 'month') return { day: { ...day, edge }, to };
  return null;
}

function dayPeriod(atoms: readonly Atom[], i: number): DayRead | null {
  const day = as(atoms[i], 'day');
  if (day === null || day.name !== '') return null;
  if (day.weak && atoms[i - 1]?.text === 'la') return null;
  return { day: { kind: 'period', unit: 'day', offset: day.value, edge: null }, to: i + 1 };
}

function monthPeriod(atoms: readonly Atom[], i: number, isEdged = false): DayRead | null {
  const month = as(atoms[i], 'month');
  return month === null || (month.weak && !isEdged) ? null : monthOnly(month.value, yearAt(atoms, i + 1), i);
}

/** "the week of the 18th", "la semana que inicia el 4 de febrero", "last week of July". */
function weekOf(atoms: readonly Atom[], i: number, locale: PieceLocale): DayRead | null {
  const relative = as(atoms[i], 'relative');
  const at = relative === null ? i : i + 1;
  if (as(atoms[at], 'unit')?.name !== 'week') return null;
  if (relative !== null && relative.name !== 'last') return null;
  const k = skip(atoms, at + 1, 'of', 'the', 'on', 'starting');
  if (k === at + 1) return null;
  if (relative !== null) {
    const month = as(atoms[k], 'month');
    if (month !== null) {
      return { day: { kind: 'lastWeek', month: month.value, year: null }, to: k + 1 };
    }
    const year = yearAt(atoms, k);
    if (year === null) return null;
    return { day: { kind: 'lastWeek', month: null, year: year.year }, to: year.to };
  }
  const base = dateOfFields(atoms, k, locale) ?? monthDate(atoms, k, locale)
    ?? ordinalDay(atoms, k, locale);
  return base === null ? null : { day: { kind: 'weekOf', base: base.day }, to: base.to };
}

/** "in 2027", "desde 2019", "2019'da": a year needs its preposition or case. */
function yearAlone(atoms: readonly Atom[], i: number, { language }: PieceLocale): DayRead | null {
  const year = atoms[i]?.role === 'number' ? yearAt(atoms, i) : null;
  if (year === null || isAmount(atoms, year.to) || as(atoms[year.to], 'unit') !== null) return null;
  const grammatical = atoms[i]?.case;
  const placed = language === 'tr' ? grammatical === 'loc' || grammatical === 'abl'
    : isLink(atoms[i - 1], 'in', 'from');
  return placed ? { day: { kind: 'year', year: year.year }, to: year.to } : null;
}

type PeriodUnit = 'day' | 'week' | 'weekend' | 'month' | 'year';
const PERIOD_UNITS: ReadonlySet<string> = new Set(['week', 'weekend', 'month', 'year']);

/** "next week", "la semana que viene", "bu hafta sonu", "the weekend", "week 31". */
function period(atoms: readonly Atom[], i: number, isEdged = false): DayRead | null {
  const relative = as(atoms[i], 'relative');
  const at = relative === null ? i : i + 1;
  const unit = as(atoms[at], 'unit');
  if (unit === null) return relative?.name === 'next' ? twiceNext(atoms, i) : null;
  const isDay = unit.name === 'day' && isEdged && (relative === null || relative.name === 'this');
  if (!PERIOD_UNITS.has(unit.name) && !isDay) return null;
  const name = unit.name as PeriodUnit;
  const make = (offset: number, to: number): DayRead => (
    { day: { kind: 'period', unit: name, offset, edge: null }, to });
  if (relative !== null) return make(relative.value, at + 1);
  if (isLink(atoms[at + 1], 'after') && as(atoms[at + 2], 'relative')?.name === 'next') {
    return make(2, at + 3);
  }
  const after = as(atoms[at + 1], 'relative');
  if (after !== null && after.name !== 'this') {
    const isOther = as(atoms[at + 2], 'unit') !== null || as(atoms[at + 2], 'weekday') !== null;
    if (!isOther) return make(after.value, at + 2);
  }
  const number = atoms[at + 1];
  if (name === 'week' && number?.role === 'number' && number.value >= 1 && number.value <= 53
    && number.digits > 0 && as(atoms[i - 1], 'number') === null) {
    return { day: { kind: 'weekNumber', week: number.value }, to: at + 2 };
  }
  const counted = atoms[i - 1]?.role === 'number' || as(atoms[i - 1], 'number') !== null;
  if (name === 'weekend' && !counted) return make(0, at + 1);
  return isEdged ? make(0, at + 1) : null;
}

/** Turkish "haftaya" with no unit after it is "next week". */
function twiceNext(atoms: readonly Atom[], i: number): DayRead | null {
  if (atoms[i]?.text !== 'haftaya' || as(atoms[i + 1], 'weekday') !== null) return null;
  return { day: { kind: 'period', unit: 'week', offset: 1, edge: null }, to: i + 1 };
}

/** "Friday", "this Friday", "next mon.", "el viernes que viene". */
function weekday(atoms: readonly Atom[], i: number, locale: PieceLocale): DayRead | null {
  const { language } = locale;
  const relative = relativeName(atoms[i]);
  const at = relative === null ? i : i + 1;
  const day = as(atoms[at], 'weekday');
  if (day === null) return null;
  if (day.weak && relative === null && !isWeekdaySetting(atoms, at)) return null;
  let to = at + 1;
  if (atoms[to]?.text === '.' && atoms[to]?.glued === true && isAbbreviation(atoms[at])) to += 1;
  const after = relative === null && language !== 'tr' ? relativeName(atoms[to]) : null;
  if (isLink(atoms[to], 'after') && as(atoms[to + 1], 'relative')?.name === 'next') {
    const base: DaySaid = { kind: 'weekday', weekday: day.value, which: 'coming', week: null };
    return { day: { kind: 'shifted', shift: WEEK, base }, to: to + 2 };
  }
  const dotted = dottedDate(atoms, to, locale);
  if (dotted !== null) return { day: { ...dotted, weekday: day.value }, to: to + 1 };
  const isPostposed = after !== null && after !== 'this' && as(atoms[to + 1], 'unit') === null
    && as(atoms[to + 1], 'weekday') === null && atoms[to + 1]?.role !== 'number';
  const which = relative ?? (isPostposed && after !== null ? after : null);
  if (isPostposed) to += 1;
  return {
    day: { kind: 'weekday', weekday: day.value, which: which === null ? 'plain' : WHICH[which], week: null },
    to,
  };
}

/** "Friday 7.6": a dotted figure beside a weekday is a date where it can be one. */
function dottedDate(
  atoms: readonly Atom[],
  i: number,
  { dayFirst }: PieceLocale,
): (DaySaid & { readonly kind: 'date' }) | null {
  const atom = atoms[i];
  if (atom?.role !== 'number' || !atom.decimal || atom.fields.length !== 2) return null;
  const [a = 0, b = 0] = atom.fields;
  const [day, month] = orderOf(a, b, dayFirst);
  if (atom.minute >= 10 && b % 5 === 0) return null;
  if (!isDate(2024, month, day) || as(atoms[i + 1], 'meridiem') !== null) return null;
  return { kind: 'date', year: null, month, day, weekday: null, months: null };
}

function isAbbreviation(atom: Atom | undefined): boolean {
  return atom !== undefined && atom.text.length <= 5;
}

/** Where "sun", "sat" or "per" is a day: alone, after "on" or beside a number or a part of the day. */
function isWeekdaySetting(atoms: readonly Atom[], i: number): boolean {
  if (atoms.length <= 2) return true;
  const before = atoms[i - 1];
  const after = atoms[i + 1];
  if (isLink(before, 'on', 'by', 'until') || as(before, 'weekday') !== null) return true;
  if (after === undefined) return isLink(before, 'and', 'or') && as(atoms[i - 2], 'weekday') !== null;
  if (after.role === 'ordinal' || after.role === 'date' || after.role === 'clock') return true;
  if (as(after, 'month') !== null || as(after, 'part') !== null) return true;
  const numbered = after.role === 'number' || (isLink(after, 'at') && atoms[i + 2]?.role === 'number');
  return numbered && before?.role !== 'word';
}

/** "the 8th", "on 24th", "el 17", "el día 4", "15'inde", "the twenty fourth". */
function ordinalDay(atoms: readonly Atom[], i: number, { language }: PieceLocale): DayRead | null {
  const atom = atoms[i] as Atom;
  const day = dayOfMonth(atoms, i);
  if (day === null) return null;
  const before = atoms[i - 1];
  const after = atoms[day.to];
  const counts = after !== undefined
    && (after.role === 'thing' || after.role === 'currency' || as(after, 'unit') !== null);
  if (counts && atom.case !== 'day') return null;
  const said = { day: date(day.value, null, null), to: day.to };
  if (atom.role === 'ordinal' && atom.digits > 0) {
    const isNamed = after?.role === 'word' && !isPlainWord(after.text);
    const placed = isLink(atoms[i - 2], 'on', 'until', 'from', 'by', 'for', 'before', 'after')
      || isLink(before, 'on', 'until', 'from', 'by', 'before', 'after');
    return isNamed && !placed ? null : said;
  }
  if (language === 'tr') {
    const ofMonth = as(before, 'unit')?.name === 'month' && before?.case === 'gen' && atom.case !== '';
    const isDay = ofMonth || (atom.role === 'number' && atom.digits > 0 && atom.case === 'day');
    return isDay ? said : null;
  }
  const isThe = language === 'es' ? isLink(before, 'on') : isLink(before, 'the');
  if (!isThe) return null;
  if (atom.role === 'number' && atom.digits > 0) {
    return after === undefined || after.role === 'mark' || as(after, 'link') !== null ? said : null;
  }
  // Spelled ordinals ("the first") mean a day only beside a weekday.
  const weekdayBefore = as(atoms[i - 2], 'weekday') !== null || isLink(atoms[i - 2], 'until');
  return weekdayBefore ? said : null;
}

const PLAIN_WORDS: ReadonlySet<string> = new Set(
  ('will is was would works work should could can please i we you how what it if with instead then '
    + 'inclusive sounds though so because but as be does do are thanks when my your their his her its '
    + 'not only is has good fine great ok okay best this that would may might must there here any '
    + 'until arrive leave check checkout through si que me te nos es esta puedo podemos puede').split(' '),
);

export function isPlainWord(text: string): boolean {
  return PLAIN_WORDS.has(text);
}

/** "today", "pasado mañana", "yarın", feasts. Spanish "mañana" after an article is the morning. */
function dayWord(atoms: readonly Atom[], i: number, { language }: PieceLocale): DayRead | null {
  const feast = as(atoms[i], 'feast');
  if (feast !== null) {
    return { day: date(feast.value % 100, Math.floor(feast.value / 100), null), to: i + 1 };
  }
  const day = as(atoms[i], 'day');
  if (day === null || day.name === 'now') return null;
  if (language === 'es' && day.weak) {
    const before = atoms[i - 1];
    if (as(before, 'relative') !== null || before?.text === 'la' || before?.text === 'una') return null;
  }
  if (day.name === 'eod') {
    return { day: { kind: 'period', unit: 'day', offset: 0, edge: 'end' }, to: i + 1 };
  }
  return { day: { kind: 'days', days: day.value }, to: i + 1 };
}

/** "now", "right now", "ahora mismo", "şu anda". */
export const readNow: ReadPiece = (atoms, i) => {
  const day = as(atoms[i], 'day');
  if (day === null || day.name !== 'now') return null;
  if (atoms[i]?.entry?.weak === true && isFiller(atoms, i)) return null;
  return piece('now', i, i + 1, {});
};

/** "ok, now, on Friday", "ya está": said without a time in mind. */
function isFiller(atoms: readonly Atom[], i: number): boolean {
  if (atoms[i]?.text === 'ya') return atoms.length > 2;
  const before = atoms[i - 1];
  const after = atoms[i + 1];
  if (before !== undefined && (before.text === ',' || before.text === '.')) return true;
  return after !== undefined && (after.text === ',' || isLink(after, 'on') || after.role === 'word')
    && (before === undefined || before.role === 'mark');
}

/** "in the morning", "esta noche", "late afternoon", "akşam"; greetings are not parts of a day. */
export const readPart: ReadPiece = (atoms, i, { language }) => {
  const lead = as(atoms[i], 'edge');
  const early = lead !== null && (lead.name === 'early' || lead.name === 'late') ? lead.name : null;
  const at = early === null ? i : skip(atoms, i + 1, 'in', 'the', 'of', 'at');
  const relative = relativeName(atoms[at]);
  const k = relative === null ? at : at + 1;
  const part = partAt(atoms, k, relative !== null, language);
  if (part === null) return null;
  let to = k + 1;
  let edge: Edge | null = early;
  const trail = as(atoms[to], 'edge');
  if (edge === null && language === 'tr' && (trail?.name === 'early' || trail?.name === 'late')) {
    edge = trail.name;
    to += 1;
  }
  if (isGreeting(atoms, at, to)) return null;
  if (relative === null && isCountedPart(atoms, k)) return null;
  if (part === 'tonight') {
    const days = as(atoms[k], 'part')?.value ?? 0;
    return piece('part', i, to, { part: 'night', edge, day: { kind: 'days', days } });
  }
  const day: DaySaid | null = relative === null ? null : relativeDay(relative);
  return piece('part', i, to, { part, edge, day });
};

function relativeDay(relative: RelativeName): DaySaid {
  if (relative === 'this') return { kind: 'days', days: 0 };
  return { kind: 'days', days: relative === 'last' ? -1 : 1 };
}

function partAt(
  atoms: readonly Atom[],
  i: number,
  isRelative: boolean,
  language: string,
): string | null {
  const atom = atoms[i];
  const part = as(atom, 'part');
  if (atom === undefined || part === null) return null;
  if (language === 'es' && as(atom, 'day') !== null && !isRelative) {
    const before = atoms[i - 1]?.text;
    return before === 'la' || before === 'de' || before === 'una' ? part.name : null;
  }
  // "PM" alone is a part only after a day ("tuesday PM", "3 in the AM").
  if (as(atom, 'meridiem') !== null) {
    const placed = as(atoms[i - 1], 'weekday') !== null || isLink(atoms[i - 1], 'the');
    return placed ? part.name : null;
  }
  if (atom.text === 'tarde' && atoms[i - 1]?.role === 'word') return null;
  return part.name;
}

/** "9 nights" is how long, not when. */
function isCountedPart(atoms: readonly Atom[], i: number): boolean {
  const text = atoms[i]?.text ?? '';
  const before = atoms[i - 1];
  return text.endsWith('s') && (before?.role === 'number' || as(before, 'number') !== null);
}

const GREETING: ReadonlySet<string> = new Set(['good', 'buenas', 'buenos', 'buena', 'iyi', 'hayirli', 'gud']);

function isGreeting(atoms: readonly Atom[], from: number, to: number): boolean {
  const before = atoms[from - 1]?.text ?? '';
  const after = atoms[to]?.text ?? '';
  return GREETING.has(before) || after === 'serifler' || after === 'hayirlar';
}
