import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { GUARD_TESTS } from './guards.ts';
import { runHistory } from './history.ts';
import { planFromSeed } from './plan.ts';
import { describeFailure } from './shrink.ts';
import type { Share, ShareResult } from './worker.ts';

/** `PARLEY_HISTORIES` and `PARLEY_SEED` look at more, or elsewhere. */
const HISTORIES = Number(process.env['PARLEY_HISTORIES'] ?? 10_000);
const SEED = Number(process.env['PARLEY_SEED'] ?? 1);

describe('exactly once', () => {
  test(`${HISTORIES} random histories hold`, { timeout: 600_000 }, async () => {
    const threads = Math.min(2, availableParallelism());
    const each = Math.ceil(HISTORIES / threads);
    const shares = Array.from({ length: threads }, async (_, i): Promise<ShareResult> => {
      const workerData: Share = { from: SEED + i * each, count: each };
      const worker = new Worker(join(import.meta.dirname, 'worker.ts'), { workerData });
      const [result] = (await once(worker, 'message')) as [ShareResult];
      await worker.terminate();
      return result;
    });
    const results = await Promise.all(shares);
    expect(results.flatMap((one) => one.failures).join('\n\n')).toBe('');
    expect(results.reduce((sum, one) => sum + one.histories, 0)).toBeGreaterThanOrEqual(HISTORIES);
  });

  test('a seed gives the same history every time', async () => {
    const [first, second] = [await runHistory(planFromSeed(7)), await runHistory(planFromSeed(7))];
    expect(first.trace).toEqual(second.trace);
    expect(first.trace.length).toBeGreaterThan(10);
  });

  test('a failing history is described with its seed and what happened', async () => {
    const variant = { guards: { overlayUndone: false } };
    let seed = 1;
    while ((await runHistory(planFromSeed(seed), variant)).problems.length === 0) seed++;
    const text = await describeFailure(planFromSeed(seed), variant);
    expect(text).toContain(`seed ${seed}`);
    expect(text).toContain('result');
  });
});

describe('without this guard it does not hold', () => {
  for (const { guard, variant, plan, histories } of GUARD_TESTS) {
    test(guard, { timeout: 300_000 }, async () => {
      for (let seed = 1; seed <= histories; seed++) {
        const { problems } = await runHistory(plan(seed), variant);
        if (problems.length === 0) continue;
        // The same history holds with it: it is the guard that was missing.
        expect((await runHistory(plan(seed))).problems).toEqual([]);
        return;
      }
      expect.fail(`${histories} histories did not show that it is needed`);
    });
  }
});
