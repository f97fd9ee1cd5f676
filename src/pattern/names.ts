import type { NameInScope } from '../expression/scope.ts';
import { didYouMean } from '../expression/suggest.ts';
import type { CheckContext } from './check-context.ts';
import type { CaptureName } from './definition.ts';
import type { Path } from './problems.ts';
import type { StepMapSource, StepSource } from './schema.ts';

/**
 * Names of steps: a slot for each, whether it is a list, and which types it can take. A name may
 * stand twice only in different branches of one `any`: then it is one slot.
 */

/** Words of CEL and of the language that no step can be called. */
const RESERVED: ReadonlySet<string> = new Set([
  'event',
  'now',
  'key',
  'true',
  'false',
  'null',
  'in',
  'has',
  'cel',
  'google',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
  'prototype',
]);

export interface Names {
  readonly bySlot: readonly CaptureName[];
  get(name: string): NameInScope | undefined;
}

interface Found {
  readonly name: string;
  readonly list: boolean;
  readonly types: string[];
  /** Inside a `not`: known only there, and no slot of the pattern's own. */
  readonly inNot: boolean;
  /** Branches of `any`s on the way: `path of any` -> branch. */
  readonly branches: ReadonlyMap<string, number>;
}

interface Place {
  readonly repeats: boolean;
  readonly inNot: boolean;
  readonly branches: ReadonlyMap<string, number>;
}

export function typesOf(source: string | readonly string[]): readonly string[] {
  return typeof source === 'string' ? [source] : source;
}

/** Steps of an `every`, which may be one step or a list. */
export function stepsOf(source: StepSource | readonly StepSource[]): readonly StepSource[] {
  return Array.isArray(source) ? (source as readonly StepSource[]) : [source as StepSource];
}

export function isNegationOfTypes(not: StepMapSource['not']): not is string | string[] {
  return typeof not === 'string' || Array.isArray(not);
}

/** True where the loop of a step may take more than one. */
export function repeats(times: StepMapSource['times'], until: StepMapSource['until']): boolean {
  if (times === undefined) return false;
  if (typeof until === 'object') return true;
  return !/^(1|1\.\.1|0\.\.1)$/.test(String(times));
}

export function collectNames(context: CheckContext, steps: readonly StepSource[]): Names {
  const found = new Map<string, Found>();
  const collector = new Collector(context, found);
  const place: Place = { repeats: false, inNot: false, branches: new Map() };
  steps.forEach((step, i) => collector.visit(step, ['steps', i], place));
  const ordered = [...found.values()].sort((a, b) => Number(a.inNot) - Number(b.inNot));
  const names = new Map<string, NameInScope>();
  ordered.forEach(({ name, list, types }, slot) => names.set(name, { name, slot, list, types }));
  return { bySlot: [...names.values()], get: (name) => names.get(name) };
}

class Collector {
  private readonly context: CheckContext;
  private readonly found: Map<string, Found>;

  constructor(context: CheckContext, found: Map<string, Found>) {
    this.context = context;
    this.found = found;
  }

  visit(step: StepSource, path: Path, place: Place): void {
    if (typeof step === 'string') return;
    const inside = { ...place, repeats: place.repeats || repeats(step.times, step.until) };
    if (step.as !== undefined) this.add(step, [...path, 'as'], inside);
    for (const word of ['all', 'group'] as const) {
      step[word]?.forEach((child, i) => this.visit(child, [...path, word, i], inside));
    }
    step.any?.forEach((child, i) => {
      const branches = new Map(place.branches).set(path.join('.'), i);
      this.visit(child, [...path, 'any', i], { ...inside, branches });
    });
    if (step.every !== undefined) {
      const list = Array.isArray(step.every);
      stepsOf(step.every as StepSource | StepSource[]).forEach((child, i) => {
        this.visit(child, list ? [...path, 'every', i] : [...path, 'every'], inside);
      });
    }
    if (typeof step.not === 'object' && !Array.isArray(step.not)) {
      this.visit(step.not, [...path, 'not'], { ...inside, inNot: true });
    }
    if (typeof step.until === 'object') this.visit(step.until, [...path, 'until'], place);
  }

  private add(step: StepMapSource, path: Path, place: Place): void {
    const name = step.as!;
    const types = [...this.typesTaken(step)];
    if (RESERVED.has(name)) {
      const message =
        `A step cannot be called "${name}": the word means something else in ` + `conditions.`;
      this.context.report({ code: 'name', path, message });
      return;
    }
    const before = this.found.get(name);
    if (!before) {
      this.found.set(name, {
        name,
        types,
        list: place.repeats,
        inNot: place.inNot,
        branches: place.branches,
      });
      return;
    }
    const exclusive = [...place.branches].some(([any, branch]) => {
      const other = before.branches.get(any);
      return other !== undefined && other !== branch;
    });
    if (exclusive && before.list === place.repeats && before.inNot === place.inNot) {
      for (const type of types) if (!before.types.includes(type)) before.types.push(type);
      return;
    }
    const message = exclusive
      ? `"${name}" repeats in one branch and not in the other.`
      : `Two steps are called "${name}".`;
    this.context.report({ code: 'name', path, message, fix: 'Give each step a name of its own.' });
  }

  private typesTaken(step: StepMapSource): readonly string[] {
    if (step.on !== undefined) return typesOf(step.on);
    const branches = (step.any ?? []) as readonly StepSource[];
    return [
      ...new Set(
        branches.flatMap((branch) => {
          return typeof branch === 'string' ? [branch] : this.typesTaken(branch);
        }),
      ),
    ];
  }
}

/** All names that a step gives, itself and inside, without those of a `not`. */
export function namesInside(step: StepSource): string[] {
  if (typeof step === 'string') return [];
  const children = [
    ...((step.all ?? []) as StepSource[]),
    ...((step.any ?? []) as StepSource[]),
    ...((step.group ?? []) as StepSource[]),
    ...(step.every === undefined ? [] : stepsOf(step.every as StepSource | StepSource[])),
    ...(typeof step.until === 'object' ? [step.until] : []),
  ];
  const own = step.as === undefined ? [] : [step.as];
  return [...own, ...children.flatMap((child) => namesInside(child))];
}

/** A step that `skip`, `migrate` and the like refer to. */
export function unknownName(name: string, names: Names): { message: string; fix: string | null } {
  const known = names.bySlot.map((entry) => entry.name);
  const list = known.length > 0 ? `Named steps: ${known.join(', ')}.` : 'Name the step with "as".';
  return { message: `No step is called "${name}".`, fix: didYouMean(name, known) ?? list };
}
