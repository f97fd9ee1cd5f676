import { formatDuration } from '../event/duration.ts';
import { hash64 } from '../event/hash.ts';
import type { Json } from '../event/event.ts';
import type { DistinctCondition } from '../pattern/segment-definition.ts';
import { decodeTimes, encodeTimes, newest } from './leaf.ts';
import type { Leaf } from './leaf.ts';
import { matcherOf } from './selection.ts';

interface DistinctState {
  /** Hash of a value -> when it was last seen; the one seen longest ago first. */
  readonly seen: Map<string, number>;
}

/**
 * At least k different values in a sliding window, exact: when the k values seen last were last
 * seen is enough. Values are kept as 64-bit hashes.
 */
export function distinctLeaf(condition: DistinctCondition): Leaf<DistinctState> {
  const { atLeast, within, of, field } = condition;
  const fits = matcherOf(of);
  const what = `different ${field} of ${of.types.join(' or ')} in ${formatDuration(within)}`;
  const counted = ({ seen }: DistinctState, now: number) =>
    [...seen.values()].filter((time) => now - time < within);

  return {
    path: condition.path,
    types: of.types,
    empty: () => ({ seen: new Map() }),
    isEmpty: ({ seen }) => seen.size === 0,
    accept(state, frame) {
      const { time, data } = frame.event;
      const value = data[field];
      if (value === undefined || value === null || frame.now - time >= within) return false;
      if (!fits(frame)) return false;
      forget(state.seen, frame.now - within);
      return see(state.seen, hashOf(value), time, atLeast);
    },
    advance({ seen }, now) {
      forget(seen, now - within);
    },
    holds: (state, now) => counted(state, now).length >= atLeast,
    due({ seen }) {
      const times = [...seen.values()];
      const time = times.length >= atLeast ? times[times.length - atLeast] : times.at(-1);
      return time === undefined ? null : time + within;
    },
    describe: (state, now) => `${counted(state, now).length} ${what}, at least ${atLeast}`,
    times: (state, now) => newest(counted(state, now)),
    encode({ seen }) {
      const times = encodeTimes([...seen.values()]);
      return [...seen.keys()].flatMap((value, i) => [value, times[i] as number]);
    },
    decode(cells) {
      const values = cells.filter((_, i) => i % 2 === 0) as string[];
      const times = decodeTimes(cells.filter((_, i) => i % 2 === 1));
      return { seen: new Map(values.map((value, i) => [value, times[i] as number])) };
    },
  };
}

/** Values last seen at `time` or before. */
function forget(seen: Map<string, number>, time: number): void {
  for (const [value, at] of seen) if (at <= time) seen.delete(value);
}

/** Notes when a value was last seen; of more than `kept` the one seen longest ago goes. */
function see(seen: Map<string, number>, value: string, time: number, kept: number): boolean {
  const before = seen.get(value);
  if (before !== undefined && before >= time) return false;
  seen.delete(value);
  const last = [...seen.values()].at(-1);
  seen.set(value, time);
  if (last !== undefined && last > time) {
    const sorted = [...seen].sort(([, a], [, b]) => a - b);
    seen.clear();
    for (const [key, at] of sorted) seen.set(key, at);
  }
  if (seen.size <= kept) return true;
  const [oldest] = seen.keys();
  seen.delete(oldest as string);
  return oldest !== value;
}

function hashOf(value: Json): string {
  const [low, high] = hash64(typeof value === 'string' ? value : JSON.stringify(value));
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeInt32BE(low, 0);
  bytes.writeInt32BE(high, 4);
  return bytes.toString('base64url');
}
