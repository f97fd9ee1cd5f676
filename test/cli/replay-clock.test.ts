import { describe, expect, test } from 'vitest';
import { ReplayClock } from '../../src/cli/replay-clock.ts';

describe('clock of a replay', () => {
  test('stands still where nothing was announced', () => {
    const clock = new ReplayClock(1_000, 600);
    expect(clock.now()).toBe(1_000);
  });

  test('moves towards the next event, never past it', async () => {
    const clock = new ReplayClock(1_000, 1_000_000);
    clock.approach(5_000);
    await expect.poll(() => clock.now()).toBe(5_000);
  });

  test('without a speed limit it is where the events are', () => {
    const clock = new ReplayClock(1_000, Infinity);
    expect(clock.approach(9_000)).toBe(0);
    expect(clock.now()).toBe(1_000);
    clock.moveTo(9_000);
    expect(clock.now()).toBe(9_000);
  });

  test('never goes back', () => {
    const clock = new ReplayClock(1_000, Infinity);
    clock.moveTo(9_000);
    clock.moveTo(2_000);
    expect(clock.now()).toBe(9_000);
  });

  test('says how long to wait at its speed', () => {
    const clock = new ReplayClock(0, 600);
    expect(clock.approach(600_000)).toBeLessThanOrEqual(1_000);
    expect(clock.approach(600_000)).toBeGreaterThan(900);
  });
});
