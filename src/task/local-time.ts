/** Wall clocks of IANA zones, from the zone data of the runtime. */

const FORMATTERS_MAX = 600;
const formatters = new Map<string, Intl.DateTimeFormat | null>();

/** Whether the runtime knows the zone. */
export function isZone(zone: string): boolean {
  return formatterOf(zone) !== null;
}

/** Minutes since midnight on the wall clock of a zone; an unknown zone counts as UTC. */
export function minuteOfDay(at: number, zone: string): number {
  const formatter = formatterOf(zone);
  if (formatter === null) return Math.floor(at / 60_000) % 1_440;
  const [hour, minute] = formatter.format(at).split(':');
  return Number(hour) * 60 + Number(minute);
}

function formatterOf(zone: string): Intl.DateTimeFormat | null {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  if (formatters.size >= FORMATTERS_MAX) formatters.clear();
  const formatter = createFormatter(zone);
  formatters.set(zone, formatter);
  return formatter;
}

function createFormatter(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch {
    return null;
  }
}
