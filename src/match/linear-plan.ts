import type { Expression } from '../expression/expression.ts';
import { POSITIONS_MAX } from './linear-runs.ts';
import type { LimitNode, LoopNode, Node, NotBetween, OnNode, Plan, SeqNode } from './plan.ts';

/**
 * Patterns in which a run never branches: single events one after the other (the next one or the
 * first that fits), strict loops that an event either continues or leaves, what may not come
 * between, and an absence at the end. They are what most pattern files are, and a run of one is a
 * position with the events taken so far.
 */
export interface LinearPlan {
  readonly plan: Plan;
  readonly steps: readonly LinearStep[];
  /** The absence that ends the pattern, null where its last step takes an event. */
  readonly absence: Absence | null;
  /** Window of the whole, ms; Infinity where there is none. */
  readonly within: number;
  /** Slot -> position of the step that fills it, or -1. */
  readonly stepOfSlot: readonly number[];
}

export interface LinearStep {
  readonly position: number;
  readonly label: string;
  readonly on: OnNode;
  readonly where: Clause | null;
  readonly strict: boolean;
  readonly loop: boolean;
  /** Rounds; 1 and 1 for a single event. */
  readonly min: number;
  readonly max: number;
  readonly greedy: boolean;
  /** True less than this after the step before, ms; Infinity where it may take its time. */
  readonly within: number;
  /** What may not come before it. */
  readonly nots: readonly LinearNot[];
}

export interface LinearNot {
  readonly label: string;
  readonly types: ReadonlySet<string>;
  readonly where: Clause | null;
}

export interface Absence {
  readonly label: string;
  readonly nots: readonly LinearNot[];
  /** Counted from the step before; Infinity: to the end of the window. */
  readonly for: number;
}

/** A condition with the steps whose events it reads. */
export interface Clause {
  readonly expression: Expression;
  readonly reads: readonly { readonly slot: number; readonly step: number; readonly list: boolean }[];
}

/** Null where the pattern is none of these. */
export function linearPlanOf(plan: Plan): LinearPlan | null {
  const { root, definition } = plan;
  const { strategy } = definition.skip;
  if (definition.starts.mode !== 'any'
    || strategy === 'to-first' || strategy === 'to-last') return null;
  const within = root.kind === 'span' ? root.ms : Infinity;
  const sequence = root.kind === 'span' ? root.of : root;
  if (sequence.kind !== 'seq') return null;
  const parts = sequenceParts(sequence);
  if (parts === null) return null;
  const stepOfSlot = definition.names.map(
    (_, slot) => parts.steps.findIndex(({ on }) => on.slot === slot),
  );
  const clause = (where: Expression | null): Clause | null => (where === null ? null : {
    expression: where,
    reads: where.slots.map((slot) => ({
      slot, step: stepOfSlot[slot] ?? -1, list: definition.names[slot]?.list === true,
    })),
  });
  const not = ({ label, on }: NotParts): LinearNot =>
    ({ label, types: on.types, where: clause(on.where) });
  const steps = parts.steps.map((step, position): LinearStep => ({
    position, label: step.on.label, on: step.on, where: clause(step.on.where),
    strict: position > 0 && step.on.contiguity === 'strict',
    loop: step.loop !== null, min: step.loop?.min ?? 1,
    max: step.loop === null ? 1 : (step.loop.max ?? Infinity),
    greedy: step.loop?.greedy ?? false, within: step.within, nots: step.nots.map(not),
  }));
  const { absence } = parts;
  const ends = absence === null ? null : { ...absence, nots: absence.nots.map(not) };
  if (!steps.every((step) => isSingleFile(step, steps[step.position + 1]))) return null;
  if (steps.at(-1)?.loop === true || steps.length > POSITIONS_MAX - 2) return null;
  // A match at a deadline would have to know how-manieth event its last one was.
  if (ends !== null && strategy === 'past-last') return null;
  const made = { plan, steps, absence: ends, within, stepOfSlot };
  return notsOf(made).length > NOTS_MAX ? null : made;
}

/** All `not`s, in the order of the steps. */
export function notsOf({ steps, absence }: Pick<LinearPlan, 'steps' | 'absence'>): readonly LinearNot[] {
  return [...steps.flatMap(({ nots }) => nots), ...(absence?.nots ?? [])];
}

/** The conditions of the steps by position, then those of the `not`s. */
export function conditionsOf(plan: LinearPlan): readonly (Clause | null)[] {
  return [...plan.steps, ...notsOf(plan)].map(({ where }) => where);
}

/** A loop must not leave two branches behind: an event goes on in it, or leaves it, or ends the run. */
function isSingleFile(step: LinearStep, next: LinearStep | undefined): boolean {
  if (!step.loop || next === undefined) return true;
  if (next.within !== Infinity) return false;
  const disjoint = [...step.on.types].every((type) => !next.on.types.has(type));
  return step.greedy || (next.strict && disjoint);
}

/** Most `not`s of one pattern: bits of a number that stays small. */
const NOTS_MAX = 30;

interface NotParts {
  readonly label: string;
  readonly on: OnNode;
}

interface StepParts {
  readonly on: OnNode;
  readonly loop: LoopNode | null;
  readonly within: number;
  readonly nots: readonly NotParts[];
}

interface SequenceParts {
  readonly steps: readonly StepParts[];
  readonly absence: { label: string; nots: readonly NotParts[]; for: number } | null;
}

function sequenceParts(sequence: SeqNode): SequenceParts | null {
  const steps: StepParts[] = [];
  const { length } = sequence.steps;
  if ((sequence.nots[length] ?? []).length > 0) return null;
  for (const [index, node] of sequence.steps.entries()) {
    const nots = (sequence.nots[index] ?? []).map(notParts);
    const known = nots.filter((not) => not !== null);
    if (known.length < nots.length) return null;
    const absence = index === length - 1 && index > 0 ? absenceParts(node, known) : null;
    if (absence !== null) return { steps, absence };
    const step = stepParts(node, known);
    if (step === null
      || (index === 0 && (step.loop !== null || step.within !== Infinity))) return null;
    steps.push(step);
  }
  return { steps, absence: null };
}

function stepParts(node: Node, nots: readonly NotParts[]): StepParts | null {
  const limited = node.kind === 'limit' ? simpleLimit(node) : node;
  if (limited === null) return null;
  const within = node.kind === 'limit' ? (node.within ?? Infinity) : Infinity;
  if (isSingle(limited)) return { on: limited, loop: null, within, nots };
  if (limited.kind !== 'loop' || !isStrictLoop(limited) || within !== Infinity) return null;
  return isSingle(limited.of) ? { on: limited.of, loop: limited, within, nots } : null;
}

function simpleLimit(node: LimitNode): Node | null {
  return node.atMost === null ? node.of : null;
}

function isSingle(node: Node): node is OnNode {
  return node.kind === 'on' && node.contiguity !== 'any' && node.distinct === null;
}

function isStrictLoop(node: LoopNode): boolean {
  return node.inner === 'strict' && node.gap === null && node.until === null && node.min >= 1;
}

function notParts({ label, of, contiguity }: NotBetween): NotParts | null {
  return contiguity === 'relaxed'
    && isSingle(of) && of.contiguity === 'relaxed' ? { label, on: of } : null;
}

function absenceParts(node: Node, before: readonly NotParts[]): SequenceParts['absence'] {
  const simple = (node.kind === 'notFor'
    && node.else === 'fail') || (node.kind === 'not' && node.truth === 'last');
  if (!simple || !isSingle(node.of) || node.of.contiguity !== 'relaxed') return null;
  const own = { label: node.label, on: node.of };
  return { label: node.label, nots: [...before, own], for: node.kind === 'notFor' ? node.for : Infinity };
}
