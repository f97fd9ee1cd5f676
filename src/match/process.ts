import type { Contiguity } from '../pattern/definition.ts';
import type { Taken } from './capture.ts';
import { greedyGuards, offerGuarded, offerOn, startGuarded, tickGuarded } from './guards.ts';
import type { Moment } from './moment.ts';
import { partials } from './partials.ts';
import type { Node } from './plan.ts';
import { progressAll, progressAny, progressSeq, startAny, startSeq, tickAny } from './process-order.ts';
import {
  offerLoop, progressEvery, progressUntil, startEvery, startLoop, tickLoop,
} from './process-repeat.ts';
import {
  offerSpan, progressLimit, progressNot, startLimit, tickSpan, violateNotFor,
} from './process-time.ts';
import { span } from './state-of.ts';
import { ENDED, NO_GUARDS } from './state.ts';
import type { After, Guard, Result, State } from './state.ts';

/**
 * The model, executed as it is stated in README.md: a step is a process that is started, is offered
 * events and moments, comes true any number of times, and ends. `start`, `offer` and `tick` put
 * into `out` how it came true, and return what goes on.
 */

/** Starts a process at the moment; it does not see the event of that moment. */
export function start(
  moment: Moment, node: Node, taken: Taken | null, contiguity: Contiguity | null,
  guards: readonly Guard[], out: Result[],
): After {
  switch (node.kind) {
    case 'seq':
      return startSeq(moment, node, taken, contiguity, guards, out);
    case 'loop':
      return startLoop(moment, node, taken, contiguity, guards, out);
    case 'optional':
      out.push({ taken, guards: [...guards, ...greedyGuards(node.of, taken)] });
      // What comes true at its start as well took nothing: that is the result just given.
      return start(moment, node.of, taken, contiguity, guards, []);
    case 'span': {
      const inner: Result[] = [];
      const of = start(moment, node.of, taken, contiguity, guards, inner);
      out.push(...inner);
      return of === ENDED ? ENDED : span(node, taken, Infinity, of);
    }
    case 'limit':
      return startLimit(moment, node, taken, contiguity, guards, out);
    case 'any':
      return startAny(moment, node, taken, contiguity ?? node.contiguity, guards, out);
    case 'every':
      return startEvery(moment, node, taken, contiguity, guards, out);
    default:
      return startGuarded(moment, node, taken, contiguity, guards, out);
  }
}

/** Offers the event of the moment. */
export function offer(moment: Moment, state: State, out: Result[]): After {
  switch (state.kind) {
    case 'on':
      return offerOn(moment, state, out);
    case 'guarded':
      return offerGuarded(moment, state, out);
    case 'seq':
      return progressSeq(moment, state, out, offer);
    case 'all':
      return progressAll(moment, state, out, offer);
    case 'any':
      return progressAny(moment, state, out, offer);
    case 'every':
      return progressEvery(moment, state, out, offer);
    case 'wait':
    case 'stopped':
      return state;
    case 'notFor':
      return violateNotFor(moment, state, offer);
    case 'not':
      return progressNot(moment, state, out, offer);
    case 'loop':
      return offerLoop(moment, state, out);
    case 'until':
      return progressUntil(moment, state, out, offer);
    case 'span':
      return offerSpan(moment, state, out);
    case 'limit':
      return progressLimit(moment, state, out, offer);
  }
}

/** Time has come to the moment: everything due by then happens. */
export function tick(moment: Moment, state: State, out: Result[]): After {
  if (state.due > moment.time) return state;
  switch (state.kind) {
    case 'on':
    case 'stopped':
      return state;
    case 'guarded':
      return tickGuarded(moment, state, out);
    case 'seq':
      return progressSeq(moment, state, out, tick);
    case 'all':
      return progressAll(moment, state, out, tick);
    case 'any':
      return tickAny(moment, state, out);
    case 'every':
      return progressEvery(moment, state, out, tick);
    case 'wait':
      out.push({ taken: state.taken, guards: NO_GUARDS });
      return ENDED;
    case 'notFor':
      if (state.deadline > moment.time) return violateNotFor(moment, state, tick);
      out.push({ taken: state.taken, guards: NO_GUARDS });
      return ENDED;
    case 'not':
      return progressNot(moment, state, out, tick);
    case 'loop':
      return tickLoop(moment, state, out);
    case 'until':
      return progressUntil(moment, state, out, tick);
    case 'span':
      return tickSpan(moment, state, out);
    case 'limit':
      if (state.deadline > moment.time) return progressLimit(moment, state, out, tick);
      moment.ended('timeout', state.node.label);
      moment.expired.push(...partials(state.of));
      return ENDED;
  }
}

export type Progress = (moment: Moment, state: State, out: Result[]) => After;
