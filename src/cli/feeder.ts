import type { EventLog, OutgoingRecord, TopicPartition } from '../ports/event-log.ts';
import type { InputRecord } from './input.ts';
import type { ReplayClock } from './replay-clock.ts';

const BATCH_RECORDS = 500;
const BATCH_BYTES = 512 * 1024;
/** Shortest sleep that timers keep well, ms. */
const SLEEP_MIN_MS = 4;
/** Records that may wait in the log when the input is faster than the engine. */
const BACKLOG_MAX = 5_000;
const BACKLOG_PAUSE_MS = 5;

export interface FeederOptions {
  readonly log: EventLog;
  readonly to: TopicPartition;
  readonly clock: ReplayClock;
  /** Records appended and not yet committed by the engine. */
  readonly backlog: () => number;
  readonly signal: AbortSignal;
}

/**
 * Appends records to a source at the pace of the replay clock, and moves the clock along. Resolves
 * with the number of records appended when the input ends, or the signal aborts.
 */
export async function feed(
  records: AsyncIterable<InputRecord> | Iterable<InputRecord>,
  { log, to, clock, backlog, signal }: FeederOptions,
): Promise<number> {
  let pending: OutgoingRecord[] = [];
  let bytes = 0;
  let appended = 0;
  const flush = async (): Promise<void> => {
    if (pending.length === 0) return;
    const records = pending;
    pending = [];
    bytes = 0;
    await log.append([{ ...to, records }]);
    appended += records.length;
    while (backlog() > BACKLOG_MAX && !signal.aborted) await clock.sleep(BACKLOG_PAUSE_MS, signal);
  };
  for await (const { value, time } of records) {
    if (signal.aborted) break;
    if (time !== null) {
      const wait = clock.approach(time);
      if (wait > SLEEP_MIN_MS) {
        await flush();
        await clock.sleep(wait, signal);
        if (signal.aborted) break;
      }
      clock.moveTo(time);
    }
    pending.push({ key: null, value, headers: null, timestamp: clock.now() });
    bytes += value.length;
    if (pending.length >= BATCH_RECORDS || bytes >= BATCH_BYTES) await flush();
  }
  await flush();
  return appended;
}
