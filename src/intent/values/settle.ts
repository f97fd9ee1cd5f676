import { as, isLink, type Atom } from './atom.ts';
import { type Chain, isCalendarDate, isLoneBare, opening } from './chain.ts';
import type { Draft } from './draft.ts';
import type { DaySaid, Piece, PieceLocale } from './piece.ts';
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
  if (isLoneBare(draft)) return settleLone(atoms, draft, bare, locale);
  const isAnchored = isLink(atoms[bare.from - 1], 'at', 'oclock-at');
  const asDate =
    draft.day?.kind === 'weekday'
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
): Settled | null {
  const before = atoms[bare.from - 1];
  const atom = atoms[bare.from] as Atom;
  const after = atoms[bare.to];
  const clock = bare.clock;
  const hour = { a: { ...draft, bare: null, clock }, b: null } as const;
  const isShort =
    clock !== null && (clock.hour <= 12 || language !== 'en' || clock.digital || atom.digits === 0);
  if (clock !== null && isShort && clock.hour > 0) {
    if (isLink(before, 'oclock-at', 'oclock-from', 'oclock-until'))
      return { ...hour, confidence: 0.9 };
    if (language === 'tr' && atom.case === 'loc' && atom.digits > 0)
      return { ...hour, confidence: 0.7 };
    const isAt = isLink(before, 'at') && language === 'en';
    if (isAt && !isNoun(after) && !isStance(atoms, bare.from - 1)) {
      return { ...hour, confidence: 0.8 };
    }
    const isUntil = isLink(after, 'until')
      ? atom.case === 'dat'
      : isLink(after, 'after', 'before') && atom.case === 'abl';
    if (isUntil && atom.digits > 0 && clock.hour <= 24) return { ...hour, confidence: 0.6 };
    const isIsh = isLink(after, 'ish') && isLink(before, 'around', 'by', 'before', 'after');
    if (isIsh) return { ...hour, confidence: 0.7 };
    const isBound = language === 'en' && isLink(before, 'by', 'before', 'after', 'until', 'around');
    if (isBound && (after === undefined || after.role === 'mark'))
      return { ...hour, confidence: 0.6 };
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
export function settleRange(
  atoms: readonly Atom[],
  first: Draft,
  second: Draft,
  { language }: PieceLocale,
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
