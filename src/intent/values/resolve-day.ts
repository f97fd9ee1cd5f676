import type { TimeGrain } from '../mentions.ts';
import {
  dayNumber,
  daysInMonth,
  isDate,
  mondayOf,
  nthWeekday,
  weekdayOf,
  yearMonthDay,
  type Wall,
} from './calendar.ts';
import { movingFeast } from './feasts.ts';
import type { DaySaid, Edge, Shift, YearSaid } from './piece.ts';

/** Days counted from the reference; `end` is exclusive. */
export interface DayRange {
  readonly start: number;
  readonly end: number;
  readonly grain: TimeGrain;
  /** Minutes since midnight where the words themselves name them ("end of the day"). */
  readonly minutes: number | null;
}

function oneDay(day: number): DayRange {
  return { start: day, end: day + 1, grain: 'day', minutes: null };
}

/** The day that is meant, seen from `now`; null where there is no such day ("31 February"). */
export function resolveDay(said: DaySaid, now: Wall): DayRange | null {
  switch (said.kind) {
    case 'days':
      return oneDay(now.day + said.days);
    case 'weekday':
      return oneDay(weekdayDay(said, now.day));
    case 'date':
      return resolveDate(said, now.day);
    case 'period':
      return resolvePeriod(said, now);
    case 'month':
      return resolveMonth(said, now.day);
    case 'weekNumber': {
      // ISO 8601: week 1 is the one with 4 January.
      const { year } = yearMonthDay(now.day);
      const start = mondayOf(dayNumber(year, 1, 4)) + 7 * (said.week - 1);
      return { start, end: start + 7, grain: 'week', minutes: null };
    }
    case 'year':
      return resolveYear(yearOf(said.year, yearMonthDay(now.day).year), said.edge);
    case 'decade': {
      const start = dayNumber(said.year, 1, 1);
      return { start, end: dayNumber(said.year + 10, 1, 1), grain: 'year', minutes: null };
    }
    case 'season':
      return resolveSeason(said, now.day);
    case 'feast':
      return resolveFeast(said, now.day);
    case 'quarter':
      return resolveQuarter(said, now.day);
    case 'weekOf': {
      const base = resolveDay(said.base, now);
      if (base === null) return null;
      const start = mondayOf(base.start);
      return { start, end: start + 7, grain: 'week', minutes: null };
    }
    case 'weekendOf': {
      const base = resolveDay(said.base, now);
      if (base === null) return null;
      const start = base.start + TO_SATURDAY[weekdayOf(base.start)]!;
      return { start, end: start + 2, grain: 'weekend', minutes: null };
    }
    case 'nthWeek':
      return resolveNthWeek(said, now.day);
    case 'nth':
      return resolveNth(said, now.day);
    case 'shifted': {
      const base = resolveDay(said.base, now);
      return base === null ? null : oneDay(shiftDay(base.start, said.shift));
    }
    case 'weekdayFrom': {
      const base = resolveDay(said.base, now);
      if (base === null) return null;
      const which = said.isAfter ? 'coming' : 'last';
      return oneDay(weekdayDay({ kind: 'weekday', weekday: said.weekday, which, week: null }, base.start));
    }
    default: {
      const never: never = said;
      return never;
    }
  }
}

/** Days from each weekday, Sunday first, to the Saturday of the weekend next to it. */
const TO_SATURDAY: readonly number[] = [-1, -2, -3, 3, 2, 1, 0];

function yearOf(said: YearSaid, running: number): number {
  return typeof said === 'number' ? said : running + said.years;
}

/** A year; of an edge its last month, its second half or the half in its middle. */
function resolveYear(year: number, edge: Edge | null): DayRange {
  const month = edge === 'end' ? 12 : edge === 'late' ? 7 : edge === 'middle' ? 4 : 1;
  const end = edge === 'middle' ? dayNumber(year, 10, 1) : dayNumber(year + 1, 1, 1);
  return { start: dayNumber(year, month, 1), end, grain: 'year', minutes: null };
}

function weekdayDay(said: DaySaid & { readonly kind: 'weekday' }, today: number): number {
  const index = (said.weekday + 6) % 7;
  const monday = mondayOf(today);
  if (said.week !== null) return monday + 7 * said.week + index;
  const ahead = (said.weekday - weekdayOf(today) + 7) % 7;
  switch (said.which) {
    case 'next':
      return monday + 7 + index;
    case 'coming':
      return today + (ahead === 0 ? 7 : ahead);
    case 'last':
      return today - (7 - ahead);
    case 'this':
      return today + ahead;
    case 'plain':
      return today + (ahead === 0 ? 7 : ahead);
    default: {
      const never: never = said.which;
      return never;
    }
  }
}

function resolveDate(said: DaySaid & { readonly kind: 'date' }, today: number): DayRange | null {
  const now = yearMonthDay(today);
  if (said.month === null) return dayInMonths(said, today);
  if (said.year !== null) {
    const year = yearOf(said.year, now.year);
    return isDate(year, said.month, said.day) ? oneDay(dayNumber(year, said.month, said.day)) : null;
  }
  for (let year = now.year; year <= now.year + 1; year += 1) {
    if (!isDate(year, said.month, said.day)) continue;
    const day = dayNumber(year, said.month, said.day);
    if (day >= today) return oneDay(day);
  }
  return null;
}

/** "the 8th", "Monday 21": the next month where the day exists, falls right and is not past. */
function dayInMonths(said: DaySaid & { readonly kind: 'date' }, today: number): DayRange | null {
  const { year, month } = yearMonthDay(today);
  if (said.months !== null) {
    const first = yearMonthDay(dayNumber(year, month + said.months, 1));
    if (!isDate(first.year, first.month, said.day)) return null;
    return oneDay(dayNumber(first.year, first.month, said.day));
  }
  for (let ahead = 0; ahead <= 24; ahead += 1) {
    const first = yearMonthDay(dayNumber(year, month + ahead, 1));
    if (!isDate(first.year, first.month, said.day)) continue;
    const day = dayNumber(first.year, first.month, said.day);
    if (day >= today && (said.weekday === null || weekdayOf(day) === said.weekday))
      return oneDay(day);
  }
  return null;
}

/** "mid today" is about noon, "later today" its second half (as in Recognizers-Text, MIT). */
const MID_DAY = 600;
const NOON = 720;

function resolvePeriod(said: DaySaid & { readonly kind: 'period' }, now: Wall): DayRange {
  const { unit, offset, edge } = said;
  const { year, month } = yearMonthDay(now.day);
  switch (unit) {
    case 'day': {
      const day = now.day + offset;
      if (edge === 'end') return { ...oneDay(day), minutes: 1439 };
      if (edge === 'middle') return { ...oneDay(day), minutes: MID_DAY };
      if (edge === 'late') {
        const isLate = offset === 0 && now.minutes > NOON;
        return { ...oneDay(day), minutes: isLate ? now.minutes : NOON };
      }
      if (edge === 'rest' && offset === 0) return { ...oneDay(day), minutes: now.minutes };
      return oneDay(day);
    }
    case 'week': {
      const start = mondayOf(now.day) + 7 * offset;
      const week = { end: start + 7, grain: 'week', minutes: null } as const;
      if (edge === 'end') return { ...week, start: start + 4 };
      if (edge === 'middle') return { ...week, start: start + 2, end: start + 5 };
      if (edge === 'begin' || edge === 'early') return { ...week, start, end: start + 3 };
      if (edge === 'late')
        return { ...week, start: Math.max(start + 3, offset === 0 ? now.day : 0) };
      if (edge !== null && offset === 0) return { ...week, start: now.day };
      return { ...week, start };
    }
    case 'weekend': {
      const start = mondayOf(now.day) + 5 + 7 * offset;
      return { start, end: start + 2, grain: 'weekend', minutes: null };
    }
    case 'month': {
      const start = dayNumber(year, month + offset, 1);
      return monthEdge(start, edge, offset === 0 ? now.day : null);
    }
    case 'year':
      return resolveYear(year + offset, edge);
    default: {
      const never: never = unit;
      return never;
    }
  }
}

function monthEdge(
  start: number,
  edge: (DaySaid & { readonly kind: 'month' })['edge'],
  today: number | null,
): DayRange {
  const { year, month } = yearMonthDay(start);
  const end = start + daysInMonth(year, month);
  const whole = { start, end, grain: 'month', minutes: null } as const;
  if (edge === 'middle') return { ...whole, start: start + 14, end: start + 20 };
  if (edge === 'end') return { ...whole, start: start + 20 };
  if (edge === 'begin' || edge === 'early') return { ...whole, end: start + 10 };
  if (edge === 'late' || edge === 'rest') return { ...whole, start: today ?? start + 15 };
  return whole;
}

function resolveMonth(said: DaySaid & { readonly kind: 'month' }, today: number): DayRange {
  const now = yearMonthDay(today);
  const next = said.month < now.month ? now.year + 1 : now.year;
  const year = said.year === null ? next : yearOf(said.year, now.year);
  return monthEdge(dayNumber(year, said.month, 1), said.edge, null);
}

/** "this" one runs or is the next to come; northern seasons, as in the US, Spain and Turkey. */
function resolveSeason(said: DaySaid & { readonly kind: 'season' }, today: number): DayRange {
  const { year } = yearMonthDay(today);
  const month = 3 + said.season * 3;
  if (said.year !== null) return seasonOf(yearOf(said.year, year), month, said.edge);
  let first = year - 1;
  while (dayNumber(first, month + 3, 1) <= today) first += 1;
  const isRunning = dayNumber(first, month, 1) <= today;
  // "next summer", said in spring, is the one to come; "last summer" the one before.
  const offset = said.offset > 0 && !isRunning ? said.offset - 1 : said.offset;
  return seasonOf(first + offset, month, said.edge);
}

/** Three months from `month` on; of an edge the first, the second or the last of them. */
function seasonOf(
  year: number, month: number, edge: (DaySaid & { readonly kind: 'season' })['edge'],
): DayRange {
  const isEnd = edge === 'end' || edge === 'late';
  const first = month + (isEnd ? 2 : edge === 'middle' ? 1 : 0);
  const months = edge === null || edge === 'rest' ? 3 : 1;
  return {
    start: dayNumber(year, first, 1), end: dayNumber(year, first + months, 1), grain: 'month',
    minutes: null,
  };
}

function resolveFeast({ name, year }: DaySaid & { readonly kind: 'feast' }, today: number): DayRange | null {
  const now = yearMonthDay(today);
  let day = movingFeast(name, year === null ? now.year : yearOf(year, now.year));
  if (year === null && day !== null && day < today) day = movingFeast(name, now.year + 1);
  return day === null ? null : oneDay(day);
}

/** Without a year the one of the running year. */
function resolveQuarter(
  { quarter, months, offset, year }: DaySaid & { readonly kind: 'quarter' }, today: number,
): DayRange {
  const now = yearMonthDay(today);
  const running = Math.floor((now.month - 1) / months);
  const month = 1 + months * (offset === null ? quarter - 1 : running + offset);
  const first = year === null ? now.year : yearOf(year, now.year);
  const end = dayNumber(first, month + months, 1);
  return { start: dayNumber(first, month, 1), end, grain: 'month', minutes: null };
}

/** A week is of the month that has its Thursday (ISO 8601); the last one lies wholly in it. */
function resolveNthWeek(said: DaySaid & { readonly kind: 'nthWeek' }, today: number): DayRange {
  const now = yearMonthDay(today);
  const month = said.months !== null ? now.month + said.months : (said.month ?? 12);
  const isPast = said.months === null && month < now.month;
  const next = isPast ? now.year + 1 : now.year;
  const year = said.year === null ? next : yearOf(said.year, now.year);
  const firstThursday = dayNumber(year, month, 4);
  const start = said.nth < 0
    ? mondayOf(dayNumber(year, month + 1, 1)) - 7
    : mondayOf(firstThursday) + 7 * (said.nth - 1);
  return { start, end: start + 7, grain: 'week', minutes: null };
}

function resolveNth(said: DaySaid & { readonly kind: 'nth' }, today: number): DayRange | null {
  const now = yearMonthDay(today);
  const inMonth = (year: number, month: number): number => {
    if (said.weekday !== null) return nthWeekday(year, month, said.weekday, said.nth);
    return said.nth < 0 ? dayNumber(year, month + 1, 1) - 1 : dayNumber(year, month, 1) + said.nth - 1;
  };
  if (said.months !== null) {
    const day = inMonth(now.year, now.month + said.months);
    // "the last Friday of the month", said after it
    const isOver = said.months === 0 && day < today;
    return oneDay(isOver ? inMonth(now.year, now.month + 1) : day);
  }
  if (said.month === null) return null;
  if (said.year !== null) return oneDay(inMonth(yearOf(said.year, now.year), said.month));
  const day = inMonth(now.year, said.month);
  return oneDay(day >= today ? day : inMonth(now.year + 1, said.month));
}

/** Moves a day by a shift; months keep the day of the month where they can. */
export function shiftDay(day: number, shift: Shift): number {
  let moved = day;
  if (shift.months !== 0) {
    const { year, month, day: dayOfMonth } = yearMonthDay(day);
    const first = yearMonthDay(dayNumber(year, month + shift.months, 1));
    moved = dayNumber(
      first.year,
      first.month,
      Math.min(dayOfMonth, daysInMonth(first.year, first.month)),
    );
  }
  moved += shift.days + Math.trunc(shift.minutes / 1440);
  return workdaysAfter(moved, shift.workdays);
}

const WORKDAYS_MAX = 1000;

function workdaysAfter(day: number, workdays: number): number {
  let left = Math.min(Math.abs(workdays), WORKDAYS_MAX);
  let moved = day;
  const step = Math.sign(workdays);
  while (left > 0) {
    moved += step;
    const weekday = weekdayOf(moved);
    if (weekday !== 0 && weekday !== 6) left -= 1;
  }
  return moved;
}
