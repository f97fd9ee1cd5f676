import type { Configuration } from '../event/configuration.ts';
import { CORE_FUNCTIONS } from '../expression/functions.ts';
import { placeFunctions } from '../expression/functions/places.ts';
import { functionTable, type FunctionTable } from '../expression/scope.ts';
import { distance } from '../geo/distance.ts';
import type { CheckEnvironment } from '../pattern/check.ts';
import { catalogueOf, usualWords } from '../task/catalogue.ts';
import { INTENT_STAGE } from '../task/definitions.ts';

/**
 * Functions without a place index, for commands that only look at files: distances are exact, a
 * region is taken as it is written and holds nothing.
 */
const FILE_FUNCTIONS: FunctionTable = functionTable(
  CORE_FUNCTIONS,
  placeFunctions({
    distanceKm: (latA, lonA, latB, lonB) => distance(latA, lonA, latB, lonB) / 1_000,
    inside: () => false,
  }),
);

/** What files are checked against, beside the other definitions. */
export type Surroundings = Omit<CheckEnvironment, 'others'>;

/** One for the commands, the folder and the API, so that all come to the same answer. */
export function surroundingsOf(
  configuration: Configuration,
  functions: FunctionTable = FILE_FUNCTIONS,
): Surroundings {
  const catalogue = catalogueOf(configuration);
  return { catalogue, functions, usual: usualWords(configuration), stages: INTENT_STAGE };
}
