import { Environment, ParseError } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import type {
  Catalogue,
  ExpressionProblem,
  FieldType,
  FunctionTable,
  NameInScope,
  Scope,
} from './scope.ts';

/** The library at work: text to syntax tree, and types checked under our rules. */

export type { ASTNode };

/** Bounds of one expression. */
export const LIMITS = { characters: 4_000, nodes: 1_000, depth: 60 } as const;

const OPTIONS = {
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: LIMITS.nodes, maxDepth: LIMITS.depth, maxListElements: 500 },
};

const CEL_TYPE: { readonly [type in FieldType]: string } = {
  number: 'double',
  text: 'string',
  boolean: 'bool',
  map: 'dyn',
  list: 'list<dyn>',
  any: 'dyn',
};

/** A field of unknown type, where a generic function wants a list: for the checker only. */
const AS_LIST = 'aslist';
/** Stands for `has` of any event or map: for the checker only. */
const HAS_FIELD = 'hasfield';
const WANTS_LIST: ReadonlySet<string> = new Set(['first', 'last', 'prev', 'distinct']);

const NUMBERS = ['int', 'double'] as const;
const DURATION = 'google.protobuf.Duration';

/** The type checker never runs what is registered; the closures of `compile.ts` do. */
const never = (): never => {
  throw new Error('only checked, never run');
};

/** Ints are doubles to us: whatever takes two doubles takes a mixture. */
function registerOurOperators(environment: Environment): void {
  for (const left of NUMBERS) {
    for (const right of NUMBERS) {
      if (left === right && left === 'int') continue;
      for (const operator of ['+', '-', '*', '/', '%']) {
        if (left === right && operator !== '%') continue;
        environment.registerOperator(`${left} ${operator} ${right}: double`, never);
      }
    }
  }
  environment.registerOperator('int == double: bool', never);
  for (const type of ['double', 'string', 'bool', 'int', 'list<dyn>']) {
    environment.registerOperator(`${type} == null: bool`, never);
  }
  environment.registerOperator('list<int> == list<double>: bool', never);
  environment.registerOperator(`${DURATION} * double: ${DURATION}`, never);
  environment.registerOperator(`double * ${DURATION}: ${DURATION}`, never);
  environment.registerOperator(`${DURATION} / double: ${DURATION}`, never);
  environment.registerOperator(`${DURATION} / ${DURATION}: double`, never);
}

const bases = new WeakMap<FunctionTable, Environment>();

function baseEnvironment(functions: FunctionTable): Environment {
  const known = bases.get(functions);
  if (known) return known;
  const environment = new Environment(OPTIONS);
  registerOurOperators(environment);
  environment.registerFunction(`${AS_LIST}(dyn): list<dyn>`, never);
  environment.registerFunction(`${HAS_FIELD}(dyn): bool`, never);
  for (const definition of functions.values()) {
    const { declare = definition.signatures } = definition;
    for (const signature of declare) environment.registerFunction(signature, never);
  }
  bases.set(functions, environment);
  return environment;
}

/** Fields of an event that can have any of these types; null where they are not all known. */
export function fieldsOf(
  catalogue: Catalogue,
  types: readonly string[],
): ReadonlyMap<string, FieldType> | null {
  const fields = new Map<string, FieldType>(catalogue.common);
  for (const type of types) {
    const known = catalogue.types.get(type);
    if (!known) return null;
    for (const [field, fieldType] of known) {
      const other = fields.get(field);
      fields.set(field, other === undefined || other === fieldType ? fieldType : 'any');
    }
  }
  return types.length === 0 ? null : fields;
}

interface Environments {
  readonly functions: FunctionTable;
  readonly bySignature: Map<string, Environment>;
}

/** Files of one kind share their scopes: 1,000 files need few environments. Bounded. */
const ENVIRONMENTS_MAX = 256;
const cached = new WeakMap<Catalogue, Environments>();

function signatureOf(scope: Scope): string {
  const names = scope.names.map((name) => [name.name, name.list, name.types]);
  return JSON.stringify([scope.event, scope.eventNames, names]);
}

export function environmentFor(scope: Scope): Environment {
  let environments = cached.get(scope.catalogue);
  if (!environments || environments.functions !== scope.functions) {
    environments = { functions: scope.functions, bySignature: new Map() };
    cached.set(scope.catalogue, environments);
  }
  const signature = signatureOf(scope);
  let environment = environments.bySignature.get(signature);
  if (!environment) {
    environment = buildEnvironment(scope);
    if (environments.bySignature.size >= ENVIRONMENTS_MAX) environments.bySignature.clear();
    environments.bySignature.set(signature, environment);
  }
  return environment;
}

function buildEnvironment(scope: Scope): Environment {
  const environment = baseEnvironment(scope.functions).clone();
  const typeNames = new Map<string, string>();
  const typeOf = (types: readonly string[]): string => {
    const fields = fieldsOf(scope.catalogue, types);
    if (!fields) return 'map<string, dyn>';
    const key = types.join(' ');
    let name = typeNames.get(key);
    if (!name) {
      name = `Event${typeNames.size}`;
      typeNames.set(key, name);
      const celFields: Record<string, string> = {};
      for (const [field, type] of fields) celFields[field] = CEL_TYPE[type];
      environment.registerType(name, { fields: celFields });
      environment.registerFunction(`size(${name}): int`, never);
      environment.registerOperator(`string in ${name}: bool`, never);
    }
    return name;
  };
  environment.registerVariable('now', 'google.protobuf.Timestamp');
  const declare = (name: string, types: readonly string[], list: boolean): void => {
    environment.registerVariable(name, list ? `list<${typeOf(types)}>` : typeOf(types));
  };
  if (scope.event) {
    for (const name of new Set(['event', ...scope.eventNames])) declare(name, scope.event, false);
  }
  const eventNames = new Set(scope.eventNames);
  for (const name of scope.names as readonly NameInScope[]) {
    if (!eventNames.has(name.name)) declare(name.name, name.types, name.list);
  }
  return environment;
}

/** The syntax tree, or the one problem the parser found. */
export function parse(source: string): ASTNode | ExpressionProblem {
  if (source.length > LIMITS.characters) {
    return problemAt(
      source,
      0,
      1,
      `The expression is longer than ${LIMITS.characters} characters.`,
    );
  }
  try {
    return PARSER.parse(source).ast;
  } catch (error) {
    return problemOf(source, error);
  }
}

const PARSER = new Environment({ ...OPTIONS, unlistedVariablesAreDyn: true });

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Position of arguments that CEL wants as int; the receiver is not counted. */
const INT_ARGUMENTS: ReadonlyMap<string, readonly number[]> = new Map([
  ['substring', [0, 1]],
  ['indexOf', [1]],
  ['lastIndexOf', [1]],
  ['split', [1]],
]);

const GIVES_INT = /^(size|indexOf|lastIndexOf|int|get[A-Z]\w*)$/;

/** What an expression is for: any value, or what is true or false. */
export type Wanted = 'value' | 'condition';

/** Types of an expression under our rules; null where they are right. */
export function typeCheck(source: string, scope: Scope, wanted: Wanted): ExpressionProblem | null {
  const environment = environmentFor(scope);
  try {
    const events = new Set(scope.names.map((name) => name.name));
    const tree = adapted(environment.parse(source).ast, environment, events);
    const type = environment.parse('dyn(null)');
    (type.ast as Mutable<ASTNode>).args = ['dyn', [tree]];
    const result = type.check();
    if (!result.valid) return problemOf(source, result.error, scope.functions);
    if (wanted === 'value') return null;
    const choice = environment.parse('null ? true : false');
    (choice.ast.args as ASTNode[])[0] = tree;
    const { error } = choice.check();
    return error === undefined ? null : noCondition(source, inWords(error.summary));
  } catch (error) {
    return problemOf(source, error, scope.functions);
  }
}

/** What is of a type that no event makes true or false. Unknown types are seen when it runs. */
function noCondition(source: string, words: string): ExpressionProblem {
  const [, type = 'of another type'] = /got '(.*)'$/.exec(words) ?? [];
  const message = `A condition is true or false, and this is always of type ${type}.`;
  return problemAt(source, 0, source.length, message, 'Compare it with something, such as ==, > or in.');
}

/**
 * The tree as the checker is to see it, changed in place: int literals are doubles; what gives an
 * int gives a double; what wants an int takes any number; events can be compared (by identity) and
 * chosen among, whatever their types; `has` asks any event or map for a field.
 */
function adapted(node: ASTNode, environment: Environment, events: ReadonlySet<string>): ASTNode {
  if (node.op === 'call' && node.args[0] === 'has' && node.args[1][0]?.op === '.') {
    const base = node.args[1][0].args[0];
    return wrapped(HAS_FIELD, adapted(base, environment, events), environment);
  }
  adapt(node, environment, events);
  const givesInt = (node.op === 'call' || node.op === 'rcall') && GIVES_INT.test(node.args[0]);
  return givesInt ? wrapped('double', node, environment) : node;
}

function wrapped(name: string, inner: ASTNode, environment: Environment): ASTNode {
  const call = environment.parse(`${name}(null)`).ast as Mutable<ASTNode>;
  call.args = [name, [inner]];
  return call as ASTNode;
}

/** Everything below a node. */
function adapt(node: ASTNode, environment: Environment, events: ReadonlySet<string>): void {
  const wrap = (name: string, inner: ASTNode): ASTNode => wrapped(name, inner, environment);
  const visit = (child: ASTNode): ASTNode => adapted(child, environment, events);
  const list = (nodes: ASTNode[]): void => {
    for (let i = 0; i < nodes.length; i++) nodes[i] = visit(nodes[i]!);
  };
  switch (node.op) {
    case 'value':
      if (typeof node.args === 'bigint') (node as Mutable<typeof node>).args = Number(node.args);
      return;
    case 'id':
      return;
    case '.':
    case '.?':
      node.args[0] = visit(node.args[0]);
      return;
    case '[]':
    case '[?]': {
      node.args[0] = visit(node.args[0]);
      const literal = node.args[1].op === 'value' && typeof node.args[1].args === 'string';
      if (!literal) node.args[1] = wrap('dyn', visit(node.args[1]));
      return;
    }
    case 'call':
      list(node.args[1]);
      if (WANTS_LIST.has(node.args[0]) && /^(\.|\[\])$/.test(node.args[1][0]?.op ?? '')) {
        node.args[1][0] = wrap(AS_LIST, node.args[1][0]!);
      }
      return;
    case 'rcall': {
      node.args[1] = visit(node.args[1]);
      list(node.args[2]);
      for (const i of INT_ARGUMENTS.get(node.args[0]) ?? []) {
        const argument = node.args[2][i];
        if (argument) node.args[2][i] = wrap('dyn', argument);
      }
      return;
    }
    case 'map':
      for (const entry of node.args) list(entry);
      return;
    case '!_':
    case '-_':
      (node as Mutable<typeof node>).args = visit(node.args);
      return;
    case '?:':
      list(node.args);
      for (const i of [1, 2]) {
        if (isEvent(node.args[i]!, events)) node.args[i] = wrap('dyn', node.args[i]!);
      }
      return;
    case '==':
    case '!=':
      list(node.args);
      if (node.args.some((side) => isEvent(side, events))) {
        node.args[0] = wrap('dyn', node.args[0]);
        node.args[1] = wrap('dyn', node.args[1]);
      }
      return;
    default:
      list(node.args as ASTNode[]);
  }
}

function isEvent(node: ASTNode, events: ReadonlySet<string>): boolean {
  if (node.op === 'id') return node.args === 'event' || events.has(node.args);
  return node.op === 'call' && /^(first|last|prev)$/.test(node.args[0]);
}

/** A problem at offsets of an expression. */
export function problemAt(
  source: string,
  start: number,
  end: number,
  message: string,
  fix: string | null = null,
): ExpressionProblem {
  const before = source.slice(0, start);
  const line = before.split('\n').length;
  const column = start - (before.lastIndexOf('\n') + 1) + 1;
  return { message, fix, start, end, line, column };
}

interface LibraryError {
  readonly code: string;
  readonly summary: string;
  readonly range?: { readonly start: number; readonly end: number };
}

const TYPE_WORDS: readonly (readonly [RegExp, string])[] = [
  [/google\.protobuf\.Timestamp/g, 'time'],
  [/google\.protobuf\.Duration/g, 'duration'],
  [/\bdouble\b|\bint\b/g, 'number'],
  [/\bstring\b/g, 'text'],
  [/\bbool\b/g, 'boolean'],
  [/\bdyn\b/g, 'any'],
  [/\bEvent\d+\b/g, 'event'],
  [/map<text, any>/g, 'map'],
];

const NO_FUNCTIONS: FunctionTable = new Map();

/** The library's errors in our words. */
function problemOf(
  source: string,
  error: unknown,
  functions: FunctionTable = NO_FUNCTIONS,
): ExpressionProblem {
  if (!(error instanceof Error) || !('summary' in error)) throw error;
  const { code, summary, range } = error as Error & LibraryError;
  const start = Math.min(range?.start ?? 0, source.length);
  const end = Math.max(range?.end ?? start, start);
  const words = inWords(summary);
  const part = source.slice(start, end);
  if (code === 'no_such_overload') {
    const types = words.replace('no such overload: ', '');
    const text = `\`${part}\` does not work on these types: ${types}.`;
    return problemAt(source, start, end, text, typeFix(types));
  }
  if (code === 'no_matching_overload') {
    const call = words.replace(/^found no matching overload for /, '').replaceAll("'", '`');
    const message = `No function takes this: ${call}.`;
    return problemAt(source, start, end, message, example(call, functions));
  }
  if (error instanceof ParseError) return syntaxProblem(source, start, end, words);
  return problemAt(source, start, end, `${words}.`);
}

function inWords(summary: string): string {
  return TYPE_WORDS.reduce((text, [from, to]) => text.replace(from, to), summary);
}

/** How the function is called that was called with something else. */
function example(call: string, functions: FunctionTable): string | null {
  const [, method = '', name = ''] = /(\.?)(\w+)\(/.exec(call) ?? [];
  const definition = functions.get(method + name);
  return definition === undefined ? null : `Such as: ${definition.example.replaceAll('"', "'")}.`;
}

function typeFix(types: string): string | null {
  if (/\blist<(event|map)>/.test(types)) {
    return 'A step that repeats is a list: write size(...), last(...) or sum(..., "amount").';
  }
  if (/\b(event|map)\b/.test(types)) {
    return 'An event is a map of its fields: write which of them, such as event.amount.';
  }
  if (/^text (==|!=|<|>|<=|>=) number$|^number (==|!=|<|>|<=|>=) text$/.test(types)) {
    return 'A field and what it is compared with must both be text or both be numbers.';
  }
  if (/time|duration/.test(types)) {
    return 'Compare times with timestamp("...") or now, durations with duration("2h30m").';
  }
  return null;
}

/** Words of other languages, and what stands for them here. */
const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ['and', 'Write "&&" for "and".'],
  ['or', 'Write "||" for "or".'],
  ['not', 'Write "!" for "not".'],
  ['is', 'Write "==" to compare.'],
  ['like', 'Write TEXT.contains("...") or TEXT.matches("...").'],
  ['between', 'Write x >= LOW && x <= HIGH.'],
]);

function syntaxProblem(
  source: string,
  start: number,
  end: number,
  words: string,
): ExpressionProblem {
  const rest = source.slice(start);
  const word = /^\w+/.exec(rest)?.[0] ?? '';
  const unit = /^(ms|[smhd])\b/.exec(rest)?.[0];
  const amount = unit === undefined ? null : /\d+$/.exec(source.slice(0, start));
  let fix = OTHER_WORDS.get(word.toLowerCase()) ?? null;
  if (amount) fix = `Write duration("${amount[0]}${unit}").`;
  else if (rest.startsWith('=')) fix = 'Write "==" to compare.';
  else if (rest.startsWith('&')) fix = 'Write "&&".';
  else if (rest.startsWith('|')) fix = 'Write "||".';
  else if (rest.startsWith('~')) fix = 'Write TEXT.matches("...").';
  const what = word === '' ? words : `"${word}"`;
  const found = rest.trim() === '' ? 'The expression ends too early' : `Not understood: ${what}`;
  return problemAt(source, start, Math.max(end, start + 1), `${found}.`, fix);
}
