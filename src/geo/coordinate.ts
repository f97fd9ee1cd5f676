/** What can be said of a pair of coordinates before any polygon is asked. */

/** Whether these are a latitude and a longitude in degrees. Never converts text to numbers. */
export function isCoordinate(lat: unknown, lon: unknown): boolean {
  return (
    typeof lat === 'number' && typeof lon === 'number' &&
    lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180
  );
}

/** One sentence on why a pair was refused: what it is and what to do. */
export function coordinateProblem(lat: unknown, lon: unknown): string | null {
  if (isCoordinate(lat, lon)) return null;
  for (const [name, value, limit] of [['lat', lat, 90], ['lon', lon, 180]] as const) {
    if (value === undefined || value === null) return `${name} is missing; send both lat and lon`;
    if (typeof value === 'string') {
      return `${name} is the text ${JSON.stringify(value.slice(0, 40))}; send a number`;
    }
    if (typeof value !== 'number') return `${name} is not a number; send decimal degrees`;
    if (!Number.isFinite(value)) return `${name} is ${value}; send decimal degrees`;
    if (Math.abs(value) > limit) {
      const swapped = name === 'lat' && isCoordinate(lon, lat);
      const hint = swapped
        ? 'lat and lon look swapped'
        : 'degrees only, no wrapping and no scaled integers';
      return `${name} is ${value}, beyond ${limit} degrees; ${hint}`;
    }
  }
  return null;
}

/** Counters of a stream of coordinates; plain numbers, so that they can be kept and shown. */
export interface CoordinateCounts {
  seen: number;
  invalid: number;
  /** Exactly (0, 0): a valid point in the Gulf of Guinea, and the usual sign of a missing fix. */
  nullIsland: number;
  /** In no country as sent, but in one with latitude and longitude exchanged. */
  maybeSwapped: number;
}

export function noCoordinates(): CoordinateCounts {
  return { seen: 0, invalid: 0, nullIsland: 0, maybeSwapped: 0 };
}

/** The country of a point, null in open sea: what `observeCoordinate` needs of an index. */
export type CountryOf = (lat: number, lon: number) => string | null;

/** Counts one pair. A swap cannot be seen in one point, only in many; see `coordinateWarning`. */
export function observeCoordinate(
  counts: CoordinateCounts,
  lat: unknown,
  lon: unknown,
  country: string | null,
  countryOf: CountryOf,
): void {
  counts.seen++;
  if (typeof lat !== 'number' || typeof lon !== 'number' || !isCoordinate(lat, lon)) {
    counts.invalid++;
  } else if (lat === 0 && lon === 0) {
    counts.nullIsland++;
  } else if (country === null && isCoordinate(lon, lat) && countryOf(lon, lat) !== null) {
    counts.maybeSwapped++;
  }
}

/** Pairs that must have been seen before anything is said of them together. */
const WARN_FROM = 100;

/** One sentence when a source's coordinates look wrong as a whole; null when they do not. */
export function coordinateWarning(counts: CoordinateCounts): string | null {
  if (counts.seen < WARN_FROM) return null;
  const share = (part: number): string => `${Math.round((100 * part) / counts.seen)} %`;
  if (counts.maybeSwapped * 2 > counts.seen) {
    return `${share(counts.maybeSwapped)} of ${counts.seen} points lie in open sea but would be ` +
      'on land with lat and lon exchanged; check the mapping of the fields';
  }
  if (counts.nullIsland * 10 > counts.seen) {
    return `${share(counts.nullIsland)} of ${counts.seen} points are (0, 0); ` +
      'leave coordinates out when there is no fix';
  }
  return null;
}
