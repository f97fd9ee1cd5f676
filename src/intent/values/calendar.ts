/**
 * Calendar arithmetic on day numbers (days since 1970-01-01) and zones. Pure; the only thing kept is
 * a memo of zone offsets, because asking Intl for one takes microseconds.
 */

export const DAY_MS = 86_400_000;

export interface YearMonthDay {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
}

/** Day number of a date; days and months beyond their range carry over. */
export function dayNumber(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.floor(date.getTime() / DAY_MS);
}

export function yearMonthDay(day: number): YearMonthDay {
  const date = new Date(day * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** 0 Sunday to 6 Saturday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** Monday of the week of a day (weeks start on Monday in all three languages' chat). */
export function mondayOf(day: number): number {
  return day - ((weekdayOf(day) + 6) % 7);
}

/** The nth day of the week in a month, 0 Sunday: 1 the first one and so on, -1 the last one. */
export function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  if (nth < 0) {
    const last = dayNumber(year, month + 1, 1) - 1;
    return last - ((weekdayOf(last) - weekday + 7) % 7);
  }
  const first = dayNumber(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (nth - 1);
}

export function daysInMonth(year: number, month: number): number {
  return dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
}

export function isDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** `YYYY-MM-DD` */
export function formatDay(day: number): string {
  const { year, month, day: dayOfMonth } = yearMonthDay(day);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`;
}

/** `HH:MM` of minutes since midnight; 24:00 is 00:00 of the day after, which the caller counts. */
export function formatMinutes(minutes: number): string {
  const inDay = ((minutes % 1440) + 1440) % 1440;
  return `${two(Math.floor(inDay / 60))}:${two(inDay % 60)}`;
}

const QUARTER_MS = 900_000;
const OFFSETS_MAX = 4096;
const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Map<number, number>>();

/** Whether Intl knows the zone: for checks where configuration and events come in. */
export function isZone(zone: string): boolean {
  try {
    return formatOf(zone) !== null;
  } catch {
    return false;
  }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
    if (formats.size >= OFFSETS_MAX) formats.clear();
    formats.set(zone, format);
  }
  return format;
}

/**
 * Local time minus UTC at an instant, in ms. An unknown zone counts as UTC, so that a bad field in
 * one event never stops a text from being read; check zones with `isZone` where they come in.
 */
export function offsetAt(at: number, zone: string): number {
  if (zone === 'UTC' || !Number.isFinite(at)) return 0;
  let memo = offsets.get(zone);
  if (memo === undefined) {
    if (offsets.size >= OFFSETS_MAX) offsets.clear();
    memo = new Map();
    offsets.set(zone, memo);
  }
  // Offsets change on quarter hours only.
  const quarter = Math.floor(at / QUARTER_MS);
  let offset = memo.get(quarter);
  if (offset === undefined) {
    offset = isZone(zone) ? askOffset(quarter * QUARTER_MS, zone) : 0;
    if (memo.size >= OFFSETS_MAX) memo.clear();
    memo.set(quarter, offset);
  }
  return offset;
}

function askOffset(at: number, zone: string): number {
  const field = new Map<string, string>();
  for (const { type, value } of formatOf(zone).formatToParts(at)) field.set(type, value);
  const number = (name: string): number => Number(field.get(name) ?? 0);
  const year = field.get('era') === 'BC' ? 1 - number('year') : number('year');
  const day = dayNumber(year, number('month'), number('day'));
  const clock = number('hour') * 3_600_000 + number('minute') * 60_000 + number('second') * 1000;
  return day * DAY_MS + clock - at;
}

/** Local wall clock of an instant. */
export interface Wall {
  readonly day: number;
  /** Minutes since midnight. */
  readonly minutes: number;
}

export function wallAt(at: number, zone: string): Wall {
  const safe = Number.isFinite(at) ? Math.min(Math.max(at, -8e15), 8e15) : 0;
  const local = safe + offsetAt(safe, zone);
  const day = Math.floor(local / DAY_MS);
  return { day, minutes: Math.floor((local - day * DAY_MS) / 60_000) };
}

/**
 * Instant of a wall clock in a zone, ms since 1970 UTC. A time that the clocks skip moves forward by
 * the gap; of a time that comes twice it is the first.
 */
export function instantOf(wall: Wall, zone: string): number {
  const local = wall.day * DAY_MS + wall.minutes * 60_000;
  const early = local - offsetAt(local - DAY_MS, zone);
  const late = local - offsetAt(local + DAY_MS, zone);
  const first = Math.min(early, late);
  if (first + offsetAt(first, zone) === local) return first;
  const second = Math.max(early, late);
  return second + offsetAt(second, zone) === local ? second : local - offsetAt(first, zone);
}
