/**
 * A linear model: one logistic classifier per head over hashed features. The weights come from
 * `data/act-weights.json`, written by `load/train-intents.ts`; its `provenance` says from what.
 */
import { FEATURES_MAX, type Features } from './acts-features.ts';
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
   * What a bucket weighs: the row in `lanes`, or, from `LONE` on, the one weight it has. Most buckets have
   * none or one, and then nothing else is read.
   */
  readonly codes: Uint16Array;
  /**
   * Row by row, `LANES` numbers each of four weights, `LANE_BITS` to a weight: a double holds 53 bits, so
   * that one addition adds four weights.
   */
  readonly lanes: Float64Array;
  /** One unit of a weight. */
  readonly step: number;
  readonly bias: Float32Array;
}

/** Four heads to a lane; `addRows` sums this many lanes. */
const LANES = 5;
const HEADS_MAX = LANES * 4;
const LANE_BITS = 13;
/** Rows of weights of -127 to 127 whose sum stays within the bits of a weight. */
const ROWS_SAFE = 32;
/** Codes of a single weight: `LONE`, the head in the second byte, the weight plus `BIAS` in the first. */
const LONE = 0x8000;
const BIAS = 128;
const NO_WEIGHT = LONE | BIAS;

export const WEIGHT_FORMAT = 1;

/** The model of a weight file. @throws Error when the file is of other heads or another format. */
export function readModel(file: WeightFile): Model {
  if (file.format !== WEIGHT_FORMAT || file.heads.join() !== HEADS.join()) {
    throw new Error('the weights are of another format: run `npm run train:intents`');
  }
  if (HEADS.length > HEADS_MAX) throw new Error(`more than ${HEADS_MAX} heads: raise LANES`);
  const { codes, lanes } = layOut(entriesOf(file), 1 << file.bucketBits);
  return {
    bucketMask: codes.length - 1, codes, lanes, step: file.step, bias: Float32Array.from(file.bias),
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
 * Buckets with many weights come first: they are of features that most messages have, and so stand
 * together in the cache.
 */
function layOut(
  entries: readonly WeightEntry[], buckets: number,
): { readonly codes: Uint16Array; readonly lanes: Float64Array } {
  const weights = new Uint8Array(buckets);
  for (const { bucket } of entries) weights[bucket]!++;
  const rows = Array.from(weights.keys()).filter((bucket) => weights[bucket]! > 1)
    .sort((a, b) => weights[b]! - weights[a]!);
  if (rows.length > LONE) throw new Error(`more than ${LONE} buckets of several weights`);
  const codes = new Uint16Array(buckets).fill(NO_WEIGHT);
  rows.forEach((bucket, row) => { codes[bucket] = row; });
  const lanes = new Float64Array(rows.length * LANES);
  for (const { head, bucket, weight } of entries) {
    if (weights[bucket] === 1) {
      codes[bucket] = LONE | head << 8 | weight + BIAS;
      continue;
    }
    lanes[codes[bucket]! * LANES + (head >> 2)]! += weight * 2 ** (LANE_BITS * (head & 3));
  }
  return { codes, lanes };
}

/** Rows and single weights of one message's features. */
const ROWS = new Uint16Array(FEATURES_MAX);
const LONES = new Uint16Array(FEATURES_MAX);
const LANE_SUMS = new Float64Array(LANES);
const TOTALS = new Float64Array(HEADS_MAX);

/** The probability that log odds stand for. */
export function chanceOf(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}

/** Writes the log odds of every head into `out` (`HEADS.length` long). */
export function scoreHeads(model: Model, features: Features, out: Float64Array): void {
  const { bias, step, lanes } = model;
  TOTALS.fill(0);
  const rows = sortOut(model, features);
  for (let from = 0; from < rows; from += ROWS_SAFE) {
    addRows(lanes, from, Math.min(rows, from + ROWS_SAFE));
    takeSums();
  }
  addLones(features.count - rows);
  for (let head = 0; head < out.length; head++) {
    out[head] = bias[head]! + TOTALS[head]! * step;
  }
}

/**
 * Writes what the features weigh into `ROWS` and `LONES` and returns how many rows there are. Without a
 * branch, so that many looks into the table of codes are under way at once.
 */
function sortOut({ codes, bucketMask }: Model, { ids, count }: Features): number {
  let rows = 0;
  let lones = 0;
  for (let at = 0; at < count; at++) {
    const code = codes[ids[at]! & bucketMask]!;
    const isLone = code >> 15;
    ROWS[rows] = code;
    LONES[lones] = code;
    rows += 1 - isLone;
    lones += isLone;
  }
  return rows;
}

function addLones(count: number): void {
  for (let at = 0; at < count; at++) {
    const code = LONES[at]!;
    TOTALS[code >> 8 & 0x1f]! += (code & 0xff) - BIAS;
  }
}

/** Sums the lanes of some of `ROWS`, in variables of their own: they stay in registers. */
function addRows(lanes: Float64Array, from: number, to: number): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  for (let at = from; at < to; at++) {
    const base = ROWS[at]! * LANES;
    a += lanes[base]!;
    b += lanes[base + 1]!;
    c += lanes[base + 2]!;
    d += lanes[base + 3]!;
    e += lanes[base + 4]!;
  }
  LANE_SUMS[0] = a;
  LANE_SUMS[1] = b;
  LANE_SUMS[2] = c;
  LANE_SUMS[3] = d;
  LANE_SUMS[4] = e;
}

const SUM = 2 ** LANE_BITS;
const SUM_MASK = SUM - 1;
const PAIR = SUM * SUM;
/** What makes no sum of a lane negative, and the same to all four of them. */
const LIFT = SUM / 2;
const LIFTS = LIFT * (1 + SUM + PAIR + SUM * PAIR);

/** Parts the sum of each lane into those of its four heads. */
function takeSums(): void {
  for (let lane = 0; lane < LANES; lane++) {
    const sums = LANE_SUMS[lane]! + LIFTS;
    const high = Math.floor(sums / PAIR) | 0;
    const low = sums - high * PAIR | 0;
    const head = lane * 4;
    TOTALS[head]! += (low & SUM_MASK) - LIFT;
    TOTALS[head + 1]! += (low >> LANE_BITS) - LIFT;
    TOTALS[head + 2]! += (high & SUM_MASK) - LIFT;
    TOTALS[head + 3]! += (high >> LANE_BITS) - LIFT;
  }
}
