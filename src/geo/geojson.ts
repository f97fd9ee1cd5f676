import { wktToGeoJSON } from 'betterknown';
import type { RawFeature, RawLayer, SourceRing } from './source.ts';
import { LineWriter, placesError } from './source.ts';

/** GeoJSON and WKT layers: every ring becomes a line of its own. */

/** Reads a FeatureCollection (or one Feature) of polygons. */
export function readGeoJson(json: unknown, where: string): RawLayer {
  const root = record(json);
  const type = root?.['type'];
  const list = type === 'FeatureCollection' ? root?.['features'] : [json];
  if (!root || !Array.isArray(list) || (type !== 'FeatureCollection' && type !== 'Feature')) {
    throw placesError(where, 'is not GeoJSON (no "type": "FeatureCollection" with "features")');
  }
  refuseProjection(root, where);
  const writer = new LineWriter();
  const features = list.map((item, number): RawFeature => {
    const feature = record(item);
    if (!feature) throw placesError(where, `feature ${number + 1} is not an object`);
    const geometry = record(feature['geometry']);
    return {
      id: feature['id'],
      properties: record(feature['properties']) ?? {},
      polygons: geometry ? readGeometry(geometry, writer, `${where}: feature ${number + 1}`) : [],
    };
  });
  return { lines: writer.lines(), rounded: false, features };
}

/**
 * Reads a tab-separated table with a header and a column `wkt`; `id` and the other columns become
 * properties. With `object`, only rows whose column `layer` equals it.
 */
export function readWktTable(text: string, object: string | undefined, where: string): RawLayer {
  const rows = readTable(text, where);
  const writer = new LineWriter();
  const features: RawFeature[] = [];
  rows.forEach((row, number) => {
    if (object !== undefined && row['layer'] !== object) return;
    const { wkt, ...properties } = row;
    const at = `${where}: line ${number + 2}`;
    if (wkt === undefined) throw placesError(where, 'has no column `wkt`');
    const geometry = record(parseWkt(wkt, at));
    if (!geometry) throw placesError(at, 'is not WKT');
    const polygons = readGeometry(geometry, writer, at);
    features.push({ id: properties['id'], properties, polygons });
  });
  return { lines: writer.lines(), rounded: false, features };
}

/** Rows of a tab-separated table, by the names in its first line. */
export function readTable(text: string, where: string): Record<string, string>[] {
  const [header, ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  if (header === undefined || !header.includes('\t')) {
    throw placesError(where, 'is not a tab-separated table with a header');
  }
  const names = header.split('\t');
  return lines.map((line, number) => {
    const cells = line.split('\t');
    if (cells.length !== names.length) {
      const columns = `${cells.length} columns, not ${names.length}`;
      throw placesError(where, `line ${number + 2} has ${columns}`);
    }
    return Object.fromEntries(names.map((name, i) => [name, cells[i]!]));
  });
}

function parseWkt(wkt: string, where: string): unknown {
  try {
    return wktToGeoJSON(wkt);
  } catch (cause) {
    throw placesError(where, 'is not WKT', cause);
  }
}

function refuseProjection(root: Record<string, unknown>, where: string): void {
  const crs = record(record(root['crs'])?.['properties'])?.['name'];
  if (crs === undefined || /CRS84|EPSG:+(4326|4269)$/.test(String(crs))) return;
  throw placesError(where, `is in the projection ${String(crs)}; convert it to WGS84 (EPSG:4326)`);
}

function readGeometry(
  geometry: Record<string, unknown>,
  writer: LineWriter,
  where: string,
): SourceRing[][] {
  const coordinates = geometry['coordinates'];
  if (geometry['type'] === 'Polygon') return [readPolygon(coordinates, writer, where)];
  if (geometry['type'] === 'MultiPolygon' && Array.isArray(coordinates)) {
    return coordinates.map((polygon) => readPolygon(polygon, writer, where));
  }
  throw placesError(where, `is a ${String(geometry['type'])}, not a Polygon or MultiPolygon`);
}

function readPolygon(rings: unknown, writer: LineWriter, where: string): SourceRing[] {
  if (!Array.isArray(rings) || rings.length === 0) throw placesError(where, 'has no rings');
  return rings.map((ring) => {
    if (!Array.isArray(ring)) throw placesError(where, 'has a ring that is not a list');
    for (const position of ring) {
      const [lon, lat] = Array.isArray(position) ? (position as unknown[]) : [];
      if (typeof lon !== 'number' || typeof lat !== 'number') {
        throw placesError(where, 'has a position that is not [lon, lat]');
      }
      writer.point(lon, lat);
    }
    return [writer.end()];
  });
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
