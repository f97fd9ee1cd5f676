import { LIST_FUNCTIONS } from './functions/lists.ts';
import { NUMBER_FUNCTIONS } from './functions/numbers.ts';
import { TEXT_FUNCTIONS } from './functions/text.ts';
import { TIME_FUNCTIONS } from './functions/time.ts';
import { functionTable } from './scope.ts';
import type { FunctionTable } from './scope.ts';

/** The functions that need nothing from outside. */
export const CORE_FUNCTIONS = [
  ...LIST_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...TIME_FUNCTIONS,
];

/**
 * Table of the core functions alone; with places: `functionTable(CORE_FUNCTIONS,
 * placeFunctions(geo))`.
 */
export const STANDARD_FUNCTIONS: FunctionTable = functionTable(CORE_FUNCTIONS);
