import type { Event } from '../../event/event.ts';
import { EvaluationError } from '../expression.ts';
import type { Value } from '../expression.ts';
import { sameValue } from '../compare.ts';
import { COST_EXCEEDED, NOTHING, isMap, plainValue, signal, wrongType } from '../nodes.ts';
import type { Result } from '../nodes.ts';
import { ownField } from '../read.ts';
import type { FunctionDefinition, Shape } from '../scope.ts';

/** Functions over events taken, and over lists. A list of events arrives as events. */

/** Length in code points, as CEL counts. */
export function textLength(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function size([value]: readonly Value[], [shape]: readonly Shape[]): Result {
  if (typeof value === 'string') return textLength(value);
  if (Array.isArray(value)) return value.length;
  const map = plainValue(value!, shape!);
  return isMap(map) ? Object.keys(map).length : wrongType('size() wants text, a list or a map');
}

function element(fromEnd: number | null) {
  return ([list]: readonly Value[], [shape]: readonly Shape[]): Result => {
    if (!Array.isArray(list)) return wrongType('a list is wanted');
    const { length } = list;
    const index = fromEnd === null ? 0 : length - 1 - fromEnd;
    if (index >= 0 && index < length) return list[index] as Value;
    return shape === 'events' ? (NOTHING as Value) : {};
  };
}

/** Field of each element; elements without it are passed over, as SQL does with null. */
function column(args: readonly Value[], shape: Shape, name: string): Value[] | EvaluationError {
  const [list, field] = args;
  if (!Array.isArray(list)) return wrongType(`${name}() wants a list`);
  if ((signal.stepsLeft -= list.length) < 0) return COST_EXCEEDED;
  if (field === undefined) return plainValue(list as Value[], shape) as Value[];
  const values: Value[] = [];
  for (const item of list as readonly Value[]) {
    const map = shape === 'events' ? ((item as Event).data as Value) : item;
    if (!isMap(map)) return wrongType(`${String(field)}: an element is not a map`);
    const value = ownField(map, field as string);
    if (value !== undefined && value !== null) values.push(value);
  }
  return values;
}

function numbers(args: readonly Value[], shape: Shape, name: string): number[] | EvaluationError {
  const values = column(args, shape, name);
  if (values instanceof EvaluationError) return values;
  if (!values.every((value) => typeof value === 'number')) {
    return wrongType(`${name}(): an element is not a number`);
  }
  return values as number[];
}

function aggregate(name: string, over: (values: readonly number[]) => number | null) {
  const empty = new EvaluationError('no_value', `${name}() of nothing`);
  return (args: readonly Value[], [shape]: readonly Shape[]): Result => {
    const values = numbers(args, shape!, name);
    if (values instanceof EvaluationError) return values;
    return over(values) ?? empty;
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Values in the order in which they first came. */
function distinct(args: readonly Value[], [shape]: readonly Shape[]): Result {
  const values = column(args, shape!, 'distinct');
  if (values instanceof EvaluationError) return values;
  const simple = new Set<Value>();
  const others: Value[] = [];
  const result: Value[] = [];
  for (const value of values) {
    if (typeof value !== 'object') {
      if (simple.has(value)) continue;
      simple.add(value);
    } else {
      if ((signal.stepsLeft -= others.length) < 0) return COST_EXCEEDED;
      if (others.some((other) => sameValue(other, value))) continue;
      others.push(value);
    }
    result.push(value);
  }
  return result;
}

/** The larger or smaller of two numbers, or of a list. */
function extreme(name: 'min' | 'max') {
  const pick = Math[name];
  const ofList = aggregate(name, (values) =>
    values.length === 0 ? null : values.reduce((best, value) => pick(best, value)),
  );
  return (args: readonly Value[], shapes: readonly Shape[]): Result => {
    const [a, b] = args;
    if (typeof a === 'number' && typeof b === 'number') return pick(a, b);
    return ofList(args, shapes);
  };
}

const FIELD = '(list<dyn>, string): double';
const NUMBERS = '(list<double>): double';

export const LIST_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: 'size',
    signatures: ['size(list): int'],
    declare: [],
    group: 'lists',
    description: 'Number of elements of a list, fields of a map or event, characters of a text.',
    example: 'size([1, 2, 3]) == 3 && size("niño") == 4',
    takesEvents: true,
    evaluate: size,
  },
  {
    name: 'size',
    signatures: ['list.size(): int'],
    declare: [],
    group: 'lists',
    description: 'The same as a method.',
    example: '"sofa".size() == 4',
    takesEvents: true,
    evaluate: size,
  },
  {
    name: 'first',
    signatures: ['first(list<T>): T'],
    group: 'events',
    description: 'The first that was taken; an empty map where nothing was.',
    example: 'first([7, 8, 9]) == 7',
    takesEvents: true,
    givesElement: true,
    evaluate: element(null),
  },
  {
    name: 'last',
    signatures: ['last(list<T>): T'],
    group: 'events',
    description: 'The last that was taken; an empty map where nothing was.',
    example: 'last([7, 8, 9]) == 9',
    takesEvents: true,
    givesElement: true,
    evaluate: element(0),
  },
  {
    name: 'prev',
    signatures: ['prev(list<T>): T'],
    group: 'events',
    description: 'The one before the last; an empty map where fewer than two were taken.',
    example: 'prev([7, 8, 9]) == 8',
    takesEvents: true,
    givesElement: true,
    evaluate: element(1),
  },
  {
    name: 'sum',
    signatures: [`sum${FIELD}`, `sum${NUMBERS}`],
    group: 'events',
    description: 'Sum of a field over what was taken, or of a list of numbers; of nothing: 0.',
    example: 'sum([{"amount": 80}, {"amount": 95}], "amount") == 175 && sum([]) == 0',
    takesEvents: true,
    fieldArgument: 1,
    evaluate: aggregate('sum', total),
  },
  {
    name: 'avg',
    signatures: [`avg${FIELD}`, `avg${NUMBERS}`],
    group: 'events',
    description: 'Mean of a field, or of a list of numbers; of nothing: no value.',
    example: 'avg([1, 2, 6]) == 3',
    takesEvents: true,
    fieldArgument: 1,
    evaluate: aggregate('avg', (values) => {
      return values.length === 0 ? null : total(values) / values.length;
    }),
  },
  {
    name: 'min',
    signatures: [`min${FIELD}`, `min${NUMBERS}`, 'min(double, double): double'],
    group: 'events',
    description:
      'Least value of a field, of a list of numbers, or of two numbers; of nothing: no value.',
    example: 'min([3, 1, 2]) == 1 && min(4, 5) == 4',
    takesEvents: true,
    fieldArgument: 1,
    evaluate: extreme('min'),
  },
  {
    name: 'max',
    signatures: [`max${FIELD}`, `max${NUMBERS}`, 'max(double, double): double'],
    group: 'events',
    description:
      'Greatest value of a field, of a list of numbers, or of two numbers; of nothing: no value.',
    example: 'max([{"amount": 80}, {"amount": 95}], "amount") == 95',
    takesEvents: true,
    fieldArgument: 1,
    evaluate: extreme('max'),
  },
  {
    name: 'distinct',
    signatures: ['distinct(list<dyn>, string): list<dyn>', 'distinct(list<T>): list<T>'],
    group: 'events',
    description: 'The different values of a field, or of a list, in the order in which they came.',
    example:
      'size(distinct([{"listing_id": "a"}, {"listing_id": "b"}, {"listing_id": "a"}], ' +
      '"listing_id")) == 2',
    takesEvents: true,
    fieldArgument: 1,
    evaluate: distinct,
  },
];
