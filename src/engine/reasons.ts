import { type ErrorCode, ParleyError } from '../event/errors.ts';
import { LogError, type LogErrorCode } from '../ports/event-log.ts';
import { StoreError } from '../ports/state-store.ts';

/** What a user is told about an error of the log: the codes of the table of errors. */
const LOG_CODES: { readonly [code in LogErrorCode]: ErrorCode | null } = {
  // Another owner took over: nothing to do about it, and it passes at once.
  FENCED: null,
  OFFSET_OUT_OF_RANGE: 'PARLEY_OFFSET_OUT_OF_RANGE',
  RECORD_TOO_LARGE: 'PARLEY_RECORD_TOO_LARGE',
  TOPIC_MISSING: 'PARLEY_TOPIC_MISSING',
  NOT_AUTHORIZED: 'PARLEY_NOT_AUTHORIZED',
  UNSUPPORTED_BROKER: 'PARLEY_BROKER_UNSUPPORTED',
  UNAVAILABLE: 'PARLEY_LOG_UNAVAILABLE',
  DISK_FULL: 'PARLEY_DISK_FULL',
  UNKNOWN: null,
};

/** Why the engine waits, with the code of the table where there is one. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  return code === null ? text : `${code}: ${text}`;
}

function codeOf(error: unknown): ErrorCode | null {
  if (error instanceof ParleyError) return error.code;
  if (error instanceof LogError) return LOG_CODES[error.code];
  if (!(error instanceof StoreError)) return null;
  if (error.code === 'NOT_AUTHORIZED') return 'PARLEY_NOT_AUTHORIZED';
  return error.code === 'FULL' ? 'PARLEY_DISK_FULL' : 'PARLEY_STORE_UNAVAILABLE';
}

/** Errors of the log that no waiting cures: the engine stops with them. */
export function fatalError(error: unknown): ParleyError | null {
  if (error instanceof ParleyError) return error;
  if (!(error instanceof LogError) || error.code !== 'UNSUPPORTED_BROKER') return null;
  return new ParleyError('PARLEY_BROKER_UNSUPPORTED', error.message, { cause: error });
}
