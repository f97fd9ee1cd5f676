import type { Language } from '../mentions.ts';
import { as, isLink, isLinkOf, type Atom } from './atom.ts';
import {
  date,
  dayOfMonth,
  relativeName,
  skip,
  WHICH,
  yearAt,
  type DayRead,
} from './day-words.ts';
import {
  piece, type Clock, type DaySaid, type Edge, type Piece, type PieceLocale, type ReadPiece,
} from './piece.ts';
import { dashedDate, dateOfFields, dottedDate, monthDate, monthPeriod, nthWeek, nthWeekday } from './read-month.ts';
import { dayPeriod, period } from './read-period.ts';
import { halfOfMonth, quarter } from './read-quarter.ts';
import { ofYear, wholeYear, yearAlone } from './read-year.ts';
import { isPerson } from './person.ts';
import { ROLE } from './roles.ts';

const WEEK = { months: 0, days: 7, workdays: 0, minutes: 0 } as const;

/** What a month, a week or a counted weekday cannot be said without. */
const CALENDAR_ROLES = ROLE.month | ROLE.unit | ROLE.weekday | ROLE.relative;

/** Every date constituent that starts at atom `i`. */
export const readDay: ReadPiece = (atoms, i, locale) => {
  if (isPlainFigure(atoms, i, locale)) return readFigure(atoms, i, locale);
  const close = endOfDay(atoms, i, locale);
  if (close !== null) return close;
  const read =
    dateOfFields(atoms, i, locale)
    ?? dashedDate(atoms, i, locale)
    ?? ofYear(atoms, i, locale)
    ?? edgePeriod(atoms, i, locale)
    ?? quarter(atoms, i)
    ?? halfOfMonth(atoms, i, locale)
    ?? nthWeekday(atoms, i, locale)
    ?? nthWeek(atoms, i, locale)
    ?? monthDate(atoms, i, locale)
    ?? weekOf(atoms, i, locale)
    ?? turkishWeek(atoms, i, locale)
    ?? period(atoms, i)
    ?? weekday(atoms, i, locale)
    ?? ordinalDay(atoms, i, locale)
    ?? dayWord(atoms, i, locale)
    ?? yearAlone(atoms, i, locale);
  return read === null ? null : piece('day', i, read.to, { day: read.day });
};

/** A number with no other meaning, in a text without a word of the calendar. */
function isPlainFigure(atoms: readonly Atom[], i: number, { present }: PieceLocale): boolean {
  return atoms[i]?.roles === ROLE.number && (present & CALENDAR_ROLES) === 0;
}

/** "el 4-22", "the 17", "21 del 3", "in 2027": the dates that such a number can begin. */
function readFigure(atoms: readonly Atom[], i: number, locale: PieceLocale): Piece | null {
  const read = dashedDate(atoms, i, locale)
    ?? (locale.language === 'es' ? monthDate(atoms, i, locale) : null)
    ?? (locale.language === 'tr' ? ofYear(atoms, i, locale) : null)
    ?? ordinalDay(atoms, i, locale)
    ?? yearAlone(atoms, i, locale);
  return read === null ? null : piece('day', i, read.to, { day: read.day });
}

const EDGES: ReadonlySet<string> = new Set(['begin', 'early', 'middle', 'late', 'end', 'rest']);

/** "end of next week", "later today", "rest of the day", "mediados de mayo"; Turkish: after it. */
function edgePeriod(atoms: readonly Atom[], i: number, locale: PieceLocale): DayRead | null {
  const edge = as(atoms[i], 'edge');
  if (edge !== null && EDGES.has(edge.name)) {
    const k = skip(atoms, i + 1, 'the', 'around', 'in', 'of', 'on');
    const said = period(atoms, k, true) ?? dayPeriod(atoms, k) ?? monthPeriod(atoms, k, true)
      ?? wholeYear(atoms, k);
    return said === null ? null : withEdge(said, edge.name as Edge);
  }
  // Only Turkish puts the edge behind: "haftanın sonu", "martın ortası", "bugünün geri kalanı".
  if (locale.language !== 'tr') return null;
  const said = period(atoms, i, true) ?? dayPeriod(atoms, i) ?? monthPeriod(atoms, i);
  const after = said === null ? null : as(atoms[said.to], 'edge');
  if (said === null || after === null || !EDGES.has(after.name)) return null;
  const last = atoms[said.to - 1];
  const isLate = said.day.kind === 'period' && said.day.unit === 'day' && after.name === 'late';
  const isCompound =
    last?.case === '' && (said.day.kind === 'month' || as(last, 'unit') !== null || isLate);
  if (last?.case !== 'gen' && !isCompound) return null;
  return withEdge({ day: said.day, to: said.to + 1 }, after.name as Edge);
}

/** "end of Sunday", "al final del domingo", "end of the day tomorrow": the last minute of that day. */
function endOfDay(atoms: readonly Atom[], i: number, locale: PieceLocale): Piece | null {
  if (as(atoms[i], 'edge')?.name !== 'end') return null;
  const first = skip(atoms, i + 1, 'the', 'of', 'on');
  const k = as(atoms[first], 'unit')?.name === 'day' ? skip(atoms, first + 1, 'of', 'on') : first;
  const said = weekday(atoms, k, locale) ?? dateOfFields(atoms, k, locale);
  return said === null
    ? null : piece('day', i, said.to, { day: said.day, clock: LAST_MINUTE });
}

const LAST_MINUTE: Clock = { hour: 23, minute: 59, meridiem: 0, literal: true, digital: true };

function withEdge({ day, to }: DayRead, edge: Edge): DayRead | null {
  if (day.kind === 'period') return { day: { ...day, edge }, to };
  if (day.kind === 'month' || day.kind === 'season' || day.kind === 'year') return { day: { ...day, edge }, to };
  return null;
}

/** "the week of the 18th", "la semana que inicia el 4 de febrero". */
function weekOf(atoms: readonly Atom[], i: number, locale: PieceLocale): DayRead | null {
  if (as(atoms[i], 'unit')?.name !== 'week') return null;
  const k = skip(atoms, i + 1, 'of', 'the', 'on', 'starting');
  if (k === i + 1) return null;
  const base =
    dateOfFields(atoms, k, locale) ?? monthDate(atoms, k, locale) ?? ordinalDay(atoms, k, locale);
  if (base === null || base.day.kind === 'month') return null;
  return { day: { kind: 'weekOf', base: base.day }, to: base.to };
}

/** Turkish "31'inci hafta", "31. hafta", "18'i haftası", "ayın 18'i haftası". */
function turkishWeek(atoms: readonly Atom[], i: number, { language }: PieceLocale): DayRead | null {
  const atom = atoms[i] as Atom;
  if (language !== 'tr' || atom.digits === 0 || atom.value < 1) return null;
  const isOrdinal = atom.role === 'ordinal' || atoms[i + 1]?.text === '.';
  const k = atom.role !== 'ordinal' && isOrdinal ? i + 2 : i + 1;
  if (as(atoms[k], 'unit')?.name !== 'week') return null;
  if (isOrdinal && atom.value <= 53) {
    return { day: { kind: 'weekNumber', week: atom.value }, to: k + 1 };
  }
  const isDay = (atom.case === 'acc' || atom.case === 'day') && atom.value <= 31;
  return isDay ? { day: { kind: 'weekOf', base: date(atom.value, null, null) }, to: k + 1 } : null;
}

/** "Friday", "this Friday", "next mon.", "el viernes que viene". */
function weekday(atoms: readonly Atom[], i: number, locale: PieceLocale): DayRead | null {
  const { language } = locale;
  const relative = relativeName(atoms[i]);
  const at = relative === null ? i : i + 1;
  const day = as(atoms[at], 'weekday');
  if (day === null) return null;
  if (WISHES.has(atoms[i - 1]?.text ?? '')) return null;
  if (relative === null && (day.weak ? !isWeekdaySetting(atoms, at) : isPerson(atoms, at))) return null;
  let to = at + 1;
  if (atoms[to]?.text === '.' && atoms[to]?.glued === true && isAbbreviation(atoms[at])) to += 1;
  const after = relative === null && language !== 'tr' ? relativeName(atoms[to]) : null;
  if (isLink(atoms[to], 'after') && as(atoms[to + 1], 'relative')?.name === 'next') {
    const base: DaySaid = { kind: 'weekday', weekday: day.value, which: 'coming', week: null };
    return { day: { kind: 'shifted', shift: WEEK, base }, to: to + 2 };
  }
  const isWeekOn = language === 'en' && relative === null && atoms[to]?.text === 'week'
    && !isLink(atoms[to + 1], 'of', 'from', 'after');
  if (isWeekOn) {
    // "Tuesday week"
    const base: DaySaid = { kind: 'weekday', weekday: day.value, which: 'coming', week: null };
    return { day: { kind: 'shifted', shift: WEEK, base }, to: to + 1 };
  }
  const dotted = dottedDate(atoms, to, locale);
  if (dotted !== null) return { day: { ...dotted, weekday: day.value }, to: to + 1 };
  const isPostposed =
    after !== null
    && after !== 'this'
    && as(atoms[to + 1], 'unit') === null
    && as(atoms[to + 1], 'weekday') === null
    && atoms[to + 1]?.role !== 'number';
  const which = relative ?? (isPostposed && after !== null ? after : null);
  if (isPostposed) to += 1;
  return {
    day: {
      kind: 'weekday',
      weekday: day.value,
      which: which === null ? 'plain' : WHICH[which],
      week: null,
    },
    to,
  };
}

function isAbbreviation(atom: Atom | undefined): boolean {
  return atom !== undefined && atom.text.length <= 5;
}

/** Where "sun", "sat" or "per" is a day: alone, after "on" or beside a number or a part of the day. */
function isWeekdaySetting(atoms: readonly Atom[], i: number): boolean {
  const before = atoms[i - 1];
  const after = atoms[i + 1];
  // "sat down" alone is no day, "Sun." is one.
  if (atoms.length <= 2 && after?.role !== 'word') return true;
  if (isLink(before, 'on', 'by', 'until') || as(before, 'weekday') !== null) return true;
  if (before?.text === '/' && as(atoms[i - 2], 'weekday') !== null) return true;
  if (after === undefined)
    return isLink(before, 'and', 'or') && as(atoms[i - 2], 'weekday') !== null;
  if (isOtherDay(atoms, i + 1)) return true;
  // "lun. 30 nov"
  const k = after.text === '.' && after.glued ? i + 2 : i + 1;
  if (k > i + 1 && atoms[k]?.role === 'number') return true;
  if (after.role === 'ordinal' || after.role === 'date' || after.role === 'clock') return true;
  // "Sat the 5th"
  if (isLink(after, 'the') && atoms[i + 2]?.role === 'ordinal') return true;
  if (as(after, 'month') !== null || as(after, 'part') !== null) return true;
  const numbered =
    after.role === 'number'
    || (isLink(after, 'at', 'oclock-at') && atoms[i + 2]?.role === 'number');
  return numbered && before?.role !== 'word';
}

/** "sat or sun", "sat/sun", "vie o sab": another day follows. */
function isOtherDay(atoms: readonly Atom[], i: number): boolean {
  const isBetween = isLink(atoms[i], 'or', 'and') || atoms[i]?.text === '/';
  return isBetween && as(atoms[i + 1], 'weekday') !== null;
}

/** Links that stand before a day of a month. */
const DAY_LINKS: ReadonlySet<string> = new Set(['on', 'until', 'from', 'by', 'before', 'after']);

/** "the 8th", "on 24th", "el 17", "el día 4", "15'inde", "the twenty fourth". */
function ordinalDay(atoms: readonly Atom[], i: number, { language }: PieceLocale): DayRead | null {
  const atom = atoms[i] as Atom;
  const day = dayOfMonth(atoms, i);
  // "till the a/c is fixed": an article is no first of the month.
  const before = atoms[i - 1];
  const isOfMonth = as(before, 'unit')?.name === 'month' && before?.case === 'gen';
  if (day === null || (atom.role === 'number' && atom.entry?.weak === true && !isOfMonth)) return null;
  const after = atoms[day.to];
  const counts =
    after !== undefined
    && (after.role === 'thing' || after.role === 'currency' || as(after, 'unit') !== null);
  if (counts && atom.case !== 'day') return null;
  const said = { day: date(day.value, null, null), to: day.to };
  if (atom.role === 'ordinal' && atom.digits > 0) {
    // "the corner of 5th and Main"
    if (language === 'en' && before?.text === 'of') return null;
    const isNamed = (after?.role === 'word' && !isPlainWord(after.text)) || after?.text === 'one';
    const placed =
      isLinkOf(atoms[i - 2], DAY_LINKS) || isLink(atoms[i - 2], 'for')
      || isLinkOf(before, DAY_LINKS);
    return isNamed && !placed ? null : said;
  }
  if (language === 'tr') {
    // "sabahın 5'inde" is an hour.
    if (as(before, 'part') !== null) return null;
    const ofMonth = isOfMonth && atom.case !== '';
    // "otuzunda": a date from ten on, while "ikisinde" is "in two of them".
    const isFigure = atom.digits > 0 || (atom.value >= 10 && atom.text !== 'on');
    const isDay = ofMonth || (atom.role === 'number' && isFigure && atom.case === 'day');
    return isDay ? said : null;
  }
  // "la noche del 24"
  const isOfPart = before?.text === 'del' && as(atoms[i - 2], 'part') !== null;
  // "los dos": both
  const isBoth = before?.text === 'los' && atom.digits === 0;
  const isSpanishThe = isLink(before, 'on') || as(before, 'link')?.value === 1;
  const isThe = language === 'es' ? (isSpanishThe && !isBoth) || isOfPart : isLink(before, 'the');
  if (!isThe) return null;
  const isNamed = language === 'es' && as(before, 'link')?.value === 1;
  if (atom.role === 'number' && (atom.digits > 0 || isNamed)) {
    // "the 3 in the photo", "the 2 for 40"
    const isPlaced = language === 'en' && isLink(after, 'in', 'for', 'of');
    const closes = after === undefined || after.role === 'mark' || (as(after, 'link') !== null && !isPlaced);
    return closes || (isNamed && as(after, 'part') !== null) ? said : null;
  }
  // Spelled ordinals ("the first") mean a day only beside a weekday.
  const weekdayBefore = as(atoms[i - 2], 'weekday') !== null || isLink(atoms[i - 2], 'until');
  const isLast = after === undefined || after.role === 'mark';
  const isOn = language === 'en' && isLink(atoms[i - 2], 'on', 'by') && isLast;
  return weekdayBefore || isOn || day.value > 20 ? said : null;
}

const PLAIN_WORDS: ReadonlySet<string> = new Set(
  (
    'will is was would works work should could can please i we you how what it if with instead then '
    + 'inclusive sounds though so because but as be does do are thanks when my your their his her its '
    + 'not only is has good fine great ok okay best this that would may might must there here any '
    + 'until arrive leave check checkout through si que me te nos es esta puedo podemos puede'
  ).split(' '),
);

export function isPlainWord(text: string): boolean {
  return PLAIN_WORDS.has(text);
}

/** "merry christmas" is said on any day. */
const WISHES: ReadonlySet<string> = new Set(['merry', 'happy', 'feliz', 'felices', 'mutlu']);

/** "eod", "eom", "eoy" */
const ENDING: Readonly<Record<string, 'day' | 'month' | 'year'>> = {
  eod: 'day', eom: 'month', eoy: 'year',
};

const WEEK_AFTER: DaySaid = { kind: 'period', unit: 'week', offset: 2, edge: null };

/** "pasado a las 10", "pasado por la tarde": the "mañana" of "pasado mañana" left out. */
function dayAfterTomorrow(atoms: readonly Atom[], i: number): DayRead | null {
  const [before, next] = [atoms[i - 1], atoms[i + 1]];
  const isPart = as(next, 'part') !== null && next?.text !== 'de';
  const isTimed = isLink(next, 'oclock-at') || isPart;
  const isAfter = before?.role === 'word' || as(before, 'weekday') !== null
    || as(before, 'unit') !== null;
  return isTimed && !isAfter ? { day: { kind: 'days', days: 2 }, to: i + 1 } : null;
}

/** "christmas tree", "new year sale": a thing named by its feast, where no word before it asks for a day. */
function isCompound(atoms: readonly Atom[], i: number, language: Language): boolean {
  const after = atoms[i + 1];
  if (language !== 'en' || after?.role !== 'word' || isPlainWord(after.text)) return false;
  return !isLinkOf(atoms[i - 1], DAY_LINKS) && as(atoms[i - 1], 'relative') === null;
}

/** "today", "pasado mañana", "yarın", feasts. Spanish "mañana" after an article is the morning. */
function dayWord(atoms: readonly Atom[], i: number, { language }: PieceLocale): DayRead | null {
  const feast = as(atoms[i], 'feast');
  if (feast !== null && (WISHES.has(atoms[i - 1]?.text ?? '') || isCompound(atoms, i, language))) return null;
  if (feast !== null) {
    const year = yearAt(atoms, i + 1);
    const said = year?.year ?? null;
    const day: DaySaid = feast.name === '' ? date(feast.value % 100, Math.floor(feast.value / 100), said)
      : feast.name === 'holy-week' ? { kind: 'weekOf', base: { kind: 'feast', name: 'easter', year: said } }
        : { kind: 'feast', name: feast.name, year: said };
    const to = year?.to ?? i + 1;
    const isWeekend = feast.name !== 'holy-week' && as(atoms[to], 'unit')?.name === 'weekend';
    return isWeekend ? { day: { kind: 'weekendOf', base: day }, to: to + 1 } : { day, to };
  }
  const day = as(atoms[i], 'day');
  if (language === 'es' && day === null && atoms[i]?.text === 'pasado') {
    return dayAfterTomorrow(atoms, i);
  }
  if (day === null || day.name === 'now') return null;
  if (language === 'es' && day.weak) {
    const before = atoms[i - 1];
    if (as(before, 'relative') !== null || before?.text === 'la' || before?.text === 'una')
      return null;
  }
  // "öbür hafta"
  if (day.name === 'week-after') return { day: WEEK_AFTER, to: i + 1 };
  const unit = ENDING[day.name];
  if (unit !== undefined) {
    return { day: { kind: 'period', unit, offset: 0, edge: 'end' }, to: i + 1 };
  }
  return { day: { kind: 'days', days: day.value }, to: i + 1 };
}
