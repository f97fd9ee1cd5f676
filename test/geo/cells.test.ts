import { booleanPointInPolygon } from '@turf/turf';
import fc from 'fast-check';
import type { Feature, MultiPolygon, Polygon, Position } from 'geojson';
import { expect, test } from 'vitest';
import { buildCells } from '../../src/geo/cell-builder.ts';
import { CellIndex } from '../../src/geo/cells.ts';

/**
 * The cell index against its slow twin: turf on every polygon, plus "nearer than 1e-9 degree to an
 * edge is inside". Figures overlap, have holes and parts, and are small beside or large beside a
 * cell. A point just as far from an edge as that is decided by the last bit of a division, which the
 * twin does in another order: it is left out.
 */

type Area = Feature<Polygon | MultiPolygon>;

/** Tiny cells, and few edges before a split, so that a few hundred edges exercise everything. */
function indexOf(areas: readonly Area[], unitsPerDegree: number, cellUnits: number, edgesMax: number) {
  const coordinates: number[] = [];
  const starts = [0];
  const users: number[] = [];
  areas.forEach((area, number) => {
    for (const ring of ringsOf(area)) {
      for (const [lon, lat] of ring) {
        coordinates.push(Math.round(lon! * unitsPerDegree), Math.round(lat! * unitsPerDegree));
      }
      starts.push(coordinates.length / 2);
      users.push(number);
    }
  });
  const { grid, arrays } = buildCells(
    {
      where: 'test',
      unitsPerDegree,
      cellUnits,
      edgesMax,
      coordinates: Int32Array.from(coordinates),
      starts: Int32Array.from(starts),
      userStarts: Int32Array.from(starts.keys()),
      users: Int32Array.from(users),
    },
    () => {},
  );
  return new CellIndex(grid, arrays);
}

function ringsOf({ geometry }: Area): Position[][] {
  return geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();
}

function found(index: CellIndex, lat: number, lon: number): number[] {
  const numbers: number[] = [];
  const bits = index.find(lat, lon);
  for (let bit = 0; bit < 31; bit++) if ((bits >> bit) & 1) numbers.push(index.candidate(bit));
  return numbers;
}

function expected(areas: readonly Area[], lat: number, lon: number): number[] {
  return areas.flatMap((area, number) =>
    booleanPointInPolygon([lon, lat], area) || touches(area, lat, lon) ? [number] : [],
  );
}

/** Nearer to an edge than this, in degrees, is inside. */
const TOUCH = 1e-9;
/** What doubles of this size leave of a distance, in degrees, and a thousand times that. */
const ROUNDING = 1e-13;

function touches(area: Area, lat: number, lon: number): boolean {
  return distancesOf(area, lat, lon).some((distance) => distance <= TOUCH);
}

function isUndecided(areas: readonly Area[], lat: number, lon: number): boolean {
  return areas.some((area) =>
    distancesOf(area, lat, lon).some((distance) => Math.abs(distance - TOUCH) < ROUNDING),
  );
}

/** How far a point is from each edge, in degrees. */
function distancesOf(area: Area, lat: number, lon: number): number[] {
  return ringsOf(area).flatMap((ring) =>
    ring.slice(1).map(([bx, by], i) => {
      const [ax, ay] = ring[i]!;
      const [dx, dy] = [bx! - ax!, by! - ay!];
      const along = ((lon - ax!) * dx + (lat - ay!) * dy) / (dx * dx + dy * dy || 1);
      const t = Math.min(1, Math.max(0, along));
      return Math.hypot(lon - ax! - t * dx, lat - ay! - t * dy);
    }),
  );
}

/** A star around a centre: simple whatever the radii, since its corners go round by angle. */
function star(lon: number, lat: number, radii: readonly number[], digits: number): Position[] {
  const ring = radii.map((radius, i): Position => {
    const angle = (2 * Math.PI * i) / radii.length;
    return [
      Number((lon + radius * Math.cos(angle)).toFixed(digits)),
      Number((lat + radius * Math.sin(angle)).toFixed(digits)),
    ];
  });
  return [...ring, ring[0]!];
}

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const centre = fc.tuple(
  fc.double({ min: -0.2, max: 0.2, noNaN: true }),
  fc.double({ min: -0.2, max: 0.2, noNaN: true }),
);

function areasOf(digits: number): fc.Arbitrary<Area> {
  const radii = fc.array(fc.double({ min: 0.3, max: 1, noNaN: true }), { minLength: 4, maxLength: 24 });
  return fc
    .tuple(centre, radii, fc.constantFrom(0.002, 0.02, 0.15), fc.boolean(), fc.boolean())
    .map(([[lon, lat], scale, size, hole, parts]): Area => {
      const outline = star(lon, lat, scale.map((r) => r * size), digits);
      const inner = star(lon, lat, scale.map((r) => r * size * 0.4), digits);
      const polygon = hole ? [outline, inner] : [outline];
      const second = [star(lon + 3 * size, lat, scale.map((r) => r * size), digits)];
      const geometry: Polygon | MultiPolygon = parts
        ? { type: 'MultiPolygon', coordinates: [polygon, second] }
        : { type: 'Polygon', coordinates: polygon };
      return { type: 'Feature', properties: {}, geometry };
    });
}

/**
 * Points that hurt: on vertices, level with vertices, on edges, on cell sides, and a hair beside.
 */
function pointsFor(
  areas: readonly Area[],
  cellDegrees: number,
  seeds: readonly number[],
): [number, number][] {
  const vertices = areas.flatMap((area) => ringsOf(area).flat());
  return seeds.flatMap((seed, i): [number, number][] => {
    const number = Math.floor(seed * vertices.length);
    const [lon, lat] = vertices[number] as [number, number];
    const [lonB, latB] = vertices[(number + 1) % vertices.length] as [number, number];
    const jitter = [1e-6, 3e-8, 2e-9, 0][i % 4]!;
    const line = Math.round(lon / cellDegrees) * cellDegrees;
    return [
      [lat, lon],
      [lat, lon + (seed - 0.5) * 0.01],
      [(lat + latB) / 2, (lon + lonB) / 2],
      [(lat + latB) / 2 + jitter, (lon + lonB) / 2],
      [lat + jitter, line - 0.5e-5],
      [lat + (seed - 0.5) * 0.2, lon + (0.5 - seed) * 0.2],
    ];
  });
}

const GRIDS = [
  { digits: 5, unitsPerDegree: 1e5, cellUnits: 1024, edgesMax: 8 },
  { digits: 5, unitsPerDegree: 1e5, cellUnits: 16_384, edgesMax: 4 },
  { digits: 5, unitsPerDegree: 1e5, cellUnits: 256, edgesMax: 1000 },
  { digits: 7, unitsPerDegree: 1e7, cellUnits: 102_400, edgesMax: 8 },
] as const;

test.for(GRIDS)('finds what turf finds: %o', (grid) => {
  const { digits, unitsPerDegree, cellUnits, edgesMax } = grid;
  fc.assert(
    fc.property(
      fc.array(areasOf(digits), { minLength: 1, maxLength: 8 }),
      fc.array(share, { minLength: 8, maxLength: 30 }),
      (areas, seeds) => {
        const index = indexOf(areas, unitsPerDegree, cellUnits, edgesMax);
        for (const [lat, lon] of pointsFor(areas, cellUnits / unitsPerDegree, seeds)) {
          if (isUndecided(areas, lat, lon)) continue;
          expect(found(index, lat, lon), `${lat}, ${lon}`).toEqual(expected(areas, lat, lon));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('long edges, the ends of the world and cells between', () => {
  const triangle: Area = {
    type: 'Feature',
    properties: {},
    geometry: { type: 'Polygon', coordinates: [[[-180, -90], [180, -90], [179.9, 89.9], [-180, -90]]] },
  };
  const index = indexOf([triangle], 1e5, 16_384, 32);
  const coordinate = fc.tuple(
    fc.double({ min: -90, max: 90, noNaN: true }),
    fc.double({ min: -180, max: 180, noNaN: true }),
  );
  fc.assert(
    fc.property(coordinate, ([lat, lon]) => {
      expect(found(index, lat, lon)).toEqual(expected([triangle], lat, lon));
    }),
    { numRuns: 3000 },
  );
  for (const [lat, lon] of [[-90, -180], [-90, 180], [90, 180], [90, -180], [-90, 0]] as const) {
    expect(found(index, lat, lon), `${lat}, ${lon}`).toEqual(expected([triangle], lat, lon));
  }
});

test('more polygons on one spot than a cell has bits for are refused', () => {
  const areas = Array.from({ length: 32 }, (_, i): Area => ({
    type: 'Feature',
    properties: {},
    geometry: { type: 'Polygon', coordinates: [star(0, 0, [0.001 + i * 1e-5, 0.001, 0.001, 0.001], 5)] },
  }));
  expect(() => indexOf(areas, 1e5, 1024, 32)).toThrow('32 polygons meet');
});
