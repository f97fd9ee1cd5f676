import type { Contiguity } from '../pattern/definition.ts';
import type { Taken } from './capture.ts';
import type {
  AllNode, AnyNode, EveryNode, LimitNode, LoopNode, NotForNode, NotNode, OnNode, SeqNode, SpanNode,
  UntilNode, WaitNode,
} from './plan.ts';
import type {
  After, AllState, AnyState, EveryState, Guard, GuardedState, LimitState, LoopBranch, LoopState,
  NotForState, NotState, OnState, Operand, SeqBranch, SeqState, SpanState, State, UntilState, WaitState,
} from './state.ts';

/** The states with their derived fields: the earliest moment that concerns them, and their size. */

export function on(
  node: OnNode, taken: Taken | null, contiguity: Contiguity, base: number,
): OnState {
  return { kind: 'on', node, taken, contiguity, base, due: Infinity, size: 1 };
}

export function guarded(guards: readonly Guard[], of: State, taken: Taken | null): GuardedState {
  return { kind: 'guarded', guards, of, taken, due: earliest(of.due, guards), size: of.size };
}

function earliest(due: number, guards: readonly Guard[]): number {
  let least = due;
  for (const guard of guards) if (guard.kind === 'not') least = Math.min(least, guard.of.due);
  return least;
}

export function seq(node: SeqNode, branches: readonly SeqBranch[]): SeqState {
  return { kind: 'seq', node, branches, ...derived(branches.map(({ of }) => of)) };
}

export function all(
  node: AllNode, taken: Taken | null, strict: boolean, operands: readonly Operand[],
): AllState {
  let due = Infinity;
  let size = 1;
  for (const { of, results } of operands) {
    due = results.reduce((least, { guards }) => earliest(least, guards), Math.min(due, of?.due ?? Infinity));
    size += results.length + (of === null ? 0 : of.size - 1);
  }
  return { kind: 'all', node, taken, strict, operands, due, size };
}

export function any(node: AnyNode, operands: readonly After[]): AnyState {
  return { kind: 'any', node, operands, due: derived(operands).due, size: 1 };
}

export function every(
  node: EveryNode, taken: Taken | null, guards: readonly Guard[] | null, instances: readonly State[],
): EveryState {
  const { due, size } = derived(instances);
  return { kind: 'every', node, taken, guards, instances, due: earliest(due, guards ?? []), size };
}

export function wait(node: WaitNode, taken: Taken | null, due: number): WaitState {
  return { kind: 'wait', node, taken, due, size: 1 };
}

export function notFor(
  node: NotForNode, taken: Taken | null, deadline: number, of: After,
): NotForState {
  const due = Math.min(deadline, of?.due ?? Infinity);
  return { kind: 'notFor', node, taken, deadline, of, due, size: 1 };
}

export function not(node: NotNode, taken: Taken | null, of: After): NotState {
  return { kind: 'not', node, taken, of, due: of?.due ?? Infinity, size: 1 };
}

export function loop(
  node: LoopNode, contiguity: Contiguity | null, branches: readonly LoopBranch[], base: number,
): LoopState {
  const { due, size } = derived(branches.map(({ of }) => of));
  const gap = branches.reduce((least, branch) => Math.min(least, branch.gap), Infinity);
  return { kind: 'loop', node, contiguity, branches, base, due: Math.min(due, gap), size };
}

export function until(
  node: UntilNode, rounds: number, start: Taken | null, taken: Taken | null, base: Taken | null,
  of: State | null, stop: State,
): UntilState {
  const due = Math.min(stop.due, of?.due ?? Infinity);
  return { kind: 'until', node, rounds, start, taken, base, of, stop, due, size: 1 };
}

export function span(
  node: SpanNode, taken: Taken | null, deadline: number, of: State,
): SpanState {
  return { kind: 'span', node, taken, deadline, of, due: Math.min(deadline, of.due), size: of.size };
}

export function limit(
  node: LimitNode, taken: Taken | null, deadline: number, left: number, of: State,
): LimitState {
  const due = Math.min(deadline, of.due);
  return { kind: 'limit', node, taken, deadline, left, of, due, size: of.size };
}

function derived(parts: readonly After[]): { due: number; size: number } {
  let due = Infinity;
  let size = 0;
  for (const part of parts) {
    if (part === null) continue;
    due = Math.min(due, part.due);
    size += part.size;
  }
  return { due, size };
}
