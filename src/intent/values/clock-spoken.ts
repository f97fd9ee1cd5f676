/** Times of day as each language says them: "half past 7", "las siete y media", "yediyi yirmi geçe". */
import { as, isLink, isLinkOf, type Atom } from './atom.ts';
import { opening } from './chain.ts';
import {
  clock, fractionMinutes, hourAfter, hourOf, isNumber, MIDNIGHT, minuteOf, NOON, POINT_LINKS, readMeridiem,
  shiftedClock, type Reading,
} from './clock-parts.ts';
import { baseClock } from './clock-written.ts';

/** "half past 7", "quarter to five", "20 past 7", "ten minutes to 3pm", "15 past noon". */
export function minutesFirst(atoms: readonly Atom[], i: number): Reading | null {
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

/** "las siete y media", "3 y cuarto", "cinco y veinte", "8 menos cuarto". */
export function spanish(atoms: readonly Atom[], i: number): Reading | null {
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
export function turkish(atoms: readonly Atom[], i: number): Reading | null {
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
