import { findContradiction, findTautology } from '../expression/contradiction.ts';
import type { Place } from '../expression/contradiction.ts';
import { EvaluationError } from '../expression/expression.ts';
import type { Expression } from '../expression/expression.ts';
import type { PatternDefinition, Step } from './definition.ts';
import { parsePath } from './problems.ts';
import type { ProblemCode } from './problems.ts';
import { childrenOf } from './rules.ts';
import type { Report } from './yaml-file.ts';

/** Conditions that never hold, or always: warnings. */

export function warning(
  code: ProblemCode,
  path: string,
  message: string,
  fix: string | null = null,
): Report {
  return { code, path: parsePath(path), message, fix, severity: 'warning' };
}

/** What lint says of the conditions of a step of the pattern. */
export function conditionsOf({ names, steps }: PatternDefinition): (step: Step) => Report[] {
  const loops = loopsOf(steps);
  const sizesFor = (step: Step): ReadonlyMap<string, readonly [number, number]> =>
    new Map(loops.map(({ slot, of, least, most }) => {
      const inside = of === step;
      return [names[slot]?.name ?? '', [inside ? 0 : least, inside ? most - 1 : most]] as const;
    }));
  return (step) => {
    const reports: Report[] = [];
    if (step.kind === 'on' && step.where) {
      const named = step.slot === null ? undefined : names[step.slot];
      const own = named === undefined || named.list ? null : named.name;
      const place = { own, types: step.types, sizes: sizesFor(step) };
      reports.push(...constant(step.where, whereOf(step), place));
    }
    if (step.until?.kind === 'condition') {
      const types = step.kind === 'on' ? { types: step.types } : {};
      reports.push(...constant(step.until.where, `${step.path}.until`, types));
    }
    return reports;
  };
}

/** A loop of single events that is entered once, and how many events its name can hold after it. */
interface CountedLoop {
  readonly slot: number;
  readonly of: Step;
  readonly least: number;
  readonly most: number;
}

function loopsOf(steps: readonly Step[]): CountedLoop[] {
  const found: CountedLoop[] = [];
  const visit = (step: Step, surely: boolean): void => {
    if (step.kind === 'on' && step.slot !== null && step.times !== null) {
      const least = surely && !step.optional && step.until === null ? step.times.min : 0;
      found.push({ slot: step.slot, of: step, least, most: step.times.max ?? Infinity });
    }
    if (step.times !== null || step.kind === 'every') return;
    for (const child of childrenOf(step)) visit(child, surely && step.kind === 'group' && !step.optional);
  };
  for (const step of steps) visit(step, true);
  const slots = found.map(({ slot }) => slot);
  return found.filter(({ slot }) => slots.indexOf(slot) === slots.lastIndexOf(slot));
}

/** The condition of `{not: X, where: ...}` stands beside the `not`, not under it. */
function whereOf(step: Step): string {
  return `${step.path}.where`.replace(/\.not\.where$/, '.where');
}

export function constant(expression: Expression, path: string, place: Place = {}): Report[] {
  const { constant: value, source } = expression;
  if (value === true)
    return [warning('constant-condition', path, 'The condition always holds.', 'Leave it out.')];
  if (value === false || value instanceof EvaluationError) {
    return [warning('constant-condition', path, 'The condition never holds.')];
  }
  const own = place.own ?? null;
  const never = findContradiction(source, place);
  if (never !== null) {
    const message = `The condition never holds: what it wants of ${never} excludes itself.`;
    return [warning('constant-condition', path, message, likelyFix(source, own, never, place, '||'))];
  }
  const always = findTautology(source, place);
  if (always === null) return [];
  const message = `The condition holds for every ${always}: it leaves none out.`;
  return [warning('constant-condition', path, message, likelyFix(source, own, always, place, '&&'))];
}

/**
 * The other operator, or, where a step compares what it takes with itself, an earlier name; or
 * what is possible at all.
 */
function likelyFix(
  source: string, own: string | null, what: string, { types, sizes }: Place, operator: string,
): string {
  if (what === 'kind(event)') return `Here it is ${(types ?? []).join(' or ')}.`;
  const size = sizes?.get(/^size\((\w+)\)$/.exec(what)?.[1] ?? '');
  if (size !== undefined) return `Here it is ${size[0]} to ${size[1] === Infinity ? 'any number' : size[1]}.`;
  if (source.includes('&&') || source.includes('||')) return `Did you mean ${operator}?`;
  const same = own === null ? '' : ` In this step "${own}" is the event itself.`;
  return `Compare it with what an earlier step took.${same}`;
}
