import { as, isLink, type Atom } from './atom.ts';
import { isDate } from './calendar.ts';
import {
  date,
  dayOfMonth,
  isAmount,
  monthOnly,
  separatorAt,
  skip,
  yearAt,
  yearFigure,
  type DayOfMonth,
  type DayRead,
} from './day-words.ts';
import { isPerson } from './person.ts';
import type { DaySaid, PieceLocale } from './piece.ts';
import { isDayName, period } from './read-period.ts';

/** Two-digit years are of this century. */
const fullYear = (year: number): number => (year < 100 ? 2000 + year : year);

export function dateOfFields(
  atoms: readonly Atom[],
  i: number,
  { dayFirst }: PieceLocale,
): DayRead | null {
  const atom = atoms[i];
  if (atom?.role !== 'date') return null;
  const [a = 0, b = 0, c] = atom.fields;
  if (c === undefined) {
    if (isMark(atoms, i, a, b)) return null;
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

const MARKED: ReadonlySet<string> = new Set(
  'condition shape rating quality estado condicion inch inches'.split(' '),
);

/** "10/10", "24/7", Turkish "7/24", "a 9/10", "8/10 condition", "3/4 inch": how good, how long or how wide. */
function isMark(atoms: readonly Atom[], i: number, a: number, b: number): boolean {
  if ((a === 10 && b === 10) || (a === 24 && b === 7) || (a === 7 && b === 24)) return true;
  const before = as(atoms[i - 1], 'number');
  const isMarked = b === 10 && MARKED.has(atoms[i - 1]?.text ?? '');
  return isMarked || MARKED.has(atoms[i + 1]?.text ?? '') || atoms[i + 1]?.role === 'thing'
    || (b === 10 && before?.weak === true) || isLink(atoms[i + 1], 'of') || atoms[i + 1]?.text === 'off';
}

function orderOf(a: number, b: number, dayFirst: boolean): readonly [number, number] {
  if (a > 12) return [a, b];
  if (b > 12) return [b, a];
  return dayFirst ? [a, b] : [b, a];
}

/** "June 7th, 2019", "7 June", "the 7th of June", "22/Mayıs", "Ağustos'un ikisi", "in July". */
export function monthDate(atoms: readonly Atom[], i: number, locale: PieceLocale): DayRead | null {
  const read = dateByMonth(atoms, i, locale);
  return read !== null && isStreet(atoms, i, read.to, locale) ? null : read;
}

const SPANISH_STREETS: ReadonlySet<string> = new Set(['calle', 'avenida', 'avda', 'plaza', 'glorieta', 'paseo']);
/** How Turkish words for streets, quarters, squares, bridges and the like begin. */
const TURKISH_STREET = /^(?:cad|mah|bulvar|sok|meydan|park|stad|kopru|universite|site|durak|durag|lise|okul|metro)/;

/** "calle 2 de mayo", "29 Ekim Caddesi", "15 Temmuz Köprüsü": named after a day. */
function isStreet(
  atoms: readonly Atom[], from: number, to: number, { language }: PieceLocale,
): boolean {
  if (language === 'es') {
    // The month alone is asked for too: "de mayo" behind its figure.
    const first = isLink(atoms[from - 1], 'of') && atoms[from - 2]?.role === 'number' ? from - 2 : from;
    return SPANISH_STREETS.has(atoms[first - 1]?.text ?? '');
  }
  const after = atoms[to];
  if (language !== 'tr' || after?.role !== 'word') return false;
  return TURKISH_STREET.test(after.text);
}

function dateByMonth(atoms: readonly Atom[], i: number, locale: PieceLocale): DayRead | null {
  const month = as(atoms[i], 'month');
  if (month !== null) {
    return followsNoDay(atoms, i) ? null : monthFirst(atoms, i, month.value, locale);
  }
  const day = dayOfMonth(atoms, i);
  if (day !== null) {
    let k = day.to;
    const unit = as(atoms[k], 'unit')?.name === 'day' && atoms[i]?.role === 'ordinal' ? 1 : 0;
    k = skip(atoms, k + unit, 'of', 'in', 'the');
    // "I want one. May I come?" is two sentences.
    const ends = atoms[k]?.text === '.' && atoms[i]?.digits === 0;
    if (k === day.to && !ends && separatorAt(atoms, k)) k += 1;
    const named = as(atoms[k], 'month');
    // "may in", and "bir ara", which is no December
    const isOther = named?.weak === true && (locale.language === 'tr' ? atoms[i]?.digits === 0
      : k > day.to && isLink(atoms[k - 1], 'in'));
    if (named !== null && !isOther) {
      const isDotted = atoms[k + 1]?.text === '.' && atoms[k + 1]?.glued === true;
      const year = yearAt(atoms, isDotted ? k + 2 : k + 1);
      const said = { day: date(day.value, named.value, year?.year ?? null), to: year?.to ?? k + 1 };
      // "10 Nisan haftası"
      const isWeek = locale.language === 'tr' && as(atoms[said.to], 'unit')?.name === 'week';
      return isWeek ? { day: { kind: 'weekOf', base: said.day }, to: said.to + 1 } : said;
    }
    return ofPeriod(atoms, i, day, k);
  }
  return null;
}

/** "32 de agosto": a figure that would be the day, and no month has one like it. */
function followsNoDay(atoms: readonly Atom[], i: number): boolean {
  const before = isLink(atoms[i - 1], 'of') ? atoms[i - 2] : atoms[i - 1];
  return before?.role === 'number' && before.digits === 2 && before.value > 31 && !before.decimal;
}

/** "the 20th of next month", "15th day of this month", and Spanish "21 del 3". */
function ofPeriod(atoms: readonly Atom[], i: number, day: DayOfMonth, k: number): DayRead | null {
  if (k === day.to) return null;
  const said = period(atoms, k, isLink(atoms[k - 1], 'the'));
  if (said !== null && said.day.kind === 'period' && said.day.unit === 'month') {
    const months = said.day.offset;
    return {
      day: { kind: 'date', year: null, month: null, day: day.value, weekday: null, months },
      to: said.to,
    };
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
  // "kasım ayının 5'inde"
  const isOfMonth = language === 'tr' && as(atoms[k], 'unit')?.name === 'month'
    && atoms[k]?.case === 'gen';
  if (isOfMonth) k += 1;
  // "ocak ayı": alone the second word is a bear
  if (language === 'tr' && atoms[k]?.text === 'ayi') return monthOnly(month, null, k);
  k = skip(atoms, k, 'the', 'on');
  if (k === i + 1 && separatorAt(atoms, k) && atoms[k + 1]?.glued === true) k += 1;
  const day = dayOfMonth(atoms, k);
  const isTurkishDay = language !== 'tr' || atom.case === 'gen' || isOfMonth
    || atoms[k]?.case === 'day' || isLastFigure(atoms, k)
    || (day !== null && atoms[day.to]?.text === ',' && yearFigure(atoms, day.to + 1) !== null);
  const isDecimal = atoms[k]?.decimal === true;
  const isSpanishDay = language !== 'es' || ((atoms[k]?.digits ?? 0) > 0 && k === i + 1);
  if (day !== null && isTurkishDay && !isDecimal && isSpanishDay && !isAmount(atoms, day.to)) {
    const year = yearAt(atoms, day.to);
    const isTime = atoms[day.to]?.role === 'meridiem';
    if (!isTime) return { day: date(day.value, month, year?.year ?? null), to: year?.to ?? day.to };
  }
  if (atoms[k]?.role === 'id') return null;
  const year = yearAt(atoms, i + 1);
  if (year === null && isPerson(atoms, i)) return null;
  const named = atom.entry?.role === 'month' && !atom.entry.weak && atom.text.length > 3;
  const placed = isLink(atoms[i - 1], 'in', 'of', 'until', 'from', 'by') || year !== null;
  if (language === 'tr' && (atom.case === 'gen' || atom.case === 'acc')) return null;
  const isOther = atom.case === '' && atoms[i + 1]?.role === 'word' && TURKISH_NOUNS.has(atom.text);
  if (language === 'tr' && isOther && year === null) return null;
  if (day !== null && !isTurkishDay) return named ? monthOnly(month, year, i) : null;
  if (atoms[k]?.role === 'number' && language === 'en' && k === i + 1 && year === null) return null;
  return named || (placed && atom.text.length > 2 && !isLink(atoms[i - 1], 'of'))
    ? monthOnly(month, year, i)
    : null;
}

/** Months that before another word are a stove, a gap, a sowing or a name: "ocak çalışıyor mu". */
const TURKISH_NOUNS: ReadonlySet<string> = new Set(['ocak', 'mart', 'ekim', 'kasim', 'aralik']);

/** Turkish "mart 3": nothing behind the figure makes it an hour. */
function isLastFigure(atoms: readonly Atom[], i: number): boolean {
  const atom = atoms[i];
  return atom?.case === '' && atom.digits > 0 && atoms[i + 1] === undefined;
}

/** How many atoms a month has: two in "mart ayının". */
function monthLength(atoms: readonly Atom[], i: number): number {
  const next = atoms[i + 1];
  return as(next, 'unit')?.name === 'month' && next?.case === 'gen' ? 2 : 1;
}

/** 1 to 5, -1 for "last", 0 for none. */
function nthAt(atoms: readonly Atom[], i: number): number {
  const atom = atoms[i];
  if (as(atom, 'relative')?.name === 'last') return -1;
  const counted = atom?.role === 'ordinal' ? atom.value : (as(atom, 'ordinal')?.value ?? 0);
  return counted <= 5 ? counted : 0;
}

/** The same, and "3." with its last atom. */
function turkishNthAt(
  atoms: readonly Atom[], i: number,
): { readonly nth: number; readonly to: number } {
  const atom = atoms[i];
  const isDotted = atom?.role === 'number' && atoms[i + 1]?.text === '.' && atoms[i + 1]?.glued === true;
  if (!isDotted || atom.decimal || atom.value > 5) return { nth: nthAt(atoms, i), to: i };
  return { nth: atom.value, to: i + 1 };
}

/** "mayısın son pazartesisi", "gelecek ayın ilk cuması" */
function turkishNth(atoms: readonly Atom[], i: number): DayRead | null {
  const month = as(atoms[i], 'month');
  const said = month === null ? period(atoms, i, true) : null;
  const from = said === null ? i + monthLength(atoms, i) : said.to;
  const { nth, to } = turkishNthAt(atoms, from);
  const day = countedDay(atoms, to + 1, nth);
  if (nth === 0 || day === null || atoms[from - 1]?.case !== 'gen') return null;
  const base = { kind: 'nth', nth, weekday: day.weekday, year: null } as const;
  if (month !== null) return { day: { ...base, month: month.value, months: null }, to: to + 2 };
  if (said?.day.kind !== 'period') return null;
  const end = day.weekday === null ? endOfYear(said.day, nth) : null;
  if (end !== null) return { day: end, to: to + 2 };
  if (said.day.unit !== 'month') return null;
  return { day: { ...base, month: null, months: said.day.offset }, to: to + 2 };
}

/** "the last day of the year", "yılın ilk günü" */
function endOfYear(said: DaySaid & { readonly kind: 'period' }, nth: number): DaySaid | null {
  if (said.unit !== 'year' || said.offset !== 0) return null;
  return nth < 0 ? date(31, 12, null) : date(1, 1, null);
}

/** "the last week of July", "of 2019", "first week of next month", "martın ilk haftası". */
export function nthWeek(atoms: readonly Atom[], i: number, { language }: PieceLocale): DayRead | null {
  const nth = nthAt(atoms, i);
  const unit = as(atoms[i + 1], 'unit')?.name;
  if (nth === 0 || (unit !== 'week' && unit !== 'weekend')) {
    return language === 'tr' ? turkishNthWeek(atoms, i) : null;
  }
  const k = skip(atoms, i + 2, 'of', 'the', 'in');
  if (k === i + 2) return null;
  const week = weekIn(atoms, k, nth, k);
  return week === null || unit === 'week' ? week : { day: saturdayOf(week.day), to: week.to };
}

function saturdayOf(base: DaySaid): DaySaid {
  return { kind: 'shifted', shift: { months: 0, days: 5, workdays: 0, minutes: 0 }, base };
}

/** The month, or for the last week the year, that a counted week is in. */
function weekIn(atoms: readonly Atom[], k: number, nth: number, from: number): DayRead | null {
  const base = { kind: 'nthWeek', nth, month: null, months: null, year: null } as const;
  const month = as(atoms[k], 'month');
  if (month !== null) {
    const dot = atoms[k + 1]?.text === '.' && atoms[k + 1]?.glued === true && atoms.length > k + 2;
    const year = yearAt(atoms, dot ? k + 2 : k + 1);
    const to = Math.max(year?.to ?? (dot ? k + 2 : k + 1), from);
    return { day: { ...base, month: month.value, year: year?.year ?? null }, to };
  }
  const year = yearAt(atoms, k);
  if (year !== null) {
    const inYear = { ...base, month: nth > 0 ? 1 : 12, year: year.year };
    return { day: inYear, to: Math.max(year.to, from) };
  }
  const said = period(atoms, k, true);
  if (said?.day.kind !== 'period' || said.day.unit !== 'month') return null;
  return { day: { ...base, months: said.day.offset }, to: Math.max(said.to, from) };
}

function turkishNthWeek(atoms: readonly Atom[], i: number): DayRead | null {
  const said = as(atoms[i], 'month') === null ? period(atoms, i, true) : null;
  const from = said === null ? i + monthLength(atoms, i) : said.to;
  const { nth, to } = turkishNthAt(atoms, from);
  const unit = as(atoms[to + 1], 'unit')?.name;
  const isCounted = nth !== 0 && (unit === 'week' || unit === 'weekend');
  if (!isCounted || atoms[from - 1]?.case !== 'gen') return null;
  const week = weekIn(atoms, i, nth, to + 2);
  return week === null || unit === 'week' ? week : { day: saturdayOf(week.day), to: week.to };
}

/** The weekday that is counted, or any day where the last or the first one is meant. */
function countedDay(
  atoms: readonly Atom[], i: number, nth: number,
): { readonly weekday: number | null } | null {
  const weekday = as(atoms[i], 'weekday');
  if (weekday !== null) return { weekday: weekday.value };
  const isDay = isDayName(atoms[i]) && (nth === -1 || nth === 1);
  return isDay ? { weekday: null } : null;
}

/** "first Monday of next month", "the second Friday in May", "the last day of November". */
export function nthWeekday(atoms: readonly Atom[], i: number, { language }: PieceLocale): DayRead | null {
  const nth = nthAt(atoms, i);
  const day = countedDay(atoms, i + 1, nth);
  if (nth === 0 || day === null) return language === 'tr' ? turkishNth(atoms, i) : null;
  const k = skip(atoms, i + 2, 'of', 'in', 'the');
  if (k === i + 2) return null;
  const month = as(atoms[k], 'month');
  if (month !== null) {
    const year = yearAt(atoms, k + 1);
    return {
      day: {
        kind: 'nth', nth, weekday: day.weekday, month: month.value, months: null,
        year: year?.year ?? null,
      },
      to: year?.to ?? k + 1,
    };
  }
  const said = period(atoms, k, true);
  if (said === null || said.day.kind !== 'period') return null;
  const end = day.weekday === null ? endOfYear(said.day, nth) : null;
  if (end !== null) return { day: end, to: said.to };
  if (said.day.unit !== 'month') return null;
  return {
    day: {
      kind: 'nth', nth, weekday: day.weekday, month: null, months: said.day.offset, year: null,
    },
    to: said.to,
  };
}

export function monthPeriod(atoms: readonly Atom[], i: number, isEdged = false): DayRead | null {
  const month = as(atoms[i], 'month');
  if (month === null || (month.weak && !isEdged)) return null;
  const last = i + monthLength(atoms, i) - 1;
  return monthOnly(month.value, yearAt(atoms, last + 1), last);
}

/** "el 4-22", "17-2" alone, "sábado 28-11": where one figure can only be the day of a month. */
export function dashedDate(
  atoms: readonly Atom[], i: number, { dayFirst, language }: PieceLocale,
): DayRead | null {
  const [first, dash, second, after] = [atoms[i], atoms[i + 1], atoms[i + 2], atoms[i + 3]];
  if (first?.role !== 'number' || second?.role !== 'number') return null;
  if (dash?.text !== '-' || !dash.glued || !second.glued) return null;
  if (!isDayFigure(first) || !isDayFigure(second)) return null;
  const [day, month] = orderOf(first.value, second.value, dayFirst);
  if (!isDate(2024, month, day)) return null;
  const before = atoms[i - 1];
  const isNamed = isLink(before, 'on') && (language === 'es' || day > 12);
  const isPlaced = isNamed || as(before, 'weekday') !== null || before === undefined;
  if (!isPlaced || (day <= 12 && !isNamed)) return null;
  const isCounted = after !== undefined && (isAmount(atoms, i + 3) || after.text === '-' || isLink(after, 'among')
    || as(after, 'unit') !== null || as(after, 'meridiem') !== null || as(after, 'month') !== null);
  return isCounted ? null : { day: date(day, month, null), to: i + 3 };
}

function isDayFigure({ digits, decimal, value }: Atom): boolean {
  return digits > 0 && digits <= 2 && !decimal && value >= 1 && value <= 31;
}

/** "Friday 7.6": a dotted figure beside a weekday is a date where it can be one. */
export function dottedDate(
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
