import { parentPort, workerData } from 'node:worker_threads';
import { buildImage } from './build-image.ts';
import type { CheckedPlacesConfig } from './config.ts';
import type { LoadProgress } from './contract.ts';

/** Edge: the thread that builds an index, so that the event loop never waits for it. */

export interface BuildRequest {
  readonly config: CheckedPlacesConfig;
  readonly folder: string;
  readonly version: string;
}

export type BuildReply =
  | { readonly progress: LoadProgress }
  | { readonly image: SharedArrayBuffer };

const { config, folder, version } = workerData as BuildRequest;
let told = -1;
const image = buildImage(config, folder, version, (step, done, detail) => {
  const percent = Math.floor(done * 100);
  if (percent === told && step === 'building') return;
  told = percent;
  parentPort?.postMessage({ progress: { step, done, detail } } satisfies BuildReply);
});
parentPort?.postMessage({ image } satisfies BuildReply);
