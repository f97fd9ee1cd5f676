/** The constituent that begins at an atom, by whichever reader finds one first. */
import { isLink, type Atom } from './atom.ts';
import type { Piece, PieceLocale, ReadPiece } from './piece.ts';
import { readBare } from './read-bare.ts';
import { readClock } from './read-clock.ts';
import { readDay } from './read-day.ts';
import { readNow, readPart } from './read-part.ts';
import { readShift } from './read-shift.ts';
import { ANY_ROLE, ROLE } from './roles.ts';

/** Links between two constituents, or before what a link leads to. */
export const GAP_MAX = 4;

interface Reader {
  readonly read: ReadPiece;
  /** Bits of what its constituents can begin with. */
  readonly beginnings: number;
}

const {
  link, mark, relative, weekday, month, feast, ordinal, date, edge, part, day, unit, fraction, number, clock,
} = ROLE;

/** In the order they are asked. */
const READERS: readonly Reader[] = [
  {
    read: readShift,
    beginnings: link | mark | relative | weekday | feast | date | part | day | unit | fraction | number | clock,
  },
  { read: readDay, beginnings: relative | weekday | month | feast | ordinal | date | edge | day | unit | number },
  { read: readClock, beginnings: part | unit | fraction | number | clock },
  { read: readPart, beginnings: relative | edge | part },
  { read: readNow, beginnings: day },
  { read: readBare, beginnings: number },
];

/** A text without any of these has no constituent. */
export const BEGINNINGS = ANY_ROLE & ~(ROLE.word | ROLE.mark | ROLE.id | ROLE.currency | ROLE.thing
  | ROLE.meridiem | ROLE.multiple | ROLE.link | ROLE.relative);
/** Roles that begin no constituent; most atoms of a chat message have one of them. */
const NEVER_FIRST = ROLE.word | ROLE.mark | ROLE.id | ROLE.currency | ROLE.thing | ROLE.meridiem
  | ROLE.multiple;

/** Links that begin an amount of time: "in 3 hours", "the last 2 days", "hace 3 días". */
const FIRST_LINKS: ReadonlySet<string> = new Set(['in', 'within', 'after', 'the', 'ago']);

function isFirstLink(atoms: readonly Atom[], i: number): boolean {
  const { entry, text } = atoms[i] as Atom;
  return FIRST_LINKS.has(entry?.name ?? '') || (text === 'el' && isLink(atoms[i + 1], 'after', 'before'));
}

export function readPiece(atoms: readonly Atom[], i: number, locale: PieceLocale): Piece | null {
  const atom = atoms[i] as Atom;
  if (atom.entry === null || atom.entry.also === null) {
    const isNever = (atom.roles & ~NEVER_FIRST) === 0;
    if (isNever && ((atom.roles & mark) === 0 || (atom.text !== '+' && atom.text !== '-'))) return null;
    if (atom.role === 'link' && !isFirstLink(atoms, i)) return null;
    if ((atom.role === 'link' || atom.role === 'relative') && !leads(atoms, i)) return null;
    if (atom.role === 'number' && isLarge(atom) && !leads(atoms, atoms[i + 1]?.text === '.' ? i + 1 : i)) return null;
  }
  const isArticle = atom.role === 'number' && atom.entry?.weak === true && atom.case === '';
  if (isArticle && !counts(atoms, i)) return null;
  for (let at = 0; at < READERS.length; at += 1) {
    const { read, beginnings } = READERS[at]!;
    const found = (atom.roles & beginnings) === 0 ? null : read(atoms, i, locale);
    if (found !== null) return found;
  }
  return null;
}

/** Whether "a" or "one" can be a number: not in "a sofa", "for a good price", "one, please". */
function counts(atoms: readonly Atom[], i: number): boolean {
  const next = atoms[i + 1];
  const isMark = next?.role === 'mark';
  return isMark ? isOfFigures(next.text) : leads(atoms, i);
}

/** Marks that stand within dates and ranges. */
function isOfFigures(sign: string): boolean {
  return sign === '-' || sign === '/' || sign === '.';
}

const DAYS_MAX = 31;
const YEAR_DIGITS = 4;
const YEARS_FROM = 1900;
const YEARS_TO = 2100;

/** No hour, no day of a month and no year: only a word behind it can make it a time. */
function isLarge({ value, hour, digits, fields }: Atom): boolean {
  const isYear = digits === 0 && value > YEARS_FROM && value < YEARS_TO;
  return value > DAYS_MAX && hour < 0 && digits < YEAR_DIGITS && !isYear && fields.length === 0;
}

/** Whether something with a meaning follows, links aside: not in "the sofa", "in the picture". */
function leads(atoms: readonly Atom[], i: number): boolean {
  let k = i + 1;
  while (k <= i + GAP_MAX && atoms[k]?.role === 'link') k += 1;
  const next = atoms[k];
  return next !== undefined && next.role !== 'word' && !(next.role === 'mark' && k === i + 1);
}
