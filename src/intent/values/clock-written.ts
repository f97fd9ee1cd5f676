/** Times of day in the order they are written: "3:30", "15h20", "2 55", "ten thirty". */
import { as, isLink, isLinkOf, type Atom } from './atom.ts';
import { clock, hourOf, isNumber, minuteOf, POINT_LINKS, readMeridiem, type Reading } from './clock-parts.ts';

export interface Base extends Reading {
  readonly strong: boolean;
  readonly bareHour: boolean;
}

export function baseClock(atoms: readonly Atom[], i: number): Base | null {
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
