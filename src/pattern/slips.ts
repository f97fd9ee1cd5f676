import type { Expression, FieldsRead } from '../expression/expression.ts';
import { suggest } from '../event/suggest.ts';
import { emittedTypes } from './check-context.ts';
import type { CheckEnvironment, Vocabulary } from './check-context.ts';
import type { CheckedPattern } from './check-pattern.ts';
import type { CheckedSegment } from './check-segment.ts';
import type { TimelineEvent } from './definition.ts';
import { parsePath } from './problems.ts';
import { walkSteps } from './rules.ts';
import type { Condition } from './segment-definition.ts';
import type { Report } from './yaml-file.ts';

/**
 * Names one slip of the finger away from a usual one, where the configuration names no types and
 * so nothing can be called unknown: warnings. What the file's own tests give is meant as written.
 */

/** Shorter names are one letter apart by nature. */
const LETTERS_MIN = 4;
const SLIPS_MAX = 1;

export function slipsInPattern(checked: CheckedPattern, environment: CheckEnvironment): Report[] {
  const { definition, tests } = checked;
  const words = wordsFor(environment, definition.id, tests);
  if (words === null) return [];
  const reports: Report[] = [];
  walkSteps(definition.steps, (step) => {
    if (step.kind === 'on') {
      reports.push(...slipsInTypes(words, step.types, step.path));
      if (step.where) reports.push(...slipsInExpression(words, step.where, `${step.path}.where`));
    }
    if (step.until?.kind === 'condition') {
      reports.push(...slipsInExpression(words, step.until.where, `${step.path}.until`));
    }
    if (step.distinct !== null) {
      reports.push(...slipsInFields(words, [step.distinct], `${step.path}.distinct`));
    }
  });
  for (const emission of [...definition.emit, ...definition.timeout]) {
    const { key, recipient, locale, atMost, quietHours, data } = emission;
    const own = [key, recipient, locale, atMost?.by ?? null, quietHours?.zone ?? null];
    for (const template of [...own, ...Object.values(data)]) {
      for (const fields of template?.captureFields.values() ?? []) {
        reports.push(...slipsInFields(words, fields, 'emit'));
      }
    }
  }
  return reports;
}

export function slipsInSegment(checked: CheckedSegment, environment: CheckEnvironment): Report[] {
  const { definition, tests } = checked;
  const words = wordsFor(environment, definition.id, tests);
  if (words === null) return [];
  const reports: Report[] = [];
  const visit = (condition: Condition): void => {
    const { path } = condition;
    switch (condition.kind) {
      case 'all':
      case 'any':
        return condition.of.forEach(visit);
      case 'not':
        return visit(condition.of);
      case 'segment':
        return;
      case 'sum':
      case 'distinct':
        reports.push(...slipsInFields(words, [condition.field], `${path}.${condition.kind}`));
        break;
      case 'latest':
        reports.push(...slipsInFields(words, condition.fields, `${path}.latest`));
        break;
      case 'count':
        break;
    }
    const { types, where } = condition.of;
    reports.push(...slipsInTypes(words, types, path));
    if (where) reports.push(...slipsInExpression(words, where, `${path}.where`));
  };
  visit(definition.member);
  return reports;
}

/** Null where the catalogue itself tells what is unknown. */
function wordsFor(
  { catalogue, usual, others }: CheckEnvironment,
  id: string,
  tests: readonly { readonly given: readonly TimelineEvent[] }[],
): Vocabulary | null {
  if (usual === undefined || catalogue.types.size > 0) return null;
  const given = tests.flatMap((test) => test.given);
  const emitted = others.filter((other) => other.id !== id).flatMap(emittedTypes);
  return {
    types: new Set([...usual.types, ...emitted, ...given.map(({ type }) => type)]),
    fields: new Set([...usual.fields, ...given.flatMap(({ data }) => Object.keys(data))]),
  };
}

function slipsInTypes(words: Vocabulary, types: readonly string[], path: string): Report[] {
  return slips(words.types, types).map(([type, meant]) =>
    slip('unknown-type', path, `"${type}" is not the type of a usual event.`, meant),
  );
}

function slipsInExpression(words: Vocabulary, expression: Expression, path: string): Report[] {
  const captured = [...expression.captureFields.values()];
  return [expression.eventFields, ...captured].flatMap((fields) =>
    slipsInFields(words, fields, path),
  );
}

function slipsInFields(words: Vocabulary, fields: FieldsRead, path: string): Report[] {
  if (fields === '*') return [];
  return slips(words.fields, fields).map(([field, meant]) =>
    slip('unknown-field', path, `"${field}" is not a usual field.`, meant),
  );
}

/** Names with the usual one that was probably meant. */
function slips(usual: ReadonlySet<string>, names: readonly string[]): [string, string][] {
  return names.flatMap((name): [string, string][] => {
    if (name.length < LETTERS_MIN || usual.has(name)) return [];
    const meant = suggest(name, usual, SLIPS_MAX);
    return meant === null ? [] : [[name, meant]];
  });
}

function slip(
  code: 'unknown-type' | 'unknown-field',
  path: string,
  message: string,
  meant: string,
): Report {
  const fix = `Did you mean "${meant}"? Where it is meant, name it in events.types of parley.yaml.`;
  return { code, path: parsePath(path), message, fix, severity: 'warning' };
}
