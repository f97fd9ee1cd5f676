import { ANSWER_NO, DONE } from './exit.ts';
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
  const told: unknown = JSON.parse(answer.body);
  terminal.line(flags.json === true ? answer.body : JSON.stringify(told, null, 2));
  return DONE;
}
