import { formatProblem } from '../pattern/problems.ts';
import { loadFiles } from '../pattern/load-files.ts';
import { surroundingsOfFiles } from './surroundings.ts';
import { loadConfiguration } from './configuration-file.ts';
import { readDefinitionFiles } from './definition-files.ts';
import { ANSWER_NO, DONE } from './exit.ts';
import type { Terminal } from './terminal.ts';

/** Checks files and folders. Exit 1 where a file has an error, or a warning with `strict`. */
export async function lint(
  paths: readonly string[],
  options: { readonly config?: string; readonly strict?: boolean; readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const environment = process.env;
  const configuration = loadConfiguration({ file: options.config ?? null, environment });
  const files = readDefinitionFiles(paths);
  const checked = loadFiles(files, await surroundingsOfFiles(files, configuration, terminal));
  const problems = checked.flatMap((file) => file.checked.problems);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  for (const problem of problems) {
    terminal.line(options.json === true ? JSON.stringify(problem) : formatProblem(problem));
  }
  if (options.json !== true) {
    terminal.line(`${checked.length} files, ${errors} errors, ${warnings} warnings`);
  }
  return errors > 0 || (options.strict === true && warnings > 0) ? ANSWER_NO : DONE;
}
