import { LogError } from '../../ports/event-log.ts';
import { StoreError } from '../../ports/state-store.ts';
import { DatabaseError } from './database-thread.ts';

/** Does what touches the database; what it throws is an error of the log. */
export async function guardedLog<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LogError) throw error;
    if (error instanceof DatabaseError && error.diskFull) {
      const message = 'the disk of the data folder is full';
      throw new LogError('DISK_FULL', message, { definite: true, cause: error });
    }
    const message = `the embedded log: ${String(error)}`;
    throw new LogError('UNKNOWN', message, { definite: false, cause: error });
  }
}

/** As `guardedLog`, of the state store. */
export async function guardedStore<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof DatabaseError && error.diskFull ? 'FULL' : 'UNKNOWN';
    throw new StoreError(code, `the embedded store: ${String(error)}`, error);
  }
}
