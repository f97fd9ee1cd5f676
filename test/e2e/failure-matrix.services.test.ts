import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kafkaBrokers, redisUrl } from '../rig/services.ts';
import { FAULTS } from './faults.ts';
import { sleep, World } from './world.ts';

/**
 * Every row of the failure matrix, one after the other over one stream of conversations and two
 * engine processes: after each the engines are ready again by themselves, and at the end nothing is
 * lost, doubled, unexpected or out of order.
 */
describe.skipIf(kafkaBrokers === '' || redisUrl === '')('failure matrix', () => {
  let world: World;
  let state = 20_261_123;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };

  beforeAll(async () => {
    world = await World.start({ engines: 2, rate: 60, random });
  }, 120_000);

  afterAll(() => world.close());

  test.each(Object.keys(FAULTS))(
    '%s: the engines come back by themselves',
    async (name) => {
      const before = world.sent;
      await FAULTS[name]?.(world, random);
      await world.allReady(60_000);
      await sleep(500);
      await expect.poll(() => world.sent, { timeout: 30_000 }).toBeGreaterThan(before);
    },
    120_000,
  );

  test('and what was derived is exactly what must be', async () => {
    const verdict = await world.finish();
    expect(verdict).toMatchObject({
      missing: [], doubled: [], unexpected: [], outOfOrder: [], metaProblems: [],
    });
    expect(verdict.expected).toBeGreaterThan(500);
  }, 120_000);
});
