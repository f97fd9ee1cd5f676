import type { Frame } from '../expression/expression.ts';
import type { Condition, SegmentDefinition } from '../pattern/segment-definition.ts';
import type { Reason, SegmentMachine } from './contract.ts';
import { countLeaf } from './count.ts';
import { distinctLeaf } from './distinct.ts';
import { latestLeaf } from './latest.ts';
import type { EventFrame, Leaf } from './leaf.ts';
import { sumLeaf } from './sum.ts';

/** Above it "at least k" is counted by panes: the last k times would be too many to keep. */
export const EXACT_COUNT_MAX = 256;

type States = unknown[];

/** The machine of a checked segment. */
export function compileSegment(definition: SegmentDefinition): SegmentMachine {
  const leaves: Leaf[] = [];
  const segments = new Set<string>();
  const evaluate = compileCondition(definition.member, leaves, segments);
  const types = new Set(leaves.flatMap((leaf) => leaf.types));
  const frame: Frame = { event: null, captures: [], now: 0 };

  const machine: SegmentMachine<States> = {
    definition,
    types,
    segments: [...segments],
    holdsEmpty: evaluate(leaves.map((leaf) => leaf.empty()), 0, () => false),
    empty: () => leaves.map((leaf) => leaf.empty()),
    isEmpty: (states) => leaves.every((leaf, i) => leaf.isEmpty(states[i])),
    accept(states, event, now) {
      frame.event = event;
      frame.now = now;
      let changed = false;
      for (let i = 0; i < leaves.length; i++) {
        if (leaves[i]?.accept(states[i], frame as EventFrame)) changed = true;
      }
      return changed;
    },
    advance(states, now) {
      leaves.forEach((leaf, i) => leaf.advance(states[i], now));
    },
    holds: (states, now, isMember) => evaluate(states, now, isMember),
    reasons: (states, now, isMember) =>
      reasonsOf(definition.member, leaves, states, now, isMember),
    due(states) {
      let due = Infinity;
      leaves.forEach((leaf, i) => {
        due = Math.min(due, leaf.due(states[i]) ?? Infinity);
      });
      return due === Infinity ? null : due;
    },
    encode: (states) => leaves.map((leaf, i) => leaf.encode(states[i])),
    decode: (cells) => leaves.map((leaf, i) => leaf.decode(cells[i] as readonly unknown[])),
  };
  return machine as SegmentMachine;
}

/**
 * How long a new segment is `backfilling`, ms after it was published: its longest window. A latest
 * value without a window is known as soon as the member does something, and does not count.
 */
export function backfillTime(condition: Condition): number {
  switch (condition.kind) {
    case 'segment':
      return 0;
    case 'not':
      return backfillTime(condition.of);
    case 'all':
    case 'any':
      return Math.max(...condition.of.map(backfillTime));
    default:
      return condition.within ?? 0;
  }
}

type Evaluate = (states: States, now: number, isMember: (id: string) => boolean) => boolean;

function compileCondition(condition: Condition, leaves: Leaf[], segments: Set<string>): Evaluate {
  switch (condition.kind) {
    case 'all': {
      const parts = condition.of.map((part) => compileCondition(part, leaves, segments));
      return (states, now, isMember) => parts.every((part) => part(states, now, isMember));
    }
    case 'any': {
      const parts = condition.of.map((part) => compileCondition(part, leaves, segments));
      return (states, now, isMember) => parts.some((part) => part(states, now, isMember));
    }
    case 'not': {
      const part = compileCondition(condition.of, leaves, segments);
      return (states, now, isMember) => !part(states, now, isMember);
    }
    case 'segment': {
      const { segment } = condition;
      segments.add(segment);
      return (_states, _now, isMember) => isMember(segment);
    }
    default: {
      const leaf = leafOf(condition);
      const index = leaves.push(leaf) - 1;
      return (states, now) => leaf.holds(states[index], now);
    }
  }
}

function leafOf(condition: Extract<Condition, { of: { types: readonly string[] } }>): Leaf {
  const { path, of } = condition;
  switch (condition.kind) {
    case 'count': {
      if (condition.atLeast <= EXACT_COUNT_MAX) return countLeaf(condition) as Leaf;
      const { within, atLeast } = condition;
      const what = of.types.join(' or ');
      return sumLeaf({ path, of, within, atLeast, amount: () => 1, what }) as Leaf;
    }
    case 'sum': {
      const { within, atLeast, field } = condition;
      const amount = ({ event }: EventFrame) => {
        const value = event.data[field];
        return typeof value === 'number' && Number.isFinite(value) ? value : null;
      };
      return sumLeaf({ path, of, within, atLeast, amount, what: `sum of ${field}` }) as Leaf;
    }
    case 'distinct':
      return distinctLeaf(condition) as Leaf;
    case 'latest':
      return latestLeaf(condition) as Leaf;
  }
}

/** Every leaf with what it found, in order of the file: why somebody entered or left. */
function reasonsOf(
  member: Condition,
  leaves: readonly Leaf[],
  states: States,
  now: number,
  isMember: (id: string) => boolean,
): Reason[] {
  const reasons: Reason[] = [];
  let next = 0;
  const visit = (condition: Condition): void => {
    if (condition.kind === 'all' || condition.kind === 'any') condition.of.forEach(visit);
    else if (condition.kind === 'not') visit(condition.of);
    else if (condition.kind === 'segment') {
      const holds = isMember(condition.segment);
      const text = `${holds ? '' : 'not '}a member of ${condition.segment}`;
      reasons.push({ path: condition.path, holds, text, times: [] });
    } else {
      const leaf = leaves[next] as Leaf;
      const state = states[next++];
      reasons.push({
        path: leaf.path,
        holds: leaf.holds(state, now),
        text: leaf.describe(state, now),
        times: leaf.times(state, now),
      });
    }
  };
  visit(member);
  return reasons;
}
