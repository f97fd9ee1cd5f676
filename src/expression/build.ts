import type { ASTNode } from './check.ts';
import { EvaluationError } from './expression.ts';
import type { ConstantComparison, Expression, FieldsRead, Frame, Value } from './expression.ts';
import { LOOP_STEPS_MAX, node, signal, wrongType } from './nodes.ts';
import type { Evaluate, Node, Origin, Result } from './nodes.ts';
import type { FunctionDefinition } from './scope.ts';
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
  const { source, root, reads, nodes, loops } = finished;
  const { test } = root;
  const slots = [...reads.keys()].filter((origin) => origin !== 'event').sort((a, b) => a - b);
  const evaluate = (frame: Frame): Value | EvaluationError => {
    signal.stepsLeft = LOOP_STEPS_MAX;
    return finished.evaluate(frame);
  };
  return {
    source,
    slots,
    eventFields: fieldsRead(reads.get('event')),
    captureFields: new Map(slots.map((slot) => [slot, fieldsRead(reads.get(slot))])),
    constants: uniqueConstants(root.comparisons),
    cost: loops === 0 ? nodes : nodes * (1 + LOOP_STEPS_MAX),
    constant: root.constant,
    evaluate,
    test(frame, onError) {
      signal.stepsLeft = LOOP_STEPS_MAX;
      if (onError === undefined) return test(frame);
      signal.failed = false;
      if (test(frame)) return true;
      if (signal.failed) {
        const value = evaluate(frame);
        if (value instanceof EvaluationError) onError(value);
        else if (value !== false) onError(notBoolean);
      }
      return false;
    },
    trace: (frame) => traceOf(source, root, frame),
  };
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
