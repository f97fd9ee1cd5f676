import { createHash } from 'node:crypto';
import { checkYaml } from './check.ts';
import type { Checked, CheckEnvironment, Problem } from './check.ts';
import { assignLevels } from './levels.ts';
import type { Definition } from './levels.ts';
import type { Event } from '../event/event.ts';
import { hasErrors } from './problems.ts';
import { buildTypeIndex } from './type-index.ts';
import type { TypeIndex } from './type-index.ts';
import { YamlFile } from './yaml-file.ts';

/**
 * The definitions in force, as one immutable value: a change gives a new set with the next
 * revision.
 */
export interface DefinitionSet {
  /** 0 is the empty set before the first change. */
  readonly revision: number;
  /** Digest of the ids and digests of all definitions: equal sets have equal digests. */
  readonly digest: string;
  /** By id, in order of id. */
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly levels: ReadonlyMap<string, 1 | 2>;
  /** Definitions of that level and key name which the event can change, in order of id. */
  concerned(event: Event, keyName: string | null, level: 1 | 2): readonly Definition[];
}

export const EMPTY_SET: DefinitionSet = makeSet(0, [], new Map());

/**
 * Adds or replaces by id. Levels are those of the whole; see `assignLevels` for what is
 * refused.
 */
export function withDefinitions(
  set: DefinitionSet,
  definitions: readonly Definition[],
  stages: ReadonlyMap<string, string> = new Map(),
): DefinitionSet {
  const byId = new Map(set.definitions);
  for (const definition of definitions) byId.set(definition.id, definition);
  return makeSet(set.revision + 1, [...byId.values()], stages);
}

export function withoutDefinition(
  set: DefinitionSet,
  id: string,
  stages: ReadonlyMap<string, string> = new Map(),
): DefinitionSet {
  const left = [...set.definitions.values()].filter((definition) => definition.id !== id);
  return makeSet(set.revision + 1, left, stages);
}

function makeSet(
  revision: number,
  definitions: readonly Definition[],
  stages: ReadonlyMap<string, string>,
): DefinitionSet {
  const ordered = definitions.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const { levels } = assignLevels(ordered, stages);
  const hash = createHash('sha256');
  for (const { id, digest } of ordered) hash.update(`${id} ${digest}\n`);
  const indexes = new Map<string, TypeIndex<Definition>>();
  const placeOf = (keyName: string | null, level: number): string => `${level} ${keyName ?? ''}`;
  for (const { key, id } of ordered) {
    const level = levels.get(id);
    if (level === undefined || indexes.has(placeOf(key, level))) continue;
    const here = ordered.filter((other) => other.key === key && levels.get(other.id) === level);
    indexes.set(
      placeOf(key, level),
      buildTypeIndex(here, (definition) => definition),
    );
  }
  return {
    revision,
    digest: hash.digest('hex').slice(0, 16),
    definitions: new Map(ordered.map((definition) => [definition.id, definition])),
    levels,
    concerned: (event, keyName, level) =>
      indexes.get(placeOf(keyName, level))?.concerned(event) ?? [],
  };
}

export interface SourceFile {
  readonly file: string;
  readonly source: string;
}

export interface LoadedFile extends SourceFile {
  readonly checked: Checked;
}

/**
 * Checks files as one set: each is known to all others whatever their order. Of two files with the
 * same id the second is refused. Linear in the number of files.
 */
export function loadFiles(
  files: readonly SourceFile[],
  surroundings: Omit<CheckEnvironment, 'others'>,
): readonly LoadedFile[] {
  const alone = { ...surroundings, checkLevels: false, others: [] };
  // The document of a file is large; it is kept only where the file is to be looked at again.
  const read: (YamlFile | null)[] = [];
  const first = files.map(({ file, source }) => {
    const yaml = YamlFile.read(source, file);
    const checked = checkYaml(yaml, alone);
    read.push(needsAnotherLook(checked) ? yaml : null);
    return checked;
  });
  const owners = new Map<string, string>();
  const loaded = files.map(({ file, source }, i): LoadedFile => {
    const definition = definitionOf(first[i]!);
    const owner = definition && owners.get(definition.id);
    if (definition && owner === undefined) owners.set(definition.id, file);
    if (!definition || typeof owner !== 'string') return { file, source, checked: first[i]! };
    read[i] = null;
    return { file, source, checked: refused(duplicate(file, definition.id, owner)) };
  });
  return withLevels(again(loaded, read, surroundings), surroundings.stages);
}

function definitionOf(checked: Checked): Definition | null {
  return checked.kind === 'refused' ? null : checked.definition;
}

function refused(...problems: readonly Problem[]): Checked {
  return { kind: 'refused', problems };
}

/**
 * A second look at those whose first one could not know the others: segments ask other segments and
 * what patterns emit; an event type may be what another file emits.
 */
function again(
  loaded: readonly LoadedFile[],
  read: readonly (YamlFile | null)[],
  surroundings: Omit<CheckEnvironment, 'others'>,
): readonly LoadedFile[] {
  let result = loaded;
  for (let round = 0; round <= ROUNDS_MAX; round++) {
    const others = result
      .map(({ checked }) => definitionOf(checked))
      .filter((known) => known !== null);
    const environment: CheckEnvironment = { ...surroundings, checkLevels: false, others };
    let found = false;
    result = result.map((each, i) => {
      const { checked } = each;
      const yaml = read[i];
      const look = round === 0 || checked.problems.some(({ code }) => dependsOnOthers(code));
      if (!yaml || !look) return each;
      const next = checkYaml(yaml.fresh(), environment);
      if (checked.kind === 'refused' && next.kind !== 'refused') found = true;
      return { ...each, checked: next };
    });
    if (!found) break;
  }
  return result;
}

function needsAnotherLook(checked: Checked): boolean {
  return checked.kind === 'segment' || checked.problems.some(({ code }) => dependsOnOthers(code));
}

/** Chains of segments that only become known one after the other. */
const ROUNDS_MAX = 10;

function dependsOnOthers(code: Problem['code']): boolean {
  return code === 'unknown-type' || code === 'unknown-segment';
}

function withLevels(
  loaded: readonly LoadedFile[],
  stages: ReadonlyMap<string, string> | undefined,
): readonly LoadedFile[] {
  const definitions = loaded
    .map(({ checked }) => definitionOf(checked))
    .filter((known) => known !== null);
  const { problems } = assignLevels(definitions, stages);
  if (problems.length === 0) return loaded;
  return loaded.map((each) => {
    const id = definitionOf(each.checked)?.id;
    const own = problems.filter((problem) => problem.id === id);
    if (own.length === 0) return each;
    const all = own.map(({ code, message }) => problemAt(each.file, code, message));
    const checked = [...each.checked.problems, ...all];
    return { ...each, checked: hasErrors(checked) ? refused(...checked) : each.checked };
  });
}

function problemAt(file: string, code: Problem['code'], message: string): Problem {
  return { code, severity: 'error', file, line: 1, column: 1, path: '', message, fix: null };
}

function duplicate(file: string, id: string, owner: string): Problem {
  const problem = problemAt(file, 'duplicate', `The id "${id}" is defined in ${owner} too.`);
  return { ...problem, path: 'id', fix: 'Give one of them another id.' };
}
