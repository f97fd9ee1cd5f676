import type { Geography } from '../expression/functions/places.ts';
import type { PlaceIndex, Region } from './contract.ts';
import { distance } from './distance.ts';

/** What expressions ask of places: `distance`, `near` and `inside` of CEL, over a place index. */

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
    distanceKm: (latA, lonA, latB, lonB) => distance(latA, lonA, latB, lonB) / 1000,
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

function suggestRegion(index: PlaceIndex, text: string): string | null {
  const rest = text.slice(text.indexOf(':') + 1);
  const place = index.findPlaceByName(rest);
  return place === null ? null : `${place.layer}:${place.name}`;
}
