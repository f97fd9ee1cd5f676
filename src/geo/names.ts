import type { GeoAnswer, InvalidCoordinate, NamedPlace } from './contract.ts';
import type { DerivedColumns, FieldColumns, SetImage } from './index-image.ts';

/** Places by name: `Detroit`, `Detroit, MI`, `48206`, `köln`. Built when first asked. */

/** Names compare without case, accents and punctuation. */
export function normaliseName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ı', 'i')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

interface Entry {
  readonly place: NamedPlace;
  readonly rank: number;
  readonly area: number;
}

const RANKS = ['city', 'postal_code', 'county', 'state', 'dma_name', 'country'] as const;

export class NameIndex {
  readonly #byName = new Map<string, Entry[]>();
  /** Short name of a state -> its name, both normalised. */
  readonly #aliases = new Map<string, string>();
  readonly #locate: (lat: number, lon: number) => GeoAnswer | InvalidCoordinate;

  constructor(
    sets: readonly SetImage[],
    locate: (lat: number, lon: number) => GeoAnswer | InvalidCoordinate,
  ) {
    this.#locate = locate;
    for (const set of sets) this.#addSet(set);
  }

  find(text: string, near?: { readonly lat: number; readonly lon: number }): NamedPlace | null {
    const whole = this.#best(this.#byName.get(normaliseName(text)) ?? [], near);
    if (whole) return whole;
    const comma = text.indexOf(',');
    if (comma < 0) return null;
    const entries = this.#byName.get(normaliseName(text.slice(0, comma))) ?? [];
    const region = normaliseName(text.slice(comma + 1));
    return this.#best(entries.filter((entry) => this.#liesIn(entry.place, region)), near);
  }

  #best(
    entries: readonly Entry[],
    near: { readonly lat: number; readonly lon: number } | undefined,
  ): NamedPlace | null {
    let best: Entry | null = null;
    for (const entry of entries) {
      if (best === null || isBetter(entry, best, near)) best = entry;
    }
    return best?.place ?? null;
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

  #addSet(set: SetImage): void {
    let first = 0;
    for (const layer of set.layers) {
      const entries = layer.ids.map((id, number): Entry => {
        const at = (first + number) * 3;
        const [lat, lon, area] = [set.points[at]!, set.points[at + 1]!, set.points[at + 2]!];
        const place = { lat, lon, name: layer.names[number]!, layer: layer.layer, id };
        return { place, rank: rankOf(layer.fields), area };
      });
      for (const entry of entries) this.#add(entry);
      for (const derived of layer.derived) this.#addDerived(derived, entries);
      first += entries.length;
    }
  }

  /** A derived region lies where its largest part does. */
  #addDerived(derived: DerivedColumns, parts: readonly Entry[]): void {
    const largest = new Map<number, Entry>();
    const areas = new Map<number, number>();
    parts.forEach((part, number) => {
      const region = derived.of[number]!;
      if (region < 0) return;
      areas.set(region, (areas.get(region) ?? 0) + part.area);
      if (part.area > (largest.get(region)?.area ?? -1)) largest.set(region, part);
    });
    for (const [region, part] of largest) {
      const name = derived.names[region]!;
      const { lat, lon } = part.place;
      const place = { lat, lon, name, layer: derived.layer, id: derived.ids[region]! };
      this.#add({ place, rank: rankOf(derived.fields), area: areas.get(region)! });
      const alias = derived.aliases?.[region];
      if (alias) this.#aliases.set(normaliseName(alias), normaliseName(name));
    }
  }

  #add(entry: Entry): void {
    const { name, id } = entry.place;
    for (const key of new Set([normaliseName(name), normaliseName(id)])) {
      const entries = this.#byName.get(key);
      if (entries) entries.push(entry);
      else this.#byName.set(key, [entry]);
    }
  }
}

/** Lower is found first: cities, postal areas, counties, states, market areas, countries. */
function rankOf(fields: FieldColumns): number {
  const rank = RANKS.findIndex((field) => fields[field] !== undefined);
  return rank < 0 ? RANKS.length : rank;
}

function isBetter(
  a: Entry,
  b: Entry,
  near: { readonly lat: number; readonly lon: number } | undefined,
): boolean {
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
