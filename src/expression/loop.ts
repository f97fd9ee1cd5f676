import { EvaluationError } from './expression.ts';
import type { Value } from './expression.ts';
import { COST_EXCEEDED, isMap, node, signal, typeWord, wrongType } from './nodes.ts';
import type { Evaluate, Node, Result } from './nodes.ts';

/** The macros over lists: `all`, `exists`, `exists_one`, `map`, `filter`. Bounded in steps. */

/** The variable of a loop. Evaluation does not nest, so one cell per loop is enough. */
export interface Cell {
  value: Value;
}

export type Macro = 'all' | 'exists' | 'exists_one' | 'map' | 'filter';

export const MACROS: ReadonlySet<string> = new Set([
  'all',
  'exists',
  'exists_one',
  'map',
  'filter',
]);

interface Loop {
  readonly source: string;
  readonly start: number;
  readonly end: number;
  readonly list: Node;
  readonly cell: Cell;
  /** Condition of the quantifier or filter; what `map` gives. */
  readonly body: Node;
  /** `map(x, CONDITION, VALUE)`. */
  readonly filter: Node | null;
}

/** Elements of a list, keys of a map. */
function elements(source: string, value: Result): readonly Value[] | EvaluationError {
  if (value instanceof EvaluationError) return value;
  if (Array.isArray(value)) return value as readonly Value[];
  if (isMap(value)) return Object.keys(value);
  return wrongType(`${source}: ${typeWord(value)} where a list is wanted`);
}

/** Runs `step` on each element until it gives a value that is not undefined. */
function run(
  loop: Loop,
  step: (frame: Parameters<Evaluate>[0], element: Value) => Result | undefined,
) {
  return (frame: Parameters<Evaluate>[0]): Result | undefined => {
    const list = elements(loop.source, loop.list.evaluate(frame));
    if (list instanceof EvaluationError) return list;
    for (const element of list) {
      if (--signal.stepsLeft < 0) return COST_EXCEEDED;
      loop.cell.value = element;
      const result = step(frame, element);
      if (result !== undefined) return result;
    }
    return undefined;
  };
}

function notBoolean(loop: Loop, value: Result): EvaluationError {
  if (value instanceof EvaluationError) return value;
  return wrongType(`${loop.source}: the condition gives ${typeWord(value)}`);
}

/** The deciding value wins over errors of other elements, as in CEL. */
function quantifier(loop: Loop, decides: boolean): Evaluate {
  let error: EvaluationError | null = null;
  const each = run(loop, (frame) => {
    const value = loop.body.evaluate(frame);
    if (value === decides) return decides;
    if (typeof value !== 'boolean') {
      if (value === COST_EXCEEDED) return COST_EXCEEDED;
      error ??= notBoolean(loop, value);
    }
    return undefined;
  });
  return (frame) => {
    error = null;
    return each(frame) ?? error ?? !decides;
  };
}

function existsOne(loop: Loop): Evaluate {
  let count = 0;
  const each = run(loop, (frame) => {
    const value = loop.body.evaluate(frame);
    if (typeof value !== 'boolean') return notBoolean(loop, value);
    if (value) count++;
    return undefined;
  });
  return (frame) => {
    count = 0;
    return each(frame) ?? count === 1;
  };
}

function collect(loop: Loop, filter: Node | null, give: Evaluate | null): Evaluate {
  let list: Value[] = [];
  const each = run(loop, (frame, element) => {
    const fits = filter ? filter.evaluate(frame) : true;
    if (typeof fits !== 'boolean') return notBoolean(loop, fits);
    if (!fits) return undefined;
    const value = give ? give(frame) : element;
    if (value instanceof EvaluationError) return value;
    list.push(value);
    return undefined;
  });
  return (frame) => {
    list = [];
    return each(frame) ?? list;
  };
}

export function loopNode(macro: Macro, loop: Loop): Node {
  const { start, end, list, body, filter, cell } = loop;
  const bind = (element: Value): void => {
    cell.value = element;
  };
  const options = { start, end, parts: [list], loop: { list, body, bind } };
  switch (macro) {
    case 'all':
      return node({ ...options, evaluate: quantifier(loop, false) });
    case 'exists':
      return node({ ...options, evaluate: quantifier(loop, true) });
    case 'exists_one':
      return node({ ...options, evaluate: existsOne(loop) });
    case 'map':
      return node({ ...options, evaluate: collect(loop, filter, body.evaluate) });
    case 'filter': {
      const evaluate = collect(loop, body, null);
      const { shape, origins, types } = list;
      return node({ ...options, evaluate, shape, origins, types });
    }
  }
}
