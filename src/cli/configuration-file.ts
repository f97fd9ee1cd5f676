import { existsSync, readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import {
  type Configuration,
  configurationSchema,
} from '../event/configuration.ts';
import { ParleyError } from '../event/errors.ts';
import { suggest } from '../event/suggest.ts';

/** Variables that users of Kafka and Redis already have, beside `PARLEY_<PATH>`. */
const WELL_KNOWN: { readonly [variable: string]: readonly string[] } = {
  KAFKA_BROKERS: ['kafka', 'brokers'],
  REDIS_URL: ['redis', 'url'],
};

export interface LoadOptions {
  /** Path of the file; null: `parley.yaml` in the working folder where it exists. */
  readonly file: string | null;
  readonly environment: { readonly [variable: string]: string | undefined };
}

/**
 * Reads the configuration: defaults, then the file, then the environment.
 * Throws `PARLEY_CONFIG_INVALID` with one line per mistake, `file:line:col` where it is in the file.
 */
export function loadConfiguration(options: LoadOptions): Configuration {
  const file = options.file ?? 'parley.yaml';
  if (options.file !== null && !existsSync(file)) {
    throw new ParleyError('PARLEY_CONFIG_INVALID', `${file}: there is no such file`);
  }
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return parseConfiguration(text, file, options.environment);
}

/** As `loadConfiguration`, over a text. */
export function parseConfiguration(
  text: string,
  file: string,
  environment: LoadOptions['environment'],
): Configuration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const { line, col } = lines.linePos(syntax.pos[0]);
    fail([`${file}:${line}:${col}: ${syntax.message.split('\n')[0] ?? ''}`]);
  }
  const value: unknown = document.toJS() ?? {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fail([`${file}:1:1: the file must hold fields, for instance "application: parley"`]);
  }
  const fromEnvironment = applyEnvironment(value as Tree, environment);
  const result = configurationSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const variable = fromEnvironment.get(issue.path.join('.'));
    const where = variable ?? position(document, lines, file, issue);
    return `${where}: ${explain(issue)}`;
  });
  fail(problems);
}

type Tree = { [name: string]: unknown };

function fail(problems: readonly string[]): never {
  throw new ParleyError('PARLEY_CONFIG_INVALID', problems.join('\n'), { details: { problems } });
}

function position(
  document: Document.Parsed,
  lines: LineCounter,
  file: string,
  issue: z.core.$ZodIssue,
): string {
  const path = [...issue.path] as (string | number)[];
  if (issue.code === 'unrecognized_keys') {
    const map = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && item.key.value === issue.keys[0])
      : undefined;
    if (pair !== undefined && isScalar(pair.key) && pair.key.range) {
      const at = lines.linePos(pair.key.range[0]);
      return `${file}:${at.line}:${at.col}`;
    }
  }
  for (; path.length > 0; path.pop()) {
    const node = document.getIn(path, true) as { range?: readonly [number, ...number[]] } | undefined;
    if (node?.range) {
      const at = lines.linePos(node.range[0]);
      return `${file}:${at.line}:${at.col}`;
    }
  }
  return `${file}:1:1`;
}

function explain(issue: z.core.$ZodIssue): string {
  const field = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') {
    return `${field === '' ? 'configuration' : field}: ${issue.message}`;
  }
  const known = fieldsAt(issue.path);
  const unknown = issue.keys[0] ?? '';
  const near = suggest(unknown, known);
  const full = [...issue.path, unknown].join('.');
  const hint = near === null ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`;
  return `unknown field "${full}"; ${hint}`;
}

/** Names of the fields of the object at a path of the schema. */
function fieldsAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = configurationSchema;
  for (const step of path) {
    const inner = unwrap(schema);
    schema =
      typeof step === 'number'
        ? (inner as { element?: unknown }).element
        : (inner as { shape?: Record<PropertyKey, unknown> }).shape?.[step];
  }
  return Object.keys((unwrap(schema) as { shape?: object }).shape ?? {});
}

/** The object or array below defaults, nullables and unions. */
function unwrap(schema: unknown): unknown {
  let inner = schema;
  for (;;) {
    const def = (inner as { def?: { innerType?: unknown; options?: unknown[] } } | undefined)?.def;
    if (def?.innerType !== undefined) inner = def.innerType;
    else if (def?.options !== undefined) inner = def.options.at(-1);
    else return inner;
  }
}

/** Writes overrides into `tree`; returns dotted path -> variable for messages. */
function applyEnvironment(
  tree: Tree,
  environment: LoadOptions['environment'],
): Map<string, string> {
  const applied = new Map<string, string>();
  for (const [variable, text] of Object.entries(environment)) {
    if (text === undefined || text === '') continue;
    const path = WELL_KNOWN[variable] ?? environmentPath(variable);
    if (path === null) continue;
    set(tree, path, readValue(text, path));
    applied.set(path.join('.'), `environment variable ${variable}`);
  }
  return applied;
}

/** `PARLEY_API_PORT` is `api.port`; null for a variable of somebody else. */
function environmentPath(variable: string): readonly string[] | null {
  if (!variable.startsWith('PARLEY_')) return null;
  const words = variable.slice('PARLEY_'.length).toLowerCase().split('_');
  const path = resolve(configurationSchema, words);
  if (path === null) {
    fail([`environment variable ${variable}: no field of the configuration has this name`]);
  }
  return path;
}

/** Fields are camel case: several words of the variable may make up one name. */
function resolve(schema: unknown, words: readonly string[]): string[] | null {
  if (words.length === 0) return [];
  const shape = (unwrap(schema) as { shape?: Record<string, unknown> }).shape;
  if (shape === undefined) return null;
  for (let taken = words.length; taken > 0; taken--) {
    const joined = words.slice(0, taken).join('');
    const name = Object.keys(shape).find((field) => field.toLowerCase() === joined);
    if (name === undefined) continue;
    const rest = resolve(shape[name], words.slice(taken));
    if (rest !== null) return [name, ...rest];
  }
  return null;
}

function set(tree: Tree, path: readonly string[], value: unknown): void {
  let at = tree;
  for (const step of path.slice(0, -1)) {
    const next = at[step];
    const child: Tree = typeof next === 'object' && next !== null ? (next as Tree) : {};
    at[step] = child;
    at = child;
  }
  at[path.at(-1) as string] = value;
}

/** Lists are written `a,b`; numbers, booleans and null as in YAML, except where text is meant. */
function readValue(text: string, path: readonly string[]): unknown {
  const shapes = schemaAt(path) as { def?: { type?: string } } | undefined;
  const type = (unwrap(shapes) as { def?: { type?: string } } | undefined)?.def?.type;
  if (type === 'array') return text.split(',').map((item) => item.trim());
  if (type === 'number') return Number(text);
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

function schemaAt(path: readonly string[]): unknown {
  let schema: unknown = configurationSchema;
  for (const step of path) {
    schema = (unwrap(schema) as { shape?: Record<string, unknown> }).shape?.[step];
  }
  return schema;
}
