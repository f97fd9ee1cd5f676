import type { Role } from './lexicon.ts';

/**
 * One bit for everything an atom can be. With the bits of a text a reader knows at once that what it
 * looks for is nowhere in it.
 */
export const ROLE = {
  number: 1 << 0, multiple: 1 << 1, ordinal: 1 << 2, fraction: 1 << 3, meridiem: 1 << 4,
  part: 1 << 5, weekday: 1 << 6, month: 1 << 7, unit: 1 << 8, day: 1 << 9, relative: 1 << 10,
  edge: 1 << 11, feast: 1 << 12, currency: 1 << 13, thing: 1 << 14, link: 1 << 15,
  clock: 1 << 16, date: 1 << 17, word: 1 << 18, mark: 1 << 19, id: 1 << 20,
} as const satisfies Readonly<Record<Role | 'clock' | 'date' | 'word' | 'mark' | 'id', number>>;

/** All bits: what a reader has to assume of a text nobody has looked through. */
export const ANY_ROLE = (1 << 21) - 1;
