import { BLANK_FIELDS, type Atom } from './atom.ts';
import { ROLE } from './roles.ts';

/**
 * A run of letters, a run of digits, or one mark; white space and zero-width characters are not
 * tokens. It is an atom of which nothing is known yet: a word that no table has stays what it is.
 */
export interface Token extends Atom {
  readonly kind: 'word' | 'digits' | 'mark';
  /** Words: lower case without accents. Digits and marks: as written, typographic variants unified. */
  readonly text: string;
}

/** Longer texts are cut here: a chat message is short, and every later stage is bounded by this. */
export const TEXT_LENGTH_MAX = 20_000;

const SPACE = 1;
const DIGIT = 2;
const LETTER = 3;
const MARK = 4;
const INVISIBLE = 5;
const FOLDED = foldTable();
const CLASS = classTable();

/** Letters of Latin-1 and Latin Extended-A without their accents; dotless i and long s included. */
function foldTable(): readonly string[] {
  const table: string[] = [];
  for (let code = 0; code < 0x250; code += 1) {
    const lower = String.fromCharCode(code).toLowerCase().normalize('NFD');
    table.push(lower.replace(/[\u0300-\u036f]/g, ''));
  }
  table[0x131] = 'i';
  table[0xdf] = 'ss';
  return table;
}

function classTable(): Uint8Array {
  const table = new Uint8Array(0x250).fill(MARK);
  for (let code = 0; code < table.length; code += 1) {
    const char = String.fromCharCode(code);
    if (/\s/.test(char)) table[code] = SPACE;
    else if (/[0-9]/.test(char)) table[code] = DIGIT;
    else if (/\p{L}/u.test(char) && char !== 'ª' && char !== 'º') table[code] = LETTER;
  }
  table[0xad] = INVISIBLE;
  return table;
}

const OTHER_LETTER = /\p{L}|\p{M}/u;

function classOf(code: number): number {
  if (code < 0x250) return CLASS[code] ?? MARK;
  if (code >= 0x200b && code <= 0x200f) return INVISIBLE;
  if (code === 0xfeff || code === 0x2060 || (code >= 0x202a && code <= 0x202e)) return INVISIBLE;
  if (code === 0x3000 || (code >= 0x2000 && code <= 0x200a) || code === 0x202f) return SPACE;
  if (code === 0x2028 || code === 0x2029) return SPACE;
  // A combining accent belongs to the word it stands in; both halves of a surrogate pair are marks.
  if (code >= 0x300 && code <= 0x36f) return LETTER;
  if (code >= 0xd800 && code <= 0xdfff) return MARK;
  return OTHER_LETTER.test(String.fromCharCode(code)) ? LETTER : MARK;
}

/** Lower case, no accents, no zero-width characters: the form all tables are written in. */
export function fold(raw: string): string {
  let plain = true;
  for (let i = 0; i < raw.length; i += 1) {
    const code = raw.charCodeAt(i);
    if (code < 97 || code > 122) {
      plain = false;
      break;
    }
  }
  if (plain) return raw;
  let out = '';
  for (let i = 0; i < raw.length; i += 1) {
    const code = raw.charCodeAt(i);
    if (code < 0x250) out += FOLDED[code] ?? '';
    else if (classOf(code) !== INVISIBLE && !(code >= 0x300 && code <= 0x36f)) out += raw[i];
  }
  return out;
}

const MARKS: ReadonlyMap<string, string> = new Map([
  ['’', "'"],
  ['‘', "'"],
  ['`', "'"],
  ['´', "'"],
  ['ʼ', "'"],
  ['“', '"'],
  ['”', '"'],
  ['–', '-'],
  ['—', '-'],
  ['−', '-'],
  ['‑', '-'],
  ['‐', '-'],
  ['º', '°'],
  ['ª', '°'],
]);

/** Splits a text once; every later stage reads these tokens. Linear in the length of the text. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const length = Math.min(text.length, TEXT_LENGTH_MAX);
  let i = 0;
  let glued = false;
  let newLine = false;
  while (i < length) {
    const code = text.charCodeAt(i);
    const kind = classOf(code);
    if (kind === SPACE || kind === INVISIBLE) {
      if (kind === SPACE) glued = false;
      if (code === 10 || code === 13) newLine = true;
      i += 1;
      continue;
    }
    const start = i;
    i += 1;
    if (kind === MARK) {
      const raw = text[start] ?? '';
      tokens.push(tokenOf('mark', start, i, MARKS.get(raw) ?? raw, glued, newLine));
    } else {
      i = runEnd(text, i, length, kind);
      const raw = text.slice(start, i);
      tokens.push(kind === DIGIT ? tokenOf('digits', start, i, raw, glued, newLine)
        : tokenOf('word', start, i, fold(raw), glued, newLine));
    }
    glued = true;
    newLine = false;
  }
  return tokens;
}

/** Written out, not spread from a blank one: there is one for every word of every message. */
function tokenOf(
  kind: Token['kind'], start: number, end: number, text: string, glued: boolean, newLine: boolean,
): Token {
  return {
    role: kind === 'word' ? 'word' : 'mark', entry: null,
    roles: kind === 'word' ? ROLE.word : ROLE.mark, text, value: 0, hour: -1, minute: -1,
    fields: BLANK_FIELDS, digits: 0, decimal: false, grand: false, case: '', start, end, glued,
    newLine, kind,
  };
}

function runEnd(text: string, from: number, length: number, kind: number): number {
  let i = from;
  while (i < length) {
    const next = classOf(text.charCodeAt(i));
    // A zero-width character inside a word does not break it; digits stay exactly what is written.
    if (next !== kind && !(next === INVISIBLE && kind === LETTER)) break;
    i += 1;
  }
  // Do not let a word end in invisible characters, so that spans are what a reader sees.
  while (i > from && classOf(text.charCodeAt(i - 1)) === INVISIBLE) i -= 1;
  return i;
}
