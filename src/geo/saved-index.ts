import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { buildImage } from './build-image.ts';
import type { CheckedPlacesConfig } from './config.ts';
import type { LoadProgress } from './contract.ts';
import { imageProblem, imageVersion } from './index-image.ts';
import { placesVersion } from './load-layers.ts';

/** Edge: the saved index. Used when it fits the layers, else rebuilt and saved, and said so. */

export interface LoadRequest {
  readonly config: CheckedPlacesConfig;
  /** Folder of the layer files. */
  readonly folder: string;
  /** Folder of saved indexes. */
  readonly cacheFolder: string;
}

/** Reads the saved index, or builds it on this thread. Meant for the load worker. */
export function loadImage(
  { config, folder, cacheFolder }: LoadRequest,
  onProgress: (progress: LoadProgress) => void,
): SharedArrayBuffer {
  const path = join(cacheFolder, `places-${config.name}.index`);
  onProgress({ step: 'loading', done: 0, detail: path });
  const version = placesVersion(config, folder);
  const saved = readSaved(path, version);
  if (saved.image) return saved.image;
  if (saved.problem) {
    onProgress({ step: 'rebuilding', done: 0, detail: `saved index ${path} ${saved.problem}` });
  }
  const image = buildImage(config, folder, version, (step, done, detail) => {
    onProgress({ step, done, detail });
  });
  onProgress({ step: 'saving', done: 0.99, detail: path });
  const problem = save(path, cacheFolder, image);
  if (problem) onProgress({ step: 'saving', done: 1, detail: `not saved: ${problem}` });
  return image;
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
      const read = readSync(file, bytes, at, Math.min(bytes.length - at, PIECE_BYTES), at);
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

const PIECE_BYTES = 1 << 26;

/** Why it could not be saved, or null. That costs the next start its time, nothing else. */
function save(path: string, folder: string, image: SharedArrayBuffer): string | null {
  try {
    mkdirSync(folder, { recursive: true });
    const temporary = `${path}.${process.pid}-${threadId}.part`;
    const file = openSync(temporary, 'w');
    try {
      const bytes = new Uint8Array(image);
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(file, bytes, at, Math.min(bytes.length - at, PIECE_BYTES));
      }
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
