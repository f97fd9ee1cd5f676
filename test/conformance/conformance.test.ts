import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Case } from './case.ts';
import { judge } from './judge.ts';

const FOLDER = join(import.meta.dirname, 'cases');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const cases = files.flatMap(
  (file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Case[],
);

describe('the cases of Flink CEP, Esper and Siddhi', () => {
  it('are all there', () => expect(cases.length).toBe(378));

  it.each([false, true])('come out as expected, restarts after every event: %s', (restart) => {
    const failed = cases.flatMap((given) => {
      const problems = judge(given, { restartAfterEveryEvent: restart });
      return problems.length === 0 ? [] : [`${given.id}: ${problems.join('; ')}`];
    });
    expect(failed).toEqual([]);
  });
});

describe('the comparison with what a case expects', () => {
  const linear = cases.find(({ id }) => id === 'flink/NFATest/testSimpleNFA');
  const tree = cases.find(({ id }) => id === 'esper/PatternOperatorEvery/PatternOp/2');

  it('sees a match that is missing, one too many, and one at another time', () => {
    if (linear === undefined || tree === undefined) throw new Error('a case is missing');
    const options = { restartAfterEveryEvent: false };
    const expected = linear.expected ?? [];
    expect(judge({ ...linear, expected: expected.slice(1) }, options)).toEqual(['matches not expected: [0 3]']);
    expect(judge({ ...linear, expected: [...expected, [0, 1]] }, options)).toEqual(['matches missing: [0 1]']);
    expect(judge({ ...linear, within: 100, expectedTimedOut: [[0]] }, options)).toEqual(['time-outs missing: [0]']);
    expect(judge({ ...linear, expectError: true }, options)).toEqual(['an error was expected']);
    expect(
      judge({ ...linear, expectInvalid: true }, options)).toEqual(['should have been refused'],
    );
    expect(judge({ ...tree, expectedAt: [1] }, options)).toHaveLength(2);
    expect(judge({ ...tree, expectedBindings: [{ b: [3] }] }, options)).toHaveLength(2);
  });
});
