import type { FieldsRead } from '../expression/expression.ts';
import { conditionsOf, notsOf } from './linear-plan.ts';
import type { Clause, LinearNot, LinearPlan, LinearStep } from './linear-plan.ts';
import { Pool } from './shared.ts';

/**
 * All that an event touches of a linear pattern but for the names of its types and its conditions:
 * those have numbers here. Patterns that differ in nothing else share one shape, so that a
 * thousand of them visited in turn are read from the same few places.
 */
export interface LinearShape {
  readonly steps: readonly StepShape[];
  readonly absence: AbsenceShape | null;
  /** Window of the whole, ms; Infinity where there is none. */
  readonly within: number;
  /** Number of a type -> what events of it are to the pattern. */
  readonly ofTypes: readonly OfType[];
  /** Slot -> position of the step that fills it, or -1, and whether it reads as a list. */
  readonly captures: readonly { readonly step: number; readonly list: boolean }[];
  /** Deadlines count from the first event alone: the run that began first is due first. */
  readonly inOrder: boolean;
  readonly skip: 'first-wins' | 'none' | 'to-next' | 'past-last';
  readonly timesOut: boolean;
  readonly runsMax: number;
  readonly bytesMax: number;
}

export interface StepShape extends Omit<LinearStep, 'on' | 'where' | 'nots'> {
  readonly where: ClauseShape | null;
  readonly nots: readonly NotShape[];
  /** Fields of a taken event that something reads later. */
  readonly keep: FieldsRead;
}

export interface NotShape {
  readonly label: string;
  /** Of `OfType.forbids`. */
  readonly bit: number;
  readonly where: ClauseShape | null;
}

export interface AbsenceShape {
  readonly label: string;
  readonly nots: readonly NotShape[];
  /** Counted from the step before; Infinity: to the end of the window. */
  readonly for: number;
}

export interface ClauseShape {
  /** Position among the pattern's conditions. */
  readonly number: number;
  readonly reads: Clause['reads'];
  /** Of the step, for what is told of it. */
  readonly label: string;
}

/** What events of a type are to the pattern, as bits. */
export interface OfType {
  /** Positions at which a run can change. */
  readonly concerns: number;
  /** Positions of the steps that name the type. */
  readonly fits: number;
  /** Which of the `not`s name it. */
  readonly forbids: number;
}

export function linearShapeOf(plan: LinearPlan): LinearShape {
  const shape = new ShapeMaker(plan).shape();
  const steps = STEPS.shared(keyOf(shape.steps), shape.steps);
  const ofTypes = TYPES.shared(keyOf(shape.ofTypes), shape.ofTypes);
  return SHAPES.shared(keyOf(shape), { ...shape, steps, ofTypes });
}

const STEPS = new Pool<readonly StepShape[]>();
const TYPES = new Pool<readonly OfType[]>();
const SHAPES = new Pool<LinearShape>();

function keyOf(shape: unknown): string {
  return JSON.stringify(shape, (_, value: unknown) => (value === Infinity ? 'never' : value));
}

class ShapeMaker {
  private readonly plan: LinearPlan;
  private readonly nots: readonly LinearNot[];
  private readonly clauses: readonly (Clause | null)[];

  constructor(plan: LinearPlan) {
    this.plan = plan;
    this.nots = notsOf(plan);
    this.clauses = conditionsOf(plan);
  }

  shape(): LinearShape {
    const { steps, absence, within, stepOfSlot, plan: { definition, types } } = this.plan;
    const { strategy } = definition.skip;
    if (strategy === 'to-first' || strategy === 'to-last') throw new Error('not a linear pattern');
    return {
      steps: steps.map((step) => this.step(step)),
      absence: absence === null ? null
        : { label: absence.label, for: absence.for, nots: absence.nots.map((not) => this.not(not)) },
      within,
      ofTypes: [...types].map((type) => this.ofType(type)),
      captures: stepOfSlot.map((step, slot) => ({ step, list: definition.names[slot]?.list === true })),
      inOrder: steps.every((step) => step.within === Infinity)
        && (absence === null || absence.for === Infinity || steps.length === 1),
      skip: strategy,
      timesOut: definition.timeout.length > 0,
      runsMax: definition.limits.runs,
      bytesMax: definition.limits.bytes,
    };
  }

  private step({ on, where, nots, ...step }: LinearStep): StepShape {
    return {
      ...step, where: this.clause(where, step.label), nots: nots.map((not) => this.not(not)),
      keep: on.keep,
    };
  }

  private not(not: LinearNot): NotShape {
    const { label, where } = not;
    return { label, bit: 1 << this.nots.indexOf(not), where: this.clause(where, label) };
  }

  private clause(clause: Clause | null, label: string): ClauseShape | null {
    if (clause === null) return null;
    return { number: this.clauses.indexOf(clause), reads: clause.reads, label };
  }

  private ofType(type: string): OfType {
    const { steps, absence } = this.plan;
    const has = ({ types }: LinearNot): boolean => types.has(type);
    let concerns = 0;
    let fits = 0;
    let forbids = 0;
    steps.forEach((step, position) => {
      const before = steps[position - 1];
      if (step.on.types.has(type)) fits |= 1 << position;
      const concerned = step.strict || step.loop || step.on.types.has(type) || step.nots.some(has)
        || (before?.greedy === true && before.on.types.has(type));
      if (position > 0 && concerned) concerns |= 1 << position;
    });
    if (absence?.nots.some(has) === true) concerns |= 1 << steps.length;
    this.nots.forEach((not, i) => {
      if (has(not)) forbids |= 1 << i;
    });
    return { concerns, fits, forbids };
  }
}
