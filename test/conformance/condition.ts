import type { Comparison, Condition, Literal, Operand } from './case.ts';

/** How the conditions of one case name what was captured. */
export interface Names {
  /** Name in the case -> identifier in our pattern. */
  readonly identifier: ReadonlyMap<string, string>;
  /** Names of the case that are lists in our pattern. */
  readonly lists: ReadonlySet<string>;
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
      ? `(${[...present(left, true), ...present(right, false), text].join(' && ')})`
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

function present(value: string | Literal | Operand, isLeft: boolean): string[] {
  if (typeof value === 'object') return 'attr' in value ? [`has(event.${value.attr})`] : [];
  return isLeft && typeof value === 'string' ? [`has(event.${value})`] : [];
}

function operand(value: Operand, names: Names): string {
  if ('attr' in value) return `event.${value.attr}`;
  if ('plus' in value) return `(${value.plus.map((part) => operand(part, names)).join(' + ')})`;
  if ('first' in value) {
    const [name, field] = value.first;
    const id = identifier(name, names);
    return names.lists.has(name) ? `first(${id}).${field}` : `${id}.${field}`;
  }
  if ('sum' in value) return `sum(${identifier(value.sum[0], names)}, ${JSON.stringify(value.sum[1])})`;
  return `size(${identifier(value.count[0], names)})`;
}

function identifier(name: string, names: Names): string {
  return names.identifier.get(name) ?? name;
}

/** Names that the condition aggregates over: they must be lists in our pattern. */
export function aggregated(condition: Condition | undefined): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        if ((name === 'sum'
          || name === 'count') && Array.isArray(inner)) found.push(String(inner[0]));
        else visit(inner);
      }
    }
  };
  visit(condition);
  return found;
}
