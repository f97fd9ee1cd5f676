import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { ParleyError } from '../event/errors.ts';
import type { BuildReply, BuildRequest } from './build-worker.ts';
import { type CheckedPlacesConfig, type PlacesConfig, placesConfigSchema } from './config.ts';
import type { LoadProgress, PlaceIndex } from './contract.ts';
import { imageProblem, imageVersion, openImage } from './index-image.ts';
import { Places } from './places.ts';
import { placesVersion } from './read-layers.ts';
import { placesError } from './source.ts';

/** Edge: brings up a place index, from the saved file if it fits, else by building it in a worker. */

/** Folder of the layers that ship with Parley. */
export const SHIPPED_LAYERS = fileURLToPath(new URL('./data/', import.meta.url));

/**
 * Loads the layers of `config`. A saved index in `cacheFolder` is used when declarations, files and
 * format are the same; otherwise it is built off this thread and saved there.
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
  const checked = checkConfig(config);
  const folder = checked.folder ?? SHIPPED_LAYERS;
  const path = join(cacheFolder, `places-${checked.name}.index`);
  const version = placesVersion(checked, folder);
  onProgress({ step: 'loading', done: 0, detail: path });
  const saved = readSaved(path, version);
  let image = saved.image;
  if (!image) {
    if (saved.problem) {
      onProgress({ step: 'rebuilding', done: 0, detail: `saved index ${path} ${saved.problem}` });
    }
    image = await buildInWorker({ config: checked, folder, version }, onProgress);
    onProgress({ step: 'saving', done: 0, detail: path });
    save(path, cacheFolder, image, onProgress);
  }
  const megabytes = (image.byteLength / 1e6).toFixed(0);
  onProgress({ step: 'ready', done: 1, detail: `${version}, ${megabytes} MB` });
  return image;
}

/** Opens an image in this thread. The big arrays stay shared. */
export function placesOfImage(image: SharedArrayBuffer): PlaceIndex {
  return new Places(openImage(image));
}

function checkConfig(config: PlacesConfig): CheckedPlacesConfig {
  const result = placesConfigSchema.safeParse(config);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw placesError(`configuration of places, ${issue.path.join('.')}`, issue.message);
}

interface Saved {
  readonly image: SharedArrayBuffer | null;
  /** Why a file that exists is not used; null when there is none. */
  readonly problem: string | null;
}

function readSaved(path: string, version: string): Saved {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return { image: null, problem: null };
  }
  try {
    const image = new SharedArrayBuffer(fstatSync(file).size);
    const bytes = new Uint8Array(image);
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(file, bytes, at, Math.min(bytes.length - at, READ_BYTES), at);
      if (read === 0) break;
      at += read;
    }
    const problem = imageProblem(image, crc32);
    if (problem) return { image: null, problem };
    const found = imageVersion(image);
    if (found === version) return { image, problem: null };
    return { image: null, problem: `is of version ${found}, the layers are ${version}` };
  } finally {
    closeSync(file);
  }
}

const READ_BYTES = 1 << 26;

/** A folder that cannot be written costs the next start its time, nothing else. */
function save(
  path: string,
  folder: string,
  image: SharedArrayBuffer,
  onProgress: (progress: LoadProgress) => void,
): void {
  try {
    mkdirSync(folder, { recursive: true });
    const temporary = `${path}.${process.pid}.part`;
    const file = openSync(temporary, 'w');
    try {
      const bytes = new Uint8Array(image);
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(file, bytes, at, Math.min(bytes.length - at, READ_BYTES));
      }
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    onProgress({ step: 'saving', done: 1, detail: `not saved: ${(error as Error).message}` });
  }
}

function buildInWorker(
  request: BuildRequest,
  onProgress: (progress: LoadProgress) => void,
): Promise<SharedArrayBuffer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./build-worker.ts', import.meta.url), {
      workerData: request,
    });
    worker.on('message', (reply: BuildReply) => {
      if ('image' in reply) resolve(reply.image);
      else onProgress(reply.progress);
    });
    // Classes do not survive the way between threads; the message does.
    worker.on('error', (error: Error & { code?: string }) => {
      reject(
        error.code === 'PARLEY_PLACES_INVALID'
          ? new ParleyError('PARLEY_PLACES_INVALID', error.message, { cause: error })
          : error,
      );
    });
    worker.on('exit', () => reject(new Error('The build of places ended without a result.')));
  });
}
