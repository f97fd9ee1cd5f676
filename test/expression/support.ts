import type { Event, EventData } from '../../src/event/event.ts';
import { compileExpression } from '../../src/expression/compile.ts';
import type { EvaluationError, Expression, Frame, Value } from '../../src/expression/expression.ts';
import { CORE_FUNCTIONS } from '../../src/expression/functions.ts';
import { placeFunctions } from '../../src/expression/functions/places.ts';
import { EMPTY_CATALOGUE, functionTable } from '../../src/expression/scope.ts';
import type { Catalogue, FieldType, Scope } from '../../src/expression/scope.ts';

/** Flat earth is enough here; the real layers have tests of their own. */
const flatKm = (a: number, b: number, c: number, d: number): number =>
  Math.hypot(a - c, b - d) * 111;
const GEOGRAPHY = {
  distanceKm: flatKm,
  near: (km: number, a: number, b: number, c: number, d: number): boolean => flatKm(a, b, c, d) <= km,
  inside: (lat: number, lon: number, place: string): boolean | null => {
    return place === 'Detroit' ? Math.abs(lat - 42.33) < 1 && Math.abs(lon + 83.05) < 1 : null;
  },
};

export const FUNCTIONS = functionTable(CORE_FUNCTIONS, placeFunctions(GEOGRAPHY));

const OFFER: readonly (readonly [string, FieldType])[] = [
  ['amount', 'number'],
  ['category', 'text'],
  ['urgent', 'boolean'],
  ['tags', 'list'],
  ['geo', 'map'],
];

export const CATALOGUE: Catalogue = {
  types: new Map([['price_offer', new Map(OFFER)]]),
  common: new Map([['dma_name', 'text']]),
};

const TYPES = ['price_offer'];

/** `event`, `deal` (its own name), `opening` (slot 0), `raises` (slot 1, a list). */
export const SCOPE: Scope = {
  event: TYPES,
  eventNames: ['deal'],
  names: [
    { name: 'opening', slot: 0, list: false, types: TYPES },
    { name: 'raises', slot: 1, list: true, types: TYPES },
  ],
  catalogue: CATALOGUE,
  functions: FUNCTIONS,
};

/** The same names with nothing known about their fields. */
export const OPEN_SCOPE: Scope = { ...SCOPE, catalogue: EMPTY_CATALOGUE };

let ids = 0;

export function event(data: EventData, time = 0, type = 'price_offer'): Event {
  return { id: `e${ids++}`, type, time, family: 'chat', data };
}

export function frame(parts: Partial<Frame> = {}): Frame {
  return { event: event({}), captures: [], now: 0, ...parts };
}

export function compiled(source: string, scope: Scope = SCOPE): Expression {
  const result = compileExpression(source, scope);
  if ('problem' in result) throw new Error(`${source}: ${result.problem.message}`);
  return result.expression;
}

export function refusal(source: string, scope: Scope = SCOPE): string {
  const result = compileExpression(source, scope);
  if ('expression' in result) throw new Error(`${source} should be refused`);
  const { line, column, message, fix } = result.problem;
  return `${line}:${column} ${message}${fix === null ? '' : ` ${fix}`}`;
}

export function value(
  source: string,
  given: Partial<Frame> = {},
  scope: Scope = OPEN_SCOPE,
): Value | EvaluationError {
  return compiled(source, scope).evaluate(frame(given));
}
