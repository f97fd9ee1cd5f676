import { meaning, type Case, type Entry, type Role } from './lexicon.ts';
import { ROLE } from './roles.ts';

/**
 * One unit of the grammar: a word or phrase with its meaning, a whole number ("three hundred",
 * "1.200,50"), a clock reading "3:30", a numeric date, or a mark. `id` is a figure that is no
 * quantity: part numbers, phone numbers, impossible dates.
 */
export interface Atom {
  readonly role: Role | 'clock' | 'date' | 'word' | 'mark' | 'id';
  readonly entry: Entry | null;
  /** Bits of `ROLE`: its own role and those of all its meanings. */
  readonly roles: number;
  readonly text: string;
  /** Number of its first word in the table of the language, 0 where that does not have it. */
  readonly word: number;
  readonly value: number;
  /** Clock reading, also of a number such as "6.45" or "0730"; -1 where there is none. */
  readonly hour: number;
  readonly minute: number;
  /** Numeric date as written, first to last field; empty where there is none. */
  readonly fields: readonly number[];
  /** How many digits the number is written with, before a decimal sign; 0 for words. */
  readonly digits: number;
  readonly decimal: boolean;
  /** Said with "grand", which is money by itself. */
  readonly grand: boolean;
  readonly case: Case;
  readonly start: number;
  readonly end: number;
  readonly glued: boolean;
  readonly newLine: boolean;
}

export const BLANK_FIELDS: readonly number[] = [];

/** The meaning of an atom in one role; weak words count only where the caller says so. */
export function as(atom: Atom | undefined, role: Role): Entry | null {
  if (atom === undefined || atom.entry === null) return null;
  return meaning(atom.entry, role);
}

/** The name of the link an atom is or can be; '' where it is none. */
function linkName(atom: Atom | undefined): string {
  if (atom === undefined || (atom.roles & ROLE.link) === 0) return '';
  return meaning(atom.entry, 'link')?.name ?? '';
}

/**
 * Whether an atom is a link of one of these names. Named one by one: a list would be made for every
 * call, and this is asked more often than anything else; `isLinkOf` takes more of them.
 */
export function isLink(
  atom: Atom | undefined, a: string, b?: string, c?: string, d?: string, e?: string,
): boolean {
  const name = linkName(atom);
  return name !== '' && (name === a || name === b || name === c || name === d
    || name === e);
}

export function isLinkOf(atom: Atom | undefined, names: ReadonlySet<string>): boolean {
  const name = linkName(atom);
  return name !== '' && names.has(name);
}
