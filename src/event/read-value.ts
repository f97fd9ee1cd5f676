/** Values as sources write them, read as what they mean. */

const DECIMAL = /^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?$/;
const ISO_DATE = /^[-+]?\d{4,6}-\d{2}-\d{2}$/;
const ISO_DATE_TIME = new RegExp(
  ISO_DATE.source.slice(0, -1) +
    /[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?( ?(?:Z|z|[-+]\d{2}(?::?\d{2})?))?$/.source,
);

/** Greatest time a Date can hold, ms. */
const TIME_MAX = 8.64e15;
/** Below it a number means seconds: as ms it would lie before March 1973. */
const SECONDS_BELOW = 1e11;
/** Above it a number means microseconds: as ms it would lie after the year 5000. */
const MILLISECONDS_BELOW = 1e14;

/** A decimal number in a string, such as `"41.39"`; null where the text is no such number. */
export function readNumber(text: string): number | null {
  if (text.length > 40) return null;
  const trimmed = text.trim();
  if (!DECIMAL.test(trimmed)) return null;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : null;
}

/**
 * A point in time as ms since 1970 UTC: ISO 8601 (UTC where no zone is said), epoch seconds,
 * milliseconds or microseconds, as a number or a numeric string. Null where it is none of these.
 */
export function readTime(value: unknown): number | null {
  if (typeof value === 'number') return epochMs(value);
  if (typeof value !== 'string' || value.length > 40) return null;
  const text = value.trim();
  if (DECIMAL.test(text)) return epochMs(Number(text));
  if (ISO_DATE.test(text)) return parseIso(text);
  const match = ISO_DATE_TIME.exec(text);
  if (match === null) return null;
  return parseIso(normalised(text, match[1] ?? ''));
}

function epochMs(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  const size = Math.abs(value);
  const ms = size < SECONDS_BELOW ? value * 1000 : size < MILLISECONDS_BELOW ? value : value / 1000;
  return Math.abs(ms) <= TIME_MAX ? Math.floor(ms) : null;
}

/** `2017-11-20 15:53:13,5 +0100` as the one form that `Date.parse` is bound to read. */
function normalised(text: string, zone: string): string {
  const local = text.slice(0, text.length - zone.length).replace(' ', 'T').replace(',', '.');
  const offset = zone.trim().toUpperCase();
  if (offset === '' || offset === 'Z') return `${local}Z`;
  const digits = offset.replace(':', '').padEnd(5, '0');
  return `${local}${digits.slice(0, 3)}:${digits.slice(3)}`;
}

function parseIso(text: string): number | null {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
