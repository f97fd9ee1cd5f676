import { SAME_TIME, type Clock, type DaySaid, type Edge, type Piece, type Shift } from './piece.ts';

/** One end of a mention while it is put together. */
export interface Draft {
  readonly day: DaySaid | null;
  readonly clock: Clock | null;
  readonly part: string | null;
  readonly edge: Edge | null;
  readonly shift: Shift | null;
  readonly window: Shift | null;
  readonly now: boolean;
  /** A number not yet known to be an hour or a day. */
  readonly bare: Piece | null;
  /** Atoms `from` to before `to`. */
  readonly from: number;
  readonly to: number;
  /** First atom of the piece joined last. */
  readonly last: number;
  readonly strong: boolean;
}

export function draftOf(piece: Piece): Draft {
  const isBare = piece.type === 'bare';
  return {
    day: isBare ? null : piece.day,
    clock: isBare ? null : piece.clock,
    part: piece.part,
    edge: piece.edge,
    shift: piece.type === 'shift' ? piece.shift : null,
    window: piece.type === 'window' ? piece.shift : null,
    now: piece.type === 'now',
    bare: isBare ? piece : null,
    from: piece.from,
    to: piece.to,
    last: piece.from,
    strong: piece.strong,
  };
}

/** Joins what two pieces say; null where they contradict or repeat each other. */
export function joined(draft: Draft, piece: Piece): Draft | null {
  const whole = joinedUnplaced(draft, piece);
  return whole === null ? null : { ...whole, last: piece.from };
}

function joinedUnplaced(draft: Draft, piece: Piece): Draft | null {
  if (draft.window !== null || piece.type === 'window') return null;
  if (!draft.strong && draft.shift !== null) return null;
  if (draft.now || piece.type === 'now') return null;
  if (isTwiceTimed(draft, piece)) return null;
  const to = piece.to;
  switch (piece.type) {
    case 'day':
      return joinDay(draft, piece);
    case 'clock':
      if (draft.clock !== null || hasMinutes(draft) || isLong(draft.day)) return null;
      if (draft.bare !== null) {
        // "on 15 at 8:00", "Monday 21 at 5 pm": the bare number before a time is the day.
        if (draft.bare.day === null) return null;
        if (draft.day !== null) {
          const day = mergeDays(draft.day, draft.bare.day);
          return day === null ? null : { ...draft, day, bare: null, clock: piece.clock, to };
        }
        return { ...draft, day: draft.bare.day, bare: null, clock: piece.clock, to, strong: true };
      }
      return { ...draft, clock: piece.clock, to, strong: true };
    case 'part':
      return joinPart(draft, piece);
    case 'bare':
      if (draft.bare?.day != null && draft.day?.kind === 'weekday' && piece.clock !== null) {
        const day = mergeDays(draft.day, draft.bare.day);
        return day === null ? null : { ...draft, day, bare: piece, to };
      }
      if (draft.bare !== null && draft.day === null && draft.part === null && piece.day !== null) {
        return { ...draft, clock: draft.bare.clock, bare: null, day: piece.day, to, strong: true };
      }
      if (draft.clock !== null && draft.day === null && piece.day !== null) {
        return { ...draft, day: piece.day, to };
      }
      if (draft.clock !== null || draft.bare !== null || hasMinutes(draft)) return null;
      if (draft.day === null && draft.part === null && draft.shift === null) return null;
      return { ...draft, bare: piece, to };
    default:
      return null;
  }
}

/** "this time" is an hour by itself: no other stands beside it. */
function isTwiceTimed(draft: Draft, piece: Piece): boolean {
  if (piece.part === SAME_TIME) return draft.clock !== null || draft.bare !== null;
  return draft.part === SAME_TIME && piece.type !== 'day';
}

/** "in 3 hours" names its minute; "in 3 days" leaves the hour open. */
function hasMinutes({ shift }: Draft): boolean {
  return shift !== null && shift.minutes !== 0;
}

function joinPart(draft: Draft, piece: Piece): Draft | null {
  if (draft.part !== null && draft.part !== piece.part) return null;
  if (isLong(draft.day)) return null;
  if (draft.shift !== null && draft.shift.days === 0 && draft.shift.months === 0) return null;
  const day =
    piece.day === null
      ? draft.day
      : draft.day === null
        ? piece.day
        : mergeDays(draft.day, piece.day);
  if (piece.day !== null && day === null) return null;
  return {
    ...draft,
    day,
    part: piece.part,
    edge: draft.edge ?? piece.edge,
    to: piece.to,
    strong: true,
  };
}

function joinDay(draft: Draft, piece: Piece): Draft | null {
  if (piece.day === null) return null;
  if (draft.shift !== null) return joinWeeks(draft, draft.shift, piece.day, piece.to);
  if (draft.day === null) {
    const timed = draft.clock !== null || draft.part !== null || draft.bare !== null;
    if (timed && isLong(piece.day)) return null;
    return { ...draft, day: piece.day, to: piece.to, strong: true };
  }
  const day = mergeDays(draft.day, piece.day);
  return day === null ? null : { ...draft, day, to: piece.to, strong: true };
}

/** "iki hafta sonra cuma", "in two weeks on Friday": a weekday of the week that is counted. */
function joinWeeks(draft: Draft, shift: Shift, day: DaySaid, to: number): Draft | null {
  const isWeeks = shift.days !== 0 && shift.days % 7 === 0 && shift.months === 0
    && shift.workdays === 0 && shift.minutes === 0;
  const isFree = draft.day === null && draft.clock === null && draft.part === null && draft.bare === null;
  if (!isWeeks || !isFree || day.kind !== 'weekday' || day.which !== 'plain') return null;
  return { ...draft, day: { ...day, week: shift.days / 7 }, shift: null, to, strong: true };
}

/** A week, month or year has no hour: a time beside it stands for itself. */
function isLong(day: DaySaid | null): boolean {
  if (day === null) return false;
  if (day.kind === 'period') return day.unit !== 'day' && day.unit !== 'weekend';
  return (
    day.kind === 'month'
    || day.kind === 'weekNumber'
    || day.kind === 'weekOf'
    || day.kind === 'nthWeek'
    || day.kind === 'year'
    || day.kind === 'decade'
    || day.kind === 'season'
    || day.kind === 'quarter'
  );
}

/** "Friday" + "June 7th", "Tuesday" + "next week", "this" part + weekday: one day said twice. */
export function mergeDays(a: DaySaid, b: DaySaid): DaySaid | null {
  if (a.kind === 'weekday') return mergeWeekday(a, b);
  if (b.kind === 'weekday') return mergeWeekday(b, a);
  if (a.kind === 'days' && b.kind === 'days') return a.days === b.days ? a : null;
  if (a.kind === 'days' && b.kind === 'date') return b;
  if (a.kind === 'date' && b.kind === 'days') return a;
  if (a.kind === 'date' && b.kind === 'period' && b.unit === 'month' && b.edge === null) {
    return a.month === null ? { ...a, months: b.offset } : null;
  }
  if (b.kind === 'date' && a.kind === 'period' && a.unit === 'month' && a.edge === null) {
    return b.month === null ? { ...b, months: a.offset } : null;
  }
  return null;
}

function mergeWeekday(
  weekday: DaySaid & { readonly kind: 'weekday' },
  other: DaySaid,
): DaySaid | null {
  switch (other.kind) {
    case 'date':
      return { ...other, weekday: weekday.weekday };
    case 'days':
      return other.days <= 2 ? other : null;
    case 'period':
      if (other.edge !== null) return null;
      if (other.unit === 'week') return { ...weekday, week: other.offset };
      return other.unit === 'weekend' && (weekday.weekday === 0 || weekday.weekday === 6)
        ? { ...weekday, week: other.offset }
        : null;
    case 'weekday':
      return other.weekday === weekday.weekday ? weekday : null;
    case 'nthWeek': {
      // "1st week of October on Friday"
      const days = (weekday.weekday + 6) % 7;
      return { kind: 'shifted', shift: { months: 0, days, workdays: 0, minutes: 0 }, base: other };
    }
    default:
      return null;
  }
}
