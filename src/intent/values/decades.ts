/** "1980s", "the 90's", "90'larda", "90'lı yıllar": a figure with an ending that makes it ten years. */
import { isLink, type Atom } from './atom.ts';
import { decadeYear } from './day-words.ts';
import type { Entry, Lexicon } from './lexicon.ts';
import { entryOf } from './phrase.ts';
import { isPlainWord } from './read-day.ts';
import { ROLE } from './roles.ts';
import type { Token } from './tokens.ts';

/** What a figure with such an ending means: one that names ten years. */
export function decadeOf(figure: Atom): Entry {
  const value = decadeYear(figure) as number;
  return { role: 'unit', name: 'decade', value, case: '', weak: false, also: null, roles: ROLE.unit };
}

const TURKISH_DECADE: ReadonlySet<string> = new Set(
  ['lar', 'ler', 'larda', 'lerde', 'lardan', 'lerden', 'larin', 'lerin'],
);
const TURKISH_YEARS: ReadonlySet<string> = new Set(['li', 'lu']);

/** The token after the ending of the last atom that makes it ten years; `next` where there is none. */
export function decadeEnd(
  tokens: readonly Token[], next: number, atoms: readonly Atom[], lexicon: Lexicon,
): number {
  const figure = atoms[atoms.length - 1] as Atom;
  const { role, digits, decimal } = figure;
  const isFigure = role === 'number' && !decimal && (digits === 2 || digits === 4);
  if (!isFigure || decadeYear(figure) === null || tokens[next]?.glued !== true) return next;
  const at = tokens[next]?.text === "'" ? next + 1 : next;
  const ending = tokens[at]?.glued === true ? tokens[at]!.text : '';
  // "the 80s playlist" says of what kind, not when.
  const noun = tokens[at + 1];
  const isKind = noun?.kind === 'word' && entryOf(noun, lexicon) === null && !isPlainWord(noun.text);
  const { language } = lexicon;
  if (language === 'en' && ending === 's' && !isKind) {
    return digits === 4 || isLink(atoms[atoms.length - 2], 'the') ? at + 1 : next;
  }
  if (language !== 'tr') return next;
  if (TURKISH_DECADE.has(ending)) return at + 1;
  return TURKISH_YEARS.has(ending) && tokens[at + 1]?.text.startsWith('yil') === true ? at + 2 : next;
}
