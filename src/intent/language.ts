/** The sentences of a chat text, and the language it is in. */
import type { Language } from './mentions.ts';
import { MARK, readWords, TEXT_UNITS_MAX, WORDS_MAX, type Words } from './scan.ts';

/** Hash of a word as `readWords` gives it; for building lexicons. */
export function hashWord(word: string): number {
  const words = readWords(word);
  return words.count === 1 ? words.hash[0]! : 0;
}

/** Sentences of a text, by its marks. */
export interface Sentences {
  /** The sentence of each word; an array of the next text too. */
  readonly of: Uint16Array;
  /** First word of each, and after the last one the number of words. */
  readonly first: readonly number[];
  /** Whether each ends with a question mark. */
  readonly asks: readonly boolean[];
}

const SENTENCE_OF = new Uint16Array(WORDS_MAX + 1);

export function readSentences(words: Words): Sentences {
  const of = SENTENCE_OF;
  const first: number[] = [0];
  const asks: boolean[] = [];
  let sentence = 0;
  // Whether a mark has ended the sentence; a row of marks ends one, not several.
  let isEnded = false;
  let isAsked = false;
  for (let at = 0; at < words.count; at++) {
    const mark = words.kind[at] === MARK ? markOf(words, at) : 0;
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
    of[at] = sentence;
  }
  // What stands behind the last word counts to the first sentence.
  of[words.count] = 0;
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
