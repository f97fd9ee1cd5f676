import { as, isLink, isLinkOf, type Atom } from './atom.ts';
import { opening } from './chain.ts';
import { piece, type Clock, type Piece, type PieceLocale, type ReadPiece } from './piece.ts';

export interface Reading {
  readonly clock: Clock;
  readonly to: number;
}

const NOON: Clock = { hour: 12, minute: 0, meridiem: 2, literal: true, digital: false };
const MIDNIGHT: Clock = { hour: 0, minute: 0, meridiem: 1, literal: true, digital: false };

export function isNumber(atom: Atom | undefined): atom is Atom {
  return atom?.role === 'number';
}

/** Hour of a number written without minutes. */
function hourOf(atom: Atom | undefined, isSure = false): number {
  if (!isNumber(atom) || atom.decimal || atom.digits > 2) return -1;
  if (atom.entry?.weak === true && !isSure) return -1;
  return atom.value <= 24 ? atom.value : -1;
}

function minuteOf(atom: Atom | undefined): number {
  if (!isNumber(atom) || atom.decimal || atom.digits > 2 || atom.value > 59) return -1;
  return atom.value;
}

/** Minutes in "half past", "quarter to", "y media", "buçuk"; -1 for none. */
function fractionMinutes(atom: Atom | undefined): number {
  const fraction = as(atom, 'fraction');
  if (fraction !== null) return fraction.value < 1 ? fraction.value * 60 : -1;
  // "cuarto" is an ordinal too; only the clock sense counts here.
  return -1;
}

function clock(hour: number, minute: number, over: Partial<Clock> = {}): Clock {
  return {
    hour,
    minute,
    meridiem: 0,
    literal: hour > 12 || (hour === 0 && minute >= 0),
    digital: false,
    ...over,
  };
}

/** A clock some minutes later, or earlier where they are negative. */
export function shiftedClock(base: Clock, minutes: number): Clock {
  const total = (base.hour * 60 + base.minute + minutes + 1440) % 1440;
  const hour = Math.floor(total / 60);
  // "quarter to 1" is 12:45, not 0:45, unless the hour was a 24-hour one.
  const twelve = hour === 0 && !base.literal ? 12 : hour;
  const isWhole = base.literal && (base.hour >= 12 || base.hour === 0);
  return {
    ...base,
    hour: twelve,
    minute: total % 60,
    literal: base.literal,
    meridiem: isWhole ? 0 : base.meridiem,
  };
}

/** "am", "p.m.", "p . m .", and the lone letter glued to its number ("9a"). */
export function readMeridiem(
  atoms: readonly Atom[],
  i: number,
): { readonly value: number; readonly to: number } | null {
  const atom = atoms[i];
  const entry = as(atom, 'meridiem');
  if (atom === undefined || entry === null) return null;
  if (!entry.weak) return { value: entry.value, to: i + 1 };
  let k = i + 1;
  if (atoms[k]?.text === '.') k += 1;
  if (atoms[k]?.text === 'm') {
    k += 1;
    if (atoms[k]?.text === '.' && atoms[k - 2]?.text === '.') k += 1;
    return { value: entry.value, to: k };
  }
  return atom.glued && atoms[i - 1]?.text !== "'" ? { value: entry.value, to: i + 1 } : null;
}

/** What follows the hour: "o'clock", "ish", am and pm, "en punto", "menos cuarto". */
function withTail(atoms: readonly Atom[], reading: Reading): Reading & { readonly said: boolean } {
  let { clock: value, to } = reading;
  let said = false;
  for (let step = 0; step < 3; step += 1) {
    const meridiem = readMeridiem(atoms, to);
    if (meridiem !== null && value.meridiem === 0 && value.hour <= 24) {
      if (value.hour > 12 && atoms[to]?.entry?.weak === true) break;
      value = { ...value, meridiem: meridiem.value, literal: value.hour > 12 };
      to = meridiem.to;
      said = true;
    } else if (isLink(atoms[to], 'oclock')) {
      to += 1;
      said = true;
    } else if (isLink(atoms[to], 'ish')) {
      to += 1;
    } else if (isLink(atoms[to], 'less')) {
      const minutes = Math.max(fractionMinutes(atoms[to + 1]), minuteOf(atoms[to + 1]));
      if (minutes < 0) break;
      value = shiftedClock(value, -minutes);
      to += 2;
      said = true;
    } else {
      break;
    }
  }
  return { clock: value, to, said };
}

/** "3:30", "15h20", "22.10 h", "9 am", "9 o'clock", "1140 a.m.", "7 y media": time with its own sign. */
export const readClock: ReadPiece = (atoms, i, { language }) => {
  const atom = atoms[i];
  if (atom === undefined) return null;
  const named = namedTime(atoms, i);
  if (named !== null) return named;
  const spoken =
    language === 'tr'
      ? turkish(atoms, i)
      : language === 'es'
        ? spanish(atoms, i)
        : minutesFirst(atoms, i);
  if (spoken !== null) {
    const tail = withTail(atoms, spoken);
    return piece('clock', i, tail.to, { clock: tail.clock });
  }
  const base = baseClock(atoms, i);
  if (base === null) return null;
  const tail = withTail(atoms, base);
  if (!base.strong && !tail.said) return null;
  if (tail.clock.meridiem === 2 && tail.clock.hour > 12 && base.bareHour) return null;
  return piece('clock', i, tail.to, { clock: tail.clock });
};

/** The hour an amount of time is counted from: "4pm", "las 4", "noon", "saat 16'dan"; with or without a sign. */
export function clockFrom(atoms: readonly Atom[], i: number, locale: PieceLocale): Reading | null {
  const k = isLink(atoms[i], 'oclock-at', 'the', 'at') ? i + 1 : i;
  const read = readClock(atoms, k, locale);
  return read?.clock == null ? hourAfter(atoms, k) : { clock: read.clock, to: read.to };
}

function namedTime(atoms: readonly Atom[], i: number): Piece | null {
  const name = as(atoms[i], 'part')?.name;
  if (name !== 'noon' && name !== 'midnight') return null;
  // "öğlen 1'de", "mediodía a las 12": with an hour beside it, it is a part of the day.
  const isFrom = atoms[i]?.case === 'abl';
  const isBeside = isNumber(atoms[i + 1]) || atoms[i + 1]?.role === 'clock' || isNumber(atoms[i - 1])
    || as(atoms[i - 1], 'fraction') !== null;
  if (isBeside && !isFrom) return null;
  return piece('clock', i, i + 1, { clock: name === 'noon' ? NOON : MIDNIGHT });
}

interface Base extends Reading {
  readonly strong: boolean;
  readonly bareHour: boolean;
}

function baseClock(atoms: readonly Atom[], i: number): Base | null {
  const atom = atoms[i] as Atom;
  const zero = atom.text.startsWith('0');
  if (atom.role === 'clock') {
    const value = clock(atom.hour, atom.minute, { digital: true });
    const hour = as(atoms[i + 1], 'unit')?.name === 'hour' ? 1 : 0;
    const literal = value.literal || zero || hour === 1;
    return { clock: { ...value, literal }, to: i + 1 + hour, strong: true, bareHour: false };
  }
  const hour = hourOf(atom);
  const next = atoms[i + 1];
  if (
    hour >= 0
    && next?.text === 'h'
    && next.glued
    && minuteOf(atoms[i + 2]) >= 0
    && atoms[i + 2]?.glued === true
  ) {
    const value = clock(hour, minuteOf(atoms[i + 2]), { digital: true });
    return { clock: value, to: i + 3, strong: true, bareHour: false };
  }
  const split = splitMinutes(atoms, i, hour);
  if (split !== null) return split;
  if (!isNumber(atom) || atom.hour < 0 || atom.entry?.weak === true) return null;
  const dotted = atom.minute > 0 || atom.decimal || atom.digits > 2;
  const value = clock(atom.hour, atom.minute, { digital: dotted });
  const literal = value.literal || zero;
  const isHundreds = atom.digits === 4 && as(next, 'unit')?.name === 'hour';
  // "a las 15 horas"
  const isSpoken =
    as(next, 'unit')?.name === 'hour'
    && isLink(atoms[i - 1], 'oclock-at', 'oclock-from', 'oclock-until');
  // "18h" where that is how an hour is written; in English it is a length.
  const isMarked = next?.text === 'h' && next.glued && next.entry?.weak === false;
  const hours = (dotted && next?.text === 'h') || isMarked || isHundreds || isSpoken;
  return {
    clock: { ...value, literal },
    to: hours ? i + 2 : i + 1,
    strong: hours,
    bareHour: !dotted,
  };
}

/** "2 55", "ten thirty", "twelve-oh-three", "dos cuarenta y cinco". */
function splitMinutes(atoms: readonly Atom[], i: number, hour: number): Base | null {
  const atom = atoms[i] as Atom;
  if (hour < 0) return null;
  let k = i + 1;
  if (atoms[k]?.text === '-' && atom.digits === 0) k += 1;
  let zero = 0;
  if (
    as(atoms[k], 'number')?.name === 'oh'
    || (isNumber(atoms[k]) && atoms[k]?.digits === 0 && atoms[k]?.value === 0)
  ) {
    zero = 1;
    k += 1;
    if (atoms[k]?.text === '-') k += 1;
  }
  const next = atoms[k];
  const minute = minuteOf(next);
  if (next === undefined || minute < 0 || next.glued !== (atoms[k - 1]?.text === '-')) return null;
  const words =
    atom.digits === 0
    && next.digits === 0
    && hour >= 1
    && (hour <= 12 || next.case === 'loc' || as(atoms[i - 1], 'unit')?.name === 'hour'
      || isLink(atoms[i - 1], 'oclock-at'))
    && (zero === 1 ? minute < 10 : minute >= 10);
  const digits =
    atom.digits > 0 && next.digits === 2 && zero === 0 && atom.case === ''
    && (next.case === '' || next.case === 'loc');
  if (!words && !digits) return null;
  // "three twenty" is as likely a price; "ten thirty" is not.
  const isUsual = minute % 15 === 0 || zero === 1 || isLinkOf(atoms[i - 1], POINT_LINKS);
  // "on yedi otuzda", "7 30'da"
  const isLocative = next.case === 'loc' && minute % 5 === 0;
  const strong = isLocative || words ? (isLocative || isUsual) && !blocksMinutes(atoms[k + 1])
    : isTimeSetting(atoms, i, k + 1);
  if (!strong && readMeridiem(atoms, k + 1) === null) return null;
  const value = clock(hour, minute, { digital: digits });
  return { clock: value, to: k + 1, strong, bareHour: false };
}

function blocksMinutes(atom: Atom | undefined): boolean {
  return atom?.role === 'currency' || atom?.role === 'thing' || as(atom, 'multiple') !== null;
}

/** "9 10 night", "at 12 30", "after 2 55": two figures that only a setting makes a time. */
function isTimeSetting(atoms: readonly Atom[], i: number, to: number): boolean {
  if (blocksMinutes(atoms[to]) || isNumber(atoms[to]) || isNumber(atoms[i - 1])) return false;
  const next = isLink(atoms[to], 'in', 'at', 'of')
    ? to + (isLink(atoms[to + 1], 'the') ? 2 : 1)
    : to;
  if (as(atoms[next], 'part') !== null) return true;
  // "between 2 and 22 45"
  if (isLink(atoms[i - 1], 'and') && isLink(atoms[i - 3], 'between')) return true;
  return isLinkOf(atoms[i - 1], TIME_LINKS);
}

const TIME_LINKS: ReadonlySet<string> = new Set([
  'at', 'oclock-at', 'after', 'before', 'until', 'oclock-until', 'by', 'around', 'oclock-from',
]);

/** Words before an hour that make "5 to 8" a time rather than a range. */
const POINT_LINKS: ReadonlySet<string> = new Set([
  'at', 'until', 'from', 'before', 'after', 'around', 'by', 'for',
]);

/** "half past 7", "quarter to five", "20 past 7", "ten minutes to 3pm", "15 past noon". */
function minutesFirst(atoms: readonly Atom[], i: number): Reading | null {
  const atom = atoms[i];
  const half = halfHour(atoms, i);
  if (half !== null) return half;
  let minutes = fractionMinutes(atom);
  const isFraction = minutes >= 0;
  if (!isFraction) minutes = minuteOf(atom);
  if (minutes < 0 || as(atom, 'number')?.weak === true) return null;
  let k = i + 1;
  const counted = as(atoms[k], 'unit')?.name === 'minute';
  if (counted) k += 1;
  const isRound = minutes >= 5 && minutes % 5 === 0;
  const past =
    isLink(atoms[k], 'past') || (isLink(atoms[k], 'after') && (isFraction || counted || isRound));
  const to = !past && (isLink(atoms[k], 'until') || (isFraction && isLink(atoms[k], 'of')));
  if (!past && !to) return null;
  if (to && !isFraction && !counted && !isMinutesTo(atoms, i, minutes)) return null;
  if (to && minutes === 30) return null;
  const base = hourAfter(atoms, k + 1);
  if (base === null) return null;
  return { clock: shiftedClock(base.clock, past ? minutes : -minutes), to: base.to };
}

/** British "half six", "at half 7". */
function halfHour(atoms: readonly Atom[], i: number): Reading | null {
  const [before, half, next, after] = [atoms[i - 1], atoms[i], atoms[i + 1], atoms[i + 2]];
  if (half?.text !== 'half' || as(half, 'fraction')?.value !== 0.5) return null;
  const hour = hourOf(next);
  if (hour < 1 || hour > 12) return null;
  const isPlaced = before === undefined || as(before, 'day') !== null || as(before, 'part') !== null
    || as(before, 'weekday') !== null || isLinkOf(before, POINT_LINKS) || isLink(before, 'between', 'and');
  const closes = after === undefined || after.role === 'mark' || as(after, 'link') !== null
    || as(after, 'day') !== null || as(after, 'part') !== null || as(after, 'weekday') !== null
    || readMeridiem(atoms, i + 2) !== null;
  return isPlaced && closes ? { clock: clock(hour, 30), to: i + 2 } : null;
}

function isMinutesTo(atoms: readonly Atom[], i: number, minutes: number): boolean {
  const atom = atoms[i] as Atom;
  if (minutes === 0 || atom.case !== '') return false;
  const between = atoms[i + 1]?.text;
  if (between !== 'to' && between !== 'til' && between !== 'till') return false;
  if (minutes > 24 || (minutes >= 15 && minutes % 5 === 0)) return true;
  if (minutes % 5 !== 0) return false;
  const before = atoms[i - 1];
  const hour = atoms[i + 2];
  // "ten to six"; "10 to 4 in the afternoon", which no range is
  const isSpelled = atom.digits === 0 && hour?.digits === 0 && atoms[i + 3]?.role !== 'word';
  const isAlone = before === undefined || before.role === 'mark' || as(before, 'day') !== null;
  if (isSpelled && isAlone) return true;
  const part = isLink(atoms[i + 3], 'in') ? atoms[i + 5] : atoms[i + 3];
  const isLate = as(part, 'part') !== null && minutes > (hour?.value ?? 99);
  if (isLate && !isLink(before, 'from', 'between')) return true;
  if (isLink(before, 'from', 'between') && before?.text !== 'since') return false;
  return isLink(before, 'and') || isLinkOf(before, POINT_LINKS);
}

/** The hour that minutes count from: a number, a clock, noon, midnight. */
function hourAfter(atoms: readonly Atom[], i: number): Reading | null {
  const name = as(atoms[i], 'part')?.name;
  if (name === 'noon') return { clock: NOON, to: i + 1 };
  if (name === 'midnight') return { clock: MIDNIGHT, to: i + 1 };
  const hour = hourOf(atoms[i]);
  if (hour < 0) return null;
  const next = atoms[i + 1];
  if (next?.role === 'thing' || next?.role === 'currency') return null;
  return { clock: clock(hour, 0), to: i + 1 };
}

/** "las siete y media", "3 y cuarto", "cinco y veinte", "8 menos cuarto". */
function spanish(atoms: readonly Atom[], i: number): Reading | null {
  const latin = minutesToSpanish(atoms, i);
  if (latin !== null) return latin;
  const hour = hourOf(atoms[i]);
  if (hour < 0) return null;
  let k = i + 1;
  const anchored = isLink(atoms[i - 1], 'oclock-at', 'oclock-from', 'oclock-until');
  const half = atoms[k];
  if (as(half, 'fraction') !== null && half?.text === 'y') {
    return { clock: clock(hour, 30), to: k + 1 };
  }
  if (as(atoms[k], 'part') !== null && isLink(atoms[k + 1], 'less')) {
    const minutes = Math.max(fractionMinutes(atoms[k + 2]), minuteOf(atoms[k + 2]));
    const isLate = as(atoms[k], 'part')?.name !== 'morning';
    const base = clock(hour, 0, { meridiem: isLate ? 2 : 1 });
    if (minutes > 0)
      return {
        clock: shiftedClock({ ...base, hour: (hour % 12) + (isLate ? 12 : 0), literal: true }, -minutes),
        to: k + 3,
      };
  }
  if (isLink(atoms[k], 'less')) {
    const minutes = Math.max(fractionMinutes(atoms[k + 1]), minuteOf(atoms[k + 1]));
    if (minutes < 0 || (!anchored && fractionMinutes(atoms[k + 1]) < 0)) return null;
    return { clock: shiftedClock(clock(hour, 0), -minutes), to: k + 2 };
  }
  if (!isLink(atoms[k], 'and', 'with')) return null;
  k += 1;
  const fraction = fractionMinutes(atoms[k]);
  if (fraction > 0) return { clock: clock(hour, fraction), to: k + 1 };
  const minute = minuteOf(atoms[k]);
  const after = as(atoms[k + 1], 'part') ?? as(atoms[k + 1], 'day');
  // "entre las 5 y 6 pm" has two hours.
  if (minute <= 12 && opening(atoms, i) === 'between') return null;
  if (minute < 5 || (!anchored && after === null)) return null;
  const counted = as(atoms[k + 1], 'unit')?.name === 'minute' ? 1 : 0;
  return { clock: clock(hour, minute), to: k + 1 + counted };
}

/** "diez para las seis", "un cuarto para las doce", as in America. */
function minutesToSpanish(atoms: readonly Atom[], i: number): Reading | null {
  const k = atoms[i]?.text === 'un' ? i + 1 : i;
  const link = atoms[k + 1];
  if (link?.text !== 'para' || !isLink(link, 'oclock-at')) return null;
  const minutes = Math.max(fractionMinutes(atoms[k]), minuteOf(atoms[k]));
  if (minutes < 5 || minutes % 5 !== 0 || minutes === 30) return null;
  const base = hourAfter(atoms, k + 2);
  return base === null ? null : { clock: shiftedClock(base.clock, -minutes), to: base.to };
}

/** "yediyi yirmi geçe", "sekize çeyrek var", "yedi buçuk", "saat 16", "yarımda". */
function turkish(atoms: readonly Atom[], i: number): Reading | null {
  const atom = atoms[i] as Atom;
  const isNamed = as(atom, 'unit')?.name === 'hour' && atom.case === '';
  const at = isNamed ? i + 1 : i;
  // "öğlen birde"; elsewhere "birde" is "bir de", too
  const isOfNoon = atom.case === 'loc' && atom.entry?.weak === true
    && as(atoms[i - 1], 'part')?.name === 'noon';
  const prefixed = isNamed || isOfNoon;
  const first = atoms[at];
  const next = atoms[at + 1];
  const minutes = Math.max(fractionMinutes(next), minuteOf(next));
  const counted = as(atoms[at + 2], 'unit')?.name === 'minute' ? 1 : 0;
  const link = atoms[at + 2 + counted];
  const isSure = minutes > 0 && isLink(link, 'minutes-past', 'minutes-to');
  const named = isSure ? as(first, 'part')?.name : undefined;
  if (named === 'noon' || named === 'midnight') {
    // "öğleni çeyrek geçe", "gece yarısına on kala"
    const signed = isLink(link, 'minutes-past') ? minutes : -minutes;
    const base = named === 'noon' ? NOON : MIDNIGHT;
    return { clock: shiftedClock(base, signed), to: at + 3 + counted };
  }
  // "ona", "onda": to him, at his, and ten where an hour is due
  const hour = hourOf(first, isSure || prefixed);
  if (hour < 0 || first === undefined) {
    const clocked = prefixed && (first?.role === 'clock' || (isNumber(first) && first.hour >= 0));
    if (!clocked) return null;
    const base = baseClock(atoms, at);
    return base === null ? null : { clock: base.clock, to: base.to };
  }
  const half = as(next, 'fraction');
  if (
    half?.name === 'and-half'
    && first.case === ''
    && as(atoms[at + 2], 'unit') === null
    && as(atoms[at + 2], 'multiple') === null
    && as(atoms[at + 2], 'currency') === null
  ) {
    return { clock: clock(hour, 30), to: at + 2 };
  }
  if (minutes >= 0 && isLink(link, 'minutes-past') && first.case !== 'dat') {
    return { clock: clock(hour, minutes), to: at + 3 + counted };
  }
  if (minutes >= 0 && isLink(link, 'minutes-to')) {
    return { clock: shiftedClock(clock(hour, 0), -minutes), to: at + 3 + counted };
  }
  if (!prefixed) return null;
  if (first.entry?.weak === true) return { clock: clock(hour, 0), to: at + 1 };
  const base = baseClock(atoms, at);
  return base === null ? null : { clock: base.clock, to: base.to };
}
