import { EvaluationError } from '../expression.ts';
import type { Value } from '../expression.ts';
import { isMap, wrongType } from '../nodes.ts';
import type { Result } from '../nodes.ts';
import type { FunctionDefinition } from '../scope.ts';

/** What the language needs of geography. The owner of the layers provides it; pure. */
export interface Geography {
  /** Distance over the ground, km; arguments in degrees, WGS 84. */
  distanceKm(latA: number, lonA: number, latB: number, lonB: number): number;
  /** Whether the two are at most so far apart, km. */
  near(km: number, latA: number, lonA: number, latB: number, lonB: number): boolean;
  /** Whether a point lies in a place or geofence of that name; null: there is no such place. */
  inside(lat: number, lon: number, place: string): boolean | null;
  /** Names close to one that is not known, for "did you mean". */
  suggest?(place: string): string | null;
}

interface Point {
  readonly lat: number;
  readonly lon: number;
}

/** Events and maps with `lat` and `lon` in degrees. */
function point(value: Value | undefined): Point | null {
  if (value === undefined || !isMap(value)) return null;
  const { lat, lon } = value;
  if (typeof lat !== 'number' || typeof lon !== 'number') return null;
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

const noPoint = new EvaluationError('missing_field', 'lat or lon is missing or out of range');

export function placeFunctions(geography: Geography): readonly FunctionDefinition[] {
  const distance = (a: Value | undefined, b: Value | undefined): number | EvaluationError => {
    const from = point(a);
    const to = point(b);
    return from && to ? geography.distanceKm(from.lat, from.lon, to.lat, to.lon) : noPoint;
  };
  const near = ([a, b, km]: readonly Value[]): Result => {
    if (typeof km !== 'number') return wrongType('near() wants a number of km');
    const from = point(a);
    const to = point(b);
    return from && to ? geography.near(km, from.lat, from.lon, to.lat, to.lon) : noPoint;
  };
  const inside = ([value, place]: readonly Value[]): Result => {
    const at = point(value);
    if (!at) return noPoint;
    if (typeof place !== 'string') return wrongType('inside() wants the name of a place');
    const known = geography.inside(at.lat, at.lon, place);
    return known ?? new EvaluationError('bad_argument', `there is no place "${place}"`);
  };
  return [
    {
      name: 'distance',
      signatures: ['distance(dyn, dyn): double'],
      group: 'places',
      description: 'Kilometres between two events or maps that have `lat` and `lon`.',
      example: 'distance({"lat": 42.33, "lon": -83.05}, {"lat": 42.33, "lon": -83.05}) == 0',
      evaluate: ([a, b]) => distance(a, b),
    },
    {
      name: 'near',
      signatures: ['near(dyn, dyn, double): bool'],
      group: 'places',
      description: 'True where the two are at most so many kilometres apart.',
      example: 'near({"lat": 42.33, "lon": -83.05}, {"lat": 42.35, "lon": -83.05}, 5)',
      evaluate: near,
    },
    {
      name: 'inside',
      signatures: ['inside(dyn, string): bool'],
      group: 'places',
      description: 'True where the point of an event lies in the place or geofence of that name.',
      example: 'inside({"lat": 42.33, "lon": -83.05}, "Detroit")',
      checkLiterals: ([, place]) => {
        if (typeof place !== 'string' || geography.inside(0, 0, place) !== null) return null;
        const guess = geography.suggest?.(place) ?? null;
        return `there is no place "${place}"` + (guess ? `; did you mean "${guess}"?` : '');
      },
      evaluate: inside,
    },
  ];
}
