/**
 * Fits the linear model of `src/intent/model.ts`. Deterministic: a fixed order, no clock, no
 * chance.
 */
import { HEADS, type Head } from '../src/intent/heads.ts';
import { RULE_FEATURES } from '../src/intent/acts-features.ts';
import { WEIGHT_FORMAT, type WeightFile } from '../src/intent/model.ts';

export interface Example {
  readonly features: Uint32Array;
  /** By head: 1 yes, 0 no, -1 not known. */
  readonly labels: Int8Array;
  readonly weight: number;
}

export interface FitOptions {
  readonly bucketBits: number;
  readonly epochs: number;
  /** How often it is fitted, each time in another order; the mean is taken. */
  readonly rounds: number;
  readonly rate: number;
  /** Strength of the pull of every weight towards 0. */
  readonly l2: number;
  /** The same for heads with few or inconsistent examples; found over several splits into folds. */
  readonly l2Of: Readonly<Partial<Record<Head, number>>>;
  readonly step: number;
  /** Weights of fewer steps are left out: a smaller table stays in the cache. */
  readonly smallest: number;
  /**
   * Sum of squared gradients that every weight begins with: greater, and the first steps are
   * smaller.
   */
  readonly damping: number;
  /** How much the rare side of a head counts: 0 as it is, 1 as much as the frequent side. */
  readonly balance: number;
}

export const FIT: FitOptions = {
  bucketBits: 16, epochs: 14, rounds: 3, rate: 0.05, l2: 0.03,
  l2Of: {
    reject: 0.1, availability_question: 0.1, negotiability_question: 0.1, condition_question: 0.1,
  },
  step: 0.02, smallest: 3, damping: 3, balance: 0.8 };

/** The mean of several fits: a single one hangs on the order in which it sees the examples. */
export function fit(all: readonly Example[], provenance: unknown, options = FIT): WeightFile {
  const examples = onlyRepeated(all, (1 << options.bucketBits) - 1);
  const fitted = Array.from({ length: options.rounds }, (_, round) =>
    fitOnce(examples, FIRST_SEED + round, options));
  const mean = (of: readonly Float64Array[]): Float64Array =>
    of[0]!.map((_, at) => of.reduce((sum, one) => sum + one[at]!, 0) / of.length);
  return pack(
    mean(fitted.map(({ weights }) => weights)), mean(fitted.map(({ bias }) => bias)), provenance, options,
  );
}

const FIRST_SEED = 20261123;

/** Logistic regression by AdaGrad, all heads in one sweep, in the order that a seed gives. */
function fitOnce(
  examples: readonly Example[], firstSeed: number, options: FitOptions,
): { readonly weights: Float64Array; readonly bias: Float64Array } {
  const width = HEADS.length;
  const mask = (1 << options.bucketBits) - 1;
  const weights = new Float64Array((mask + 1) * width);
  const squares = new Float64Array((mask + 1) * width).fill(options.damping);
  const bias = new Float64Array(width);
  const biasSquares = new Float64Array(width).fill(options.damping);
  const favour = favourOf(examples, options.balance);
  const prior = startFromRules(weights, bias, mask);
  const pull = HEADS.map((head) => options.l2Of[head] ?? options.l2);
  const order = examples.map((_, index) => index);
  let seed = firstSeed;
  const scores = new Float64Array(width);
  const average = new Float64Array(weights.length);
  let averaged = 0;
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
        scores[head] = (1 / (1 + Math.exp(-scores[head]!)) - label) * example.weight
          * (label === 1 ? favour[head]! : 1);
        biasSquares[head]! += scores[head]! ** 2;
        bias[head]! -= options.rate * scores[head]! / Math.sqrt(biasSquares[head]!);
      }
      for (const id of example.features) {
        const base = (id & mask) * width;
        for (let head = 0; head < width; head++) {
          if (example.labels[head]! < 0) continue;
          const at = base + head;
          const gradient = scores[head]! + pull[head]! * (weights[at]! - (prior.get(at) ?? 0));
          squares[at]! += gradient * gradient;
          weights[at]! -= options.rate * gradient / Math.sqrt(squares[at]!);
        }
      }
    }
    // The mean over the later sweeps: the last one alone still swings.
    if (epoch < options.epochs / 3) continue;
    averaged++;
    for (let at = 0; at < weights.length; at++) average[at]! += weights[at]!;
  }
  return { weights: average.map((sum) => sum / averaged), bias };
}

/**
 * Log odds that a rule is trusted with before any example, and those of a head without its rule.
 */
const TRUST = 3.5;
const DOUBT = -2;

/** Sets the weights that training begins with, and is drawn back to; by place. */
function startFromRules(
  weights: Float64Array, bias: Float64Array, mask: number,
): ReadonlyMap<number, number> {
  const prior = new Map<number, number>();
  RULE_FEATURES.forEach((feature, head) => {
    const at = (feature & mask) * HEADS.length + head;
    prior.set(at, TRUST);
    weights[at] = TRUST;
    bias[head] = DOUBT;
  });
  return prior;
}

/** Weight of a yes, by head. */
function favourOf(examples: readonly Example[], balance: number): Float64Array {
  const favour = new Float64Array(HEADS.length).fill(1);
  for (let head = 0; head < HEADS.length; head++) {
    let yes = 1;
    let no = 1;
    for (const { labels } of examples) {
      if (labels[head] === 1) yes++;
      else if (labels[head] === 0) no++;
    }
    favour[head] = Math.max(1, (no / yes) ** balance);
  }
  return favour;
}

/** Features of more than one example; what was seen once teaches nothing of what comes. */
function onlyRepeated(examples: readonly Example[], mask: number): Example[] {
  const counts = new Uint8Array(mask + 1);
  for (const { features } of examples) {
    for (const id of new Set(features)) counts[id & mask] = Math.min(2, counts[id & mask]! + 1);
  }
  return examples.map((one) => ({
    ...one, features: one.features.filter((id) => counts[id & mask]! > 1),
  }));
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
      if (Math.abs(units) >= options.smallest) kept.push([bucket, Math.max(-127, Math.min(127, units))]);
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
