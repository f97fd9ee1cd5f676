import { crc32 } from 'node:zlib';
import { buildSet } from './build.ts';
import type { CheckedPlacesConfig } from './config.ts';
import { encodeImage, type SetImage } from './index-image.ts';
import { LayerReader } from './load-layers.ts';

/** Edge: layer files into an image, with progress. Runs in the build worker, and in tests. */
export function buildImage(
  config: CheckedPlacesConfig,
  folder: string,
  version: string,
  onProgress: (step: 'reading' | 'building', done: number, detail: string) => void,
): SharedArrayBuffer {
  const total = config.sets.reduce((sum, set) => sum + set.layers.length, 0);
  let finished = 0;
  const sets: SetImage[] = [];
  for (const set of config.sets) {
    const reader = new LayerReader(folder);
    const layers = set.layers.map((layer) => {
      onProgress('reading', finished / total, `layer ${layer.layer} (${layer.file})`);
      return reader.read(layer);
    });
    sets.push(
      buildSet(set, layers, (done) => {
        onProgress('building', (finished + done * set.layers.length) / total, `set ${set.set}`);
      }),
    );
    finished += set.layers.length;
  }
  return encodeImage({ version, sets }, crc32);
}
