import type { TimeMention } from '../mentions.ts';
import { as, isLink, isLinkOf, type Atom } from './atom.ts';
import { type Chain, isCalendarDate, isLoneBare, opening } from './chain.ts';
import { draftOf, joined, type Draft } from './draft.ts';
import type { DaySaid, Piece, PieceLocale, ReadPiece } from './piece.ts';
import { readBare } from './read-bare.ts';
import { readClock } from './read-clock.ts';
import { isPlainWord, readDay } from './read-day.ts';
import { readNow, readPart } from './read-part.ts';
import { readShift } from './read-shift.ts';
import { ANY_ROLE, ROLE } from './roles.ts';
import { resolveDraft, type TimeSetting } from './resolve-time.ts';
import { settle, settleRange, standsAlone } from './settle.ts';

interface Reader {
  readonly read: ReadPiece;
  /** Bits of what its constituents can begin with. */
  readonly beginnings: number;
}

const {
  link, mark, relative, weekday, month, feast, ordinal, date, edge, part, day, unit, fraction, number, clock,
} = ROLE;

/** In the order they are asked. */
const READERS: readonly Reader[] = [
  {
    read: readShift,
    beginnings: link | mark | relative | weekday | feast | date | part | day | unit | fraction | number | clock,
  },
  { read: readDay, beginnings: relative | weekday | month | feast | ordinal | date | edge | day | unit | number },
  { read: readClock, beginnings: part | unit | fraction | number | clock },
  { read: readPart, beginnings: relative | edge | part },
  { read: readNow, beginnings: day },
  { read: readBare, beginnings: number },
];

/** A text without any of these has no constituent. */
const BEGINNINGS = ANY_ROLE & ~(ROLE.word | ROLE.mark | ROLE.id | ROLE.currency | ROLE.thing
  | ROLE.meridiem | ROLE.multiple | ROLE.link | ROLE.relative);

const GAP_MAX = 4;

/** What a text of any language and country says of itself. */
export type TextLocale = Omit<PieceLocale, 'present'>;

/** All date and time mentions of a text, in order. Every atom is read a bounded number of times. */
export function findTimes(
  atoms: readonly Atom[], locale: TextLocale, setting: TimeSetting,
): TimeMention[] {
  let present = 0;
  for (let i = 0; i < atoms.length; i += 1) present |= atoms[i]!.roles;
  if ((present & BEGINNINGS) === 0) return [];
  return findTimesOf(atoms, { ...locale, present }, setting);
}

/** The same for a text of which no more than `locale.present` is known. */
export function findTimesOf(
  atoms: readonly Atom[],
  locale: PieceLocale,
  setting: TimeSetting,
): TimeMention[] {
  const mentions: TimeMention[] = [];
  let chain: Chain | null = null;
  const close = (): void => {
    if (chain === null) return;
    const mention = finish(atoms, chain, locale, setting);
    if (mention !== null) mentions.push(mention);
    chain = null;
  };
  let i = 0;
  while (i < atoms.length) {
    const next = readPiece(atoms, i, locale);
    if (next === null) {
      i += 1;
      continue;
    }
    const grown: Chain | null = chain === null ? null : grow(atoms, chain, next, locale);
    if (grown === null) {
      close();
      chain = { a: draftOf(next), b: null };
    } else {
      chain = grown;
    }
    i = next.to;
  }
  close();
  return mentions;
}

/** Roles that begin no constituent; most atoms of a chat message have one of them. */
const NEVER_FIRST = ROLE.word | ROLE.mark | ROLE.id | ROLE.currency | ROLE.thing | ROLE.meridiem
  | ROLE.multiple;

/** Links that begin an amount of time: "in 3 hours", "the last 2 days", "hace 3 días". */
const FIRST_LINKS: ReadonlySet<string> = new Set(['in', 'within', 'after', 'the', 'ago']);

function isFirstLink(atoms: readonly Atom[], i: number): boolean {
  const { entry, text } = atoms[i] as Atom;
  return FIRST_LINKS.has(entry?.name ?? '') || (text === 'el' && isLink(atoms[i + 1], 'after', 'before'));
}

function readPiece(atoms: readonly Atom[], i: number, locale: PieceLocale): Piece | null {
  const atom = atoms[i] as Atom;
  if (atom.entry === null || atom.entry.also === null) {
    const isNever = (atom.roles & ~NEVER_FIRST) === 0;
    if (isNever && ((atom.roles & mark) === 0 || (atom.text !== '+' && atom.text !== '-'))) return null;
    if (atom.role === 'link' && !isFirstLink(atoms, i)) return null;
    if ((atom.role === 'link' || atom.role === 'relative') && !leads(atoms, i)) return null;
    if (atom.role === 'number' && isLarge(atom) && !leads(atoms, atoms[i + 1]?.text === '.' ? i + 1 : i)) return null;
  }
  const isArticle = atom.role === 'number' && atom.entry?.weak === true && atom.case === '';
  if (isArticle && !counts(atoms, i)) return null;
  for (let at = 0; at < READERS.length; at += 1) {
    const { read, beginnings } = READERS[at]!;
    const found = (atom.roles & beginnings) === 0 ? null : read(atoms, i, locale);
    if (found !== null) return found;
  }
  return null;
}

/** Whether "a" or "one" can be a number: not in "a sofa", "for a good price", "one, please". */
function counts(atoms: readonly Atom[], i: number): boolean {
  const next = atoms[i + 1];
  const isMark = next?.role === 'mark';
  return isMark ? isOfFigures(next.text) : leads(atoms, i);
}

/** Marks that stand within dates and ranges. */
function isOfFigures(sign: string): boolean {
  return sign === '-' || sign === '/' || sign === '.';
}

const DAYS_MAX = 31;
const YEAR_DIGITS = 4;
const YEARS_FROM = 1900;
const YEARS_TO = 2100;

/** No hour, no day of a month and no year: only a word behind it can make it a time. */
function isLarge({ value, hour, digits, fields }: Atom): boolean {
  const isYear = digits === 0 && value > YEARS_FROM && value < YEARS_TO;
  return value > DAYS_MAX && hour < 0 && digits < YEAR_DIGITS && !isYear && fields.length === 0;
}

/** Whether something with a meaning follows, links aside: not in "the sofa", "in the picture". */
function leads(atoms: readonly Atom[], i: number): boolean {
  let k = i + 1;
  while (k <= i + GAP_MAX && atoms[k]?.role === 'link') k += 1;
  const next = atoms[k];
  return next !== undefined && next.role !== 'word' && !(next.role === 'mark' && k === i + 1);
}

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

function grow(
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

/** Years before 0 or after 9999 have no `YYYY-MM-DD`. */
function isFar(date: string | null): boolean {
  return date !== null && date.length !== 10;
}

/** "the 13th to the 15th of July", "July 13th to the 15th": one month for both, so neither stands alone. */
function sharesMonth(a: DaySaid | null, b: DaySaid | null): boolean {
  if (a?.kind !== 'date' || b?.kind !== 'date' || a.day >= b.day) return false;
  return (a.month === null) !== (b.month === null);
}

/** "the 1st to the 7 June": each end is a day of its own. */
function haveArticles(atoms: readonly Atom[], a: Draft, b: Draft): boolean {
  return isLink(atoms[a.from - 1], 'the') && isLink(atoms[b.from - 1], 'the');
}

/** "July 13 - July 15", "between today and tomorrow": said as one. */
function isOneSpan(before: Atom | undefined): boolean {
  return before?.text === '-' || isLink(before, 'and');
}

function finish(
  atoms: readonly Atom[],
  chain: Chain,
  locale: PieceLocale,
  setting: TimeSetting,
): TimeMention | null {
  const settled =
    chain.b === null
      ? settle(atoms, chain.a, locale, setting)
      : settleRange(atoms, chain.a, chain.b, locale, setting);
  if (settled === null) return null;
  const half = resolveDraft(settled.a, settled.b, setting);
  if (half === null || isFar(half.from.date) || isFar(half.to?.date ?? null)) return null;
  const last = settled.b ?? settled.a;
  const isPair =
    half.shape === 'daterange'
    && chain.b?.day != null
    && standsAlone(chain.a.day)
    && standsAlone(chain.b.day)
    && (!sharesMonth(chain.a.day, chain.b.day) || haveArticles(atoms, chain.a, chain.b))
    && !isOneSpan(atoms[chain.b.from - 1]);
  let to = last.to;
  if (settled.b !== null && isLink(atoms[to], 'among', 'until')) to += 1;
  const start = atoms[settled.a.from] as Atom;
  const end = atoms[to - 1] as Atom;
  return {
    kind: 'time',
    start: start.start,
    end: end.end,
    ...half,
    confidence: settled.confidence,
    ...(isPair && chain.b !== null ? { toStart: (atoms[chain.b.from] as Atom).start } : {}),
  };
}
