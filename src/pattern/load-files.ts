import { checkYaml } from './check.ts';
import type { Checked, CheckEnvironment, Problem } from './check.ts';
import { assignLevels } from './levels.ts';
import type { Definition } from './levels.ts';
import { hasErrors } from './problems.ts';
import { YamlFile } from './yaml-file.ts';

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

/** A file that the system does not give. */
export function unreadable(file: string, why: string): Problem {
  return problemAt(file, 'unreadable', `The file was not taken: ${why}.`);
}

/** Two files with the same id: the problem of the second. */
export function duplicate(file: string, id: string, owner: string): Problem {
  const problem = problemAt(file, 'duplicate', `The id "${id}" is defined in ${owner} too.`);
  return { ...problem, path: 'id', fix: 'Give one of them another id.' };
}
