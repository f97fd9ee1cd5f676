import { formatDuration } from '../event/duration.ts';
import type { LatestCondition } from '../pattern/segment-definition.ts';
import type { Leaf } from './leaf.ts';
import { matcherOf } from './selection.ts';

interface LatestState {
  /** Time of the latest event that has the fields; null before the first. */
  at: number | null;
  holds: boolean;
}

/** How long the time of the event that ended a membership is kept, ms: for events that come late. */
const LEFT_KEPT_MAX = 3_600_000;

/**
 * What the latest event says. A latest value that does not hold is kept for an hour and only where
 * one held before: state for every passer-by would be most of the state. The price: of a key that
 * never was inside, an event that comes late counts as the latest.
 */
export function latestLeaf(condition: LatestCondition): Leaf<LatestState> {
  const { of, fields, holds: clause, stays, within } = condition;
  const leftKept = Math.min(within ?? Infinity, LEFT_KEPT_MAX);
  const fits = matcherOf(of);
  const window = within === null ? '' : ` within ${formatDuration(within)}`;

  const isOver = (at: number, now: number) => within !== null && now - at >= within;

  return {
    path: condition.path,
    types: of.types,
    empty: () => ({ at: null, holds: false }),
    isEmpty: ({ at, holds }) => !holds && at === null,
    accept(state, frame) {
      const { time, data } = frame.event;
      if (state.at !== null && time < state.at) return false;
      if (isOver(time, frame.now) || !fits(frame)) return false;
      if (fields.some((field) => (data[field] ?? null) === null)) return false;
      const holds = (state.holds && stays !== null ? stays : clause).test(frame);
      if (!holds && state.at === null) return false;
      // Without a window the time of an unchanged answer only orders late events.
      const changed = holds !== state.holds || !holds || within !== null;
      state.at = time;
      state.holds = holds;
      return changed;
    },
    advance(state, now) {
      if (state.at === null) return;
      if (state.holds ? !isOver(state.at, now) : now - state.at < leftKept) return;
      state.at = null;
      state.holds = false;
    },
    holds: (state, now) => state.holds && state.at !== null && !isOver(state.at, now),
    due({ at, holds }) {
      const kept = holds ? within : leftKept;
      return at === null || kept === null ? null : at + kept;
    },
    describe({ at, holds }) {
      const what = `latest ${fields.join(', ')}${window}`;
      return at === null ? `no ${what}` : `${what}: ${clause.source} is ${holds}`;
    },
    times: ({ at }) => (at === null ? [] : [at]),
    encode: ({ at, holds }) => [at, holds],
    decode: ([at, holds]) => ({ at: at as number | null, holds: holds === true }),
  };
}
