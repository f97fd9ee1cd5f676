import { ParleyError } from '../event/errors.ts';
import { LogError } from '../ports/event-log.ts';
import { StoreError } from '../ports/state-store.ts';
import { INVALID_USE } from './exit.ts';
import { createProgram } from './program.ts';
import { createTerminal } from './terminal.ts';

const terminal = createTerminal();
try {
  await createProgram(terminal).parseAsync();
} catch (error) {
  if (error instanceof ParleyError || error instanceof LogError || error instanceof StoreError) {
    terminal.note(`${error.message} [${error.code}]`);
  } else terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = INVALID_USE;
}
