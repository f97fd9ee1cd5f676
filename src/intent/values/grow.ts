/** Whether a constituent goes on with the mention before it: as part of it, or as the other end of a range. */
import { as, isLink, isLinkOf, type Atom } from './atom.ts';
import { type Chain, isCalendarDate, isLoneBare, opening } from './chain.ts';
import { draftOf, joined, type Draft } from './draft.ts';
import type { Piece, PieceLocale } from './piece.ts';
import { isPlainWord } from './read-day.ts';
import { GAP_MAX } from './read-piece.ts';

interface Gap {
  readonly join: boolean;
  /** A word or mark between the ends of a range stands in the gap. */
  readonly range: 'strong' | 'and' | 'at' | null;
  /** "before", "after": joins an hour to the day before it, nothing else. */
  readonly isBound: boolean;
}

const JOIN_LINKS: ReadonlySet<string> = new Set([
  'at',
  'oclock-at',
  'on',
  'in',
  'of',
  'the',
  'around',
  'for',
  'by',
  'from',
  'oclock-from',
  'between',
  'time',
  'ish',
  'starting',
  'zone',
  'among',
]);

function gapBetween(atoms: readonly Atom[], from: number, to: number): Gap | null {
  if (to - from > GAP_MAX) return null;
  let join = true;
  let range: Gap['range'] = null;
  let isBound = false;
  for (let i = from; i < to; i += 1) {
    const atom = atoms[i] as Atom;
    if (atom.newLine) return null;
    const link = as(atom, 'link');
    if (link !== null && (link.name === 'until' || link.name === 'oclock-until')) {
      range = 'strong';
      join = false;
    } else if (link?.name === 'and') {
      range ??= 'and';
      join = false;
    } else if (link !== null && JOIN_LINKS.has(link.name)) {
      if (link.name === 'at' || link.name === 'oclock-at') range ??= 'at';
    } else if (isLink(atom, 'before', 'after')) {
      isBound = true;
    } else if (atom.text === '-') {
      range = 'strong';
    } else if (atom.text !== ',' && atom.text !== '(' && atom.text !== ')') {
      return null;
    }
  }
  return { join, range, isBound };
}

/** The mention with the constituent `next`, null where that begins another. */
export function grow(
  atoms: readonly Atom[],
  chain: Chain,
  next: Piece,
  locale: PieceLocale,
): Chain | null {
  const end = chain.b ?? chain.a;
  const gap = gapBetween(atoms, end.to, next.from);
  if (gap === null) return null;
  if (chain.b === null && isRange(atoms, chain.a, next, gap, locale)) {
    return { a: chain.a, b: draftOf(next) };
  }
  if (!gap.join || (gap.isBound && !isHourOfDay(chain, next))) return null;
  if (chain.b !== null) {
    const grown = joined(chain.b, next);
    return grown === null ? null : { a: chain.a, b: grown };
  }
  if (isLoneBare(chain.a) && !bareJoins(atoms, chain.a, next, gap, locale)) return null;
  if (next.type === 'bare' && !joinsBare(atoms, chain.a, next, gap, locale)) return null;
  const grown = joined(chain.a, next);
  return grown === null ? null : { a: grown, b: null };
}

/** "tomorrow before 4pm", "el martes después de las 5". */
function isHourOfDay({ a, b }: Chain, next: Piece): boolean {
  const isHour = next.type === 'clock' || next.type === 'bare';
  return b === null && a.day !== null && a.clock === null && a.bare === null && isHour;
}

/** Whether a number is the hour of the day or part behind it: "9 tomorrow", not "for 4 on the 5th". */
function bareJoins(
  atoms: readonly Atom[],
  a: Draft,
  next: Piece,
  gap: Gap,
  { language }: PieceLocale,
): boolean {
  if (isLinkOf(atoms[a.from - 1], ANCHORS) || isLink(atoms[a.from - 1], 'on')) return true;
  // "sell me one for today"
  if (next.from > a.to && isLink(atoms[a.to], 'for')) return false;
  const isLate = (atoms[a.from]?.value ?? 0) > 12 && atoms[a.from]?.case === '';
  // "AMC 24 on Friday"
  if (isLate && language === 'en' && next.type === 'day' && next.from > a.to) return false;
  if (atoms[a.from]?.case === 'loc') return true;
  if (isLink(atoms[a.from - 1], 'for', 'of')) {
    const isNext = next.day?.kind === 'days' && next.from === a.to;
    // "de 10 de la mañana a 2 de la tarde"
    const isParted = language === 'es' && atoms[next.from]?.text === 'de';
    return next.type === 'clock' || isNext || (next.type === 'part' && (next.from > a.to || isParted));
  }
  // "room 404 tomorrow" has no hour.
  if ((atoms[a.from]?.digits ?? 0) > 2 && next.type !== 'part') return false;
  if (next.type !== 'part') return true;
  // "9 in the evening" but not "four afternoon classes" nor "1 evening".
  if (next.from > a.to) return true;
  if (language === 'tr') return gap.join;
  if (language === 'es') return PART_LEADS.has(atoms[next.from]?.text ?? '');
  const isToday = atoms[next.from]?.text === 'tonight'
    || as(atoms[next.from], 'relative')?.name === 'this';
  return next.day !== null && isToday;
}

/** "7 de la tarde": the phrase for the part of the day has its preposition in it. */
const PART_LEADS: ReadonlySet<string> = new Set(['de', 'del', 'por', 'en', 'a', 'al']);

/** Whether `next` is the other end of a range that `a` begins. */
function isRange(
  atoms: readonly Atom[],
  a: Draft,
  next: Piece,
  gap: Gap,
  { language }: PieceLocale,
): boolean {
  if (!fitsRange(atoms, a, next)) return false;
  const isAmong = isLink(atoms[next.to], 'among') || isLink(atoms[next.to + 1], 'among');
  switch (gap.range) {
    case 'strong':
      return true;
    case 'and':
      return (
        isAmong || opening(atoms, a.from) === 'between' || opening(atoms, a.last) === 'between'
      );
    case 'at': {
      if (language !== 'es') return false;
      const isDays = a.bare !== null && next.type === 'day';
      // "las cinco a las siete"
      const isPair =
        isLink(atoms[a.last - 1], 'oclock-at')
        && isLink(atoms[next.from - 1], 'oclock-at')
        && next.from - a.to === 1;
      const isOpened = opening(atoms, a.last) !== null || (a.bare !== null && opening(atoms, a.from) !== null);
      return isDays || isPair || a.clock !== null || isOpened;
    }
    default: {
      const start = atoms[a.to - 1]?.case;
      // "10'la 12 arası"
      if (start === 'ins') return isAmong;
      // "sabah 9'dan akşam 5'e kadar"
      if (next.type === 'part') return start === 'abl';
      const stop = atoms[next.to - 1]?.case;
      // "ayın 5'inden 9'una kadar"
      const isDays = a.day !== null && next.type === 'day' && a.to === next.from;
      if (isDays && start === 'day' && stop === 'day') return isLink(atoms[next.to], 'until');
      return start === 'abl' && (stop === 'dat' || isLink(atoms[next.to], 'until'));
    }
  }
}

function fitsRange(atoms: readonly Atom[], a: Draft, next: Piece): boolean {
  const aHour = a.clock !== null || (a.bare?.clock ?? null) !== null;
  switch (next.type) {
    case 'clock':
      return aHour;
    case 'part':
      // "… akşam 5'e kadar", "… to evening 6"
      return aHour && atoms[next.to]?.role === 'number';
    case 'bare':
      if (aHour) return next.clock !== null;
      return a.part === null && next.day !== null && isCalendarDate(a.day);
    case 'day':
      if (a.day !== null) return a.part === null && next.day?.kind !== 'weekNumber';
      return (a.bare?.day ?? null) !== null && a.clock === null && isCalendarDate(next.day);
    default:
      return false;
  }
}

const ANCHORS: ReadonlySet<string> = new Set([
  'at', 'oclock-at', 'oclock-from', 'oclock-until', 'by', 'around',
  'before', 'after', 'until', 'from', 'between',
]);

/** Whether a number beside a day or a part of the day is its hour (or the day of the weekday). */
function joinsBare(
  atoms: readonly Atom[],
  a: Draft,
  next: Piece,
  gap: Gap,
  locale: PieceLocale,
): boolean {
  if (isLoneBare(a) || a.clock !== null) {
    // "at seven on 15", "a las siete del 15"
    const isDay = isLink(atoms[next.from - 1], 'on') || atoms[next.from - 1]?.text === 'del';
    return isDay && isLink(atoms[a.from - 1], 'at', 'oclock-at');
  }
  if (isLink(atoms[next.from - 1], 'for', 'of', 'in') && locale.language !== 'es') return false;
  if (isLinkOf(atoms[next.from - 1], ANCHORS)) return true;
  if (gap.range === 'strong') return false;
  return !isCounted(atoms, next, locale) && next.from - a.to <= 1;
}

/** A number that counts what follows it: "3 people", "2 tickets". */
function isCounted(atoms: readonly Atom[], bare: Piece, { language }: PieceLocale): boolean {
  const after = atoms[bare.to];
  if (after === undefined || after.role !== 'word') return false;
  if (language === 'tr') return atoms[bare.from]?.case === '';
  return !isPlainWord(after.text);
}
