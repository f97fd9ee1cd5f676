import type { Event } from '../event/event.ts';
import { EvaluationError } from './expression.ts';
import type { Condition, Value } from './expression.ts';
import { isMap, node, onPrototype, signal, testOf, typeWord, wrongType } from './nodes.ts';
import type { Evaluate, Node, Result } from './nodes.ts';

/**
 * Comparisons. `event.FIELD` against a literal or against a field that was captured are the
 * clauses that run tens of millions of times a second: they get closures without inner calls.
 */

export type Order = '<' | '<=' | '>' | '>=';
export type Equality = '==' | '!=';

const FLIPPED: { readonly [order in Order]: Order } = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** As in CEL, values of different types are unequal; that is no error. */
export function sameValue(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  if (left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item: Value, i) => sameValue(item, right[i] as Value));
  }
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  const a = left as { readonly [name: string]: Value };
  const b = right as { readonly [name: string]: Value };
  return names.every((name) => Object.hasOwn(b, name) && sameValue(a[name]!, b[name]!));
}

/** Null where the two cannot be ordered. */
function ordered(order: Order, left: Value, right: Value): boolean | null {
  const comparable =
    (typeof left === 'number' && typeof right === 'number') ||
    (typeof left === 'string' && typeof right === 'string') ||
    (typeof left === 'boolean' && typeof right === 'boolean');
  if (!comparable) return null;
  const a = left as number;
  const b = right as number;
  switch (order) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

function mismatch(source: string, left: Value, right: Value): EvaluationError {
  return wrongType(`${source}: ${typeWord(left)} against ${typeWord(right)}`);
}

export function compareOrder(source: string, order: Order, left: Node, right: Node): Node {
  const [l, r] = [left.evaluate, right.evaluate];
  const evaluate: Evaluate = (frame) => {
    const a = l(frame);
    if (a instanceof EvaluationError) return a;
    const b = r(frame);
    if (b instanceof EvaluationError) return b;
    return ordered(order, a, b) ?? mismatch(source, a, b);
  };
  const test = fastOrder(order, left, right) ?? generalOrder(order, l, r);
  const { start } = left;
  return node({ start, end: right.end, evaluate, test, parts: [left, right] });
}

function generalOrder(order: Order, l: Evaluate, r: Evaluate): Condition {
  return (frame) => {
    const a = l(frame);
    const b = r(frame);
    if (typeof a === 'number' && typeof b === 'number') {
      switch (order) {
        case '<':
          return a < b;
        case '<=':
          return a <= b;
        case '>':
          return a > b;
        case '>=':
          return a >= b;
      }
    }
    const known =
      a instanceof EvaluationError || b instanceof EvaluationError ? null : ordered(order, a, b);
    if (known === null) signal.failed = true;
    return known === true;
  };
}

function fastOrder(order: Order, left: Node, right: Node): Condition | null {
  const a = left.read;
  if (a && !onPrototype(a.field)) {
    if (a.origin === 'event') {
      if (typeof right.constant === 'number') return fieldOrder(order, a.field, right.constant);
      const b = right.read;
      if (b && typeof b.origin === 'number' && !onPrototype(b.field)) {
        return fieldsOrder(order, a.field, b.origin, b.field);
      }
    } else if (right.read?.origin === 'event' && !onPrototype(right.read.field)) {
      return fieldsOrder(FLIPPED[order], right.read.field, a.origin, a.field);
    }
    return null;
  }
  if (right.read?.origin === 'event' && typeof left.constant === 'number') {
    if (onPrototype(right.read.field)) return null;
    return fieldOrder(FLIPPED[order], right.read.field, left.constant);
  }
  return null;
}

function failed(): false {
  signal.failed = true;
  return false;
}

function fieldOrder(order: Order, field: string, literal: number): Condition {
  switch (order) {
    case '<':
      return (frame) => {
        const value = frame.event?.data[field];
        return typeof value === 'number' ? value < literal : failed();
      };
    case '<=':
      return (frame) => {
        const value = frame.event?.data[field];
        return typeof value === 'number' ? value <= literal : failed();
      };
    case '>':
      return (frame) => {
        const value = frame.event?.data[field];
        return typeof value === 'number' ? value > literal : failed();
      };
    case '>=':
      return (frame) => {
        const value = frame.event?.data[field];
        return typeof value === 'number' ? value >= literal : failed();
      };
  }
}

function fieldsOrder(order: Order, field: string, slot: number, taken: string): Condition {
  const other = (a: unknown, b: unknown): boolean => {
    if (a === undefined || b === undefined) return failed();
    const known = ordered(order, a as Value, b as Value);
    return known ?? failed();
  };
  switch (order) {
    case '<':
      return (frame) => {
        const a = frame.event?.data[field];
        const b = (frame.captures[slot] as Event | undefined)?.data[taken];
        return typeof a === 'number' && typeof b === 'number' ? a < b : other(a, b);
      };
    case '<=':
      return (frame) => {
        const a = frame.event?.data[field];
        const b = (frame.captures[slot] as Event | undefined)?.data[taken];
        return typeof a === 'number' && typeof b === 'number' ? a <= b : other(a, b);
      };
    case '>':
      return (frame) => {
        const a = frame.event?.data[field];
        const b = (frame.captures[slot] as Event | undefined)?.data[taken];
        return typeof a === 'number' && typeof b === 'number' ? a > b : other(a, b);
      };
    case '>=':
      return (frame) => {
        const a = frame.event?.data[field];
        const b = (frame.captures[slot] as Event | undefined)?.data[taken];
        return typeof a === 'number' && typeof b === 'number' ? a >= b : other(a, b);
      };
  }
}

/** `==` and `!=`; events are equal when their ids are. */
export function compareEqual(operator: Equality, left: Node, right: Node): Node {
  const wanted = operator === '==';
  const [l, r] = [left.evaluate, right.evaluate];
  const events = left.shape === 'event' && right.shape === 'event';
  const evaluate: Evaluate = (frame) => {
    const a = l(frame);
    if (a instanceof EvaluationError) return a;
    const b = r(frame);
    if (b instanceof EvaluationError) return b;
    if (events) return ((a as Event).id === (b as Event).id) === wanted;
    return sameValue(a, b) === wanted;
  };
  const options = { start: left.start, end: right.end, evaluate, parts: [left, right] };
  const fast = events ? null : (fastEqual(wanted, left, right) ?? literalEqual(wanted, left, right));
  const comparisons = wanted ? constantOf(left, right) : [];
  return node({ ...options, comparisons, test: fast ?? testOf(evaluate) });
}

type Literal = string | number | boolean;

function isLiteral(value: Result | undefined): value is Literal {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function constantOf(left: Node, right: Node): Node['comparisons'] {
  for (const [field, literal] of [
    [left, right],
    [right, left],
  ] as const) {
    if (field.read?.origin === 'event' && isLiteral(literal.constant)) {
      return [{ field: field.read.field, values: [literal.constant] }];
    }
  }
  return [];
}

function fastEqual(wanted: boolean, left: Node, right: Node): Condition | null {
  const [field, other] = left.read?.origin === 'event' ? [left, right] : [right, left];
  if (field.read?.origin !== 'event' || onPrototype(field.read.field)) return null;
  const name = field.read.field;
  if (isLiteral(other.constant)) return fieldEqual(wanted, name, other.constant);
  const taken = other.read;
  if (!taken || typeof taken.origin !== 'number' || onPrototype(taken.field)) return null;
  const { origin: slot, field: takenField } = taken;
  return (frame) => {
    const a = frame.event?.data[name];
    const b = (frame.captures[slot] as Event | undefined)?.data[takenField];
    if (a === undefined || b === undefined) return failed();
    return sameValue(a, b) === wanted;
  };
}

/** Any value against a literal: no list or map equals one. */
function literalEqual(wanted: boolean, left: Node, right: Node): Condition | null {
  const [other, { constant }] = isLiteral(right.constant) ? [left, right] : [right, left];
  if (!isLiteral(constant)) return null;
  const { evaluate } = other;
  return (frame) => {
    const value = evaluate(frame);
    return value instanceof EvaluationError ? failed() : (value === constant) === wanted;
  };
}

function fieldEqual(wanted: boolean, field: string, literal: Literal): Condition {
  return (frame) => {
    const value = frame.event?.data[field];
    return value === undefined ? failed() : (value === literal) === wanted;
  };
}

/** `VALUE in LIST`, `KEY in MAP`, `FIELD in EVENT`. */
export function compareIn(source: string, left: Node, right: Node, plain: Evaluate): Node {
  const among = literalSet(right.constant);
  const evaluate: Evaluate = (frame) => {
    const a = left.evaluate(frame);
    if (a instanceof EvaluationError) return a;
    if (among && isLiteral(a)) return among.has(a);
    const b = plain(frame);
    if (b instanceof EvaluationError) return b;
    if (Array.isArray(b)) {
      if ((signal.stepsLeft -= b.length) < 0) return tooLong;
      return b.some((item: Value) => sameValue(a, item));
    }
    if (isMap(b)) return typeof a === 'string' && Object.hasOwn(b, a);
    return wrongType(`${source}: what is after in is neither a list nor a map`);
  };
  const comparisons = among !== null && left.read?.origin === 'event'
    ? [{ field: left.read.field, values: [...among] }]
    : [];
  return node({ start: left.start, end: right.end, evaluate, comparisons, parts: [left, right] });
}

const tooLong = new EvaluationError('cost_exceeded', 'the lists of one evaluation are too long');

function literalSet(constant: Result | undefined): ReadonlySet<Literal> | null {
  if (!Array.isArray(constant)) return null;
  return constant.every((item) => isLiteral(item as Result)) ? new Set(constant as Literal[]) : null;
}
