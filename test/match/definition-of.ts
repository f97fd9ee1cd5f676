import { stringify } from 'yaml';
import { STANDARD_FUNCTIONS } from '../../src/expression/functions.ts';
import { EMPTY_CATALOGUE } from '../../src/expression/scope.ts';
import { checkPatternFile } from '../../src/pattern/check.ts';
import type { PatternDefinition } from '../../src/pattern/definition.ts';

/** The definition of a pattern file given as an object; null where the checker refuses it. */
export function definitionOf(file: object): PatternDefinition | null {
  const checked = checkPatternFile(stringify(file), 'test.yaml', {
    catalogue: EMPTY_CATALOGUE, functions: STANDARD_FUNCTIONS, others: [],
  });
  return checked.kind === 'pattern' ? checked.definition : null;
}
