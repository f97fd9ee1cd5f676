import { as, isLink, type Atom } from './atom.ts';
import { skip, yearAt, type DayRead } from './day-words.ts';
import type { PieceLocale } from './piece.ts';
import { monthPeriod } from './read-month.ts';
import { period } from './read-period.ts';

const QUARTERS = 4;
const HALVES = 2;

/**
 * "the third quarter of 2027", "next quarter", "in Q3", "el primer trimestre", "yılın ilk çeyreği",
 * "the second half of next year", "el primer semestre"; `isOfYear` where its year stands before it.
 */
export function quarter(atoms: readonly Atom[], i: number, isOfYear = false): DayRead | null {
  const short = shortQuarter(atoms, i);
  if (short !== null) return short;
  const relative = as(atoms[i], 'relative');
  const ordinal = atoms[i]?.role === 'ordinal' ? atoms[i]!.value : (as(atoms[i], 'ordinal')?.value ?? 0);
  if (relative === null && ordinal === 0) return null;
  const months = isQuarter(atoms[i + 1]) ? 3 : isHalf(atoms[i + 1]) ? 6 : 0;
  if (months === 0) return null;
  const parts = months === 3 ? QUARTERS : HALVES;
  const isLast = relative?.name === 'last' && ofYear(atoms, i + 2) > i + 2;
  const counted = isLast ? parts : ordinal;
  if (counted >= 1 && counted <= parts) {
    // "first quarter of an hour", "ilk çeyrek altın"
    const isPart = as(atoms[skip(atoms, i + 2, 'of')], 'unit')?.name === 'hour';
    if (isPart || atoms[i + 2]?.role === 'word') return null;
    const said = named(atoms, counted, months, i + 2);
    // "the first half": of a game, of a book
    return isVague(atoms[i + 1]) && said.to === i + 2 && !isOfYear ? null : said;
  }
  if (relative === null || isVague(atoms[i + 1])) return null;
  const { value } = relative;
  return { day: { kind: 'quarter', quarter: 0, months, offset: value, year: null }, to: i + 2 };
}

/** "the second half of December", "la primera quincena del mes", "aralığın ikinci yarısı". */
export function halfOfMonth(atoms: readonly Atom[], i: number, { language }: PieceLocale): DayRead | null {
  const half = orderedHalf(atoms, i);
  if (half > 0) {
    const k = skip(atoms, i + 2, 'of', 'the', 'in');
    const isOf = k > i + 2 || atoms[i + 1]?.role === 'edge';
    return isOf ? halfOf(period(atoms, k, true) ?? monthPeriod(atoms, k, true), half) : null;
  }
  // Only Turkish has the month before its half.
  if (language !== 'tr') return null;
  const said = period(atoms, i, true) ?? monthPeriod(atoms, i);
  const after = said === null || atoms[said.to - 1]?.case !== 'gen' ? 0 : orderedHalf(atoms, said.to);
  return said === null || after === 0 ? null : halfOf({ ...said, to: said.to + 2 }, after);
}

/** 1 for "first half", 2 for "second half", 0 for none. */
function orderedHalf(atoms: readonly Atom[], i: number): number {
  const ordinal = atoms[i]?.role === 'ordinal' ? atoms[i]!.value : (as(atoms[i], 'ordinal')?.value ?? 0);
  const isHalved = isVague(atoms[i + 1]) || atoms[i + 1]?.text === 'quincena';
  return isHalved && ordinal <= HALVES ? ordinal : 0;
}

function halfOf(said: DayRead | null, half: number): DayRead | null {
  if (said === null) return null;
  const { day, to } = said;
  const edge = half === 1 ? 'begin' : 'late';
  if (day.kind === 'month') return { day: { ...day, edge }, to };
  const isHalved = day.kind === 'period' && (day.unit === 'month' || day.unit === 'week');
  return isHalved ? { day: { ...day, edge }, to } : null;
}

/** "Q3" behind a word that makes it a time: it is a car too. */
function shortQuarter(atoms: readonly Atom[], i: number): DayRead | null {
  const number = atoms[i + 1];
  if (atoms[i]?.text !== 'q' || number?.role !== 'number' || !number.glued) return null;
  if (number.digits !== 1 || number.value < 1 || number.value > QUARTERS) return null;
  const before = atoms[i - 1];
  const isPlaced = isLink(before, 'in', 'by', 'until', 'from') || as(before, 'edge') !== null;
  const said = named(atoms, number.value, 3, i + 2);
  return isPlaced || (before === undefined && said.to > i + 2) ? said : null;
}

function named(atoms: readonly Atom[], number: number, months: 3 | 6, to: number): DayRead {
  const year = yearAt(atoms, to)?.year ?? null;
  return {
    day: { kind: 'quarter', quarter: number, months, offset: null, year },
    to: ofYear(atoms, to),
  };
}

/** After "of 2027", "of next year", "of the year"; `i` where none of them follows. */
function ofYear(atoms: readonly Atom[], i: number): number {
  const year = yearAt(atoms, i);
  if (year !== null) return year.to;
  const k = skip(atoms, i, 'of', 'the', 'in');
  return k > i && as(atoms[k], 'unit')?.name === 'year' ? k + 1 : i;
}

function isQuarter(atom: Atom | undefined): boolean {
  if (as(atom, 'unit')?.name === 'quarter') return true;
  const fraction = as(atom, 'fraction');
  return fraction?.value === 0.25 && (fraction.name === 'quarter' || atom?.text === 'quarter'
    || atom?.text.startsWith('ceyrek') === true);
}

function isHalf(atom: Atom | undefined): boolean {
  return as(atom, 'unit')?.name === 'half-year' || isVague(atom);
}

/** Words for a half of anything. */
function isVague(atom: Atom | undefined): boolean {
  return atom?.text === 'half' || atom?.text === 'mitad' || atom?.text.startsWith('yarisi') === true;
}
