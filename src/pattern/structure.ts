import { z } from 'zod';
import { formatDuration, parseDuration } from '../event/duration.ts';
import { suggest } from '../event/suggest.ts';
import { didYouMean } from '../expression/suggest.ts';
import type { Path } from './problems.ts';
import type { YamlFile } from './yaml-file.ts';

/** Checks data against the schema, in messages a person can act on. */

type Issue = z.core.$ZodIssue;

/** The value in the schema's type, or null with the problems reported. */
export function checkStructure<T>(file: YamlFile, schema: z.ZodType<T>): T | null {
  const result = schema.safeParse(file.data);
  if (result.success) return result.data;
  for (const issue of result.error.issues) reportIssue(file, schema, issue, []);
  return null;
}

function reportIssue(file: YamlFile, schema: z.ZodType, issue: Issue, prefix: Path): void {
  const path = [...prefix, ...(issue.path as Path)];
  switch (issue.code) {
    case 'invalid_union': {
      if (valueAt(file.data, path) === undefined) return missing(file, path);
      const branch = fittingBranch(issue.errors);
      if (branch) for (const inner of branch) reportIssue(file, schema, inner, path);
      else {
        const what = `must be ${listOf(issue.errors.flatMap((errors) => expectedOf(errors)))}`;
        reportValue(file, path, what, wordFix(schema, path, valueAt(file.data, path), []));
      }
      return;
    }
    case 'unrecognized_keys':
      for (const key of issue.keys) unknownKey(file, schema, path, key);
      return;
    case 'invalid_type':
      if (valueAt(file.data, path) === undefined) missing(file, path);
      else reportValue(file, path, `must be ${expectedOf([issue]).join(' or ')}`);
      return;
    case 'invalid_value':
      return invalidValue(file, schema, path, issue.values.map(String));
    case 'invalid_format':
      return reportValue(file, path, `must be ${issue.message}`);
    case 'too_small':
    case 'too_big':
      return reportValue(file, path, sizeMessage(issue));
    case 'invalid_key':
      return reportValue(file, path, 'must be a field name: letters, digits, underscores');
    default:
      return reportValue(file, path, issue.message);
  }
}

/** The branch of a union that the value was meant for: the one that fits at its root. */
function fittingBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const fitting = branches.filter((issues) => !issues.some(atRoot));
  const known = fitting.filter(
    (issues) => !issues.some(({ code }) => code === 'unrecognized_keys'),
  );
  return known[0] ?? fitting[0] ?? formatOnly(branches);
}

/** The root itself is of another kind, in the union or in a union inside it. */
function atRoot(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return fittingBranch(issue.errors) === null;
  return (
    issue.code === 'invalid_type' ||
    issue.code === 'invalid_value' ||
    issue.code === 'invalid_format'
  );
}

/** Text where text may stand, only of the wrong form. */
function formatOnly(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const formats = branches.filter((issues) => {
    return issues.every(({ code }) => code === 'invalid_format' || code === 'invalid_value');
  });
  return formats.length === 1 ? formats[0]! : null;
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a map'],
  ['record', 'a map'],
]);

function expectedOf(issues: readonly Issue[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'invalid_type') return [WORDS.get(issue.expected) ?? issue.expected];
    if (issue.code === 'invalid_union') return issue.errors.flatMap((errors) => expectedOf(errors));
    if (issue.code === 'invalid_value') return issue.values.map((value) => `"${String(value)}"`);
    return issue.code === 'invalid_format' ? [issue.message] : [];
  });
}

function listOf(words: readonly string[]): string {
  const unique = [...new Set(words)];
  if (unique.length < 2) return unique[0] ?? 'something else';
  return `${unique.slice(0, -1).join(', ')} or ${unique.at(-1)}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The word that was probably meant: a value, or the one word of a map. */
function wordFix(
  schema: z.ZodType, path: Path, value: unknown, values: readonly string[],
): string | null {
  if (typeof value !== 'string') return null;
  const meant = suggest(value, new Set([...values, ...keysAt(schema, path)]));
  if (meant === null) return null;
  return values.includes(meant) ? `Did you mean "${meant}"?` : `Did you mean {${meant}: ...}?`;
}

function reportValue(file: YamlFile, path: Path, what: string, meant: string | null = null): void {
  const value = valueAt(file.data, path);
  const word = lastWord(path);
  const fix = meant ?? (NO_DURATIONS.has(word) ? null : durationFix(value, what));
  const found = value === undefined || typeof value === 'object' ? '' : `, not ${shown(value)}`;
  file.report({ code: 'structure', path, message: `${word} ${what}${found}.`, fix });
}

/** Words that want text, and never a duration. */
const NO_DURATIONS: ReadonlySet<string> = new Set(['where', 'until', 'id', 'type', 'name', 'description']);

function durationFix(value: unknown, what: string): string | null {
  if (!what.includes('duration') && !what.includes('text')) return null;
  if (typeof value === 'number') return `Add a unit: ${value}s, ${value}m, ${value}h or ${value}d.`;
  if (typeof value !== 'string' || !what.includes('duration')) return null;
  const ordered = inOrder(value);
  if (ordered !== null) return `Write ${ordered}: the largest unit first, each once.`;
  const words = /^\s*([0-9.]+)\s*(ms|milli|s|sec|m|min|h|hour|d|day|w|week)[a-z]*\s*$/i.exec(value);
  if (!words) return null;
  const unit = words[2]!.toLowerCase();
  return `Write ${words[1]}${unit.startsWith('mil') || unit === 'ms' ? 'ms' : unit[0]}.`;
}

/** A duration whose units are in another order, or there twice, as it should be. */
function inOrder(text: string): string | null {
  if (!/^(\d+(ms|[dhms]))+$/.test(text)) return null;
  const parts = text.match(/\d+(ms|[dhms])/g) ?? [];
  return formatDuration(parts.reduce((sum, part) => sum + (parseDuration(part) ?? 0), 0));
}

function invalidValue(
  file: YamlFile, schema: z.ZodType, path: Path, values: readonly string[],
): void {
  const value = valueAt(file.data, path);
  const fix = typeof value === 'string' ? wordFix(schema, path, value, values) : null;
  const message = `${lastWord(path)} must be ${listOf(values)}, not ${shown(value)}.`;
  file.report({ code: 'structure', path, message, fix });
}

function missing(file: YamlFile, path: Path): void {
  const word = path.at(-1);
  const where = path.length > 1 ? ` in ${lastWord(path.slice(0, -1))}` : '';
  const message = `"${String(word)}" is missing${where}.`;
  file.report({ code: 'structure', path: path.slice(0, -1), message });
}

function sizeMessage(issue: Issue & { code: 'too_small' | 'too_big' }): string {
  const most = issue.code === 'too_big';
  const bound = String(most ? issue.maximum : issue.minimum);
  const noun =
    issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
  return `must ${noun ? 'have' : 'be'} at ${most ? 'most' : 'least'} ${bound}${noun}`;
}

/** Words that other engines use for what we call something else. */
const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ['event', 'on'],
  ['type', 'on'],
  ['name', 'as'],
  ['when', 'where'],
  ['if', 'where'],
  ['condition', 'where'],
  ['and', 'all'],
  ['or', 'any'],
  ['window', 'within'],
  ['quantifier', 'times'],
  ['min', 'times'],
  ['max', 'times'],
  ['for', 'within'],
  ['expiry', 'expires'],
  ['ttl', 'expires'],
  ['pattern', 'steps'],
  ['sequence', 'steps'],
  ['output', 'emit'],
  ['keyBy', 'key'],
  ['partitionBy', 'key'],
  ['onTimeout', 'timeout'],
  ['count', 'atLeast'],
]);

function unknownKey(file: YamlFile, schema: z.ZodType, path: Path, key: string): void {
  const known = keysAt(schema, path);
  const other = OTHER_WORDS.get(key);
  const fix =
    didYouMean(key, known) ??
    (other && known.includes(other) ? `Did you mean "${other}"?` : placeFix(schema, key)) ??
    (/^\w*[A-Za-z]\w*$/.test(key) ? null : 'Text that holds a comma stands in quotes.');
  const where = path.length > 0 ? ` in ${lastWord(path)}` : '';
  const message = `"${key}" is not a word of the language${where}.`;
  file.report({ code: 'structure', path: [...path, key], message, fix, at: 'key' });
}

/** A word of the language in the wrong place: where it belongs. */
function placeFix(schema: z.ZodType, key: string): string | null {
  const top = keysAt(schema, []);
  if (top.includes(key)) return 'It belongs at the top of the file.';
  const places = top.filter((word) =>
    [[word], [word, 0]].some((place) => keysAt(schema, place).includes(key)));
  return places.length === 0 ? null : `It belongs in ${listOf(places)}.`;
}

/** Words that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let candidates: z.core.$ZodType[] = objectsOf(schema);
  for (const part of path) candidates = candidates.flatMap((type) => childrenOf(type, part));
  return candidates.flatMap((type) => (type instanceof z.ZodObject ? Object.keys(type.shape) : []));
}

/** Objects, arrays and records behind optionals and unions. */
function objectsOf(type: z.core.$ZodType): z.core.$ZodType[] {
  if (type instanceof z.ZodOptional || type instanceof z.ZodNullable)
    return objectsOf(type.unwrap());
  if (type instanceof z.ZodUnion) return type.options.flatMap((option) => objectsOf(option));
  return [type];
}

function childrenOf(type: z.core.$ZodType, part: string | number): z.core.$ZodType[] {
  if (type instanceof z.ZodArray && typeof part === 'number') return objectsOf(type.element);
  if (type instanceof z.ZodRecord) return objectsOf(type.valueType);
  if (!(type instanceof z.ZodObject) || typeof part !== 'string') return [];
  const child: z.core.$ZodType | undefined = type.shape[part];
  return child ? objectsOf(child) : [];
}

function lastWord(path: Path): string {
  const words = path.filter((part) => typeof part === 'string');
  const word = words.at(-1) ?? 'The file';
  const index = path.at(-1);
  return typeof index === 'number' ? `Entry ${index + 1} of ${word}` : word;
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, part)
      ? (value as Record<string | number, unknown>)[part]
      : undefined;
  }
  return value;
}
