import type { LogRecord } from '../ports/event-log.ts';

/**
 * Records from an offset on, of batches that are fetched whole: each is decoded when its records are
 * looked at, so that few are in memory at once.
 */
export function lazyRecords<Batch>(
  batches: readonly Batch[],
  decode: (batch: Batch) => readonly LogRecord[],
  from: number,
): Iterable<LogRecord> {
  return {
    *[Symbol.iterator]() {
      for (const batch of batches) {
        for (const record of decode(batch)) if (record.offset >= from) yield record;
      }
    },
  };
}
