/** What can be said of a pair of coordinates before any polygon is asked. */

/** Whether these are a latitude and a longitude in degrees. Never converts text to numbers. */
export function isCoordinate(lat: unknown, lon: unknown): boolean {
  return (
    typeof lat === 'number' && typeof lon === 'number' &&
    lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180
  );
}

/** Why a pair was refused, with one sentence on what it is and what to do. */
export const COORDINATE_FAULTS = {
  missing: 'lat or lon is missing; send both, or neither',
  text: 'lat or lon is text that is no number; send decimal degrees',
  not_a_number: 'lat or lon is not a finite number; send decimal degrees',
  swapped: 'lat is beyond 90 degrees and would be right as lon; lat and lon look swapped',
  out_of_range:
    'lat is beyond 90 or lon beyond 180 degrees; degrees only, no wrapping and no scaled integers',
} as const;

export type CoordinateFault = keyof typeof COORDINATE_FAULTS;

/** Null for a latitude and a longitude. */
export function coordinateFault(lat: unknown, lon: unknown): CoordinateFault | null {
  if (isCoordinate(lat, lon)) return null;
  const pair = [lat, lon];
  if (pair.some((value) => value === undefined || value === null)) return 'missing';
  if (pair.some((value) => typeof value === 'string')) return 'text';
  if (!pair.every(Number.isFinite)) return 'not_a_number';
  return isCoordinate(lon, lat) ? 'swapped' : 'out_of_range';
}

/** Counters of a stream of coordinates; plain numbers, so that they can be kept and shown. */
export interface CoordinateCounts {
  seen: number;
  invalid: { [fault in CoordinateFault]?: number };
  /** Exactly (0, 0): a valid point in the Gulf of Guinea, and the usual sign of a missing fix. */
  nullIsland: number;
  /** In no country as sent, but in one with latitude and longitude exchanged. */
  maybeSwapped: number;
}

export function noCoordinates(): CoordinateCounts {
  return { seen: 0, invalid: {}, nullIsland: 0, maybeSwapped: 0 };
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
    const fault = coordinateFault(lat, lon) ?? 'not_a_number';
    counts.invalid[fault] = (counts.invalid[fault] ?? 0) + 1;
  } else if (lat === 0 && lon === 0) {
    counts.nullIsland++;
  } else if (country === null && isCoordinate(lon, lat) && countryOf(lon, lat) !== null) {
    counts.maybeSwapped++;
  }
}

/** Pairs that must have been seen before anything is said of them together. */
const WARN_FROM = 100;

/** What is wrong with many coordinates taken together, and one sentence about it. */
export interface CoordinateWarning {
  readonly kind: 'null_island' | 'maybe_swapped';
  readonly message: string;
}

/** Null while nothing looks wrong. */
export function coordinateWarning(counts: CoordinateCounts): CoordinateWarning | null {
  const { seen, nullIsland, maybeSwapped } = counts;
  if (seen < WARN_FROM) return null;
  const share = (part: number): string => `${Math.round((100 * part) / seen)} %`;
  if (maybeSwapped * 2 > seen) {
    const message =
      `${share(maybeSwapped)} of ${seen} points lie in open sea but would be on land with lat and ` +
      'lon exchanged; check the mapping of the fields';
    return { kind: 'maybe_swapped', message };
  }
  if (nullIsland * 10 > seen) {
    const message =
      `${share(nullIsland)} of ${seen} points are (0, 0); leave coordinates out when there is no fix`;
    return { kind: 'null_island', message };
  }
  return null;
}
