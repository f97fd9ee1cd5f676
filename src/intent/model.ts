/**
 * A linear model: one logistic classifier per head over hashed features. The weights come from
 * `data/act-weights.json`, written by `load/train-intents.ts`; its `provenance` says from what.
 */
import type { Features } from './acts-features.ts';
import { HEADS } from './heads.ts';

export interface WeightFile {
  readonly format: number;
  readonly provenance: unknown;
  readonly heads: readonly string[];
  readonly bucketBits: number;
  /** One unit of a stored weight. */
  readonly step: number;
  readonly bias: readonly number[];
  /** Base64 of, for each head: varint count, then count times (varint gap of the bucket, int8 weight). */
  readonly weights: string;
}

export interface Model {
  readonly bucketMask: number;
  /** Bucket by bucket, `HEADS.length` weights each, in units of `step`. */
  readonly weights: Int8Array;
  readonly step: number;
  /** 1 where a bucket has any weight: most features of a new text have none. */
  readonly used: Uint8Array;
  readonly bias: Float32Array;
}

export const WEIGHT_FORMAT = 1;

/** The model of a weight file. @throws Error when the file is of other heads or another format. */
export function readModel(file: WeightFile): Model {
  if (file.format !== WEIGHT_FORMAT || file.heads.join() !== HEADS.join()) {
    throw new Error('the weights are of another format: run `npm run train:intents`');
  }
  const buckets = 1 << file.bucketBits;
  const width = HEADS.length;
  const weights = new Int8Array(buckets * width);
  const used = new Uint8Array(buckets);
  const bytes = Buffer.from(file.weights, 'base64');
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  for (let head = 0; head < width; head++) {
    let bucket = -1;
    for (let left = varint(); left > 0; left--) {
      bucket += varint();
      weights[bucket * width + head] = bytes[at++] ?? 0;
      used[bucket] = 1;
    }
  }
  return { bucketMask: buckets - 1, weights, used, step: file.step, bias: Float32Array.from(file.bias) };
}

const SUMS = new Int32Array(HEADS.length);

/** Writes the probability of every head into `out` (`HEADS.length` long). */
export function scoreHeads(model: Model, features: Features, out: Float64Array): void {
  const width = HEADS.length;
  const { weights, used, bias, bucketMask, step } = model;
  const { ids, count } = features;
  SUMS.fill(0);
  for (let at = 0; at < count; at++) {
    const bucket = ids[at]! & bucketMask;
    if (used[bucket] === 0) continue;
    const base = bucket * width;
    for (let head = 0; head < width; head++) SUMS[head]! += weights[base + head]!;
  }
  for (let head = 0; head < width; head++) {
    out[head] = 1 / (1 + Math.exp(-(bias[head]! + SUMS[head]! * step)));
  }
}
