/** What is glued to a figure and belongs to it: "15th", "2k", "7'de", "7de", "90s". */
import type { Atom } from './atom.ts';
import { decadeEnd, decadeOf } from './decades.ts';
import { meaning, type Case, type Lexicon } from './lexicon.ts';
import { entryOf, readCase } from './phrase.ts';
import { ROLE } from './roles.ts';
import type { Cell, Token } from './tokens.ts';

const DATIVES: ReadonlySet<string> = new Set(['e', 'a', 'ye', 'ya']);
const LOCATIVES: ReadonlySet<string> = new Set(['de', 'da', 'te', 'ta']);

/**
 * Reads what belongs to a figure from token `next` on and changes `atom`, the last of `atoms`; the
 * token after it.
 */
export function readTail(
  tokens: readonly Token[], next: number, lexicon: Lexicon, atoms: readonly Atom[], atom: Cell,
): number {
  const after = tokens[next];
  if (after === undefined) return next;
  const taken = (count: number): number => {
    atom.end = (tokens[next + count - 1] as Token).end;
    return next + count;
  };
  const decade = decadeEnd(tokens, next, atoms, lexicon);
  if (decade > next) {
    const entry = decadeOf(atom);
    become(atom, 'unit');
    atom.entry = entry;
    atom.value = entry.value;
    atom.hour = -1;
    return taken(decade - next);
  }
  const apostrophe = readCase(tokens, next, lexicon);
  if (apostrophe.next > next) {
    inflect(atom, apostrophe.case);
    return taken(apostrophe.next - next);
  }
  if (atom.role !== 'number') return next;
  const { text } = after;
  if (text === 'k' && (after.glued || (!atom.decimal && atom.digits <= 3))) {
    multiply(atom, 1000);
    return taken(1);
  }
  if (after.glued && lexicon.language === 'es') {
    // "18º", "18.º"
    const dot = text === '.' ? 1 : 0;
    if (tokens[next + dot]?.text === '°' && tokens[next + dot]?.glued === true) {
      become(atom, 'ordinal');
      return taken(1 + dot);
    }
  }
  const entry = entryOf(after, lexicon);
  if (after.glued && meaning(entry, 'ordinal')?.name === 'suffix') {
    become(atom, 'ordinal');
    return taken(1);
  }
  if (entry !== null && entry.role === 'multiple' && atom.value < 1000) {
    const rest = tokens[next + 1];
    const adds =
      entry.value === 1000 && rest?.kind === 'digits' && rest.text.length === 3 && !rest.glued;
    if (adds) {
      // "3 bin 500"
      multiply(atom, 1000);
      atom.value += Number(rest.text);
      return taken(2);
    }
    multiply(atom, entry.value);
    atom.grand = entry.name === 'grand';
    return taken(1);
  }
  if (!after.glued && lexicon.language === 'tr' && LOCATIVES.has(text) && atom.value <= 24) {
    // "7 de" for "7'de"
    atom.case = 'loc';
    return taken(1);
  }
  if (!after.glued && lexicon.language === 'tr' && DATIVES.has(text)) {
    // "8 e kadar" for "8'e kadar"
    atom.case = 'dat';
    return taken(1);
  }
  if (!after.glued || after.kind !== 'word') return next;
  const spoken = atom.value === 2 && atom.digits === 1 ? lexicon.heads.get(`2${text}`)?.word ?? null : null;
  if (spoken !== null) {
    // "2moro", "2nite"
    become(atom, spoken.role);
    atom.roles = spoken.roles;
    atom.entry = spoken;
    atom.value = spoken.value;
    atom.hour = -1;
    atom.digits = 0;
    return taken(1);
  }
  const known = lexicon.suffixes.get(text);
  if (known !== undefined && entry?.role !== 'currency') {
    inflect(atom, known);
    return taken(1);
  }
  if (entry !== null || clockLetter(text)) return next;
  // "32gb" is told by its unit; "2b4" or "7up" is a name.
  become(atom, 'id');
  atom.hour = -1;
  return taken(1);
}

function become(atom: Cell, role: Atom['role']): void {
  atom.role = role;
  atom.roles = ROLE[role];
}

function multiply(atom: Cell, by: number): void {
  atom.value *= by;
  atom.hour = -1;
  atom.decimal = false;
}

function inflect(atom: Cell, grammatical: Case): void {
  atom.case = grammatical === 'ordinal' ? '' : grammatical;
  if (grammatical === 'ordinal' && atom.role === 'number') become(atom, 'ordinal');
}

/** Letters with a meaning of their own between digits: "15h20", "9a", "3p", "50e". */
function clockLetter(text: string): boolean {
  return text.length === 1 && 'hapem'.includes(text);
}
