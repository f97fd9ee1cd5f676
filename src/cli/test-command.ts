import { understand } from '../intent/extract.ts';
import { formatProblem } from '../pattern/problems.ts';
import { runSegmentTests, runTimelineTests, type TestResult } from '../pattern/timeline.ts';
import { createTimelineRunner, type TimelineRunner } from '../task/timeline-runner.ts';
import { type LoadedFile, loadFiles } from '../pattern/load-files.ts';
import { placesOfFiles, surroundingsOf } from './surroundings.ts';
import { loadConfiguration } from './configuration-file.ts';
import { readDefinitionFiles } from './definition-files.ts';
import { ANSWER_NO, DONE } from './exit.ts';
import type { Terminal } from './terminal.ts';

interface Counts {
  passed: number;
  failed: number;
}

/**
 * Runs the tests inside files on a virtual clock, through the code that runs live. A file that
 * cannot be loaded counts as failed; nothing to run at all is a failure too.
 */
export async function testFiles(
  paths: readonly string[],
  options: { readonly config?: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const environment = process.env;
  const configuration = loadConfiguration({ file: options.config ?? null, environment });
  const counts: Counts = { passed: 0, failed: 0 };
  const untested: string[] = [];
  const files = readDefinitionFiles(paths);
  const places = await placesOfFiles(files, configuration, terminal);
  const surroundings = surroundingsOf(configuration, places);
  const runner = createTimelineRunner(configuration, { places, understand });
  for (const file of loadFiles(files, surroundings)) {
    const results = testFile(file, runner);
    if (results.length === 0) untested.push(file.file);
    for (const result of results) tell(file.file, result, options.json === true, counts, terminal);
  }
  if (options.json !== true) {
    for (const file of untested) terminal.line(`${file}: has no tests`);
    terminal.line(`${counts.passed} passed, ${counts.failed} failed`);
  }
  return counts.failed > 0 || counts.passed === 0 ? ANSWER_NO : DONE;
}

function testFile({ checked }: LoadedFile, runner: TimelineRunner): readonly TestResult[] {
  switch (checked.kind) {
    case 'refused':
      return [{ name: 'loads', passed: false, failures: checked.problems.map(formatProblem) }];
    case 'pattern':
      return runTimelineTests(checked.definition, checked.tests, (one) => runner.pattern(one));
    case 'segment':
      return runSegmentTests(checked.definition, checked.tests, (one) => runner.segment(one));
  }
}

function tell(
  file: string,
  { name, passed, failures }: TestResult,
  json: boolean,
  counts: Counts,
  terminal: Terminal,
): void {
  if (passed) counts.passed++;
  else counts.failed++;
  if (json) {
    terminal.line(JSON.stringify({ file, name, passed, failures }));
    return;
  }
  const mark = passed ? terminal.paint('green', 'ok  ') : terminal.paint('red', 'FAIL');
  terminal.line(`${mark} ${file}: ${name}`);
  for (const failure of failures) terminal.line(failure.replaceAll(/^/gm, '     '));
}
