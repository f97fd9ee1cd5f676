import { createHash } from 'node:crypto';
import { interned } from '../event/interned.ts';
import { compileExpression } from '../expression/compile.ts';
import type { Expression, Template } from '../expression/expression.ts';
import type { Json } from '../event/event.ts';
import { compileTemplate } from '../expression/template.ts';
import type { Catalogue, FunctionTable, NameInScope, Scope } from '../expression/scope.ts';
import { didYouMean } from '../expression/suggest.ts';
import type { PatternDefinition } from './definition.ts';
import type { Path } from './problems.ts';
import type { SegmentDefinition } from './segment-definition.ts';
import type { Report, YamlFile } from './yaml-file.ts';

/** Names that events usually have; others are as good. */
export interface Vocabulary {
  readonly types: ReadonlySet<string>;
  readonly fields: ReadonlySet<string>;
}

/** What a file is checked against. Data only. */
export interface CheckEnvironment {
  /** Event types known from configuration or seen; empty: nothing is known, nothing is guessed. */
  readonly catalogue: Catalogue;
  readonly functions: FunctionTable;
  /** Where the catalogue is empty: a name one slip away from one of these is warned about. */
  readonly usual?: Vocabulary;
  /** Types that Parley's own stages derive -> the key they are derived under. */
  readonly stages?: ReadonlyMap<string, string>;
  /** False where the caller assigns levels to the whole set itself; true unless said. */
  readonly checkLevels?: boolean;
  /** The other definitions in force: what they emit is known, and makes levels. */
  readonly others: readonly (PatternDefinition | SegmentDefinition)[];
}

/** What checking one file shares: where problems go, what is known. */
export class CheckContext {
  readonly file: YamlFile;
  readonly environment: CheckEnvironment;
  /** The catalogue with what the other definitions emit. */
  readonly catalogue: Catalogue;

  constructor(file: YamlFile, environment: CheckEnvironment) {
    this.file = file;
    this.environment = environment;
    this.catalogue = withEmitted(environment);
  }

  report(report: Report): void {
    this.file.report(report);
  }

  scope(
    event: readonly string[] | null,
    names: ReadonlyMap<string, NameInScope>,
    eventNames: readonly string[] = [],
  ): Scope {
    const { functions } = this.environment;
    const own = new Set(eventNames);
    const others = [...names.values()].filter(({ name }) => !own.has(name));
    return { event, eventNames, names: others, catalogue: this.catalogue, functions };
  }

  condition(source: string, scope: Scope, path: Path): Expression | null {
    const result = compileExpression(source, scope, 'condition');
    if ('expression' in result) return result.expression;
    this.file.reportExpression(path, result.problem);
    return null;
  }

  template(source: Json, scope: Scope, path: Path): Template | null {
    const result = compileTemplate(source, scope);
    if ('template' in result) return result.template;
    this.file.reportExpression([...path, ...result.problem.path], result.problem);
    return null;
  }

  /** Types by name, each known or reported. Paths point at the entry of a list. */
  types(source: string | readonly string[], path: Path): readonly string[] {
    if (typeof source === 'string') {
      this.knownType(source, path);
      return [interned(source)];
    }
    source.forEach((type, i) => this.knownType(type, [...path, i]));
    return [...new Set(source)].map(interned);
  }

  private knownType(type: string, path: Path): void {
    const { types } = this.catalogue;
    if (types.size === 0 || types.has(type)) return;
    const fix = didYouMean(type, types.keys());
    const message = `No known event has the type "${type}".`;
    const severity = fix === null ? 'warning' : 'error';
    this.report({ code: 'unknown-type', path, message, fix, severity });
  }
}

/** Catalogues by environment: 1,000 files are checked against the same one. */
const extended = new WeakMap<CheckEnvironment, Catalogue>();

function withEmitted(environment: CheckEnvironment): Catalogue {
  const known = extended.get(environment);
  if (known) return known;
  const { catalogue, others } = environment;
  let result = catalogue;
  if (catalogue.types.size > 0) {
    const types = new Map(catalogue.types);
    for (const type of others.flatMap((definition) => emittedTypes(definition))) {
      if (!types.has(type)) types.set(type, null);
    }
    result = { ...catalogue, types };
  }
  extended.set(environment, result);
  return result;
}

export function emittedTypes(definition: PatternDefinition | SegmentDefinition): readonly string[] {
  if (definition.kind === 'segment') return [];
  return [...definition.emit, ...definition.timeout].map(({ type }) => type);
}

/** Digest of what a file says: order of words, comments and layout do not change it. */
export function digestOf(data: unknown): string {
  return createHash('sha256').update(canonical(data)).digest('hex').slice(0, 16);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = entries.map(([name, entry]) => `${JSON.stringify(name)}:${canonical(entry)}`);
  return `{${texts.join(',')}}`;
}
