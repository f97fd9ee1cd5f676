/** Amounts of time: "3 days", "an hour and a half", "iki buçuk saat". */
import { as, isLink, type Atom } from './atom.ts';
import type { Shift } from './piece.ts';

export const NONE: Shift = { months: 0, days: 0, workdays: 0, minutes: 0 };

function shiftOf(unit: string, count: number): Shift | null {
  switch (unit) {
    case 'second':
      return { ...NONE, minutes: count / 60 };
    case 'minute':
      return { ...NONE, minutes: Math.round(count) };
    case 'hour':
      return { ...NONE, minutes: Math.round(count * 60) };
    case 'day':
      return count % 1 === 0 ? { ...NONE, days: count } : { ...NONE, minutes: count * 1440 };
    case 'workday':
      return { ...NONE, workdays: Math.round(count) };
    case 'week':
      return { ...NONE, days: Math.round(count * 7) };
    case 'fortnight':
      return { ...NONE, days: Math.round(count * 14) };
    case 'month':
      return { ...NONE, months: Math.round(count) };
    case 'quarter':
      return { ...NONE, months: Math.round(count * 3) };
    case 'year':
      return { ...NONE, months: Math.round(count * 12) };
    case 'ten-years':
      return { ...NONE, months: Math.round(count * 120) };
    case 'century':
      return { ...NONE, months: Math.round(count * 1200) };
    default:
      return null;
  }
}

function plus(a: Shift, b: Shift): Shift {
  return {
    months: a.months + b.months,
    days: a.days + b.days,
    workdays: a.workdays + b.workdays,
    minutes: a.minutes + b.minutes,
  };
}

export function negated(shift: Shift): Shift {
  return {
    months: -shift.months,
    days: -shift.days,
    workdays: -shift.workdays,
    minutes: -shift.minutes,
  };
}

export interface Amount {
  readonly shift: Shift;
  readonly to: number;
  /** Unit of the last part, which decides whether a clock or a calendar is meant. */
  readonly unit: string;
}

/** "3 days", "an hour and a half", "half an hour", "1 day 2 hours", "bir buçuk saat", "2hr5min". */
export function amountAt(atoms: readonly Atom[], i: number): Amount | null {
  let k = i;
  let total: Amount | null = null;
  for (let step = 0; step < 3; step += 1) {
    if (total !== null && isLink(atoms[k], 'and')) k += 1;
    const next = singleAmount(atoms, k);
    if (next === null) break;
    total = { ...next, shift: total === null ? next.shift : plus(total.shift, next.shift) };
    k = next.to;
  }
  return total;
}

function singleAmount(atoms: readonly Atom[], i: number): Amount | null {
  const fraction = as(atoms[i], 'fraction');
  if (fraction !== null && fraction.name === '') return unitAfter(atoms, i + 1, fraction.value);
  const isHalfMore = as(atoms[i + 1], 'fraction') !== null && atoms[i + 1]?.text === 'y';
  // "en hora y media", "dentro de año y medio"
  if (isHalfMore && as(atoms[i], 'unit') !== null) return unitAfter(atoms, i, 1.5, i + 2);
  const number = as(atoms[i], 'number');
  const atom = atoms[i];
  if (atom?.role !== 'number' && number === null) return null;
  const value = atom?.role === 'number' ? atom.value : (number?.value ?? 0);
  if (value > 10_000) return null;
  if (atoms[i + 1]?.text === '-' && atoms[i + 2]?.role === 'number' && atom?.role === 'number') {
    // "in 20-30 minutes": the earlier end.
    return unitAfter(atoms, i + 3, value);
  }
  const about = isLink(atoms[i + 1], 'or', 'and', 'until') ? i + 2 : i + 1;
  const more = atoms[about];
  const isPair = atom?.role === 'number' && more?.role === 'number' && number?.weak !== true;
  if (isPair && more.value > value && more.value <= value + 2 && value > 0) {
    // "in two or three days", "dos o tres días", "iki üç gün": the earlier end
    const least = unitAfter(atoms, about + 1, value);
    if (least !== null) return least;
  }
  if (isLink(atoms[i + 1], 'and') && as(atoms[i + 2], 'fraction')?.value === 0.5) {
    const halves = unitAfter(atoms, i + 3, value + 0.5);
    if (halves !== null) return halves;
  }
  const half = as(atoms[i + 1], 'fraction');
  if (half?.name === 'and-half') return unitAfter(atoms, i + 2, value + 0.5);
  const unit = unitAfter(atoms, i + 1, value);
  if (unit === null) return null;
  const rest = atoms[unit.to];
  if (unit.unit === 'hour' && rest?.role === 'number' && rest.glued && rest.digits === 2) {
    // "1h30"
    return { ...unit, shift: plus(unit.shift, { ...NONE, minutes: rest.value }), to: unit.to + 1 };
  }
  const extra = as(atoms[unit.to], 'fraction');
  if (extra !== null && atoms[unit.to]?.text === 'y') {
    return unitAfter(atoms, i + 1, value + 0.5, unit.to + 1);
  }
  if (isLink(atoms[unit.to], 'and') && as(atoms[unit.to + 1], 'fraction')?.value === 0.5) {
    return unitAfter(atoms, i + 1, value + 0.5, unit.to + 2);
  }
  return unit;
}

export function unitAfter(atoms: readonly Atom[], i: number, count: number, to = i + 1): Amount | null {
  const atom = atoms[i];
  const unit = as(atom, 'unit');
  if (unit === null || atom?.case === 'measure') return null;
  // One letter counts only glued to its number ("5h"), or the text is full of them.
  if (unit.weak && atom?.glued !== true && (atoms[i - 1]?.text ?? '') > '9') return null;
  const shift = shiftOf(unit.name, count);
  return shift === null ? null : { shift, to, unit: unit.name };
}
