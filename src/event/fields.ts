import type { EventsConfiguration } from './configuration.ts';
import { isFields } from './envelope.ts';
import type { Envelope, Fields } from './envelope.ts';
import { readNumber } from './read-value.ts';

/** Brings the attributes of an event under their canonical names, in place. */
export interface FieldReader {
  /** False where the record is nested deeper than allowed. */
  canonicalise(envelope: Envelope): boolean;
}

interface Alias {
  /** Index of the canonical field. */
  readonly field: number;
  /** Position among the paths of its field: the smaller wins. */
  readonly rank: number;
  /** What follows the first name of the path; empty for a plain name. */
  readonly rest: readonly string[];
}

/** What is to be done with the values under a name. */
interface NameRule {
  readonly numeric: boolean;
  readonly aliases: readonly Alias[];
}

const NOT_DATA: ReadonlySet<string> = new Set(['id', 'type', 'time']);

export function createFieldReader(configuration: EventsConfiguration): FieldReader {
  const { depthMax } = configuration;
  const canonical = Object.keys(configuration.fields).filter((name) => !NOT_DATA.has(name));
  const rules = rulesOf(configuration, canonical);
  /** Per canonical field: rank of the path that led to a value, and the value. Used per event. */
  const ranks = canonical.map(() => Infinity);
  const values: unknown[] = canonical.map(() => undefined);

  /** Reads numbers in strings below the first level. */
  function deep(value: object, depth: number): boolean {
    if (depth > depthMax) return false;
    if (Array.isArray(value)) {
      for (const element of value) {
        if (typeof element === 'object' && element !== null && !deep(element, depth + 1)) {
          return false;
        }
      }
      return true;
    }
    const fields = value as Fields;
    for (const name in fields) {
      const entry = fields[name];
      if (typeof entry === 'object') {
        if (entry !== null && !deep(entry, depth + 1)) return false;
      } else if (typeof entry === 'string' && rules.get(name)?.numeric === true) {
        fields[name] = readNumber(entry) ?? entry;
      }
    }
    return true;
  }

  /** One pass over an object: numbers in strings, and what its names lead to. */
  function readLevel(fields: Fields, rankOffset: number): boolean {
    for (const name in fields) {
      let entry = fields[name];
      if (typeof entry === 'object' && entry !== null && !deep(entry, 2)) return false;
      const rule = rules.get(name);
      if (rule === undefined) continue;
      if (rule.numeric && typeof entry === 'string') {
        entry = readNumber(entry) ?? entry;
        fields[name] = entry;
      }
      for (const { field, rank, rest } of rule.aliases) {
        if (rank + rankOffset >= (ranks[field] as number)) continue;
        const value = rest.length === 0 ? entry : follow(entry, rest);
        if (value === undefined || value === null) continue;
        ranks[field] = rank + rankOffset;
        values[field] = value;
      }
    }
    return true;
  }

  return {
    canonicalise({ attributes, top }) {
      ranks.fill(Infinity);
      // What the attributes say comes before all that stands at the top.
      if (!readLevel(attributes, 0)) return false;
      if (attributes !== top && !readLevel(top, BELOW_ALL)) return false;
      for (let i = 0; i < canonical.length; i++) {
        if (ranks[i] === Infinity) continue;
        const name = canonical[i] as string;
        if (attributes[name] !== values[i]) attributes[name] = values[i];
      }
      return true;
    },
  };
}

/** More than any field has paths. */
const BELOW_ALL = 1_000_000;

function rulesOf(
  configuration: EventsConfiguration,
  canonical: readonly string[],
): ReadonlyMap<string, NameRule> {
  const aliases = new Map<string, Alias[]>();
  canonical.forEach((name, field) => {
    const paths = configuration.fields[name as keyof EventsConfiguration['fields']];
    paths.forEach((path, rank) => {
      const [first = '', ...rest] = path.split('.');
      aliases.set(first, [...(aliases.get(first) ?? []), { field, rank, rest }]);
    });
  });
  const names = new Set([...aliases.keys(), ...configuration.numbers]);
  const numeric = new Set(configuration.numbers);
  return new Map(
    [...names].map((name) => [
      name,
      { numeric: numeric.has(name), aliases: aliases.get(name) ?? [] },
    ]),
  );
}

function follow(value: unknown, rest: readonly string[]): unknown {
  let at = value;
  for (const part of rest) {
    if (!isFields(at) || !Object.hasOwn(at, part)) return undefined;
    at = at[part];
  }
  return at;
}
