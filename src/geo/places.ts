import { CellIndex } from './cells.ts';
import type {
  GeoAnswer,
  GeoField,
  InvalidCoordinate,
  NamedPlace,
  PlaceIndex,
  Region,
} from './contract.ts';
import { isCoordinate } from './coordinate.ts';
import type { FieldColumn, IndexImage, LayerColumns, SetImage } from './index-image.ts';
import { NameIndex, normaliseName } from './names.ts';
import { placesError } from './source.ts';

/** The place index over an opened image: answers, regions, names. */

type Values = readonly (string | null)[];

/** Values of one field, by feature number of `layer` plus 1; entry 0 is null. */
interface FieldReader {
  readonly slot: number;
  readonly values: Values;
}

/** Slot that never holds a feature: fields that a set does not fill read it. */
const NO_SLOT = 8;
const NO_VALUES: FieldReader = { slot: NO_SLOT, values: [null] };

/** A set ready for look-ups. */
class PlaceSet {
  readonly image: SetImage;
  readonly cells: CellIndex;
  /** First polygon number of each layer. */
  readonly firstOf: number[] = [];
  /** Winning feature of each layer plus 1, after `find`; 0: none. */
  readonly found = new Int32Array(NO_SLOT + 1);
  readonly city: FieldReader;
  readonly postalCode: FieldReader;
  readonly county: FieldReader;
  readonly state: FieldReader;
  readonly dmaName: FieldReader;
  readonly dmaNumber: FieldReader;
  readonly country: FieldReader;
  readonly #layerOf: Uint8Array;
  readonly #featureOf: Int32Array;

  constructor(image: SetImage) {
    this.image = image;
    this.cells = new CellIndex(image.grid, image.arrays);
    const polygons = image.layers.reduce((sum, layer) => sum + layer.ids.length, 0);
    this.#layerOf = new Uint8Array(polygons);
    this.#featureOf = new Int32Array(polygons);
    let first = 0;
    image.layers.forEach((layer, slot) => {
      this.firstOf.push(first);
      for (let i = 0; i < layer.ids.length; i++) {
        this.#layerOf[first + i] = slot;
        this.#featureOf[first + i] = i + 1;
      }
      first += layer.ids.length;
    });
    this.city = fieldReader(image, 'city');
    this.postalCode = fieldReader(image, 'postal_code');
    this.county = fieldReader(image, 'county');
    this.state = fieldReader(image, 'state');
    this.dmaName = fieldReader(image, 'dma_name');
    this.dmaNumber = fieldReader(image, 'dma_number');
    this.country = fieldReader(image, 'country');
  }

  /** Fills `found`. Candidates ascend by layer and id, so the first of a layer is its lowest id. */
  find(lat: number, lon: number): void {
    const { found, cells } = this;
    found.fill(0);
    for (let bits = cells.find(lat, lon); bits !== 0; bits &= bits - 1) {
      const polygon = cells.candidate(31 - Math.clz32(bits & -bits));
      const slot = this.#layerOf[polygon]!;
      if (found[slot] === 0) found[slot] = this.#featureOf[polygon]!;
    }
  }

  /** Whether polygon `number` is among those that hold the point. */
  holds(number: number, lat: number, lon: number): boolean {
    for (let bits = this.cells.find(lat, lon); bits !== 0; bits &= bits - 1) {
      if (this.cells.candidate(31 - Math.clz32(bits & -bits)) === number) return true;
    }
    return false;
  }

  value(reader: FieldReader): string | null {
    return reader.values[this.found[reader.slot]!]!;
  }
}

/** A region found: features of one layer of one set (several for a derived region). */
interface FoundRegion {
  readonly set: PlaceSet;
  readonly slot: number;
  /** Feature numbers of a layer with polygons; for a derived layer its number. */
  readonly features: readonly number[];
  readonly derived: readonly number[] | null;
}

export class Places implements PlaceIndex {
  readonly version: string;
  readonly layers: readonly string[];
  readonly #sets: readonly PlaceSet[];
  readonly #regions = new Map<string, FoundRegion | null>();
  #names: NameIndex | null = null;

  constructor(image: IndexImage) {
    this.version = image.version;
    this.#sets = image.sets.map((set) => new PlaceSet(set));
    this.layers = image.sets.flatMap((set) =>
      set.layers.flatMap((layer) => [layer.layer, ...layer.derived.map((each) => each.layer)]),
    );
  }

  locate(lat: unknown, lon: unknown): GeoAnswer | InvalidCoordinate {
    if (!isCoordinate(lat, lon)) return 'invalid_coordinate';
    let answer: GeoAnswer | null = null;
    for (let i = 0; i < this.#sets.length; i++) {
      const set = this.#sets[i]!;
      set.find(lat as number, lon as number);
      const next = this.#answer(set);
      answer = answer === null ? next : mergeAnswers(answer, next);
      if (answer.country !== null) break;
    }
    return answer!;
  }

  labels(lat: unknown, lon: unknown): Record<string, string | null> | InvalidCoordinate {
    if (!isCoordinate(lat, lon)) return 'invalid_coordinate';
    const labels: Record<string, string | null> = {};
    for (const set of this.#sets) {
      set.find(lat as number, lon as number);
      set.image.layers.forEach((layer, slot) => {
        const feature = set.found[slot]! - 1;
        labels[layer.layer] = feature < 0 ? null : layer.ids[feature]!;
        for (const derived of layer.derived) {
          const number = feature < 0 ? -1 : derived.of[feature]!;
          labels[derived.layer] = number < 0 ? null : derived.ids[number]!;
        }
      });
    }
    return labels;
  }

  regionContains(region: Region, lat: unknown, lon: unknown): boolean {
    const found = this.#region(region);
    if (!found) {
      const what = 'id' in region ? region.id : region.name;
      const problem = this.layers.includes(region.layer)
        ? `has no region "${what}"`
        : `is not loaded; loaded are: ${this.layers.join(', ')}`;
      throw placesError(`layer ${region.layer}`, problem);
    }
    if (!isCoordinate(lat, lon)) return false;
    const { set, slot, features, derived } = found;
    if (derived) {
      set.find(lat as number, lon as number);
      const feature = set.found[slot]!;
      return feature > 0 && features.includes(derived[feature - 1]!);
    }
    return features.some((feature) =>
      set.holds(set.firstOf[slot]! + feature, lat as number, lon as number),
    );
  }

  hasRegion(region: Region): boolean {
    return this.#region(region) !== null;
  }

  names(layer: string | null): readonly string[] {
    return this.#sets.flatMap(({ image }) =>
      image.layers
        .flatMap((columns) => [columns, ...columns.derived])
        .filter((each) => layer === null || each.layer === layer)
        .flatMap((each) => each.names),
    );
  }

  findPlaceByName(
    name: string,
    near?: { readonly lat: number; readonly lon: number },
  ): NamedPlace | null {
    this.#names ??= new NameIndex(
      this.#sets.map((set) => set.image),
      (lat, lon) => this.locate(lat, lon),
    );
    return this.#names.find(name, near);
  }

  #answer(set: PlaceSet): GeoAnswer {
    const dmaNumber = set.value(set.dmaNumber);
    return {
      city: set.value(set.city),
      postal_code: set.value(set.postalCode),
      county: set.value(set.county),
      state: set.value(set.state),
      dma_name: set.value(set.dmaName),
      dma_number: dmaNumber === null ? null : Number(dmaNumber),
      country: set.value(set.country),
      layer_version: this.version,
    };
  }

  #region(region: Region): FoundRegion | null {
    const byId = 'id' in region;
    const wanted = byId ? region.id : normaliseName(region.name);
    const key = `${region.layer}\n${byId ? 'id' : 'name'}\n${wanted}`;
    let found = this.#regions.get(key);
    if (found === undefined) {
      found = this.#searchRegion(region.layer, byId, wanted);
      if (this.#regions.size >= REGIONS_MAX) this.#regions.clear();
      this.#regions.set(key, found);
    }
    return found;
  }

  #searchRegion(layer: string, byId: boolean, wanted: string): FoundRegion | null {
    for (const set of this.#sets) {
      for (const [slot, columns] of set.image.layers.entries()) {
        const derived = columns.derived.find((each) => each.layer === layer) ?? null;
        if (columns.layer !== layer && !derived) continue;
        const source = derived ?? columns;
        const texts = byId ? source.ids : source.names.map(normaliseName);
        const features = texts.flatMap((text, number) => (text === wanted ? [number] : []));
        if (features.length > 0) return { set, slot, features, derived: derived?.of ?? null };
      }
    }
    return null;
  }
}

/** Regions remembered by an index; beyond that the memory starts again. */
const REGIONS_MAX = 10_000;

function mergeAnswers(first: GeoAnswer, second: GeoAnswer): GeoAnswer {
  return {
    city: first.city ?? second.city,
    postal_code: first.postal_code ?? second.postal_code,
    county: first.county ?? second.county,
    state: first.state ?? second.state,
    dma_name: first.dma_name ?? second.dma_name,
    dma_number: first.dma_number ?? second.dma_number,
    country: first.country ?? second.country,
    layer_version: first.layer_version,
  };
}

function fieldReader(image: SetImage, field: GeoField): FieldReader {
  for (const [slot, layer] of image.layers.entries()) {
    const own = layer.fields[field];
    if (own !== undefined) return { slot, values: [null, ...columnValues(own, layer)] };
    for (const derived of layer.derived) {
      const column = derived.fields[field];
      if (column === undefined) continue;
      const values = columnValues(column, derived);
      const byFeature = derived.of.map((number) => (number < 0 ? null : values[number]!));
      return { slot, values: [null, ...byFeature] };
    }
  }
  return NO_VALUES;
}

function columnValues(column: FieldColumn, rows: Pick<LayerColumns, 'ids' | 'names'>): Values {
  if (column === 'id') return rows.ids;
  if (column === 'name') return rows.names;
  return 'value' in column ? rows.ids.map(() => column.value) : column;
}
