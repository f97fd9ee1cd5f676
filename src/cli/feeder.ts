import type { EventLog, OutgoingRecord, TopicPartition } from '../ports/event-log.ts';
import type { InputRecord } from './input.ts';
import type { ReplayClock } from './replay-clock.ts';

const BATCH_RECORDS = 500;
const BATCH_BYTES = 512 * 1024;
/** Longest a record waits for others when the input pauses, ms. */
const IDLE_MS = 20;
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
 * Appends records to a source at the pace of the replay clock, and moves the clock along: never past
 * a record that was read and is not in the log, since what waits for it would time out. Resolves
 * with the number of records appended when the input ends, or the signal aborts.
 */
export async function feed(
  records: AsyncIterable<InputRecord> | Iterable<InputRecord>,
  { log, to, clock, backlog, signal }: FeederOptions,
): Promise<number> {
  let pending: OutgoingRecord[] = [];
  let bytes = 0;
  let latest = clock.now();
  let appended = 0;
  let idle: NodeJS.Timeout | null = null;
  const flush = async (): Promise<void> => {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    if (pending.length === 0) return;
    const records = pending;
    pending = [];
    bytes = 0;
    // In one turn of the event loop: the log appends before it returns.
    clock.moveTo(latest);
    await log.append([{ ...to, records }]);
    appended += records.length;
    while (backlog() > BACKLOG_MAX && !signal.aborted) await clock.sleep(BACKLOG_PAUSE_MS, signal);
  };
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const read = async (): Promise<number> => {
    for await (const { value, time } of records) {
      if (signal.aborted) break;
      if (time !== null) {
        if (clock.realUntil(time) > SLEEP_MIN_MS) {
          await flush();
          await clock.sleep(clock.approach(time), signal);
          if (signal.aborted) break;
        }
        latest = Math.max(latest, time);
      }
      pending.push({ key: null, value, headers: null, timestamp: Math.max(latest, clock.now()) });
      bytes += value.length;
      if (pending.length >= BATCH_RECORDS || bytes >= BATCH_BYTES) await flush();
      else idle ??= setTimeout(() => flush().catch(failed.reject), IDLE_MS);
    }
    await flush();
    return appended;
  };
  return Promise.race([read(), failed.promise]);
}
