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
   * Row of a bucket in `lanes`; 0, a row of noughts, for buckets without weights. Small, so that it
   * stays in the cache.
   */
  readonly rows: Uint16Array;
  /**
   * Row by row, `LANES` numbers each of four weights, one a byte, each plus `BIAS` so that none is
   * negative.
   */
  readonly lanes: Int32Array;
  /** One unit of a weight. */
  readonly step: number;
  readonly bias: Float32Array;
}

/** Four heads to a lane; `addLanes` sums this many. */
const LANES = 5;
const HEADS_MAX = LANES * 4;
/** Added to every weight of -127 to 127 in its byte. */
const BIAS = 128;
const NOUGHTS = BIAS * 0x01010101 | 0;
/** Additions of bytes that a sum of 16 bits stands. */
const SUMS_SAFE = 257;

export const WEIGHT_FORMAT = 1;

/** The model of a weight file. @throws Error when the file is of other heads or another format. */
export function readModel(file: WeightFile): Model {
  if (file.format !== WEIGHT_FORMAT || file.heads.join() !== HEADS.join()) {
    throw new Error('the weights are of another format: run `npm run train:intents`');
  }
  if (HEADS.length > HEADS_MAX) throw new Error(`more than ${HEADS_MAX} heads: raise LANES`);
  const entries = entriesOf(file);
  const { rows, count } = numberRows(entries, 1 << file.bucketBits);
  const lanes = new Int32Array(count * LANES).fill(NOUGHTS);
  for (const { head, bucket, weight } of entries) {
    const lane = rows[bucket]! * LANES + (head >> 2);
    const shift = (head & 3) * 8;
    lanes[lane] = lanes[lane]! & ~(0xff << shift) | weight + BIAS << shift;
  }
  return {
    bucketMask: rows.length - 1, rows, lanes, step: file.step, bias: Float32Array.from(file.bias),
  };
}

interface WeightEntry {
  readonly head: number;
  readonly bucket: number;
  readonly weight: number;
}

function entriesOf(file: WeightFile): readonly WeightEntry[] {
  const entries: WeightEntry[] = [];
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
  for (let head = 0; head < HEADS.length; head++) {
    let bucket = -1;
    for (let left = varint(); left > 0; left--) {
      bucket += varint();
      entries.push({ head, bucket, weight: (bytes[at++] ?? 0) << 24 >> 24 });
    }
  }
  return entries;
}

/**
 * A row for each bucket with weights, from 1 on. Those with many come first: they are of features that
 * most messages have, and so stand together in the cache.
 */
function numberRows(
  entries: readonly WeightEntry[], buckets: number,
): { readonly rows: Uint16Array; readonly count: number } {
  const weights = new Uint8Array(buckets);
  for (const { bucket } of entries) weights[bucket]!++;
  const used = Array.from(weights.keys()).filter((bucket) => weights[bucket]! > 0)
    .sort((a, b) => weights[b]! - weights[a]!);
  const rows = new Uint16Array(buckets);
  used.forEach((bucket, index) => { rows[bucket] = index + 1; });
  return { rows, count: used.length + 1 };
}

/** Sums of two heads each: of every lane heads 0 and 2, then 1 and 3. */
const SUMS = new Int32Array(LANES * 2);
const TOTALS = new Float64Array(HEADS_MAX);

/** Writes the probability of every head into `out` (`HEADS.length` long). */
export function scoreHeads(model: Model, features: Features, out: Float64Array): void {
  const { bias, step } = model;
  const { count } = features;
  TOTALS.fill(0);
  for (let from = 0; from < count; from += SUMS_SAFE) {
    const to = Math.min(count, from + SUMS_SAFE);
    addLanes(model, features.ids, from, to);
    takeSums((to - from) * BIAS);
  }
  for (let head = 0; head < out.length; head++) {
    out[head] = 1 / (1 + Math.exp(-(bias[head]! + TOTALS[head]! * step)));
  }
}

/**
 * Sums all lanes over the features, two heads of 16 bits in a number; in variables of their own, they
 * stay in registers.
 */
function addLanes(model: Model, ids: Uint32Array, from: number, to: number): void {
  const { lanes, rows, bucketMask } = model;
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
    const base = rows[ids[at]! & bucketMask]! * LANES;
    const v = lanes[base]!;
    const w = lanes[base + 1]!;
    const x = lanes[base + 2]!;
    const y = lanes[base + 3]!;
    const z = lanes[base + 4]!;
    a = a + (v & 0xff00ff) | 0;
    b = b + (v >>> 8 & 0xff00ff) | 0;
    c = c + (w & 0xff00ff) | 0;
    d = d + (w >>> 8 & 0xff00ff) | 0;
    e = e + (x & 0xff00ff) | 0;
    f = f + (x >>> 8 & 0xff00ff) | 0;
    g = g + (y & 0xff00ff) | 0;
    h = h + (y >>> 8 & 0xff00ff) | 0;
    i = i + (z & 0xff00ff) | 0;
    j = j + (z >>> 8 & 0xff00ff) | 0;
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

/** Parts each sum into its two heads, of which it has `bias` too much. */
function takeSums(bias: number): void {
  for (let lane = 0; lane < LANES; lane++) {
    const even = SUMS[lane * 2]!;
    const odd = SUMS[lane * 2 + 1]!;
    const head = lane * 4;
    TOTALS[head]! += (even & 0xffff) - bias;
    TOTALS[head + 1]! += (odd & 0xffff) - bias;
    TOTALS[head + 2]! += (even >>> 16) - bias;
    TOTALS[head + 3]! += (odd >>> 16) - bias;
  }
}
