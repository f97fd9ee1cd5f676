import { as, isLink, type Atom } from './atom.ts';
import {
  fractionMinutes, hourAfter, isNumber, MIDNIGHT, minuteOf, NOON, readMeridiem, shiftedClock, type Reading,
} from './clock-parts.ts';
import { minutesFirst, spanish, turkish } from './clock-spoken.ts';
import { baseClock } from './clock-written.ts';
import { piece, type Piece, type PieceLocale, type ReadPiece } from './piece.ts';

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
