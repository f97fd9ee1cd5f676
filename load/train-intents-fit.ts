/** Fits the linear model of `src/intent/model.ts`. Deterministic: a fixed order, no clock, no chance. */
import { HEADS, WEIGHT_FORMAT, type WeightFile } from '../src/intent/model.ts';

export interface Example {
  readonly features: Uint32Array;
  /** By head: 1 yes, 0 no, -1 not known. */
  readonly labels: Int8Array;
  readonly weight: number;
}

export interface FitOptions {
  readonly bucketBits: number;
  readonly epochs: number;
  readonly rate: number;
  /** Strength of the pull of every weight towards 0. */
  readonly l2: number;
  readonly step: number;
}

export const FIT: FitOptions = { bucketBits: 16, epochs: 14, rate: 0.12, l2: 0.0006, step: 0.02 };

/** Logistic regression by AdaGrad, all heads in one sweep. */
export function fit(examples: readonly Example[], provenance: unknown, options = FIT): WeightFile {
  const width = HEADS.length;
  const mask = (1 << options.bucketBits) - 1;
  const weights = new Float64Array((mask + 1) * width);
  const squares = new Float64Array((mask + 1) * width).fill(1e-3);
  const bias = new Float64Array(width);
  const biasSquares = new Float64Array(width).fill(1e-3);
  const order = examples.map((_, index) => index);
  let seed = 20261123;
  const scores = new Float64Array(width);
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    for (let at = order.length - 1; at > 0; at--) {
      seed = Math.imul(seed, 48271) >>> 0;
      const other = seed % (at + 1);
      [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
    }
    for (const index of order) {
      const example = examples[index];
      if (example === undefined) continue;
      scores.set(bias);
      for (const id of example.features) {
        const base = (id & mask) * width;
        for (let head = 0; head < width; head++) scores[head]! += weights[base + head]!;
      }
      for (let head = 0; head < width; head++) {
        const label = example.labels[head]!;
        if (label < 0) {
          scores[head] = 0;
          continue;
        }
        scores[head] = (1 / (1 + Math.exp(-scores[head]!)) - label) * example.weight;
        biasSquares[head]! += scores[head]! ** 2;
        bias[head]! -= options.rate * scores[head]! / Math.sqrt(biasSquares[head]!);
      }
      for (const id of example.features) {
        const base = (id & mask) * width;
        for (let head = 0; head < width; head++) {
          if (example.labels[head]! < 0) continue;
          const at = base + head;
          const gradient = scores[head]! + options.l2 * weights[at]!;
          squares[at]! += gradient * gradient;
          weights[at]! -= options.rate * gradient / Math.sqrt(squares[at]!);
        }
      }
    }
  }
  return pack(weights, bias, provenance, options);
}

function pack(
  weights: Float64Array, bias: Float64Array, provenance: unknown, options: FitOptions,
): WeightFile {
  const width = HEADS.length;
  const buckets = 1 << options.bucketBits;
  const bytes: number[] = [];
  const varint = (value: number): void => {
    let left = value;
    for (; left >= 0x80; left >>>= 7) bytes.push(left & 0x7f | 0x80);
    bytes.push(left);
  };
  for (let head = 0; head < width; head++) {
    const kept: [number, number][] = [];
    for (let bucket = 0; bucket < buckets; bucket++) {
      const units = Math.round(weights[bucket * width + head]! / options.step);
      if (units !== 0) kept.push([bucket, Math.max(-127, Math.min(127, units))]);
    }
    varint(kept.length);
    let before = -1;
    for (const [bucket, units] of kept) {
      varint(bucket - before);
      bytes.push(units & 0xff);
      before = bucket;
    }
  }
  return {
    format: WEIGHT_FORMAT, provenance, heads: HEADS, bucketBits: options.bucketBits,
    step: options.step, bias: [...bias].map((one) => Math.round(one * 1e4) / 1e4),
    weights: Buffer.from(bytes).toString('base64'),
  };
}
