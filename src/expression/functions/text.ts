import { RE2JS } from 're2js';
import { EvaluationError } from '../expression.ts';
import type { Value } from '../expression.ts';
import { COST_EXCEEDED, signal, wrongType } from '../nodes.ts';
import type { Result } from '../nodes.ts';
import type { FunctionDefinition } from '../scope.ts';

/** Functions over text. `matches` runs in linear time (RE2 syntax, by re2js). */

/** Longest text that `replace` and `join` may build, in UTF-16 units. */
const BUILT_MAX = 65_536;

/** Compiled regular expressions by source; bounded, patterns are usually literals. */
const EXPRESSIONS_MAX = 512;
const expressions = new Map<string, RE2JS | EvaluationError>();

function regularExpression(source: string): RE2JS | EvaluationError {
  const known = expressions.get(source);
  if (known) return known;
  let compiled: RE2JS | EvaluationError;
  try {
    compiled = RE2JS.compile(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    compiled = new EvaluationError('bad_argument', `matches(): ${reason}`);
  }
  if (expressions.size >= EXPRESSIONS_MAX) expressions.clear();
  expressions.set(source, compiled);
  return compiled;
}

/** Text in, anything out; another type is an error value. */
function ofText(name: string, count: number, give: (texts: readonly string[]) => Result) {
  const wrong = wrongType(`${name}() wants text`);
  return (args: readonly Value[]): Result => {
    for (let i = 0; i < count; i++) if (typeof args[i] !== 'string') return wrong;
    return give(args as readonly string[]);
  };
}

/** CEL indexes text by code points; most text has none outside the basic plane. */
function points(text: string): readonly string[] {
  return Array.from(text);
}

function plain(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text);
}

function outOfRange(name: string): EvaluationError {
  return new EvaluationError('bad_argument', `${name}(): the index is out of range`);
}

function indexOf(name: 'indexOf' | 'lastIndexOf') {
  return (args: readonly Value[]): Result => {
    const [text, search, from] = args;
    if (typeof text !== 'string' || typeof search !== 'string') {
      return wrongType(`${name}() wants text`);
    }
    if (from !== undefined && (typeof from !== 'number' || from < 0)) return outOfRange(name);
    const at = from === undefined ? text[name](search) : text[name](search, from as number);
    return at < 0 || plain(text) ? at : points(text.slice(0, at)).length;
  };
}

function substring([text, start, end]: readonly Value[]): Result {
  if (typeof text !== 'string') return wrongType('substring() wants text');
  const list = plain(text) ? text : points(text);
  const to = end ?? list.length;
  if (typeof start !== 'number' || typeof to !== 'number') {
    return wrongType('substring() wants numbers');
  }
  if (start < 0 || to < start || to > list.length) return outOfRange('substring');
  return typeof list === 'string' ? list.slice(start, to) : list.slice(start, to).join('');
}

function split([text, separator, limit]: readonly Value[]): Result {
  if (typeof text !== 'string' || typeof separator !== 'string') {
    return wrongType('split() wants text');
  }
  const parts = separator === '' ? [...points(text)] : text.split(separator);
  if ((signal.stepsLeft -= parts.length) < 0) return COST_EXCEEDED;
  if (limit === undefined) return parts;
  if (typeof limit !== 'number') return wrongType('split() wants a number as limit');
  if (limit === 0) return [];
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

function join([list, separator]: readonly Value[]): Result {
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
    return wrongType('join() wants a list of text');
  }
  const text = (list as string[]).join((separator as string | undefined) ?? '');
  return text.length > BUILT_MAX ? COST_EXCEEDED : text;
}

function ascii(text: string, change: (letter: string) => string, letters: RegExp): string {
  return text.replace(letters, change);
}

function toText([value]: readonly Value[]): Result {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return wrongType('string() wants text, a number or a boolean');
  }
}

export const TEXT_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: 'contains',
    signatures: ['string.contains(string): bool'],
    declare: [],
    group: 'text',
    description: 'True where the text holds the other.',
    example: '"red sofa".contains("sofa")',
    evaluate: ofText('contains', 2, ([text, part]) => text!.includes(part!)),
  },
  {
    name: 'startsWith',
    signatures: ['string.startsWith(string): bool'],
    declare: [],
    group: 'text',
    description: 'True where the text begins with the other.',
    example: '"sofa bed".startsWith("sofa")',
    evaluate: ofText('startsWith', 2, ([text, part]) => text!.startsWith(part!)),
  },
  {
    name: 'endsWith',
    signatures: ['string.endsWith(string): bool'],
    declare: [],
    group: 'text',
    description: 'True where the text ends with the other.',
    example: '"sofa bed".endsWith("bed")',
    evaluate: ofText('endsWith', 2, ([text, part]) => text!.endsWith(part!)),
  },
  {
    name: 'matches',
    signatures: ['string.matches(string): bool'],
    declare: [],
    group: 'text',
    description: 'True where the regular expression (RE2) fits some part of the text; linear time.',
    example: '"call 555-0199".matches("[0-9]{3}-[0-9]{4}")',
    checkLiterals: ([, source]) => {
      if (typeof source !== 'string') return null;
      const compiled = regularExpression(source);
      return compiled instanceof EvaluationError ? compiled.detail : null;
    },
    evaluate: ofText('matches', 2, ([text, source]) => {
      const compiled = regularExpression(source!);
      return compiled instanceof EvaluationError ? compiled : compiled.test(text!);
    }),
  },
  {
    name: 'lowerAscii',
    signatures: ['string.lowerAscii(): string'],
    declare: [],
    group: 'text',
    description: 'Lower case of A to Z; other letters stay.',
    example: '"SOFA".lowerAscii() == "sofa"',
    evaluate: ofText('lowerAscii', 1, ([text]) => {
      return ascii(text!, (letter) => letter.toLowerCase(), /[A-Z]+/g);
    }),
  },
  {
    name: 'upperAscii',
    signatures: ['string.upperAscii(): string'],
    declare: [],
    group: 'text',
    description: 'Upper case of a to z; other letters stay.',
    example: '"sofa".upperAscii() == "SOFA"',
    evaluate: ofText('upperAscii', 1, ([text]) => {
      return ascii(text!, (letter) => letter.toUpperCase(), /[a-z]+/g);
    }),
  },
  {
    name: 'lower',
    signatures: ['string.lower(): string'],
    group: 'text',
    description: 'Lower case of all letters, the same in every language.',
    example: '"SOFÁ".lower() == "sofá"',
    evaluate: ofText('lower', 1, ([text]) => text!.toLowerCase()),
  },
  {
    name: 'trim',
    signatures: ['string.trim(): string'],
    declare: [],
    group: 'text',
    description: 'Without blanks at both ends.',
    example: '"  sofa ".trim() == "sofa"',
    evaluate: ofText('trim', 1, ([text]) => text!.trim()),
  },
  {
    name: 'replace',
    signatures: ['string.replace(string, string): string'],
    group: 'text',
    description: 'Every occurrence of the first text becomes the second.',
    example: '"1.250.000".replace(".", "") == "1250000"',
    evaluate: ofText('replace', 3, ([text, from, to]) => {
      const result = text!.replaceAll(from!, () => to!);
      return result.length > BUILT_MAX ? COST_EXCEEDED : result;
    }),
  },
  {
    name: 'indexOf',
    signatures: ['string.indexOf(string): int', 'string.indexOf(string, int): int'],
    declare: [],
    group: 'text',
    description: 'Position of the first occurrence, -1 where there is none.',
    example: '"sofa bed".indexOf("bed") == 5',
    evaluate: indexOf('indexOf'),
  },
  {
    name: 'lastIndexOf',
    signatures: ['string.lastIndexOf(string): int', 'string.lastIndexOf(string, int): int'],
    declare: [],
    group: 'text',
    description: 'Position of the last occurrence, -1 where there is none.',
    example: '"bed, sofa bed".lastIndexOf("bed") == 10',
    evaluate: indexOf('lastIndexOf'),
  },
  {
    name: 'substring',
    signatures: ['string.substring(int): string', 'string.substring(int, int): string'],
    declare: [],
    group: 'text',
    description: 'The part from one position to before another, or to the end.',
    example: '"sofa bed".substring(5) == "bed"',
    evaluate: substring,
  },
  {
    name: 'split',
    signatures: ['string.split(string): list<string>', 'string.split(string, int): list<string>'],
    declare: [],
    group: 'text',
    description: 'The parts between separators, at most as many as the limit.',
    example: '"a,b,c".split(",") == ["a", "b", "c"]',
    evaluate: split,
  },
  {
    name: 'join',
    signatures: ['list<string>.join(): string', 'list<string>.join(string): string'],
    declare: [],
    group: 'text',
    description: 'The texts of a list in one, with a separator between.',
    example: '["a", "b"].join(", ") == "a, b"',
    evaluate: join,
  },
  {
    name: 'string',
    signatures: ['string(dyn): string'],
    declare: [],
    group: 'text',
    description: 'A number or a boolean as text.',
    example: 'string(1.5) == "1.5"',
    evaluate: toText,
  },
];
