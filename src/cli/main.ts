#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { ParleyError } from '../event/errors.ts';
import { INVALID_USE } from './exit.ts';
import { createTerminal } from './terminal.ts';

// Before anything else is loaded: later starts find the compiled modules.
enableCompileCache();
const terminal = createTerminal();
try {
  const { createProgram } = await import('./program.ts');
  await createProgram(terminal).parseAsync();
} catch (error) {
  if (error instanceof ParleyError) terminal.note(`${error.message} [${error.code}]`);
  else terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = INVALID_USE;
}
