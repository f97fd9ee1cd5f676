import type { Comparison, Condition, Literal, Operand } from './case.ts';

/** How the conditions of one case name what was captured. */
export interface Names {
  /** Name in the case -> identifier in our pattern. */
  readonly identifier: ReadonlyMap<string, string>;
  /** Names of the case that are lists in our pattern. */
  readonly lists: ReadonlySet<string>;
  /** The single event that the condition is asked for: its own name holds nothing yet. */
  readonly own?: string | undefined;
}

const SIGNS: { readonly [C in Comparison]: string } = {
  eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=',
};

/** The condition in CEL; null where it is always true. */
export function celOf(condition: Condition, names: Names): string | null {
  return 'true' in condition ? null : cel(condition, names, false);
}

/**
 * In the cases a comparison with a missing attribute is false, also below `not`; in Parley it is
 * an error that passes through `!`. So below `not` it is asked first whether the field is there.
 */
function cel(condition: Condition, names: Names, negated: boolean): string {
  if ('true' in condition) return 'true';
  if ('and' in condition) return joined(condition.and, '&&', names, negated);
  if ('or' in condition) return joined(condition.or, '||', names, negated);
  if ('not' in condition) return `!(${cel(condition.not, names, true)})`;
  if ('type' in condition) return `kind(event) == ${JSON.stringify(condition.type)}`;
  if ('contains' in condition) return textual(condition.contains, 'contains', negated);
  if ('startsWith' in condition) return textual(condition.startsWith, 'startsWith', negated);
  for (const [name, sign] of Object.entries(SIGNS)) {
    const sides = condition[name as Comparison];
    if (sides === undefined) continue;
    const [left, right] = sides;
    const text = `${side(left, names, true)} ${sign} ${side(right, names, false)}`;
    return negated
      ? `(${[...present(left, names, true), ...present(right, names, false), text].join(' && ')})`
      : text;
  }
  throw new Error(`unknown condition ${JSON.stringify(condition)}`);
}

function joined(parts: readonly Condition[], sign: string, names: Names, negated: boolean): string {
  return `(${parts.map((part) => cel(part, names, negated)).join(` ${sign} `)})`;
}

function textual(sides: readonly [string, string], method: string, negated: boolean): string {
  const [field, text] = sides;
  const call = `event.${field}.${method}(${JSON.stringify(text)})`;
  return negated ? `(has(event.${field}) && ${call})` : call;
}

function side(value: string | Literal | Operand, names: Names, isLeft: boolean): string {
  if (typeof value === 'object') return operand(value, names);
  if (isLeft && typeof value === 'string') return `event.${value}`;
  return JSON.stringify(value);
}

function present(value: string | Literal | Operand, names: Names, isLeft: boolean): string[] {
  if (typeof value !== 'object') return isLeft && typeof value === 'string' ? [`has(event.${value})`] : [];
  return 'attr' in value || 'first' in value ? [`has(${operand(value, names)})`] : [];
}

function operand(value: Operand, names: Names): string {
  if ('attr' in value) return `event.${value.attr}`;
  if ('plus' in value) return `(${value.plus.map((part) => operand(part, names)).join(' + ')})`;
  const [name, field = ''] = 'first' in value ? value.first : 'sum' in value ? value.sum : value.count;
  const id = identifier(name, names);
  const list = names.lists.has(name);
  if ('first' in value) return list ? `first(${id}).${field}` : name === names.own ? `first([]).${field}` : `${id}.${field}`;
  if (!list && name === names.own) return '0';
  if ('sum' in value) return list ? `sum(${id}, ${JSON.stringify(field)})` : `(has(${id}.${field}) ? ${id}.${field} : 0)`;
  return list ? `size(${id})` : `(size(${id}) > 0 ? 1 : 0)`;
}

function identifier(name: string, names: Names): string {
  return names.identifier.get(name) ?? name;
}
