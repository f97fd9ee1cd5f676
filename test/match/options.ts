/**
 * How random patterns are drawn: always the same ones, unless `PROPERTY_SEED` says otherwise
 * (`random` for new ones), and `PROPERTY_RUNS` as many.
 */
export function options(runs: number): { numRuns: number; seed?: number } {
  const { PROPERTY_RUNS: count, PROPERTY_SEED: seed } = process.env;
  const numRuns = Number(count ?? runs);
  return seed === 'random' ? { numRuns } : { numRuns, seed: Number(seed ?? 20_261_123) };
}
