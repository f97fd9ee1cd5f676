import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { StateStore } from '../../ports/state-store.ts';
import { type Durability, openDatabase } from './database.ts';
import { createEmbeddedLog } from './event-log.ts';
import { EmbeddedLog } from './log.ts';
import { createRowStore, StateRows } from './store.ts';

export interface EmbeddedOptions {
  readonly clock: Clock;
  /** Prefix of Parley's topics. */
  readonly prefix?: string;
  /** `process` (default) survives a killed process, `power` also a power cut. */
  readonly durability?: Durability;
  /** False: none leaves by its age, as in a replay, whose time runs ahead of everybody who reads. */
  readonly expire?: boolean;
  readonly maxRecordBytes?: number;
  readonly tailBytesMax?: number;
  /** Largest size of the database, in pages of 8 KiB; beyond it the disk counts as full. */
  readonly pagesMax?: number;
}

/**
 * Opens the data folder, made where it does not exist. Throws `ParleyError`
 * PARLEY_DATA_FOLDER_LOCKED where another process uses it, PARLEY_DISK_FULL.
 * Closing the log closes the folder.
 */
export function openEmbedded(
  folder: string,
  options: EmbeddedOptions,
): { readonly log: EventLog; readonly store: StateStore } {
  const database = openDatabase(folder, options.durability ?? 'process', options.pagesMax);
  const rows = new StateRows(database);
  const log = new EmbeddedLog(database, rows, {
    clock: options.clock,
    prefix: options.prefix ?? 'parley.',
    expire: options.expire ?? true,
    maxRecordBytes: options.maxRecordBytes ?? 1_048_576,
    tailBytesMax: options.tailBytesMax ?? 16_777_216,
  });
  const close = (): void => {
    if (database.isOpen) database.close();
  };
  return { log: createEmbeddedLog(log, close), store: createRowStore(rows) };
}
