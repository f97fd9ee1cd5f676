import fc from 'fast-check';
import { vi } from 'vitest';

/**
 * Set up before every test file: properties draw the same examples in every run, so that a run that
 * fails fails again. `PROPERTY_SEED` names others (`random` for new ones), `PROPERTY_RUNS` as many
 * for those that ask {@link runs}.
 */
const { PROPERTY_SEED: seed, PROPERTY_RUNS: count } = process.env;
// A long run takes as long as it was asked to.
if (count !== undefined) vi.setConfig({ testTimeout: 3_600_000 });
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed ?? 20_261_123) });

/** How many examples a property draws that is worth more of them in a long run. */
export function runs(usual: number): number {
  return Number(count ?? usual);
}
