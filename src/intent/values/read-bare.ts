import { as, isLink } from './atom.ts';
import { piece, type Clock, type ReadPiece } from './piece.ts';
import { isNumber } from './clock-parts.ts';

/** A number that could be an hour or a day of the month, if its surroundings say so. */
export const readBare: ReadPiece = (atoms, i) => {
  const atom = atoms[i];
  // "at a couple of" counts something; no hour and no day is "a few".
  if (!isNumber(atom) || atom.entry?.weak === true || atom.entry?.name === 'some') return null;
  const isHour = atom.hour >= 0;
  const isDay = !atom.decimal && atom.value >= 1 && atom.value <= 31 && atom.digits <= 2;
  if (!isHour && !isDay) return null;
  const next = atoms[i + 1];
  if (
    next !== undefined
    && (next.role === 'thing'
      || next.role === 'currency'
      || next.role === 'id'
      || isLink(next, 'percent')
      || as(next, 'multiple') !== null)
  )
    return null;
  if (next?.role === 'number' && next.glued) return null;
  if (next?.text === "'" || next?.text === '"' || next?.text === '°') return null;
  const unit = as(next, 'unit');
  if (unit !== null && !(unit.name === 'hour' && next?.text === 'h')) return null;
  const before = atoms[i - 1];
  if (
    before?.role === 'currency'
    || before?.role === 'thing'
    || before?.text === '#'
    || isLink(before, 'percent')
  )
    return null;
  const value: Clock | null = isHour
    ? {
        hour: atom.hour,
        minute: atom.minute,
        meridiem: 0,
        literal: atom.hour > 12 || atom.text.startsWith('0') || atom.hour === 0,
        digital: atom.digits > 2 || atom.decimal,
      }
    : null;
  const day = isDay
    ? ({
        kind: 'date',
        year: null,
        month: null,
        day: atom.value,
        weekday: null,
        months: null,
      } as const)
    : null;
  const to = unit === null ? i + 1 : i + 2;
  return piece('bare', i, to, { clock: value, day, strong: false });
};
