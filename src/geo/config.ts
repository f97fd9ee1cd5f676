import { z } from 'zod';

/**
 * Declaration of layers: which file holds them, which property is id and name, which fields of the
 * answer they fill, and which other layers follow from them without polygons of their own.
 */

/** A property, the first of several that has a value, or a constant. */
const fieldSource = z.union([
  z.string().min(1),
  z.array(z.string().min(1)).min(1),
  z.object({ value: z.string().min(1) }).strict(),
]);

const fields = z
  .object({
    city: fieldSource,
    postal_code: fieldSource,
    county: fieldSource,
    state: fieldSource,
    dma_name: fieldSource,
    dma_number: fieldSource,
    country: fieldSource,
  })
  .partial()
  .strict();

const derivedLayer = z
  .object({
    /** Name of the derived layer, for example `state`. */
    layer: z.string().min(1),
    /** Property of the base layer, or column of `table`, that holds the derived id. */
    id: z.string().min(1),
    /** Tab-separated table with a header; `key` is the column that holds the base layer's id. */
    table: z.object({ file: z.string().min(1), key: z.string().min(1) }).strict().optional(),
    /** Object of the base layer's TopoJSON file whose features have these ids: gives properties. */
    object: z.string().min(1).optional(),
    /** Property or column with the name. */
    name: z.string().min(1).default('name'),
    /** Property or column with a short name, as in `Detroit, MI`. */
    alias: z.string().min(1).optional(),
    fields: fields.default({}),
  })
  .strict();

const layer = z
  .object({
    /** Name of the layer, as regions and explanations use it, for example `place`. */
    layer: z.string().regex(/^[a-z][a-z0-9_]*$/, 'lower case letters, digits and _'),
    /**
     * `.topo.json`, `.geojson` or `.wkt.tsv`, each also with `.gz`; relative
     * to the folder, or in the shipped one with `shipped:` before it.
     */
    file: z.string().min(1),
    /** TopoJSON: the object's name. WKT table: the value of its column `layer`. */
    object: z.string().min(1).optional(),
    /** Property with the id; without it the feature's own `id`. */
    id: z.string().min(1).optional(),
    name: z.string().min(1).default('name'),
    /** Several features may have one id (it is an error otherwise). Regions then go by name. */
    sharedIds: z.boolean().default(false),
    /** Only features whose id begins with one of these. */
    only: z.array(z.string().min(1)).min(1).optional(),
    /**
     * Answer field <- property (`id` and `name` always exist), the first present of several,
     * or `{value: constant}`.
     */
    fields: fields.default({}),
    derived: z.array(derivedLayer).default([]),
  })
  .strict();

const layerSet = z
  .object({
    /** Layers of one set are answered by one look-up; usually a country. */
    set: z.string().min(1),
    layers: z.array(layer).min(1).max(8),
  })
  .strict();

/**
 * Sets are asked in their order. A field is filled by the first set that has a value for it, and
 * asking ends with the first set that gives a country.
 */
export const placesConfigSchema = z
  .object({
    /** Names the saved index: two declarations with one cache folder need two names. */
    name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower case letters, digits and -'),
    /** Folder that `file` is relative to; without it the data that ships with Parley. */
    folder: z.string().min(1).optional(),
    sets: z.array(layerSet).min(1),
  })
  .strict();

/** As written: defaults may be left out. */
export type PlacesConfig = z.input<typeof placesConfigSchema>;
export type CheckedPlacesConfig = z.output<typeof placesConfigSchema>;
export type LayerSetConfig = CheckedPlacesConfig['sets'][number];
export type LayerConfig = LayerSetConfig['layers'][number];
export type DerivedLayerConfig = LayerConfig['derived'][number];
export type FieldSources = LayerConfig['fields'];

type WrittenSet = PlacesConfig['sets'][number];
type WrittenLayer = WrittenSet['layers'][number];

/** Counties, with state and market area derived from them. Market areas are a stand-in table. */
export function usCounties(only?: string[]): WrittenLayer {
  return {
    layer: 'county',
    file: 'us/admin.topo.json.gz',
    object: 'counties',
    ...(only ? { only } : {}),
    fields: { county: 'name', country: { value: 'US' } },
    derived: [
      { layer: 'state', id: 'state', object: 'states', alias: 'abbr', fields: { state: 'name' } },
      {
        layer: 'dma',
        id: 'dma_code',
        table: { file: 'us/county_dma.tsv', key: 'county_geoid' },
        name: 'dma',
        fields: { dma_name: 'name', dma_number: 'id' },
      },
    ],
  };
}

/** Places and postal areas of the US; each list restricts to ids that begin so. */
export function usLayers(only: { fips?: string[]; zip?: string[] } = {}): WrittenSet {
  return {
    set: 'us',
    layers: [
      usCounties(only.fips),
      {
        layer: 'place',
        file: 'us/places.topo.json.gz',
        object: 'places',
        ...(only.fips ? { only: only.fips } : {}),
        fields: { city: 'name' },
      },
      {
        layer: 'zcta',
        file: 'us/zcta.topo.json.gz',
        object: 'zcta',
        name: 'id',
        ...(only.zip ? { only: only.zip } : {}),
        fields: { postal_code: 'id' },
      },
    ],
  };
}

const SPAIN: WrittenSet = {
  set: 'es',
  layers: [
    {
      layer: 'es_province',
      file: 'es/admin.topo.json.gz',
      object: 'provinces',
      fields: { county: 'name', country: { value: 'ES' } },
    },
    {
      layer: 'es_region',
      file: 'es/admin.topo.json.gz',
      object: 'autonomous_regions',
      fields: { state: 'name' },
    },
    {
      layer: 'es_municipality',
      file: 'es/admin.topo.json.gz',
      object: 'municipalities',
      fields: { city: 'name' },
    },
  ],
};

const TURKEY: WrittenSet = {
  set: 'tr',
  layers: [
    {
      layer: 'tr_province',
      file: 'tr/provinces.topo.json.gz',
      object: 'provinces',
      // The source gives 71 of its 81 provinces the id `TR-`.
      sharedIds: true,
      fields: { state: 'name', country: { value: 'TR' } },
    },
  ],
};

const WORLD: WrittenSet = {
  set: 'world',
  layers: [
    {
      layer: 'world',
      file: 'world/countries.topo.json.gz',
      object: 'countries',
      fields: { country: ['iso2', 'id'] },
    },
  ],
};

/** Everything that ships: the US with places and postal areas, Spain, Turkey, countries. */
export const ALL_PLACES: PlacesConfig = {
  name: 'all',
  sets: [usLayers(), SPAIN, TURKEY, WORLD],
};

/**
 * The quick set of the demo: US counties (so state, market area and country everywhere in the US),
 * cities and postal areas around Detroit, countries. Ready from source files in about two seconds.
 */
export const DEMO_PLACES: PlacesConfig = {
  name: 'demo',
  sets: [
    {
      set: 'us',
      layers: [
        usCounties(),
        {
          layer: 'place',
          file: 'us/detroit.wkt.tsv.gz',
          object: 'places',
          fields: { city: 'name' },
        },
        {
          layer: 'zcta',
          file: 'us/detroit.wkt.tsv.gz',
          object: 'zcta',
          name: 'id',
          fields: { postal_code: 'id' },
        },
      ],
    },
    WORLD,
  ],
};
