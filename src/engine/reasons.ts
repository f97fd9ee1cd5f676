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
  // No answer, most of the time.
  UNKNOWN: 'PARLEY_LOG_UNAVAILABLE',
};

const STORE_CODES: { readonly [code in StoreError['code']]: ErrorCode } = {
  UNAVAILABLE: 'PARLEY_STORE_UNAVAILABLE',
  UNKNOWN: 'PARLEY_STORE_UNAVAILABLE',
  NOT_AUTHORIZED: 'PARLEY_NOT_AUTHORIZED',
  FULL: 'PARLEY_DISK_FULL',
  UNSUPPORTED: 'PARLEY_STORE_UNSUPPORTED',
};

/** Why the engine waits, with the code of the table where there is one. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  return code === null ? text : `${code}: ${text}`;
}

/** An error of a port as one of the table; what has no code there stays as it is. */
export function namedError(error: unknown): unknown {
  if (error instanceof ParleyError) return error;
  const code = codeOf(error);
  return code === null ? error : new ParleyError(code, (error as Error).message, { cause: error });
}

function codeOf(error: unknown): ErrorCode | null {
  if (error instanceof ParleyError) return error.code;
  if (error instanceof LogError) return LOG_CODES[error.code];
  return error instanceof StoreError ? STORE_CODES[error.code] : null;
}

/** Errors that no waiting cures: the engine stops with them. */
export function fatalError(error: unknown): ParleyError | null {
  if (error instanceof ParleyError) return error;
  if (!(error instanceof LogError) || error.code !== 'UNSUPPORTED_BROKER') return null;
  return new ParleyError('PARLEY_BROKER_UNSUPPORTED', error.message, { cause: error });
}
