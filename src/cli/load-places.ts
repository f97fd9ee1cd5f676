import type { Configuration } from '../event/configuration.ts';
import { ALL_PLACES, DEMO_PLACES } from '../geo/config.ts';
import type { PlaceIndex } from '../geo/contract.ts';
import { checkPlacesConfig, loadPlaces } from '../geo/load.ts';
import { placesCache } from './host.ts';
import type { Terminal } from './terminal.ts';

/** Loads the layers that the configuration wants, with progress; null where places are off. */
export async function loadPlacesFor(
  configuration: Configuration,
  usualPack: 'demo' | 'all',
  terminal: Terminal,
): Promise<PlaceIndex | null> {
  const { enabled, pack, sets, folder } = configuration.places;
  if (!enabled) return null;
  const shipped = (pack ?? usualPack) === 'all' ? ALL_PLACES : DEMO_PLACES;
  const own = { name: 'own', sets, ...(folder === null ? {} : { folder }) };
  const config = sets.length === 0 ? shipped : checkPlacesConfig(own);
  let told = performance.now();
  return loadPlaces(config, placesCache(configuration), ({ step, done, detail }) => {
    if (step !== 'ready' && performance.now() - told < 1_000) return;
    told = performance.now();
    terminal.note(`places: ${step} ${Math.round(done * 100)}% ${detail}`);
  });
}
