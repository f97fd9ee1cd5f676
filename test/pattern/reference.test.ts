import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { patternJsonSchema, segmentJsonSchema } from '../../src/pattern/json-schema.ts';

import { EXAMPLES, referencePage, schemaWords } from '../../src/pattern/reference.ts';
import { FUNCTIONS } from '../expression/support.ts';
import { check, runTests } from './support.ts';

const generated = (name: string): string => {
  return readFileSync(new URL(`../../src/pattern/${name}`, import.meta.url), 'utf8');
};
const FRESH = 'run: node test/pattern/write-generated.ts';

describe('examples of the reference page', () => {
  it.each(EXAMPLES.map((example) => [example.title, example.source]))('%s', (_, source) => {
    const checked = check(source);
    expect(checked.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const failures = runTests(checked).flatMap(({ name, failures: lines }) =>
      lines.map((line) => `${name}: ${line}`),
    );
    expect(failures).toEqual([]);
  });

  it('use every word of the language', () => {
    const text = EXAMPLES.map(({ source }) => source).join('\n');
    const missing = schemaWords().filter(
      (word) => !new RegExp(`(^|[\\s{,-])${word}:`, 'm').test(text),
    );
    expect(missing.filter((word) => word !== 'segment')).toEqual([]);
  });
});

describe('generated files are fresh', () => {
  it('reference page', () => {
    expect(generated('REFERENCE.md'), FRESH).toBe(referencePage(FUNCTIONS));
  });

  it('JSON Schema of patterns and segments', () => {
    expect(generated('pattern.schema.json'), FRESH).toBe(patternJsonSchema());
    expect(generated('segment.schema.json'), FRESH).toBe(segmentJsonSchema());
  });
});
