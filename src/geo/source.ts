import { ParleyError } from '../event/errors.ts';
import { selfCrossing } from './crossing.ts';

/**
 * A layer as its file gives it, before it is indexed: lines in typed arrays, and features that are
 * made of them. Lines may be shared by several features and by several layers of one file.
 */

/** Polylines, one after the other. */
export interface SourceLines {
  /** lon, lat, lon, lat, ... in degrees. */
  readonly coordinates: Float64Array;
  /** Line i has the vertices `starts[i]` up to `starts[i + 1]`, exclusive. */
  readonly starts: Int32Array;
}

/** A ring: lines end to end; `~i` stands for line i backwards, as in TopoJSON. */
export type SourceRing = readonly number[];

export interface SourceFeature {
  readonly id: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Polygons; the first ring of each is its outline, the others are holes. */
  readonly polygons: readonly (readonly SourceRing[])[];
}

export interface SourceLayer {
  readonly layer: string;
  readonly lines: SourceLines;
  /** By id ascending, then by name. */
  readonly features: readonly SourceFeature[];
}

/** What a file holds before a layer's `id`, `name` and `only` are applied to it. */
export interface RawFeature {
  readonly id: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly polygons: readonly (readonly SourceRing[])[];
}

export interface RawLayer {
  readonly lines: SourceLines;
  /** The file was rounded to a grid, so small rings may have collapsed: they are left out. */
  readonly rounded: boolean;
  readonly features: readonly RawFeature[];
}

/** How a layer's features are picked and named. */
export interface LayerNaming {
  readonly layer: string;
  readonly file: string;
  readonly id?: string | undefined;
  readonly name: string;
  readonly only?: readonly string[] | undefined;
  readonly sharedIds: boolean;
}

/** The one error of this folder: which layer and file, what, and what to do. */
export function placesError(where: string, what: string, cause?: unknown): ParleyError {
  return new ParleyError('PARLEY_PLACES_INVALID', `${where}: ${what}`, { cause });
}

/** Collects lines while a file is read. */
export class LineWriter {
  #coordinates: Float64Array;
  #starts: number[] = [0];
  #used = 0;

  constructor(vertices = 1024) {
    this.#coordinates = new Float64Array(Math.max(16, vertices * 2));
  }

  point(lon: number, lat: number): void {
    if (this.#used + 2 > this.#coordinates.length) {
      const grown = new Float64Array(this.#coordinates.length * 2);
      grown.set(this.#coordinates);
      this.#coordinates = grown;
    }
    this.#coordinates[this.#used++] = lon;
    this.#coordinates[this.#used++] = lat;
  }

  /** Ends the line under way and returns its number. */
  end(): number {
    this.#starts.push(this.#used / 2);
    return this.#starts.length - 2;
  }

  lines(): SourceLines {
    return {
      coordinates: this.#coordinates.slice(0, this.#used),
      starts: Int32Array.from(this.#starts),
    };
  }
}

/** Applies ids, names and `only`, sorts, and checks everything that later steps rely on. */
export function nameFeatures(raw: RawLayer, naming: LayerNaming): SourceLayer {
  const where = `layer ${naming.layer} (${naming.file})`;
  const features: SourceFeature[] = [];
  raw.features.forEach((feature, number) => {
    const id = textOf(naming.id === undefined ? feature.id : feature.properties[naming.id]);
    if (id === null) {
      const source = naming.id === undefined ? 'an `id`' : `the property ${naming.id}`;
      throw placesError(
        where,
        `feature ${number + 1} has no id; give every feature ${source}, ` +
          'or name another property with `id:`',
      );
    }
    if (naming.only && !naming.only.some((prefix) => id.startsWith(prefix))) return;
    const polygons = raw.rounded ? uncollapsed(feature.polygons, raw.lines) : feature.polygons;
    if (polygons.length === 0) return;
    const name = naming.name === 'id' ? id : textOf(feature.properties[naming.name]);
    features.push({
      id,
      name: name ?? id,
      properties: feature.properties,
      polygons,
    });
  });
  if (features.length === 0) {
    throw placesError(where, 'holds no polygon; check `object:` and `only:`, or leave it out');
  }
  features.sort((a, b) => compareText(a.id, b.id) || compareText(a.name, b.name));
  if (!naming.sharedIds) refuseSharedIds(features, where);
  checkCoordinates(raw.lines, where);
  checkRings(features, raw.lines, where);
  // A rounded file may cross itself within its rounding; even-odd answers are right there too.
  if (!raw.rounded) refuseCrossings(features, raw.lines, where);
  return { layer: naming.layer, lines: raw.lines, features };
}

/** Order of ids: by UTF-16 code unit, so that it does not depend on a locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function refuseSharedIds(features: readonly SourceFeature[], where: string): void {
  for (let i = 1; i < features.length; i++) {
    if (features[i]!.id !== features[i - 1]!.id) continue;
    throw placesError(
      where,
      `two features have the id ${features[i]!.id}; make ids unique, name another property with ` +
        '`id:`, or set `sharedIds: true`',
    );
  }
}

/** Decoding a delta-coded file may end a hair beyond 180, degrees. */
const ROUNDING = 1e-9;

function checkCoordinates(lines: SourceLines, where: string): void {
  const { coordinates } = lines;
  for (let i = 0; i < coordinates.length; i += 2) {
    const lon = coordinates[i]!;
    const lat = coordinates[i + 1]!;
    if (Math.abs(lon) <= 180 + ROUNDING && Math.abs(lat) <= 90 + ROUNDING) continue;
    const problem = Number.isFinite(lon) && Number.isFinite(lat)
      ? 'is not in degrees: another projection? Convert the file to WGS84 lon/lat (EPSG:4326)'
      : 'is not a number';
    throw placesError(where, `the coordinate (${lon}, ${lat}) ${problem}`);
  }
}

function checkRings(
  features: readonly SourceFeature[],
  lines: SourceLines,
  where: string,
): void {
  for (const feature of features) {
    for (const polygon of feature.polygons) {
      for (const ring of polygon) {
        const problem = ringProblem(ring, lines);
        if (problem) throw placesError(where, `feature ${feature.id} ${problem}`);
      }
    }
  }
}

/** Polygons without rings of fewer than three edges, which hold nothing. */
function uncollapsed(
  polygons: readonly (readonly SourceRing[])[],
  lines: SourceLines,
): (readonly SourceRing[])[] {
  return polygons
    .filter((polygon) => edgeCount(polygon[0]!, lines) >= 3)
    .map((polygon) => polygon.filter((ring) => edgeCount(ring, lines) >= 3));
}

function edgeCount(ring: SourceRing, { starts }: SourceLines): number {
  return ring.reduce((sum, signed) => {
    const line = signed < 0 ? ~signed : signed;
    return sum + starts[line + 1]! - starts[line]! - 1;
  }, 0);
}

function refuseCrossings(
  features: readonly SourceFeature[],
  lines: SourceLines,
  where: string,
): void {
  for (const feature of features) {
    const at = selfCrossing(feature, lines);
    if (!at) continue;
    const place = `(${at.join(', ')})`;
    throw placesError(where, `feature ${feature.id} crosses itself near ${place}; repair it`);
  }
}

/** First and last vertex of a line in walking direction, as indices of vertices. */
function lineEnds(line: number, starts: Int32Array): [number, number] {
  const index = line < 0 ? ~line : line;
  const first = starts[index]!;
  const last = starts[index + 1]! - 1;
  return line < 0 ? [last, first] : [first, last];
}

function ringProblem(ring: SourceRing, lines: SourceLines): string | null {
  const { coordinates, starts } = lines;
  for (let i = 0; i < ring.length; i++) {
    const [, end] = lineEnds(ring[i]!, starts);
    const [next] = lineEnds(ring[(i + 1) % ring.length]!, starts);
    if (
      coordinates[2 * end] !== coordinates[2 * next] ||
      coordinates[2 * end + 1] !== coordinates[2 * next + 1]
    ) {
      return 'has a ring that is not closed; repeat its first point at the end';
    }
    const line = ring[i]! < 0 ? ~ring[i]! : ring[i]!;
    for (let v = starts[line]! + 1; v < starts[line + 1]!; v++) {
      const jumps = Math.abs(coordinates[2 * v]! - coordinates[2 * v - 2]!) > 180;
      // Along a pole an edge may be that long: it closes a polygon such as Antarctica.
      if (jumps && Math.abs(coordinates[2 * v + 1]!) < 90 - ROUNDING) {
        return 'crosses 180 degrees of longitude; cut it there into two polygons';
      }
    }
  }
  return edgeCount(ring, lines) < 3 ? 'has a ring of fewer than three edges; remove it' : null;
}
