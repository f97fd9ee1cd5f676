import { z } from 'zod';
import { patternFile } from './schema.ts';
import { segmentFile } from './segment-schema.ts';

/** JSON Schema (draft 2020-12) of the files, for editors. Kept fresh by a test. */

export function patternJsonSchema(): string {
  return text(patternFile);
}

export function segmentJsonSchema(): string {
  return text(segmentFile);
}

function text(schema: z.ZodType): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`;
}
