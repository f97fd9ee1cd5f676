/**
 * What the rest of Parley uses of `geo`: places of a point, regions by name, geofences in event
 * time.
 *
 * Coordinates are WGS84 degrees, latitude first in every function. Polygons are plane figures in
 * lon/lat degrees (edges straight in degrees, as in GEOS, JTS and turf); distances are metres on
 * the WGS84 ellipsoid.
 */

/**
 * Labels of one point; null where no polygon of that layer holds it. Fixed by DESIGN section 10.
 */
export interface GeoAnswer {
  readonly city: string | null;
  readonly postal_code: string | null;
  readonly county: string | null;
  readonly state: string | null;
  readonly dma_name: string | null;
  readonly dma_number: number | null;
  /** ISO 3166-1 alpha-2 where the country has one. */
  readonly country: string | null;
  /** Version of the layers that gave this answer: {@link PlaceIndex.version}. */
  readonly layer_version: string;
}

/** Fields of {@link GeoAnswer} that a layer can fill. */
export type GeoField = Exclude<keyof GeoAnswer, 'layer_version'>;

/** A region of a layer, by id or by name (names compare without case and accents). */
export type Region =
  | { readonly layer: string; readonly id: string }
  | { readonly layer: string; readonly name: string };

/** A named place with a point that lies inside it. */
export interface NamedPlace {
  readonly lat: number;
  readonly lon: number;
  readonly name: string;
  readonly layer: string;
  readonly id: string;
}

/** Why coordinates were refused: not two finite numbers, or |lat| > 90, or |lon| > 180. */
export type InvalidCoordinate = 'invalid_coordinate';

/**
 * A loaded set of layers. Every method is pure and synchronous; an index never changes, a newer one
 * replaces it as a whole (swap the reference between two batches).
 *
 * Border rule: a point within 1e-9 degree (0.1 mm) of a boundary is on it, a boundary belongs to
 * its polygons, and among several polygons of a layer the lowest id wins.
 */
export interface PlaceIndex {
  /** Digest of declarations and source files, for example `places-3f9a1c2b7d10`. */
  readonly version: string;
  /** Names of the layers, derived ones included. */
  readonly layers: readonly string[];
  /** Labels of a point. Takes what an event carries; anything but two valid numbers is refused. */
  locate(lat: unknown, lon: unknown): GeoAnswer | InvalidCoordinate;
  /** The winning id of every layer, by layer name: for scoring and for explaining an answer. */
  labels(lat: unknown, lon: unknown): Record<string, string | null> | InvalidCoordinate;
  /**
   * Whether a region holds a point (border included). False for invalid coordinates.
   * Throws PARLEY_PLACES_INVALID for a region that does not exist; see {@link
   * PlaceIndex.hasRegion}.
   */
  regionContains(region: Region, lat: unknown, lon: unknown): boolean;
  /** Whether that region exists, for checks when a pattern is loaded. */
  hasRegion(region: Region): boolean;
  /** Names of the regions of a layer, or of all; to find the one that was meant. */
  names(layer: string | null): readonly string[];
  /**
   * A place by name or id: `Detroit`, `Detroit, MI`, `48206`. Nearest to `near` if given, else the
   * largest; cities before counties before wider regions. Null when no layer has that name.
   */
  findPlaceByName(
    name: string,
    near?: { readonly lat: number; readonly lon: number },
  ): NamedPlace | null;
}

/** What `loadPlaces` tells while it works: a step, and how much of it is done (0 to 1). */
export interface LoadProgress {
  readonly step: 'reading' | 'building' | 'saving' | 'loading' | 'rebuilding' | 'ready';
  readonly done: number;
  /** For people: which layer, why a saved index was not used. */
  readonly detail: string;
}
