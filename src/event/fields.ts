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
  readonly canonical: string;
  /** Position among the paths of its field: the smaller wins. */
  readonly rank: number;
  /** What follows the first name of the path; empty for a plain name. */
  readonly rest: readonly string[];
}

const NOT_DATA: ReadonlySet<string> = new Set(['id', 'type', 'time']);

export function createFieldReader(configuration: EventsConfiguration): FieldReader {
  const aliases = aliasesOf(configuration);
  const numeric = new Set(configuration.numbers);
  const { depthMax } = configuration;

  /** Reads numbers in strings, at any depth. */
  function deep(value: unknown, depth: number): boolean {
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
      } else if (typeof entry === 'string' && numeric.has(name)) {
        fields[name] = readNumber(entry) ?? entry;
      }
    }
    return true;
  }

  function collect(fields: Fields, into: Map<string, [number, unknown]>): void {
    for (const name in fields) {
      const known = aliases.get(name);
      if (known === undefined) continue;
      for (const alias of known) {
        const value = follow(fields[name], alias.rest);
        if (value === undefined || value === null) continue;
        const found = into.get(alias.canonical);
        if (found === undefined || alias.rank < found[0]) {
          into.set(alias.canonical, [alias.rank, value]);
        }
      }
    }
  }

  return {
    canonicalise({ attributes, top }) {
      if (!deep(top, 1)) return false;
      if (attributes !== top && !deep(attributes, 1)) return false;
      const found = new Map<string, [number, unknown]>();
      collect(attributes, found);
      if (attributes !== top) {
        const above = new Map<string, [number, unknown]>();
        collect(top, above);
        for (const [name, entry] of above) if (!found.has(name)) found.set(name, entry);
      }
      for (const [name, [, value]] of found) {
        if (attributes[name] !== value) attributes[name] = value;
      }
      return true;
    },
  };
}

/** First name of a path -> the fields it can lead to. Plain canonical names need no alias. */
function aliasesOf(configuration: EventsConfiguration): ReadonlyMap<string, readonly Alias[]> {
  const aliases = new Map<string, Alias[]>();
  for (const [canonical, paths] of Object.entries(configuration.fields)) {
    if (NOT_DATA.has(canonical)) continue;
    paths.forEach((path, rank) => {
      const [first = '', ...rest] = path.split('.');
      const known = aliases.get(first) ?? [];
      known.push({ canonical, rank, rest });
      aliases.set(first, known);
    });
  }
  return aliases;
}

function follow(value: unknown, rest: readonly string[]): unknown {
  let at = value;
  for (const part of rest) {
    if (!isFields(at) || !Object.hasOwn(at, part)) return undefined;
    at = at[part];
  }
  return at;
}
