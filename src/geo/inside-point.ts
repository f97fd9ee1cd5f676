import type { SourceFeature, SourceLines, SourceRing } from './source.ts';

/** A point inside a feature, for naming it on a map and for finding a place by name. */
export interface InsidePoint {
  readonly lat: number;
  readonly lon: number;
  /** Area of the whole feature, square degrees. */
  readonly area: number;
}

/** Middle of the widest stretch at half the height of the feature's largest polygon. */
export function insidePoint(feature: SourceFeature, lines: SourceLines): InsidePoint {
  let area = 0;
  let largest = feature.polygons[0]!;
  let largestArea = -1;
  for (const polygon of feature.polygons) {
    const outline = Math.abs(ringArea(polygon[0]!, lines));
    const holes = polygon.slice(1).reduce((sum, ring) => sum + Math.abs(ringArea(ring, lines)), 0);
    area += outline - holes;
    if (outline > largestArea) {
      largestArea = outline;
      largest = polygon;
    }
  }
  const lat = middleLatitude(largest[0]!, lines);
  const crossings: number[] = [];
  for (const ring of largest) {
    eachEdge(ring, lines, (ax, ay, bx, by) => {
      if (ay > lat !== by > lat) crossings.push(ax + ((bx - ax) * (lat - ay)) / (by - ay));
    });
  }
  crossings.sort((a, b) => a - b);
  let lon = crossings[0] ?? 0;
  let widest = -1;
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const width = crossings[i + 1]! - crossings[i]!;
    if (width <= widest) continue;
    widest = width;
    lon = (crossings[i]! + crossings[i + 1]!) / 2;
  }
  return { lat, lon, area };
}

function middleLatitude(ring: SourceRing, lines: SourceLines): number {
  let south = Infinity;
  let north = -Infinity;
  eachEdge(ring, lines, (_ax, ay) => {
    south = Math.min(south, ay);
    north = Math.max(north, ay);
  });
  return (south + north) / 2;
}

function ringArea(ring: SourceRing, lines: SourceLines): number {
  let twice = 0;
  eachEdge(ring, lines, (ax, ay, bx, by) => {
    twice += ax * by - bx * ay;
  });
  return twice / 2;
}

function eachEdge(
  ring: SourceRing,
  { coordinates, starts }: SourceLines,
  visit: (ax: number, ay: number, bx: number, by: number) => void,
): void {
  for (const signed of ring) {
    const line = signed < 0 ? ~signed : signed;
    for (let i = starts[line]! + 1; i < starts[line + 1]!; i++) {
      const a = signed < 0 ? 2 * i : 2 * i - 2;
      const b = signed < 0 ? 2 * i - 2 : 2 * i;
      visit(coordinates[a]!, coordinates[a + 1]!, coordinates[b]!, coordinates[b + 1]!);
    }
  }
}
