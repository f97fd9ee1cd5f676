import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../test/conformance/case.ts';
import { judge } from '../test/conformance/judge.ts';

/**
 * `npm run conformance -- FOLDER [--restart-after-every-event] [--verbose]`: runs every case of the
 * `*.json` files directly in the folder, and closes with a table by feature and the totals.
 */
function main(args: readonly string[]): number {
  const restart = args.includes('--restart-after-every-event');
  const folder = args.find((arg) => !arg.startsWith('--'));
  if (folder === undefined) {
    console.error('usage: npm run conformance -- FOLDER [--restart-after-every-event]');
    return 2;
  }
  const files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
  const tally = new Map<string, { passed: number; failed: number }>();
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const cases = JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly Case[];
    for (const given of cases) {
      const problems = judge(given, { restartAfterEveryEvent: restart });
      if (problems.length === 0) passed++;
      else {
        failed++;
        console.log(`FAILED ${given.id} (${file})\n  ${problems.join('\n  ')}`);
      }
      for (const feature of [given.form, ...(given.features ?? [])]) {
        const row = tally.get(feature) ?? { passed: 0, failed: 0 };
        row[problems.length === 0 ? 'passed' : 'failed']++;
        tally.set(feature, row);
      }
    }
  }
  console.log(`\n${'feature'.padEnd(28)}${'passed'.padStart(8)}${'failed'.padStart(8)}`);
  for (const [feature, row] of [...tally].sort(([a], [b]) => a.localeCompare(b))) {
    console.log(
      `${feature.padEnd(28)}${String(row.passed).padStart(8)}${String(row.failed).padStart(8)}`,
    );
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
