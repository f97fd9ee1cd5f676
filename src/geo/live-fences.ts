import { bbox, booleanPointInPolygon } from '@turf/turf';
import type { MultiPolygon, Polygon } from 'geojson';
import RBush from 'rbush';
import type { PlaceIndex, Region } from './contract.ts';
import { distance, earthPoint, straightLimits } from './distance.ts';
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

interface Corners {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

interface Box extends Corners {
  readonly slot: number;
}

/** A fence and where it lies in the tree. */
interface Entry {
  readonly id: string;
  readonly fence: LiveFence;
  readonly slot: number;
  readonly boxes: readonly Box[];
}

const RADIANS = Math.PI / 180;

/** Boxes of circles are worked out on a sphere, wider by more than the ellipsoid differs from it. */
const SPHERE_RADIUS_M = 6_371_008.8;
const SPHERE_ERROR = 0.006;

/** Boxes are in whole millionths of a degree: small integers are cheaper to compare than doubles. */
const BOX_UNITS = 1e6;

/**
 * Numbers kept of a circle, one cache line: its centre in space, and the squared straight distances
 * that decide about the enter and the exit radius. A polygon has NaN in the first.
 */
const FIGURES = 8;
const ENTER = 3;
const EXIT = 5;

const NO_HITS: FenceHits = { inside: [], between: [] };

export class LiveFences implements FenceLookup {
  readonly #tree = new RBush<Box>();
  readonly #byId = new Map<string, Entry>();
  readonly #bySlot: Entry[] = [];
  readonly #freeSlots: number[] = [];
  #figures = new Float64Array(64 * FIGURES);

  get size(): number {
    return this.#byId.size;
  }

  /** Adds a fence, or moves or reshapes the one with this id. Throws PARLEY_PLACES_INVALID. */
  set(id: string, fence: LiveFence): void {
    for (const box of this.#put(id, fence)) this.#tree.insert(box);
  }

  /** Adds many at once, faster than one by one. */
  load(fences: Iterable<readonly [string, LiveFence]>): void {
    const boxes: Box[] = [];
    for (const [id, fence] of new Map(fences)) boxes.push(...this.#put(id, fence));
    this.#tree.load(boxes);
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    const entry = this.#byId.get(id);
    if (!entry) return false;
    for (const box of entry.boxes) this.#tree.remove(box);
    this.#freeSlots.push(entry.slot);
    return this.#byId.delete(id);
  }

  /** Fences of a point. Borders belong to the fence; nothing for invalid coordinates. */
  at(lat: number, lon: number): FenceHits {
    if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return NO_HITS;
    const found = this.#tree.search({
      minX: Math.floor(lon * BOX_UNITS),
      minY: Math.floor(lat * BOX_UNITS),
      maxX: Math.ceil(lon * BOX_UNITS),
      maxY: Math.ceil(lat * BOX_UNITS),
    });
    return found.length === 0 ? NO_HITS : this.#sort(found, lat, lon);
  }

  /** Keeps a fence in place of the one with its id; the boxes are for the tree. */
  #put(id: string, fence: LiveFence): readonly Box[] {
    const corners = fenceCorners(id, fence);
    this.remove(id);
    const slot = this.#freeSlots.pop() ?? this.#bySlot.length;
    const entry = { id, fence, slot, boxes: corners.map((each) => wholeBox(each, slot)) };
    this.#byId.set(id, entry);
    this.#bySlot[slot] = entry;
    this.#keepFigures(slot, fence);
    return entry.boxes;
  }

  #keepFigures(slot: number, fence: LiveFence): void {
    const at = slot * FIGURES;
    if (at >= this.#figures.length) {
      const grown = new Float64Array(this.#figures.length * 2);
      grown.set(this.#figures);
      this.#figures = grown;
    }
    if ('type' in fence) {
      this.#figures[at] = Number.NaN;
      return;
    }
    const { x, y, z } = earthPoint(fence.lat, fence.lon);
    const enter = straightLimits(fence.enterM);
    const exit = straightLimits(fence.exitM);
    this.#figures.set([x, y, z, enter.inside, enter.outside, exit.inside, exit.outside], at);
  }

  #sort(found: readonly Box[], lat: number, lon: number): FenceHits {
    const inside: string[] = [];
    const between: string[] = [];
    const figures = this.#figures;
    const { x, y, z } = earthPoint(lat, lon);
    for (const { slot } of found) {
      const at = slot * FIGURES;
      const dx = x - figures[at]!;
      const dy = y - figures[at + 1]!;
      const dz = z - figures[at + 2]!;
      const straight = dx * dx + dy * dy + dz * dz;
      if (straight > figures[at + EXIT + 1]!) continue;
      const { id, fence } = this.#bySlot[slot]!;
      if ('type' in fence) {
        if (booleanPointInPolygon([lon, lat], fence)) inside.push(id);
      } else if (this.#isWithin(straight, at + ENTER, fence.enterM, fence, lat, lon)) {
        inside.push(id);
      } else if (this.#isWithin(straight, at + EXIT, fence.exitM, fence, lat, lon)) {
        between.push(id);
      }
    }
    if (inside.length > 1) inside.sort();
    if (between.length > 1) between.sort();
    return { inside, between };
  }

  #isWithin(
    straight: number,
    limits: number,
    metres: number,
    fence: CircleFence,
    lat: number,
    lon: number,
  ): boolean {
    if (straight <= this.#figures[limits]!) return true;
    if (straight > this.#figures[limits + 1]!) return false;
    return distance(fence.lat, fence.lon, lat, lon) <= metres;
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

/** Boxes in degrees that hold a fence. */
function fenceCorners(id: string, fence: LiveFence): Corners[] {
  if ('type' in fence) {
    const [minX, minY, maxX, maxY] = bbox(fence) as [number, number, number, number];
    if (!(minX >= -180 && maxX <= 180 && minY >= -90 && maxY <= 90)) {
      throw placesError(`fence ${id}`, 'has coordinates that are not WGS84 degrees [lon, lat]');
    }
    return [{ minX, minY, maxX, maxY }];
  }
  const { lat, lon, enterM, exitM } = fence;
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && enterM >= 0 && exitM >= enterM)) {
    throw placesError(`fence ${id}`, 'needs valid lat and lon, and 0 <= enterM <= exitM');
  }
  return circleCorners(lat, lon, exitM);
}

/** The box in whole units around a box in degrees. */
function wholeBox(corners: Corners, slot: number): Box {
  return {
    minX: Math.floor(corners.minX * BOX_UNITS),
    minY: Math.floor(corners.minY * BOX_UNITS),
    maxX: Math.ceil(corners.maxX * BOX_UNITS),
    maxY: Math.ceil(corners.maxY * BOX_UNITS),
    slot,
  };
}

/**
 * Boxes that hold a circle: two where it crosses 180 degrees, all longitudes where it holds a
 * pole.
 */
function circleCorners(lat: number, lon: number, metres: number): Corners[] {
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
