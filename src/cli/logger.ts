import { pino, type Logger } from 'pino';
import type { Configuration } from '../event/configuration.ts';

export type { Logger };

/** Structured logs, JSON lines on standard error. Never secrets, never chat text. */
export function createLogger(level: Configuration['logLevel'], application: string): Logger {
  const destination = pino.destination({ fd: 2, sync: true });
  return pino({ level, base: { application } }, destination);
}
