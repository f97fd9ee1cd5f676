import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../test/conformance/case.ts';
import { judge } from '../test/conformance/judge.ts';
import { flag, readCommandLine } from './command-line.ts';

/**
 * `npm run conformance -- FOLDER`: runs every case of the `*.json`
 * files directly in the folder, and closes with a table by feature and the totals. Exit code 0: all
 * passed; 1: some failed, or a file could not be read; 2: no such folder, or no case in it.
 */
function main(): number {
  const { options, operands: [folder = ''] } = readCommandLine(
    'npm run conformance --',
    'Runs cases from the suites of Flink CEP, Esper and Siddhi.',
    { restartAfterEveryEvent: flag('store and load the state between any two events') },
    [{ name: 'folder', about: 'its *.json files are run' }],
  );
  const files = jsonFilesIn(folder);
  if (files === null) return refuse(`${folder} is not a folder that can be read`);
  const tally = new Map<string, { passed: number; failed: number }>();
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    for (const given of casesOf(join(folder, file))) {
      const problems = typeof given === 'string' ? [given] : judge(given, options);
      const { id, form, features } = typeof given === 'string' ? UNREADABLE : given;
      if (problems.length === 0) passed++;
      else {
        failed++;
        console.log(`FAILED ${id} (${file})\n  ${problems.join('\n  ')}`);
      }
      for (const feature of [form, ...(features ?? [])]) {
        const row = tally.get(feature) ?? { passed: 0, failed: 0 };
        row[problems.length === 0 ? 'passed' : 'failed']++;
        tally.set(feature, row);
      }
    }
  }
  if (passed + failed === 0) return refuse(`${folder} has no *.json file with cases directly in it`);
  console.log(`\n${'feature'.padEnd(28)}${'passed'.padStart(8)}${'failed'.padStart(8)}`);
  for (const [feature, row] of [...tally].sort(([a], [b]) => a.localeCompare(b))) {
    console.log(
      `${feature.padEnd(28)}${String(row.passed).padStart(8)}${String(row.failed).padStart(8)}`,
    );
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Stands in the table for files that hold no cases. */
const UNREADABLE = { id: 'the file', form: 'unreadable', features: [] as readonly string[] };

function refuse(message: string): number {
  console.error(message);
  return 2;
}

function jsonFilesIn(folder: string): string[] | null {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json')).toSorted();
  } catch {
    return null;
  }
}

/** The cases of a file; a text instead of them says why there are none. */
function casesOf(path: string): readonly (Case | string)[] {
  try {
    const cases = JSON.parse(readFileSync(path, 'utf8')) as unknown;
    if (!Array.isArray(cases)) return ['not a list of cases'];
    return cases.map((one: Partial<Case> | null, i) =>
      typeof one?.id === 'string' && (one.form === 'linear' || one.form === 'expression')
        ? (one as Case)
        : `case ${i} has no id, or a form that is neither linear nor expression`);
  } catch (error) {
    return [(error as Error).message];
  }
}

process.exitCode = main();
