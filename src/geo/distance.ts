import geodesic from 'geographiclib-geodesic';

/**
 * Distances on the WGS84 ellipsoid, metres, by Karney's method (geographiclib): right to nanometres,
 * over 180 degrees, at the poles and for points opposite each other.
 */

const { WGS84, DISTANCE } = geodesic.Geodesic;

/** Mean radius of the earth, metres: of the sphere that answers clear cases. */
const SPHERE_RADIUS_M = 6_371_008.8;

/**
 * The ellipsoid's distance over the sphere's lies between 0.9943 and 1.0057 (a degree of latitude
 * has 110,574 m at the equator and 111,694 m at the poles; on the sphere 111,195 m).
 */
const SPHERE_ERROR = 0.006;

/** More than the sphere's formula loses by rounding. */
const ROUNDING_M = 1e-3;

const RADIANS = Math.PI / 180;

/** Metres between two points. NaN if one is not a valid coordinate. */
export function distance(latA: number, lonA: number, latB: number, lonB: number): number {
  if (!(Math.abs(latA) <= 90) || !(Math.abs(latB) <= 90)) return Number.NaN;
  if (!(Math.abs(lonA) <= 180) || !(Math.abs(lonB) <= 180)) return Number.NaN;
  return WGS84.Inverse(latA, lonA, latB, lonB, DISTANCE).s12 ?? Number.NaN;
}

/** Metres between two points on the sphere: within 0.6 % of `distance`, and fast. */
export function sphereDistance(latA: number, lonA: number, latB: number, lonB: number): number {
  const sinLat = Math.sin(((latB - latA) * RADIANS) / 2);
  const sinLon = Math.sin(((lonB - lonA) * RADIANS) / 2);
  const h = sinLat * sinLat + Math.cos(latA * RADIANS) * Math.cos(latB * RADIANS) * sinLon * sinLon;
  return 2 * SPHERE_RADIUS_M * Math.asin(Math.sqrt(Math.min(1, h)));
}

/**
 * Whether two points are at most `metres` apart: as `distance(...) <= metres`, but the sphere
 * answers whenever it is clear. False for invalid coordinates.
 */
export function within(
  metres: number,
  latA: number,
  lonA: number,
  latB: number,
  lonB: number,
): boolean {
  const rough = sphereDistance(latA, lonA, latB, lonB);
  if (rough * (1 - SPHERE_ERROR) - ROUNDING_M > metres) return false;
  if (rough * (1 + SPHERE_ERROR) + ROUNDING_M < metres && Math.abs(latA) <= 90 && Math.abs(latB) <= 90) {
    return Math.abs(lonA) <= 180 && Math.abs(lonB) <= 180;
  }
  return distance(latA, lonA, latB, lonB) <= metres;
}
