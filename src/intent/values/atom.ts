import { meaning, type Case, type Entry, type Role } from './lexicon.ts';

/**
 * One unit of the grammar: a word or phrase with its meaning, a whole number ("three hundred",
 * "1.200,50"), a clock reading "3:30", a numeric date, or a mark. `id` is a figure that is no
 * quantity: part numbers, phone numbers, impossible dates.
 */
export interface Atom {
  readonly role: Role | 'clock' | 'date' | 'word' | 'mark' | 'id';
  readonly entry: Entry | null;
  readonly text: string;
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

export const BLANK: Atom = {
  role: 'mark', entry: null, text: '', value: 0, hour: -1, minute: -1, fields: BLANK_FIELDS, digits: 0,
  decimal: false, grand: false, case: '', start: 0, end: 0, glued: false, newLine: true,
};

/** The meaning of an atom in one role; weak words count only where the caller says so. */
export function as(atom: Atom | undefined, role: Role): Entry | null {
  if (atom === undefined || atom.entry === null) return null;
  return meaning(atom.entry, role);
}

export function isLink(atom: Atom | undefined, ...names: readonly string[]): boolean {
  const link = as(atom, 'link');
  return link !== null && names.includes(link.name);
}
