import { bbox, booleanPointInPolygon } from '@turf/turf';
import type { MultiPolygon, Polygon } from 'geojson';
import RBush from 'rbush';
import type { PlaceIndex, Region } from './contract.ts';
import { distance, type EarthPoint, earthPoint, straightLimits } from './distance.ts';
import type { FenceHits, FenceLookup } from './fence.ts';
import { BOX_UNITS, BOX_WIDTH, type FenceBox, FenceCells } from './fence-cells.ts';
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

/** Where a fence lies. */
interface Entry {
  readonly slot: number;
  readonly boxes: readonly FenceBox[];
}

const RADIANS = Math.PI / 180;

/** Boxes of circles are worked out on a sphere, wider by more than the ellipsoid differs from it. */
const SPHERE_RADIUS_M = 6_371_008.8;
const SPHERE_ERROR = 0.006;

/**
 * Numbers kept of a circle, one cache line: its centre in space, and the squared straight distances
 * that decide about the enter and the exit radius. A polygon has NaN in the first.
 */
const FIGURES = 8;
const ENTER = 3;
const EXIT = 5;

type Place = typeof OUTSIDE | typeof BETWEEN | typeof INSIDE;
const OUTSIDE = 0;
const BETWEEN = 1;
const INSIDE = 2;

/** Never changed. */
const NONE: string[] = [];
const NO_HITS: FenceHits = { inside: NONE, between: NONE };

export class LiveFences implements FenceLookup {
  readonly #tree = new RBush<FenceBox>();
  readonly #cells = new FenceCells(this.#tree);
  readonly #byId = new Map<string, Entry>();
  /** By slot. */
  readonly #ids: string[] = [];
  readonly #fences: LiveFence[] = [];
  readonly #freeSlots: number[] = [];
  #figures = new Float64Array(64 * FIGURES);

  get size(): number {
    return this.#byId.size;
  }

  /** Adds a fence, or moves or reshapes the one with this id. Throws PARLEY_PLACES_INVALID. */
  set(id: string, fence: LiveFence): void {
    for (const box of this.#put(id, fence)) {
      this.#tree.insert(box);
      this.#cells.forget(box);
    }
  }

  /** Adds many at once, faster than one by one. */
  load(fences: Iterable<readonly [string, LiveFence]>): void {
    const boxes: FenceBox[] = [];
    for (const [id, fence] of new Map(fences)) boxes.push(...this.#put(id, fence));
    this.#tree.load(boxes);
    this.#cells.clear();
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    const entry = this.#byId.get(id);
    if (!entry) return false;
    for (const box of entry.boxes) {
      this.#tree.remove(box);
      this.#cells.forget(box);
    }
    this.#freeSlots.push(entry.slot);
    return this.#byId.delete(id);
  }

  /** Fences of a point. Borders belong to the fence; nothing for invalid coordinates. */
  at(lat: number, lon: number): FenceHits {
    if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return NO_HITS;
    return this.#sort(this.#cells.near(lat, lon), lat, lon);
  }

  /** Keeps a fence in place of the one with its id; the boxes are for the tree. */
  #put(id: string, fence: LiveFence): readonly FenceBox[] {
    const corners = fenceCorners(id, fence);
    this.remove(id);
    const slot = this.#freeSlots.pop() ?? this.#ids.length;
    const entry = { slot, boxes: corners.map((each) => wholeBox(each, slot)) };
    this.#byId.set(id, entry);
    this.#ids[slot] = id;
    this.#fences[slot] = fence;
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

  #sort(start: number, lat: number, lon: number): FenceHits {
    const { boxes } = this.#cells;
    const x = lon * BOX_UNITS;
    const y = lat * BOX_UNITS;
    let inside = NONE;
    let between = NONE;
    let point: EarthPoint | null = null;
    const end = start + 1 + boxes[start]!;
    for (let i = start + 1; i < end; i += BOX_WIDTH) {
      if (boxes[i]! > x || boxes[i + 1]! > y || boxes[i + 2]! < x || boxes[i + 3]! < y) continue;
      point ??= earthPoint(lat, lon);
      const slot = boxes[i + 4]!;
      const place = this.#place(slot, point, lat, lon);
      if (place === INSIDE) inside = add(inside, this.#ids[slot]!);
      else if (place === BETWEEN) between = add(between, this.#ids[slot]!);
    }
    return inside === NONE && between === NONE ? NO_HITS : { inside, between };
  }

  /** Where a point lies that the box of a fence holds. */
  #place(slot: number, point: EarthPoint, lat: number, lon: number): Place {
    const figures = this.#figures;
    const at = slot * FIGURES;
    const dx = point.x - figures[at]!;
    const dy = point.y - figures[at + 1]!;
    const dz = point.z - figures[at + 2]!;
    const straight = dx * dx + dy * dy + dz * dz;
    if (straight <= figures[at + ENTER]!) return INSIDE;
    if (straight > figures[at + EXIT + 1]!) return OUTSIDE;
    if (straight > figures[at + ENTER + 1]! && straight <= figures[at + EXIT]!) return BETWEEN;
    const fence = this.#fences[slot]!;
    if ('type' in fence) return booleanPointInPolygon([lon, lat], fence) ? INSIDE : OUTSIDE;
    const metres = distance(fence.lat, fence.lon, lat, lon);
    return metres <= fence.enterM ? INSIDE : metres <= fence.exitM ? BETWEEN : OUTSIDE;
  }
}

/** Adds an id in order; there are few. */
function add(ids: string[], id: string): string[] {
  if (ids === NONE) return [id];
  ids.push(id);
  return ids.sort();
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
function wholeBox(corners: Corners, slot: number): FenceBox {
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
