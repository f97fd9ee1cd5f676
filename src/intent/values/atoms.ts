import { isLink, type Atom } from './atom.ts';
import { readDigits } from './digits.ts';
import type { Entry, Lexicon } from './lexicon.ts';
import { readCase, readPhrase, type Found } from './phrase.ts';
import { ROLE } from './roles.ts';
import { blankCell, type Token } from './tokens.ts';

/** A meal the text speaks of, which tells the morning from the evening. */
export type Meal = 'breakfast' | 'dinner';

export interface AtomList {
  readonly atoms: readonly Atom[];
  /** False where nothing in the text can be a date, a time or money. */
  readonly hot: boolean;
  readonly meal: Meal | null;
}

/** Roles that are no date, time or money by themselves. */
export const COLD: ReadonlySet<string> = new Set(['link', 'thing', 'relative', 'edge', 'ordinal']);

/** Reads tokens into atoms by the tables of one language. Every token is looked at a bounded number of times. */
export function readAtoms(tokens: readonly Token[], lexicon: Lexicon): AtomList {
  const atoms: Atom[] = [];
  let hot = false;
  let meal: Meal | null = null;
  let i = 0;
  while (i < tokens.length) {
    const token = tokens[i] as Token;
    if (token.kind === 'digits') {
      i = readDigits(tokens, i, lexicon, atoms);
      hot = true;
      continue;
    }
    const phrase = readPhrase(tokens, i, lexicon);
    if (phrase === null) {
      if (token.kind === 'word') hot = isNumberBefore(atoms, token) || hot;
      atoms.push(token);
      i += 1;
      continue;
    }
    if (isNumberWord(phrase.entry)) {
      const next = readNumberWords(tokens, i, lexicon, atoms, phrase);
      if (next > i) {
        hot = true;
        i = next;
        continue;
      }
    }
    const { name } = phrase.entry;
    if (name === 'dinner' || name === 'breakfast') meal = name;
    if (!COLD.has(phrase.entry.role) || phrase.entry.also !== null) hot = true;
    // "on the first"
    if (phrase.entry.role === 'ordinal' && isLink(atoms[atoms.length - 1], 'the', 'on')) hot = true;
    const after = readCase(tokens, phrase.next, lexicon);
    const last = tokens[after.next - 1] as Token;
    const atom = blankCell('word', phrase.entry.role).placeAt(token, last);
    atom.entry = phrase.entry;
    atom.roles = phrase.entry.roles;
    atom.spelled = token.text;
    atom.word = token.word;
    atom.value = phrase.entry.value;
    atom.case = after.case === '' ? phrase.entry.case : after.case;
    atoms.push(atom);
    i = after.next;
  }
  return { atoms, hot, meal };
}

function isNumberBefore(atoms: readonly Atom[], token: Token): boolean {
  return token.glued && atoms[atoms.length - 1]?.role === 'number';
}

function isNumberWord(entry: Entry): boolean {
  return entry.role === 'number' || entry.role === 'multiple';
}

/**
 * "forty-five", "treinta y uno", "iki yüz elli", "a hundred and twenty", "two thousand": adds one
 * number atom and returns the token after it; `from` where the word is no number here.
 */
function readNumberWords(
  tokens: readonly Token[],
  from: number,
  lexicon: Lexicon,
  atoms: Atom[],
  first: Found,
): number {
  const sum = new NumberSum(lexicon.language === 'tr');
  let i = from;
  let found: Found | null = first;
  let last: Entry = first.entry;
  while (found !== null && isNumberWord(found.entry) && (i === from || last.case === '') && sum.add(found.entry)) {
    last = found.entry;
    i = found.next;
    found = readPhrase(tokens, i, lexicon);
    const joiner: boolean = found?.entry.name === 'and' || tokens[i]?.text === '-';
    if (joiner && sum.open(lexicon.language)) {
      const beyond = readPhrase(tokens, found?.next ?? i + 1, lexicon);
      if (beyond !== null && sum.takes(beyond.entry)) found = beyond;
    }
  }
  // "a" and "an" count only before a unit; the grammar decides, so they stay what they are.
  if (i === first.next && first.entry.weak) return from;
  const after = readCase(tokens, i, lexicon);
  const start = tokens[from] as Token;
  const atom = blankCell('word', 'number').placeAt(start, tokens[after.next - 1] as Token);
  const total = sum.total();
  atom.entry = first.entry;
  atom.roles = ROLE.number | first.entry.roles;
  atom.spelled = start.text;
  atom.word = start.word;
  atom.value = total;
  atom.hour = total <= 24 ? total : -1;
  atom.minute = 0;
  atom.grand = last.name === 'grand';
  atom.case = after.case === '' ? last.case : after.case;
  atoms.push(atom);
  return after.next;
}

/** Adds up number words as they come, refusing those that start a new number ("ten thirty"). */
class NumberSum {
  readonly #tenTakesUnit: boolean;
  #done = 0;
  #current = -1;
  #scale = Number.POSITIVE_INFINITY;

  constructor(tenTakesUnit: boolean) {
    this.#tenTakesUnit = tenTakesUnit;
  }

  takes(entry: Entry): boolean {
    if (entry.role === 'multiple') return this.#scale > entry.value;
    if (this.#current < 0) return this.#scale > entry.value;
    const room = this.#current % 100;
    if (room === 0 && this.#current > 0) return entry.value < 100 && entry.value > 0;
    const isTens = room % 10 === 0 && (room >= 20 || (this.#tenTakesUnit && room === 10));
    return isTens && entry.value > 0 && entry.value < 10;
  }

  add(entry: Entry): boolean {
    if (!this.takes(entry)) return false;
    if (entry.role === 'number') {
      this.#current = Math.max(this.#current, 0) + entry.value;
    } else if (entry.value === 100) {
      this.#current = (this.#current <= 0 ? 1 : this.#current) * 100;
    } else {
      this.#done += (this.#current <= 0 ? 1 : this.#current) * entry.value;
      this.#current = -1;
      this.#scale = entry.value;
    }
    return true;
  }

  /** Whether "and" or a hyphen may lead to a further part of the same number. */
  open(language: string): boolean {
    if (this.#current < 0) return language === 'en' && this.#scale <= 1000;
    return this.#current % 100 === 0 ? language === 'en' : this.#current % 10 === 0;
  }

  total(): number {
    return this.#done + Math.max(this.#current, 0);
  }
}
