import type { Contiguity } from '../pattern/definition.ts';
import { take } from './capture.ts';
import type { Taken } from './capture.ts';
import type { Moment } from './moment.ts';
import type { Node, NotBetween, OnNode } from './plan.ts';
import { offer, start, tick } from './process.ts';
import type { Progress } from './process.ts';
import { startAll } from './process-order.ts';
import { startUntil } from './process-repeat.ts';
import { startNotFor } from './process-time.ts';
import { guarded, not, on, wait } from './state-of.ts';
import { ENDED, NO_GUARDS } from './state.ts';
import type { After, Guard, GuardedState, OnState, Result, State } from './state.ts';

/** One event taken, and what may not come before one is. */

export function offerOn(moment: Moment, state: OnState, out: Result[]): After {
  const { node, taken } = state;
  if (moment.event !== null && fits(moment, node, taken, state.base)) {
    moment.takes++;
    out.push({ taken: take(taken, node, moment.event, moment.order), guards: NO_GUARDS });
    return state.contiguity === 'any' ? state : ENDED;
  }
  if (state.contiguity !== 'strict') return state;
  moment.ended('strict', node.label);
  return ENDED;
}

function fits(moment: Moment, node: OnNode, taken: Taken | null, base: number): boolean {
  const event = moment.event;
  if (event === null || !node.types.has(event.type)) return false;
  if (!moment.holds(node.where, taken, node.label)) return false;
  if (node.distinct === null) return true;
  const value = event.data[node.distinct];
  for (let at = taken; at !== null && at.count > base; at = at.before) {
    if (at.node.id === node.id && at.event.data[node.distinct] === value) return false;
  }
  return value !== undefined;
}

/** Whether the event could be the first that the step takes. */
export function couldTake(moment: Moment, node: Node, taken: Taken | null, base: number): boolean {
  switch (node.kind) {
    case 'on':
      return fits(moment, node, taken, base);
    case 'seq':
      for (const step of node.steps) {
        if (couldTake(moment, step, taken, base)) return true;
        if (step.kind !== 'optional') return false;
      }
      return false;
    case 'all':
    case 'any':
      return node.of.some((of) => couldTake(moment, of, taken, base));
    case 'every':
    case 'loop':
    case 'until':
    case 'optional':
    case 'span':
    case 'limit':
      return couldTake(moment, node.of, taken, base);
    case 'wait':
    case 'not':
    case 'notFor':
      return false;
  }
}

/** Kinds that hold for themselves what is forbidden before them; others hand it to what is inside. */
type Leaf = Exclude<
  Node, { kind: 'seq' | 'any' | 'every' | 'loop' | 'optional' | 'span' | 'limit' }
>;

export function startGuarded(
  moment: Moment, node: Leaf,
  taken: Taken | null, contiguity: Contiguity | null, guards: readonly Guard[], out: Result[],
): After {
  const found: Result[] = [];
  const of = startLeaf(moment, node, taken, contiguity, found);
  for (const result of found) out.push(carried(result, taken, guards));
  return of === ENDED || guards.length === 0 ? of : guarded(guards, of, taken);
}

/** A result that took nothing leaves in force what was forbidden. */
function carried(result: Result, taken: Taken | null, guards: readonly Guard[]): Result {
  if (result.taken !== taken || guards.length === 0) return result;
  return { taken, guards: [...guards, ...result.guards] };
}

function startLeaf(
  moment: Moment, node: Leaf, taken: Taken | null, contiguity: Contiguity | null, out: Result[],
): After {
  switch (node.kind) {
    case 'on':
      return on(node, taken, contiguity ?? node.contiguity, moment.loopBase);
    case 'all':
      return startAll(moment, node, taken, contiguity ?? node.contiguity, out);
    case 'wait':
      if (node.for > 0) return wait(node, taken, moment.time + node.for);
      out.push({ taken, guards: NO_GUARDS });
      return ENDED;
    case 'notFor':
      return startNotFor(moment, node, taken);
    case 'not': {
      if (node.truth === 'holds') out.push({ taken, guards: NO_GUARDS });
      return not(node, taken, start(moment, node.of, taken, null, NO_GUARDS, []));
    }
    case 'until':
      return startUntil(moment, node, taken, contiguity);
  }
}

export function offerGuarded(moment: Moment, state: GuardedState, out: Result[]): After {
  const guards = held(moment, state.guards, offer);
  if (guards === null) return ENDED;
  const before = moment.takes;
  const found: Result[] = [];
  const of = offer(moment, state.of, found);
  for (const result of found) out.push(carried(result, state.taken, guards));
  if (of === ENDED) return ENDED;
  // A step of one event that goes on is still waiting for its own; others have taken theirs.
  if (state.of.kind !== 'on' && moment.takes > before) return of;
  if (guards.length === 0) return of;
  return of === state.of && guards === state.guards ? state : guarded(guards, of, state.taken);
}

export function tickGuarded(moment: Moment, state: GuardedState, out: Result[]): After {
  const guards = held(moment, state.guards, tick);
  if (guards === null) return ENDED;
  const found: Result[] = [];
  const of = tick(moment, state.of, found);
  for (const result of found) out.push(carried(result, state.taken, guards));
  return of === ENDED || guards.length === 0 ? of : guarded(guards, of, state.taken);
}

/** The event passes the process by; what is forbidden before it still sees it. */
export function passedBy(moment: Moment, state: State): After {
  if (state.kind !== 'guarded') return state;
  const guards = held(moment, state.guards, offer);
  if (guards === null) return ENDED;
  if (guards.length === 0) return state.of;
  return guards === state.guards ? state : guarded(guards, state.of, state.taken);
}

/** The guards after the moment; null where one was violated. */
export function held(
  moment: Moment, guards: readonly Guard[], progress: Progress,
): readonly Guard[] | null {
  let changed = false;
  const left: Guard[] = [];
  for (const guard of guards) {
    const after = heldOne(moment, guard, progress);
    if (after === 'violated') {
      moment.ended('forbidden', guard.node.label);
      return null;
    }
    if (after !== guard) changed = true;
    if (after !== 'over') left.push(after);
  }
  return changed ? left : guards;
}

function heldOne(moment: Moment, guard: Guard, progress: Progress): Guard | 'violated' | 'over' {
  if (guard.kind === 'greedy') {
    if (moment.event === null) return guard;
    const { node, taken, base } = guard;
    if (node.until !== null && moment.holds(node.until, taken, node.label)) return 'over';
    return couldTake(moment, node.of, taken, base) ? 'violated' : guard;
  }
  const found: Result[] = [];
  const takes = moment.takes;
  const of = progress(moment, guard.of, found);
  moment.takes = takes;
  if (found.length > 0) return 'violated';
  if (of === ENDED) return 'over';
  return of === guard.of ? guard : { ...guard, of };
}

export function armed(
  moment: Moment, nots: readonly NotBetween[], taken: Taken | null,
): readonly Guard[] {
  if (nots.length === 0) return NO_GUARDS;
  const guards: Guard[] = [];
  for (const node of nots) {
    const of = start(moment, node.of, taken, strictOnly(node.contiguity), NO_GUARDS, []);
    if (of !== ENDED) guards.push({ kind: 'not', node, of });
  }
  return guards;
}

function strictOnly(contiguity: Contiguity): Contiguity | null {
  return contiguity === 'strict' ? 'strict' : null;
}

export function greedyGuards(node: Node, taken: Taken | null): readonly Guard[] {
  if (node.kind !== 'loop' || !node.greedy) return NO_GUARDS;
  return [{ kind: 'greedy', node, taken, base: taken?.count ?? 0 }];
}
