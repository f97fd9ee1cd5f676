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
  /**
   * Base64 of, for each head: varint count, then count times (varint gap of the bucket, int8
   * weight).
   */
  readonly weights: string;
}

export interface Model {
  readonly bucketMask: number;
  /**
   * Row of a bucket in `lanes`; 0 for the many without weights. Small, so that it stays in the
   * cache.
   */
  readonly rows: Uint16Array;
  /** One bit a bucket: has it a row? Most features have none, and this fits the first cache. */
  readonly present: Uint8Array;
  /**
   * Row by row, `LANES` numbers each of two weights: the even head's in the low 16 bits, the odd
   * head's above. A sum of such numbers is both sums at once while each stays within 16 bits.
   */
  readonly lanes: Int32Array;
  /** One unit of a weight. */
  readonly step: number;
  readonly bias: Float32Array;
}

/** Two heads to a lane; `addLanes` sums this many. */
const LANES = 10;
/** Additions of weights up to 127 that a sum of 16 bits stands. */
const SUMS_SAFE = 250;

export const WEIGHT_FORMAT = 1;

/** The model of a weight file. @throws Error when the file is of other heads or another format. */
export function readModel(file: WeightFile): Model {
  if (file.format !== WEIGHT_FORMAT || file.heads.join() !== HEADS.join()) {
    throw new Error('the weights are of another format: run `npm run train:intents`');
  }
  if (HEADS.length > LANES * 2) throw new Error(`more than ${LANES * 2} heads: raise LANES`);
  const buckets = 1 << file.bucketBits;
  const width = HEADS.length;
  const rows = new Uint16Array(buckets);
  const lanes: number[] = new Array<number>(LANES).fill(0);
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
      const weight = (bytes[at++] ?? 0) << 24 >> 24;
      if (rows[bucket] === 0) {
        rows[bucket] = lanes.length / LANES;
        for (let lane = 0; lane < LANES; lane++) lanes.push(0);
      }
      lanes[rows[bucket]! * LANES + (head >> 1)]! += (head & 1) === 0 ? weight : weight << 16;
    }
  }
  const present = new Uint8Array(Math.max(1, buckets >> 3));
  rows.forEach((row, bucket) => {
    if (row !== 0) present[bucket >> 3]! |= 1 << (bucket & 7);
  });
  return {
    bucketMask: buckets - 1, rows, present, lanes: Int32Array.from(lanes), step: file.step,
    bias: Float32Array.from(file.bias),
  };
}

const SUMS = new Int32Array(LANES);
const TOTALS = new Float64Array(HEADS.length);

/** Writes the probability of every head into `out` (`HEADS.length` long). */
export function scoreHeads(model: Model, features: Features, out: Float64Array): void {
  const { bias, step } = model;
  const { count } = features;
  TOTALS.fill(0);
  for (let from = 0; from < count; from += SUMS_SAFE) {
    addLanes(model, features.ids, from, Math.min(count, from + SUMS_SAFE));
    takeSums();
  }
  for (let head = 0; head < out.length; head++) {
    out[head] = 1 / (1 + Math.exp(-(bias[head]! + TOTALS[head]! * step)));
  }
}

/** Sums all lanes over the features; in variables of their own, they stay in registers. */
function addLanes(model: Model, ids: Uint32Array, from: number, to: number): void {
  const { lanes, rows, present, bucketMask } = model;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let f = 0;
  let g = 0;
  let h = 0;
  let i = 0;
  let j = 0;
  for (let at = from; at < to; at++) {
    const bucket = ids[at]! & bucketMask;
    if ((present[bucket >> 3]! >> (bucket & 7) & 1) === 0) continue;
    const base = rows[bucket]! * LANES;
    a = a + lanes[base + 0]! | 0;
    b = b + lanes[base + 1]! | 0;
    c = c + lanes[base + 2]! | 0;
    d = d + lanes[base + 3]! | 0;
    e = e + lanes[base + 4]! | 0;
    f = f + lanes[base + 5]! | 0;
    g = g + lanes[base + 6]! | 0;
    h = h + lanes[base + 7]! | 0;
    i = i + lanes[base + 8]! | 0;
    j = j + lanes[base + 9]! | 0;
  }
  SUMS[0] = a;
  SUMS[1] = b;
  SUMS[2] = c;
  SUMS[3] = d;
  SUMS[4] = e;
  SUMS[5] = f;
  SUMS[6] = g;
  SUMS[7] = h;
  SUMS[8] = i;
  SUMS[9] = j;
}

/** Parts each sum into its two heads. */
function takeSums(): void {
  for (let lane = 0; lane < LANES; lane++) {
    const sum = SUMS[lane]!;
    const low = sum << 16 >> 16;
    TOTALS[lane * 2]! += low;
    if (lane * 2 + 1 < TOTALS.length) TOTALS[lane * 2 + 1]! += (sum - low) >> 16;
  }
}
