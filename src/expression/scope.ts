import type { EvaluationError, Value } from './expression.ts';

/** What an expression may read and call: checked when it is compiled, never when it runs. */
export interface Scope {
  /** Types the event being tried can have; null: there is no event (emission at a deadline). */
  readonly event: readonly string[] | null;
  /** Other names of that event: a step's own name. */
  readonly eventNames: readonly string[];
  /** What earlier steps took. */
  readonly names: readonly NameInScope[];
  readonly catalogue: Catalogue;
  readonly functions: FunctionTable;
}

export interface NameInScope {
  readonly name: string;
  readonly slot: number;
  /** A list of events, seen from where the expression stands. */
  readonly list: boolean;
  readonly types: readonly string[];
}

/** Type of a field, as far as configuration or the events seen so far tell. */
export type FieldType = 'number' | 'text' | 'boolean' | 'map' | 'list' | 'any';

/** Event types that are known, from configuration, events seen, and what other files emit. */
export interface Catalogue {
  /** Null where the fields of a type are not known: everything is allowed then. */
  readonly types: ReadonlyMap<string, ReadonlyMap<string, FieldType> | null>;
  /** Fields that any event may carry beside its own (places, language). */
  readonly common: ReadonlyMap<string, FieldType>;
}

export const EMPTY_CATALOGUE: Catalogue = { types: new Map(), common: new Map() };

/** An event is never told from a map by its look: which it is is known when compiling. */
export type Shape = 'value' | 'event' | 'events';

/**
 * One function of the language. `signatures` are those of CEL, `dyn` where any value does;
 * a method has its receiver before the dot: `string.contains(string): bool`.
 */
export interface FunctionDefinition {
  readonly name: string;
  readonly signatures: readonly string[];
  /** Those of the signatures that the library does not know itself; all unless said. */
  readonly declare?: readonly string[];
  readonly group: 'events' | 'lists' | 'numbers' | 'text' | 'time' | 'places';
  /** One line for the reference page. */
  readonly description: string;
  /** Run as a test: it must be true. */
  readonly example: string;
  /**
   * Arguments in order, the receiver first, and their shapes. None is an error. Pure and total.
   */
  readonly evaluate: (args: readonly Value[], shapes: readonly Shape[]) => Value | EvaluationError;
  /**
   * True where it takes events themselves (id, type, time); else an event arrives as the plain
   * map of its fields.
   */
  readonly takesEvents?: boolean;
  /** Of a list of events it gives one of them (`first`, `last`, `prev`). */
  readonly givesElement?: boolean;
  /**
   * For functions over (list, 'field'): the position of the field name, which must then be a
   * literal, so that it can be checked and the field is known to be read.
   */
  readonly fieldArgument?: number;
  /** Called once when the expression is compiled; text is what is wrong with a literal argument. */
  readonly checkLiterals?: (literals: readonly (Value | undefined)[]) => string | null;
}

/** Functions by name and style: `name` for calls, `.name` for methods. */
export type FunctionTable = ReadonlyMap<string, FunctionDefinition>;

/** What is wrong with an expression, with offsets into its text. */
export interface ExpressionProblem {
  readonly message: string;
  /** The likely fix, a whole sentence, null where there is no guess. */
  readonly fix: string | null;
  readonly start: number;
  readonly end: number;
  /** Counted from 1, inside the text of the expression. */
  readonly line: number;
  readonly column: number;
}

export function isMethod(definition: FunctionDefinition): boolean {
  return /^[a-z_.A-Z<>]+\.\w+\(/.test(definition.signatures[0] ?? '');
}

/** A table from definitions; a later one of the same name and style replaces the earlier. */
export function functionTable(...lists: (readonly FunctionDefinition[])[]): FunctionTable {
  const table = new Map<string, FunctionDefinition>();
  for (const definition of lists.flat()) {
    table.set((isMethod(definition) ? '.' : '') + definition.name, definition);
  }
  return table;
}
