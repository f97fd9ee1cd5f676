import { as, isLink, type Atom } from './atom.ts';
import { skip, yearAt, type DayRead } from './day-words.ts';

const QUARTERS = 4;

/** "the third quarter of 2027", "next quarter", "in Q3", "el primer trimestre", "yılın ilk çeyreği". */
export function quarter(atoms: readonly Atom[], i: number): DayRead | null {
  const short = shortQuarter(atoms, i);
  if (short !== null) return short;
  const relative = as(atoms[i], 'relative');
  const ordinal = atoms[i]?.role === 'ordinal' ? atoms[i]!.value : (as(atoms[i], 'ordinal')?.value ?? 0);
  if ((relative === null && ordinal === 0) || !isQuarter(atoms[i + 1])) return null;
  if (ordinal >= 1 && ordinal <= QUARTERS) {
    // "first quarter of an hour", "ilk çeyrek altın"
    const isPart = as(atoms[skip(atoms, i + 2, 'of')], 'unit')?.name === 'hour';
    return isPart || atoms[i + 2]?.role === 'word' ? null : named(atoms, ordinal, i + 2);
  }
  if (relative === null) return null;
  const after = yearAt(atoms, i + 2);
  if (relative.name === 'last' && after !== null) return named(atoms, QUARTERS, i + 2);
  const { value } = relative;
  return { day: { kind: 'quarter', quarter: 0, offset: value, year: null }, to: i + 2 };
}

/** "Q3" behind a word that makes it a time: it is a car too. */
function shortQuarter(atoms: readonly Atom[], i: number): DayRead | null {
  const number = atoms[i + 1];
  if (atoms[i]?.text !== 'q' || number?.role !== 'number' || !number.glued) return null;
  if (number.digits !== 1 || number.value < 1 || number.value > QUARTERS) return null;
  const before = atoms[i - 1];
  const isPlaced = isLink(before, 'in', 'by', 'until', 'from') || as(before, 'edge') !== null;
  const said = named(atoms, number.value, i + 2);
  return isPlaced || (before === undefined && said.to > i + 2) ? said : null;
}

function named(atoms: readonly Atom[], number: number, to: number): DayRead {
  const year = yearAt(atoms, to);
  return {
    day: { kind: 'quarter', quarter: number, offset: null, year: year?.year ?? null },
    to: year?.to ?? to,
  };
}

function isQuarter(atom: Atom | undefined): boolean {
  if (as(atom, 'unit')?.name === 'quarter') return true;
  const fraction = as(atom, 'fraction');
  return fraction?.value === 0.25 && (fraction.name === 'quarter' || atom?.text === 'quarter'
    || atom?.text.startsWith('ceyrek') === true);
}
