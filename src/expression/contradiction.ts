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
  /** What it can be at all, where that is known. */
  readonly among: readonly Literal[] | null;
  equals: string | number | boolean | null | undefined;
  readonly unequal: Set<unknown>;
  /** Ordered as text. */
  text: boolean;
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

/** What is known of the place where a condition stands. */
export interface Place {
  /** The name that means `event` here. */
  readonly own?: string | null;
  /** Types that the event can have. */
  readonly types?: readonly string[];
  /** How many events the names that are lists can hold: least and most. */
  readonly sizes?: ReadonlyMap<string, readonly [number, number]>;
}

/**
 * What is compared with values that cannot be at once, for instance `event.amount`; null where
 * nothing is found. Looks at comparisons with literals, of a thing with itself, and of two things
 * with each other.
 */
export function findContradiction(source: string, place: Place = {}): string | null {
  const tree = parse(source);
  if ('message' in tree) return null;
  return new Comparisons(source, place, (operator) => operator, true).excluded(parts(tree, '&&'));
}

/** What is compared so that every value fits; null where nothing is found. */
export function findTautology(source: string, place: Place = {}): string | null {
  const tree = parse(source);
  if ('message' in tree) return null;
  const meant = (operator: string): string => NEGATED.get(operator)!;
  return new Comparisons(source, place, meant, false).excluded(parts(tree, '||'));
}

function parts(tree: ASTNode, operator: '&&' | '||'): ASTNode[] {
  return tree.op === operator ? tree.args.flatMap((part) => parts(part, operator)) : [tree];
}

/** How two values stand to each other, for each operator. */
const RELATIONS: ReadonlyMap<string, string> = new Map([
  ['<', '<'], ['<=', '<='], ['>', '>'], ['>=', '>='], ['==', '='], ['!=', '<>'],
]);

/** Comparisons that are all to be true, each read by `meant`. */
class Comparisons {
  private readonly known = new Map<string, Known>();
  /** What is left of `<=>` between two things. */
  private readonly related = new Map<string, string>();
  private readonly source: string;
  private readonly place: Place;
  private readonly meant: (operator: string) => string;
  /** One value is of one type: not so where each comparison alone may be the true one. */
  private readonly typed: boolean;

  constructor(source: string, place: Place, meant: (operator: string) => string, typed: boolean) {
    this.source = source;
    this.place = place;
    this.meant = meant;
    this.typed = typed;
  }

  /** What all of them together ask too much of. */
  excluded(trees: readonly ASTNode[]): string | null {
    for (const tree of trees) {
      if (!FLIPPED.has(tree.op)) continue;
      const found = this.contradicts(tree, this.meant(tree.op));
      if (found !== null) return found;
    }
    return null;
  }

  private contradicts(tree: ASTNode, operator: string): string | null {
    const [left, right] = tree.args as readonly [ASTNode, ASTNode];
    const value = literalOf(right);
    if (value !== undefined) return this.narrow(this.text(left), operator, value);
    const flipped = literalOf(left);
    if (flipped !== undefined) return this.narrow(this.text(right), FLIPPED.get(operator)!, flipped);
    const [a, b] = [this.text(left), this.text(right)];
    if (a === b) return ['<', '>', '!='].includes(operator) ? a : null;
    return a < b ? this.relate(a, b, operator) : this.relate(b, a, FLIPPED.get(operator)!);
  }

  private relate(a: string, b: string, operator: string): string | null {
    const allowed = RELATIONS.get(operator) ?? '';
    const left = [...(this.related.get(`${a} ${b}`) ?? '<=>')].filter((one) => allowed.includes(one));
    this.related.set(`${a} ${b}`, left.join(''));
    return left.length === 0 ? `${a} and ${b}` : null;
  }

  private text(node: ASTNode): string {
    const text = this.source.slice(node.start, node.end).replaceAll(' ', '');
    const own = this.place.own ?? null;
    if (own === null) return text;
    if (text === `kind(${own})`) return 'kind(event)';
    return text.startsWith(`${own}.`) ? `event${text.slice(own.length)}` : text;
  }

  private narrow(what: string, operator: string, value: Literal): string | null {
    const entry = this.known.get(what) ?? this.fresh(what);
    this.known.set(what, entry);
    const { range, unequal } = entry;
    if (operator === '==') {
      if (entry.equals !== undefined && entry.equals !== value) return what;
      entry.equals = value;
    } else if (operator === '!=') {
      unequal.add(value);
    } else if (typeof value === 'number') {
      bound(range, operator, value);
    } else if (typeof value === 'string') entry.text = true;
    return possible(entry) && !(this.typed && twoTypes(entry)) ? null : what;
  }

  private fresh(what: string): Known {
    const [low, high] = this.place.sizes?.get(/^size\((\w+)\)$/.exec(what)?.[1] ?? '') ?? [-Infinity, Infinity];
    const among = what === 'kind(event)' ? (this.place.types ?? null) : null;
    const range = { low, lowOpen: false, high, highOpen: false };
    return { range, among, equals: undefined, unequal: new Set(), text: false };
  }
}

/** Ordered as a number, and as text or equal to something else. */
function twoTypes({ range, equals, text }: Known): boolean {
  const number = range.low !== -Infinity || range.high !== Infinity;
  return (number && (text || (equals !== undefined && typeof equals !== 'number')))
    || (text && equals !== undefined && typeof equals !== 'string');
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

function possible({ range, among, equals, unequal }: Known): boolean {
  const left = among?.filter((one) => !unequal.has(one) && (equals === undefined || one === equals));
  if (left?.length === 0) return false;
  const { low, lowOpen, high, highOpen } = range;
  if (low > high || (low === high && (lowOpen || highOpen))) return false;
  if (equals === undefined) return true;
  if (unequal.has(equals)) return false;
  if (typeof equals !== 'number') return true;
  const above = lowOpen ? equals > low : equals >= low;
  return above && (highOpen ? equals < high : equals <= high);
}
