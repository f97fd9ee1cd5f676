import { bbox, booleanPointInPolygon } from '@turf/turf';
import type { MultiPolygon, Polygon } from 'geojson';
import RBush from 'rbush';
import type { PlaceIndex, Region } from './contract.ts';
import {
  distance,
  type EarthPoint,
  earthPoint,
  type StraightLimits,
  straightLimits,
} from './distance.ts';
import type { FenceHits, FenceLookup } from './fence.ts';
import { placesError } from './source.ts';

/**
 * Fences that come and go: an R-tree (rbush) over their boxes, then an exact test. For fences that
 * users draw and objects that move; layers that stay belong into the place index.
 */

export interface CircleFence {
  readonly lat: number;
  readonly lon: number;
  readonly enterM: number;
  /** At least `enterM`: hysteresis. */
  readonly exitM: number;
}

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
  /** Circles: the centre, and what decides about the two radii. */
  readonly centre: EarthPoint;
  readonly enter: StraightLimits;
  readonly exit: StraightLimits;
}

const RADIANS = Math.PI / 180;

/**
 * Boxes of circles are worked out on a sphere, wider by more than the ellipsoid differs from it.
 */
const SPHERE_RADIUS_M = 6_371_008.8;
const SPHERE_ERROR = 0.006;

/**
 * Boxes are in whole millionths of a degree: small integers are cheaper to compare than doubles.
 */
const BOX_UNITS = 1e6;
const NOWHERE: EarthPoint = { x: 0, y: 0, z: 0 };
const NO_LIMITS: StraightLimits = { inside: -1, outside: -1 };

export class LiveFences implements FenceLookup {
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

/** A region of a layer as a fence; its id is `layer:region`. Throws if there is no such region. */
export function regionFence(index: PlaceIndex, region: Region): FenceLookup {
  const inside = [`${region.layer}:${'id' in region ? region.id : region.name}`];
  index.regionContains(region, 0, 0);
  return {
    at: (lat, lon) => {
      const holds = index.regionContains(region, lat, lon);
      return { inside: holds ? inside : [], between: [] };
    },
  };
}

function sortHits(
  found: readonly Box[],
  lat: number,
  lon: number,
  inside: string[],
  between: string[],
): void {
  const { x, y, z } = earthPoint(lat, lon);
  for (const { entry } of found) {
    const { fence } = entry;
    if ('type' in fence) {
      if (booleanPointInPolygon([lon, lat], fence)) inside.push(entry.id);
      continue;
    }
    const { centre } = entry;
    const straight = (x - centre.x) ** 2 + (y - centre.y) ** 2 + (z - centre.z) ** 2;
    if (isWithin(entry.enter, fence.enterM, straight, fence, lat, lon)) inside.push(entry.id);
    else if (isWithin(entry.exit, fence.exitM, straight, fence, lat, lon)) between.push(entry.id);
  }
  if (inside.length > 1) inside.sort();
  if (between.length > 1) between.sort();
}

function isWithin(
  limits: StraightLimits,
  metres: number,
  straight: number,
  fence: CircleFence,
  lat: number,
  lon: number,
): boolean {
  if (straight <= limits.inside) return true;
  if (straight > limits.outside) return false;
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
    const entry = { id, fence, boxes, centre: NOWHERE, enter: NO_LIMITS, exit: NO_LIMITS };
    boxes.push(wholeBox({ minX, minY, maxX, maxY }, entry));
    return entry;
  }
  const { lat, lon, enterM, exitM } = fence;
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && enterM >= 0 && exitM >= enterM)) {
    throw placesError(`fence ${id}`, 'needs valid lat and lon, and 0 <= enterM <= exitM');
  }
  const boxes: Box[] = [];
  const entry = {
    id,
    fence,
    boxes,
    centre: earthPoint(lat, lon),
    enter: straightLimits(enterM),
    exit: straightLimits(exitM),
  };
  for (const box of circleBoxes(lat, lon, exitM)) boxes.push(wholeBox(box, entry));
  return entry;
}

/**
 * Boxes that hold a circle: two where it crosses 180 degrees, all longitudes where it holds a
 * pole.
 */
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
