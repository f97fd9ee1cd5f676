import { isLink, type Atom } from './atom.ts';
import type { Draft } from './draft.ts';
import type { DaySaid } from './piece.ts';

/** A mention under way: one end, perhaps a second, and how it was opened. */
export interface Chain {
  readonly a: Draft;
  readonly b: Draft | null;
}

export function isLoneBare(draft: Draft): boolean {
  return draft.bare !== null && draft.day === null && draft.part === null && draft.shift === null;
}

export function isCalendarDate(day: DaySaid | null): boolean {
  return day?.kind === 'date';
}

/** "from", "between", Spanish "de … a …" in front of a mention. */
export function opening(atoms: readonly Atom[], from: number): 'from' | 'between' | null {
  for (let i = from - 1; i >= Math.max(0, from - 3); i -= 1) {
    if (isLink(atoms[i], 'between')) return 'between';
    if (isLink(atoms[i], 'from', 'oclock-from')) return 'from';
    const text = atoms[i]?.text;
    if (text === 'de' || text === 'del') return 'from';
    if (!isLink(atoms[i], 'the', 'on', 'oclock-at')) return null;
  }
  return null;
}
