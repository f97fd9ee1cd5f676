import { z } from 'zod';
import { configurationSchema } from '../event/configuration.ts';
import { OUTPUT_ROLES, type TopicRole } from '../event/topics.ts';
import { patternJsonSchema, segmentJsonSchema } from '../pattern/json-schema.ts';
import { outputJsonSchema } from '../task/output-schemas.ts';
import { DONE, INVALID_USE } from './exit.ts';
import type { Terminal } from './terminal.ts';

/** Prints the JSON Schema of a file format, the configuration, or the records of a topic. */
export function schema(name: string, terminal: Terminal): number {
  const found = schemaOf(name);
  if (found === null) {
    terminal.note(`${name}: say pattern, segment, config, or one of ${OUTPUT_ROLES.join(', ')}`);
    return INVALID_USE;
  }
  terminal.line(found.trimEnd());
  return DONE;
}

function schemaOf(name: string): string | null {
  if (name === 'pattern') return patternJsonSchema();
  if (name === 'segment') return segmentJsonSchema();
  if (name === 'config') return pretty(z.toJSONSchema(configurationSchema, { io: 'input' }));
  const role = OUTPUT_ROLES.find((one: TopicRole) => one === name);
  return role === undefined ? null : pretty(outputJsonSchema(role));
}

function pretty(value: object): string {
  return JSON.stringify(value, null, 2);
}
