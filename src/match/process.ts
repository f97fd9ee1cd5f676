import type { Contiguity } from '../pattern/definition.ts';
import { appended, compareTaken, take } from './capture.ts';
import type { Taken } from './capture.ts';
import type { Moment } from './moment.ts';
import type {
  AllNode, AnyNode, EveryNode, LimitNode, LoopNode, Node, NotBetween, NotForNode, OnNode, SeqNode,
  UntilNode,
} from './plan.ts';
import {
  all, any, every, guarded, limit, loop, not, notFor, on, seq, span, until, wait,
} from './state-of.ts';
import { ENDED, NO_GUARDS, STOPPED } from './state.ts';
import type {
  After, AllState, AnyState, EveryState, Guard, GuardedState, LimitState, LoopBranch, LoopState,
  NotForState, NotState, OnState, Operand, Result, SeqBranch, SeqState, SpanState, State, UntilState,
} from './state.ts';

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
      return start(moment, node.of, taken, contiguity, guards, out);
    case 'span': {
      const inner: Result[] = [];
      const of = start(moment, node.of, taken, contiguity, guards, inner);
      out.push(...inner);
      return of === ENDED ? ENDED : span(node, taken, Infinity, of);
    }
    case 'limit':
      return startLimit(moment, node, taken, contiguity, guards, out);
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
      return progressNot(moment, state, offer);
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
      return progressNot(moment, state, tick);
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

type Progress = (moment: Moment, state: State, out: Result[]) => After;

// --- one event -------------------------------------------------------------------------------

function offerOn(moment: Moment, state: OnState, out: Result[]): After {
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
function couldTake(moment: Moment, node: Node, taken: Taken | null, base: number): boolean {
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

// --- what may not come -----------------------------------------------------------------------

function startGuarded(
  moment: Moment, node: Exclude<Node, { kind: 'seq' | 'loop' | 'optional' | 'span' | 'limit' }>,
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
  moment: Moment, node: Exclude<Node, { kind: 'seq' | 'loop' | 'optional' | 'span' | 'limit' }>,
  taken: Taken | null, contiguity: Contiguity | null, out: Result[],
): After {
  switch (node.kind) {
    case 'on':
      return on(node, taken, contiguity ?? node.contiguity, moment.loopBase);
    case 'all':
      return startAll(moment, node, taken, contiguity ?? node.contiguity, out);
    case 'any':
      return startAny(moment, node, taken, contiguity ?? node.contiguity, out);
    case 'every':
      return startEvery(moment, node, taken, contiguity, out);
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
      return startUntil(moment, node, taken, contiguity, out);
  }
}

function offerGuarded(moment: Moment, state: GuardedState, out: Result[]): After {
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

function tickGuarded(moment: Moment, state: GuardedState, out: Result[]): After {
  const guards = held(moment, state.guards, tick);
  if (guards === null) return ENDED;
  const found: Result[] = [];
  const of = tick(moment, state.of, found);
  for (const result of found) out.push(carried(result, state.taken, guards));
  return of === ENDED || guards.length === 0 ? of : guarded(guards, of, state.taken);
}

/** The guards after the moment; null where one was violated. */
function held(moment: Moment, guards: readonly Guard[], progress: Progress): readonly Guard[] | null {
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

function armed(moment: Moment, nots: readonly NotBetween[], taken: Taken | null): readonly Guard[] {
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

function greedyGuards(node: Node, taken: Taken | null): readonly Guard[] {
  if (node.kind !== 'loop' || !node.greedy) return NO_GUARDS;
  return [{ kind: 'greedy', node, taken, base: taken?.count ?? 0 }];
}

// --- in order --------------------------------------------------------------------------------

function startSeq(
  moment: Moment, node: SeqNode, taken: Taken | null, contiguity: Contiguity | null,
  guards: readonly Guard[], out: Result[],
): After {
  const branches: SeqBranch[] = [];
  const given = contiguity ?? node.contiguity;
  enterStep(moment, node, 0, { taken, guards }, given, branches, out);
  return branches.length === 0 ? ENDED : seq(node, branches);
}

/** What came true before step `step` begins it, or is a result of the whole. */
function enterStep(
  moment: Moment, node: SeqNode, step: number, result: Result, contiguity: Contiguity | null,
  branches: SeqBranch[], out: Result[],
): void {
  const { taken } = result;
  const nots = armed(moment, node.nots[step] ?? [], taken);
  const guards = nots.length === 0 ? result.guards : [...result.guards, ...nots];
  const next = node.steps[step];
  if (next === undefined) {
    out.push({ taken, guards });
    return;
  }
  const found: Result[] = [];
  const of = start(moment, next, taken, contiguity, guards, found);
  if (of !== ENDED) branches.push({ step, of });
  for (const later of found) enterStep(moment, node, step + 1, later, null, branches, out);
}

function progressSeq(moment: Moment, state: SeqState, out: Result[], progress: Progress): After {
  const branches: SeqBranch[] = [];
  let changed = false;
  for (const branch of state.branches) {
    const found: Result[] = [];
    const of = progress(moment, branch.of, found);
    if (of === branch.of && found.length === 0) {
      branches.push(branch);
      continue;
    }
    changed = true;
    for (const result of found) {
      enterStep(moment, state.node, branch.step + 1, result, null, branches, out);
    }
    if (of !== ENDED) branches.push({ step: branch.step, of });
  }
  if (!changed) return state;
  if (branches.length === 0) return ENDED;
  return branches.every(({ of }) => of.kind === 'stopped') ? STOPPED : seq(state.node, branches);
}

// --- any order, alternatives -----------------------------------------------------------------

function startAll(
  moment: Moment, node: AllNode, taken: Taken | null, contiguity: Contiguity, out: Result[],
): After {
  const given = contiguity === 'any' ? 'any' : null;
  const operands = node.of.map((of): Operand => {
    const results: Result[] = [];
    return { of: start(moment, of, taken, given, NO_GUARDS, results), results };
  });
  if (operands.some(({ of, results }) => of === ENDED && results.length === 0)) return ENDED;
  combine(taken, operands, operands.map(() => 0), out);
  return afterAll(all(node, taken, contiguity === 'strict', operands));
}

function progressAll(moment: Moment, state: AllState, out: Result[], progress: Progress): After {
  const operands = [...state.operands];
  const known = operands.map(({ results }) => results.length);
  const before = moment.takes;
  let changed = false;
  for (const index of state.node.asked) {
    const operand = operands[index];
    if (operand === undefined || operand.of === null) continue;
    const found: Result[] = [];
    const of = progress(moment, operand.of, found);
    if (of === operand.of && found.length === 0) continue;
    changed = true;
    const results = found.length === 0 ? operand.results : [...operand.results, ...found];
    if (of === ENDED && (results.length === 0 || operand.of.kind === 'not')) return ENDED;
    operands[index] = { of, results };
  }
  if (progress === offer && state.strict && moment.takes === before) {
    moment.ended('strict', state.node.label);
    return ENDED;
  }
  if (!changed) return state;
  combine(state.taken, operands, known, out);
  return afterAll(all(state.node, state.taken, state.strict, operands));
}

/** Ended where nothing is left that could come true; a bare `not` never does again. */
function afterAll(state: AllState): After {
  const live = state.operands.filter(({ of }) => of !== null);
  if (live.every(({ of }) => of?.kind === 'not')) return ENDED;
  const dead = live.some(({ of, results }) => of?.kind === 'stopped' && results.length === 0);
  return dead ? STOPPED : state;
}

/** Every combination of results in which at least one is new (`known`: how many are old). */
function combine(
  base: Taken | null, operands: readonly Operand[], known: readonly number[], out: Result[],
): void {
  const pick = (index: number, taken: Taken | null, guards: readonly Guard[], fresh: boolean): void => {
    const operand = operands[index];
    if (operand === undefined) {
      if (fresh) out.push({ taken, guards });
      return;
    }
    operand.results.forEach((result, position) => {
      const merged = appended(taken, result.taken, base);
      const more = result.guards.length === 0 ? guards : [...guards, ...result.guards];
      pick(index + 1, merged, more, fresh || position >= (known[index] ?? 0));
    });
  };
  pick(0, base, NO_GUARDS, false);
}

function startAny(
  moment: Moment, node: AnyNode, taken: Taken | null, contiguity: Contiguity, out: Result[],
): After {
  const operands: After[] = [];
  for (const of of node.of) {
    const before = out.length;
    const given = contiguity === 'relaxed' ? null : contiguity;
    const state = start(moment, of, taken, given, NO_GUARDS, out);
    if (state === ENDED && out.length > before) return ENDED;
    operands.push(state);
  }
  return afterAny(node, operands);
}

function progressAny(moment: Moment, state: AnyState, out: Result[], progress: Progress): After {
  const operands = [...state.operands];
  let changed = false;
  for (let index = 0; index < operands.length; index++) {
    const operand = operands[index] ?? ENDED;
    if (operand === ENDED) continue;
    const before = out.length;
    const of = progress(moment, operand, out);
    if (of === ENDED && out.length > before) return ENDED;
    if (of !== operand) changed = true;
    operands[index] = of;
  }
  return changed ? afterAny(state.node, operands) : state;
}

function tickAny(moment: Moment, state: AnyState, out: Result[]): After {
  const expired = moment.expired.length;
  const after = progressAny(moment, state, out, tick);
  // An alternative out of time ends no branch as long as another can still come true.
  if (after !== ENDED || out.length > 0) moment.expired.length = expired;
  return after;
}

function afterAny(node: AnyNode, operands: readonly After[]): After {
  const live = operands.filter((of) => of !== ENDED);
  if (live.length === 0) return ENDED;
  return live.every((of) => of.kind === 'stopped') ? STOPPED : any(node, operands);
}

// --- again and again -------------------------------------------------------------------------

function startEvery(
  moment: Moment, node: EveryNode, taken: Taken | null, contiguity: Contiguity | null, out: Result[],
): After {
  const first = start(moment, node.of, taken, contiguity, NO_GUARDS, out);
  return first === ENDED ? ENDED : every(node, taken, [first]);
}

function progressEvery(moment: Moment, state: EveryState, out: Result[], progress: Progress): After {
  const { node, taken } = state;
  const instances: State[] = [];
  let changed = false;
  let again = 0;
  for (const instance of state.instances) {
    const before = out.length;
    const of = progress(moment, instance, out);
    const results = out.length - before;
    if (of !== instance || results > 0) changed = true;
    if (of !== ENDED) instances.push(of);
    again += results > 0 ? results : of === ENDED ? 1 : 0;
  }
  // What comes true or fails at its very start is not begun again at the same moment.
  for (; again > 0; again--) {
    const of = start(moment, node.of, taken, null, NO_GUARDS, out);
    if (of !== ENDED) instances.push(of);
  }
  if (!changed) return state;
  if (instances.length === 0) return ENDED;
  return instances.every((of) => of.kind === 'stopped') ? STOPPED : every(node, taken, instances);
}

function startLoop(
  moment: Moment, node: LoopNode, taken: Taken | null, contiguity: Contiguity | null,
  guards: readonly Guard[], out: Result[],
): After {
  const branches: LoopBranch[] = [];
  const given = contiguity ?? ownContiguity(node.of);
  enterRound(moment, node, 0, { taken, guards }, given, taken?.count ?? 0, branches, out);
  return branches.length === 0 ? ENDED : loop(node, given, branches, taken?.count ?? 0);
}

function ownContiguity(node: Node): Contiguity | null {
  return node.kind === 'on' || node.kind === 'seq' ? node.contiguity : null;
}

function enterRound(
  moment: Moment, node: LoopNode, rounds: number, result: Result, contiguity: Contiguity | null,
  base: number, branches: LoopBranch[], out: Result[],
): void {
  const after = node.after.filter(({ contiguity: reach }) =>
    rounds > 0 && (rounds >= node.min || reach !== 'strict'));
  const nots = armed(moment, after, result.taken);
  const guards = nots.length === 0 ? result.guards : [...result.guards, ...nots];
  const outer = moment.loopBase;
  moment.loopBase = base;
  const found: Result[] = [];
  const of = start(moment, node.of, result.taken, contiguity, guards, found);
  moment.loopBase = outer;
  const gap = node.gap === null || rounds === 0 ? Infinity : moment.time + node.gap;
  if (of !== ENDED) branches.push({ rounds, of, taken: result.taken, gap });
  // A round that came true at its start took nothing, and so would all that follow.
  for (const nothing of found) leaveRound(node, nothing, base, out);
}

function leaveRound(node: LoopNode, result: Result, base: number, out: Result[]): void {
  if (!node.greedy) out.push(result);
  else {
    const greedy: Guard = { kind: 'greedy', node, taken: result.taken, base };
    out.push({ taken: result.taken, guards: [...result.guards, greedy] });
  }
}

function roundsOf(
  moment: Moment, state: LoopState, branch: LoopBranch, found: readonly Result[],
  branches: LoopBranch[], out: Result[],
): void {
  const { node, base } = state;
  const rounds = branch.rounds + 1;
  for (const result of found) {
    if (node.max === null || rounds < node.max) {
      enterRound(moment, node, rounds, result, node.inner, base, branches, out);
    }
    if (rounds >= node.min) leaveRound(node, result, base, out);
  }
}

function offerLoop(moment: Moment, state: LoopState, out: Result[]): After {
  const { node } = state;
  const branches: LoopBranch[] = [];
  let changed = false;
  for (const branch of state.branches) {
    if (node.until !== null && moment.holds(node.until, branch.taken, node.label)) {
      // Any first event opens a loop of its own: such a start goes on waiting.
      if (branch.rounds === 0 && state.contiguity === 'any') branches.push(branch);
      else changed = true;
      continue;
    }
    const found: Result[] = [];
    const of = offer(moment, branch.of, found);
    if (of === branch.of && found.length === 0) {
      branches.push(branch);
      continue;
    }
    changed = true;
    roundsOf(moment, state, branch, found, branches, out);
    if (of !== ENDED) branches.push({ ...branch, of });
  }
  return afterLoop(state, branches, changed);
}

function tickLoop(moment: Moment, state: LoopState, out: Result[]): After {
  const branches: LoopBranch[] = [];
  for (const branch of state.branches) {
    if (branch.gap <= moment.time) {
      moment.ended('timeout', state.node.label);
      continue;
    }
    const found: Result[] = [];
    const of = tick(moment, branch.of, found);
    roundsOf(moment, state, branch, found, branches, out);
    if (of !== ENDED) branches.push(of === branch.of ? branch : { ...branch, of });
  }
  return afterLoop(state, branches, true);
}

function afterLoop(state: LoopState, branches: readonly LoopBranch[], changed: boolean): After {
  if (!changed) return state;
  if (branches.length === 0) return ENDED;
  if (branches.every(({ of }) => of.kind === 'stopped')) return STOPPED;
  return loop(state.node, state.contiguity, branches, state.base);
}

function startUntil(
  moment: Moment, node: UntilNode, taken: Taken | null, contiguity: Contiguity | null, out: Result[],
): After {
  const stop = start(moment, node.stop, taken, null, NO_GUARDS, []);
  if (stop === ENDED) return ENDED;
  const of = node.max === 0 ? null : start(moment, node.of, taken, contiguity, NO_GUARDS, out);
  return until(node, 0, taken, taken, taken, of, stop);
}

function progressUntil(moment: Moment, state: UntilState, out: Result[], progress: Progress): After {
  const { node, start: from } = state;
  const stopped: Result[] = [];
  const stop = progress(moment, state.stop, stopped);
  if (stopped.length > 0 && state.rounds >= node.min) {
    for (const result of stopped) {
      out.push({ taken: appended(state.taken, result.taken, from), guards: NO_GUARDS });
    }
  }
  if (stopped.length > 0 || stop === ENDED) return ENDED;
  if (state.of === null) {
    return stop === state.stop ? state : until(node, state.rounds, from, state.taken, state.base, null, stop);
  }
  const found: Result[] = [];
  let of = progress(moment, state.of, found);
  if (of === state.of && stop === state.stop && found.length === 0) return state;
  let { rounds, taken, base } = state;
  for (const result of found) {
    if (node.max !== null && rounds >= node.max) break;
    taken = appended(taken, result.taken, base);
    rounds++;
  }
  if (node.max !== null && rounds >= node.max) {
    if (node.min === node.max) {
      out.push({ taken, guards: NO_GUARDS });
      return ENDED;
    }
    of = ENDED;
  } else if (of === ENDED && found.length > 0) {
    base = taken;
    of = start(moment, node.of, taken, node.inner, NO_GUARDS, []);
  }
  if (of === ENDED && rounds < node.min) return ENDED;
  return until(node, rounds, from, taken, base, of, stop);
}

// --- time ------------------------------------------------------------------------------------

function startNotFor(moment: Moment, node: NotForNode, taken: Taken | null): After {
  const of = start(moment, node.of, taken, null, NO_GUARDS, []);
  return notFor(node, taken, moment.time + node.for, of);
}

function violateNotFor(moment: Moment, state: NotForState, progress: Progress): After {
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

function progressNot(moment: Moment, state: NotState, progress: Progress): After {
  if (state.of === null) return state;
  const found: Result[] = [];
  const takes = moment.takes;
  const of = progress(moment, state.of, found);
  moment.takes = takes;
  if (found.length > 0) {
    moment.ended('forbidden', state.node.label);
    return ENDED;
  }
  return of === state.of ? state : not(state.node, state.taken, of);
}

function startLimit(
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

function progressLimit(moment: Moment, state: LimitState, out: Result[], progress: Progress): After {
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

function offerSpan(moment: Moment, state: SpanState, out: Result[]): After {
  const before = moment.takes;
  const of = offer(moment, state.of, out);
  if (of === ENDED) return ENDED;
  if (of.kind === 'stopped') return STOPPED;
  const begins = state.deadline === Infinity && moment.takes > before;
  const deadline = begins ? moment.time + state.node.ms : state.deadline;
  return of === state.of && !begins ? state : span(state.node, state.taken, deadline, of);
}

function tickSpan(moment: Moment, state: SpanState, out: Result[]): After {
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

/** What each partial match in the state has taken. */
export function partials(state: State): (Taken | null)[] {
  switch (state.kind) {
    case 'on':
    case 'wait':
    case 'notFor':
    case 'not':
      return [state.taken];
    case 'stopped':
      return [];
    case 'guarded':
    case 'span':
    case 'limit':
      return partials(state.of);
    case 'seq':
    case 'loop':
      return state.branches.flatMap(({ of }) => partials(of));
    case 'every':
      return state.instances.flatMap(partials);
    case 'any':
      return state.operands.flatMap((of) => (of === ENDED ? [] : partials(of)));
    case 'until':
      return [state.taken];
    case 'all':
      return [state.operands.reduce<Taken | null>((taken, { of, results }) => {
        const [own] = results.length > 0 || of === null ? [results.at(-1)?.taken ?? null] : partials(of);
        return appended(taken, own ?? null, state.taken);
      }, state.taken)];
  }
}

