import { parseDuration } from '../event/duration.ts';
import type { NameInScope } from '../expression/scope.ts';
import type { CheckContext } from './check-context.ts';
import type { Modifiers, Step, Times, Until } from './definition.ts';
import { isNegationOfTypes, namesInside, repeats, stepsOf, typesOf } from './names.ts';
import type { Names } from './names.ts';
import { pathText } from './problems.ts';
import type { Path } from './problems.ts';
import type { StepMapSource, StepSource } from './schema.ts';
import { KINDS, checkWords } from './step-words.ts';

/** Steps of a file into steps of the checked pattern: defaults, slots, compiled conditions. */

export type Visible = ReadonlyMap<string, NameInScope>;

interface Built {
  readonly step: Step;
  /** Names that later steps can read. */
  readonly gives: readonly string[];
}

/** Stands for what was refused, so that checking goes on to the next mistake. */
const REFUSED_TYPE = '';

export function milliseconds(text: string): number;
export function milliseconds(text: string | undefined): number | null;
export function milliseconds(text: string | undefined): number | null {
  return text === undefined ? null : (parseDuration(text) ?? 0);
}

/**
 * `3`, `2..5`, `3+`, `0+`: count and whether the step may be left out. Up to a step (`until: STEP`)
 * none is a count like others, and the step is not left out.
 */
export function parseTimes(
  source: string | number,
  untilStep = false,
): { times: Times; optional: boolean } | null {
  const text = String(source);
  const parts = /^(\d+)(\.\.(\d+)|(\+))?$/.exec(text);
  if (!parts) return null;
  const min = Number(parts[1]);
  const max = parts[4] ? null : Number(parts[3] ?? parts[1]);
  if (max !== null && (max < min || max === 0)) return null;
  if (untilStep) return { times: { min, max }, optional: false };
  return { times: { min: Math.max(min, 1), max }, optional: min === 0 };
}

export class StepBuilder {
  private readonly context: CheckContext;
  private readonly names: Names;
  /** Types of the whole pattern, for `until` conditions, which see every event of it. */
  private readonly patternTypes: readonly string[];

  constructor(context: CheckContext, names: Names, patternTypes: readonly string[]) {
    this.context = context;
    this.names = names;
    this.patternTypes = patternTypes;
  }

  /** Steps in order: each sees what those before it took. */
  sequence(
    sources: readonly StepSource[],
    path: Path,
    visible: Visible,
  ): { steps: Step[]; gives: string[] } {
    const steps: Step[] = [];
    const gives: string[] = [];
    let seen = visible;
    sources.forEach((source, i) => {
      const built = this.build(source, [...path, i], seen);
      steps.push(built.step);
      gives.push(...built.gives);
      seen = this.withNames(seen, built.gives);
    });
    return { steps, gives };
  }

  withNames(visible: Visible, names: readonly string[]): Visible {
    if (names.length === 0) return visible;
    const more = new Map(visible);
    for (const name of names) {
      const entry = this.names.get(name);
      if (entry) more.set(name, entry);
    }
    return more;
  }

  build(source: StepSource, path: Path, visible: Visible): Built {
    if (typeof source === 'string') return this.build({ on: source }, path, visible);
    if (!checkWords(this.context, source, path)) return { step: this.placeholder(path), gives: [] };
    const inLoop = repeats(source.times, source.until);
    const seen = inLoop ? this.withNames(visible, namesInside(source)) : visible;
    const modifiers = this.modifiers(source, path, seen, visible);
    const built = this.kind(source, path, seen, modifiers);
    return { ...built, gives: [...new Set([...built.gives, ...this.untilGives(source)])] };
  }

  private untilGives(source: StepMapSource): readonly string[] {
    return typeof source.until === 'object' ? namesInside(source.until) : [];
  }

  private placeholder(path: Path): Step {
    const modifiers = noModifiers(path);
    return { kind: 'on', types: [REFUSED_TYPE], where: null, slot: null, ...modifiers };
  }

  private kind(source: StepMapSource, path: Path, visible: Visible, modifiers: Modifiers): Built {
    const kind = KINDS.find((word) => source[word] !== undefined)!;
    switch (kind) {
      case 'on':
        return this.on(source, path, visible, modifiers);
      case 'not':
        return this.not(source, path, visible, modifiers);
      case 'wait':
        return { step: { ...modifiers, kind, for: milliseconds(source.wait!) }, gives: [] };
      case 'group': {
        const { steps, gives } = this.sequence(source.group!, [...path, kind], visible);
        const contiguity = steps[0]!.contiguity;
        return { step: { ...modifiers, kind, contiguity, of: steps }, gives };
      }
      case 'every': {
        const list = Array.isArray(source.every);
        const sources = stepsOf(source.every as StepSource | StepSource[]);
        if (list) {
          const { steps, gives } = this.sequence(sources, [...path, kind], visible);
          return { step: { ...modifiers, kind, of: steps }, gives };
        }
        const built = this.build(sources[0]!, [...path, kind], visible);
        return { step: { ...modifiers, kind, of: [built.step] }, gives: built.gives };
      }
      case 'all':
      case 'any':
        return this.operands(source, kind, path, visible, modifiers);
    }
  }

  /** Operands see what came before the step, never each other. */
  private operands(
    source: StepMapSource,
    kind: 'all' | 'any',
    path: Path,
    visible: Visible,
    modifiers: Modifiers,
  ): Built {
    const built = (source[kind] as StepSource[]).map((operand, i) => {
      return this.build(operand, [...path, kind, i], visible);
    });
    const of = built.map(({ step }) => step);
    const gives = built.flatMap((operand) => operand.gives);
    if (kind === 'all') return { step: { ...modifiers, kind, of }, gives };
    const slot = this.slotOf(source.as);
    return {
      step: { ...modifiers, kind, of, slot },
      gives: source.as ? [source.as, ...gives] : gives,
    };
  }

  private slotOf(name: string | undefined): number | null {
    return name === undefined ? null : (this.names.get(name)?.slot ?? null);
  }

  private on(source: StepMapSource, path: Path, visible: Visible, modifiers: Modifiers): Built {
    const types = this.context.types(source.on!, [...path, 'on']);
    const own = source.as === undefined ? undefined : this.names.get(source.as);
    const eventNames = own && !own.list ? [own.name] : [];
    const seen = own?.list ? this.withNames(visible, [own.name]) : visible;
    const where = this.where(source, types, path, seen, eventNames);
    const step: Step = { ...modifiers, kind: 'on', types, where, slot: own?.slot ?? null };
    return { step, gives: source.as === undefined ? [] : [source.as] };
  }

  private where(
    source: StepMapSource,
    types: readonly string[],
    path: Path,
    visible: Visible,
    eventNames: readonly string[],
  ) {
    if (source.where === undefined) return null;
    const scope = this.context.scope(types, visible, eventNames);
    return this.context.condition(source.where, scope, [...path, 'where']);
  }

  private not(source: StepMapSource, path: Path, visible: Visible, modifiers: Modifiers): Built {
    const { not } = source;
    let of: Step;
    if (isNegationOfTypes(not)) {
      const types = this.context.types(not, [...path, 'not']);
      const where = this.where(source, types, path, visible, []);
      of = { ...noModifiers([...path, 'not']), kind: 'on', types, where, slot: null };
    } else {
      of = this.build(not as StepMapSource, [...path, 'not'], visible).step;
    }
    const wait = milliseconds(source.for);
    return {
      step: { ...modifiers, kind: 'not', of, for: wait, else: source.else ?? 'fail' },
      gives: [],
    };
  }

  private modifiers(
    source: StepMapSource,
    path: Path,
    inside: Visible,
    outside: Visible,
  ): Modifiers {
    const parsed =
      source.times === undefined
        ? null
        : parseTimes(source.times, typeof source.until === 'object');
    if (source.times !== undefined && !parsed) {
      const fix = 'Write 3, 2..5, 3+ or 0+; the upper end is not less than the lower, and not 0.';
      const message = `"${String(source.times)}" is not a count.`;
      this.context.report({ code: 'structure', path: [...path, 'times'], message, fix });
    }
    const loop = repeats(source.times, source.until);
    return {
      path: pathText(path),
      contiguity: source.contiguity ?? 'relaxed',
      times: loop ? (parsed?.times ?? null) : null,
      inner: source.inner ?? 'relaxed',
      greedy: source.greedy ?? false,
      gap: milliseconds(source.gap),
      distinct: source.distinct ?? null,
      until: this.until(source, path, inside, outside),
      optional: source.optional === true || parsed?.optional === true,
      span: milliseconds(source.span),
      within: milliseconds(source.within),
      atMost: source.atMost ?? null,
    };
  }

  private until(
    source: StepMapSource,
    path: Path,
    inside: Visible,
    outside: Visible,
  ): Until | null {
    const { until } = source;
    if (until === undefined) return null;
    if (typeof until === 'object') {
      return { kind: 'step', step: this.build(until, [...path, 'until'], outside).step };
    }
    const scope = this.context.scope(this.patternTypes, inside);
    const where = this.context.condition(until, scope, [...path, 'until']);
    return where ? { kind: 'condition', where } : null;
  }
}

export function noModifiers(path: Path): Modifiers {
  return {
    path: pathText(path),
    contiguity: 'relaxed',
    times: null,
    inner: 'relaxed',
    greedy: false,
    gap: null,
    distinct: null,
    until: null,
    optional: false,
    span: null,
    within: null,
    atMost: null,
  };
}

/** Types that the steps name, in order, negated ones included. */
export function typesInSteps(steps: readonly StepSource[]): readonly string[] {
  const types = new Set<string>();
  const visit = (step: StepSource): void => {
    if (typeof step === 'string') return void types.add(step);
    if (step.on !== undefined) for (const type of typesOf(step.on)) types.add(type);
    if (isNegationOfTypes(step.not)) for (const type of typesOf(step.not)) types.add(type);
    else if (step.not !== undefined) visit(step.not as StepSource);
    if (typeof step.until === 'object') visit(step.until);
    for (const word of ['all', 'any', 'group'] as const)
      (step[word] as StepSource[] | undefined)?.forEach(visit);
    if (step.every !== undefined) stepsOf(step.every as StepSource | StepSource[]).forEach(visit);
  };
  steps.forEach(visit);
  return [...types];
}
