import type { PlaceIndex } from '../../src/geo/contract.ts';

/** Points of the two workloads: the same for every engine of a run. */

export interface Points {
  readonly name: 'wide' | 'hot';
  /** lat, lon, lat, lon, ... */
  readonly coordinates: Float64Array;
}

/** The 22 largest metropolitan areas of the US by name, as `findPlaceByName` takes it. */
const METROS = [
  'New York, NY', 'Los Angeles, CA', 'Chicago, IL', 'Dallas, TX', 'Houston, TX', 'Washington, DC',
  'Philadelphia, PA', 'Miami, FL', 'Atlanta, GA', 'Boston, MA', 'Phoenix, AZ', 'San Francisco, CA',
  'Riverside, CA', 'Detroit, MI', 'Seattle, WA', 'Minneapolis, MN', 'San Diego, CA', 'Tampa, FL',
  'Denver, CO', 'St. Louis, MO', 'Baltimore, MD', 'Charlotte, NC',
];

/** A small seeded generator (mulberry32, Tommy Ettinger, public domain). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** 80 % around all places of the US, 15 % uniform over the 48 states, 5 % anywhere on earth. */
export function widePoints(places: readonly [number, number][], count: number): Points {
  const random = seeded(20_261_123);
  const coordinates = new Float64Array(count * 2);
  for (let i = 0; i < count; i++) {
    const kind = random();
    let lat: number;
    let lon: number;
    if (kind < 0.8) {
      const [placeLat, placeLon] = places[Math.floor(random() * places.length)]!;
      lat = placeLat + 0.03 * normal(random);
      lon = placeLon + 0.03 * normal(random);
    } else if (kind < 0.95) {
      lat = 24.5 + 25 * random();
      lon = -125 + 59 * random();
    } else {
      lat = (Math.asin(2 * random() - 1) * 180) / Math.PI;
      lon = 360 * random() - 180;
    }
    coordinates[2 * i] = lat;
    coordinates[2 * i + 1] = lon;
  }
  return { name: 'wide', coordinates };
}

/** Around 22 metropolitan areas. */
export function hotPoints(index: PlaceIndex, count: number): Points {
  const random = seeded(5_771);
  const centres = METROS.map((name) => index.findPlaceByName(name)).filter((place) => place !== null);
  const coordinates = new Float64Array(count * 2);
  for (let i = 0; i < count; i++) {
    const centre = centres[Math.floor(random() * centres.length)]!;
    coordinates[2 * i] = centre.lat + 0.15 * normal(random);
    coordinates[2 * i + 1] = centre.lon + 0.15 * normal(random);
  }
  return { name: 'hot', coordinates };
}
