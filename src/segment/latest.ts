import { formatDuration } from '../event/duration.ts';
import type { LatestCondition } from '../pattern/segment-definition.ts';
import type { Leaf } from './leaf.ts';
import { matcherOf } from './selection.ts';

interface LatestState {
  /** Time of the latest event that has the fields; null before the first. */
  at: number | null;
  holds: boolean;
}

/**
 * What the latest event says. A latest value that does not hold is not kept for its own sake:
 * state for every passer-by would be most of the state. The price: an event that comes late and is
 * older than such a value counts as the latest.
 */
export function latestLeaf(condition: LatestCondition): Leaf<LatestState> {
  const { of, fields, holds: clause, within } = condition;
  const fits = matcherOf(of);
  const window = within === null ? '' : ` within ${formatDuration(within)}`;

  const isOver = (at: number, now: number) => within !== null && now - at >= within;

  return {
    path: condition.path,
    types: of.types,
    empty: () => ({ at: null, holds: false }),
    isEmpty: ({ holds }) => !holds,
    accept(state, frame) {
      const { time, data } = frame.event;
      if (state.at !== null && time < state.at) return false;
      if (isOver(time, frame.now) || !fits(frame)) return false;
      if (fields.some((field) => (data[field] ?? null) === null)) return false;
      const holds = clause.test(frame);
      // Without a window the time of an unchanged answer only orders late events.
      const changed = holds !== state.holds || (within !== null && holds);
      state.at = time;
      state.holds = holds;
      return changed;
    },
    advance(state, now) {
      if (state.at === null || !isOver(state.at, now)) return;
      state.at = null;
      state.holds = false;
    },
    holds: (state, now) => state.holds && state.at !== null && !isOver(state.at, now),
    due: ({ at, holds }) => (at === null || within === null || !holds ? null : at + within),
    describe({ at, holds }) {
      const what = `latest ${fields.join(', ')}${window}`;
      return at === null ? `no ${what}` : `${what}: ${clause.source} is ${holds}`;
    },
    times: ({ at }) => (at === null ? [] : [at]),
    encode: ({ at, holds }) => [at, holds],
    decode: ([at, holds]) => ({ at: at as number | null, holds: holds === true }),
  };
}
