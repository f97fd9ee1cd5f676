import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DAY_MS,
  dayNumber,
  formatDay,
  instantOf,
  isZone,
  mondayOf,
  offsetAt,
  wallAt,
  weekdayOf,
  yearMonthDay,
} from '../../../src/intent/values/calendar.ts';

const day = fc.integer({ min: -100_000, max: 100_000 });
const zone = fc.constantFrom(
  'UTC',
  'America/Detroit',
  'Europe/Madrid',
  'Europe/Istanbul',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
);
const instant = fc.integer({ min: Date.parse('1980-01-01'), max: Date.parse('2040-01-01') });

describe('days', () => {
  it('number and date are inverse', () => {
    fc.assert(
      fc.property(day, (number) => {
        const { year, month, day: dayOfMonth } = yearMonthDay(number);
        expect(dayNumber(year, month, dayOfMonth)).toBe(number);
      }),
    );
  });

  it('weekday and ISO form are those of Date', () => {
    fc.assert(
      fc.property(day, (number) => {
        const date = new Date(number * DAY_MS);
        expect(weekdayOf(number)).toBe(date.getUTCDay());
        expect(formatDay(number)).toBe(date.toISOString().slice(0, 10));
        expect(weekdayOf(mondayOf(number))).toBe(1);
      }),
    );
  });
});

describe('zones', () => {
  it('the memo answers what Intl says', () => {
    fc.assert(
      fc.property(zone, instant, (name, at) => {
        const text = new Intl.DateTimeFormat('sv-SE', {
          timeZone: name,
          dateStyle: 'short',
          timeStyle: 'short',
        }).format(at);
        const { day: number, minutes } = wallAt(at, name);
        const clock = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
        expect(`${formatDay(number)} ${clock}`).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('a wall clock that exists comes back from its instant', () => {
    fc.assert(
      fc.property(zone, instant, (name, at) => {
        const wall = wallAt(at, name);
        expect(wallAt(instantOf(wall, name), name)).toEqual(wall);
      }),
      { numRuns: 300 },
    );
  });

  it('a time that the clocks skip moves forward by the gap', () => {
    const wall = { day: dayNumber(2026, 3, 8), minutes: 150 };
    expect(wallAt(instantOf(wall, 'America/Detroit'), 'America/Detroit').minutes).toBe(210);
  });

  it('of a time that comes twice it is the first', () => {
    const wall = { day: dayNumber(2026, 11, 1), minutes: 90 };
    expect(instantOf(wall, 'America/Detroit')).toBe(Date.parse('2026-11-01T05:30:00Z'));
  });

  it('an unknown zone counts as UTC and can be told', () => {
    expect(isZone('Mars/Olympus')).toBe(false);
    expect(isZone('Europe/Istanbul')).toBe(true);
    expect(offsetAt(0, 'Mars/Olympus')).toBe(0);
  });
});
