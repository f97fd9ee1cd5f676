import { fold, foldSign } from '../characters.ts';
import { DIGITS, GLUED, KIND_MASK, LETTERS, NEW_LINE, type TokenRuns } from '../scan.ts';
import { BLANK_FIELDS, type Atom } from './atom.ts';
import type { Case, Entry } from './lexicon.ts';
import { ROLE } from './roles.ts';
import type { WordTable } from './word-table.ts';

/**
 * A run of letters, a run of digits, or one mark; white space and zero-width characters are not
 * tokens. It is an atom of which nothing is known yet: a word that no table has stays what it is.
 */
export interface Token extends Atom {
  readonly kind: 'word' | 'digits' | 'mark';
  /** Words: lower case without accents. Digits and marks: as written, typographic variants unified. */
  readonly text: string;
}

/** The text whose tokens are read now (single-threaded, no re-entry). */
let source = '';

/**
 * The one shape of all tokens and atoms, so that a look at a field is one load whatever the atom is.
 * Who makes one fills it in; to all others it is an `Atom`.
 */
export class Cell implements Token {
  role: Atom['role'];
  entry: Entry | null = null;
  roles: number;
  /** Its text where that is known; null for a token of no table, spelled when somebody asks. */
  spelled: string | null = null;
  value = 0;
  hour = -1;
  minute = -1;
  fields: readonly number[] = BLANK_FIELDS;
  digits = 0;
  decimal = false;
  grand = false;
  case: Case = '';
  start = 0;
  end = 0;
  glued = false;
  newLine = false;
  kind: Token['kind'];
  word = 0;

  constructor(kind: Token['kind'], role: Atom['role']) {
    this.kind = kind;
    this.role = role;
    this.roles = ROLE[role];
  }

  get text(): string {
    return this.spelled ??= spell(this);
  }

  /** Puts it where a stretch of the text is. */
  placeAt(first: Atom, last: Atom): this {
    this.start = first.start;
    this.end = last.end;
    this.glued = first.glued;
    this.newLine = first.newLine;
    return this;
  }
}

function spell({ kind, start, end }: Cell): string {
  if (kind === 'mark') return String.fromCharCode(foldSign(source.charCodeAt(start)));
  const raw = source.slice(start, end);
  return kind === 'digits' ? raw : fold(raw);
}

/** Cells of atoms that are more than a token, used again by the next text. */
const ATOMS: Cell[] = [];
let atomsTaken = 0;

/** A blank cell for an atom of the text whose tokens were made last. */
export function blankCell(kind: Token['kind'], role: Atom['role']): Cell {
  if (atomsTaken === ATOMS.length) ATOMS.push(new Cell(kind, role));
  const cell = ATOMS[atomsTaken++]!;
  cell.kind = kind;
  cell.role = role;
  cell.roles = ROLE[role];
  cell.entry = null;
  cell.spelled = null;
  cell.value = 0;
  cell.hour = -1;
  cell.minute = -1;
  cell.fields = BLANK_FIELDS;
  cell.digits = 0;
  cell.decimal = false;
  cell.grand = false;
  cell.case = '';
  cell.word = 0;
  return cell;
}

/** Cells of tokens, by kind, used again by the next text: one message has as few of each as another. */
const POOLS: Readonly<Record<Token['kind'], Cell[]>> = { word: [], digits: [], mark: [] };

/**
 * The tokens of a scanned text, whose words have been looked up, as what the grammar reads. They are
 * those of the next text too.
 */
export function tokensOf(text: string, runs: TokenRuns, { words }: WordTable): Token[] {
  const { count, start, end, kind, word } = runs;
  source = text;
  atomsTaken = 0;
  const tokens: Token[] = [];
  let letters = 0;
  let digits = 0;
  let marks = 0;
  for (let at = 0; at < count; at++) {
    const bits = kind[at]!;
    const class_ = bits & KIND_MASK;
    const cell = class_ === LETTERS ? pooled('word', letters++)
      : class_ === DIGITS ? pooled('digits', digits++) : pooled('mark', marks++);
    cell.start = start[at]!;
    cell.end = end[at]!;
    cell.glued = (bits & GLUED) !== 0;
    cell.newLine = (bits & NEW_LINE) !== 0;
    cell.word = word[at]!;
    cell.spelled = cell.word === 0 ? null : words[cell.word]!;
    tokens.push(cell);
  }
  return tokens;
}

function pooled(kind: Token['kind'], at: number): Cell {
  const pool = POOLS[kind];
  if (at === pool.length) pool.push(new Cell(kind, kind === 'word' ? 'word' : 'mark'));
  return pool[at]!;
}
