import { as, isLink, type Atom } from './atom.ts';
import type { DaySaid, YearSaid } from './piece.ts';

export interface DayRead {
  readonly day: DaySaid;
  readonly to: number;
}

export const WHICH = { next: 'next', coming: 'coming', this: 'this', last: 'last' } as const;

export type RelativeName = keyof typeof WHICH;

export function relativeName(atom: Atom | undefined): RelativeName | null {
  const name = as(atom, 'relative')?.name;
  return name === undefined ? null : (name as RelativeName);
}

/** Skips up to two of the named links ("of the", "de la", ","). */
export function skip(
  atoms: readonly Atom[], i: number, a: string, b?: string, c?: string, d?: string, e?: string,
): number {
  let k = i;
  while (k < i + 2 && isLink(atoms[k], a, b, c, d, e) && as(atoms[k], 'unit') === null) k += 1;
  return k;
}

export function date(day: number, month: number | null, year: YearSaid | null): DaySaid {
  return { kind: 'date', year, month, day, weekday: null, months: null };
}

export interface DayOfMonth {
  readonly value: number;
  readonly to: number;
}

/** "5", "5th", "fifth", "twenty fourth", "ikisinde" as a day of a month. */
export function dayOfMonth(atoms: readonly Atom[], i: number): DayOfMonth | null {
  const atom = atoms[i];
  if (atom === undefined) return null;
  const ordinal = atom.role === 'ordinal' ? atom.value : (as(atom, 'ordinal')?.value ?? 0);
  if (ordinal >= 1 && ordinal <= 31) return { value: ordinal, to: i + 1 };
  if (atom.role !== 'number' || atom.decimal || atom.digits > 2) return null;
  const k = atoms[i + 1]?.text === '-' && atom.digits === 0 ? i + 2 : i + 1;
  const unit = as(atoms[k], 'ordinal')?.value ?? 0;
  if (atom.digits === 0 && atom.value % 10 === 0 && atom.value >= 20 && unit > 0 && unit < 10) {
    return atom.value + unit <= 31 ? { value: atom.value + unit, to: k + 1 } : null;
  }
  return atom.value >= 1 && atom.value <= 31 ? { value: atom.value, to: i + 1 } : null;
}

export interface YearRead<Y extends YearSaid = YearSaid> {
  readonly year: Y;
  readonly to: number;
}

/** English hundreds of years that a number below a hundred may follow. */
const CENTURIES: Readonly<Record<string, number>> = { nineteen: 1900, twenty: 2000 };

/** "2027", "twenty twenty-seven", "dos mil nueve", "iki bin on beş". */
export function yearFigure(atoms: readonly Atom[], i: number): YearRead<number> | null {
  const atom = atoms[i];
  if (atom?.role !== 'number' || atom.decimal || (atom.digits !== 4 && atom.digits !== 0)) return null;
  if (atom.value >= 1900 && atom.value <= 2100) return { year: atom.value, to: i + 1 };
  const century = atom.digits === 0 ? CENTURIES[atom.text] : undefined;
  const rest = atoms[i + 1];
  const isRest = rest?.role === 'number' && rest.digits === 0 && rest.value >= 10 && rest.value < 100;
  return century !== undefined && isRest ? { year: century + rest.value, to: i + 2 } : null;
}

/** "next year", "año que viene", "bu yıl"; the article before it is the caller's. */
export function relativeYear(atoms: readonly Atom[], i: number): YearRead | null {
  const before = as(atoms[i], 'relative');
  const at = before === null ? i : i + 1;
  if (as(atoms[at], 'unit')?.name !== 'year') return null;
  const said = before ?? as(atoms[at + 1], 'relative');
  const to = before === null ? at + 2 : at + 1;
  return said === null ? null : { year: { years: said.value }, to };
}

/** The year behind a day, a month or a part of the year: ", 2027", "of next year", "del año que viene". */
export function yearAt(atoms: readonly Atom[], i: number): YearRead | null {
  let k = i;
  if (atoms[k]?.text === ',' || atoms[k]?.text === '-' || atoms[k]?.text === '/') k += 1;
  k = skip(atoms, k, 'of', 'in');
  const figure = yearFigure(atoms, k);
  if (figure !== null) return isAmount(atoms, figure.to) ? null : figure;
  return relativeYear(atoms, isLink(atoms[k], 'the', 'on') ? k + 1 : k);
}

export function separatorAt(atoms: readonly Atom[], i: number): boolean {
  const text = atoms[i]?.text;
  return text === '/' || text === '-' || text === '.';
}

export function monthOnly(
  month: number,
  year: YearRead | null,
  i: number,
): DayRead {
  return {
    day: { kind: 'month', month, year: year?.year ?? null, edge: null },
    to: year?.to ?? i + 1,
  };
}

export function isAmount(atoms: readonly Atom[], i: number): boolean {
  return atoms[i]?.role === 'currency' || atoms[i]?.role === 'thing';
}

/** The first year of the ten that a figure of tens names, below a hundred of the twentieth century; null for others. */
export function decadeYear({ value, digits }: Atom): number | null {
  if (value % 10 !== 0) return null;
  if (digits === 4) return value >= 1900 && value <= 2020 ? value : null;
  return value >= 20 && value < 100 ? 1900 + value : null;
}
