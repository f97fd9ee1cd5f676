import { EvaluationError } from '../expression.ts';
import type { Value } from '../expression.ts';
import { wrongType } from '../nodes.ts';
import type { Result } from '../nodes.ts';
import type { FunctionDefinition } from '../scope.ts';

/** Functions over numbers, and conversions. */

function ofNumber(name: string, give: (value: number) => number) {
  const wrong = wrongType(`${name}() wants a number`);
  return ([value]: readonly Value[]): Result => (typeof value === 'number' ? give(value) : wrong);
}

const notNumber = new EvaluationError('bad_argument', 'the text is not a number');

function toNumber([value]: readonly Value[]): Result {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return wrongType('double() wants a number or text');
  if (!/^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(value)) return notNumber;
  const number = Number(value);
  return Number.isFinite(number) ? number : notNumber;
}

function toWhole(args: readonly Value[]): Result {
  const number = toNumber(args);
  return typeof number === 'number' ? Math.trunc(number) : number;
}

function toBoolean([value]: readonly Value[]): Result {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  return wrongType('bool() wants "true", "false" or a boolean');
}

export const NUMBER_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: 'abs',
    signatures: ['abs(double): double'],
    group: 'numbers',
    description: 'Distance from zero.',
    example: 'abs(-3) == 3',
    evaluate: ofNumber('abs', Math.abs),
  },
  {
    name: 'floor',
    signatures: ['floor(double): double'],
    group: 'numbers',
    description: 'The next whole number below.',
    example: 'floor(2.7) == 2',
    evaluate: ofNumber('floor', Math.floor),
  },
  {
    name: 'ceil',
    signatures: ['ceil(double): double'],
    group: 'numbers',
    description: 'The next whole number above.',
    example: 'ceil(2.1) == 3',
    evaluate: ofNumber('ceil', Math.ceil),
  },
  {
    name: 'round',
    signatures: ['round(double): double'],
    group: 'numbers',
    description: 'The nearest whole number; a half goes up.',
    example: 'round(2.5) == 3',
    evaluate: ofNumber('round', Math.round),
  },
  {
    name: 'double',
    signatures: ['double(dyn): double'],
    declare: [],
    group: 'numbers',
    description: 'Text as a number.',
    example: 'double("41.39") > 41',
    evaluate: toNumber,
  },
  {
    name: 'int',
    signatures: ['int(dyn): int'],
    declare: [],
    group: 'numbers',
    description: 'The whole part of a number, or of text that is one.',
    example: 'int(3.9) == 3 && int("42") == 42',
    evaluate: toWhole,
  },
  {
    name: 'bool',
    signatures: ['bool(dyn): bool'],
    declare: [],
    group: 'numbers',
    description: 'The text "true" or "false" as a boolean.',
    example: 'bool("true")',
    evaluate: toBoolean,
  },
  {
    name: 'dyn',
    signatures: ['dyn(dyn): dyn'],
    declare: [],
    group: 'numbers',
    description: 'The same value; its type is only checked when it is used.',
    example: 'dyn(3) == 3',
    evaluate: ([value]) => value ?? null,
  },
];
