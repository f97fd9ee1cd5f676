import type { TimeMention } from '../mentions.ts';
import { as, isLink, type Atom } from './atom.ts';
import { draftOf, joined, type Draft } from './draft.ts';
import type { DaySaid, Piece, PieceLocale } from './piece.ts';
import { readBare, readClock } from './read-clock.ts';
import { isPlainWord, readDay } from './read-day.ts';
import { readNow, readPart } from './read-part.ts';
import { readShift } from './read-shift.ts';
import { resolveDraft, type TimeSetting } from './resolve-time.ts';

const READERS = [readShift, readDay, readClock, readPart, readNow, readBare];
const GAP_MAX = 4;

/** A mention under way: one end, perhaps a second, and how it was opened. */
interface Chain {
  readonly a: Draft;
  readonly b: Draft | null;
}

/** All date and time mentions of a text, in order. Every atom is read a bounded number of times. */
export function findTimes(
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
const NEVER_FIRST: ReadonlySet<Atom['role']> = new Set<Atom['role']>([
  'word', 'mark', 'id', 'currency', 'thing', 'meridiem', 'multiple',
]);

/** Links that begin an amount of time: "in 3 hours", "the last 2 days", "hace 3 días". */
const FIRST_LINKS: ReadonlySet<string> = new Set(['in', 'within', 'after', 'the', 'ago']);

function readPiece(atoms: readonly Atom[], i: number, locale: PieceLocale): Piece | null {
  const atom = atoms[i] as Atom;
  if (atom.entry === null || atom.entry.also === null) {
    if (NEVER_FIRST.has(atom.role)) return null;
    if (atom.role === 'link' && !FIRST_LINKS.has(atom.entry?.name ?? '')) return null;
  }
  for (const read of READERS) {
    const found = read(atoms, i, locale);
    if (found !== null) return found;
  }
  return null;
}

interface Gap {
  readonly join: boolean;
  /** A word or mark between the ends of a range stands in the gap. */
  readonly range: 'strong' | 'and' | 'at' | null;
}

const JOIN_LINKS: ReadonlySet<string> = new Set(
  ['at', 'oclock-at', 'on', 'in', 'of', 'the', 'around', 'for', 'by', 'from', 'oclock-from', 'between',
    'time', 'ish', 'starting', 'zone'],
);

function gapBetween(atoms: readonly Atom[], from: number, to: number): Gap | null {
  if (to - from > GAP_MAX) return null;
  let join = true;
  let range: Gap['range'] = null;
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
    } else if (atom.text === '-') {
      range = 'strong';
    } else if (atom.text !== ',' && atom.text !== '(' && atom.text !== ')') {
      return null;
    }
  }
  return { join, range };
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
  if (!gap.join) return null;
  if (chain.b !== null) {
    const grown = joined(chain.b, next);
    return grown === null ? null : { a: chain.a, b: grown };
  }
  if (isLoneBare(chain.a) && !bareJoins(atoms, chain.a, next, gap, locale)) return null;
  if (next.type === 'bare' && !joinsBare(atoms, chain.a, next, gap, locale)) return null;
  const grown = joined(chain.a, next);
  return grown === null ? null : { a: grown, b: null };
}

function isLoneBare(draft: Draft): boolean {
  return draft.bare !== null && draft.day === null && draft.part === null && draft.shift === null;
}

/** Whether a number is the hour of the day or part behind it: "9 tomorrow", not "for 4 on the 5th". */
function bareJoins(
  atoms: readonly Atom[],
  a: Draft,
  next: Piece,
  gap: Gap,
  { language }: PieceLocale,
): boolean {
  if (isLink(atoms[a.from - 1], ...ANCHORS) || isLink(atoms[a.from - 1], 'on')) return true;
  const isLate = (atoms[a.from]?.value ?? 0) > 12 && atoms[a.from]?.case === '';
  // "AMC 24 on Friday"
  if (isLate && language === 'en' && next.type === 'day' && next.from > a.to) return false;
  if (atoms[a.from]?.case === 'loc') return true;
  if (isLink(atoms[a.from - 1], 'for', 'of')) {
    const isNext = next.day?.kind === 'days' && next.from === a.to;
    return next.type === 'clock' || isNext || (next.type === 'part' && next.from > a.to);
  }
  // "room 404 tomorrow" has no hour.
  if ((atoms[a.from]?.digits ?? 0) > 2 && next.type !== 'part') return false;
  if (next.type !== 'part') return true;
  // "9 in the evening" but not "four afternoon classes" nor "1 evening".
  if (next.from > a.to) return true;
  return language === 'tr' ? gap.join : next.day !== null && atoms[next.from]?.text === 'tonight';
}

/** Whether `next` is the other end of a range that `a` begins. */
function isRange(
  atoms: readonly Atom[],
  a: Draft,
  next: Piece,
  gap: Gap,
  { language }: PieceLocale,
): boolean {
  if (!fitsRange(a, next)) return false;
  const isAmong = isLink(atoms[next.to], 'among') || isLink(atoms[next.to + 1], 'among');
  switch (gap.range) {
    case 'strong': return true;
    case 'and': return isAmong || opening(atoms, a.from) === 'between'
      || opening(atoms, a.last) === 'between';
    case 'at': {
      if (language !== 'es') return false;
      const isDays = a.bare !== null && next.type === 'day';
      // "las cinco a las siete"
      const isPair = isLink(atoms[a.last - 1], 'oclock-at')
        && isLink(atoms[next.from - 1], 'oclock-at') && next.from - a.to === 1;
      return isDays || isPair || a.clock !== null || opening(atoms, a.last) !== null;
    }
    default: {
      const start = atoms[a.to - 1]?.case;
      const stop = atoms[next.to - 1]?.case;
      return start === 'abl' && (stop === 'dat' || isLink(atoms[next.to], 'until'));
    }
  }
}

function fitsRange(a: Draft, next: Piece): boolean {
  const aHour = a.clock !== null || (a.bare?.clock ?? null) !== null;
  switch (next.type) {
    case 'clock': return aHour;
    case 'bare':
      if (aHour) return next.clock !== null;
      return a.part === null && next.day !== null && isCalendarDate(a.day);
    case 'day':
      if (a.day !== null) return a.part === null && next.day?.kind !== 'weekNumber';
      return (a.bare?.day ?? null) !== null && a.clock === null && isCalendarDate(next.day);
    default: return false;
  }
}

function isCalendarDate(day: DaySaid | null): boolean {
  return day?.kind === 'date';
}

/** "from", "between", Spanish "de … a …" in front of a mention. */
function opening(atoms: readonly Atom[], from: number): 'from' | 'between' | null {
  for (let i = from - 1; i >= Math.max(0, from - 3); i -= 1) {
    if (isLink(atoms[i], 'between')) return 'between';
    if (isLink(atoms[i], 'from', 'oclock-from')) return 'from';
    const text = atoms[i]?.text;
    if (text === 'de' || text === 'del') return 'from';
    if (!isLink(atoms[i], 'the', 'on', 'oclock-at')) return null;
  }
  return null;
}

const ANCHORS = [
  'at', 'oclock-at', 'oclock-from', 'oclock-until', 'by', 'around', 'before', 'after', 'until', 'from',
  'between',
] as const;

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
  if (isLink(atoms[next.from - 1], ...ANCHORS)) return true;
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

function finish(
  atoms: readonly Atom[],
  chain: Chain,
  locale: PieceLocale,
  setting: TimeSetting,
): TimeMention | null {
  const settled = chain.b === null
    ? settle(atoms, chain.a, locale, setting)
    : settleRange(atoms, chain.a, chain.b, locale);
  if (settled === null) return null;
  const half = resolveDraft(settled.a, settled.b, setting);
  if (half === null) return null;
  const last = settled.b ?? settled.a;
  const isPair = half.shape === 'daterange' && chain.b?.day != null && standsAlone(chain.a.day)
    && standsAlone(chain.b.day);
  let to = last.to;
  if (settled.b !== null && isLink(atoms[to], 'among', 'until')) to += 1;
  const start = atoms[settled.a.from] as Atom;
  const end = atoms[to - 1] as Atom;
  return {
    kind: 'time', start: start.start, end: end.end, ...half, confidence: settled.confidence,
    ...(isPair && chain.b !== null ? { toStart: (atoms[chain.b.from] as Atom).start } : {}),
  };
}

function standsAlone(day: DaySaid | null): boolean {
  return day !== null && (day.kind === 'date' || day.kind === 'weekday' || day.kind === 'days');
}

interface Settled extends Chain {
  readonly confidence: number;
}

/** Decides what a lone number means, or drops it. */
function settle(
  atoms: readonly Atom[],
  draft: Draft,
  locale: PieceLocale,
  setting: TimeSetting,
): Settled | null {
  const { bare } = draft;
  if (bare === null) return { a: draft, b: null, confidence: draft.strong ? 0.95 : 0.35 };
  if (isLoneBare(draft)) return settleLone(atoms, draft, bare, locale);
  const isAnchored = isLink(atoms[bare.from - 1], 'at', 'oclock-at');
  const asDate = draft.day?.kind === 'weekday' && bare.day !== null && !isAnchored
    && bare.from > draft.from && atoms[bare.from]?.case !== 'loc';
  if (asDate && draft.day?.kind === 'weekday') {
    const hour = atoms[bare.from]?.hour ?? -1;
    const day: DaySaid = { ...(bare.day as DaySaid & { kind: 'date' }), weekday: draft.day.weekday };
    const isNear = nearDate(day, setting);
    if (isNear || hour > 12 || hour < 0) {
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
    { day, clock: null, part: null, edge: null, shift: null, window: null, now: false, bare: null,
      from: 0, to: 0, last: 0, strong: true },
    null, setting,
  );
  const date = half?.from.date ?? null;
  return date !== null && Date.parse(date) / 86_400_000 - setting.now.day <= 35;
}

function settleLone(
  atoms: readonly Atom[],
  draft: Draft,
  bare: Piece,
  { language }: PieceLocale,
): Settled | null {
  const before = atoms[bare.from - 1];
  const atom = atoms[bare.from] as Atom;
  const after = atoms[bare.to];
  const clock = bare.clock;
  const hour = { a: { ...draft, bare: null, clock }, b: null } as const;
  const isShort = clock !== null && (clock.hour <= 12 || language !== 'en' || clock.digital || atom.digits === 0);
  if (clock !== null && isShort && clock.hour > 0) {
    if (isLink(before, 'oclock-at', 'oclock-from', 'oclock-until')) return { ...hour, confidence: 0.9 };
    if (language === 'tr' && atom.case === 'loc' && atom.digits > 0) return { ...hour, confidence: 0.7 };
    const isAt = isLink(before, 'at') && language === 'en';
    if (isAt && !isNoun(after) && !isStance(atoms, bare.from - 1)) {
      return { ...hour, confidence: 0.8 };
    }
    const isUntil = isLink(after, 'until') ? atom.case === 'dat'
      : isLink(after, 'after', 'before') && atom.case === 'abl';
    if (isUntil && atom.digits > 0 && clock.hour <= 24) return { ...hour, confidence: 0.6 };
    const isIsh = isLink(after, 'ish') && isLink(before, 'around', 'by', 'before', 'after');
    if (isIsh) return { ...hour, confidence: 0.7 };
    const isBound = language === 'en' && isLink(before, 'by', 'before', 'after', 'until', 'around');
    if (isBound && (after === undefined || after.role === 'mark')) return { ...hour, confidence: 0.6 };
  }
  const isOn = isLink(before, 'on') && (language === 'es' || isLink(atoms[bare.from - 1], 'on'));
  const closes = after === undefined || after.role === 'mark' || as(after, 'link') !== null;
  if (isOn && bare.day !== null && closes && language === 'es') {
    return { a: { ...draft, bare: null, day: bare.day }, b: null, confidence: 0.7 };
  }
  return null;
}

/** "I'm at 10", "we are at 40": what someone offers, not when. */
function isStance(atoms: readonly Atom[], at: number): boolean {
  const verb = atoms[at - 1]?.text;
  return verb === 'm' || verb === 'am' || verb === 're' || verb === 'im' || verb === 'ur';
}

function isNoun(atom: Atom | undefined): boolean {
  return atom?.role === 'word' && !isPlainWord(atom.text);
}

/** Gives both ends of a range their hours or days; null where nothing makes it one. */
function settleRange(
  atoms: readonly Atom[],
  first: Draft,
  second: Draft,
  { language }: PieceLocale,
): Settled | null {
  let a = first;
  let b = second;
  const isDays = a.clock === null && b.clock === null && a.part === null && b.part === null
    && ((isCalendarDate(a.day) && a.bare === null) || (isCalendarDate(b.day) && b.bare === null));
  if (isDays && (a.bare !== null || b.bare !== null)) {
    if (a.bare !== null) a = { ...a, bare: null, day: sameMonth(a.bare.day, b.day) };
    else if (b.bare !== null) b = { ...b, bare: null, day: sameMonth(b.bare.day, a.day) };
    return a.day === null || b.day === null ? null : { a, b, confidence: 0.9 };
  }
  const isLoose = a.bare !== null && b.bare !== null;
  if (isLoose && a.day === null && b.day === null && a.part === null && b.part === null) {
    const opened = opening(atoms, a.from);
    const before = atoms[a.from - 1];
    const isAmong = isLink(atoms[b.to], 'among', 'until');
    const isTimed = isLink(before, 'at', 'oclock-at');
    const isHours = (a.bare?.clock?.hour ?? 99) <= 24 && (b.bare?.clock?.hour ?? 99) <= 24;
    const cased = language === 'tr' && atoms[a.to - 1]?.case === 'abl';
    const isBlock = atoms[a.from]?.digits === 3 || atoms[b.from]?.digits === 3;
    if (!isHours || isBlock || !(opened !== null || isAmong || isTimed || cased)) return null;
    if (isNoun(atoms[b.to]) && language !== 'tr') return null;
  }
  if (a.bare !== null) a = { ...a, clock: a.bare.clock, bare: null };
  if (b.bare !== null) b = { ...b, clock: b.bare.clock, bare: null };
  return { a, b, confidence: isLoose ? 0.7 : 0.9 };
}

/** "13 to 15 July", "July 13-15": the end without a month takes the other's. */
function sameMonth(bare: DaySaid | null, other: DaySaid | null): DaySaid | null {
  if (bare?.kind !== 'date' || other?.kind !== 'date') return null;
  return { ...other, day: bare.day, weekday: null };
}
