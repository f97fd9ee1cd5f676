/**
 * `npm test`: types, lint, the fast tests, then the tests against a real Kafka and a real Redis.
 * All parts run even where one fails; the last line counts tests. `npm test -- --fast` leaves the
 * services out.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flag, readCommandLine } from '../load/command-line.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const { options } = readCommandLine('npm test --', 'All tests; those against services last.', {
  fast: flag('leave out the tests against a real Kafka and a real Redis'),
});
const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
const failedParts: string[] = [];

part('types', 'npm', ['run', '--silent', 'typecheck']);
part('lint', 'npm', ['run', '--silent', 'lint']);
tests('fast tests', 'test/vitest.config.ts');
if (!options.fast) tests('tests against Kafka and Redis', 'test/rig/vitest.config.ts');

rmSync(folder, { recursive: true, force: true });
for (const name of failedParts) console.log(`failed: ${name}`);
const { passed, failed, skipped } = counts;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failedParts.length > 0 || failed > 0 || passed === 0 ? 1 : 0;

/** One command, counted as one test. */
function part(name: string, command: string, args: readonly string[]): void {
  const ok = run(name, command, args);
  if (ok) counts.passed++;
  else counts.failed++;
}

function tests(name: string, config: string): void {
  const file = join(folder, `${config.replaceAll('/', '-')}.json`);
  const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  run(name, 'vitest', ['run', '--config', config, ...report]);
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
    };
    counts.passed += found.numPassedTests;
    counts.failed += found.numFailedTests;
    counts.skipped += found.numPendingTests;
  } catch {
    // The runner itself did not come to its end: the part is in `failedParts`.
    counts.failed++;
  }
}

function run(name: string, command: string, args: readonly string[]): boolean {
  const begin = performance.now();
  console.log(`\n== ${name}`);
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const ok = status === 0;
  const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
  console.log(`== ${name}: ${ok ? 'passed' : 'FAILED'} in ${seconds} s`);
  if (!ok) failedParts.push(name);
  return ok;
}
