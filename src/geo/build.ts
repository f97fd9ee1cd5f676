import { buildCells } from './cell-builder.ts';
import type { DerivedLayerConfig, FieldSources, LayerConfig, LayerSetConfig } from './config.ts';
import type { GeoField } from './contract.ts';
import type {
  DerivedColumns,
  FieldColumn,
  FieldColumns,
  LayerColumns,
  SetImage,
} from './index-image.ts';
import { insidePoint } from './inside-point.ts';
import type { SourceLayer, SourceLines } from './source.ts';
import { placesError } from './source.ts';

/** Turns the source layers of a set into its part of an index. */

/** A layer with its declaration and what its derived layers need. */
export interface LayerSource {
  readonly config: LayerConfig;
  readonly source: SourceLayer;
  readonly derived: readonly DerivedSource[];
}

export interface DerivedSource {
  readonly config: DerivedLayerConfig;
  /** Row of the table by id of the base layer; null: properties of the base feature itself. */
  readonly rows: ReadonlyMap<string, Readonly<Record<string, unknown>>> | null;
  /** Properties by derived id; null: those of the row. */
  readonly properties: ReadonlyMap<string, Readonly<Record<string, unknown>>> | null;
}

const FINE = 1e5;
const FINEST = 1e7;

/** Smallest cell side, degrees (about 1 km): 2^10 units, so that a cell can be split evenly. */
const CELL_DEGREES = 0.01024;

/**
 * Edges above which a cell is split. Measured on the whole US: 96 takes 69 MB and answers 3.1 M
 * points a second around cities, 32 takes 97 MB and 4.2 M, 24 takes 113 MB and gives no more.
 */
const EDGES_MAX = 32;

export function buildSet(
  config: LayerSetConfig,
  layers: readonly LayerSource[],
  onProgress: (done: number) => void,
): SetImage {
  const lines = joinLines(layers);
  const unitsPerDegree = isOnGrid(lines.coordinates, FINE) ? FINE : FINEST;
  if (unitsPerDegree === FINEST && hasLongEdge(lines)) {
    throw placesError(`set ${config.set}`, 'an edge along a pole spans over 180 degrees; halve it');
  }
  const built = buildCells(
    {
      where: `set ${config.set}`,
      unitsPerDegree,
      cellUnits: cellUnits(lines, unitsPerDegree),
      edgesMax: EDGES_MAX,
      coordinates: toUnits(lines.coordinates, unitsPerDegree),
      starts: lines.starts,
      userStarts: lines.userStarts,
      users: lines.users,
    },
    onProgress,
  );
  return {
    set: config.set,
    grid: built.grid,
    layers: layers.map(layerColumns),
    arrays: built.arrays,
    points: insidePoints(layers),
  };
}

interface JoinedLines extends SourceLines {
  readonly userStarts: Int32Array;
  readonly users: Int32Array;
}

/** Lines of all layers one after the other, those of a shared file once, with their polygons. */
function joinLines(layers: readonly LayerSource[]): JoinedLines {
  const files = [...new Set(layers.map((layer) => layer.source.lines))];
  const lineOffset = new Map<SourceLines, number>();
  let lineCount = 0;
  let numbers = 0;
  for (const lines of files) {
    lineOffset.set(lines, lineCount);
    lineCount += lines.starts.length - 1;
    numbers += lines.coordinates.length;
  }
  const coordinates = new Float64Array(numbers);
  const starts = new Int32Array(lineCount + 1);
  let at = 0;
  for (const lines of files) {
    coordinates.set(lines.coordinates, at * 2);
    const offset = lineOffset.get(lines)!;
    for (let i = 0; i < lines.starts.length; i++) starts[offset + i] = at + lines.starts[i]!;
    at += lines.coordinates.length / 2;
  }
  const users = usersOfLines(layers, lineOffset, lineCount);
  return { coordinates, starts, ...users };
}

/** A line that a polygon uses twice (a slit) does not bound it. */
function usersOfLines(
  layers: readonly LayerSource[],
  lineOffset: ReadonlyMap<SourceLines, number>,
  lineCount: number,
): { userStarts: Int32Array; users: Int32Array } {
  const lists: (number[] | undefined)[] = Array.from({ length: lineCount });
  let polygon = 0;
  let total = 0;
  for (const { source } of layers) {
    const offset = lineOffset.get(source.lines)!;
    for (const feature of source.features) {
      for (const signed of feature.polygons.flat(2)) {
        const list = (lists[offset + (signed < 0 ? ~signed : signed)] ??= []);
        const twice = list.indexOf(polygon);
        if (twice < 0) list.push(polygon);
        else list.splice(twice, 1);
        total += twice < 0 ? 1 : -1;
      }
      polygon++;
    }
  }
  const userStarts = new Int32Array(lineCount + 1);
  const users = new Int32Array(total);
  let at = 0;
  for (let line = 0; line < lineCount; line++) {
    for (const user of lists[line] ?? []) users[at++] = user;
    userStarts[line + 1] = at;
  }
  return { userStarts, users };
}

/** Whether all coordinates are whole numbers of `1 / unitsPerDegree` degree, but for rounding. */
function isOnGrid(coordinates: Float64Array, unitsPerDegree: number): boolean {
  for (const degrees of coordinates) {
    const units = degrees * unitsPerDegree;
    if (Math.abs(units - Math.round(units)) > 1e-6) return false;
  }
  return true;
}

function hasLongEdge({ coordinates, starts }: SourceLines): boolean {
  for (let line = 0; line + 1 < starts.length; line++) {
    for (let v = starts[line]! + 1; v < starts[line + 1]!; v++) {
      if (Math.abs(coordinates[2 * v]! - coordinates[2 * v - 2]!) > 180) return true;
    }
  }
  return false;
}

function toUnits(coordinates: Float64Array, unitsPerDegree: number): Int32Array {
  const units = new Int32Array(coordinates.length);
  for (let i = 0; i < units.length; i++) units[i] = Math.round(coordinates[i]! * unitsPerDegree);
  return units;
}

/** About 0.01 degree where edges are short, up to 0.3 where they are long. */
function cellUnits({ coordinates, starts }: SourceLines, unitsPerDegree: number): number {
  let length = 0;
  let edges = 0;
  for (let line = 0; line + 1 < starts.length; line++) {
    for (let i = 2 * starts[line]! + 2; i < 2 * starts[line + 1]!; i += 2) {
      length += Math.abs(coordinates[i]! - coordinates[i - 2]!);
      edges++;
    }
  }
  let degrees = CELL_DEGREES;
  while (degrees < (8 * length) / edges && degrees < 0.2) degrees *= 2;
  return Math.round((degrees * unitsPerDegree) / 64) * 64;
}

function layerColumns({ config, source, derived }: LayerSource): LayerColumns {
  const { features } = source;
  const where = `layer ${config.layer} (${config.file})`;
  return {
    layer: config.layer,
    ids: features.map((feature) => feature.id),
    names: features.map((feature) => feature.name),
    fields: fieldColumns(config.fields, features, where),
    derived: derived.map((each) => derivedColumns(each, source, where)),
  };
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

function fieldColumns(sources: FieldSources, rows: readonly Row[], where: string): FieldColumns {
  const columns: FieldColumns = {};
  for (const [field, source] of Object.entries(sources)) {
    if (source === undefined) continue;
    columns[field as GeoField] = fieldColumn(source, rows, `${where}: field ${field}`);
  }
  return columns;
}

function fieldColumn(
  source: NonNullable<FieldSources[GeoField]>,
  rows: readonly Row[],
  where: string,
): FieldColumn {
  if (source === 'id' || source === 'name') return source;
  if (typeof source === 'object' && !Array.isArray(source)) return source;
  const properties = Array.isArray(source) ? source : [source];
  const values = rows.map((row) => {
    for (const property of properties) {
      const own = property === 'id' || property === 'name';
      const value = own ? row[property] : row.properties[property];
      if (typeof value === 'string' || typeof value === 'number') return String(value);
    }
    return null;
  });
  if (values.every((value) => value === null)) {
    throw placesError(where, `no feature has the property ${properties.join(' or ')}`);
  }
  return values;
}

function derivedColumns(
  { config, rows, properties }: DerivedSource,
  base: SourceLayer,
  where: string,
): DerivedColumns {
  const items = new Map<string, Row>();
  const idOf = base.features.map((feature): string | null => {
    const row = rows ? rows.get(feature.id) : feature.properties;
    const id = row?.[config.id];
    if (row === undefined || (typeof id !== 'string' && typeof id !== 'number')) return null;
    const key = String(id);
    if (!items.has(key)) {
      const own = properties?.get(key) ?? row;
      const name = own[config.name];
      items.set(key, { id: key, name: typeof name === 'string' ? name : key, properties: own });
    }
    return key;
  });
  if (items.size === 0) {
    throw placesError(where, `derived layer ${config.layer}: no feature has a ${config.id}`);
  }
  const sorted = [...items.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const numberOf = new Map(sorted.map((row, number) => [row.id, number]));
  return {
    layer: config.layer,
    ids: sorted.map((row) => row.id),
    names: sorted.map((row) => row.name),
    ...(config.alias ? { aliases: fieldColumn([config.alias], sorted, where) as string[] } : {}),
    fields: fieldColumns(config.fields, sorted, `${where}: derived layer ${config.layer}`),
    of: idOf.map((id) => (id === null ? -1 : numberOf.get(id)!)),
  };
}

function insidePoints(layers: readonly LayerSource[]): Float64Array {
  const count = layers.reduce((sum, { source }) => sum + source.features.length, 0);
  const points = new Float64Array(count * 3);
  let at = 0;
  for (const { source } of layers) {
    for (const feature of source.features) {
      const { lat, lon, area } = insidePoint(feature, source.lines);
      points[at++] = lat;
      points[at++] = lon;
      points[at++] = area;
    }
  }
  return points;
}
