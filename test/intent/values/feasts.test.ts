import { describe, expect, it } from 'vitest';
import { formatDay } from '../../../src/intent/values/calendar.ts';
import { movingFeast } from '../../../src/intent/values/feasts.ts';

describe('feasts that move', () => {
  it.each([
    ['easter', 2024, '2024-03-31'],
    ['easter', 2025, '2025-04-20'],
    ['easter', 2038, '2038-04-25'],
    ['good-friday', 2026, '2026-04-03'],
    ['pentecost', 2026, '2026-05-24'],
    ['thanksgiving', 2026, '2026-11-26'],
    ['cyber-monday', 2026, '2026-11-30'],
    ['memorial', 2027, '2027-05-31'],
    ['labor', 2026, '2026-09-07'],
    ['mothers', 2026, '2026-05-10'],
    ['mothers-spain', 2026, '2026-05-03'],
    ['eid-al-fitr', 2026, '2026-03-20'],
    ['eid-al-fitr', 2033, '2033-01-03'],
    ['eid-al-adha', 2026, '2026-05-27'],
    ['eid-al-adha', 2040, '2040-12-15'],
  ] as const)('%s of %i', (name, year, day) => {
    const found = movingFeast(name, year);
    expect(found === null ? null : formatDay(found)).toBe(day);
  });

  it('knows feasts of the moon from 2010 to 2040', () => {
    expect(movingFeast('eid-al-fitr', 2009)).toBeNull();
    expect(movingFeast('eid-al-adha', 2041)).toBeNull();
  });

  it('has no feast of another name', () => {
    expect(() => movingFeast('nothing', 2026)).toThrow('nothing');
  });
});
