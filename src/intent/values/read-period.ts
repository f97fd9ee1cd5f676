import { as, isLink, type Atom } from './atom.ts';
import { decadeYear, yearAt, type DayRead } from './day-words.ts';

export function dayPeriod(atoms: readonly Atom[], i: number): DayRead | null {
  const day = as(atoms[i], 'day');
  if (day === null || day.name !== '') return null;
  if (day.weak && atoms[i - 1]?.text === 'la') return null;
  return { day: { kind: 'period', unit: 'day', offset: day.value, edge: null }, to: i + 1 };
}

/** "day", Turkish "günü", which is a link too ("cuma günü"). */
export function isDayName(atom: Atom | undefined): boolean {
  return as(atom, 'unit')?.name === 'day' || (isLink(atom, 'the') && atom?.text.startsWith('gun') === true);
}

type PeriodUnit = 'day' | 'week' | 'weekend' | 'month' | 'year';

const PERIOD_UNITS: ReadonlySet<string> = new Set(['week', 'weekend', 'month', 'year']);

/** "next week", "la semana que viene", "bu hafta sonu", "the weekend", "week 31". */
export function period(atoms: readonly Atom[], i: number, isEdged = false): DayRead | null {
  const relative = as(atoms[i], 'relative');
  const at = relative === null ? i : i + 1;
  const unit = as(atoms[at], 'unit');
  if (unit === null) return relative?.name === 'next' ? twiceNext(atoms, i) : null;
  if (unit.name === 'season') {
    // "next summer", "el verano que viene"
    const said = relative ?? as(atoms[at + 1], 'relative');
    const to = relative === null ? at + 2 : at + 1;
    const season = { kind: 'season', season: unit.value, offset: said?.value ?? 0, edge: null } as const;
    if (said !== null) return { day: { ...season, year: null }, to };
    const year = yearAt(atoms, at + 1);
    if (year !== null) return { day: { ...season, year: year.year }, to: year.to };
    const isIn = isLink(atoms[i - 1], 'in') || isLink(atoms[i - 2], 'in') || isSeasonCase(atoms[at]);
    return isIn || isEdged ? { day: { ...season, year: null }, to: at + 1 } : null;
  }
  if (unit.name === 'decade') {
    return relative === null ? { day: { kind: 'decade', year: unit.value }, to: at + 1 } : null;
  }
  const tens = atoms[at + 1];
  if (atoms[at]?.text === 'anos' && tens?.role === 'number' && atoms[i - 1]?.role !== 'number') {
    // "años 90", "años noventa"
    const year = decadeYear(tens);
    if (year !== null) return { day: { kind: 'decade', year }, to: at + 2 };
  }
  if (unit.name === 'workday' && relative !== null && relative.value !== 0) {
    const shift = { months: 0, days: 0, minutes: 0, workdays: relative.value };
    return { day: { kind: 'shifted', shift, base: { kind: 'days', days: 0 } }, to: at + 1 };
  }
  if (relative === null && atoms[at]?.text === 'seneye' && atoms[i - 1]?.role !== 'number') {
    return { day: { kind: 'period', unit: 'year', offset: 1, edge: null }, to: at + 1 };
  }
  const isDay = unit.name === 'day' && isEdged && (relative === null || relative.name === 'this');
  if (!PERIOD_UNITS.has(unit.name) && !isDay) return null;
  const name = unit.name as PeriodUnit;
  const make = (offset: number, to: number): DayRead => (
    { day: { kind: 'period', unit: name, offset, edge: null }, to });
  // "the coming weekend" is the one of this week.
  const isThis = name === 'weekend' && relative?.name === 'coming';
  if (relative !== null) return make(isThis ? 0 : relative.value, at + 1);
  if (isLink(atoms[at + 1], 'after') && as(atoms[at + 2], 'relative')?.name === 'next') {
    return make(2, at + 3);
  }
  const after = as(atoms[at + 1], 'relative');
  if (after !== null && after.name !== 'this') {
    const isOther = as(atoms[at + 2], 'unit') !== null || as(atoms[at + 2], 'weekday') !== null
      || isDayName(atoms[at + 2]);
    if (!isOther) return make(after.value, at + 2);
  }
  const number = atoms[at + 1];
  if (name === 'week' && number?.role === 'number' && number.value >= 1 && number.value <= 53
    && number.digits > 0 && as(atoms[i - 1], 'number') === null) {
    return { day: { kind: 'weekNumber', week: number.value }, to: at + 2 };
  }
  const counted = atoms[i - 1]?.role === 'number' || as(atoms[i - 1], 'number') !== null;
  if (name === 'weekend' && !counted) return make(0, at + 1);
  return isEdged ? make(0, at + 1) : null;
}

/** "baharda", "kışın"; "yazın" is "write!" more often. */
function isSeasonCase(atom: Atom | undefined): boolean {
  return atom?.case === 'loc' || (atom?.case === 'gen' && atom.text.startsWith('kis'));
}

/** Turkish "haftaya" with no unit after it is "next week". */
function twiceNext(atoms: readonly Atom[], i: number): DayRead | null {
  if (atoms[i]?.text !== 'haftaya' || as(atoms[i + 1], 'weekday') !== null) return null;
  const day = as(atoms[i + 1], 'day');
  if (day?.name === '') {
    // "haftaya bugün"
    return { day: { kind: 'days', days: day.value + 7 }, to: i + 2 };
  }
  return { day: { kind: 'period', unit: 'week', offset: 1, edge: null }, to: i + 1 };
}
