import type { Event, Json } from '../event/event.ts';

/**
 * A checked and compiled CEL expression, as the matcher, segments, emission and feed use it.
 * Compiled to closures by `compileExpression`; no code is generated.
 */

/** What an expression can read: the event being tried and what earlier steps took, by slot. */
export interface Frame {
  /** The event being tried; null where there is none (emission at a deadline). */
  event: Event | null;
  /**
   * Slot of a name -> the event it took, the events (a name that repeats), or undefined where
   * nothing was taken. Filled at least for the `slots` of the expression to be evaluated.
   */
  captures: (Event | readonly Event[] | undefined)[];
  /** Time of the evaluation, ms: the clock of the key, never the wall clock. */
  now: number;
}

/** A value of CEL as our closures hold it: numbers are doubles, maps are plain objects. */
export type Value = Json | Event | readonly Value[];

/** Why an expression has no value. */
export type ErrorKind =
  'missing_field' | 'wrong_type' | 'no_value' | 'cost_exceeded' | 'bad_argument';

/**
 * An error value. It passes through every operator, `!` included, except where the other operand
 * of `&&` or `||` decides alone. A class, so that no data of an event can be taken for one.
 */
export class EvaluationError {
  readonly error: ErrorKind;
  /** What was missing or wrong, for instance `event.amount is missing`. */
  readonly detail: string;

  constructor(error: ErrorKind, detail: string) {
    this.error = error;
    this.detail = detail;
  }
}

/** Fields of one name that an expression reads: `'*'` means the whole event. */
export type FieldsRead = readonly string[] | '*';

/**
 * `event.FIELD == LITERAL`, `event.FIELD in [LITERALS]`, or `||` of such: the field is one of the
 * values wherever the whole clause is true.
 */
export interface ConstantComparison {
  readonly field: string;
  readonly values: readonly (string | number | boolean)[];
}

/** One node of a traced evaluation: source text, value (or error) and the parts below it. */
export interface Trace {
  readonly source: string;
  readonly value: Value | EvaluationError;
  readonly parts: readonly Trace[];
}

/**
 * An expression as a bare clause, for `tried` (`nodes.ts`): what the matcher holds of it, so that an
 * event reads no more than the closure.
 */
export type Condition = (frame: Frame) => boolean;

export interface Expression {
  readonly source: string;
  readonly condition: Condition;
  /** Slots of captured names that it reads, ascending. */
  readonly slots: readonly number[];
  /** Fields read of `event`. */
  readonly eventFields: FieldsRead;
  /** Fields read of each captured slot. */
  readonly captureFields: ReadonlyMap<number, FieldsRead>;
  /** Conjuncts the pattern index can use. */
  readonly constants: readonly ConstantComparison[];
  /** Upper bound of closure steps for one evaluation; loops are cut off at it with an error. */
  readonly cost: number;
  /** Its value where it is the same for every frame (`1 < 2`), else undefined. */
  readonly constant: Value | EvaluationError | undefined;
  evaluate(frame: Frame): Value | EvaluationError;
  /** As a clause: an error counts as false, and is reported to `onError` when given. */
  test(frame: Frame, onError?: (error: EvaluationError) => void): boolean;
  trace(frame: Frame): Trace;
}

/** Text with `${...}` parts, or a literal. A part that stands alone keeps its type. */
export interface Template {
  readonly source: Json;
  readonly slots: readonly number[];
  readonly captureFields: ReadonlyMap<number, FieldsRead>;
  /** Errors give null inside the value and are reported. */
  render(frame: Frame, onError?: (error: EvaluationError) => void): Json;
}

export function isEvaluationError(value: unknown): value is EvaluationError {
  return value instanceof EvaluationError;
}
