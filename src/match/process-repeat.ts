import type { Contiguity } from '../pattern/definition.ts';
import { appended } from './capture.ts';
import type { Taken } from './capture.ts';
import { armed, couldTake, held, passedBy } from './guards.ts';
import type { Moment } from './moment.ts';
import type { EveryNode, LoopNode, Node, UntilNode } from './plan.ts';
import { offer, start, tick } from './process.ts';
import type { Progress } from './process.ts';
import { every, loop, until } from './state-of.ts';
import { ENDED, NO_GUARDS, STOPPED } from './state.ts';
import type {
  After, EveryState, Guard, LoopBranch, LoopState, Result, State, UntilState,
} from './state.ts';

/** What begins again: `every`, loops, rounds up to another step. */

export function startEvery(
  moment: Moment, node: EveryNode, taken: Taken | null, contiguity: Contiguity | null,
  guards: readonly Guard[], out: Result[],
): After {
  const first = start(moment, node.of, taken, contiguity, guards, out);
  return first === ENDED ? ENDED : every(node, taken, guards, [first]);
}

export function progressEvery(
  moment: Moment, state: EveryState, out: Result[], progress: Progress,
): After {
  const { node, taken } = state;
  const instances: State[] = [];
  const guards = state.guards === null ? null : held(moment, state.guards, progress);
  let changed = guards !== state.guards;
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
  for (; again > 0 && guards !== null; again--) {
    const of = start(moment, node.of, taken, null, guards, out);
    if (of !== ENDED) instances.push(of);
  }
  if (!changed) return state;
  if (instances.length === 0) return ENDED;
  return instances.every((of) => of.kind === 'stopped') ? STOPPED : every(node, taken, guards, instances);
}

export function startLoop(
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
  // A round that came true at its start took nothing, and so may all that are still wanted: they
  // need not be begun. Where none is wanted, what it would add is the result of the round before.
  if (rounds < node.min) for (const nothing of found) leaveRound(node, nothing, base, out);
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

export function offerLoop(moment: Moment, state: LoopState, out: Result[]): After {
  const { node } = state;
  const branches: LoopBranch[] = [];
  let changed = false;
  for (const branch of state.branches) {
    if (node.until !== null && moment.holds(node.until, branch.taken, node.label)) {
      const of = passesStart(moment, state, branch) ? passedBy(moment, branch.of) : ENDED;
      if (of !== branch.of) changed = true;
      if (of !== ENDED) branches.push(of === branch.of ? branch : { ...branch, of });
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

/** Before its first event a loop skips what does not fit it, an event that would close it as well. */
function passesStart(moment: Moment, state: LoopState, branch: LoopBranch): boolean {
  const { node: { of }, contiguity, base } = state;
  if (of.kind !== 'on' || branch.rounds > 0) return false;
  return contiguity === 'any'
    || (contiguity === 'relaxed' && !couldTake(moment, of, branch.taken, base));
}

export function tickLoop(moment: Moment, state: LoopState, out: Result[]): After {
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

/** Rounds are counted here, so one that comes true at its start, with nothing, is none. */
export function startUntil(
  moment: Moment, node: UntilNode, taken: Taken | null, contiguity: Contiguity | null,
): After {
  const stop = start(moment, node.stop, taken, null, NO_GUARDS, []);
  if (stop === ENDED) return ENDED;
  const of = node.max === 0 ? null : start(moment, node.of, taken, contiguity, NO_GUARDS, []);
  return until(node, 0, taken, taken, taken, of, stop);
}

export function progressUntil(
  moment: Moment, state: UntilState, out: Result[], progress: Progress,
): After {
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
    return stop === state.stop
      ? state
      : until(node, state.rounds, from, state.taken, state.base, null, stop);
  }
  const found: Result[] = [];
  let of = progress(moment, state.of, found);
  if (of === state.of && stop === state.stop && found.length === 0) return state;
  // A round that fails, fails it all: what was gathered is not what was asked for.
  if (of === ENDED && found.length === 0) return ENDED;
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
