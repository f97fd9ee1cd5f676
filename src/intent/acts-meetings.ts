/** Place and time of a meeting in a message, made whole by what already stands. */
import { instantOf, formatDay, formatMinutes, wallAt } from './values/calendar.ts';
import type { ChatMessage, Coordinates, StandingMeeting, UnderstandContext } from './contract.ts';
import type { TimeGrain, TimeMention, WallTime } from './mentions.ts';
import type { Reading } from './acts-features.ts';
import { meetingPlace } from './acts-places.ts';

export interface MeetingDetails {
  readonly location_name?: string;
  readonly geo?: Coordinates;
  /** Epoch ms as a decimal string, as in the talk. */
  readonly date?: string;
  readonly date_local?: string;
  readonly date_grain?: TimeGrain;
}

const MINUTE_MS = 60_000;

/** The details a message gives; empty where it gives none. */
export function meetingDetails(
  reading: Reading, zone: string, context: UnderstandContext,
): MeetingDetails {
  const { mentions, message, state } = reading;
  const times = mentions.filter((one): one is TimeMention => one.kind === 'time');
  return {
    ...placeDetails(meetingPlace(reading), state.meeting, context),
    ...timeDetails(times, state.meeting, message, zone),
  };
}

function placeDetails(
  name: string | null, standing: StandingMeeting | null, context: UnderstandContext,
): MeetingDetails {
  if (name === null) return {};
  const geo = context.resolvePlace?.(name, standing?.geo ?? undefined) ?? null;
  return geo === null ? { location_name: name } : { location_name: name, geo };
}

/**
 * One moment from the time mentions: the day from the one that names a day, the hour from the one
 * that names an hour. A day alone keeps its grain and the start of the day; an hour alone goes
 * with the day of the standing meeting, else it is the next time the clock shows it.
 */
function timeDetails(
  times: readonly TimeMention[], standing: StandingMeeting | null, message: ChatMessage, zone: string,
): MeetingDetails {
  const dated = times.findLast((one) => one.from.date !== null);
  const timed = times.findLast((one) => one.from.time !== null && one.grain !== 'daypart')
    ?? times.findLast((one) => one.from.time !== null);
  if (dated === undefined && timed === undefined) return {};
  const time = timed === undefined ? null : momentOf(timed, message.at, zone).time;
  const date = (dated === undefined ? null : momentOf(dated, message.at, zone).date)
    ?? (standing?.dateLocal === undefined || standing.dateLocal === null
      ? nextDate(time ?? '00:00', message.at, zone) : standing.dateLocal.slice(0, 10));
  const grain = time === null ? dated?.grain ?? 'day' : timed?.grain ?? 'minute';
  const at = instantOf(wallOf(date, time ?? '00:00'), zone);
  if (!Number.isFinite(at)) return {};
  return {
    date: String(at),
    // A part of the day is no hour.
    date_local: time === null || grain === 'daypart' ? date : `${date}T${time}`,
    date_grain: grain,
  };
}

/** Its start; of "within 20 minutes", which starts now, the end. */
function momentOf({ from, to, shape, grain }: TimeMention, at: number, zone: string): WallTime {
  if (shape !== 'datetimerange' || grain !== 'minute' || to === null) return from;
  const now = wallAt(at, zone);
  return from.date === formatDay(now.day) && from.time === formatMinutes(now.minutes) ? to : from;
}

function wallOf(date: string, time: string): { day: number; minutes: number } {
  return { day: Date.parse(`${date}T00:00:00Z`) / 86_400_000, minutes: minutesOf(time) };
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** The day of the next moment at which a clock in the zone shows `time`. */
function nextDate(time: string, at: number, zone: string): string {
  const now = wallAt(at, zone);
  return formatDay(minutesOf(time) * MINUTE_MS > now.minutes * MINUTE_MS ? now.day : now.day + 1);
}
