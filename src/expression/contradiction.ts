import { parse } from './check.ts';
import type { ASTNode } from './check.ts';

/** Conditions that no event can fulfil, for lint: conjuncts that exclude each other. */

interface Range {
  /** Greatest lower and least upper bound so far; open where the bound itself is excluded. */
  low: number;
  lowOpen: boolean;
  high: number;
  highOpen: boolean;
}

interface Known {
  readonly range: Range;
  equals: string | number | boolean | null | undefined;
  readonly unequal: Set<unknown>;
}

const FLIPPED: ReadonlyMap<string, string> = new Map([
  ['<', '>'],
  ['<=', '>='],
  ['>', '<'],
  ['>=', '<='],
  ['==', '=='],
  ['!=', '!='],
]);

/**
 * What is compared with values that cannot be at once, for instance `event.amount`; null where
 * nothing is found. Looks at comparisons with literals, and of a thing with itself.
 */
export function findContradiction(source: string): string | null {
  const tree = parse(source);
  if ('message' in tree) return null;
  const known = new Map<string, Known>();
  for (const conjunct of conjuncts(tree)) {
    const found = contradicts(source, conjunct, known);
    if (found !== null) return found;
  }
  return null;
}

function conjuncts(tree: ASTNode): ASTNode[] {
  return tree.op === '&&' ? tree.args.flatMap((part) => conjuncts(part)) : [tree];
}

function contradicts(source: string, tree: ASTNode, known: Map<string, Known>): string | null {
  if (!FLIPPED.has(tree.op)) return null;
  const [left, right] = tree.args as readonly [ASTNode, ASTNode];
  const text = (node: ASTNode): string => source.slice(node.start, node.end).replaceAll(' ', '');
  if (text(left) === text(right) && literalOf(left) === undefined) {
    return ['<', '>', '!='].includes(tree.op) ? text(left) : null;
  }
  const value = literalOf(right);
  if (value !== undefined) return narrow(known, text(left), tree.op, value);
  const flipped = literalOf(left);
  return flipped === undefined ? null : narrow(known, text(right), FLIPPED.get(tree.op)!, flipped);
}

type Literal = string | number | boolean | null;

function literalOf(node: ASTNode): Literal | undefined {
  if (node.op === '-_') {
    const inner = literalOf(node.args);
    return typeof inner === 'number' ? -inner : undefined;
  }
  if (node.op !== 'value') return undefined;
  const value = typeof node.args === 'bigint' ? Number(node.args) : node.args;
  const plain = value === null || ['string', 'number', 'boolean'].includes(typeof value);
  return plain ? (value as Literal) : undefined;
}

function narrow(
  known: Map<string, Known>,
  what: string,
  operator: string,
  value: Literal,
): string | null {
  const entry = known.get(what) ?? {
    range: { low: -Infinity, lowOpen: false, high: Infinity, highOpen: false },
    equals: undefined,
    unequal: new Set(),
  };
  known.set(what, entry);
  const { range, unequal } = entry;
  if (operator === '==') {
    if (entry.equals !== undefined && entry.equals !== value) return what;
    entry.equals = value;
  } else if (operator === '!=') {
    unequal.add(value);
  } else if (typeof value === 'number') {
    bound(range, operator, value);
  }
  return possible(entry) ? null : what;
}

function bound(range: Range, operator: string, value: number): void {
  const open = operator === '<' || operator === '>';
  if (operator.startsWith('>')) {
    if (value > range.low || (value === range.low && open)) {
      range.low = value;
      range.lowOpen = open;
    }
  } else if (value < range.high || (value === range.high && open)) {
    range.high = value;
    range.highOpen = open;
  }
}

function possible({ range, equals, unequal }: Known): boolean {
  const { low, lowOpen, high, highOpen } = range;
  if (low > high || (low === high && (lowOpen || highOpen))) return false;
  if (equals === undefined) return true;
  if (unequal.has(equals)) return false;
  if (typeof equals !== 'number') return true;
  const above = lowOpen ? equals > low : equals >= low;
  return above && (highOpen ? equals < high : equals <= high);
}
