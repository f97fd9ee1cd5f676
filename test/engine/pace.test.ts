import { describe, expect, test } from 'vitest';
import { Pace } from '../../src/engine/pace.ts';

const MAX_MS = 100;

/** Pause that commits of `tookMs`, one after another at a rate, come to. */
function pauseAt(rate: number, tookMs: number): number {
  let now = 0;
  const clock = { now: () => now, monotonic: () => now, sleep: async () => {} };
  const pace = new Pace(clock, MAX_MS, MAX_MS);
  let pause = 0;
  for (let i = 0; i < 50; i++) {
    const startedAt = now;
    now += tookMs;
    pace.committed(startedAt, tookMs, (rate * Math.max(pause, tookMs)) / 1_000);
    const rest = Math.max(0, pace.dueIn('effect') ?? 0);
    pause = tookMs + rest;
    now += rest;
  }
  return pause;
}

describe('pace of commits', () => {
  test('the first commit is due at once, and none where nothing is pending', () => {
    const clock = { now: () => 0, monotonic: () => 0, sleep: async () => {} };
    const pace = new Pace(clock, MAX_MS, MAX_MS);
    expect(pace.dueIn('effect')).toBeLessThanOrEqual(0);
    expect(pace.dueIn(null)).toBeNull();
  });

  test('with little to do twice what a commit takes, under load four times', () => {
    expect(pauseAt(100, 10)).toBeCloseTo(20, 0);
    expect(pauseAt(15_000, 10)).toBeCloseTo(30, 0);
    expect(pauseAt(30_000, 20)).toBeCloseTo(80, 0);
  });

  test('with the rate up to its longest, and never longer', () => {
    expect(pauseAt(40_000, 1)).toBeCloseTo(80, 0);
    expect(pauseAt(200_000, 1)).toBeCloseTo(MAX_MS, 0);
    expect(pauseAt(1_000, 500)).toBeCloseTo(500, 0);
  });
});
