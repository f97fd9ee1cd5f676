import type { RawFeature, RawLayer, SourceLines, SourceRing } from './source.ts';
import { placesError } from './source.ts';

/**
 * TopoJSON: lines are decoded once and stay shared. `topojson-client` would unfold every polygon
 * into arrays of arrays, which for the whole US is twice the vertices and a gigabyte.
 */

interface Geometry {
  type?: unknown;
  id?: unknown;
  properties?: unknown;
  arcs?: unknown;
  geometries?: unknown;
}

/** A TopoJSON file whose lines are decoded; layers take objects of it. */
export interface Topology {
  readonly lines: SourceLines;
  readonly objects: Readonly<Record<string, Geometry>>;
}

export function readTopology(json: unknown, where: string): Topology {
  const root = record(json);
  if (root?.['type'] !== 'Topology' || !Array.isArray(root['arcs'])) {
    throw placesError(where, 'is not TopoJSON (no "type": "Topology" with "arcs")');
  }
  const objects = record(root['objects']);
  if (!objects) throw placesError(where, 'is TopoJSON without "objects"');
  const transform = record(root['transform']);
  const lines = decodeArcs(root['arcs'] as number[][][], {
    scale: pair(transform?.['scale']),
    translate: pair(transform?.['translate']),
  });
  return { lines, objects: objects as Record<string, Geometry> };
}

/** Features of one object of a topology. */
export function topologyLayer(topology: Topology, object: string, where: string): RawLayer {
  const root = topology.objects[object];
  if (!root) {
    const known = Object.keys(topology.objects).join(', ');
    throw placesError(where, `has no object "${object}"; it has: ${known}`);
  }
  const geometries = Array.isArray(root.geometries) ? (root.geometries as Geometry[]) : [root];
  const lineCount = topology.lines.starts.length - 1;
  return {
    lines: topology.lines,
    rounded: true,
    features: geometries.map((geometry, number) => {
      const polygons = polygonsOf(geometry);
      for (const ring of polygons.flat()) {
        for (const arc of ring) {
          if (Number.isInteger(arc) && (arc < 0 ? ~arc : arc) < lineCount) continue;
          throw placesError(where, `feature ${number + 1} refers to arc ${arc}: there is none`);
        }
      }
      return featureOf(geometry, polygons);
    }),
  };
}

function featureOf(geometry: Geometry, polygons: SourceRing[][]): RawFeature {
  return { id: geometry.id, properties: record(geometry.properties) ?? {}, polygons };
}

function polygonsOf(geometry: Geometry): SourceRing[][] {
  if (geometry.type === 'Polygon') return [geometry.arcs as SourceRing[]];
  return geometry.type === 'MultiPolygon' ? (geometry.arcs as SourceRing[][]) : [];
}

interface Transform {
  scale: readonly [number, number] | null;
  translate: readonly [number, number] | null;
}

/** Delta-coded if the topology has a transform, plain degrees otherwise (TopoJSON 2.1.2, 2.1.3). */
function decodeArcs(arcs: readonly number[][][], { scale, translate }: Transform): SourceLines {
  let vertices = 0;
  for (const arc of arcs) vertices += arc.length;
  const coordinates = new Float64Array(vertices * 2);
  const starts = new Int32Array(arcs.length + 1);
  let at = 0;
  arcs.forEach((arc, number) => {
    let x = 0;
    let y = 0;
    for (const position of arc) {
      x = scale ? x + position[0]! : position[0]!;
      y = scale ? y + position[1]! : position[1]!;
      coordinates[at++] = scale ? x * scale[0] + (translate?.[0] ?? 0) : x;
      coordinates[at++] = scale ? y * scale[1] + (translate?.[1] ?? 0) : y;
    }
    starts[number + 1] = at / 2;
  });
  return { coordinates, starts };
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function pair(value: unknown): readonly [number, number] | null {
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'number'
    ? [value[0], value[1]]
    : null;
}
