/**
 * Words of a chat text and the language they are in. One pass, no regular expression, linear in the
 * length of the text.
 */
import type { Language } from './mentions.ts';

/**
 * What is read of a text, UTF-16 code units; the rest is ignored. Chat messages are far shorter.
 */
export const TEXT_UNITS_MAX = 2000;

/** Words of a text that are read; the rest is ignored. */
export const WORDS_MAX = 400;

export type WordKind = 'letters' | 'digits' | 'sign';

/** A text cut into words: parallel arrays, `count` long. Offsets are into the original text. */
export interface Words {
  readonly text: string;
  readonly count: number;
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** 32-bit hash of the folded word: lower case, no accents, a letter drawn out (`siii`) once. */
  readonly hash: readonly number[];
  /** Hash of its first five letters: Turkish and Spanish endings fall away. */
  readonly stem: readonly number[];
  /** 0 letters, 1 digits, 2 sign. */
  readonly kind: readonly number[];
  /** All code units of what was read, put together by "or": below 0x80 where every one is. */
  readonly units: number;
  /** Something in it counts as nothing, an apostrophe for instance. */
  readonly hasSilent: boolean;
}

const LETTERS = 0;
export const DIGITS = 1;
export const SIGN = 2;
const SPACE = 3;
const SILENT = 4;
const STEM_LETTERS = 5;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Folded code unit by code unit for Latin letters; built once from Unicode decomposition. */
const FOLD = buildFold();
const CLASS = buildClasses();

function buildFold(): Uint16Array {
  const table = new Uint16Array(0x250);
  for (let unit = 0; unit < table.length; unit++) {
    const plain = String.fromCharCode(unit).normalize('NFKD').charAt(0).toLowerCase();
    const folded = plain.normalize('NFKD').charCodeAt(0);
    table[unit] = Number.isNaN(folded) ? unit : folded;
  }
  table[0x131] = 0x69; // ı
  table[0x130] = 0x69; // İ
  table[0xdf] = 0x73; // ß
  return table;
}

function buildClasses(): Uint8Array {
  const table = new Uint8Array(0x250);
  for (let unit = 0; unit < table.length; unit++) {
    const character = String.fromCharCode(unit);
    if (/\s/u.test(character) || unit < 0x20) table[unit] = SPACE;
    else if (/\p{Nd}/u.test(character)) table[unit] = DIGITS;
    else if (/\p{L}/u.test(character)) table[unit] = LETTERS;
    else table[unit] = SIGN;
  }
  for (const silent of [0x27, 0x60, 0xb4, 0xad]) table[silent] = SILENT;
  return table;
}

function classOf(unit: number): number {
  if (unit < 0x250) return CLASS[unit] ?? SIGN;
  if (unit === 0x2019 || unit === 0x2018 || unit === 0x200d || unit === 0xfe0f) return SILENT;
  if (unit >= 0x300 && unit <= 0x36f) return SILENT;
  if (unit >= 0x2000 && unit <= 0x200f) return unit >= 0x200b ? SILENT : SPACE;
  if (unit >= 0x2010 && unit <= 0x2bff) return SIGN;
  if (unit >= 0xd800 && unit <= 0xdfff) return SIGN;
  return LETTERS;
}

function mix(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, FNV_PRIME);
}

/** Hash of a word as `readWords` gives it; for building lexicons. */
export function hashWord(word: string): number {
  const words = readWords(word);
  return words.count === 1 ? words.hash[0] ?? 0 : 0;
}

export function readWords(text: string): Words {
  const length = Math.min(text.length, TEXT_UNITS_MAX);
  // Plain arrays of small integers: a typed array costs more to make than these to fill.
  const start: number[] = [];
  const end: number[] = [];
  const hash: number[] = [];
  const stem: number[] = [];
  const kind: number[] = [];
  let count = 0;
  let open = -1;
  let current = SPACE;
  let letters = 0;
  let running = FNV_OFFSET;
  let running5 = FNV_OFFSET;
  let last = 0;
  let repeats = 0;
  let units = 0;
  let hasSilent = false;
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    units |= unit;
    const class_ = classOf(unit);
    if (class_ === SILENT) {
      hasSilent = true;
      continue;
    }
    if (class_ !== current || class_ === SIGN || class_ === SPACE) {
      current = class_;
      if (class_ === SPACE) continue;
      if (count === WORDS_MAX) break;
      open = count++;
      start.push(at);
      kind.push(class_);
      end.push(at);
      hash.push(0);
      stem.push(0);
      letters = 0;
      running = FNV_OFFSET;
      running5 = FNV_OFFSET;
      last = 0;
      repeats = 0;
    }
    const folded = unit < 0x250 ? FOLD[unit] ?? unit : unit;
    end[open] = at + 1;
    if (class_ === LETTERS) {
      repeats = folded === last ? repeats + 1 : 0;
      last = folded;
      // A letter drawn out counts once: the third of its kind undoes the second.
      if (repeats >= 2 || (repeats === 1 && isDrawnOut(text, at, length, folded))) continue;
    }
    letters++;
    running = mix(running, folded);
    if (letters <= STEM_LETTERS) running5 = mix(running5, folded);
    hash[open] = running;
    stem[open] = running5;
  }
  return { text, count, start, end, hash, stem, kind, units, hasSilent };
}

function isDrawnOut(text: string, at: number, length: number, folded: number): boolean {
  const next = at + 1 < length ? text.charCodeAt(at + 1) : 0;
  return (next < 0x250 ? FOLD[next] : next) === folded;
}

/** Sentences of a text, by its marks; `of` gives the sentence of each word. */
export interface Sentences {
  readonly of: readonly number[];
  /** First word of each, and after the last one the number of words. */
  readonly first: readonly number[];
  /** Whether each ends with a question mark. */
  readonly asks: readonly boolean[];
}

export function readSentences(words: Words): Sentences {
  const of: number[] = [];
  const first: number[] = [0];
  const asks: boolean[] = [];
  let sentence = 0;
  // Whether a mark has ended the sentence; a row of marks ends one, not several.
  let isEnded = false;
  let isAsked = false;
  for (let at = 0; at < words.count; at++) {
    const mark = words.kind[at] === SIGN ? markOf(words, at) : 0;
    if (mark !== 0) {
      isEnded = true;
      isAsked ||= mark === QUESTION;
    } else if (isEnded) {
      asks.push(isAsked);
      first.push(at);
      sentence++;
      isEnded = false;
      isAsked = false;
    }
    of.push(sentence);
  }
  asks.push(isAsked);
  first.push(words.count);
  return { of, first, asks };
}

const STOP = 1;
const QUESTION = 2;

/** What a sign does to its sentence: 0 nothing, `STOP`, `QUESTION`. */
function markOf({ text, start }: Words, at: number): number {
  const offset = start[at] ?? 0;
  const unit = text.charCodeAt(offset);
  if (unit === 0x3f) return QUESTION;
  if (unit === 0x21 || unit === 0x3b) return STOP;
  if (unit !== 0x2e) return 0;
  // A full stop, not the point of a figure.
  const next = offset + 1 < text.length ? text.charCodeAt(offset + 1) : 0x20;
  return next >= 0x30 && next <= 0x39 ? 0 : STOP;
}

const STOP_WORDS: Readonly<Record<Language, string>> = {
  en: `the is are you i it for and to of my your would will can what how this that have do take
    still available price offer yes thanks thank sorry deal pick up cash today tomorrow meet at in
    be with not im ill its dont could hello hi hey great good`,
  es: `el la los las de que y es en un una por para con lo te me se mi tu su como esta hola buenas
    gracias si vale pero mas muy sigue disponible cuanto precio quedamos donde manana cuando hoy
    puedo puedes tiene tienes bien todavia aun minimo buenos dias perfecto ok euros venga dejas`,
  tr: `bir ve bu mi mu var yok ne kac tamam olur olmaz icin ile ama cok daha son lira tl merhaba
    selam slm nerede yarin bugun aksam saat fiyat satilik duruyor evet hayir tesekkurler ben sen
    siz gibi musunuz misiniz olurmu varmi kardesim abi hocam peki bulusalim anlastik de da`,
};

const WORD_VOTES = buildVotes();

/** `WORD_VOTES` as an open hash table: one look for most words. */
const VOTE_SLOTS = 1 << 10;
const VOTE_HASH = new Int32Array(VOTE_SLOTS);
const VOTES = new Uint8Array(VOTE_SLOTS);
for (const [hash, vote] of WORD_VOTES) {
  let slot = hash & VOTE_SLOTS - 1;
  while (VOTES[slot] !== 0) slot = slot + 1 & VOTE_SLOTS - 1;
  VOTE_HASH[slot] = hash;
  VOTES[slot] = vote;
}

/** Bits of the languages a word speaks for, 0 for none. */
function voteOf(hash: number): number {
  for (let slot = hash & VOTE_SLOTS - 1; ; slot = slot + 1 & VOTE_SLOTS - 1) {
    const vote = VOTES[slot]!;
    if (vote === 0 || VOTE_HASH[slot] === hash) return vote;
  }
}

function buildVotes(): ReadonlyMap<number, number> {
  const votes = new Map<number, number>();
  const order: readonly Language[] = ['en', 'es', 'tr'];
  order.forEach((language, index) => {
    for (const word of STOP_WORDS[language].split(/\s+/)) {
      const hash = hashWord(word);
      votes.set(hash, (votes.get(hash) ?? 0) | (1 << index));
    }
  });
  return votes;
}

/**
 * Language of a text by its letters and most frequent words; `expected` (settings, the
 * conversation, the country) decides where the text does not say, and is hard to overrule by a
 * single word.
 */
export function detectLanguage(words: Words, expected: Language): Language {
  let en = expected === 'en' ? 0.8 : 0;
  let es = expected === 'es' ? 0.8 : 0;
  let tr = expected === 'tr' ? 0.8 : 0;
  for (let at = 0; at < words.count; at++) {
    const vote = voteOf(words.hash[at]!);
    if (vote === 0) continue;
    if (vote & 1) en++;
    if (vote & 2) es++;
    if (vote & 4) tr++;
  }
  const { text, units } = words;
  // Only letters outside of ASCII have a say.
  const length = units < 0x80 && words.count < WORDS_MAX ? 0 : Math.min(text.length, TEXT_UNITS_MAX);
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit === 0x131 || unit === 0x15f || unit === 0x11f || unit === 0x130) tr += 2;
    else if (unit === 0xf1 || unit === 0xbf || unit === 0xa1) es += 2;
    else if (unit === 0xe1 || unit === 0xe9 || unit === 0xed || unit === 0xf3) es += 1;
  }
  if (tr > en && tr > es) return 'tr';
  if (es > en) return 'es';
  return en > 0 ? 'en' : expected;
}

const BY_COUNTRY: Readonly<Record<string, readonly [Language, string]>> = {
  US: ['en', 'America/New_York'], GB: ['en', 'Europe/London'], CA: ['en', 'America/Toronto'],
  AU: ['en', 'Australia/Sydney'], ES: ['es', 'Europe/Madrid'], MX: ['es', 'America/Mexico_City'],
  AR: ['es', 'America/Argentina/Buenos_Aires'], CO: ['es', 'America/Bogota'],
  CL: ['es', 'America/Santiago'], PE: ['es', 'America/Lima'], TR: ['tr', 'Europe/Istanbul'],
};

const BY_LANGUAGE: Readonly<Record<Language, string>> = { en: 'US', es: 'ES', tr: 'TR' };

/** The country of the marketplace that speaks a language, where nothing else says. */
export function countryOfLanguage(language: Language): string {
  return BY_LANGUAGE[language];
}

/** The language most spoken in a country, where it has locale tables here. */
export function languageOfCountry(country: string | undefined): Language | undefined {
  return country === undefined ? undefined : BY_COUNTRY[country]?.[0];
}

/** IANA zone of a country; of its most populous one where it has several. */
export function zoneOfCountry(country: string | undefined): string | undefined {
  return country === undefined ? undefined : BY_COUNTRY[country]?.[1];
}
