import { parentPort, workerData } from 'node:worker_threads';
import type { LoadProgress } from './contract.ts';
import { loadImage, type LoadRequest } from './saved-index.ts';

/** Edge: the thread that reads or builds an index, so that the event loop never waits for it. */

export type LoadReply =
  | { readonly progress: LoadProgress }
  | { readonly image: SharedArrayBuffer };

let told = '';
const image = loadImage(workerData as LoadRequest, (progress) => {
  const line = `${progress.step} ${Math.floor(progress.done * 100)} ${progress.detail}`;
  if (line === told) return;
  told = line;
  parentPort?.postMessage({ progress } satisfies LoadReply);
});
parentPort?.postMessage({ image } satisfies LoadReply);
