import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addId, forgetBefore, forgetIds, hasId, idCount } from '../../src/task/id-list.ts';

/** Against the obvious twin: a list of the three numbers. */

const half = fc.constantFrom(-(2 ** 31), -257, -2, -1, 0, 1, 2, 256, 2 ** 31 - 1);
const second = fc.integer({ min: -50, max: 50 });
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), low: half, high: half, second }) },
  fc.record({ kind: fc.constant('forgetBefore' as const), second }),
  fc.record({ kind: fc.constant('forget' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('find' as const), low: half, high: half }),
);

it('holds what a plain list holds, whatever is added and forgotten', () => {
  fc.assert(
    fc.property(
      fc.array(action, { maxLength: 60 }),
      fc.constantFrom(0, 1_795_000_000, 2 ** 31 - 3, 2 ** 32 - 3, -1e9, 8e12),
      (actions, now) => {
        let ids = '';
        let twin: { low: number; high: number; second: number }[] = [];
        for (const one of actions) {
          if (one.kind === 'add') {
            const entry = { low: one.low, high: one.high, second: now + one.second };
            ids = addId(ids, entry.low, entry.high, entry.second);
            twin.push(entry);
          } else if (one.kind === 'forgetBefore') {
            ids = forgetBefore(ids, now + one.second);
            const first = twin.findIndex((entry) => entry.second >= now + one.second);
            twin = first < 0 ? [] : twin.slice(first);
          } else if (one.kind === 'forget') {
            const count = Math.floor(one.share * twin.length);
            ids = forgetIds(ids, count);
            twin = twin.slice(count);
          } else {
            const held = twin.some(({ low, high }) => low === one.low && high === one.high);
            expect(hasId(ids, one.low, one.high)).toBe(held);
          }
          expect(idCount(ids)).toBe(twin.length);
          for (const { low, high } of twin) expect(hasId(ids, low, high)).toBe(true);
        }
      },
    ),
  );
});
