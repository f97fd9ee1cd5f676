import type { Contiguity } from '../pattern/definition.ts';
import { compareTaken } from './capture.ts';
import type { Taken } from './capture.ts';
import type { Moment } from './moment.ts';
import { partials } from './partials.ts';
import type { LimitNode, NotForNode } from './plan.ts';
import { offer, start, tick } from './process.ts';
import type { Progress } from './process.ts';
import { limit, not, notFor, span } from './state-of.ts';
import { ENDED, NO_GUARDS, STOPPED } from './state.ts';
import type {
  After, Guard, LimitState, NotForState, NotState, Result, SpanState, State,
} from './state.ts';

/** Negations, and what a moment ends. */

export function startNotFor(moment: Moment, node: NotForNode, taken: Taken | null): After {
  const of = start(moment, node.of, taken, null, NO_GUARDS, []);
  return notFor(node, taken, moment.time + node.for, of);
}

export function violateNotFor(moment: Moment, state: NotForState, progress: Progress): After {
  if (state.of === null) return state;
  const { node, taken } = state;
  const found: Result[] = [];
  const takes = moment.takes;
  const of = progress(moment, state.of, found);
  moment.takes = takes;
  if (found.length === 0) return of === state.of ? state : notFor(node, taken, state.deadline, of);
  moment.ended('forbidden', node.label);
  switch (node.else) {
    case 'fail':
      return ENDED;
    case 'restart':
      return startNotFor(moment, node, taken);
    case 'stop':
      return STOPPED;
  }
}

export function progressNot(
  moment: Moment, state: NotState, out: Result[], progress: Progress,
): After {
  const found: Result[] = [];
  const takes = moment.takes;
  const of = state.of === null ? null : progress(moment, state.of, found);
  moment.takes = takes;
  if (found.length > 0) {
    moment.ended('forbidden', state.node.label);
    return ENDED;
  }
  if (state.node.truth === 'next' && progress === offer) {
    out.push({ taken: state.taken, guards: NO_GUARDS });
    return ENDED;
  }
  return of === state.of ? state : not(state.node, state.taken, of);
}

export function startLimit(
  moment: Moment, node: LimitNode, taken: Taken | null, contiguity: Contiguity | null,
  guards: readonly Guard[], out: Result[],
): After {
  const left = node.atMost ?? Infinity;
  if (left === 0) return ENDED;
  const found: Result[] = [];
  const of = start(moment, node.of, taken, contiguity, guards, found);
  const deadline = node.within === null ? Infinity : moment.time + node.within;
  return limited(limit(node, taken, deadline, left, STOPPED), of, found, out);
}

export function progressLimit(
  moment: Moment, state: LimitState, out: Result[], progress: Progress,
): After {
  const found: Result[] = [];
  const of = progress(moment, state.of, found);
  return of === state.of && found.length === 0 ? state : limited(state, of, found, out);
}

function limited(state: LimitState, of: After, found: readonly Result[], out: Result[]): After {
  const results = found.length <= state.left ? found
    : [...found].sort((a, b) => compareTaken(a.taken, b.taken)).slice(0, state.left);
  out.push(...results);
  const left = state.left - results.length;
  if (of === ENDED || left === 0) return ENDED;
  return of.kind === 'stopped' ? STOPPED : limit(state.node, state.taken, state.deadline, left, of);
}

export function offerSpan(moment: Moment, state: SpanState, out: Result[]): After {
  const before = moment.takes;
  const of = offer(moment, state.of, out);
  if (of === ENDED) return ENDED;
  if (of.kind === 'stopped') return STOPPED;
  const begins = state.deadline === Infinity && moment.takes > before;
  const deadline = begins ? moment.time + state.node.ms : state.deadline;
  return of === state.of && !begins ? state : span(state.node, state.taken, deadline, of);
}

export function tickSpan(moment: Moment, state: SpanState, out: Result[]): After {
  if (state.deadline > moment.time) {
    const of = tick(moment, state.of, out);
    if (of === ENDED) return ENDED;
    if (of.kind === 'stopped') return STOPPED;
    return of === state.of ? state : span(state.node, state.taken, state.deadline, of);
  }
  const rest = closed(state.of, out);
  if (rest.length > 0) {
    moment.ended('timeout', state.node.label);
    moment.expired.push(...rest);
  }
  return ENDED;
}

/**
 * The window is over: branches that only waited for a last `not` come true, the others are
 * returned as they stand.
 */
function closed(state: State, out: Result[]): (Taken | null)[] {
  if (state.kind !== 'seq') return partials(state);
  const last = state.node.steps.length - 1;
  const rest: (Taken | null)[] = [];
  for (const { step, of } of state.branches) {
    const waiting = of.kind === 'guarded' ? of.of : of;
    if (step === last && waiting.kind === 'not') {
      out.push({ taken: waiting.taken, guards: NO_GUARDS });
    } else rest.push(...partials(of));
  }
  return rest;
}
