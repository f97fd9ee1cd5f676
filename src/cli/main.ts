#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { ParleyError } from '../event/errors.ts';
import { LogError } from '../ports/event-log.ts';
import { StoreError } from '../ports/state-store.ts';
import { INVALID_USE } from './exit.ts';
import { createTerminal } from './terminal.ts';

// Before anything else is loaded: later starts find the compiled modules.
enableCompileCache();
const terminal = createTerminal();
try {
  const { createProgram } = await import('./program.ts');
  await createProgram(terminal).parseAsync();
} catch (error) {
  if (error instanceof ParleyError || error instanceof LogError || error instanceof StoreError) {
    terminal.note(`${error.message} [${error.code}]`);
  } else terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = INVALID_USE;
}
