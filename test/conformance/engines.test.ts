import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Case } from './case.ts';
import { judge } from './judge.ts';

/** Patterns and streams of ours, drawn at random; what they give is what the engine printed. */
describe('random cases, with the matches that the engine gave', () => {
  it.each(['flink', 'esper'])('%s', (engine) => {
    const text = readFileSync(join(import.meta.dirname, 'engines', `${engine}.json`), 'utf8');
    const cases = JSON.parse(text) as Case[];
    const failed = [false, true].flatMap((restartAfterEveryEvent) => cases.flatMap((given) => {
      const problems = judge(given, { restartAfterEveryEvent });
      return problems.length === 0 ? [] : [`${given.id}: ${problems.join('; ')}`];
    }));
    expect(cases.length).toBeGreaterThan(40);
    expect(failed).toEqual([]);
  });
});
