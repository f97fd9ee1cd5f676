import { readFileSync, readdirSync } from 'node:fs';
import { checkDefinitionFile } from '../../src/pattern/check.ts';
import type { Checked, CheckEnvironment } from '../../src/pattern/check.ts';
import type { PatternDefinition, TimelineTest } from '../../src/pattern/definition.ts';
import { EXAMPLES } from '../../src/pattern/reference.ts';
import { formatProblem } from '../../src/pattern/problems.ts';
import type { SegmentDefinition } from '../../src/pattern/segment-definition.ts';
import { runSegmentTests, runTimelineTests } from '../../src/pattern/timeline.ts';
import type { TestResult } from '../../src/pattern/timeline.ts';
import { EMPTY_CATALOGUE } from '../../src/expression/scope.ts';
import { FUNCTIONS } from '../expression/support.ts';
import { createTimelineRunner } from '../../src/task/timeline-runner.ts';
import { defaultConfiguration } from '../../src/event/configuration.ts';
import { runPattern, runSegment } from './runner.ts';

const FOLDER = new URL('../../patterns/', import.meta.url);

/** Texts of the reference page's examples and of the shipped files. */
export const SOURCES: readonly string[] = [
  ...EXAMPLES.map(({ source }) => source),
  ...readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(new URL(name, FOLDER), 'utf8')),
];

export const OPEN: CheckEnvironment = {
  catalogue: EMPTY_CATALOGUE,
  functions: FUNCTIONS,
  others: [],
};

export function check(
  source: string,
  environment: CheckEnvironment = OPEN,
  file = 'x.yaml',
): Checked {
  return checkDefinitionFile(source, file, environment);
}

/** `line:col code message fix`, errors and warnings. */
export function problems(source: string, environment: CheckEnvironment = OPEN): string[] {
  return check(source, environment).problems.map((problem) => {
    const { line, column, code, message, fix } = problem;
    return `${line}:${column} ${code}: ${message}${fix === null ? '' : ` ${fix}`}`;
  });
}

export function pattern(source: string, environment: CheckEnvironment = OPEN): PatternDefinition {
  const checked = check(source, environment);
  if (checked.kind !== 'pattern') throw new Error(checked.problems.map(formatProblem).join('\n'));
  return checked.definition;
}

export function segment(source: string, environment: CheckEnvironment = OPEN): SegmentDefinition {
  const checked = check(source, environment);
  if (checked.kind !== 'segment') throw new Error(checked.problems.map(formatProblem).join('\n'));
  return checked.definition;
}

/** Matcher and segment machine alone, saved and restored after every event. */
const BARE = { pattern: runPattern, segment: runSegment };

/** The steps of all levels that run live. */
const LIVE = createTimelineRunner(defaultConfiguration(), { places: null, understand: null });

/** Asks for nothing that only a gate or the rendering of a whole record decides. */
function isOfMatches({ expect }: TimelineTest): boolean {
  return expect.every((one) =>
    [one.recipient, one.locale, one.expires, one.sent, one.withheld].every((asked) => asked === null));
}

/** Runs the tests inside a file, both ways; matcher alone those that ask about matches alone. */
export function runTests(checked: Checked): readonly TestResult[] {
  return [BARE, LIVE].flatMap((runner) => {
    switch (checked.kind) {
      case 'pattern': {
        const tests = runner === BARE ? checked.tests.filter(isOfMatches) : checked.tests;
        return runTimelineTests(checked.definition, tests, runner.pattern);
      }
      case 'segment':
        return runSegmentTests(checked.definition, checked.tests, runner.segment);
      case 'refused':
        throw new Error(checked.problems.map(formatProblem).join('\n'));
    }
  });
}
