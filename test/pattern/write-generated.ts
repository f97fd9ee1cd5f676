import { writeFileSync } from 'node:fs';
import { CORE_FUNCTIONS } from '../../src/expression/functions.ts';
import { placeFunctions } from '../../src/expression/functions/places.ts';
import { functionTable } from '../../src/expression/scope.ts';
import { patternJsonSchema, segmentJsonSchema } from '../../src/pattern/json-schema.ts';
import { referencePage } from '../../src/pattern/reference.ts';

/** Writes the files that are generated from the schema. Run it when a test says they are stale. */
const noPlaces = { distanceKm: () => 0, near: () => false, inside: () => null };
const functions = functionTable(CORE_FUNCTIONS, placeFunctions(noPlaces));
const write = (name: string, text: string): void => {
  writeFileSync(new URL(`../../src/pattern/${name}`, import.meta.url), text);
};

write('REFERENCE.md', referencePage(functions));
write('pattern.schema.json', patternJsonSchema());
write('segment.schema.json', segmentJsonSchema());
