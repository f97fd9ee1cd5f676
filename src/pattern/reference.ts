import { z } from 'zod';
import type { FunctionDefinition, FunctionTable } from '../expression/scope.ts';
import { PROBLEM_CODES } from './problems.ts';
import { PATTERN_EXAMPLES } from './pattern-examples.ts';
import { PLACE_EXAMPLES } from './place-examples.ts';
import { SEGMENT_EXAMPLES } from './segment-examples.ts';
import { emission, expectation, patternFile, patternTest, stepMap } from './schema.ts';
import { circle, conditionMap, segmentFile } from './segment-schema.ts';

/**
 * The reference page, from the schema, the examples and the function table. Kept fresh by a
 * test.
 */

const TABLES: readonly (readonly [string, z.ZodObject])[] = [
  ['A pattern file', patternFile],
  ['A step', stepMap],
  ['What is emitted', emission],
  ['A test in a pattern file', patternTest],
  ['What such a test expects', expectation],
  ['A segment file', segmentFile],
  ['A condition of a segment', conditionMap],
  ['A region of a segment, as a circle', circle],
];

export const EXAMPLES = [...PATTERN_EXAMPLES, ...SEGMENT_EXAMPLES, ...PLACE_EXAMPLES];

/** Every word that may stand in a file. */
export function schemaWords(): string[] {
  return [...new Set(TABLES.flatMap(([, schema]) => Object.keys(schema.shape)))];
}

export function referencePage(functions: FunctionTable): string {
  const parts = [
    '# The language of patterns and segments',
    'This page is generated from the schema (`schema.ts`), the examples ' +
      '(`*-examples.ts`, run as tests) and the functions; `node ' +
      'test/pattern/write-generated.ts` writes it.',
    'A file is YAML 1.2 and holds one definition. Conditions are CEL; ' +
      '`src/expression/README.md` states the rules for missing fields, numbers, time and bounds.',
    '## By example',
    ...EXAMPLES.map(
      ({ title, text, source }) => `### ${title}\n\n${text}\n\n\`\`\`yaml\n${source}\`\`\``,
    ),
    '## Words',
    ...TABLES.map(([title, schema]) => `### ${title}\n\n${wordTable(schema)}`),
    '## Functions',
    functionTableText(functions),
    '## Macros over lists',
    MACROS,
    '## Codes of messages',
    table(
      ['code', 'meaning'],
      Object.entries(PROBLEM_CODES).map(([code, text]) => [`\`${code}\``, text]),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

const MACROS =
  '`list.all(x, CONDITION)`, `list.exists(x, CONDITION)`, `list.exists_one(x, CONDITION)`, ' +
  '`list.filter(x, CONDITION)`, `list.map(x, VALUE)`, `list.map(x, CONDITION, VALUE)`: ' +
  '`x` stands for each element, an event where the list is what a loop took. ' +
  '`has(event.field)`: whether it is there.';

function wordTable(schema: z.ZodObject): string {
  const rows = Object.entries(schema.shape).map(([word, type]) => {
    const needed = type instanceof z.ZodOptional ? '' : ' (needed)';
    return [`\`${word}\`${needed}`, describe(type)];
  });
  return table(['word', 'meaning'], rows);
}

/** The description of a word, else of what it holds. */
function describe(type: z.core.$ZodType): string {
  const own = z.globalRegistry.get(type)?.description;
  if (own !== undefined) return own;
  return type instanceof z.ZodOptional ? describe(type.unwrap()) : '';
}

function functionTableText(functions: FunctionTable): string {
  const groups = new Map<FunctionDefinition['group'], FunctionDefinition[]>();
  for (const definition of functions.values()) {
    groups.set(definition.group, [...(groups.get(definition.group) ?? []), definition]);
  }
  return [...groups]
    .map(([group, list]) => {
      const rows = list.map(({ name, description, example }) => [
        `\`${name}\``,
        description,
        `\`${example}\``,
      ]);
      return `### ${group}\n\n${table(['name', 'what it gives', 'an example that is true'], rows)}`;
    })
    .join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => {
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  };
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
