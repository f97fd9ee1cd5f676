import type { Explanation } from '../task/explain.ts';
import { ANSWER_NO, DONE } from './exit.ts';
import { explanationLines } from './explanation-text.ts';
import type { ServerFlags } from './program.ts';
import { ask, errorMessage } from './server-request.ts';
import type { Terminal } from './terminal.ts';

/** Prints what a running server knows of a key and a pattern. */
export async function explain(
  pattern: string,
  key: string,
  flags: ServerFlags,
  terminal: Terminal,
): Promise<number> {
  const query = new URLSearchParams({ pattern, key });
  const answer = await ask(flags, `/explain?${query.toString()}`);
  if (answer.status !== 200) {
    terminal.note(errorMessage(answer));
    return ANSWER_NO;
  }
  if (flags.json === true) terminal.line(answer.body);
  else explanationLines(JSON.parse(answer.body) as Explanation).forEach((line) => terminal.line(line));
  return DONE;
}
