import type { DefinitionEntry, DefinitionRegistry } from '../ports/definition-registry.ts';
import { checkDefinitionFile, checkYaml, type Checked, type CheckEnvironment } from '../pattern/check.ts';
import type { PatternDefinition } from '../pattern/definition.ts';
import { checkMigration } from '../pattern/diff.ts';
import { pathText, type Problem } from '../pattern/problems.ts';
import type { SegmentDefinition } from '../pattern/segment-definition.ts';
import { sourceDigest } from '../pattern/source-digest.ts';
import { type Report, YamlFile } from '../pattern/yaml-file.ts';
import type { DefinitionOutcome, DefinitionService } from './services.ts';

/**
 * Checks files against the set in force and publishes them by compare-and-set: the same checks for
 * the folder, the HTTP API and the command line. Nothing is half applied: a file is refused whole,
 * and the version before stays in force.
 */
export class Publisher implements DefinitionService {
  readonly #registry: DefinitionRegistry;
  /** What files are checked against, beside the definitions in force. */
  readonly #surroundings: Omit<CheckEnvironment, 'others'>;
  /** Definitions by digest: files do not change under a digest. */
  readonly #checked = new Map<string, PatternDefinition | SegmentDefinition>();
  /** One publication at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(registry: DefinitionRegistry, surroundings: Omit<CheckEnvironment, 'others'>) {
    this.#registry = registry;
    this.#surroundings = surroundings;
  }

  list(): { readonly revision: number; readonly entries: readonly DefinitionEntry[] } {
    return this.#registry.current();
  }

  async get(
    id: string,
    digest?: string,
  ): Promise<{ readonly digest: string; readonly source: string } | null> {
    const { entries } = this.list();
    const entry = digest === undefined ? inForce(entries, id) : versionOf(entries, id, digest);
    const source = entry === null ? null : await this.#registry.source(entry.digest);
    return entry === null || source === null ? null : { digest: entry.digest, source };
  }

  put(id: string, source: string, replaces: string | null | undefined): Promise<DefinitionOutcome> {
    return this.#inTurn(() => this.#put(id, source, `${id}.yaml`, replaces));
  }

  /** Publishes a file of the folder under the id it has; `file` is named in messages. */
  putFile(source: string, file: string): Promise<DefinitionOutcome> {
    return this.#inTurn(() => this.#put(null, source, file, undefined));
  }

  /** What a file in force is warned about beside the others that are in force now. */
  async warningsOf(source: string, file: string): Promise<readonly Problem[]> {
    const { entries } = await this.#registry.refresh();
    return (await this.#check(source, file, entries)).problems;
  }

  /** True where exactly this file is in the set. */
  async isInForce(source: string): Promise<boolean> {
    const digest = sourceDigest(source);
    const { entries } = await this.#registry.refresh();
    return entries.some((entry) => entry.enabled && entry.digest === digest);
  }

  remove(id: string, replaces: string | undefined): Promise<DefinitionOutcome> {
    return this.#inTurn(async () => {
      const entry = inForce((await this.#registry.refresh()).entries, id);
      if (entry === null) return { kind: 'unknown' };
      if (replaces !== undefined && replaces !== entry.digest) {
        return { kind: 'conflict', digest: entry.digest };
      }
      const change = { id, kind: entry.kind, source: null, replaces: entry.digest };
      const outcome = await this.#registry.publish(change);
      return outcome.ok
        ? { kind: 'published', revision: outcome.revision.revision, digest: null, warnings: [] }
        : { kind: 'conflict', digest: outcome.conflict };
    });
  }

  async #put(
    id: string | null,
    source: string,
    file: string,
    replaces: string | null | undefined,
  ): Promise<DefinitionOutcome> {
    const { entries } = await this.#registry.refresh();
    const checked = await this.#check(source, file, entries);
    if (checked.kind === 'refused') return checked;
    const { definition, kind } = checked;
    if (id !== null && definition.id !== id) return otherId(file, definition.id, id);
    const held = inForce(entries, definition.id);
    const before = held?.digest ?? null;
    if (replaces !== undefined && replaces !== before) return { kind: 'conflict', digest: before };
    if (before === definition.digest) return { kind: 'unchanged', digest: before };
    const change = { id: definition.id, kind, source, replaces: before };
    const outcome = await this.#registry.publish(change);
    if (!outcome.ok) return { kind: 'conflict', digest: outcome.conflict };
    const { revision } = outcome.revision;
    return { kind: 'published', revision, digest: definition.digest, warnings: checked.problems };
  }

  async #check(
    source: string,
    file: string,
    entries: readonly DefinitionEntry[],
  ): Promise<Checked> {
    const others = await this.#definitions(entries);
    const yaml = YamlFile.read(source, file);
    const id = (yaml.data as { readonly id?: unknown } | null)?.id;
    // The version that it replaces is not one of the others.
    const rest = others.filter((other) => other.id !== id);
    const checked = checkYaml(yaml, { ...this.#surroundings, others: rest });
    const before = others.find((other) => other.id === id);
    if (checked.kind !== 'pattern' || before?.kind !== 'pattern') return checked;
    const reports = checkMigration(before, checked.definition);
    return reports.length === 0 ? checked : { kind: 'refused', problems: toProblems(file, reports) };
  }

  async #definitions(
    entries: readonly DefinitionEntry[],
  ): Promise<(PatternDefinition | SegmentDefinition)[]> {
    const found: (PatternDefinition | SegmentDefinition)[] = [];
    for (const { digest, enabled } of entries) {
      if (!enabled) continue;
      const known = this.#checked.get(digest) ?? (await this.#load(digest));
      if (known !== null) found.push(known);
    }
    return found;
  }

  async #load(digest: string): Promise<PatternDefinition | SegmentDefinition | null> {
    const source = await this.#registry.source(digest);
    if (source === null) return null;
    const checked = checkDefinitionFile(source, digest, {
      ...this.#surroundings,
      checkLevels: false,
      others: [],
    });
    if (checked.kind === 'refused') return null;
    this.#checked.set(digest, checked.definition);
    return checked.definition;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(work, work);
    this.#turn = run.catch(() => {});
    return run;
  }
}

function inForce(entries: readonly DefinitionEntry[], id: string): DefinitionEntry | null {
  return entries.find((entry) => entry.id === id && entry.enabled) ?? null;
}

function versionOf(
  entries: readonly DefinitionEntry[],
  id: string,
  digest: string,
): DefinitionEntry | null {
  return entries.find((entry) => entry.id === id && entry.digest === digest) ?? null;
}

/** A change that does not say what becomes of open runs. */
function toProblems(file: string, reports: readonly Report[]): Problem[] {
  return reports.map(({ code, path, message, fix }) => ({
    code, severity: 'error', file, line: 1, column: 1, path: pathText(path), message, fix: fix ?? null,
  }));
}

function otherId(file: string, found: string, wanted: string): DefinitionOutcome {
  const problem: Problem = {
    code: 'name',
    severity: 'error',
    file,
    line: 1,
    column: 1,
    path: 'id',
    message: `The file has the id "${found}", and was sent as "${wanted}".`,
    fix: 'Send it under its own id.',
  };
  return { kind: 'refused', problems: [problem] };
}
