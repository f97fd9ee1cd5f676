import { EMPTY_CATALOGUE } from '../expression/scope.ts';
import { CORE_FUNCTIONS } from '../expression/functions.ts';
import { placeFunctions } from '../expression/functions/places.ts';
import { functionTable, type FunctionTable } from '../expression/scope.ts';
import { distance } from '../geo/distance.ts';
import { checkDefinitionFile, type Checked, type CheckEnvironment } from '../pattern/check.ts';
import type { PatternDefinition } from '../pattern/definition.ts';
import type { Problem } from '../pattern/problems.ts';
import type { SegmentDefinition } from '../pattern/segment-definition.ts';
import type { DefinitionFile } from './definition-files.ts';

export interface CheckedFile {
  readonly file: string;
  readonly source: string;
  readonly checked: Checked;
}

/**
 * Functions without a place index, for commands that only look at files: distances are exact, a
 * region is taken as it is written and holds nothing.
 */
export const FILE_FUNCTIONS: FunctionTable = functionTable(
  CORE_FUNCTIONS,
  placeFunctions({
    distanceKm: (latA, lonA, latB, lonB) => distance(latA, lonA, latB, lonB) / 1_000,
    inside: () => false,
  }),
);

/**
 * Checks files as one set: each against all the others, whatever their order. The second of two
 * files with the same id is refused.
 */
export function checkFiles(
  files: readonly DefinitionFile[],
  surroundings: Omit<CheckEnvironment, 'others'> = {
    catalogue: EMPTY_CATALOGUE,
    functions: FILE_FUNCTIONS,
  },
): CheckedFile[] {
  const alone = files.map(({ file, source }) =>
    definitionOf(checkDefinitionFile(source, file, { ...surroundings, others: [] })),
  );
  // What listens to what another file derives is known only beside it: a second look finds it.
  const first = alone.filter((definition) => definition !== null);
  const known = files.map(({ file, source }, index) =>
    definitionOf(
      checkDefinitionFile(source, file, {
        ...surroundings,
        others: first.filter((definition) => definition.id !== alone[index]?.id),
      }),
    ),
  );
  const owners = new Map<string, string>();
  return files.map(({ file, source }, index) => {
    const id = known[index]?.id;
    const owner = id === undefined ? undefined : owners.get(id);
    if (id !== undefined && owner !== undefined) {
      return { file, source, checked: { kind: 'refused', problems: [duplicate(file, id, owner)] } };
    }
    if (id !== undefined) owners.set(id, file);
    const others = known.filter((other) => other !== null && other.id !== id);
    const environment = { ...surroundings, others: others as CheckEnvironment['others'] };
    return { file, source, checked: checkDefinitionFile(source, file, environment) };
  });
}

export function definitionOf(checked: Checked): PatternDefinition | SegmentDefinition | null {
  return checked.kind === 'refused' ? null : checked.definition;
}

export function duplicate(file: string, id: string, owner: string): Problem {
  return {
    code: 'duplicate',
    severity: 'error',
    file,
    line: 1,
    column: 1,
    path: 'id',
    message: `The id "${id}" is defined in ${owner} too.`,
    fix: 'Give one of them another id.',
  };
}
