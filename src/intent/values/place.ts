import { foldUnit } from '../characters.ts';
import type { PlaceMention, TimeMention } from '../mentions.ts';
import { isLink, isLinkOf, type Atom } from './atom.ts';
import type { Lexicon } from './lexicon.ts';
import { OWNERS, PLACE_WORDS, ROOMS, type PlaceWords } from './place-words.ts';

/** A name longer than this is no name. */
const ATOMS_MAX = 10;
const UNSURE = 0.6;
const SURE = 0.8;

/** Places named by preposition and name ("at Starbucks on 15th street", "Kadıköy'de"), in order. */
export function findPlaces(
  text: string,
  atoms: readonly Atom[],
  times: readonly TimeMention[],
  { language, leads }: Lexicon,
): PlaceMention[] {
  const found: PlaceMention[] = [];
  const words = PLACE_WORDS[language];
  const reader = new PlaceReader(text, atoms, times, words);
  const isTurkish = language === 'tr';
  let i = 0;
  while (i < atoms.length) {
    const place = isTurkish ? reader.locative(i)
      : leads[atoms[i]!.word] === 1 ? reader.prepositional(i) : null;
    if (place === null) {
      i += 1;
      continue;
    }
    found.push(place.mention);
    i = place.to;
  }
  return found;
}

interface Found {
  readonly mention: PlaceMention;
  readonly to: number;
}

class PlaceReader {
  readonly #text: string;
  readonly #atoms: readonly Atom[];
  readonly #words: PlaceWords;
  readonly #times: readonly TimeMention[];
  #time = 0;

  constructor(
    text: string,
    atoms: readonly Atom[],
    times: readonly TimeMention[],
    words: PlaceWords,
  ) {
    this.#text = text;
    this.#atoms = atoms;
    this.#words = words;
    this.#times = times;
  }

  prepositional(i: number): Found | null {
    const atom = this.#atoms[i];
    if (atom === undefined) return null;
    const isGoing =
      atom.text === this.#words.towards
      && this.#words.going.has(this.#atoms[i - 1]?.text ?? '');
    const isStreet = atom.text === 'on' && this.#isStreet(i + 1);
    if (!isGoing && !isStreet && !this.#words.before.has(atom.text)) return null;
    if (atom.text === 'in' && PARTICLE_VERBS.has(this.#atoms[i - 1]?.text ?? '')) return null;
    const isGlued = atom.text === '@' && this.#atoms[i + 1]?.glued === true;
    if (isGlued || this.#isTaken(atom)) return null;
    let from = i + 1;
    if (SPANISH_BESIDE.has(atom.text)) {
      // "frente al banco", "cerca de la plaza"
      if (!SPANISH_OF.has(this.#atoms[from]?.text ?? '')) return null;
      from += 1;
    }
    if (atom.text === 'across' || atom.text === 'next') {
      // "across from", "next to"
      if (this.#atoms[from]?.text !== (atom.text === 'next' ? 'to' : 'from')) return null;
      from += 1;
    }
    // "in front of", "outside of"
    if (this.#atoms[from]?.text === 'front' || atom.text === 'outside') {
      const of = atom.text === 'outside' ? from : from + 1;
      if (this.#atoms[of]?.text === 'of' || this.#atoms[of]?.text === 'de') from = of + 1;
    }
    const article = this.#atoms[from]?.text ?? '';
    const isIndefinite =
      article === 'a' || article === 'an' || article === 'un' || article === 'una';
    if (isIndefinite) return null;
    const head = this.#words.articles.has(article) ? from + 1 : from;
    const to = this.#endOfName(head);
    if (to <= head) return null;
    const isNamed = this.#isNamed(head, to);
    // "come to my place", not "going to work"
    // "by the library"; a name or a lone noun behind "by" is who or what does it
    if (atom.text === 'by' && (isNamed || head === from)) return null;
    const isBare = isGoing && (head === from || article === 'the');
    if (!isNamed && (isBare || !this.#isPlainPlace(head, to))) return null;
    if (article === 'the' && isNamed) from = head;
    return this.#place(from, to, isNamed ? SURE : UNSURE);
  }

  /** Turkish: "Kadıköy'de", "metroda", "Starbucks'ın önünde". */
  locative(i: number): Found | null {
    const atom = this.#atoms[i];
    if (atom === undefined || atom.role !== 'word' || this.#isTaken(atom)) return null;
    const mark = this.#atoms[i + 1];
    const suffix = this.#atoms[i + 2];
    const isMarked = mark?.text === "'" && mark.glued && LOCATIVE.has(suffix?.text ?? '');
    if (!isMarked && !mayBeLocative(this.#text, atom.start, atom.end)) return null;
    const never = this.#words.never.has(atom.text);
    if (isMarked && this.#isCapital(atom) && !never) {
      let from = i;
      while (from > 0 && i - from < 3 && this.#continues(from - 1)) from -= 1;
      return { ...this.#place(from, i + 1, SURE), to: i + 3 };
    }
    const stem = stemOf(atom.text);
    if (stem === null || never) return null;
    if (!this.#words.towns.has(stem) && !this.#words.nouns.has(stem)) return null;
    return this.#place(i, i + 1, UNSURE);
  }

  #continues(i: number): boolean {
    const atom = this.#atoms[i];
    return (
      atom !== undefined
      && atom.role === 'word'
      && i > 0
      && this.#isCapital(atom)
      && !this.#isTaken(atom)
    );
  }

  #place(from: number, to: number, confidence: number): Found {
    const start = (this.#atoms[from] as Atom).start;
    const end = (this.#atoms[to - 1] as Atom).end;
    const mention: PlaceMention = {
      kind: 'place',
      start,
      end,
      text: this.#text.slice(start, end),
      confidence,
    };
    return { mention, to };
  }

  /** Atoms and times are both in order, so one walk over the times serves all questions. */
  #isTaken(atom: Atom): boolean {
    while (this.#time > 0 && (this.#times[this.#time - 1] as TimeMention).end > atom.start)
      this.#time -= 1;
    while ((this.#times[this.#time]?.end ?? Number.POSITIVE_INFINITY) <= atom.start)
      this.#time += 1;
    return (this.#times[this.#time]?.start ?? Number.POSITIVE_INFINITY) < atom.end;
  }

  #isCapital(atom: Atom | undefined): boolean {
    if (atom === undefined) return false;
    const code = this.#text.charCodeAt(atom.start);
    if (code < 0x80) return code >= 0x41 && code <= 0x5a;
    const char = this.#text[atom.start] ?? '';
    return char !== char.toLowerCase();
  }

  /** "LA", which is no article. */
  #isAcronym(i: number): boolean {
    const atom = this.#atoms[i] as Atom;
    const last = this.#text[atom.end - 1] ?? '';
    return atom.end > atom.start + 1 && this.#isCapital(atom) && last !== last.toLowerCase();
  }

  /** "on Main Street", "on 15th street", "on Mt. Rainier" */
  #isStreet(i: number): boolean {
    for (let k = i; k < i + 4; k += 1) {
      const atom = this.#atoms[k];
      if (atom === undefined || this.#isTaken(atom) || this.#words.stop.has(atom.text))
        return false;
      if (STREETS.has(atom.text)) return true;
    }
    return false;
  }

  /** The atom after the name that begins at `from`. */
  #endOfName(from: number): number {
    let to = from;
    while (to < this.#atoms.length && to - from < ATOMS_MAX && this.#belongs(to, from)) to += 1;
    // Words that only join do not end a name ("the" of "at the", "of").
    while (to > from && JOINERS.has(this.#atoms[to - 1]!.text) && !this.#isAcronym(to - 1)) to -= 1;
    return to;
  }

  #belongs(i: number, from: number): boolean {
    const atom = this.#atoms[i] as Atom;
    if (atom.newLine && i > from) return false;
    if (this.#isTaken(atom)) return false;
    const next = this.#atoms[i + 1];
    if (i > from && (atom.text === 'in' || atom.text === 'on')) {
      const isStreet = next?.role === 'ordinal' || this.#isCapital(next);
      if (!isStreet || next === undefined || this.#isTaken(next)) return false;
      // "Starbucks on 15th street", "the walmart on 5th"
      return this.#isNamed(from, i) || this.#words.nouns.has((this.#atoms[i - 1] as Atom).text);
    }
    if (atom.role === 'mark') {
      if (atom.text === ',') {
        // "Portland, Oregon"
        return next !== undefined && this.#words.towns.has(next.text) && this.#isCapital(next);
      }
      if (atom.text === '&' || atom.text === '-' || atom.text === "'") return next?.role !== 'mark';
      return (
        atom.text === '.'
        && atom.glued
        && (this.#atoms[i - 1]?.text.length ?? 0) <= 2
        && this.#isCapital(this.#atoms[i - 1])
        && this.#isCapital(next)
      );
    }
    if (atom.role === 'number') {
      // "123 Main Street", "O'Malley's"
      const isName = atom.digits > 0 ? this.#isCapital(next) : next?.text === "'" && this.#isCapital(atom);
      return i > from || isName;
    }
    if (atom.text === 'and' || atom.text === '&') {
      const before = this.#atoms[i - 1];
      // "5th and Main"
      const isFirst = this.#isCapital(before) || before?.role === 'ordinal';
      return i > from && this.#isCapital(next) && isFirst;
    }
    if (atom.role === 'currency' || atom.role === 'id' || atom.role === 'clock') return false;
    if (this.#isCapital(atom) && !(i > from && this.#words.stop.has(atom.text))) return true;
    if (isLink(atom, 'of', 'the')) return true;
    return (
      !this.#words.stop.has(atom.text) && !isLinkOf(atom, ENDING_LINKS)
    );
  }

  /** A capital letter somewhere in it: a name. The first word of a text has one anyway. */
  #isNamed(from: number, to: number): boolean {
    for (let i = from; i < to; i += 1) {
      const atom = this.#atoms[i] as Atom;
      if (atom.text === 'i' || this.#words.never.has(atom.text)) continue;
      if (this.#isCapital(atom) && i > 0) return true;
    }
    return false;
  }

  #isPlainPlace(from: number, to: number): boolean {
    const first = (this.#atoms[from] as Atom).text;
    if (this.#words.never.has(first)) return false;
    if (this.#words.towns.has(first)) return true;
    // "at mom's"
    if (to - from === 3 && this.#atoms[from + 1]?.text === "'" && OWNERS.has(first)) return true;
    for (let i = to - 1; i >= from; i -= 1) {
      const { text, role } = this.#atoms[i] as Atom;
      if (this.#words.nouns.has(text)) return true;
      if (text === 'room' && ROOM_KINDS.has(this.#atoms[i - 1]?.text ?? '')) return true;
      // "conference room 2", "gate 14"
      if (role === 'number' && i === to - 1 && i > from
        && ROOMS.has((this.#atoms[i - 1] as Atom).text)) return true;
    }
    return false;
  }
}

/** Links that end a name. */
const ENDING_LINKS: ReadonlySet<string> = new Set(['for', 'until', 'and', 'at', 'by', 'from']);

const JOINERS: ReadonlySet<string> = new Set([
  'of',
  'the',
  'de',
  'del',
  'la',
  'el',
  '-',
  '&',
  "'",
  'in',
  'on',
]);
/** "take in Tori", "check in Saturday": the verb has the preposition. */
const PARTICLE_VERBS: ReadonlySet<string> = new Set([
  'take', 'check', 'pencil', 'fill', 'log', 'hand', 'turn', 'squeeze', 'fit', 'trade', 'bring',
]);
const SPANISH_BESIDE: ReadonlySet<string> = new Set(['frente', 'enfrente', 'junto', 'cerca', 'lado', 'detras']);
const SPANISH_OF: ReadonlySet<string> = new Set(['de', 'del', 'a', 'al']);
const ROOM_KINDS: ReadonlySet<string> = new Set([
  'conference', 'meeting', 'board', 'break', 'living', 'dining', 'waiting', 'class', 'ball',
]);
const STREETS: ReadonlySet<string> = new Set([
  'street',
  'st',
  'avenue',
  'ave',
  'road',
  'rd',
  'mt',
  'blvd',
  'boulevard',
  'lane',
]);
const LOCATIVE: ReadonlySet<string> = new Set([
  'de',
  'da',
  'te',
  'ta',
  'deki',
  'daki',
  'teki',
  'taki',
  'nda',
  'nde',
  'ndaki',
]);

const LOCATIVE_UNITS_MIN = 5;
const ASCII = 0x80;

/** Rules out most words that are no Turkish locative ("metroda") by their last letters. */
export function mayBeLocative(text: string, start: number, end: number): boolean {
  if (end - start < LOCATIVE_UNITS_MIN) return false;
  const vowel = text.charCodeAt(end - 1);
  const consonant = text.charCodeAt(end - 2);
  // Something that is not seen can stand between the two.
  if (vowel >= ASCII || consonant >= ASCII) return true;
  const last = foldUnit(vowel);
  const before = foldUnit(consonant);
  // a or e behind d or t
  return (last === 0x61 || last === 0x65) && (before === 0x64 || before === 0x74);
}

/** The word without a Turkish locative; null where it has none. */
function stemOf(text: string): string | null {
  const cut = text.slice(-2);
  if (text.length < 5 || !LOCATIVE.has(cut) || cut.length !== 2) return null;
  const stem = text.slice(0, -2);
  // "parkında", "meydanında": possessive before the case.
  return stem.endsWith('in') || stem.endsWith('un') ? stem.slice(0, -2) : stem;
}
