import { Worker } from 'node:worker_threads';
import { ParleyError } from '../event/errors.ts';
import { type CheckedPlacesConfig, type PlacesConfig, placesConfigSchema } from './config.ts';
import type { LoadProgress, PlaceIndex } from './contract.ts';
import { openImage } from './index-image.ts';
import { SHIPPED_LAYERS } from './load-layers.ts';
import type { LoadReply } from './load-worker.ts';
import { Places } from './places.ts';
import type { LoadRequest } from './saved-index.ts';
import { placesError } from './source.ts';

/** Edge: brings up a place index in a worker, from the saved file if it fits, else built anew. */

/**
 * Loads the layers of `config`. The index saved in `cacheFolder` is used when declarations, files
 * and format are the same; otherwise it is built, off this thread, and saved there.
 *
 * @throws ParleyError PARLEY_PLACES_INVALID naming the layer, the file and what to do.
 */
export async function loadPlaces(
  config: PlacesConfig,
  cacheFolder: string,
  onProgress: (progress: LoadProgress) => void = () => {},
): Promise<PlaceIndex> {
  return placesOfImage(await loadPlacesImage(config, cacheFolder, onProgress));
}

/** As `loadPlaces`, but the shared buffer: post it to other threads and call `placesOfImage`. */
export async function loadPlacesImage(
  config: PlacesConfig,
  cacheFolder: string,
  onProgress: (progress: LoadProgress) => void = () => {},
): Promise<SharedArrayBuffer> {
  const checked = checkPlacesConfig(config);
  const folder = checked.folder ?? SHIPPED_LAYERS;
  const image = await loadInWorker({ config: checked, folder, cacheFolder }, onProgress);
  const megabytes = (image.byteLength / 1e6).toFixed(0);
  onProgress({ step: 'ready', done: 1, detail: `places ${checked.name}, ${megabytes} MB` });
  return image;
}

/** Opens an image in this thread. The big arrays stay shared. */
export function placesOfImage(image: SharedArrayBuffer): PlaceIndex {
  return new Places(openImage(image));
}

/** Checks declarations without reading a file. Throws PARLEY_PLACES_INVALID. */
export function checkPlacesConfig(config: unknown): CheckedPlacesConfig {
  const result = placesConfigSchema.safeParse(config);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw placesError(`configuration of places, ${issue.path.join('.') || 'top'}`, issue.message);
}

function loadInWorker(
  request: LoadRequest,
  onProgress: (progress: LoadProgress) => void,
): Promise<SharedArrayBuffer> {
  return new Promise((resolve, reject) => {
    const script = new URL('./load-worker.ts', import.meta.url);
    const worker = new Worker(script, { workerData: request });
    worker.on('message', (reply: LoadReply) => {
      if ('image' in reply) resolve(reply.image);
      else onProgress(reply.progress);
    });
    // Classes do not survive the way between threads; code and message do.
    worker.on('error', (error: Error & { code?: string }) => {
      const known = error.code === 'PARLEY_PLACES_INVALID';
      reject(known ? new ParleyError('PARLEY_PLACES_INVALID', error.message) : error);
    });
    worker.on('exit', () => reject(new Error('The load of places ended without a result.')));
  });
}
