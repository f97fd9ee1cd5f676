import geodesic from 'geographiclib-geodesic';

/**
 * Distances on the WGS84 ellipsoid, metres, by Karney's method (geographiclib): right to
 * nanometres, over 180 degrees, at the poles and for points opposite each other.
 */

const { WGS84, DISTANCE } = geodesic.Geodesic;

/** Semi-major axis of WGS84, metres, and first eccentricity squared (NIMA TR8350.2). */
const EQUATOR_M = 6_378_137;
const ECCENTRICITY_2 = 0.006_694_379_990_141_317;

/** Smallest radius of curvature of the ellipsoid: along the meridian at the equator. */
const SHARPEST_M = EQUATOR_M * (1 - ECCENTRICITY_2);

/** More than the straight distance of two points loses by rounding. */
const ROUNDING_M = 1e-6;

const RADIANS = Math.PI / 180;

/** Metres between two points. NaN if one is not a valid coordinate. */
export function distance(latA: number, lonA: number, latB: number, lonB: number): number {
  if (!(Math.abs(latA) <= 90) || !(Math.abs(latB) <= 90)) return Number.NaN;
  if (!(Math.abs(lonA) <= 180) || !(Math.abs(lonB) <= 180)) return Number.NaN;
  return WGS84.Inverse(latA, lonA, latB, lonB, DISTANCE).s12 ?? Number.NaN;
}

/** A point of the ellipsoid in space, metres from the centre of the earth. */
export interface EarthPoint {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export function earthPoint(lat: number, lon: number): EarthPoint {
  const sin = Math.sin(lat * RADIANS);
  const normal = EQUATOR_M / Math.sqrt(1 - ECCENTRICITY_2 * sin * sin);
  const across = normal * Math.cos(lat * RADIANS);
  return {
    x: across * Math.cos(lon * RADIANS),
    y: across * Math.sin(lon * RADIANS),
    z: normal * (1 - ECCENTRICITY_2) * sin,
  };
}

/**
 * Squared straight distances that decide about a circle without a geodesic. The straight way is
 * never longer than the way along the ground, so beyond the radius a point is outside. And no curve
 * that bends at most as sharply as a circle of radius R joins points nearer than that circle does
 * (Schur's comparison theorem): 2 R sin(s / 2 R). Between the two lies a millionth of 25 km.
 */
export interface StraightLimits {
  /** Up to here surely within. */
  readonly inside: number;
  /** Beyond this surely not. */
  readonly outside: number;
}

export function straightLimits(metres: number): StraightLimits {
  const bend = Math.min(metres / (2 * SHARPEST_M), Math.PI / 2);
  const inside = 2 * SHARPEST_M * Math.sin(bend) - ROUNDING_M;
  return { inside: inside < 0 ? -1 : inside * inside, outside: (metres + ROUNDING_M) ** 2 };
}

/**
 * Whether two points are at most `metres` apart: as `distance(...) <= metres`, without the geodesic
 * where the answer is clear. False for invalid coordinates.
 */
export function within(
  metres: number,
  latA: number,
  lonA: number,
  latB: number,
  lonB: number,
): boolean {
  if (!(Math.abs(latA) <= 90 && Math.abs(lonA) <= 180)) return false;
  if (!(Math.abs(latB) <= 90 && Math.abs(lonB) <= 180)) return false;
  const a = earthPoint(latA, lonA);
  const b = earthPoint(latB, lonB);
  const straight = (a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2;
  const limits = straightLimits(metres);
  if (straight <= limits.inside) return true;
  if (straight > limits.outside) return false;
  return distance(latA, lonA, latB, lonB) <= metres;
}
