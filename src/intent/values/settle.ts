import type { Language } from '../mentions.ts';
import { as, isLink, type Atom } from './atom.ts';
import { type Chain, isCalendarDate, isLoneBare, opening } from './chain.ts';
import type { Draft } from './draft.ts';
import type { Clock, DaySaid, Piece, PieceLocale } from './piece.ts';
import { isPlainWord } from './read-day.ts';
import { resolveDraft, type TimeSetting } from './resolve-time.ts';

export function standsAlone(day: DaySaid | null): boolean {
  return day !== null && (day.kind === 'date' || day.kind === 'weekday' || day.kind === 'days');
}

interface Settled extends Chain {
  readonly confidence: number;
}

/** Decides what a lone number means, or drops it. */
export function settle(
  atoms: readonly Atom[],
  draft: Draft,
  locale: PieceLocale,
  setting: TimeSetting,
): Settled | null {
  const { bare } = draft;
  if (bare === null) return { a: draft, b: null, confidence: draft.strong ? 0.95 : 0.35 };
  if (isLoneBare(draft)) return settleLone(atoms, draft, bare, locale, setting);
  // "el 12 por la tarde", "el día 12 por la mañana"
  const isDayOfPart = locale.language === 'es' && draft.day === null && draft.shift === null
    && bare.day !== null && isLink(atoms[bare.from - 1], 'on') && bare.from < draft.last;
  if (isDayOfPart) return { a: { ...draft, bare: null, day: bare.day }, b: null, confidence: 0.9 };
  const isAnchored = isLink(atoms[bare.from - 1], 'at', 'oclock-at');
  const asDate =
    draft.day?.kind === 'weekday'
    // "Thursday afternoon 3" is an hour.
    && (draft.part === null || as(atoms[bare.from - 1], 'weekday') !== null)
    && bare.day !== null
    && !isAnchored
    && bare.from > draft.from
    && atoms[bare.from]?.case !== 'loc';
  if (asDate && draft.day?.kind === 'weekday') {
    const hour = atoms[bare.from]?.hour ?? -1;
    const day: DaySaid = {
      ...(bare.day as DaySaid & { kind: 'date' }),
      weekday: draft.day.weekday,
    };
    const isNear = nearDate(day, setting);
    // Where hours count to 24, "cmt 14" that is no 14th soon is an hour.
    const isLate = hour > 12 && (locale.language === 'en' || hour > 23);
    if (isNear || isLate || hour < 0) {
      return { a: { ...draft, bare: null, day }, b: null, confidence: 0.8 };
    }
  }
  if (bare.clock === null) {
    const cut = bare.from > draft.from ? { ...draft, bare: null, to: bare.from } : null;
    return cut === null ? null : { a: cut, b: null, confidence: 0.9 };
  }
  return { a: { ...draft, bare: null, clock: bare.clock }, b: null, confidence: 0.9 };
}

/** Whether "Friday 7" falls on the 7th within five weeks. */
function nearDate(day: DaySaid, setting: TimeSetting): boolean {
  const half = resolveDraft(
    {
      day,
      clock: null,
      part: null,
      edge: null,
      shift: null,
      window: null,
      now: false,
      bare: null,
      from: 0,
      to: 0,
      last: 0,
      strong: true,
    },
    null,
    setting,
  );
  const date = half?.from.date ?? null;
  return date !== null && Date.parse(date) / 86_400_000 - setting.now.day <= 35;
}

function settleLone(
  atoms: readonly Atom[],
  draft: Draft,
  bare: Piece,
  { language }: PieceLocale,
  setting: TimeSetting,
): Settled | null {
  const atom = atoms[bare.from] as Atom;
  const { clock } = bare;
  const confidence = clock === null ? 0 : hourConfidence(atoms, bare, clock, language);
  // Named by its words ("a las 5") it is an hour whatever the asking price.
  if (confidence >= 0.9 || (confidence > 0 && !isNearPrice(atom, setting))) {
    return { a: { ...draft, bare: null, clock }, b: null, confidence };
  }
  const after = atoms[bare.to];
  const closes = after === undefined || after.role === 'mark' || as(after, 'link') !== null;
  // "los dos": both
  const isBoth = atoms[bare.from - 1]?.text === 'los' && atom.digits === 0;
  const isOn = isLink(atoms[bare.from - 1], 'on') && !isBoth;
  if (language === 'es' && isOn && bare.day !== null && closes) {
    return { a: { ...draft, bare: null, day: bare.day }, b: null, confidence: 0.7 };
  }
  return null;
}

/** What a price does before "to". */
const MOVES: ReadonlySet<string> = new Set('go down up come drop lower went came dropped lowered'.split(' '));

/** How sure the words around a number with no day make it an hour; 0 where they do not. */
function hourConfidence(
  atoms: readonly Atom[],
  bare: Piece,
  clock: Clock,
  language: Language,
): number {
  const before = atoms[bare.from - 1];
  const atom = atoms[bare.from] as Atom;
  const after = atoms[bare.to];
  const isSpelled = atom.digits === 0 || clock.digital;
  if (clock.hour === 0 || (clock.hour > 12 && language === 'en' && !isSpelled)) return 0;
  if (isLink(before, 'oclock-at', 'oclock-from', 'oclock-until')) return 0.9;
  if (language === 'tr' && atom.case === 'loc' && (atom.digits > 0 || !isShare(after))) return 0.7;
  if (language === 'en' && isLink(before, 'at')) {
    return isNoun(after) || isStance(atoms, bare.from - 1) ? 0 : 0.8;
  }
  // "how about 2100" is a price: four figures are an hour only behind "at".
  if (atom.digits > 2 && !atom.decimal) {
    const isQuarter = atom.digits === 4 && clock.minute > 0 && clock.minute % 15 === 0;
    return isQuarter && isLink(before, 'around', 'ish') && after === undefined ? 0.6 : 0;
  }
  const isUntil = isLink(after, 'until')
    ? atom.case === 'dat'
    : isLink(after, 'after', 'before') && atom.case === 'abl';
  if (isUntil && atom.digits > 0) return 0.6;
  // "beşe doğru"; "beşe kadar" is a price as well
  if (isUntil && after?.text === 'dogru' && atom.value >= 2) return 0.6;
  // "beşten sonra"
  const isSpelledBound = language === 'tr' && atom.case === 'abl' && atom.value >= 2;
  if (isUntil && isSpelledBound && !isLink(atoms[bare.to + 1], 'offer')) return 0.6;
  // "seats ten to twelve", "I can go down to 5"
  const mover = before?.text === 'to' ? atoms[bare.from - 2] : undefined;
  if (mover?.role === 'number' || MOVES.has(mover?.text ?? '')) return 0;
  // "4 by 4"
  if (isLink(before, 'by') && atoms[bare.from - 2]?.role === 'number') return 0;
  const isBound = isLink(before, 'by', 'before', 'after', 'until', 'around');
  // "from 9 for 2.5 hours"
  const isCounted = isLink(after, 'for') && atoms[bare.to + 1]?.role === 'number';
  if (isLink(before, 'from') && isCounted && as(atoms[bare.to + 2], 'unit') !== null) return 0.8;
  if (isLink(after, 'ish') && (language === 'tr' || isBound)) return 0.7;
  if (before?.text === 'about' || before?.text === 'say' || before?.text === 'like') return 0;
  const closes = after === undefined || after.role === 'mark';
  return language === 'en' && isBound && closes ? 0.6 : 0;
}

/** Where a listing has a price, a number near it, or of its size, is no hour by itself. */
function isNearPrice(atom: Atom, { listingPrice }: TimeSetting): boolean {
  if (listingPrice === null) return false;
  const ratio = atom.value / listingPrice;
  return atom.digits > 2 || (ratio >= 0.3 && ratio <= 1.5);
}

/** "I'm at 10", "we are at 40": what someone offers, not when. */
function isStance(atoms: readonly Atom[], at: number): boolean {
  const verb = atoms[at - 1]?.text;
  return verb === 'm' || verb === 'am' || verb === 're' || verb === 'im' || verb === 'ur';
}

/** "üçte bir": a third. */
function isShare(after: Atom | undefined): boolean {
  return after?.role === 'number';
}

function isNoun(atom: Atom | undefined): boolean {
  return atom?.role === 'word' && !isPlainWord(atom.text);
}

/** Gives both ends of a range their hours or days; null where nothing makes it one. */
export function settleRange(
  atoms: readonly Atom[],
  first: Draft,
  second: Draft,
  { language }: PieceLocale,
  setting: TimeSetting,
): Settled | null {
  let a = first;
  let b = second;
  const isDays =
    a.clock === null
    && b.clock === null
    && a.part === null
    && b.part === null
    && ((isCalendarDate(a.day) && a.bare === null) || (isCalendarDate(b.day) && b.bare === null));
  if (isDays && (a.bare !== null || b.bare !== null)) {
    if (a.bare !== null) a = { ...a, bare: null, day: sameMonth(a.bare.day, b.day) };
    else if (b.bare !== null) b = { ...b, bare: null, day: sameMonth(b.bare.day, a.day) };
    return a.day === null || b.day === null ? null : { a, b, confidence: 0.9 };
  }
  if (isDayPair(atoms, a, b, language)) {
    a = { ...a, bare: null, day: a.bare?.day ?? null };
    b = { ...b, bare: null, day: b.bare?.day ?? null };
    return a.day === null || b.day === null ? null : { a, b, confidence: 0.8 };
  }
  const isLoose = a.bare !== null && b.bare !== null;
  if (isLoose && a.day === null && b.day === null && a.part === null && b.part === null) {
    const opened = opening(atoms, a.from);
    const before = atoms[a.from - 1];
    const isAmong = isLink(atoms[b.to], 'among', 'until');
    const isTimed = isLink(before, 'at', 'oclock-at') && !isStance(atoms, a.from - 1);
    const isHours = (a.bare?.clock?.hour ?? 99) <= 24 && (b.bare?.clock?.hour ?? 99) <= 24;
    const cased = language === 'tr' && atoms[a.to - 1]?.case === 'abl';
    const isBlock = atoms[a.from]?.digits === 3 || atoms[b.from]?.digits === 3;
    const head = atoms[a.from];
    if (head !== undefined && isNearPrice(head, setting)) return null;
    const years = yearPair(head, atoms[b.from]);
    if (years !== null) {
      const [from, until] = years;
      return { a: { ...a, bare: null, day: from }, b: { ...b, bare: null, day: until }, confidence: 0.8 };
    }
    if (!isHours || isBlock || !(opened !== null || isAmong || isTimed || cased)) return null;
    if (isNoun(atoms[b.to]) && language !== 'tr') return null;
  }
  if (a.bare !== null) a = { ...a, clock: a.bare.clock, bare: null };
  if (b.bare !== null) b = { ...b, clock: b.bare.clock, bare: null };
  return { a, b, confidence: isLoose ? 0.7 : 0.9 };
}

/** "de 2020 a 2022", "2020 ile 2022 arasında": figures of one hour, or of more minutes than it has, are years. */
function yearPair(first: Atom | undefined, second: Atom | undefined): readonly [DaySaid, DaySaid] | null {
  if (first?.digits !== 4 || second?.digits !== 4 || first.value >= second.value) return null;
  if (first.value < YEARS_FROM || second.value > YEARS_TO) return null;
  const isHours = first.minute >= 0 && second.minute >= 0 && first.hour !== second.hour
    && first.value % 100 < 60 && second.value % 100 < 60;
  if (isHours) return null;
  const year = (at: number): DaySaid => ({ kind: 'year', year: at, edge: null });
  return [year(first.value), year(second.value)];
}

const YEARS_FROM = 1900;
const YEARS_TO = 2100;

/** Spanish "del 5 al 8": days have the masculine article, hours the feminine one. */
function isDayPair(atoms: readonly Atom[], a: Draft, b: Draft, language: Language): boolean {
  if (language !== 'es' || !isLoneBare(a) || !isLoneBare(b)) return false;
  const [from, until] = [atoms[a.from - 1]?.text, atoms[b.from - 1]?.text];
  const isPair = (from === 'del' && until === 'al') || (from === 'el' && until === 'el');
  return isPair && (atoms[b.to] === undefined || atoms[b.to]?.role === 'mark'
    || as(atoms[b.to], 'link') !== null);
}

/** "13 to 15 July", "July 13-15": the end without a month takes the other's. */
function sameMonth(bare: DaySaid | null, other: DaySaid | null): DaySaid | null {
  if (bare?.kind !== 'date' || other?.kind !== 'date') return null;
  return { ...other, day: bare.day, weekday: null };
}
