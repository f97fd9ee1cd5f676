import { expect, test } from 'vitest';
import { Stretch } from '../../src/engine/stretch.ts';

test('what else waits has its turn after a stretch of computing, not after each piece', async () => {
  let now = 0;
  const log: string[] = [];
  const others = (resolve: () => void): void => {
    log.push('others');
    resolve();
  };
  const stretch = new Stretch({
    now: () => now,
    monotonic: () => now,
    sleep: () => new Promise((resolve) => void setImmediate(others, resolve)),
  });
  const work = async (piece: string): Promise<void> => {
    while (stretch.over) await stretch.pause();
    log.push(piece);
    now += 2;
  };
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map(work));
  expect(log).toEqual(['others', 'a', 'b', 'others', 'c', 'd', 'others', 'e']);
});
