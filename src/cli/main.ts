#!/usr/bin/env node
import { ParleyError } from '../event/errors.ts';
import { createTerminal } from './terminal.ts';
import { createProgram } from './program.ts';

/** Exit codes: 0 done, 1 the answer is no (lint found errors, a test failed), 2 it could not be done. */
const terminal = createTerminal();
try {
  await createProgram(terminal).parseAsync();
} catch (error) {
  if (error instanceof ParleyError) terminal.note(`${error.message} [${error.code}]`);
  else terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 2;
}
