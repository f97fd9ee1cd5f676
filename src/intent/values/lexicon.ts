import { fold } from '../characters.ts';
import type { Language } from '../mentions.ts';
import { PLACE_WORDS, plainPlaces, wordsBeforePlaces } from './place-words.ts';
import { ROLE } from './roles.ts';
import { WordTable } from './word-table.ts';

/**
 * What a word can mean to the value pass. Grammar code reads roles and names only, never words, so
 * that one grammar serves all languages.
 *
 * - `number`, `multiple` (hundred, thousand), `ordinal`, `fraction` (half, quarter)
 * - `meridiem` (1 am, 2 pm), `part` (of a day), `weekday` (0 Sunday), `month` (1 January),
 *   `unit` (of time), `day` (days from today), `relative` (-1 last, 0 this, 1 next), `edge` (of a
 *   period: begin, middle, end, early, late, rest), `feast` (month * 100 + day)
 * - `currency` (name is the ISO code or the sign), `thing` (what is counted, weighed or measured)
 * - `link`: a function word, told apart by `name`
 */
export type Role =
  | 'number'
  | 'multiple'
  | 'ordinal'
  | 'fraction'
  | 'meridiem'
  | 'part'
  | 'weekday'
  | 'month'
  | 'unit'
  | 'day'
  | 'relative'
  | 'edge'
  | 'feast'
  | 'currency'
  | 'thing'
  | 'link';

/**
 * Turkish case, as far as it decides a reading: loc "7'de", abl "7'den", dat "7'ye", acc "7'yi",
 * gen "7'nin", ins "7'yle", day "15'inde", measure "10'luk", ordinal "3'üncü".
 */
export type Case = '' | 'loc' | 'abl' | 'dat' | 'acc' | 'gen' | 'ins' | 'day' | 'measure' | 'ordinal';

export interface Entry {
  readonly role: Role;
  readonly name: string;
  readonly value: number;
  readonly case: Case;
  /** A common word that has this meaning only beside other time or money words ("may", "sun"). */
  readonly weak: boolean;
  /** A second meaning of the same word ("mañana", "second"). */
  readonly also: Entry | null;
  /** Bits of `ROLE`, of the second meaning too. */
  readonly roles: number;
}

/** Words after the first, their numbers in the table of the language, and what the whole phrase means. */
export interface Phrase {
  readonly rest: readonly string[];
  readonly numbers: readonly number[];
  readonly entry: Entry;
}

/** A phrase before there is a table. */
type Wording = Omit<Phrase, 'numbers'>;

/** What begins with a word: the phrases, longest first, and the word alone. */
export interface Head {
  readonly phrases: readonly Phrase[];
  readonly word: Entry | null;
}

export interface Lexicon {
  readonly language: Language;
  readonly heads: ReadonlyMap<string, Head>;
  /** Every word that the value pass has to know, numbered. */
  readonly table: WordTable;
  /** `heads` by number of the word; null for the words of a table that begin nothing. */
  readonly headOf: readonly (Head | null)[];
  /** 1 for words that a place can stand behind, by number. */
  readonly leads: Uint8Array;
  /** Case by suffix after an apostrophe or a number; empty where the language has none. */
  readonly suffixes: ReadonlyMap<string, Case>;
}

/** `words` separated by `|`; a phrase has spaces. A `?` before a word marks it weak. */
export interface Row {
  readonly role: Role;
  readonly words: string;
  readonly name?: string;
  readonly value?: number;
  /** Of forms that are written out because they are everyday words too. */
  readonly case?: Case;
}

/** Suffixes that a language puts on words, and words that only look inflected. */
export interface Inflection {
  readonly suffixes: ReadonlyMap<string, Case>;
  readonly roles: ReadonlySet<Role>;
  readonly excluded: ReadonlySet<string>;
}

/** Signs that grammar code knows by themselves. */
const SIGNS = '!"#$%&\'()*+,-./:;<=>?@[]_°';

const NO_INFLECTION: Inflection = { suffixes: new Map(), roles: new Set(), excluded: new Set() };

/** Builds the look-up tables of a language. A later row gives a second meaning, never a new first. */
export function lexiconOf(
  language: Language,
  rows: readonly Row[],
  inflection: Inflection = NO_INFLECTION,
): Lexicon {
  const words = new Map<string, Entry>();
  const phrases = new Map<string, Wording[]>();
  for (const row of rows) {
    for (const raw of row.words.split('|')) {
      const weak = raw.startsWith('?');
      const text = fold(weak ? raw.slice(1) : raw);
      const entry: Entry = {
        role: row.role,
        name: row.name ?? '',
        value: row.value ?? 0,
        case: row.case ?? '',
        weak,
        also: null,
        roles: ROLE[row.role],
      };
      addEntry(words, phrases, text, entry);
    }
  }
  misspell(words);
  if (inflection.suffixes.size > 0) inflect(words, phrases, inflection);
  for (const list of phrases.values()) list.sort((a, b) => b.rest.length - a.rest.length);
  const before = wordsBeforePlaces(language);
  const rests = Array.from(phrases.values()).flatMap((list) => list.flatMap(({ rest }) => rest));
  const table = new WordTable([
    ...words.keys(), ...phrases.keys(), ...rests, ...inflection.suffixes.keys(), ...SIGNS,
    ...before, ...PLACE_WORDS[language].going, ...plainPlaces(language),
  ]);
  const heads = headsOf(words, phrases, table);
  const headOf = table.words.map((word) => heads.get(word) ?? null);
  const leads = Uint8Array.from(table.words, (word) => (before.has(word) ? 1 : 0));
  return { language, heads, table, headOf, leads, suffixes: inflection.suffixes };
}

function headsOf(
  words: ReadonlyMap<string, Entry>, phrases: ReadonlyMap<string, readonly Wording[]>, table: WordTable,
): ReadonlyMap<string, Head> {
  const heads = new Map<string, Head>();
  for (const [first, list] of phrases) {
    const numbered = list.map(({ rest, entry }) =>
      ({ rest, numbers: rest.map((word) => table.numberOf(word)), entry }));
    heads.set(first, { phrases: numbered, word: words.get(first) ?? null });
  }
  for (const [word, entry] of words) {
    if (!heads.has(word)) heads.set(word, { phrases: [], word: entry });
  }
  return heads;
}

function addEntry(
  words: Map<string, Entry>,
  phrases: Map<string, Wording[]>,
  text: string,
  entry: Entry,
): void {
  const [first = '', ...rest] = text.split(' ');
  if (rest.length > 0) {
    const list = phrases.get(first) ?? [];
    list.push({ rest, entry });
    phrases.set(first, list);
    return;
  }
  const known = words.get(first);
  words.set(first, known === undefined ? entry
    : { ...known, also: entry, roles: ROLE[known.role] | entry.roles });
}

const MISSPELT_MIN = 6;

/** Long names of days and "tomorrow" with two neighbouring letters swapped ("modnay", "firday"). */
function misspell(words: Map<string, Entry>): void {
  for (const [word, entry] of Array.from(words)) {
    const isName = entry.role === 'weekday' || entry.role === 'month' || entry.role === 'day';
    if (!isName || entry.weak || word.length < MISSPELT_MIN) continue;
    for (let i = 1; i < word.length - 1; i += 1) {
      const swapped = word.slice(0, i) + word[i + 1] + word[i] + word.slice(i + 2);
      if (!words.has(swapped)) words.set(swapped, entry);
    }
  }
}

function inflect(
  words: Map<string, Entry>,
  phrases: Map<string, Wording[]>,
  { suffixes, roles, excluded }: Inflection,
): void {
  for (const [stem, entry] of Array.from(words)) {
    if (entry.weak || entry.name === 'now' || !roles.has(entry.role) || stem.length < 2) continue;
    for (const [suffix, grammatical] of suffixes) {
      const form = stem + suffix;
      if (words.has(form) || excluded.has(form)) continue;
      words.set(form, { ...entry, case: grammatical });
    }
    if (entry.role === 'month' && stem.endsWith('k')) soften(words, stem, entry, suffixes);
  }
  for (const list of phrases.values()) {
    for (const { rest, entry } of Array.from(list)) {
      if (!roles.has(entry.role) || entry.name === 'now') continue;
      const last = rest[rest.length - 1] ?? '';
      for (const [suffix, grammatical] of suffixes) {
        const inflected = [...rest.slice(0, -1), last + suffix];
        list.push({ rest: inflected, entry: { ...entry, case: grammatical } });
      }
    }
  }
}

/** Turkish "aralığın", "ocağa": a final k is soft before a vowel. */
function soften(
  words: Map<string, Entry>, stem: string, entry: Entry, suffixes: ReadonlyMap<string, Case>,
): void {
  for (const [suffix, grammatical] of suffixes) {
    const form = `${stem.slice(0, -1)}g${suffix}`;
    if (/^[aeiu]/.test(suffix) && !words.has(form)) words.set(form, { ...entry, case: grammatical });
  }
}

/** Rows for a numbered list of names: the first has value `from`. */
export function series(role: Role, from: number, lists: readonly string[]): Row[] {
  return lists.map((words, index) => ({ role, words, value: from + index }));
}

/** The meaning of an entry in one role, its second meaning included. */
export function meaning(entry: Entry | null, role: Role): Entry | null {
  if (entry === null) return null;
  if (entry.role === role) return entry;
  return entry.also === null ? null : meaning(entry.also, role);
}
