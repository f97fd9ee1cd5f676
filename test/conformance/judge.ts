import { stringify } from 'yaml';
import { EMPTY_CATALOGUE } from '../../src/expression/scope.ts';
import { STANDARD_FUNCTIONS } from '../../src/expression/functions.ts';
import { compileMatcher } from '../../src/match/matcher.ts';
import { checkPatternFile } from '../../src/pattern/check.ts';
import type { Case } from './case.ts';
import { differences } from './compare.ts';
import { runCase } from './run-case.ts';
import type { RunOptions } from './run-case.ts';
import { translate } from './translate.ts';

/** Runs a case as a pattern file; what is wrong with the outcome, empty where it passes. */
export function judge(given: Case, options: RunOptions): string[] {
  try {
    return judged(given, options);
  } catch (error) {
    return [`threw ${(error as Error).stack}`];
  }
}

function judged(given: Case, options: RunOptions): string[] {
  const translated = translate(given);
  const checked = checkPatternFile(stringify(translated.file), `${given.id}.yaml`, {
    catalogue: EMPTY_CATALOGUE, functions: STANDARD_FUNCTIONS, others: [],
  });
  if (checked.kind === 'refused') {
    if (given.expectInvalid === true) return [];
    return checked.problems.filter(({ severity }) => severity === 'error').map(({ line, message }) => `refused, line ${line}: ${message}`);
  }
  if (given.expectInvalid === true) return ['should have been refused'];
  return differences(given, runCase(given, translated, compileMatcher(checked.definition), options));
}
