import { interned } from '../event/interned.ts';
import { buildExpression, callNode, oneForList } from './build.ts';
import { fieldsOf, parse, problemAt, typeCheck } from './check.ts';
import type { ASTNode, Wanted } from './check.ts';
import { compareEqual, compareIn, compareOrder } from './compare.ts';
import { EvaluationError } from './expression.ts';
import type { Expression, Value } from './expression.ts';
import { arithmetic, listLiteral, logical, mapLiteral, negative, not, ternary } from './logic.ts';
import { MACROS, loopNode } from './loop.ts';
import type { Cell, Macro } from './loop.ts';
import { folded, node, plainValue, testOf } from './nodes.ts';
import type { Evaluate, Node, Origin } from './nodes.ts';
import { hasField, readDirect, readIndex, readName, readOfEvent, readOfMap } from './read.ts';
import { isMethod } from './scope.ts';
import type {
  Catalogue, ExpressionProblem, FunctionDefinition, FunctionTable, NameInScope, Scope, Shape,
} from './scope.ts';
import { didYouMean } from './suggest.ts';

export type Compiled =
  { readonly expression: Expression } | { readonly problem: ExpressionProblem };

/** Text of CEL to closures, checked against what the scope allows. Pure. */
export function compileExpression(source: string, scope: Scope, wanted: Wanted = 'value'): Compiled {
  const { event, eventNames, names, catalogue, functions } = scope;
  let known = compiled.get(catalogue);
  if (known === undefined || known.functions !== functions || known.expressions.size >= SHARED_MAX) {
    known = { functions, expressions: new Map() };
    compiled.set(catalogue, known);
  }
  const key = JSON.stringify([source, event, eventNames, names, wanted]);
  const shared = known.expressions.get(key);
  if (shared !== undefined) return { expression: shared };
  const result = compileNew(source, scope, wanted);
  if ('problem' in result) return result;
  // Types decide what is refused, not what an expression does.
  const slots = names.map(({ name, slot, list }) => [name, slot, list]);
  const untyped = JSON.stringify([source, event !== null, eventNames, slots]);
  const expression = known.expressions.get(untyped) ?? result.expression;
  known.expressions.set(untyped, expression).set(key, expression);
  return { expression };
}

/**
 * The same text in the same scope is compiled once, and is one object in scopes that differ in
 * types: many patterns share conditions, and what they share is read from nearby when events go
 * from one pattern to the next.
 */
const compiled = new WeakMap<Catalogue, Shared>();

interface Shared {
  readonly functions: FunctionTable;
  readonly expressions: Map<string, Expression>;
}

const SHARED_MAX = 10_000;

function compileNew(source: string, scope: Scope, wanted: Wanted): Compiled {
  const tree = parse(source);
  if ('message' in tree) return { problem: tree };
  try {
    const compiler = new Compiler(source, scope);
    const root = compiler.compile(tree);
    const problem = typeCheck(source, scope, wanted);
    return problem ? { problem } : { expression: compiler.expression(root) };
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.problem };
    throw error;
  }
}

/** Leaves the recursion at the first thing that is wrong. */
class Refusal extends Error {
  readonly problem: ExpressionProblem;

  constructor(problem: ExpressionProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

interface Local {
  readonly name: string;
  readonly cell: Cell;
  readonly list: Node;
}

/** One compilation: what is read is collected on the way. */
class Compiler {
  private readonly reads = new Map<Origin, Set<string> | '*'>();
  private readonly locals: Local[] = [];
  private nodes = 0;
  private loops = 0;
  private readonly source: string;
  private readonly scope: Scope;

  constructor(source: string, scope: Scope) {
    this.source = source;
    this.scope = scope;
  }

  expression(root: Node): Expression {
    const { source, reads, nodes, loops } = this;
    const value = this.asValue(root);
    return buildExpression({ source, root, evaluate: value.evaluate, reads, nodes, loops });
  }

  compile(tree: ASTNode): Node {
    this.nodes++;
    return { ...folded(this.compileNode(tree)), start: tree.start, end: tree.end };
  }

  private compileNode(tree: ASTNode): Node {
    const { start, end } = tree;
    const text = this.source.slice(start, end);
    switch (tree.op) {
      case 'value':
        return this.literal(tree.args, tree);
      case 'id':
        return this.name(tree.args, tree);
      case '.':
        return this.field(tree.args[0], tree.args[1], tree);
      case '[]':
        return this.index(tree.args[0], tree.args[1], tree);
      case 'call':
        return this.call(tree.args[0], null, tree.args[1], tree);
      case 'rcall':
        return this.call(tree.args[0], tree.args[1], tree.args[2], tree);
      case 'list':
        return listLiteral(
          start,
          end,
          tree.args.map((item) => this.whole(this.compile(item))),
        );
      case 'map': {
        const entries = tree.args.map(
          ([key, value]) => [this.compile(key), this.whole(this.compile(value))] as const,
        );
        return mapLiteral(start, end, entries);
      }
      case '?:':
        return this.choice(tree.args, tree);
      case '||':
      case '&&': {
        const [left, right] = this.both(tree.args);
        return logical(text, tree.op === '||', left, right);
      }
      case '!_':
        return not(text, start, this.value(tree.args));
      case '-_':
        return negative(text, start, this.value(tree.args));
      default:
        return this.binary(tree, text);
    }
  }

  private binary(tree: ASTNode, text: string): Node {
    const [l, r] = tree.args as [ASTNode, ASTNode];
    switch (tree.op) {
      case '==':
      case '!=': {
        const left = this.compile(l);
        const right = this.compile(r);
        if (left.shape === 'event' && right.shape === 'event') {
          this.touch(left);
          this.touch(right);
          return compareEqual(tree.op, left, right);
        }
        return compareEqual(tree.op, this.asValue(left), this.asValue(right));
      }
      case 'in': {
        const left = this.value(l);
        const right = this.whole(this.compile(r));
        const plain: Evaluate = (frame) => plainValue(right.evaluate(frame), right.shape);
        return compareIn(text, left, right, plain);
      }
      case '<':
      case '<=':
      case '>':
      case '>=':
        return compareOrder(text, tree.op, this.value(l), this.value(r));
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return arithmetic(text, tree.op, this.value(l), this.value(r));
      default:
        return this.refuse(tree, `${text} is not part of the language.`);
    }
  }

  private both(args: readonly [ASTNode, ASTNode]): [Node, Node] {
    return [this.value(args[0]), this.value(args[1])];
  }

  private literal(value: unknown, tree: ASTNode): Node {
    const { start, end } = tree;
    const constant = typeof value === 'bigint' ? Number(value) : value;
    if (constant !== null && !['number', 'string', 'boolean'].includes(typeof constant)) {
      return this.refuse(tree, 'There are no bytes and no unsigned numbers; use text or a number.');
    }
    const literal = constant as null | number | string | boolean;
    const evaluate = (): null | number | string | boolean => literal;
    return node({ start, end, evaluate, constant: literal });
  }

  private name(name: string, tree: ASTNode): Node {
    const { start, end } = tree;
    const local = this.locals.findLast((candidate) => candidate.name === name);
    if (local) {
      const { cell, list } = local;
      const evaluate: Evaluate = () => cell.value;
      if (list.shape !== 'events') return node({ start, end, evaluate });
      const { origins, types } = list;
      return node({ start, end, evaluate, shape: 'event', origins, types });
    }
    const { event, eventNames } = this.scope;
    if (event && (name === 'event' || eventNames.includes(name))) {
      return this.origin('event', event, false, tree);
    }
    const known = this.scope.names.find((candidate) => candidate.name === name);
    if (known) return this.origin(known.slot, known.types, known.list, tree);
    if (name === 'now') return node({ start, end, evaluate: (frame) => frame.now });
    return this.refuse(tree, this.unknownName(name), this.nameFix(name));
  }

  private origin(origin: Origin, types: readonly string[], list: boolean, tree: ASTNode): Node {
    const { start, end } = tree;
    if (!this.reads.has(origin)) this.reads.set(origin, new Set());
    const shape: Shape = list ? 'events' : 'event';
    const evaluate = readName(origin, list);
    return node({ start, end, evaluate, shape, origins: [origin], types });
  }

  private unknownName(name: string): string {
    if (name === 'event') return 'There is no event here: `event` is only known in `where`.';
    return `"${name}" is not a name that can be read here.`;
  }

  private nameFix(name: string): string | null {
    const names = this.scope.names.map((known: NameInScope) => known.name);
    const guess = didYouMean(name, [...names, ...(this.scope.event ? ['event'] : []), 'now']);
    if (guess) return guess;
    const fields = this.scope.event && fieldsOf(this.scope.catalogue, this.scope.event);
    if (fields?.has(name)) return `Did you mean "event.${name}"?`;
    if (names.length > 0) return `Known names: ${names.join(', ')}.`;
    return this.scope.event ? 'Only "event" is known here.' : `Name a step with "as: ${name}".`;
  }

  private field(baseTree: ASTNode, name: string, tree: ASTNode): Node {
    const { start, end } = tree;
    const field = interned(name);
    const source = this.source.slice(start, end);
    const base = this.compile(baseTree);
    if (base.shape === 'events') {
      const fix = `Choose one: first(${source.split('.')[0]}) or last(...), or a loop.`;
      return this.refuse(tree, `${source}: a list of events has no fields.`, fix);
    }
    if (base.shape === 'value') {
      return node({ start, end, evaluate: readOfMap(source, base, field), parts: [base] });
    }
    this.checkField(base, field, tree);
    for (const origin of base.origins) this.readsField(origin, field);
    const direct = baseTree.op === 'id' && !this.locals.some(({ name }) => name === baseTree.args);
    if (!direct) {
      return node({ start, end, evaluate: readOfEvent(source, base, field), parts: [base] });
    }
    const origin = base.origins[0]!;
    const evaluate = readDirect(source, origin, field);
    return node({ start, end, evaluate, read: { origin, field } });
  }

  private readsField(origin: Origin, field: string): void {
    const fields = this.reads.get(origin);
    if (fields instanceof Set) fields.add(field);
    else if (fields === undefined) this.reads.set(origin, new Set([field]));
  }

  private checkField(base: Node, field: string, at: ASTNode | Node): void {
    const fields = fieldsOf(this.scope.catalogue, base.types);
    if (!fields || fields.has(field)) return;
    const types = base.types.join(', ');
    const fix = didYouMean(field, fields.keys()) ?? `Known: ${[...fields.keys()].join(', ')}.`;
    const start = at.end - field.length;
    const position = this.source.startsWith(field, start) ? { start, end: at.end } : at;
    this.refuse(position, `An event of type ${types} has no field "${field}".`, fix);
  }

  private index(baseTree: ASTNode, indexTree: ASTNode, tree: ASTNode): Node {
    const base = this.compile(baseTree);
    const index = this.value(indexTree);
    if (base.shape === 'event') {
      if (typeof index.constant === 'string') {
        this.checkField(base, index.constant, index);
        for (const origin of base.origins) this.readsField(origin, index.constant);
      } else {
        this.whole(base);
      }
    }
    return readIndex(this.source.slice(tree.start, tree.end), base, index);
  }

  private choice(args: readonly [ASTNode, ASTNode, ASTNode], tree: ASTNode): Node {
    const condition = this.value(args[0]);
    let yes = this.compile(args[1]);
    let no = this.compile(args[2]);
    if (yes.shape !== no.shape) [yes, no] = [this.asValue(yes), this.asValue(no)];
    return ternary(this.source.slice(tree.start, tree.end), condition, yes, no);
  }

  private call(name: string, receiver: ASTNode | null, args: ASTNode[], tree: ASTNode): Node {
    if (name === 'has' && !receiver) return this.has(args, tree);
    if (receiver && MACROS.has(name) && args.length >= 2) {
      return this.loop(name as Macro, receiver, args, tree);
    }
    const definition = this.scope.functions.get((receiver ? '.' : '') + name);
    if (!definition) return this.unknownFunction(name, receiver !== null, tree);
    const trees = receiver ? [receiver, ...args] : args;
    const compiled = trees.map((argument) => this.argument(definition, this.compile(argument)));
    const { source } = this;
    const one = oneForList(definition, compiled, (part) => source.slice(part.start, part.end));
    if (one !== null) this.refuse(compiled[0]!, one.message, one.fix);
    this.fieldArgument(definition, compiled, tree);
    const wrong = definition.checkLiterals?.(compiled.map(({ constant }) => literalOf(constant)));
    if (wrong) this.refuse(tree, `${source.slice(tree.start, tree.end)}: ${wrong}.`);
    return callNode(definition, compiled, tree);
  }

  private argument(definition: FunctionDefinition, compiled: Node): Node {
    if (compiled.shape === 'value') return compiled;
    if (!definition.takesEvents) return this.asValue(compiled);
    const member = definition.group === 'events' || definition.name === 'size';
    return member ? compiled : this.whole(compiled);
  }

  /** `sum(raises, 'amount')`: the field is literal, known, and read of the events. */
  private fieldArgument(
    definition: FunctionDefinition,
    args: readonly Node[],
    tree: ASTNode,
  ): void {
    const [list] = args;
    if (list?.shape !== 'events' || definition.fieldArgument === undefined) return;
    const field = args[definition.fieldArgument];
    if (!field) {
      if (definition.name === 'distinct') this.whole(list);
      return;
    }
    if (typeof field.constant !== 'string') {
      this.refuse(tree, `${definition.name}() wants the name of the field as literal text.`);
    }
    this.checkField(list, field.constant as string, field);
    for (const origin of list.origins) this.readsField(origin, field.constant as string);
  }

  private unknownFunction(name: string, method: boolean, tree: ASTNode): Node {
    const { functions } = this.scope;
    const other = functions.get((method ? '' : '.') + name);
    const what = `There is no ${method ? 'method' : 'function'} "${name}".`;
    if (other) {
      const example = other.example.replaceAll('"', "'");
      return this.refuse(
        tree,
        what,
        `It is a ${isMethod(other) ? 'method' : 'function'}: ${example}`,
      );
    }
    const known = [...functions.values()].filter((known) => isMethod(known) === method);
    const names = [...known.map((definition) => definition.name), ...MACROS, 'has'];
    return this.refuse(tree, what, didYouMean(name, names));
  }

  private has(args: readonly ASTNode[], tree: ASTNode): Node {
    const [argument] = args;
    if (args.length !== 1 || argument?.op !== '.') {
      return this.refuse(tree, 'has() wants one field, such as has(event.amount).');
    }
    const base = this.compile(argument.args[0]);
    const field = argument.args[1];
    if (base.shape === 'events') return this.refuse(tree, 'has(): a list of events has no fields.');
    if (base.shape === 'event') {
      this.checkField(base, field, argument);
      for (const origin of base.origins) this.readsField(origin, field);
    }
    const { start, end } = tree;
    return node({ start, end, evaluate: hasField(base, field), parts: [base] });
  }

  private loop(macro: Macro, receiver: ASTNode, args: ASTNode[], tree: ASTNode): Node {
    const [variable, ...bodies] = args;
    if (variable!.op !== 'id')
      return this.refuse(variable!, `${macro}() wants the name of a variable first.`);
    if (bodies.length > (macro === 'map' ? 2 : 1))
      return this.refuse(tree, `${macro}() takes no more than that.`);
    this.loops++;
    const compiledList = this.compile(receiver);
    const list = compiledList.shape === 'event' ? this.asValue(compiledList) : compiledList;
    const cell: Cell = { value: null };
    this.locals.push({ name: variable!.args as string, cell, list });
    const compiled = bodies.map((body) => this.compile(body));
    this.locals.pop();
    const last = compiled.at(-1)!;
    const body = macro === 'map' ? this.asValue(last) : last;
    const filter = compiled.length === 2 ? compiled[0]! : null;
    const { start, end } = tree;
    const source = this.source.slice(start, end);
    return loopNode(macro, { source, start, end, list, cell, body, filter });
  }

  /** A node as a plain value: events become the maps of their fields. */
  private asValue(compiled: Node): Node {
    if (compiled.shape === 'value') return compiled;
    this.whole(compiled);
    const { shape } = compiled;
    const evaluate: Evaluate = (frame) => plainValue(compiled.evaluate(frame), shape);
    const base = { ...compiled, shape: 'value' as const, origins: [], types: [] };
    return { ...base, evaluate, test: testOf(evaluate) };
  }

  private value(tree: ASTNode): Node {
    return this.asValue(this.compile(tree));
  }

  /** All fields of the events behind a node are read. */
  private whole(compiled: Node): Node {
    for (const origin of compiled.origins) this.reads.set(origin, '*');
    return compiled;
  }

  /** An event is looked at, none of its fields. */
  private touch(compiled: Node): void {
    for (const origin of compiled.origins) {
      if (!this.reads.has(origin)) this.reads.set(origin, new Set());
    }
  }

  private refuse(
    at: { readonly start: number; readonly end: number },
    message: string,
    fix: string | null = null,
  ): never {
    throw new Refusal(problemAt(this.source, at.start, at.end, message, fix));
  }
}

function literalOf(constant: Node['constant']): Value | undefined {
  return constant instanceof EvaluationError ? undefined : constant;
}
