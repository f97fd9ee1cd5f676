/** What every way to say a time of day is made of: hours, minutes, fractions, am and pm. */
import { as, type Atom } from './atom.ts';
import type { Clock } from './piece.ts';

export interface Reading {
  readonly clock: Clock;
  readonly to: number;
}

export const NOON: Clock = { hour: 12, minute: 0, meridiem: 2, literal: true, digital: false };
export const MIDNIGHT: Clock = { hour: 0, minute: 0, meridiem: 1, literal: true, digital: false };

export function isNumber(atom: Atom | undefined): atom is Atom {
  return atom?.role === 'number';
}

/** Hour of a number written without minutes. */
export function hourOf(atom: Atom | undefined, isSure = false): number {
  if (!isNumber(atom) || atom.decimal || atom.digits > 2) return -1;
  if (atom.entry?.weak === true && !isSure) return -1;
  return atom.value <= 24 ? atom.value : -1;
}

export function minuteOf(atom: Atom | undefined): number {
  if (!isNumber(atom) || atom.decimal || atom.digits > 2 || atom.value > 59) return -1;
  return atom.value;
}

/** Minutes in "half past", "quarter to", "y media", "buçuk"; -1 for none. */
export function fractionMinutes(atom: Atom | undefined): number {
  const fraction = as(atom, 'fraction');
  if (fraction !== null) return fraction.value < 1 ? fraction.value * 60 : -1;
  // "cuarto" is an ordinal too; only the clock sense counts here.
  return -1;
}

export function clock(hour: number, minute: number, over: Partial<Clock> = {}): Clock {
  return {
    hour,
    minute,
    meridiem: 0,
    literal: hour > 12 || (hour === 0 && minute >= 0),
    digital: false,
    ...over,
  };
}

/** A clock some minutes later, or earlier where they are negative. */
export function shiftedClock(base: Clock, minutes: number): Clock {
  const total = (base.hour * 60 + base.minute + minutes + 1440) % 1440;
  const hour = Math.floor(total / 60);
  // "quarter to 1" is 12:45, not 0:45, unless the hour was a 24-hour one.
  const twelve = hour === 0 && !base.literal ? 12 : hour;
  const isWhole = base.literal && (base.hour >= 12 || base.hour === 0);
  return {
    ...base,
    hour: twelve,
    minute: total % 60,
    literal: base.literal,
    meridiem: isWhole ? 0 : base.meridiem,
  };
}

/** "am", "p.m.", "p . m .", and the lone letter glued to its number ("9a"). */
export function readMeridiem(
  atoms: readonly Atom[],
  i: number,
): { readonly value: number; readonly to: number } | null {
  const atom = atoms[i];
  const entry = as(atom, 'meridiem');
  if (atom === undefined || entry === null) return null;
  if (!entry.weak) return { value: entry.value, to: i + 1 };
  let k = i + 1;
  if (atoms[k]?.text === '.') k += 1;
  if (atoms[k]?.text === 'm') {
    k += 1;
    if (atoms[k]?.text === '.' && atoms[k - 2]?.text === '.') k += 1;
    return { value: entry.value, to: k };
  }
  return atom.glued && atoms[i - 1]?.text !== "'" ? { value: entry.value, to: i + 1 } : null;
}

/** The hour that minutes count from: a number, a clock, noon, midnight. */
export function hourAfter(atoms: readonly Atom[], i: number): Reading | null {
  const name = as(atoms[i], 'part')?.name;
  if (name === 'noon') return { clock: NOON, to: i + 1 };
  if (name === 'midnight') return { clock: MIDNIGHT, to: i + 1 };
  const hour = hourOf(atoms[i]);
  if (hour < 0) return null;
  const next = atoms[i + 1];
  if (next?.role === 'thing' || next?.role === 'currency') return null;
  return { clock: clock(hour, 0), to: i + 1 };
}

/** Words before an hour that make "5 to 8" a time rather than a range. */
export const POINT_LINKS: ReadonlySet<string> = new Set([
  'at', 'until', 'from', 'before', 'after', 'around', 'by', 'for',
]);
