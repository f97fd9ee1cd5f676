/** Feasts whose day differs from year to year, by the names that the tables of the languages give them. */
import { dayNumber, nthWeekday } from './calendar.ts';

/** Days from Easter Sunday. */
const FROM_EASTER: Readonly<Record<string, number>> = {
  'maundy-thursday': -3, 'good-friday': -2, 'holy-saturday': -1, 'palm-sunday': -7,
  'ash-wednesday': -46, 'mardi-gras': -47, easter: 0, 'easter-monday': 1, ascension: 39, pentecost: 49,
  'corpus-christi': 60,
};

interface Counted {
  readonly month: number;
  /** 0 Sunday. */
  readonly weekday: number;
  /** 1 to 4 from the first of the month on, -1 for the last one. */
  readonly nth: number;
  /** Days from the weekday that is counted. */
  readonly days?: number;
}

const COUNTED: Readonly<Record<string, Counted>> = {
  'martin-luther-king': { month: 1, weekday: 1, nth: 3 },
  presidents: { month: 2, weekday: 1, nth: 3 },
  mothers: { month: 5, weekday: 0, nth: 2 },
  'mothers-spain': { month: 5, weekday: 0, nth: 1 },
  memorial: { month: 5, weekday: 1, nth: -1 },
  fathers: { month: 6, weekday: 0, nth: 3 },
  labor: { month: 9, weekday: 1, nth: 1 },
  columbus: { month: 10, weekday: 1, nth: 2 },
  thanksgiving: { month: 11, weekday: 4, nth: 4 },
  'thanksgiving-eve': { month: 11, weekday: 4, nth: 4, days: -1 },
  'black-friday': { month: 11, weekday: 4, nth: 4, days: 1 },
  'cyber-monday': { month: 11, weekday: 4, nth: 4, days: 4 },
};

/**
 * Feasts of the moon, month * 100 + day by year: 1 Shawwal and 10 Dhu al-Hijja of the Umm al-Qura calendar as in
 * CLDR (ICU), the first of the year where there are two. Turkey's calendar differs by a day in some years.
 */
const LUNAR_FROM = 2010;
const LUNAR: Readonly<Record<string, readonly number[]>> = {
  'eid-al-fitr': [
    910, 830, 819, 808, 728, 717, 706, 625, 615, 604, 524, 513, 502, 421, 410, 330, 320, 309, 226, 214, 204,
    124, 114, 103, 1212, 1201, 1119, 1109, 1029, 1019, 1007,
  ],
  'eid-al-adha': [
    1116, 1106, 1026, 1015, 1004, 923, 911, 901, 821, 811, 731, 720, 709, 628, 616, 606, 527, 516, 505, 424, 413,
    402, 322, 312, 301, 219, 208, 127, 116, 105, 1215,
  ],
};

/**
 * The day of a feast in a year, counted as `dayNumber` does; null for a feast of the moon before 2010 or after
 * 2040. @throws Error for a name of no table.
 */
export function movingFeast(name: string, year: number): number | null {
  const lunar = LUNAR[name];
  if (lunar !== undefined) {
    const day = lunar[year - LUNAR_FROM];
    return day === undefined ? null : dayNumber(year, Math.floor(day / 100), day % 100);
  }
  const offset = FROM_EASTER[name];
  if (offset !== undefined) return easterSunday(year) + offset;
  const counted = COUNTED[name];
  if (counted === undefined) throw new Error(`no feast is called ${name}`);
  const { month, weekday, nth, days = 0 } = counted;
  return nthWeekday(year, month, weekday, nth) + days;
}

/** Easter of the Gregorian calendar, by the anonymous algorithm (Meeus, Astronomical Algorithms, chapter 8). */
function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - c % 4) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return dayNumber(year, Math.floor(sum / 31), sum % 31 + 1);
}
