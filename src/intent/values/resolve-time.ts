import type { Language, TimeGrain, TimeMention, WallTime } from '../mentions.ts';
import type { Meal } from './atoms.ts';
import { formatDay, formatMinutes, instantOf, wallAt, type Wall } from './calendar.ts';
import type { Draft } from './draft.ts';
import { SAME_TIME, type Clock, type Edge } from './piece.ts';
import { resolveDay, shiftDay, type DayRange } from './resolve-day.ts';

export interface TimeSetting {
  readonly now: Wall;
  readonly at: number;
  readonly zone: string;
  readonly language: Language;
  /** An open hour is one of the morning beside breakfast, of the evening beside dinner. */
  readonly meal: Meal | null;
  /** Asking price of the listing: a number near it is more likely a price than an hour. */
  readonly listingPrice: number | null;
}

/** Start and end of the parts of a day, in hours (the figures of Recognizers-Text, MIT). */
const PARTS: Readonly<Record<string, readonly [number, number]>> = {
  business: [8, 18],
  morning: [8, 12],
  noon: [12, 13],
  lunch: [11, 13],
  siesta: [12, 16],
  afternoon: [12, 16],
  evening: [16, 20],
  night: [20, 24],
  midnight: [0, 1],
  tarde: [16, 20],
};

/** Of a named day the Spanish "tarde" is all that comes after noon; "esta tarde" is yet to come. */
const WHOLE_TARDE: readonly [number, number] = [12, 20];

function partHours(
  part: string, edge: Edge | null, isNamedDay: boolean,
): readonly [number, number] {
  const [from, to] = part === 'tarde' && isNamedDay ? WHOLE_TARDE : PARTS[part] ?? [0, 24];
  const middle = (from + to) / 2;
  if (edge === 'early') return [from, middle];
  return edge === 'late' ? [middle, to] : [from, to];
}

const AFTERNOON_PARTS: ReadonlySet<string> = new Set([
  'afternoon',
  'tarde',
  'evening',
  'siesta',
  'lunch',
]);

/** Minutes since midnight; 1440 and more is the day after. */
export function clockMinutes(clock: Clock, part: string | null, language: Language): number {
  return hourOf(clock, part, language) * 60 + clock.minute;
}

function hourOf(clock: Clock, part: string | null, language: Language): number {
  const { hour, meridiem } = clock;
  if (meridiem === 2) return hour < 12 ? hour + 12 : hour;
  if (meridiem === 1) return hour === 12 ? 0 : hour;
  if (hour > 12 || hour === 0) return hour;
  if (part !== null) {
    // "12 de la mañana" is noon, "12 in the morning" is not.
    if (part === 'morning') return hour === 12 && language === 'en' ? 0 : hour;
    if (AFTERNOON_PARTS.has(part)) return hour < 12 ? hour + 12 : hour;
    if (part === 'noon') return hour < 5 ? hour + 12 : hour;
    if (part === 'midnight') return hour === 12 ? 24 : hour;
    if (hour === 12) return 24;
    return hour < 5 ? hour : hour + 12;
  }
  if (clock.literal) return hour;
  return commonSense(clock, language);
}

/**
 * People meet between nine in the morning and nine in the evening. Where the 24-hour clock is usual,
 * "8:30" in digits is the morning.
 */
function commonSense({ hour, digital }: Clock, language: Language): number {
  if (hour === 12 || hour >= 9) return hour;
  if (digital && language !== 'en' && hour >= 6) return hour;
  return hour + 12;
}

type Half = Omit<TimeMention, 'kind' | 'start' | 'end' | 'confidence'>;

function wallTime(day: number | null, minutes: number | null): WallTime {
  const carry = minutes === null ? 0 : Math.floor(minutes / 1440);
  return {
    date: day === null ? null : formatDay(day + carry),
    time: minutes === null ? null : formatMinutes(minutes),
  };
}

function clockGrain(clock: Clock): TimeGrain {
  return clock.minute !== 0 || clock.digital ? 'minute' : 'hour';
}

/** What a draft with its optional range end says, in the speaker's wall clock; null for no real date. */
export function resolveDraft(draft: Draft, until: Draft | null, setting: TimeSetting): Half | null {
  if (draft.now) {
    const { day, minutes } = setting.now;
    return { shape: 'datetime', from: wallTime(day, minutes), to: null, grain: 'minute' };
  }
  if (draft.window !== null) return resolveWindow(draft, setting);
  if (draft.shift !== null) return resolveShift(draft, setting);
  const range = draft.day === null ? null : resolveDay(draft.day, setting.now);
  if (draft.day !== null && range === null) return null;
  if (until !== null) return resolveRange(draft, range, until, setting);
  if (draft.clock !== null) return resolveClock(draft, draft.clock, range, setting);
  if (draft.part !== null) return resolvePart(draft.part, draft, range, setting.now);
  if (range === null) return null;
  if (range.minutes !== null) {
    const from = wallTime(range.start, range.minutes);
    const isStretch = draft.day?.kind === 'period' && draft.day.edge !== 'end';
    return isStretch
      ? { shape: 'datetimerange', from, to: wallTime(range.end, null), grain: 'daypart' }
      : { shape: 'datetime', from, to: null, grain: 'minute' };
  }
  if (range.end - range.start === 1 && range.grain === 'day') {
    return { shape: 'date', from: wallTime(range.start, null), to: null, grain: 'day' };
  }
  return {
    shape: 'daterange',
    from: wallTime(range.start, null),
    to: wallTime(range.end, null),
    grain: range.grain,
  };
}

function resolveClock(
  draft: Draft,
  clock: Clock,
  range: DayRange | null,
  { now, language, meal }: TimeSetting,
): Half {
  const isOpen = clock.meridiem === 0 && !clock.literal && draft.part === null && clock.hour < 12;
  let minutes = clockMinutes(clock, draft.part, language);
  if (isOpen && meal === 'dinner' && minutes < 720 && !clock.digital) minutes += 720;
  if (isOpen && meal === 'breakfast' && minutes >= 720) minutes -= 720;
  if (range === null) {
    const inDay = minutes % 1440;
    return { shape: 'time', from: wallTime(null, inDay), to: null, grain: clockGrain(clock) };
  }
  // "today at 10", said at two in the afternoon, is ten in the evening.
  if (isOpen && range.start === now.day && minutes < now.minutes && minutes < 720) minutes += 720;
  const small = draft.part === 'night' && minutes < 300 && clock.meridiem !== 2;
  const day = range.start + (small ? 1 : 0);
  return { shape: 'datetime', from: wallTime(day, minutes), to: null, grain: clockGrain(clock) };
}

function resolvePart(
  part: string, { edge, day: said }: Draft, range: DayRange | null, { minutes }: Wall,
): Half | null {
  if (part === SAME_TIME) {
    if (range === null) return null;
    return { shape: 'datetime', from: wallTime(range.start, minutes), to: null, grain: 'minute' };
  }
  const isNamedDay = said?.kind === 'weekday' || said?.kind === 'date';
  const [from, to] = partHours(part, edge, isNamedDay);
  const day = range === null ? null : range.start;
  return {
    shape: day === null ? 'timerange' : 'datetimerange',
    from: wallTime(day, from * 60),
    to: wallTime(day, to * 60),
    grain: 'daypart',
  };
}

function resolveShift(draft: Draft, setting: TimeSetting): Half | null {
  const shift = draft.shift;
  if (shift === null) return null;
  const day = shiftDay(setting.now.day, { ...shift, minutes: 0 });
  if (shift.minutes !== 0) {
    // Real minutes, so that "in 3 hours" is right in the night the clocks change.
    const base =
      day === setting.now.day
        ? setting.at
        : instantOf({ day, minutes: setting.now.minutes }, setting.zone);
    const wall = wallAt(base + shift.minutes * 60_000, setting.zone);
    return { shape: 'datetime', from: wallTime(wall.day, wall.minutes), to: null, grain: 'minute' };
  }
  const range: DayRange = { start: day, end: day + 1, grain: 'day', minutes: null };
  if (draft.clock !== null) return resolveClock(draft, draft.clock, range, setting);
  if (draft.part !== null) return resolvePart(draft.part, draft, range, setting.now);
  return { shape: 'date', from: wallTime(day, null), to: null, grain: 'day' };
}

function resolveWindow({ window }: Draft, { now, at, zone }: TimeSetting): Half | null {
  if (window === null) return null;
  if (window.minutes !== 0) {
    const other = wallAt(at + window.minutes * 60_000, zone);
    const isPast = window.minutes < 0;
    const [a, b] = isPast ? [other, now] : [now, other];
    return {
      shape: 'datetimerange',
      from: wallTime(a.day, a.minutes),
      to: wallTime(b.day, b.minutes),
      grain: 'minute',
    };
  }
  const moved = shiftDay(now.day, window);
  // The next days start tomorrow, the last ones end yesterday.
  const [start, end] = moved > now.day ? [now.day + 1, moved + 1] : [moved, now.day];
  return { shape: 'daterange', from: wallTime(start, null), to: wallTime(end, null), grain: 'day' };
}

function resolveRange(
  draft: Draft,
  range: DayRange | null,
  until: Draft,
  setting: TimeSetting,
): Half | null {
  const said = withMonthOf(draft, until, setting) ?? range;
  const untilRange = untilDay(until, said, setting);
  if (until.day !== null && untilRange === null) return null;
  if (draft.clock === null || until.clock === null) {
    if (said === null || untilRange === null) return null;
    const end = untilRange.start >= said.start ? untilRange.end : said.end;
    const from =
      draft.clock === null ? null : clockMinutes(draft.clock, draft.part, setting.language);
    return {
      shape: from === null ? 'daterange' : 'datetimerange',
      from: wallTime(said.start, from),
      to: wallTime(end, null),
      grain: from === null ? 'day' : 'hour',
    };
  }
  const [from, to] = clockRange(draft, until, setting.language);
  const day = range?.start ?? untilRange?.start ?? null;
  const lastDay =
    untilRange !== null && day !== null && untilRange.start > day ? untilRange.start : day;
  const wraps = lastDay === day && to <= from ? 1440 : 0;
  return {
    shape: day === null ? 'timerange' : 'datetimerange',
    from: wallTime(day, from),
    to: wallTime(lastDay, to + wraps),
    grain: clockGrain(draft.clock) === 'minute' ? 'minute' : clockGrain(until.clock),
  };
}

/** The end of a range of days, counted from its start: "Monday to Friday", "june 5th-9th". */
function untilDay(until: Draft, start: DayRange | null, { now }: TimeSetting): DayRange | null {
  const { day } = until;
  if (day === null) return null;
  const isOpen =
    (day.kind === 'date' && day.month === null && day.months === null)
    || (day.kind === 'weekday' && day.week === null && day.which === 'plain');
  if (start === null || !isOpen) return resolveDay(day, now);
  return resolveDay(day, { day: start.start, minutes: 0 });
}

/** "19th to 21st August": the first day is in the month of the second. */
function withMonthOf(draft: Draft, until: Draft, { now }: TimeSetting): DayRange | null {
  const { day } = draft;
  const other = until.day;
  if (day?.kind !== 'date' || other?.kind !== 'date') return null;
  if (day.month !== null || day.months !== null || other.month === null) return null;
  if (day.day > other.day) return null;
  return resolveDay({ ...other, day: day.day, weekday: null }, now);
}

/** Both ends in minutes; what one end does not say it takes from the other ("5 to 6 pm", "1pm-3"). */
function clockRange(draft: Draft, until: Draft, language: Language): readonly [number, number] {
  const a = draft.clock as Clock;
  const b = until.clock as Clock;
  const part = draft.part ?? until.part;
  const isOpen = (clock: Clock): boolean => clock.meridiem === 0 && !clock.literal;
  if (isOpen(a) && !isOpen(b)) {
    const to = clockMinutes(b, until.part, language);
    if (draft.part !== null) return [clockMinutes(a, draft.part, language), to];
    const late = clockMinutes({ ...a, meridiem: 2 }, null, language);
    const early = clockMinutes({ ...a, meridiem: 1 }, null, language);
    if (b.meridiem === 0) return [openStart(a, part, to, language), to];
    return [late < to ? late : early < to ? early : late, to];
  }
  const from = isOpen(a) && isOpen(b) && part === null && isMorning(a, b)
    ? a.hour * 60 + a.minute : clockMinutes(a, part, language);
  if (!isOpen(b) || part !== null) return [from, clockMinutes(b, until.part ?? part, language)];
  const early = clockMinutes({ ...b, meridiem: 1 }, null, language);
  const late = clockMinutes({ ...b, meridiem: 2 }, null, language);
  return [from, early > from ? early : late];
}

/** "8 to 2", "8-9", "7:30 to 10": from the morning on, where the other reading ends at night or later. */
function isMorning(a: Clock, b: Clock): boolean {
  if (a.hour < EARLIEST || a.hour >= 9) return false;
  return b.hour < a.hour || b.hour >= 9;
}

/** No range of hours begins earlier in the morning by itself. */
const EARLIEST = 7;

function openStart(a: Clock, part: string | null, to: number, language: Language): number {
  const from = clockMinutes(a, part, language);
  const early = from - 720;
  return part === null && from > to && early >= 0 && early < to ? early : from;
}
