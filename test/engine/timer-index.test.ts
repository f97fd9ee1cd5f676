import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TimerIndex } from '../../src/engine/timer-index.ts';
import type { DueTimer } from '../../src/ports/state-store.ts';

type Action =
  | { readonly kind: 'change'; readonly key: string; readonly after: number | null }
  | { readonly kind: 'store' }
  /** A load ahead of need begins; the store looks at once and answers one page later each time. */
  | { readonly kind: 'ahead' }
  | { readonly kind: 'answer' }
  | { readonly kind: 'time'; readonly ms: number; readonly max: number };

const actions = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('change' as const),
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      after: fc.option(fc.integer({ min: 1, max: 60 })),
    }),
    fc.constant<Action>({ kind: 'store' }),
    fc.constant<Action>({ kind: 'ahead' }),
    fc.constant<Action>({ kind: 'answer' }),
    fc.record({
      kind: fc.constant('time' as const),
      ms: fc.integer({ min: 0, max: 30 }),
      max: fc.integer({ min: 1, max: 4 }),
    }),
  ),
  { maxLength: 60 },
);

describe('timer index', () => {
  test('fires what a plain map of all timers fires, at the same times, whatever the store has', async () => {
    await fc.assert(
      fc.asyncProperty(actions, fc.integer({ min: 1, max: 25 }), async (list, windowMs) => {
        /** The slow, obvious twin: every timer there is. */
        const all = new Map<string, number>();
        /** What the store has so far. */
        let stored = new Map<string, number>();
        /** Answers on their way, while a load ahead of need is under way. */
        const waiting: (() => void)[] = [];
        let ahead: Promise<void> | null = null;
        const index = new TimerIndex(
          async (from, until, limit, after) => {
            const page = [...stored]
              .map(([key, due]): DueTimer => ({ due, key, owner: 'o' }))
              .filter(({ due }) => due >= from && due < until)
              .sort((x, y) => x.due - y.due || (x.key < y.key ? -1 : 1))
              .filter(
                (one) =>
                  after === null ||
                  one.due > after.due ||
                  (one.due === after.due && one.key > after.key),
              )
              .slice(0, limit);
            if (ahead !== null) await new Promise<void>((resolve) => waiting.push(resolve));
            return page;
          },
          { windowMs, loadMax: 2 },
        );
        const answer = async (): Promise<void> => {
          for (const resolve of waiting.splice(0)) resolve();
          // The load goes on, to its next page or to its end.
          for (let i = 0; i < 10; i++) await Promise.resolve();
        };
        let now = 0;
        let interval = 1;
        for (const action of list) {
          if (action.kind === 'ahead') {
            if (!index.nearlyEmpty(now)) continue;
            ahead = Promise.resolve();
            ahead = index.load(now).then(() => {
              ahead = null;
            });
          } else if (action.kind === 'answer') {
            await answer();
          } else if (action.kind === 'store') {
            stored = new Map(all);
            index.ack(interval++);
          } else if (action.kind === 'change') {
            const due = action.after === null ? null : now + action.after;
            if (due === null) all.delete(action.key);
            else all.set(action.key, due);
            index.changed(action.key, 'o', due, interval);
          } else {
            const target = now + action.ms;
            for (;;) {
              while (ahead !== null && index.needsLoad(target)) await answer();
              if (index.needsLoad(target)) await index.load(target);
              const { timers, watermark } = index.take(target, action.max);
              // The step ignores what is not due any more.
              const fired = timers.filter(({ key, due }) => all.get(key) === due);
              const wanted = [...all]
                .filter(([, due]) => due <= watermark)
                .sort((x, y) => x[1] - y[1] || (x[0] < y[0] ? -1 : 1))
                .map(([key, due]) => ({ due, key, owner: 'o' }));
              expect(fired).toEqual(wanted);
              for (const { key } of fired) {
                all.delete(key);
                index.changed(key, 'o', null, interval);
              }
              if (watermark >= target) break;
              expect(timers.length + (index.needsLoad(target) ? 1 : 0)).toBeGreaterThan(0);
            }
            now = target;
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('what changed and reached the store while an older page was on its way is not missed later', async () => {
    let stored: DueTimer = { due: 8, key: 'a', owner: 'o' };
    let deliver = (): void => {};
    const index = new TimerIndex(
      async (from, until) => {
        const page = stored.due >= from && stored.due < until ? [stored] : [];
        await new Promise<void>((resolve) => {
          deliver = resolve;
        });
        return page;
      },
      { windowMs: 10, loadMax: 10 },
    );
    const first = index.load(0);
    index.changed('a', 'o', 15, 1);
    stored = { ...stored, due: 15 };
    index.ack(1);
    deliver();
    await first;
    expect(index.nearlyEmpty(6)).toBe(true);
    const second = index.load(6);
    deliver();
    await second;
    expect(index.take(15, 10).timers).toContainEqual(stored);
  });

  test('a load that fails leaves nothing out', async () => {
    let fail = true;
    const index = new TimerIndex(
      async () => {
        if (fail) throw new Error('no answer');
        return [{ due: 5, key: 'a', owner: 'o' }];
      },
      { windowMs: 10, loadMax: 10 },
    );
    await expect(index.load(6)).rejects.toThrow('no answer');
    expect(index.needsLoad(6)).toBe(true);
    fail = false;
    await index.load(6);
    expect(index.take(6, 10).timers.map(({ key }) => key)).toEqual(['a']);
  });
});
