import type { Atom } from './atom.ts';

/** A year by its figure, or counted from the running one ("next year": 1). */
export type YearSaid = number | { readonly years: number };

/** A date as said, before it is counted from the reference. */
export type DaySaid =
  | { readonly kind: 'days'; readonly days: number }
  | {
      readonly kind: 'weekday';
      readonly weekday: number;
      readonly which: 'plain' | 'this' | 'next' | 'coming' | 'last';
      /** Weeks from this one where the week itself is named ("Tuesday next week"). */
      readonly week: number | null;
    }
  | {
      readonly kind: 'date';
      readonly year: YearSaid | null;
      readonly month: number | null;
      readonly day: number;
      readonly weekday: number | null;
      /** Months from this one where the month is named so ("the 20th of next month"). */
      readonly months: number | null;
    }
  | {
      readonly kind: 'period';
      readonly unit: 'day' | 'week' | 'weekend' | 'month' | 'year';
      readonly offset: number;
      readonly edge: Edge | null;
    }
  | {
      readonly kind: 'month';
      readonly month: number;
      readonly year: YearSaid | null;
      readonly edge: Edge | null;
    }
  | { readonly kind: 'weekNumber'; readonly week: number }
  | { readonly kind: 'year'; readonly year: YearSaid; readonly edge: Edge | null }
  /** Ten years from `year`: "the nineties". */
  | { readonly kind: 'decade'; readonly year: number }
  /**
   * 0 spring to 3 winter, whole months from March on; without a year `offset` years from the running
   * or next one.
   */
  | {
      readonly kind: 'season';
      readonly season: number;
      readonly offset: number;
      readonly year: YearSaid | null;
      readonly edge: Edge | null;
    }
  /** A feast of `feasts.ts`; the next one where no year is said. */
  | { readonly kind: 'feast'; readonly name: string; readonly year: YearSaid | null }
  /**
   * The parts of a year, each of `months`; `offset` from the running one where it is not named, else
   * null.
   */
  | {
      readonly kind: 'quarter';
      /** From 1 on. */
      readonly quarter: number;
      readonly months: 3 | 6;
      readonly offset: number | null;
      readonly year: YearSaid | null;
    }
  /** "Labor Day weekend" */
  | { readonly kind: 'weekendOf'; readonly base: DaySaid }
  /** "the week of the 18th" */
  | { readonly kind: 'weekOf'; readonly base: DaySaid }
  /** "the last week of July", "of 2019", "first week of next month"; `nth` as for weekdays. */
  | {
      readonly kind: 'nthWeek';
      readonly nth: number;
      readonly month: number | null;
      readonly months: number | null;
      readonly year: YearSaid | null;
    }
  | {
      readonly kind: 'nth';
      /** 1 to 5; -1 for the last. */
      readonly nth: number;
      /** null for any day: "the last day of November". */
      readonly weekday: number | null;
      readonly month: number | null;
      readonly months: number | null;
      readonly year: YearSaid | null;
    }
  | { readonly kind: 'shifted'; readonly shift: Shift; readonly base: DaySaid }
  /** The first such weekday after a day, or the last one before it: "the Monday after Thanksgiving". */
  | {
      readonly kind: 'weekdayFrom';
      readonly weekday: number;
      readonly isAfter: boolean;
      readonly base: DaySaid;
    };

export type Edge = 'begin' | 'early' | 'middle' | 'late' | 'end' | 'rest';

/** An amount of time, positive into the future. */
export interface Shift {
  readonly months: number;
  readonly days: number;
  readonly workdays: number;
  readonly minutes: number;
}

export interface Clock {
  readonly hour: number;
  readonly minute: number;
  /** 0 not said, 1 am, 2 pm. */
  readonly meridiem: number;
  /** Written as a 24-hour clock ("08:00", "17", "0:30"): no afternoon is read into it. */
  readonly literal: boolean;
  /** Written with minutes in digits ("8:00"). */
  readonly digital: boolean;
}

/** The part of "this time tomorrow": the hour at which it is said, on another day. */
export const SAME_TIME = 'same-time';

/** One constituent: a stretch of atoms with one meaning. */
export interface Piece {
  readonly type: 'day' | 'clock' | 'part' | 'shift' | 'window' | 'now' | 'bare';
  readonly day: DaySaid | null;
  readonly clock: Clock | null;
  readonly part: string | null;
  readonly edge: Edge | null;
  readonly shift: Shift | null;
  /** Atoms `from` to before `to`. */
  readonly from: number;
  readonly to: number;
  /** Certain without company; a weak piece needs an anchor or a partner. */
  readonly strong: boolean;
}

export function piece(type: Piece['type'], from: number, to: number, over: Partial<Piece>): Piece {
  return {
    type,
    day: null,
    clock: null,
    part: null,
    edge: null,
    shift: null,
    from,
    to,
    strong: true,
    ...over,
  };
}

/** Reads one constituent at atom `i`; null where there is none. Looks a bounded number of atoms ahead. */
export type ReadPiece = (atoms: readonly Atom[], i: number, locale: PieceLocale) => Piece | null;

export interface PieceLocale {
  readonly language: 'en' | 'es' | 'tr';
  /** Day before month in numeric dates. */
  readonly dayFirst: boolean;
  /** Bits of `ROLE` of all atoms of the text: what is nowhere in it need not be looked for. */
  readonly present: number;
}
