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

/** The day of a feast in a year, counted as `dayNumber` does. @throws Error for a name of no table. */
export function movingFeast(name: string, year: number): number {
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
