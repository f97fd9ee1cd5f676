import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SendQueue } from '../../src/adapters/embedded/send-queue.ts';

test('what is sent keeps its order and stays below the bound, or is alone; answers make room', () => {
  const sizes = fc.array(fc.tuple(fc.nat(8), fc.nat(3)), { maxLength: 40 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), sizes, (bytesMax, list) => {
      const queue = new SendQueue(bytesMax);
      const sent: number[] = [];
      const unanswered: number[] = [];
      const bytesOf = (index: number) => list[index]?.[0] ?? 0;
      const bounded = () => {
        const bytes = unanswered.reduce((sum, index) => sum + bytesOf(index), 0);
        expect(unanswered.length <= 1 || bytes <= bytesMax).toBe(true);
      };
      const answer = () => {
        const first = unanswered.shift();
        if (first !== undefined) queue.answered(bytesOf(first));
      };
      list.forEach(([bytes, answers], index) => {
        queue.add(bytes, () => {
          sent.push(index);
          unanswered.push(index);
          bounded();
        });
        for (let i = 0; i < answers; i++) answer();
      });
      while (unanswered.length > 0) answer();
      expect(sent).toEqual(list.map((_, index) => index));
    }),
  );
});
