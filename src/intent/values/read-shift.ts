import { amountAt, negated, NONE, unitAfter, type Amount } from './amount.ts';
import { as, isLink, type Atom } from './atom.ts';
import type { Entry } from './lexicon.ts';
import {
  piece, type DaySaid, type Piece, type PieceLocale, type ReadPiece, type Shift,
} from './piece.ts';
import { shiftedClock } from './clock-parts.ts';
import { clockFrom } from './read-clock.ts';
import { readDay } from './read-day.ts';
import { isDayName } from './read-period.ts';
import { ROLE } from './roles.ts';

const AMOUNT_ROLES = ROLE.unit | ROLE.weekday | ROLE.part;

/** "in 3 hours", "2 weeks ago", "3 days from tomorrow", "dentro de 2 días", "iki gün sonra". */
export const readShift: ReadPiece = (atoms, i, locale) => {
  // Every amount has a unit; beside it only "two mondays from now", "be there in 15", "el día después de"
  // (one phrase) and, in Turkish, the day before or after another ("onceki", without a unit that is spelt
  // right) are read.
  const roles = locale.language === 'tr' ? AMOUNT_ROLES | ROLE.day : AMOUNT_ROLES;
  const isLed = isLink(atoms[i], 'in', 'within') || atoms[i]?.text === 'el';
  if ((locale.present & roles) === 0 && !isLed) return null;
  const window = readWindow(atoms, i);
  if (window !== null) return window;
  const signed = signedShift(atoms, i);
  if (signed !== null) return signed;
  return locale.language === 'tr'
    ? turkishShift(atoms, i, locale)
    : prefixedShift(atoms, i, locale);
};

const prefixedShift: ReadPiece = (atoms, i, locale) => {
  const weekday = as(atoms[i], 'weekday');
  if (weekday !== null) return weekdayFrom(atoms, i, weekday.value, locale);
  const isIn = isLink(atoms[i], 'in', 'within') || isAfterNow(atoms, i);
  const ago = locale.language === 'es' && atoms[i]?.text === 'hace' && isLink(atoms[i], 'ago');
  const at = isIn || ago ? i + 1 : i;
  const skipThe = isLink(atoms[at], 'around', 'the') ? at + 1 : at;
  const isSome = skipThe > at && (atoms[at]?.text === 'unos' || atoms[at]?.text === 'unas');
  const amount = amountAt(atoms, skipThe) ?? oneUnit(atoms, skipThe)
    ?? (isSome ? unitAfter(atoms, skipThe, SOME) : null);
  if (amount === null) {
    const isAlone = isLink(atoms[i], 'in', 'within') && locale.language === 'en';
    if (ago || isIn) {
      // "in three Fridays", "hace dos lunes"
      const counted = weekdaysFrom(atoms, i, at, at + 2, ago);
      if (counted !== null) return counted;
    }
    return countedWeekdays(atoms, i) ?? (isAlone ? minutesAlone(atoms, i) : null);
  }
  const after = atoms[amount.to];
  const later = endOf(atoms, amount.to, 'later');
  if (ago) return shiftPiece(i, amount.to, negated(amount.shift));
  if (later > 0) return shiftPiece(i, later, amount.shift);
  const direction = isLink(after, 'from', 'after') ? 1 : isLink(after, 'before') ? -1 : 0;
  // "a week today", "a fortnight on Friday"
  const isWeeks = amount.unit === 'week' || amount.unit === 'fortnight';
  const direct =
    direction === 0 && isWeeks && !isIn && (as(after, 'day')?.name === '' || isOnWeekday(atoms, amount.to))
      ? baseDay(atoms, amount.to, locale)
      : null;
  if (direct !== null) return basePiece(i, direct.to, direct, amount.shift);
  const base = direction === 0 ? null : baseDay(atoms, amount.to + 1, locale);
  if (base !== null)
    return basePiece(i, base.to, base, direction > 0 ? amount.shift : negated(amount.shift));
  const clocked = direction === 0 || isIn ? null : clockShift(atoms, i, amount, direction, locale);
  if (clocked !== null) return clocked;
  if (isIn) {
    // "within 5 minutes" is any time from now on; of days the last one is what is said.
    const isOpen = isLink(atoms[i], 'within') && amount.shift.minutes !== 0;
    return isOpen
      ? piece('window', i, amount.to, { shift: amount.shift })
      : shiftPiece(i, amount.to, amount.shift);
  }
  const back = endOf(atoms, amount.to, 'ago');
  if (back > 0) return shiftPiece(i, pastToday(atoms, back), negated(amount.shift));
  if (isLink(after, 'before') && isEnd(atoms[amount.to + 1])) {
    return shiftPiece(i, amount.to + 1, negated(amount.shift));
  }
  return isLink(atoms[i - 1], 'for') ? duration(i, amount) : null;
};

/** "unas horas" */
const SOME = 3;

/** "the Monday after Thanksgiving", "el viernes antes de navidad" */
function weekdayFrom(
  atoms: readonly Atom[], i: number, weekday: number, locale: PieceLocale,
): Piece | null {
  const link = atoms[i + 1];
  const isAfter = isLink(link, 'after');
  if (!isAfter && !isLink(link, 'before')) return null;
  const base = baseDay(atoms, i + 2, locale);
  if (base?.day == null || !POINTS.has(base.day.kind)) return null;
  return piece('day', i, base.to, { day: { kind: 'weekdayFrom', weekday, isAfter, base: base.day } });
}

const ONE_OF: ReadonlySet<string> = new Set(['day', 'week', 'fortnight', 'month', 'year']);

/** "the day before Christmas", "el día después de navidad", "a fortnight from today": one of them. */
function oneUnit(atoms: readonly Atom[], i: number): Amount | null {
  const isCounted = isLink(atoms[i + 1], 'before', 'after') || isLink(atoms[i + 1], 'from');
  if (!isCounted || as(atoms[i + 2], 'relative') !== null) return null;
  // "el día" is one phrase; nothing else stands between "el" and "después de".
  if (atoms[i]?.text === 'el') return { shift: { ...NONE, days: 1 }, to: i + 1, unit: 'day' };
  return ONE_OF.has(as(atoms[i], 'unit')?.name ?? '') ? unitAfter(atoms, i, 1) : null;
}

function isOnWeekday(atoms: readonly Atom[], i: number): boolean {
  return isLink(atoms[i], 'on') && as(atoms[i + 1], 'weekday') !== null;
}

/** "15 minutes before noon", "2 horas después de las 4". */
function clockShift(
  atoms: readonly Atom[], i: number, amount: Amount, direction: number, locale: PieceLocale,
): Piece | null {
  if (!isClockAmount(amount)) return null;
  const base = clockFrom(atoms, amount.to + 1, locale);
  if (base === null) return null;
  // "for 2 hours from 9" begins at 9.
  const isLength = isLink(atoms[i - 1], 'for');
  const minutes = isLength ? 0 : direction * amount.shift.minutes;
  return piece('clock', i, base.to, { clock: shiftedClock(base.clock, minutes) });
}

/** "saat 16'dan 30 dakika sonra" */
function turkishClockShift(
  atoms: readonly Atom[], i: number, locale: PieceLocale,
): Piece | null {
  const base = clockFrom(atoms, i, locale);
  if (base === null || atoms[base.to - 1]?.case !== 'abl') return null;
  const amount = amountAt(atoms, base.to);
  if (amount === null || !isClockAmount(amount)) return null;
  const link = atoms[amount.to];
  const direction = isLink(link, 'after') ? 1 : isLink(link, 'before') ? -1 : 0;
  if (direction === 0) return null;
  const clock = shiftedClock(base.clock, direction * amount.shift.minutes);
  return piece('clock', i, amount.to + 1, { clock });
}

function isClockAmount({ shift }: Amount): boolean {
  return shift.minutes !== 0 && shift.minutes < 1440 && shift.days === 0 && shift.months === 0;
}

/** "+2 days", "-2hr5min": a sign before an amount, glued to nothing before it. */
function signedShift(atoms: readonly Atom[], i: number): Piece | null {
  const sign = atoms[i];
  if (sign?.text !== '+' && sign?.text !== '-') return null;
  if (sign.glued || atoms[i + 1]?.glued !== true) return null;
  const amount = amountAt(atoms, i + 1);
  if (amount === null) return null;
  return shiftPiece(i, amount.to, sign.text === '-' ? negated(amount.shift) : amount.shift);
}

/** "after an hour": an amount behind "after", with nothing to count from. */
function isAfterNow(atoms: readonly Atom[], i: number): boolean {
  return isLink(atoms[i], 'after') && as(atoms[i - 1], 'unit') === null;
}

/** "for 30 minutes": mostly how long, at times when; weak, so that it never joins a date. */
function duration(i: number, { to, shift }: Amount): Piece {
  return piece('shift', i, to, { shift, strong: false });
}

function isEnd(atom: Atom | undefined): boolean {
  return atom === undefined || (atom.role === 'mark' && '.,!?;'.includes(atom.text));
}

/** "later" and "ago" also stand for other things; the table says which words may close an amount. */
function endOf(atoms: readonly Atom[], i: number, name: 'later' | 'ago'): number {
  const atom = atoms[i];
  if (isLink(atom, name)) return i + 1;
  const entry = as(atom, 'edge');
  if (name === 'later' && entry?.name === 'late' && atom?.text !== 'late') return i + 1;
  if (name === 'ago' && entry?.name === 'early' && atom?.text === 'earlier') return i + 1;
  return -1;
}

/** After the "today" of "a year ago today", "bir hafta önce bugün"; `i` where it is not said. */
function pastToday(atoms: readonly Atom[], i: number): number {
  const day = as(atoms[i], 'day');
  return day?.name === '' && day.value === 0 ? i + 1 : i;
}

/** "be there in 15": minutes, where nothing else follows. */
function minutesAlone(atoms: readonly Atom[], i: number): Piece | null {
  const number = atoms[i + 1];
  if (number?.role !== 'number' || number.decimal || number.value < 3 || number.value > 90)
    return null;
  const prime = atoms[i + 2]?.text === "'" && atoms[i + 2]?.glued === true;
  const end = i + (prime ? 3 : 2);
  if (!isEnd(atoms[end]) || number.digits === 0) return null;
  return shiftPiece(i, end, { ...NONE, minutes: number.value });
}

function shiftPiece(from: number, to: number, shift: Shift): Piece {
  return piece('shift', from, to, { shift });
}

interface Base {
  readonly day: DaySaid | null;
  readonly to: number;
}

function baseDay(atoms: readonly Atom[], i: number, locale: Parameters<ReadPiece>[2]): Base | null {
  let k = i;
  while (k < i + 2 && isLink(atoms[k], 'the', 'on')) k += 1;
  if (as(atoms[k], 'day')?.name === 'now') return { day: null, to: k + 1 };
  const day = readDay(atoms, k, locale);
  return day?.day == null ? null : { day: day.day, to: day.to };
}

function basePiece(from: number, to: number, base: Base, shift: Shift): Piece {
  if (base.day === null || shift.minutes !== 0) return shiftPiece(from, to, shift);
  return piece('day', from, to, { day: { kind: 'shifted', shift, base: base.day } });
}

/** Days that another is counted from. */
const POINTS: ReadonlySet<DaySaid['kind']> = new Set<DaySaid['kind']>(
  ['days', 'weekday', 'date', 'feast', 'nth'],
);

/** "cumadan", and behind a possessive "yılbaşından", "ayın 5'inden". */
function isAblative(atom: Atom | undefined): boolean {
  return atom?.case === 'abl' || (atom?.case === 'day' && /d[ae]n$/.test(atom.text));
}

/** "3 saat sonra", "2 hafta içinde", "bugünden itibaren iki gün içinde", "iki pazartesi sonra". */
const turkishShift: ReadPiece = (atoms, i, locale) => {
  const base = readDay(atoms, i, locale);
  if (base?.day != null && POINTS.has(base.day.kind) && isAblative(atoms[base.to - 1])) {
    const relative = atoms[base.to]?.text;
    const weekday = as(atoms[base.to + 1], 'weekday');
    if ((relative === 'sonraki' || relative === 'onceki') && weekday !== null) {
      // "bayramdan sonraki pazartesi"
      const isAfter = relative === 'sonraki';
      const to = isDayName(atoms[base.to + 2]) ? base.to + 3 : base.to + 2;
      return piece('day', i, to, {
        day: { kind: 'weekdayFrom', weekday: weekday.value, isAfter, base: base.day },
      });
    }
    const next = as(atoms[base.to], 'day') === null ? undefined : relative;
    if (next === 'sonraki' || next === 'onceki') {
      // "pazartesiden sonraki gün"
      const shift = { ...NONE, days: next === 'sonraki' ? 1 : -1 };
      return basePiece(i, base.to + 1, { day: base.day, to: base.to }, shift);
    }
    const k = isLink(atoms[base.to], 'after') ? base.to + 1 : base.to;
    const amount = amountAt(atoms, k);
    const isCounted = amount !== null && (k > base.to || isLink(atoms[amount.to], 'after'));
    if (amount !== null && amount.shift.minutes === 0 && isLink(atoms[amount.to], 'before')) {
      // "yılbaşından 3 gün önce"
      return basePiece(i, amount.to + 1, { day: base.day, to: base.to }, negated(amount.shift));
    }
    if (amount !== null && amount.shift.minutes === 0 && isCounted) {
      const end = isLink(atoms[amount.to], 'inside', 'after') ? amount.to + 1 : amount.to;
      return basePiece(i, end, { day: base.day, to: base.to }, amount.shift);
    }
  }
  const clocked = turkishClockShift(atoms, i, locale);
  if (clocked !== null) return clocked;
  let amount = amountAt(atoms, i);
  if (amount === null) return countedWeekdays(atoms, i);
  // "bir saat kadar sonra"
  const isAbout = atoms[amount.to]?.text === 'kadar' && isLink(atoms[amount.to + 1], 'after', 'before');
  if (isAbout) amount = { ...amount, to: amount.to + 1 };
  const link = atoms[amount.to];
  if (isLink(link, 'inside', 'after')) return shiftPiece(i, amount.to + 1, amount.shift);
  if (isLink(link, 'before')) {
    return shiftPiece(i, pastToday(atoms, amount.to + 1), negated(amount.shift));
  }
  // "5 dakikaya oradayım"
  const last = atoms[amount.to - 1];
  if (last?.case === 'dat' || last?.text === 'haftaya') return shiftPiece(i, amount.to, amount.shift);
  // "10 dk ya"
  if (link?.text === 'ya' || link?.text === 'ye') return shiftPiece(i, amount.to + 1, amount.shift);
  return isLink(link, 'for', 'during') ? duration(i, amount) : null;
};

/** "iki pazartesi sonra", "2 sundays from now", "two sundays ago", the second one from now; "two nights ago". */
function countedWeekdays(atoms: readonly Atom[], i: number): Piece | null {
  const number = atoms[i];
  const weekday = as(atoms[i + 1], 'weekday');
  const isPast = isLink(atoms[i + 2], 'ago', 'before');
  const isNights = as(atoms[i + 1], 'part')?.name === 'night' && number?.role === 'number';
  if (isNights && isLink(atoms[i + 2], 'ago')) {
    return piece('part', i, i + 3, { part: 'night', day: { kind: 'days', days: -number.value } });
  }
  if (weekday === null || (!isPast && !isLink(atoms[i + 2], 'after', 'later'))) return null;
  return weekdaysFrom(atoms, i, i, i + 3, isPast);
}

/** The weekdays that the number at `at` counts, as a piece of the atoms `from` to before `to`. */
function weekdaysFrom(
  atoms: readonly Atom[], from: number, at: number, to: number, isPast: boolean,
): Piece | null {
  const number = atoms[at];
  const weekday = as(atoms[at + 1], 'weekday');
  if (number?.role !== 'number' || weekday === null || number.value < 1 || number.value > 10) return null;
  const which = isPast ? 'last' : 'coming';
  const base: DaySaid = { kind: 'weekday', weekday: weekday.value, which, week: null };
  const shift = { ...NONE, days: (isPast ? -7 : 7) * (number.value - 1) };
  return piece('day', from, to, { day: { kind: 'shifted', shift, base } });
}

/** "next 3 days", "last minute", "5 past minutes", "within the next 5 hours", "son 2 dakika". */
function readWindow(atoms: readonly Atom[], i: number): Piece | null {
  let k = i;
  while (k < i + 2 && isLink(atoms[k], 'within', 'in', 'the')) k += 1;
  const relative = as(atoms[k], 'relative');
  if (relative !== null && relative.name !== 'this') {
    const amount = amountAt(atoms, k + 1) ?? lone(atoms, k + 1);
    // "a última hora": late, not the last hour.
    if (amount === null || atoms[k - 1]?.text === 'a') return null;
    return windowPiece(i, amount.to, relative, amount.shift);
  }
  if (k > i || atoms[k]?.role !== 'number') return null;
  const number = atoms[k] as Atom;
  const between = as(atoms[k + 1], 'relative');
  if (between !== null && between.name !== 'this') {
    const unit = unitAfter(atoms, k + 2, number.value);
    return unit === null ? null : windowPiece(i, unit.to, between, unit.shift);
  }
  const amount = amountAt(atoms, k);
  const after = amount === null ? null : as(atoms[amount.to], 'relative');
  if (amount === null || after === null || after.name === 'this' || after.name === 'coming')
    return null;
  const beyond = atoms[amount.to + 1];
  // "20 minutes past five" counts minutes, "2 days next week" two days of a week.
  if (as(beyond, 'unit') !== null || as(beyond, 'weekday') !== null) return null;
  if (beyond?.role === 'number' || as(beyond, 'part') !== null) return null;
  return windowPiece(i, amount.to + 1, after, amount.shift);
}

/** "next hour", "last minute": one of a unit shorter than a day. */
function lone(atoms: readonly Atom[], i: number): Amount | null {
  const unit: Entry | null = as(atoms[i], 'unit');
  if (unit === null || (unit.name !== 'minute' && unit.name !== 'hour')) return null;
  return unitAfter(atoms, i, 1);
}

function windowPiece(from: number, to: number, relative: Entry, shift: Shift): Piece {
  return piece('window', from, to, { shift: relative.value < 0 ? negated(shift) : shift });
}
