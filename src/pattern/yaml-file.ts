import {
  Alias,
  Scalar,
  YAMLMap,
  YAMLSeq,
  isMap,
  isNode,
  isPair,
  isScalar,
  parseAllDocuments,
  visit,
} from 'yaml';
import type { Document, Node, ParsedNode } from 'yaml';
import type { ExpressionProblem } from '../expression/scope.ts';
import { plainYaml } from './plain-yaml.ts';
import { pathText } from './problems.ts';
import type { Path, Problem, ProblemCode } from './problems.ts';

/** Text of a file to plain data, with the position of everything in it. */

/** Longest file, in UTF-16 units. */
export const FILE_MAX = 262_144;

type ParsedDocument = Document.Parsed<ParsedNode, true>;
type Parsed = readonly ParsedDocument[];

/** Most aliases that are followed: a file of a few bytes must not become gigabytes. */
const ALIASES_MAX = 50;

export interface Report {
  readonly code: ProblemCode;
  readonly path: Path;
  readonly message: string;
  readonly fix?: string | null;
  readonly severity?: 'error' | 'warning';
  /** Point at the word itself, not at its value. */
  readonly at?: 'key' | 'value';
}

export class YamlFile {
  readonly name: string;
  readonly data: unknown;
  readonly problems: Problem[] = [];
  private readonly source: string;
  /** What the library made of it: for positions, and where the file is not plain. */
  private parsed: Parsed | null;

  private constructor(name: string, source: string, from: Parsed | { readonly plain: unknown }) {
    this.name = name;
    this.source = source;
    this.parsed = 'plain' in from ? null : from;
    this.data = 'plain' in from ? from.plain : this.toData(from[0]);
  }

  /** Never throws; what cannot be read is in `problems`, and `data` is null. */
  static read(source: string, name: string): YamlFile {
    if (source.length > FILE_MAX) {
      const file = new YamlFile(name, '', []);
      const message = `The file has ${source.length} characters; at most ${FILE_MAX} are read.`;
      file.report({ code: 'unreadable', path: [], message });
      return file;
    }
    const plain = plainYaml(source);
    if (plain !== null) return new YamlFile(name, source, { plain });
    const parsed = parse(source);
    const [first, second] = parsed;
    const file = new YamlFile(name, source, parsed);
    // One mistake makes the rest unreadable: what else is found there is its consequence.
    const [error] = parsed.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
    if (error !== undefined) {
      file.yamlError(error);
      return file;
    }
    if (
      !first ||
      first.contents === null ||
      (isScalar(first.contents) && first.contents.value === null)
    ) {
      const fix = 'A pattern needs at least id, key, steps and emit.';
      file.report({ code: 'unreadable', path: [], message: 'The file is empty.', fix });
    } else if (second) {
      const message = 'The file holds several documents.';
      file.report({
        code: 'unreadable',
        path: [],
        message,
        fix: 'Put each definition into a file of its own.',
      });
    } else if (!isMap(first.contents)) {
      const message = 'The file is not a map of words such as id, key and steps.';
      file.report({ code: 'unreadable', path: [], message });
    }
    return file;
  }

  /** The same text with nothing reported but what was wrong with reading it. */
  fresh(): YamlFile {
    return new YamlFile(this.name, this.source, this.parsed ?? { plain: this.data });
  }

  private get document(): ParsedDocument | undefined {
    this.parsed ??= parse(this.source);
    return this.parsed[0];
  }

  private toData(document: ParsedDocument | undefined): unknown {
    if (document === undefined || document.errors.length > 0) return null;
    const plain = plainData(document.contents);
    if (plain === FORBIDDEN) {
      const message = '"__proto__" cannot be the name of anything.';
      this.report({ code: 'unreadable', path: [], message });
      return null;
    }
    if (plain !== ALIASED) return plain;
    try {
      return document.toJS({ maxAliasCount: ALIASES_MAX });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const offset = danglingAlias(document)?.range?.[0] ?? 0;
      const report: Report = { code: 'unreadable', path: [], message: `Not readable: ${message}.` };
      this.add(report, this.positionAt(offset));
      return null;
    }
  }

  private yamlError(error: { message: string; pos: [number, number] }): void {
    const [at] = error.pos;
    const deep = error.message.includes('call stack');
    const what = error.message.split('\n')[0]!.replace(/ at line .*$/, '');
    const message = deep ? 'It is nested too deep to be read.' : `Not YAML: ${what}.`;
    const fix = deep ? null : quotesFix(this.source, at);
    this.add({ code: 'unreadable', path: [], message, fix }, this.positionAt(at));
  }

  report(report: Report): void {
    this.add(report, this.positionOf(report.path, report.at ?? 'value'));
  }

  private add(report: Report, position: { line: number; column: number }): void {
    const { code, path, message, fix = null, severity = 'error' } = report;
    this.problems.push({
      code,
      severity,
      file: this.name,
      ...position,
      path: pathText(path),
      message,
      fix,
    });
  }

  /** A problem inside the text of a scalar. */
  reportExpression(path: Path, problem: ExpressionProblem): void {
    const { message, fix } = problem;
    const report: Report = { code: 'expression', path, message, fix };
    this.add(report, this.positionInText(path, problem));
  }

  private positionInText(path: Path, problem: ExpressionProblem): { line: number; column: number } {
    const node = this.nodeAt(path);
    if (!isScalar(node) || !node.range || typeof node.value !== 'string')
      return this.positionOf(path);
    const { type } = node;
    if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') return this.inBlock(node, problem);
    const quoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE' ? 1 : 0;
    const from = node.range[0] + quoted;
    // Escapes and folded lines shift offsets: then the start of the text is what can be said.
    const same = this.source.slice(from, from + node.value.length) === node.value;
    return this.positionAt(same ? from + problem.start : node.range[0]);
  }

  private inBlock(node: Node, problem: ExpressionProblem): { line: number; column: number } {
    const header = this.positionAt(node.range![0]).line;
    const text = this.source.split('\n')[header] ?? '';
    const indent = /^ */.exec(text)![0].length;
    return { line: header + problem.line, column: indent + problem.column };
  }

  positionOf(path: Path, at: 'key' | 'value' = 'value'): { line: number; column: number } {
    const node = at === 'key' ? this.keyAt(path) : this.nodeAt(path);
    return this.positionAt(node?.range?.[0] ?? 0);
  }

  /** Lines are counted when something is wrong: most files are right. */
  private positionAt(offset: number): { line: number; column: number } {
    const before = this.source.slice(0, offset);
    return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
  }

  /** The node at a path, or the nearest above it that exists. */
  private nodeAt(path: Path): Node | null {
    const { document } = this;
    if (!document) return null;
    for (let length = path.length; length >= 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node)) return node;
    }
    return null;
  }

  private keyAt(path: Path): Node | null {
    const parent = this.document?.getIn(path.slice(0, -1), true) ?? this.document?.contents;
    const container = path.length === 1 ? this.document?.contents : parent;
    if (!isMap(container)) return this.nodeAt(path);
    const pair = container.items.find((item) => isPair(item) && keyText(item.key) === path.at(-1));
    return isNode(pair?.key) ? pair.key : this.nodeAt(path);
  }
}

/** Where CEL stands beside signs that mean something in YAML: quotes keep them apart. */
function quotesFix(source: string, at: number): string | null {
  const start = source.lastIndexOf('\n', at - 1) + 1;
  const end = source.indexOf('\n', at);
  const line = source.slice(start, end < 0 ? source.length : end);
  const word = /\b(where|until|emit|data|key|recipient)\b[^\n]*\$\{|\b(where|until):/.exec(line);
  if (word === null) return null;
  const condition = word[2];
  return condition === undefined
    ? 'Put text with ${...} in quotes: "${...}".'
    : `Put the condition in quotes: ${condition}: '...'.`;
}

function parse(source: string): Parsed {
  const options = { version: '1.2', prettyErrors: false, stringKeys: true } as const;
  const documents = parseAllDocuments(source, options);
  return Array.isArray(documents) ? documents : [];
}

const ALIASED = Symbol('aliased');
const FORBIDDEN = Symbol('forbidden');

/** As `Document.toJS`, three times as fast; aliases are left to that, which bounds them. */
function plainData(node: unknown): unknown {
  if (node instanceof Scalar) return node.value;
  if (node instanceof Alias) return ALIASED;
  if (node instanceof YAMLSeq) {
    const list: unknown[] = [];
    for (const item of node.items) {
      const value = plainData(item);
      if (value === ALIASED || value === FORBIDDEN) return value;
      list.push(value);
    }
    return list;
  }
  if (!(node instanceof YAMLMap)) return null;
  const map: Record<string, unknown> = {};
  for (const { key, value: item } of node.items) {
    const value = plainData(item);
    const name = key instanceof Scalar ? String(key.value) : null;
    if (value === FORBIDDEN || name === '__proto__') return FORBIDDEN;
    if (value === ALIASED || name === null) return ALIASED;
    map[name] = value;
  }
  return map;
}

/** The first alias whose anchor does not stand before it. */
function danglingAlias(document: ParsedDocument): Alias | null {
  let found: Alias | null = null;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

function keyText(key: unknown): unknown {
  return isScalar(key) ? key.value : key;
}
