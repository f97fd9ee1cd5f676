import { bbox, booleanPointInPolygon } from '@turf/turf';
import type { MultiPolygon, Polygon } from 'geojson';
import RBush from 'rbush';
import { distance } from './distance.ts';
import type { CircleFence } from './fence.ts';
import { placesError } from './source.ts';

/**
 * Fences that come and go: an R-tree (rbush) over their boxes, then an exact test. For fences that users
 * draw and objects that move; layers that stay belong into the place index.
 */

export type LiveFence = CircleFence | Polygon | MultiPolygon;

interface Box {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly entry: Entry;
}

interface Entry {
  readonly id: string;
  readonly fence: LiveFence;
  readonly boxes: Box[];
  /** Circles: unit vector of the centre, and squared chords that are surely inside or outside. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly enter: Chord;
  readonly exit: Chord;
}

/** Squared chords on the unit sphere: up to `inside` surely within, from `outside` on surely not. */
interface Chord {
  readonly inside: number;
  readonly outside: number;
}

const RADIANS = Math.PI / 180;
const SPHERE_RADIUS_M = 6_371_008.8;
/** See `SPHERE_ERROR` in distance.ts. */
const SPHERE_ERROR = 0.006;
/** Boxes are in whole millionths of a degree: small integers are cheaper to compare than doubles. */
const BOX_UNITS = 1e6;
const NO_CHORD: Chord = { inside: 0, outside: 0 };

export interface FenceHits {
  /** Ids of fences the point is inside of (circles: within the enter radius), ascending. */
  readonly inside: readonly string[];
  /** Ids of circles with the point between enter and exit radius, ascending. */
  readonly between: readonly string[];
}

export class LiveFences {
  readonly #tree = new RBush<Box>();
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** Adds a fence, or moves or reshapes the one with this id. Throws PARLEY_PLACES_INVALID. */
  set(id: string, fence: LiveFence): void {
    const entry = makeEntry(id, fence);
    this.remove(id);
    this.#entries.set(id, entry);
    for (const box of entry.boxes) this.#tree.insert(box);
  }

  /** Adds many at once, faster than one by one. */
  load(fences: Iterable<readonly [string, LiveFence]>): void {
    const boxes: Box[] = [];
    for (const [id, fence] of fences) {
      const entry = makeEntry(id, fence);
      this.remove(id);
      this.#entries.set(id, entry);
      boxes.push(...entry.boxes);
    }
    this.#tree.load(boxes);
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return false;
    for (const box of entry.boxes) this.#tree.remove(box);
    return this.#entries.delete(id);
  }

  /** Fences of a point. Borders belong to the fence; nothing for invalid coordinates. */
  at(lat: number, lon: number): FenceHits {
    const inside: string[] = [];
    const between: string[] = [];
    if (Math.abs(lat) <= 90 && Math.abs(lon) <= 180) {
      const found = this.#tree.search({
        minX: Math.floor(lon * BOX_UNITS),
        minY: Math.floor(lat * BOX_UNITS),
        maxX: Math.ceil(lon * BOX_UNITS),
        maxY: Math.ceil(lat * BOX_UNITS),
      });
      if (found.length > 0) sortHits(found, lat, lon, inside, between);
    }
    return { inside, between };
  }
}

export interface Crossings {
  /** Ids the user is inside of now, ascending: the state to keep. */
  readonly now: readonly string[];
  readonly entered: readonly string[];
  readonly exited: readonly string[];
}

/**
 * What a point changes for a user who was inside `before` (ascending ids). Between the radii of a circle
 * the user stays as before. Fences that were removed meanwhile are exited.
 */
export function fenceCrossings(
  fences: LiveFences,
  before: readonly string[],
  lat: number,
  lon: number,
): Crossings {
  const { inside, between } = fences.at(lat, lon);
  const kept = before.filter((id) => between.includes(id));
  const now = kept.length === 0 ? inside : [...new Set([...inside, ...kept])].sort();
  return {
    now,
    entered: now.filter((id) => !before.includes(id)),
    exited: before.filter((id) => !now.includes(id)),
  };
}

function sortHits(
  found: readonly Box[],
  lat: number,
  lon: number,
  inside: string[],
  between: string[],
): void {
  const cos = Math.cos(lat * RADIANS);
  const x = cos * Math.cos(lon * RADIANS);
  const y = cos * Math.sin(lon * RADIANS);
  const z = Math.sin(lat * RADIANS);
  for (const { entry } of found) {
    const { fence } = entry;
    if ('type' in fence) {
      if (booleanPointInPolygon([lon, lat], fence)) inside.push(entry.id);
      continue;
    }
    const chord = (x - entry.x) ** 2 + (y - entry.y) ** 2 + (z - entry.z) ** 2;
    if (isWithin(entry.enter, fence.enterM, chord, fence, lat, lon)) inside.push(entry.id);
    else if (isWithin(entry.exit, fence.exitM, chord, fence, lat, lon)) between.push(entry.id);
  }
  if (inside.length > 1) inside.sort();
  if (between.length > 1) between.sort();
}

function isWithin(
  limits: Chord, metres: number, chord: number, fence: CircleFence, lat: number, lon: number,
): boolean {
  if (chord <= limits.inside) return true;
  if (chord >= limits.outside) return false;
  return distance(fence.lat, fence.lon, lat, lon) <= metres;
}

/** The box in whole units around a box in degrees. */
function wholeBox(degrees: Omit<Box, 'entry'>, entry: Entry): Box {
  return {
    minX: Math.floor(degrees.minX * BOX_UNITS),
    minY: Math.floor(degrees.minY * BOX_UNITS),
    maxX: Math.ceil(degrees.maxX * BOX_UNITS),
    maxY: Math.ceil(degrees.maxY * BOX_UNITS),
    entry,
  };
}

function makeEntry(id: string, fence: LiveFence): Entry {
  if ('type' in fence) {
    const [minX, minY, maxX, maxY] = bbox(fence) as [number, number, number, number];
    if (!(minX >= -180 && maxX <= 180 && minY >= -90 && maxY <= 90)) {
      throw placesError(`fence ${id}`, 'has coordinates that are not WGS84 degrees [lon, lat]');
    }
    const boxes: Box[] = [];
    const entry = { id, fence, boxes, x: 0, y: 0, z: 0, enter: NO_CHORD, exit: NO_CHORD };
    boxes.push(wholeBox({ minX, minY, maxX, maxY }, entry));
    return entry;
  }
  const { lat, lon, enterM, exitM } = fence;
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && enterM >= 0 && exitM >= enterM)) {
    throw placesError(`fence ${id}`, 'needs valid lat and lon, and 0 <= enterM <= exitM');
  }
  const cos = Math.cos(lat * RADIANS);
  const boxes: Box[] = [];
  const entry = {
    id, fence, boxes,
    x: cos * Math.cos(lon * RADIANS),
    y: cos * Math.sin(lon * RADIANS),
    z: Math.sin(lat * RADIANS),
    enter: chordOf(enterM),
    exit: chordOf(exitM),
  };
  for (const box of circleBoxes(lat, lon, exitM)) boxes.push(wholeBox(box, entry));
  return entry;
}

function chordOf(metres: number): Chord {
  const chord = (angle: number): number => (2 * Math.sin(Math.min(Math.PI, angle) / 2)) ** 2;
  const angle = metres / SPHERE_RADIUS_M;
  // Beyond half the earth's circumference nothing is surely outside.
  const far = angle * (1 + SPHERE_ERROR) >= Math.PI;
  return {
    inside: metres === 0 ? -1 : chord(angle * (1 - SPHERE_ERROR)),
    outside: far ? Infinity : chord(angle * (1 + SPHERE_ERROR)) + 1e-15,
  };
}

/** Boxes that hold a circle: two where it crosses 180 degrees, all longitudes where it holds a pole. */
function circleBoxes(lat: number, lon: number, metres: number): Omit<Box, 'entry'>[] {
  const angle = (metres / SPHERE_RADIUS_M) * (1 + SPHERE_ERROR) + 1e-12;
  const dLat = angle / RADIANS;
  const minY = lat - dLat;
  const maxY = lat + dLat;
  if (minY <= -90 || maxY >= 90) return [{ minX: -180, maxX: 180, minY, maxY }];
  // Widest where a meridian touches the circle; Todhunter, Spherical Trigonometry, right triangles.
  const dLon = Math.asin(Math.min(1, Math.sin(angle) / Math.cos(lat * RADIANS))) / RADIANS;
  const [minX, maxX] = [lon - dLon, lon + dLon];
  if (minX < -180) {
    return [{ minX: -180, maxX, minY, maxY }, { minX: minX + 360, maxX: 180, minY, maxY }];
  }
  if (maxX > 180) {
    return [{ minX, maxX: 180, minY, maxY }, { minX: -180, maxX: maxX - 360, minY, maxY }];
  }
  return [{ minX, maxX, minY, maxY }];
}
