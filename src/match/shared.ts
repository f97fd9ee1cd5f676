import type { Expression } from '../expression/expression.ts';

/**
 * One object for what is equal in many patterns. Patterns that are visited in turn then read most
 * of what they are from the same few places; a thousand of them for themselves are more than the
 * caches near a core hold.
 */
export class Pool<T> {
  private readonly known = new Map<string, T>();

  /** `value`, or what came first with an equal key. The key says all that there is to the value. */
  shared(key: string, value: T): T {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= POOLED_MAX) this.known.clear();
    this.known.set(key, value);
    return value;
  }
}

const POOLED_MAX = 10_000;

/** A number for each expression, which stands for it in keys. */
export function numberOf(expression: Expression | null): number {
  if (expression === null) return 0;
  let number = NUMBERS.get(expression);
  if (number === undefined) NUMBERS.set(expression, (number = ++numbered));
  return number;
}

const NUMBERS = new WeakMap<Expression, number>();
let numbered = 0;
