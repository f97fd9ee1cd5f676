import { formatDuration } from '../event/duration.ts';
import type { CountCondition } from '../pattern/segment-definition.ts';
import { decodeTimes, encodeTimes, newest } from './leaf.ts';
import type { Leaf } from './leaf.ts';
import { matcherOf } from './selection.ts';

interface CountState {
  /** Times of the last `atLeast` events, ascending. */
  times: number[];
}

/**
 * At least k events in a sliding window, exact: the last k times are enough, whether k events lie
 * in the window is whether the k-th last does.
 */
export function countLeaf(condition: CountCondition): Leaf<CountState> {
  const { atLeast, within, of } = condition;
  const fits = matcherOf(of);
  const what = `${of.types.join(' or ')} in ${formatDuration(within)}`;

  const held = (times: readonly number[], now: number) =>
    times.length >= atLeast && now - (times[times.length - atLeast] as number) < within;
  const counted = ({ times }: CountState, now: number) => times.filter((t) => now - t < within);

  return {
    path: condition.path,
    types: of.types,
    empty: () => ({ times: [] }),
    isEmpty: ({ times }) => times.length === 0,
    accept(state, frame) {
      const { time } = frame.event;
      if (frame.now - time >= within || !fits(frame)) return false;
      // What left the window meanwhile must not set the next due time.
      const times = counted(state, frame.now);
      let at = times.length;
      while (at > 0 && (times[at - 1] as number) > time) at--;
      if (at === 0 && times.length >= atLeast) return false;
      times.splice(at, 0, time);
      if (times.length > atLeast) times.shift();
      state.times = times;
      return true;
    },
    advance(state, now) {
      state.times = counted(state, now);
    },
    holds: ({ times }, now) => held(times, now),
    due({ times }) {
      // Below the threshold only the end of all of it matters: then the value can go.
      const time = times.length >= atLeast ? times[times.length - atLeast] : times.at(-1);
      return time === undefined ? null : time + within;
    },
    describe: (state, now) => `${counted(state, now).length} of ${what}, at least ${atLeast}`,
    times: (state, now) => newest(counted(state, now)),
    encode: ({ times }) => encodeTimes(times),
    decode: (cells) => ({ times: decodeTimes(cells) }),
  };
}
