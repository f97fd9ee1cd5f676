import type { Configuration } from '../event/configuration.ts';
import { CORE_FUNCTIONS } from '../expression/functions.ts';
import { placeFunctions } from '../expression/functions/places.ts';
import { functionTable, type FunctionTable } from '../expression/scope.ts';
import type { PlaceIndex } from '../geo/contract.ts';
import { geographyOf, GROUND } from '../geo/geography.ts';
import type { CheckEnvironment } from '../pattern/check.ts';
import { catalogueOf, usualWords } from '../task/catalogue.ts';
import { INTENT_STAGE } from '../task/definitions.ts';
import type { DefinitionFile } from './definition-files.ts';
import { loadPlacesFor } from './load-places.ts';
import type { Terminal } from './terminal.ts';

/** What files are checked against, beside the other definitions. */
export type Surroundings = Omit<CheckEnvironment, 'others'>;

/** One for the commands, the folder and the API, so that all come to the same answer. */
export function surroundingsOf(
  configuration: Configuration,
  places: PlaceIndex | null,
): Surroundings {
  return {
    catalogue: catalogueOf(configuration),
    functions: functionsOf(places),
    usual: usualWords(configuration),
    stages: INTENT_STAGE,
  };
}

/** Without places there are distances and no regions. */
function functionsOf(places: PlaceIndex | null): FunctionTable {
  if (places !== null) return functionTable(CORE_FUNCTIONS, placeFunctions(geographyOf(places)));
  const ground = placeFunctions({ ...GROUND, inside: () => null });
  return functionTable(CORE_FUNCTIONS, ground.filter(({ name }) => name !== 'inside'));
}

/** Words of a file that ask for a region. */
const REGIONS = /\binside\s*\(|\bregion\s*:/;
/** An event of a test with coordinates. */
const COORDINATES = /\blat\s*:/;

/** For commands that only look at files: the layers are loaded where a file names a region. */
export async function surroundingsOfFiles(
  files: readonly DefinitionFile[],
  configuration: Configuration,
  terminal: Terminal,
): Promise<Surroundings> {
  const wanted = files.some(({ source }) => REGIONS.test(source));
  const places = wanted ? await loadPlacesFor(configuration, 'all', terminal) : null;
  return surroundingsOf(configuration, places);
}

/** The layers where a file names a region or a test has coordinates; told where they are off. */
export async function placesOfFiles(
  files: readonly DefinitionFile[],
  configuration: Configuration,
  terminal: Terminal,
): Promise<PlaceIndex | null> {
  const located = files.some(({ source }) => COORDINATES.test(source));
  if (!located && !files.some(({ source }) => REGIONS.test(source))) return null;
  const places = await loadPlacesFor(configuration, 'all', terminal);
  if (places === null && located) {
    terminal.note('places are off (places.enabled): coordinates in tests get no labels');
  }
  return places;
}
