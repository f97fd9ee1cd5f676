/** A year said by itself, or before what it is the year of. */
import { as, isLink, type Atom } from './atom.ts';
import {
  date, dayOfMonth, isAmount, relativeYear, separatorAt, yearFigure, type DayRead, type YearRead,
} from './day-words.ts';
import type { DaySaid, Edge, PieceLocale, YearSaid } from './piece.ts';
import { monthDate, nthWeek, nthWeekday } from './read-month.ts';
import { quarter } from './read-quarter.ts';

/** "2027", behind "the end of"; a figure that counts something is none. */
export function wholeYear(atoms: readonly Atom[], i: number): DayRead | null {
  const year = yearFigure(atoms, i);
  if (year === null || isAmount(atoms, year.to) || as(atoms[year.to], 'unit') !== null) return null;
  return { day: { kind: 'year', year: year.year, edge: null }, to: year.to };
}

/** "in 2027", "desde 2019", "en el año 2027", "2019'da", "2027'ye kadar": by its preposition or case. */
export function yearAlone(atoms: readonly Atom[], i: number, { language }: PieceLocale): DayRead | null {
  if (language === 'tr') return turkishYearAlone(atoms, i);
  if (as(atoms[i], 'unit')?.name === 'year') return isIn(atoms, i) ? wholeYear(atoms, i + 1) : null;
  const isPlaced = isLink(atoms[i - 1], 'in', 'from') || isBetween(atoms, i);
  return isPlaced && !isRound(atoms[i]) ? wholeYear(atoms, i) : null;
}

/** Either year of "between 2027 and 2028". */
function isBetween(atoms: readonly Atom[], i: number): boolean {
  const first = isLink(atoms[i - 1], 'and') ? i - 2 : i;
  return isLink(atoms[first - 1], 'between') && yearFigure(atoms, first)?.to === first + 1
    && yearFigure(atoms, first + 2) !== null;
}

function turkishYearAlone(atoms: readonly Atom[], i: number): DayRead | null {
  const year = yearFigure(atoms, i);
  if (year === null) return null;
  const unit = atoms[year.to];
  if (as(unit, 'unit')?.name === 'year') {
    // "2027 yılında"
    const day = { kind: 'year', year: year.year, edge: null } as const;
    return unit?.case === '' ? null : { day, to: year.to + 1 };
  }
  const grammatical = atoms[year.to - 1]?.case;
  const isPlaced = grammatical === 'loc' || grammatical === 'abl'
    || (grammatical === 'dat' && isLink(unit, 'until'));
  return isPlaced && !isRound(atoms[i]) ? wholeYear(atoms, i) : null;
}

/** "dos mil", "bin dokuz yüz elliden": round numbers in words are prices. */
function isRound(atom: Atom | undefined): boolean {
  return atom?.digits === 0 && atom.value % 50 === 0;
}

/** Behind "in the", "en el". */
function isIn(atoms: readonly Atom[], i: number): boolean {
  const k = isLink(atoms[i - 1], 'the', 'on') ? i - 2 : i - 1;
  return isLink(atoms[k], 'in', 'from');
}

/** "2027-05-03", "2015 yazında", "2019 yılının mart ayında", "gelecek yıl 3 mart", "2027'nin ilk çeyreği" */
export function ofYear(atoms: readonly Atom[], i: number, locale: PieceLocale): DayRead | null {
  const isTurkish = locale.language === 'tr';
  const year = isTurkish ? turkishYear(atoms, i) : yearFigure(atoms, i);
  if (year === null) return null;
  const at = year.to + (separatorAt(atoms, year.to) ? 1 : 0);
  const named = as(atoms[at], 'month');
  if (named !== null) {
    const last = dayOfMonth(atoms, at + (separatorAt(atoms, at + 1) ? 2 : 1));
    if (last !== null && typeof year.year === 'number') {
      return { day: date(last.value, named.value, year.year), to: last.to };
    }
  }
  return isTurkish ? turkishOfYear(atoms, at, year.year, locale) : null;
}

function turkishOfYear(
  atoms: readonly Atom[], at: number, year: YearSaid, locale: PieceLocale,
): DayRead | null {
  const edge = as(atoms[at], 'edge');
  if (edge !== null && typeof year === 'number') {
    return { day: { kind: 'year', year, edge: edge.name as Edge }, to: at + 1 };
  }
  const season = as(atoms[at], 'unit');
  if (season?.name === 'season') {
    return { day: { kind: 'season', season: season.value, offset: 0, year, edge: null }, to: at + 1 };
  }
  const inner = quarter(atoms, at, true) ?? nthWeekday(atoms, at, locale) ?? nthWeek(atoms, at, locale)
    ?? monthDate(atoms, at, locale);
  const whole = inner === null ? null : withYear(inner.day, year);
  if (inner !== null && whole !== null) return { day: whole, to: inner.to };
  const month = as(atoms[at], 'month');
  if (month === null || month.weak) return null;
  const to = as(atoms[at + 1], 'unit')?.name === 'month' ? at + 2 : at + 1;
  return { day: { kind: 'month', month: month.value, year, edge: null }, to };
}

/** A day or a part of the year, of that year; null where it has one or is counted from today. */
function withYear(day: DaySaid, year: YearSaid): DaySaid | null {
  switch (day.kind) {
    case 'quarter':
      if (day.offset === null) return day.year === null ? { ...day, year } : null;
      // "yılın son çeyreği"
      return day.offset === -1 ? { ...day, quarter: 12 / day.months, offset: null, year } : null;
    case 'date': case 'nth': case 'nthWeek':
      return day.year === null && day.months === null && day.month !== null ? { ...day, year } : null;
    default:
      return null;
  }
}

/** "yılın" alone */
function runningYear(atoms: readonly Atom[], i: number): YearRead | null {
  const isYear = as(atoms[i], 'unit')?.name === 'year' && atoms[i]?.case === 'gen';
  return isYear ? { year: { years: 0 }, to: i + 1 } : null;
}

/** "2027", "2027 yılının", "gelecek yıl", "seneye": in Turkish the year comes first. */
function turkishYear(atoms: readonly Atom[], i: number): YearRead | null {
  if (atoms[i]?.text === 'seneye') return { year: { years: 1 }, to: i + 1 };
  const figure = yearFigure(atoms, i);
  if (figure === null) {
    return as(atoms[i], 'relative') === null ? runningYear(atoms, i) : relativeYear(atoms, i);
  }
  const isNamed = as(atoms[figure.to], 'unit')?.name === 'year';
  return isNamed ? { year: figure.year, to: figure.to + 1 } : figure;
}
