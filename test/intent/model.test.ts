import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Features, FEATURES_MAX } from '../../src/intent/acts-features.ts';
import weightFile from '../../src/intent/data/act-weights.json' with { type: 'json' };
import { HEADS } from '../../src/intent/heads.ts';
import { readModel, scoreHeads } from '../../src/intent/model.ts';

/** The weights of every head by bucket, read as the file describes them and no other way. */
function plainWeights(): readonly ReadonlyMap<number, number>[] {
  const bytes = Buffer.from(weightFile.weights, 'base64');
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  return HEADS.map(() => {
    const weights = new Map<number, number>();
    let bucket = -1;
    for (let left = varint(); left > 0; left--) {
      bucket += varint();
      weights.set(bucket, bytes.readInt8(at++));
    }
    return weights;
  });
}

describe('the linear model', () => {
  const model = readModel(weightFile);
  const plain = plainWeights();
  const known = [...new Set(plain.flatMap((weights) => [...weights.keys()]))];

  it('gives what adding up one weight after another gives', () => {
    const bucket = fc.oneof(fc.constantFrom(...known), fc.nat(2 ** 32 - 1));
    const feature = fc.tuple(bucket, fc.nat(FEATURES_MAX)).map(([id, times]) => ({ id, times }));
    fc.assert(
      fc.property(fc.array(feature, { maxLength: 60 }), (asked) => {
        const features = new Features();
        for (const { id, times } of asked) {
          // Mostly once; now and then so often that a sum of 16 bits would not hold.
          const repeats = times < FEATURES_MAX - 100 ? 1 : times;
          for (let n = 0; n < repeats && features.count < FEATURES_MAX; n++) {
            features.ids[features.count++] = id;
          }
        }
        const odds = new Float64Array(HEADS.length);
        scoreHeads(model, features, odds);
        HEADS.forEach((_, head) => {
          let sum = 0;
          for (const id of features.ids.subarray(0, features.count)) {
            sum += plain[head]?.get(id % 2 ** weightFile.bucketBits) ?? 0;
          }
          expect(odds[head]).toBe((model.bias[head] ?? 0) + sum * weightFile.step);
        });
      }),
      { numRuns: 200 },
    );
  });
});
