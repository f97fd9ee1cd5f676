/**
 * The name of a place in a message that proposes to meet. The value pass finds what looks like a
 * place in any text; here it is known that a place is due, so less proof is asked for.
 */
import { CUE } from './acts-cues.ts';
import type { Reading } from './acts-features.ts';
import { wordAt } from './acts-prices.ts';
import { hashWord } from './language.ts';
import type { PlaceMention } from './mentions.ts';

const LETTERS = 0;
/** Words of a name that are taken. */
const NAME_WORDS_MAX = 4;
const BEFORE_WORDS_MAX = 2;

function hashes(words: string): ReadonlySet<number> {
  return new Set(words.split(/\s+/).map(hashWord));
}

const IN = hashWord('en');
const ARTICLES = hashes('el la los las un una mi tu');
/** Words after which a Spanish name has ended. */
const ENDS = hashes(`a al hoy manana pasado este esta y o que para si por sobre con cuando entonces mejor
  te me se lo gracias ok vale va desde hasta en el la lunes martes miercoles jueves viernes sabado domingo`);
/** After "en", yet no place. */
const NO_PLACE = hashes(`persona efectivo mano total serio realidad punto cuanto cuantos buen buena estado
  venta breve media hora horas un una eso que dos tres metalico cash general`);

/** "en la estación" names an "estación". */
const SPANISH_ARTICLE = /^(?:el|la|los|las) /iu;

/** The place of a proposal, null where none is named. */
export function meetingPlace(reading: Reading): string | null {
  const { mentions, language } = reading;
  const place = mentions.find((one): one is PlaceMention => one.kind === 'place');
  if (place !== undefined) {
    if (language === 'tr') return turkishName(reading, place);
    return language === 'es' ? place.text.replace(SPANISH_ARTICLE, '') : place.text;
  }
  if (language === 'es') return afterIn(reading);
  const at = language === 'tr' ? locativeWord(reading) : -1;
  if (at < 0) return null;
  const { words } = reading;
  return turkishName(reading, { start: words.start[at] ?? 0, end: words.end[at] ?? 0 });
}

/** "nos vemos en la uni mañana": uni. */
function afterIn(reading: Reading): string | null {
  const { words } = reading;
  for (let at = 0; at < words.count; at++) {
    if (words.hash[at] !== IN) continue;
    let first = at + 1;
    if (ARTICLES.has(words.hash[first] ?? 0)) first++;
    let last = first;
    while (last < words.count && last - first < NAME_WORDS_MAX && words.kind[last] === LETTERS
      && !ENDS.has(words.hash[last] ?? 0) && !inTime(reading, last)) last++;
    if (last === first || NO_PLACE.has(words.hash[first] ?? 0)) continue;
    return words.text.slice(words.start[first], words.end[last - 1]);
  }
  return null;
}

const AT = /^\p{L}{4,}[dt][ea](?:y[iı]m|y[iı]z)?$/u;
/** They end alike, yet are no place. */
const NOT_AT = hashes(`icinde gunde saatte haftada yerinde sirada durumda arada burada orada nerede nerde
  hafta elinde elinizde basinda sonunda ayrica kapida civarinda hatta sonra tane tanede ucta bucukta
  aslinda hakkinda halde icerde disarida uygunda musaitte adette suanda anda`);

/** "noterdeyim", "kadikoyde": a word in the locative, -1 where none is. */
function locativeWord(reading: Reading): number {
  const { words } = reading;
  for (let at = 0; at < words.count; at++) {
    if (words.kind[at] !== LETTERS || NOT_AT.has(words.hash[at] ?? 0)) continue;
    const word = words.text.slice(words.start[at], words.end[at]).toLowerCase();
    if (AT.test(word) && !inTime(reading, at)) return at;
  }
  return -1;
}

/** A place with the words before it that belong to it, without its locative: "taksim meydanda". */
function turkishName(reading: Reading, place: Pick<PlaceMention, 'start' | 'end'>): string {
  const { words } = reading;
  let first = wordAt(reading, place.start);
  for (let taken = 0; taken < BEFORE_WORDS_MAX && first > 0 && isOfName(reading, first - 1); taken++) {
    first--;
  }
  return withoutLocative(words.text.slice(Math.min(words.start[first] ?? place.start, place.start), place.end));
}

function isOfName(reading: Reading, at: number): boolean {
  const { words, cues } = reading;
  if (words.kind[at] !== LETTERS || (words.end[at] ?? 0) - (words.start[at] ?? 0) < 4) return false;
  return !inTime(reading, at)
    && !cues.some((cue) => cue.first <= at && cue.last > at && cue.name !== CUE['place-noun']);
}

function inTime({ mentions, words }: Reading, at: number): boolean {
  return mentions.some((one) => one.kind === 'time'
    && one.start < (words.end[at] ?? 0) && one.end > (words.start[at] ?? 0));
}

/** Not after -ın: "çıkışında" is "at its exit", the n belongs to the ending. */
const LOCATIVE = /(?<=\p{L}{4})(?<![ıiuü]n)[dt][ea](?:y[iı]m|y[iı]z|ki)?$|['’][dt][ea](?:y[iı]m|y[iı]z|ki)?$/u;

function withoutLocative(name: string): string {
  return name.replace(LOCATIVE, '');
}
