import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, runTests } from './support.ts';

const FOLDER = new URL('../../patterns/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

describe('the shipped files', () => {
  it.each(files)(
    '%s passes its own tests, one of them showing a result, one a silence or an end',
    (file) => {
      const checked = check(readFileSync(new URL(file, FOLDER), 'utf8'), undefined, file);
      expect(checked.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      const results = runTests(checked);
      expect(
        results.flatMap(({ name, failures }) => failures.map((line) => `${name}: ${line}`)),
      ).toEqual([]);
      expect(results.length).toBeGreaterThanOrEqual(4);
    },
  );
});
