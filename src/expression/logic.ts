import { EvaluationError } from './expression.ts';
import type { Condition, Value } from './expression.ts';
import { COST_EXCEEDED, node, plainValue, signal, typeWord, wrongType } from './nodes.ts';
import type { Evaluate, Node, Result } from './nodes.ts';

/** `&&`, `||`, `!`, `? :`, arithmetic, and literals of lists and maps. */

function asBoolean(source: string, value: Result): EvaluationError {
  if (value instanceof EvaluationError) return value;
  return wrongType(`${source}: ${typeWord(value)} where true or false is wanted`);
}

/**
 * `&&` (deciding value false) and `||` (deciding value true): the deciding value wins over an
 * error on either side, as in CEL.
 */
export function logical(source: string, decides: boolean, left: Node, right: Node): Node {
  const [l, r] = [left.evaluate, right.evaluate];
  const evaluate: Evaluate = (frame) => {
    const a = l(frame);
    if (a === decides) return decides;
    const b = r(frame);
    if (b === decides) return decides;
    if (typeof a !== 'boolean') return asBoolean(source, a);
    if (typeof b !== 'boolean') return asBoolean(source, b);
    return !decides;
  };
  const [lt, rt] = [left.test, right.test];
  const test: Condition = decides
    ? (frame) => lt(frame) || rt(frame)
    : (frame) => lt(frame) && rt(frame);
  const comparisons = decides
    ? eitherOf(left.comparisons, right.comparisons)
    : [...left.comparisons, ...right.comparisons];
  const { start } = left;
  return node({ start, end: right.end, evaluate, test, comparisons, parts: [left, right] });
}

/** Of `||`, what both sides say about one field. */
function eitherOf(
  left: Node['comparisons'], right: Node['comparisons'],
): Node['comparisons'] {
  return left.flatMap(({ field, values }) => {
    const other = right.find((one) => one.field === field);
    return other === undefined ? [] : [{ field, values: [...new Set([...values, ...other.values])] }];
  });
}

export function not(source: string, start: number, operand: Node): Node {
  const inner = operand.evaluate;
  const evaluate: Evaluate = (frame) => {
    const value = inner(frame);
    return typeof value === 'boolean' ? !value : asBoolean(source, value);
  };
  return node({ start, end: operand.end, evaluate, parts: [operand] });
}

export function ternary(source: string, condition: Node, yes: Node, no: Node): Node {
  const [c, y, n] = [condition.evaluate, yes.evaluate, no.evaluate];
  const evaluate: Evaluate = (frame) => {
    const value = c(frame);
    if (value === true) return y(frame);
    if (value === false) return n(frame);
    return asBoolean(source, value);
  };
  const options = { start: condition.start, end: no.end, evaluate, parts: [condition, yes, no] };
  if (yes.shape === 'value') return node(options);
  const origins = [...new Set([...yes.origins, ...no.origins])];
  const types = [...new Set([...yes.types, ...no.types])];
  return node({ ...options, shape: yes.shape, origins, types });
}

const notFinite = (source: string): EvaluationError =>
  new EvaluationError('bad_argument', `${source}: the result is not a number (division by zero?)`);

/** Longest text or list that an expression may build, in characters or elements. */
const BUILT_MAX = 65_536;

export function arithmetic(source: string, operator: string, left: Node, right: Node): Node {
  const [l, r] = [left.evaluate, right.evaluate];
  const calculate = CALCULATE[operator]!;
  const infinite = notFinite(source);
  const evaluate: Evaluate = (frame) => {
    const a = l(frame);
    if (a instanceof EvaluationError) return a;
    const b = r(frame);
    if (b instanceof EvaluationError) return b;
    if (typeof a === 'number' && typeof b === 'number') {
      const result = calculate(a, b);
      return Number.isFinite(result) ? result : infinite;
    }
    return (operator === '+' ? joined(a, b) : null) ?? wrongOperands(source, a, b);
  };
  return node({ start: left.start, end: right.end, evaluate, parts: [left, right] });
}

const CALCULATE: { readonly [operator: string]: (a: number, b: number) => number } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

function joined(a: Value, b: Value): Result | null {
  if (typeof a === 'string' && typeof b === 'string') {
    return a.length + b.length > BUILT_MAX ? COST_EXCEEDED : a + b;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = a.length + b.length;
    if (length > BUILT_MAX || (signal.stepsLeft -= length) < 0) return COST_EXCEEDED;
    return [...(a as Value[]), ...(b as Value[])];
  }
  return null;
}

function wrongOperands(source: string, a: Value, b: Value): EvaluationError {
  return wrongType(`${source}: ${typeWord(a)} and ${typeWord(b)}`);
}

export function negative(source: string, start: number, operand: Node): Node {
  const inner = operand.evaluate;
  const evaluate: Evaluate = (frame) => {
    const value = inner(frame);
    if (value instanceof EvaluationError) return value;
    return typeof value === 'number' ? -value : wrongType(`${source}: ${typeWord(value)}`);
  };
  return node({ start, end: operand.end, evaluate, parts: [operand] });
}

export function listLiteral(start: number, end: number, items: readonly Node[]): Node {
  const evaluate: Evaluate = (frame) => {
    const list: Value[] = [];
    for (const item of items) {
      const value = plainValue(item.evaluate(frame), item.shape);
      if (value instanceof EvaluationError) return value;
      list.push(value);
    }
    return list;
  };
  const constant = items.length === 0 ? [] : undefined;
  return node({ start, end, evaluate, constant, parts: items });
}

export function mapLiteral(
  start: number,
  end: number,
  entries: readonly (readonly [Node, Node])[],
): Node {
  const evaluate: Evaluate = (frame) => {
    const map: Record<string, Value> = {};
    for (const [keyNode, valueNode] of entries) {
      const key = keyNode.evaluate(frame);
      if (key instanceof EvaluationError) return key;
      if (typeof key !== 'string') return wrongType('the keys of a map are text');
      const value = plainValue(valueNode.evaluate(frame), valueNode.shape);
      if (value instanceof EvaluationError) return value;
      Object.defineProperty(map, key, { value, enumerable: true, writable: true });
    }
    return map as Value;
  };
  const constant = entries.length === 0 ? {} : undefined;
  return node({ start, end, evaluate, constant, parts: entries.flat() });
}
