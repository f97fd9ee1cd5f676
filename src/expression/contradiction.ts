import { parse } from './check.ts';
import type { ASTNode } from './check.ts';

/**
 * Conditions that no event can fulfil, and those that every event does which has the fields, for
 * lint: conjuncts that exclude each other, alternatives that leave nothing out.
 */

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

/** What the negation of a comparison asks for. */
const NEGATED: ReadonlyMap<string, string> = new Map([
  ['<', '>='],
  ['<=', '>'],
  ['>', '<='],
  ['>=', '<'],
  ['==', '!='],
  ['!=', '=='],
]);

/**
 * What is compared with values that cannot be at once, for instance `event.amount`; null where
 * nothing is found. Looks at comparisons with literals, and of a thing with itself. `own` is the
 * name that means `event` here.
 */
export function findContradiction(source: string, own: string | null = null): string | null {
  const tree = parse(source);
  if ('message' in tree) return null;
  return excluded(parts(tree, '&&'), (operator) => operator, textIn(source, own));
}

/** What is compared so that every value fits; null where nothing is found. */
export function findTautology(source: string, own: string | null = null): string | null {
  const tree = parse(source);
  if ('message' in tree) return null;
  return excluded(parts(tree, '||'), (operator) => NEGATED.get(operator)!, textIn(source, own));
}

type TextOf = (node: ASTNode) => string;

function textIn(source: string, own: string | null): TextOf {
  return (node) => {
    const text = source.slice(node.start, node.end).replaceAll(' ', '');
    return own !== null && text.startsWith(`${own}.`) ? `event${text.slice(own.length)}` : text;
  };
}

function parts(tree: ASTNode, operator: '&&' | '||'): ASTNode[] {
  return tree.op === operator ? tree.args.flatMap((part) => parts(part, operator)) : [tree];
}

/** What all the comparisons together, each read by `meant`, ask too much of. */
function excluded(
  trees: readonly ASTNode[],
  meant: (operator: string) => string,
  text: TextOf,
): string | null {
  const known = new Map<string, Known>();
  for (const tree of trees) {
    const found = FLIPPED.has(tree.op) ? contradicts(tree, meant(tree.op), known, text) : null;
    if (found !== null) return found;
  }
  return null;
}

function contradicts(
  tree: ASTNode,
  operator: string,
  known: Map<string, Known>,
  text: TextOf,
): string | null {
  const [left, right] = tree.args as readonly [ASTNode, ASTNode];
  if (text(left) === text(right) && literalOf(left) === undefined) {
    return ['<', '>', '!='].includes(operator) ? text(left) : null;
  }
  const value = literalOf(right);
  if (value !== undefined) return narrow(known, text(left), operator, value);
  const flipped = literalOf(left);
  return flipped === undefined ? null : narrow(known, text(right), FLIPPED.get(operator)!, flipped);
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
