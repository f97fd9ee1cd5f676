import type { Atom } from './atom.ts';
import { ROLE } from './roles.ts';
import { blankCell, type Cell, type Token } from './tokens.ts';

/** Groups of digits that single marks glue together: "1.200,50", "12:30", "3/4/2019", "8-9". */
export class Chunk {
  readonly digits: string[] = [];
  readonly separators: string[] = [];
  readonly tokens: Token[] = [];

  constructor(tokens: readonly Token[], from: number, groups: number) {
    for (let g = 0; g < groups; g += 1) {
      const token = tokens[from + g * 2] as Token;
      this.tokens.push(token);
      this.digits.push(token.text);
      if (g > 0) this.separators.push((tokens[from + g * 2 - 1] as Token).text);
    }
  }

  /** The one separator of the groups from `first` to before `end`; '' for one group or mixed ones. */
  separator(first: number, end: number): string {
    const mark = this.separators[first] ?? '';
    for (let g = first + 1; g < end - 1; g += 1) if (this.separators[g] !== mark) return '';
    return end - first > 1 ? mark : '';
  }

  /** The atom of the groups from `first` to before `end`; the caller says what else it is. */
  figure(first: number, end: number, role: Atom['role']): Cell {
    return figureOf(this.tokens[first]!, this.tokens[end - 1]!, this.digits[first]!, role);
  }

  /** The same of a date as written. */
  date(first: number, end: number, fields: readonly number[]): Cell {
    const atom = this.figure(first, end, 'date');
    atom.fields = fields;
    return atom;
  }
}

/** An atom of digits from one token to another; `text` is that of its first group. */
export function figureOf(first: Token, last: Token, text: string, role: Atom['role']): Cell {
  const atom = blankCell('digits', role).placeAt(first, last);
  atom.spelled = text;
  atom.digits = text.length;
  atom.roles = ROLE[role];
  return atom;
}
