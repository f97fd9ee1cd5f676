import { INTENT_TYPES } from '../intent/contract.ts';
import type { PatternDefinition } from '../pattern/definition.ts';
import type { SegmentDefinition } from '../pattern/segment-definition.ts';

/* Until src/pattern/levels.ts exists. */
export function definitionLevels(
  definitions: readonly (PatternDefinition | SegmentDefinition)[],
  typesOf: (definition: PatternDefinition | SegmentDefinition) => ReadonlySet<string>,
): ReadonlyMap<string, 1 | 2> {
  const levels = new Map<string, 1 | 2>(definitions.map(({ id }) => [id, 1]));
  for (let round = 0; round < definitions.length + 1; round++) {
    for (const definition of definitions) {
      for (const type of typesOf(definition)) {
        if ((INTENT_TYPES as readonly string[]).includes(type) && definition.key !== 'conversation_id') {
          levels.set(definition.id, 2);
        }
        for (const other of definitions) {
          if (other.kind !== 'pattern') continue;
          for (const emission of [...other.emit, ...other.timeout]) {
            if (emission.type !== type) continue;
            const same = emission.key === null && other.key === definition.key;
            if (!same || levels.get(other.id) === 2) levels.set(definition.id, 2);
          }
        }
      }
    }
  }
  return levels;
}
