import { suggest } from '../event/suggest.ts';
import type { Geography } from '../expression/functions/places.ts';
import type { PlaceIndex, Region } from './contract.ts';
import { distance, within } from './distance.ts';

/** What expressions ask of places: `distance`, `near` and `inside` of CEL, over a place index. */

/** What needs no layers. */
export const GROUND: Pick<Geography, 'distanceKm' | 'near'> = {
  distanceKm: (latA, lonA, latB, lonB) => distance(latA, lonA, latB, lonB) / 1000,
  near: (km, latA, lonA, latB, lonB) => within(km * 1000, latA, lonA, latB, lonB),
};

/**
 * Regions are written `layer:name` or `layer:id` (`dma:Detroit`, `state:Michigan`, `zcta:48206`),
 * or by name alone, which means the region `findPlaceByName` gives.
 */
export function geographyOf(index: PlaceIndex): Geography {
  const known = new Map<string, Region | null>();
  const regionOf = (text: string): Region | null => {
    let region = known.get(text);
    if (region === undefined) {
      region = parseRegion(index, text);
      if (known.size >= REGIONS_MAX) known.clear();
      known.set(text, region);
    }
    return region;
  };
  return {
    ...GROUND,
    inside: (lat, lon, place) => {
      const region = regionOf(place);
      return region === null ? null : index.regionContains(region, lat, lon);
    },
    suggest: (place) => suggestRegion(index, place),
  };
}

/** Texts remembered; beyond that the memory starts again. */
const REGIONS_MAX = 10_000;

/** The region that a text names, or null. */
export function parseRegion(index: PlaceIndex, text: string): Region | null {
  const colon = text.indexOf(':');
  if (colon > 0) {
    const layer = text.slice(0, colon).trim();
    const rest = text.slice(colon + 1).trim();
    const candidates: Region[] = [{ layer, id: rest }, { layer, name: rest }];
    return candidates.find((region) => index.hasRegion(region)) ?? null;
  }
  const place = index.findPlaceByName(text);
  return place === null ? null : { layer: place.layer, id: place.id };
}

/** The region of another layer that has the name, else the one with the nearest name. */
function suggestRegion(index: PlaceIndex, text: string): string | null {
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1).trim();
  const place = index.findPlaceByName(rest);
  if (place !== null) return `${place.layer}:${place.name}`;
  const layer = colon < 0 ? null : text.slice(0, colon).trim();
  const name = suggest(rest, index.names(layer));
  return name === null || layer === null ? name : `${layer}:${name}`;
}
