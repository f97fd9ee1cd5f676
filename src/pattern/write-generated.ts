import { writeFileSync } from 'node:fs';
import { CORE_FUNCTIONS } from '../expression/functions.ts';
import { placeFunctions } from '../expression/functions/places.ts';
import { functionTable } from '../expression/scope.ts';
import { patternJsonSchema, segmentJsonSchema } from './json-schema.ts';
import { referencePage } from './reference.ts';

/** Writes the files that are generated from the schema. Run it when a test says they are stale. */
const noPlaces = { distanceKm: () => 0, inside: () => null };
const functions = functionTable(CORE_FUNCTIONS, placeFunctions(noPlaces));
const write = (name: string, text: string): void => {
  writeFileSync(new URL(name, import.meta.url), text);
};

write('REFERENCE.md', referencePage(functions));
write('pattern.schema.json', patternJsonSchema());
write('segment.schema.json', segmentJsonSchema());
