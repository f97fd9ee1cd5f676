import type { ASTNode } from './check.ts';
import { EvaluationError } from './expression.ts';
import type {
  Condition, ConstantComparison, Expression, FieldsRead, Frame, Trace, Value,
} from './expression.ts';
import { LOOP_STEPS_MAX, node, signal, tried, wrongType } from './nodes.ts';
import type { Evaluate, Node, Origin, Result } from './nodes.ts';
import type { ExpressionProblem, FunctionDefinition } from './scope.ts';
import { traceOf } from './trace.ts';

/** Compiled nodes into what the rest of Parley sees; calls of functions. */

export type Reads = ReadonlyMap<Origin, ReadonlySet<string> | '*'>;

export interface Finished {
  readonly source: string;
  readonly root: Node;
  /** The root as a plain value. */
  readonly evaluate: Evaluate;
  readonly reads: Reads;
  readonly nodes: number;
  readonly loops: number;
}

const notBoolean = wrongType('the clause is neither true nor false');

export function buildExpression(finished: Finished): Expression {
  return new Compiled(finished);
}

/**
 * One object and the closures of its root: the fewer places an evaluation reads from, the less
 * a thousand expressions visited in turn cost.
 */
class Compiled implements Expression {
  readonly condition: Condition;
  private readonly value: Evaluate;
  private readonly root: Node;
  readonly source: string;
  readonly slots: readonly number[];
  readonly eventFields: FieldsRead;
  readonly captureFields: ReadonlyMap<number, FieldsRead>;
  readonly constants: readonly ConstantComparison[];
  readonly cost: number;
  readonly constant: Value | EvaluationError | undefined;

  constructor({ source, root, evaluate, reads, nodes, loops }: Finished) {
    this.condition = root.test;
    this.value = evaluate;
    this.root = root;
    this.source = source;
    this.slots = [...reads.keys()].filter((origin) => origin !== 'event').sort((a, b) => a - b);
    this.eventFields = fieldsRead(reads.get('event'));
    this.captureFields = new Map(this.slots.map((slot) => [slot, fieldsRead(reads.get(slot))]));
    this.constants = uniqueConstants(root.comparisons);
    this.cost = loops === 0 ? nodes : nodes * (1 + LOOP_STEPS_MAX);
    this.constant = root.constant;
  }

  evaluate(frame: Frame): Value | EvaluationError {
    signal.stepsLeft = LOOP_STEPS_MAX;
    return this.value(frame);
  }

  test(frame: Frame, onError?: (error: EvaluationError) => void): boolean {
    const answer = tried(this.condition, frame);
    if (answer === null && onError !== undefined) {
      const value = this.evaluate(frame);
      if (value instanceof EvaluationError) onError(value);
      else if (value !== false) onError(notBoolean);
    }
    return answer === true;
  }

  trace(frame: Frame): Trace {
    return traceOf(this.source, this.root, frame);
  }
}

function fieldsRead(fields: ReadonlySet<string> | '*' | undefined): FieldsRead {
  return fields === '*' ? '*' : [...(fields ?? [])].sort();
}

function uniqueConstants(comparisons: Node['comparisons']): readonly ConstantComparison[] {
  const seen = new Map(comparisons.map((entry) => [JSON.stringify(entry), entry]));
  return [...seen.values()];
}

export function callNode(
  definition: FunctionDefinition,
  args: readonly Node[],
  tree: ASTNode,
): Node {
  const { evaluate: give, givesElement } = definition;
  const shapes = args.map(({ shape }) => shape);
  const evaluate = calling(args.map((argument) => argument.evaluate), (values) =>
    give(values, shapes));
  const { start, end } = tree;
  const [list] = args;
  const event = givesElement === true && list?.shape === 'events';
  if (!event) return node({ start, end, evaluate, parts: args });
  const { origins, types } = list!;
  return node({ start, end, evaluate, parts: args, shape: 'event', origins, types });
}

/**
 * `sum(offer, 'amount')`, where `offer` is one event: what is wrong with it, else null. A list of
 * one would hide that the step lacks `times`, and be a second way to write `offer.amount`.
 */
export function oneForList(
  { name, signatures, fieldArgument }: FunctionDefinition,
  args: readonly Node[],
  textOf: (part: Node) => string,
): Pick<ExpressionProblem, 'message' | 'fix'> | null {
  const [event] = args;
  if (event?.shape !== 'event' || !signatures[0]!.startsWith(`${name}(list<`)) return null;
  const text = textOf(event);
  const field = fieldArgument === undefined ? undefined : args[fieldArgument]?.constant;
  const plain = typeof field === 'string' ? `${text}.${field}` : text;
  return {
    message: `${name}() wants a list, and ${text} is one event.`,
    fix: `Write ${plain}; a list is what a step with \`times\` takes.`,
  };
}

/** Most functions take one argument: a list of known length is made without growing it. */
function calling(
  evaluates: readonly Evaluate[], give: (values: readonly Value[]) => Result,
): Evaluate {
  const [only] = evaluates;
  if (only !== undefined && evaluates.length === 1) {
    return (frame) => {
      const value = only(frame);
      return value instanceof EvaluationError ? value : give([value]);
    };
  }
  return (frame) => {
    const values: Value[] = [];
    for (const argument of evaluates) {
      const value = argument(frame);
      if (value instanceof EvaluationError) return value;
      values.push(value);
    }
    return give(values);
  };
}
