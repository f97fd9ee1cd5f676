import type { Matcher } from '../../src/match/contract.ts';
import { compileMatcher } from '../../src/match/matcher.ts';
import { definitionOf } from '../match/interim.ts';
import type { Case } from './case.ts';
import { differences } from './compare.ts';
import { runCase } from './run-case.ts';
import type { RunOptions } from './run-case.ts';
import { translate } from './translate.ts';

/** Runs a case as a pattern file; what is wrong with the outcome, empty where it passes. */
export function judge(given: Case, options: RunOptions): string[] {
  const translated = translate(given);
  let matcher: Matcher;
  try {
    matcher = compileMatcher(definitionOf(translated.file));
  } catch (error) {
    if (given.expectInvalid === true) return [];
    return [`refused: ${(error as Error).stack}`];
  }
  if (given.expectInvalid === true) return ['should have been refused'];
  try {
    return differences(given, runCase(given, translated, matcher, options));
  } catch (error) {
    return [`threw ${(error as Error).stack}`];
  }
}
