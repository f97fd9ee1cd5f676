import type { Contiguity } from '../pattern/definition.ts';
import { appended } from './capture.ts';
import type { Taken } from './capture.ts';
import { armed, held } from './guards.ts';
import type { Moment } from './moment.ts';
import type { AllNode, AnyNode, SeqNode } from './plan.ts';
import { offer, start, tick } from './process.ts';
import type { Progress } from './process.ts';
import { all, any, seq } from './state-of.ts';
import { ENDED, NO_GUARDS, STOPPED } from './state.ts';
import type {
  After, AllState, AnyState, Guard, Operand, Result, SeqBranch, SeqState,
} from './state.ts';

/** Steps one after the other, in any order, and as alternatives. */

export function startSeq(
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

export function progressSeq(
  moment: Moment, state: SeqState, out: Result[], progress: Progress,
): After {
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

export function startAll(
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

export function progressAll(
  moment: Moment, state: AllState, out: Result[], progress: Progress,
): After {
  const operands = state.operands.map((operand) => stillTrue(moment, operand, progress));
  const known = operands.map(({ results }) => results.length);
  const before = moment.takes;
  let changed = operands.some((operand, index) => operand !== state.operands[index]);
  if (operands.some(({ of, results }) => of === ENDED && results.length === 0)) return ENDED;
  for (const index of state.node.asked) {
    const operand = operands[index];
    if (operand === undefined || operand.of === null) continue;
    const found: Result[] = [];
    const of = progress(moment, operand.of, found);
    if (of === operand.of && found.length === 0) continue;
    changed = true;
    const results = found.length === 0 ? operand.results : [...operand.results, ...found];
    if (of === ENDED && (results.length === 0 || operand.of.kind === 'not')) {
      // What fails at an event has not taken it, whichever operand was asked first.
      moment.takes = before;
      return ENDED;
    }
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

/** Without the results after which came what they forbid. */
function stillTrue(moment: Moment, operand: Operand, progress: Progress): Operand {
  let changed = false;
  const results: Result[] = [];
  for (const result of operand.results) {
    const guards = result.guards.length === 0 ? NO_GUARDS : held(moment, result.guards, progress);
    if (guards !== result.guards) changed = true;
    if (guards !== null) results.push(guards === result.guards ? result : { ...result, guards });
  }
  return changed ? { of: operand.of, results } : operand;
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
  const pick = (
    index: number, taken: Taken | null, guards: readonly Guard[], fresh: boolean,
  ): void => {
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

export function startAny(
  moment: Moment, node: AnyNode, taken: Taken | null, contiguity: Contiguity,
  guards: readonly Guard[], out: Result[],
): After {
  const operands: After[] = [];
  for (const of of node.of) {
    const before = out.length;
    const given = contiguity === 'relaxed' ? null : contiguity;
    const state = start(moment, of, taken, given, guards, out);
    if (state === ENDED && out.length > before) return ENDED;
    operands.push(state);
  }
  return afterAny(node, operands);
}

export function progressAny(
  moment: Moment, state: AnyState, out: Result[], progress: Progress,
): After {
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

export function tickAny(moment: Moment, state: AnyState, out: Result[]): After {
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
