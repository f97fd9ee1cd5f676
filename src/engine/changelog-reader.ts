import { decodeMeta, decodeStateKey, isMetaKey, type TaskMeta } from '../ports/changelog.ts';
import type { EventLog, TopicPartition } from '../ports/event-log.ts';
import type { StateChange } from '../ports/state-store.ts';

const POLL_BYTES = 4_000_000;
const WAIT_MS = 50;
/** Records looked at from the end for the last `__meta`; more where it is not among them. */
const TAIL = 256;
const TAIL_GROWTH = 16;

/** What stands at a place of a changelog. */
export type ChangelogEntry =
  | { readonly kind: 'meta'; readonly meta: TaskMeta; readonly offset: number }
  | { readonly kind: 'state'; readonly change: StateChange; readonly offset: number };

/** The reading was given up because the session ends. */
export class ReadingStopped extends Error {}

/**
 * Reads committed entries from `from` until the position reaches `end`; where `end` is the end with
 * pending transactions included, that waits for their markers (rule 5).
 */
export async function* readChangelog(
  log: EventLog,
  at: TopicPartition,
  from: number,
  end: number,
  stop: () => boolean,
): AsyncGenerator<ChangelogEntry[]> {
  if (from >= end) return;
  const reader = log.openReader('committed');
  try {
    reader.assign(at, from);
    while ((reader.position(at) ?? 0) < end) {
      if (stop()) throw new ReadingStopped();
      for (const batch of await reader.poll(WAIT_MS, POLL_BYTES)) {
        const entries: ChangelogEntry[] = [];
        for (const { key, value, offset } of batch.records) {
          if (key === null) continue;
          if (isMetaKey(key)) {
            if (value !== null) entries.push({ kind: 'meta', meta: decodeMeta(value), offset });
            continue;
          }
          const owned = decodeStateKey(key);
          if (owned !== null) entries.push({ kind: 'state', change: { ...owned, value }, offset });
        }
        if (entries.length > 0) yield entries;
      }
    }
  } finally {
    await reader.close();
  }
}

/**
 * The last `__meta` before the end, null where none was ever written. Every commit ends with one,
 * so it is looked for from the end backwards.
 * @param toTheEnd Up to the end with pending transactions included: else one of them may be missed.
 */
export async function readLastMeta(
  log: EventLog,
  at: TopicPartition,
  options: { stop: () => boolean; toTheEnd: boolean },
): Promise<TaskMeta | null> {
  const isolation = options.toTheEnd ? 'uncommitted' : 'committed';
  const [end = 0] = await log.endOffsets([at], isolation);
  const [start = 0] = await log.startOffsets([at]);
  for (let tail = TAIL; ; tail *= TAIL_GROWTH) {
    const from = Math.max(start, end - tail);
    let last: TaskMeta | null = null;
    for await (const entries of readChangelog(log, at, from, end, options.stop)) {
      for (const entry of entries) if (entry.kind === 'meta') last = entry.meta;
    }
    if (last !== null || from === start) return last;
  }
}
