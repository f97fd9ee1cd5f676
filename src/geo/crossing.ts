import type { SourceFeature, SourceLines } from './source.ts';

/**
 * Finds a place where the boundary of a feature's polygon crosses itself: what makes it invalid.
 */

interface Edge {
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
}

/**
 * A point near a proper crossing of two edges of one polygon, as [lon, lat]; null if there is
 * none.
 */
export function selfCrossing(feature: SourceFeature, lines: SourceLines): [number, number] | null {
  for (const polygon of feature.polygons) {
    const edges = polygon.flat().flatMap((line) => edgesOf(line < 0 ? ~line : line, lines));
    const crossing = crossingOf(edges);
    if (crossing) return crossing;
  }
  return null;
}

/** Sweeps from west to east: an edge is compared with those that begin before it ends. */
function crossingOf(edges: Edge[]): [number, number] | null {
  edges.sort((a, b) => west(a) - west(b));
  for (let i = 0; i < edges.length; i++) {
    const a = edges[i]!;
    const east = Math.max(a.ax, a.bx);
    for (let j = i + 1; j < edges.length && west(edges[j]!) <= east; j++) {
      const b = edges[j]!;
      if (Math.max(b.ay, b.by) < Math.min(a.ay, a.by)) continue;
      if (Math.min(b.ay, b.by) > Math.max(a.ay, a.by)) continue;
      const fromA = side(a, b.ax, b.ay);
      const toA = side(a, b.bx, b.by);
      if (fromA * toA >= 0 || side(b, a.ax, a.ay) * side(b, a.bx, a.by) >= 0) continue;
      const t = fromA / (fromA - toA);
      return [rounded(b.ax + t * (b.bx - b.ax)), rounded(b.ay + t * (b.by - b.ay))];
    }
  }
  return null;
}

function edgesOf(line: number, { coordinates, starts }: SourceLines): Edge[] {
  const edges: Edge[] = [];
  for (let v = starts[line]! + 1; v < starts[line + 1]!; v++) {
    edges.push({
      ax: coordinates[2 * v - 2]!,
      ay: coordinates[2 * v - 1]!,
      bx: coordinates[2 * v]!,
      by: coordinates[2 * v + 1]!,
    });
  }
  return edges;
}

function west({ ax, bx }: Edge): number {
  return Math.min(ax, bx);
}

function side({ ax, ay, bx, by }: Edge, x: number, y: number): number {
  return (bx - ax) * (y - ay) - (by - ay) * (x - ax);
}

function rounded(degrees: number): number {
  return Math.round(degrees * 1e5) / 1e5;
}
