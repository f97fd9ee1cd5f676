/**
 * What each UTF-16 code unit is, to the words of a message and to the tokens of the value pass, and
 * what is left of it without case and accent.
 */

/** Code units below this are looked up in tables; nearly all chat is made of them. */
export const LATIN = 0x250;

/** What a unit is to either of the two. */
export const SPACE = 0;
export const LETTER = 1;
export const DIGIT = 2;
export const SIGN = 3;
/** Nothing: it is passed over, and what stands around it is one. */
export const SILENT = 4;

/** Both classes of a unit in a number: that to the tokens above `TOKEN_SHIFT`, that to the words below. */
export const TOKEN_SHIFT = 4;
export const WORD_MASK = 0xf;

/** Apostrophes, as people type them, and the soft hyphen. */
const SILENT_LATIN: ReadonlySet<number> = new Set([0x27, 0x60, 0xb4, 0xad]);

const ANY_LETTER = /\p{L}|\p{M}/u;

/** Of Latin letters what is left of each, unit by unit; built once from Unicode decomposition. */
export const FOLD = buildFold();
/** Both classes of the units below `LATIN`. */
export const CLASSES = buildClasses();

function buildFold(): Uint16Array {
  const table = new Uint16Array(LATIN);
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
  const table = new Uint8Array(LATIN);
  for (let unit = 0; unit < table.length; unit++) {
    table[unit] = tokenClass(unit) << TOKEN_SHIFT | wordClass(unit);
  }
  return table;
}

/** Both classes of any unit. */
export function classesOf(unit: number): number {
  return unit < LATIN ? CLASSES[unit]! : tokenClass(unit) << TOKEN_SHIFT | wordClass(unit);
}

function wordClass(unit: number): number {
  if (unit < LATIN) {
    if (SILENT_LATIN.has(unit)) return SILENT;
    const character = String.fromCharCode(unit);
    if (unit < 0x20 || /\s/u.test(character)) return SPACE;
    if (/\p{Nd}/u.test(character)) return DIGIT;
    return /\p{L}/u.test(character) ? LETTER : SIGN;
  }
  if (unit === 0x2019 || unit === 0x2018 || unit === 0x200d || unit === 0xfe0f) return SILENT;
  if (unit >= 0x300 && unit <= 0x36f) return SILENT;
  if (unit >= 0x2000 && unit <= 0x200f) return unit >= 0x200b ? SILENT : SPACE;
  if (unit >= 0x2010 && unit <= 0x2bff) return SIGN;
  return unit >= 0xd800 && unit <= 0xdfff ? SIGN : LETTER;
}

function tokenClass(unit: number): number {
  const character = String.fromCharCode(unit);
  if (unit < LATIN) {
    if (unit === 0xad) return SILENT;
    if (/\s/.test(character)) return SPACE;
    if (/[0-9]/.test(character)) return DIGIT;
    return /\p{L}/u.test(character) && unit !== 0xaa && unit !== 0xba ? LETTER : SIGN;
  }
  if (unit >= 0x200b && unit <= 0x200f) return SILENT;
  if (unit === 0xfeff || unit === 0x2060 || (unit >= 0x202a && unit <= 0x202e)) return SILENT;
  if (unit === 0x3000 || (unit >= 0x2000 && unit <= 0x200a) || unit === 0x202f) return SPACE;
  if (unit === 0x2028 || unit === 0x2029) return SPACE;
  // A combining accent belongs to the word it stands in; both halves of a surrogate pair are signs.
  if (isCombining(unit)) return LETTER;
  if (unit >= 0xd800 && unit <= 0xdfff) return SIGN;
  return ANY_LETTER.test(character) ? LETTER : SIGN;
}

/** An accent that stands behind its letter. */
export function isCombining(unit: number): boolean {
  return unit >= 0x300 && unit <= 0x36f;
}

/** Signs that mean another one: what they are read as, by their units. */
const SAME_SIGNS: ReadonlyMap<number, number> = new Map(
  [
    ...['’', '‘', '`', '´', 'ʼ'].map((sign) => [sign, "'"]), ...['“', '”'].map((sign) => [sign, '"']),
    ...['–', '—', '−', '‑', '‐'].map((sign) => [sign, '-']), ...['º', 'ª'].map((sign) => [sign, '°']),
  ].map(([sign = '', read = '']) => [sign.charCodeAt(0), read.charCodeAt(0)]),
);
const ASCII = 0x80;

/** A sign, typographic variants unified. */
export function foldSign(unit: number): number {
  return unit < ASCII && unit !== 0x60 ? unit : SAME_SIGNS.get(unit) ?? unit;
}

/** A unit without case and accent, those beyond Latin as they are. */
export function foldUnit(unit: number): number {
  return unit < LATIN ? FOLD[unit]! : unit;
}

/** Nothing is left of it in the folded form: zero-width characters, accents behind their letters. */
export function isUnseen(unit: number): boolean {
  return isCombining(unit) || classesOf(unit) >> TOKEN_SHIFT === SILENT;
}

/** Lower case, no accents, no zero-width characters: the form all tables are written in. */
export function fold(raw: string): string {
  for (let at = 0; at < raw.length; at++) {
    const unit = raw.charCodeAt(at);
    if (unit < 0x61 || unit > 0x7a) return foldAll(raw);
  }
  return raw;
}

function foldAll(raw: string): string {
  let out = '';
  for (let at = 0; at < raw.length; at++) {
    const unit = raw.charCodeAt(at);
    if (isUnseen(unit)) continue;
    out += String.fromCharCode(foldUnit(unit));
  }
  return out;
}
