import type { Skip } from '../pattern/definition.ts';
import { listed } from './capture.ts';
import type { Taken } from './capture.ts';

/** A complete match that may have to wait for runs that began earlier. */
export interface Completed {
  /** Order of the event its run began with. */
  readonly start: number;
  readonly taken: Taken | null;
  readonly at: number;
  readonly deadline: number | null;
}

/**
 * What may begin no earlier than the result: everything that began before it is dropped.
 * Null where nothing is dropped; `'missing'` where the step to skip to took nothing, or where
 * nothing would be skipped although the pattern calls that an error.
 */
export function skippedBefore(skip: Skip, match: Completed): number | null | 'missing' {
  switch (skip.strategy) {
    case 'none':
      return null;
    case 'first-wins':
      return Infinity;
    case 'to-next':
      return match.start + 1;
    case 'past-last':
      return lastOrder(match.taken) + 1;
    case 'to-first':
    case 'to-last': {
      const events = listed(match.taken).filter(({ node }) => node.slot === skip.step);
      const event = skip.strategy === 'to-first' ? events[0] : events.at(-1);
      const nothing = event === undefined || event.order <= match.start;
      if (nothing) return skip.orError ? 'missing' : null;
      return event.order;
    }
  }
}

function lastOrder(taken: Taken | null): number {
  return listed(taken).reduce((last, { order }) => Math.max(last, order), 0);
}
