import type { Event, Json } from '../event/event.ts';
import { EvaluationError } from './expression.ts';
import type { Condition, ConstantComparison, Frame, Value } from './expression.ts';
import type { Shape } from './scope.ts';

/** Pieces that all closures share: the node, the signal, plain values of events. */

export type Result = Value | EvaluationError;
export type Evaluate = (frame: Frame) => Result;

/** Where an event comes from: the event being tried, or a slot. */
export type Origin = 'event' | number;

/** One compiled node of the syntax tree. */
export interface Node {
  readonly shape: Shape;
  readonly origins: readonly Origin[];
  /** Event types, where the shape is event or events. */
  readonly types: readonly string[];
  readonly start: number;
  readonly end: number;
  readonly evaluate: Evaluate;
  /** As a condition: an error counts as false and raises `signal.failed`. */
  readonly test: Condition;
  readonly parts: readonly Node[];
  /** Value where it is the same in every frame, else undefined. */
  readonly constant: Result | undefined;
  /** `event.FIELD` or `name.FIELD`, the reads that comparisons are specialised for. */
  readonly read: { readonly origin: Origin; readonly field: string } | null;
  /** Each holds wherever the condition is true. */
  readonly comparisons: readonly ConstantComparison[];
  /** For a loop: runs its body once per element, for the trace. */
  readonly loop: LoopTrace | null;
}

export interface LoopTrace {
  readonly list: Node;
  readonly body: Node;
  bind(element: Value): void;
}

/**
 * Raised where a condition met an error, so that an expression that came out false can be told
 * from one that failed without evaluating it twice each time; and the steps left for loops.
 * Evaluation is synchronous and does not nest, so one of each is enough.
 */
export const signal = { failed: false, stepsLeft: 0 };

/** Steps that all loops of one evaluation may take together. */
export const LOOP_STEPS_MAX = 10_000;

/** Whether a clause is true; null where it has no value. */
export function tried(condition: Condition, frame: Frame): boolean | null {
  signal.stepsLeft = LOOP_STEPS_MAX;
  signal.failed = false;
  return condition(frame) || (signal.failed ? null : false);
}

export const COST_EXCEEDED = new EvaluationError(
  'cost_exceeded',
  `loops took more than ${LOOP_STEPS_MAX} steps`,
);

/** What a name holds whose step took nothing: reads as an empty map. */
export const NOTHING: Event = { id: '', type: '', time: 0, family: 'derived', data: {} };

export const NO_EVENTS: readonly Event[] = [];

export function wrongType(detail: string): EvaluationError {
  return new EvaluationError('wrong_type', detail);
}

export function testOf(evaluate: Evaluate): Condition {
  return (frame) => {
    const value = evaluate(frame);
    if (value === true) return true;
    if (value !== false) signal.failed = true;
    return false;
  };
}

export interface NodeOptions extends Partial<Node> {
  readonly evaluate: Evaluate;
  readonly start: number;
  readonly end: number;
}

export function node(options: NodeOptions): Node {
  return {
    shape: 'value',
    origins: [],
    types: [],
    parts: [],
    constant: undefined,
    read: null,
    comparisons: [],
    loop: null,
    test: testOf(options.evaluate),
    ...options,
  };
}

const NO_FRAME: Frame = { event: null, captures: [], now: 0 };

/** A node whose parts are all constant is evaluated now; events and `now` are never constant. */
export function folded(made: Node): Node {
  if (made.parts.length === 0 || made.loop) return made;
  if (made.parts.some((part) => part.constant === undefined)) return made;
  const constant = made.evaluate(NO_FRAME);
  return { ...made, constant, evaluate: () => constant, test: testOf(() => constant) };
}

/** A plain map: neither null, nor a list. */
export function isMap(value: Result): value is { readonly [name: string]: Json } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof EvaluationError)
  );
}

/** JavaScript's own members must not show through as fields. */
export function onPrototype(field: string): boolean {
  return field in Object.prototype;
}

/** The event or events of a node as the maps of their fields. */
export function plainValue(value: Result, shape: Shape): Result {
  if (shape === 'value' || value instanceof EvaluationError) return value;
  if (shape === 'event') return (value as Event).data as Value;
  return (value as readonly Event[]).map((event) => event.data as Value);
}

export function typeWord(value: Result): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'number':
      return 'a number';
    case 'string':
      return 'text';
    case 'boolean':
      return 'a boolean';
    default:
      return 'a map';
  }
}
