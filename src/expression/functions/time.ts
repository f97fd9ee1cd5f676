import type { Event } from '../../event/event.ts';
import { parseDuration } from '../../event/duration.ts';
import { EvaluationError } from '../expression.ts';
import type { Value } from '../expression.ts';
import { NOTHING, wrongType } from '../nodes.ts';
import type { Result } from '../nodes.ts';
import type { FunctionDefinition } from '../scope.ts';

/**
 * Time. A point in time is ms since 1970 UTC and a duration is ms; the checker keeps them apart.
 * There is no clock but `now`, the event time of the key.
 */

const TIME = 'google.protobuf.Timestamp';

const nothing = new EvaluationError('no_value', 'nothing was taken');

function member(name: string, read: (event: Event) => Value) {
  return ([event]: readonly Value[], [shape]: readonly string[]): Result => {
    if (shape !== 'event') return wrongType(`${name}() wants an event`);
    return event === NOTHING ? nothing : read(event as Event);
  };
}

/** Calendar with the zone's rules; the formatters are dear, so they are kept. Bounded. */
const ZONES_MAX = 500;
const formatters = new Map<string, Intl.DateTimeFormat | null>();

function formatter(zone: string): Intl.DateTimeFormat | null {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  let made: Intl.DateTimeFormat | null = null;
  try {
    made = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      weekday: 'short',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    made = null;
  }
  if (formatters.size >= ZONES_MAX) formatters.clear();
  formatters.set(zone, made);
  return made;
}

export function isZone(zone: string): boolean {
  return formatter(zone) !== null;
}

/** The local wall clock of a zone as a `Date` whose UTC members are read; null: no such zone. */
export function localTime(time: number, zone: string): Date | null {
  const format = formatter(zone);
  if (!format) return null;
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(time)) parts[type] = Number(value);
  const ms = ((time % 1_000) + 1_000) % 1_000;
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms));
}

function dayOfYear(date: Date): number {
  const first = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - first) / 86_400_000);
}

interface Part {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  readonly read: (date: Date) => number;
}

const PARTS: readonly Part[] = [
  { name: 'getFullYear', description: 'year', example: '2026', read: (d) => d.getUTCFullYear() },
  { name: 'getMonth', description: 'month, from 0', example: '10', read: (d) => d.getUTCMonth() },
  {
    name: 'getDate',
    description: 'day of the month, from 1',
    example: '23',
    read: (d) => d.getUTCDate(),
  },
  {
    name: 'getDayOfMonth',
    description: 'day of the month, from 0',
    example: '22',
    read: (d) => d.getUTCDate() - 1,
  },
  {
    name: 'getDayOfWeek',
    description: 'day of the week, from 0 on Sunday',
    example: '1',
    read: (d) => d.getUTCDay(),
  },
  { name: 'getDayOfYear', description: 'day of the year, from 0', example: '326', read: dayOfYear },
  { name: 'getHours', description: 'hour, 0 to 23', example: '18', read: (d) => d.getUTCHours() },
  { name: 'getMinutes', description: 'minute', example: '30', read: (d) => d.getUTCMinutes() },
  { name: 'getSeconds', description: 'second', example: '15', read: (d) => d.getUTCSeconds() },
  {
    name: 'getMilliseconds',
    description: 'millisecond',
    example: '250',
    read: (d) => d.getUTCMilliseconds(),
  },
];

/** Range of times that CEL allows: years 1 to 9999. */
const TIME_MIN = -62_135_596_800_000;
const TIME_MAX = 253_402_300_799_999;

function inRange(time: number): boolean {
  return time >= TIME_MIN && time <= TIME_MAX;
}

function partOf(part: Part) {
  return ([time, zone]: readonly Value[]): Result => {
    if (typeof time !== 'number' || !inRange(time)) {
      return wrongType(`${part.name}() wants a time; use timestamp("...") or at(event)`);
    }
    if (zone === undefined) return part.read(new Date(time));
    const local = typeof zone === 'string' ? localTime(time, zone) : null;
    return local
      ? part.read(local)
      : new EvaluationError('bad_argument', `${String(zone)} is not a time zone`);
  };
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

function parseTime(value: Value | undefined): number | null {
  if (typeof value === 'number') return inRange(value) ? value : null;
  if (typeof value !== 'string' || !ISO.test(value)) return null;
  const time = Date.parse(value);
  return Number.isFinite(time) && inRange(time) ? time : null;
}

const noTime = new EvaluationError('bad_argument', 'timestamp() wants ISO 8601 with zone, or ms');
const noDuration = new EvaluationError('bad_argument', 'duration() wants text such as "2h30m"');

export const TIME_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: 'at',
    signatures: [`at(dyn): ${TIME}`],
    group: 'events',
    description: 'Event time.',
    example: 'at(event) <= now',
    takesEvents: true,
    evaluate: member('at', (event) => event.time),
  },
  {
    name: 'kind',
    signatures: ['kind(dyn): string'],
    group: 'events',
    description: 'Event type.',
    example: 'kind(event) == "price_offer"',
    takesEvents: true,
    evaluate: member('kind', (event) => event.type),
  },
  {
    name: 'timestamp',
    signatures: [`timestamp(string): ${TIME}`, `timestamp(double): ${TIME}`],
    declare: [`timestamp(double): ${TIME}`],
    group: 'time',
    description: 'A point in time from ISO 8601 text with a zone, or from ms since 1970 UTC.',
    example: 'timestamp("2026-11-23T18:30:15Z") == timestamp(1795458615000)',
    checkLiterals: ([text]) =>
      text === undefined || parseTime(text) !== null ? null : noTime.detail,
    evaluate: ([value]) => parseTime(value) ?? noTime,
  },
  {
    name: 'duration',
    signatures: ['duration(string): google.protobuf.Duration'],
    declare: [],
    group: 'time',
    description: 'A duration, written as in files.',
    example: 'duration("2h30m") == duration("150m")',
    checkLiterals: ([text]) => {
      return typeof text === 'string' && parseDuration(text) === null ? noDuration.detail : null;
    },
    evaluate: ([text]) => {
      return (typeof text === 'string' ? parseDuration(text) : null) ?? noDuration;
    },
  },
  {
    name: 'iso',
    signatures: [`iso(${TIME}): string`],
    group: 'time',
    description: 'A point in time as ISO 8601 text in UTC.',
    example: 'iso(timestamp(0)) == "1970-01-01T00:00:00.000Z"',
    evaluate: ([time]) => {
      return typeof time === 'number' && inRange(time) ? new Date(time).toISOString() : noTime;
    },
  },
  ...PARTS.map((part): FunctionDefinition => ({
    name: part.name,
    signatures: [`${TIME}.${part.name}(): int`, `${TIME}.${part.name}(string): int`],
    declare: [],
    group: 'time',
    description: `The ${part.description}, in UTC or in the zone given.`,
    example: `timestamp("2026-11-23T18:30:15.250Z").${part.name}() == ${part.example}`,
    checkLiterals: ([, zone]) => {
      return typeof zone === 'string' && !isZone(zone) ? `${zone} is not a time zone` : null;
    },
    evaluate: partOf(part),
  })),
];
