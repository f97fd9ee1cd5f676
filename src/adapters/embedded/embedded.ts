import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { StateStore } from '../../ports/state-store.ts';
import { DatabaseThread } from './database-thread.ts';
import { createEmbeddedLog } from './event-log.ts';
import { EmbeddedLog } from './log.ts';
import { createEmbeddedStore, type TaskPositions } from './state-store.ts';
import type { Durability } from './thread/database.ts';

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
  /** Of the heap of the database's thread, MB. */
  readonly heapMbMax?: number;
  /** The folder cannot be used any more and has to be opened again; what was acknowledged is in it. */
  readonly onLost?: (why: string) => void;
}

const HEAP_MB_MAX = 256;

/**
 * Opens the data folder, made where it does not exist. Rejects with `ParleyError`
 * PARLEY_DATA_FOLDER_LOCKED where another process uses it, PARLEY_DISK_FULL.
 * Closing the log closes the folder.
 */
export async function openEmbedded(
  folder: string,
  options: EmbeddedOptions,
): Promise<{ readonly log: EventLog; readonly store: StateStore }> {
  const prefix = options.prefix ?? 'parley.';
  const { durability = 'process', pagesMax, heapMbMax = HEAP_MB_MAX, onLost = () => {} } = options;
  const opening = { folder, prefix, durability, pagesMax };
  const thread = await DatabaseThread.open(opening, heapMbMax, onLost);
  const positions: TaskPositions = new Map();
  const log = new EmbeddedLog(thread, await thread.call('topics'), positions, {
    clock: options.clock,
    prefix,
    expire: options.expire ?? true,
    maxRecordBytes: options.maxRecordBytes ?? 1_048_576,
    tailBytesMax: options.tailBytesMax ?? 16_777_216,
  });
  return { log: createEmbeddedLog(log), store: createEmbeddedStore(thread, positions) };
}
