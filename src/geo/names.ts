import type { GeoAnswer, InvalidCoordinate, NamedPlace } from './contract.ts';
import type { DerivedColumns, FieldColumns, LayerColumns, SetImage } from './index-image.ts';

/** Places by name: `Detroit`, `Detroit, MI`, `48206`, `málaga`. Built when first asked. */

/** Names compare without case, accents and punctuation. */
export function normaliseName(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) {
    return name.toLowerCase().replace(/[^a-z0-9]+/g, ' ').trim();
  }
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ı', 'i')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Fields in the order in which a name is looked for: cities before market areas. */
const RANKS = ['city', 'postal_code', 'county', 'state', 'dma_name', 'country'] as const;

/** Regions of one layer, with a point and an area for each. */
interface Named {
  readonly layer: string;
  readonly rank: number;
  readonly ids: readonly string[];
  readonly names: readonly string[];
  /** Polygon whose point stands for region `number`. */
  polygonOf(number: number): number;
  areaOf(number: number): number;
  readonly points: Float64Array;
}

interface Entry {
  readonly place: NamedPlace;
  readonly rank: number;
  readonly area: number;
}

type Near = { readonly lat: number; readonly lon: number } | undefined;

export class NameIndex {
  readonly #layers: Named[] = [];
  /** Normalised name -> its first region; regions of one name are chained by `#next`. */
  readonly #first = new Map<string, number>();
  readonly #next: number[] = [];
  /** Layer and number of each region. */
  readonly #layerOf: number[] = [];
  readonly #numberOf: number[] = [];
  /** Short name of a state -> its name, both normalised. */
  readonly #aliases = new Map<string, string>();
  readonly #locate: (lat: number, lon: number) => GeoAnswer | InvalidCoordinate;

  constructor(
    sets: readonly SetImage[],
    locate: (lat: number, lon: number) => GeoAnswer | InvalidCoordinate,
  ) {
    this.#locate = locate;
    for (const set of sets) {
      let first = 0;
      for (const layer of set.layers) {
        this.#add(layerNames(layer, first, set.points));
        for (const derived of layer.derived) this.#add(derivedNames(derived, first, set.points));
        for (const derived of layer.derived) this.#addAliases(derived);
        first += layer.ids.length;
      }
    }
  }

  find(text: string, near: Near): NamedPlace | null {
    const whole = best([...this.#byName(text), ...this.#byId(text)], near);
    if (whole) return whole;
    const comma = text.indexOf(',');
    if (comma < 0) return null;
    const region = normaliseName(text.slice(comma + 1));
    const entries = this.#byName(text.slice(0, comma));
    return best(entries.filter((entry) => this.#liesIn(entry.place, region)), near);
  }

  #add(named: Named): void {
    const layer = this.#layers.push(named) - 1;
    named.names.forEach((name, number) => {
      // Regions without a name of their own, such as postal areas, are found by their id.
      if (name === named.ids[number]) return;
      const key = normaliseName(name);
      const region = this.#layerOf.push(layer) - 1;
      this.#numberOf.push(number);
      this.#next.push(this.#first.get(key) ?? -1);
      this.#first.set(key, region);
    });
  }

  #addAliases({ names, aliases }: DerivedColumns): void {
    aliases?.forEach((alias, number) => {
      if (alias !== null) this.#aliases.set(normaliseName(alias), normaliseName(names[number]!));
    });
  }

  #byName(name: string): Entry[] {
    const entries: Entry[] = [];
    let region = this.#first.get(normaliseName(name)) ?? -1;
    for (; region >= 0; region = this.#next[region]!) {
      entries.push(entryOf(this.#layers[this.#layerOf[region]!]!, this.#numberOf[region]!));
    }
    return entries.reverse();
  }

  #byId(text: string): Entry[] {
    const id = text.trim();
    return this.#layers.flatMap((named) => {
      const number = lowerBound(named.ids, id);
      return named.ids[number] === id ? [entryOf(named, number)] : [];
    });
  }

  #liesIn(place: NamedPlace, region: string): boolean {
    const answer = this.#locate(place.lat, place.lon);
    if (answer === 'invalid_coordinate') return false;
    const full = this.#aliases.get(region) ?? region;
    const { county, state, dma_name, country } = answer;
    return [county, state, dma_name, country].some(
      (name) => name !== null && [region, full].includes(normaliseName(name)),
    );
  }
}

function layerNames(layer: LayerColumns, first: number, points: Float64Array): Named {
  return {
    layer: layer.layer,
    rank: rankOf(layer.fields),
    ids: layer.ids,
    names: layer.names,
    polygonOf: (number) => first + number,
    areaOf: (number) => points[(first + number) * 3 + 2]!,
    points,
  };
}

/** A derived region lies where its largest part does. */
function derivedNames(derived: DerivedColumns, first: number, points: Float64Array): Named {
  const largest = derived.ids.map(() => -1);
  const areas = derived.ids.map(() => 0);
  derived.of.forEach((region, part) => {
    if (region < 0) return;
    const area = points[(first + part) * 3 + 2]!;
    const known = largest[region]!;
    areas[region]! += area;
    if (known < 0 || area > points[known * 3 + 2]!) largest[region] = first + part;
  });
  return {
    layer: derived.layer,
    rank: rankOf(derived.fields),
    ids: derived.ids,
    names: derived.names,
    polygonOf: (number) => largest[number]!,
    areaOf: (number) => areas[number]!,
    points,
  };
}

function rankOf(fields: FieldColumns): number {
  const rank = RANKS.findIndex((field) => fields[field] !== undefined);
  return rank < 0 ? RANKS.length : rank;
}

function entryOf(named: Named, number: number): Entry {
  const at = named.polygonOf(number) * 3;
  const place = {
    lat: named.points[at]!,
    lon: named.points[at + 1]!,
    name: named.names[number]!,
    layer: named.layer,
    id: named.ids[number]!,
  };
  return { place, rank: named.rank, area: named.areaOf(number) };
}

/** First position whose id is not below `id`; ids ascend. */
function lowerBound(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function best(entries: readonly Entry[], near: Near): NamedPlace | null {
  let found: Entry | null = null;
  for (const entry of entries) {
    if (found === null || isBetter(entry, found, near)) found = entry;
  }
  return found?.place ?? null;
}

function isBetter(a: Entry, b: Entry, near: Near): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  if (!near) return a.area > b.area;
  return roughDistance(a.place, near) < roughDistance(b.place, near);
}

/** Squared degrees with longitude shrunk: enough to choose the nearer of two. */
function roughDistance(
  a: { readonly lat: number; readonly lon: number },
  b: { readonly lat: number; readonly lon: number },
): number {
  const dLon = Math.abs(a.lon - b.lon);
  const dx = Math.min(dLon, 360 - dLon) * Math.cos(((a.lat + b.lat) * Math.PI) / 360);
  return dx * dx + (a.lat - b.lat) ** 2;
}
