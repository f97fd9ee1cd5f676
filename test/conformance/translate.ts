import type { Case, CaseNode, Condition, Element } from './case.ts';
import { celOf } from './condition.ts';
import type { Names } from './condition.ts';

/** A pattern file as a plain object of the YAML grammar (DESIGN section 5). */
export type PatternFile = { readonly [field: string]: unknown };
type StepFile = { [field: string]: unknown };

export interface Translated {
  readonly file: PatternFile;
  /** Name in our pattern -> name in the case. */
  readonly nameOf: ReadonlyMap<string, string>;
}

/** Marks the start of the clock, which in Parley is the key's first event. */
export const CLOCK_START = 'clock_start';

export function translate(given: Case): Translated {
  return given.form === 'linear' ? new Linear(given).translate() : new Tree(given).translate();
}

/** Identifiers for the names of a case, whatever they look like there. */
class Identifiers {
  readonly identifier = new Map<string, string>();
  readonly nameOf = new Map<string, string>();

  /** The identifier of a name that must be the only one of its kind: the second is the same again. */
  only(name: string): string {
    return this.identifier.get(name) ?? this.fresh(name);
  }

  /** A fresh identifier; the first one stands for the name in conditions. */
  fresh(name: string): string {
    let text = name.replaceAll(/[^A-Za-z0-9_]/g, '_');
    if (!/^[A-Za-z_]/.test(text) || RESERVED.has(text)) text = `n_${text}`;
    while (this.nameOf.has(text)) text += '_';
    this.nameOf.set(text, name);
    if (!this.identifier.has(name)) this.identifier.set(name, text);
    return text;
  }
}

const RESERVED = new Set(['event', 'now', 'in', 'true', 'false', 'null', 'as', 'first', 'last', 'end', 'start', 'not', 'all', 'any']);
const duration = (ms: number): string => `${ms}ms`;

const CONTIGUITY: { readonly [word: string]: string } = {
  next: 'strict', notNext: 'strict', followedBy: 'relaxed', notFollowedBy: 'relaxed', followedByAny: 'any',
};

const SKIP: { readonly [word: string]: string } = {
  noSkip: 'none', skipToNext: 'to-next', skipPastLastEvent: 'past-last',
};

class Linear {
  private readonly given: Case;
  private readonly names = new Identifiers();
  private readonly lists = new Set<string>();
  private readonly types: readonly string[];

  constructor(given: Case) {
    this.given = given;
    this.types = [...new Set(given.events.map(({ type }) => type)), ...typesAsked(given.pattern)]
      .filter((type, i, all) => all.indexOf(type) === i);
    if (this.types.length === 0) this.types = ['Event'];
  }

  translate(): Translated {
    const { given } = this;
    const elements = given.pattern ?? [];
    for (const element of elements) this.collect(element, false);
    const steps = elements.map((element) => this.step(element));
    const file: StepFile = { id: 'conformance-case', key: given.keyBy ?? 'none' };
    if (given.within !== null
      && given.within !== undefined) file['within'] = duration(given.within);
    file['skip'] = this.skip();
    file['steps'] = steps;
    file['emit'] = 'matched';
    // Parley refuses a time-out that nothing can bring about.
    const timed = file['within'] !== undefined || elements.some(hasWindow);
    if (given.expectedTimedOut !== undefined && timed) file['timeout'] = 'timed_out';
    file['limits'] = { runs: 10_000, bytes: 1_000_000 };
    return { file, nameOf: this.names.nameOf };
  }

  private skip(): unknown {
    const { strategy, element, onMiss } = this.given.skip ?? { strategy: 'noSkip' };
    const simple = SKIP[strategy];
    if (simple !== undefined) return simple;
    const name = element ?? '';
    const step = this.names.identifier.get(name) ?? name;
    return {
      [strategy === 'skipToFirst' ? 'to-first' : 'to-last']: step,
      ...(onMiss === 'error' ? { else: 'error' } : {}),
    };
  }

  private collect(element: Element, inLoop: boolean): void {
    const { name, group } = element;
    const loops = inLoop || isLoop(element);
    if (group !== undefined) group.forEach((inner) => this.collect(inner, loops));
    else if (name !== null && !element.contiguity.startsWith('not')) {
      this.names.only(name);
      if (loops) this.lists.add(name);
    }
  }

  private step(element: Element): StepFile {
    const { contiguity, quantifier, group } = element;
    const step: StepFile = {};
    if (contiguity.startsWith('not')) return this.negation(element);
    const word = CONTIGUITY[contiguity];
    if (group !== undefined) {
      step['group'] = group.map((inner) => this.step(inner));
      if (word !== undefined && word !== 'relaxed') firstOf(step)['contiguity'] = word;
    } else {
      const name = element.name === null ? undefined : this.names.identifier.get(element.name);
      if (name !== undefined) step['as'] = name;
      step['on'] = this.on();
      this.where(step, element.where, element.name);
    }
    if (group === undefined && word !== undefined && word !== 'relaxed') step['contiguity'] = word;
    if (isLoop(element)) {
      step['times'] = times(
        quantifier?.min ?? 1, quantifier?.max === undefined ? 1 : quantifier.max,
      );
      const inner = CONTIGUITY[quantifier?.inner ?? 'followedBy'];
      if (inner !== 'relaxed') step['inner'] = inner;
      if (quantifier?.window !== undefined) step['gap'] = duration(quantifier.window);
    }
    if (quantifier?.greedy === true) step['greedy'] = true;
    if (element.until !== undefined) step['until'] = celOf(element.until, this.scope()) ?? 'true';
    if (quantifier?.optional === true) step['optional'] = true;
    if (element.withinPrevious !== undefined) step['within'] = duration(element.withinPrevious);
    return step;
  }

  private negation(element: Element): StepFile {
    const step: StepFile = { not: this.on() };
    this.where(step, element.where);
    if (element.contiguity === 'notNext') step['contiguity'] = 'strict';
    if (element.withinPrevious !== undefined) step['for'] = duration(element.withinPrevious);
    const { quantifier } = element;
    if (this.names.identifier.has(element.name ?? '')) step['as'] = element.name;
    if (quantifier?.greedy === true) step['greedy'] = true;
    if (element.until !== undefined) step['until'] = celOf(element.until, this.scope()) ?? 'true';
    if (isLoop(element)) step['times'] = times(quantifier?.min ?? 1, quantifier?.max ?? null);
    if (quantifier?.optional === true) step['optional'] = true;
    return step;
  }

  private on(): string | readonly string[] {
    const [only] = this.types;
    return this.types.length === 1 && only !== undefined ? only : this.types;
  }

  private where(step: StepFile, condition: Condition | undefined, own?: string | null): void {
    const text = condition === undefined ? null : celOf(condition, { ...this.scope(), own: own ?? undefined });
    if (text !== null) step['where'] = text;
  }

  private scope(): Names {
    return { identifier: this.names.identifier, lists: this.lists };
  }
}

/** The contiguity of a group is that of its first step. */
function firstOf(step: StepFile): StepFile {
  const [first] = (step['group'] ?? []) as readonly StepFile[];
  return first === undefined ? step : firstOf(first);
}

function hasWindow({ withinPrevious, group }: Element): boolean {
  return withinPrevious !== undefined || (group ?? []).some(hasWindow);
}

function isLoop({ quantifier }: Element): boolean {
  return quantifier !== undefined && !(quantifier.min === 1 && quantifier.max === 1);
}

function times(min: number, max: number | null): string | number {
  if (max === null) return `${min}+`;
  return min === max ? min : `${min}..${max}`;
}

function typesAsked(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((inner) => typesAsked(inner));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'type' && typeof inner === 'string' ? [inner] : typesAsked(inner));
}

class Tree {
  private readonly given: Case;
  private readonly names = new Identifiers();
  private readonly nodeNames = new Map<CaseNode, string>();
  private readonly lists = new Set<string>();

  constructor(given: Case) {
    this.given = given;
  }

  translate(): Translated {
    if (this.given.expr === undefined) throw new Error(`${this.given.id} has no expression`);
    const expr = shortened(this.given.expr);
    this.collect(expr, false);
    const top = this.step(expr);
    const steps = isPlainGroup(top) ? top['group'] : [top];
    const file = {
      id: 'conformance-case', key: 'none', starts: 'once', among: [CLOCK_START], steps, emit: 'matched',
      limits: { runs: 10_000, bytes: 1_000_000 },
    };
    return { file, nameOf: this.names.nameOf };
  }

  private collect(node: CaseNode, inLoop: boolean): void {
    if (node.op === 'event' && node.name !== undefined) {
      this.nodeNames.set(node, this.names.fresh(node.name));
      if (inLoop) this.lists.add(node.name);
    }
    for (const inner of children(node)) this.collect(inner, inLoop || node.op === 'repeat');
    if (node.until !== undefined) this.collect(node.until, inLoop);
  }

  private step(node: CaseNode): StepFile {
    const of = children(node);
    switch (node.op) {
      case 'event':
        return this.event(node);
      case 'seq': {
        // A timer of 0 is true at once: in a sequence it says nothing, and Parley refuses it.
        const said = of.filter(({ op, ms }, i) => !(op === 'timer' && ms === 0 && i > 0));
        return { group: said.map((inner) => this.step(inner)) };
      }
      case 'every': {
        const inner = this.step(only(of));
        return { every: isPlainGroup(inner) ? inner['group'] : inner };
      }
      case 'and':
        return { all: of.map((inner) => this.step(inner)) };
      case 'or':
        return { any: of.map((inner) => this.step(inner)) };
      case 'not':
        return this.negation(only(of));
      case 'timer':
        return { wait: duration(node.ms ?? 0) };
      case 'absent':
        return {
          ...this.negation(only(of)), for: duration(node.ms ?? 0),
          ...(node.onViolation === undefined ? {} : { else: node.onViolation }),
        };
      case 'within':
        return {
          ...this.free(only(of), ['within', 'atMost']), within: duration(node.ms ?? 0),
          ...(node.maxCount === undefined ? {} : { atMost: node.maxCount }),
        };
      case 'span':
        return { ...this.free(only(of), ['span', 'within', 'atMost']), span: duration(node.ms ?? 0) };
      case 'repeat':
        return {
          ...this.free(only(of), ['times', 'until', 'span', 'within', 'atMost', 'for']),
          times: times(node.min ?? 0, node.max === undefined ? null : node.max),
          ...(node.until === undefined ? {} : { until: this.step(node.until) }),
        };
    }
  }

  /** The step, in a group where one of the modifiers is already taken or stands in the way. */
  private free(node: CaseNode, modifiers: readonly string[]): StepFile {
    const step = this.step(node);
    return 'not' in step || 'wait' in step
      || modifiers.some((modifier) => modifier in step) ? { group: [step] } : step;
  }

  private event(node: CaseNode): StepFile {
    const name = this.nodeNames.get(node);
    const where = node.where === undefined ? null
      : celOf(node.where, { identifier: this.names.identifier, lists: this.lists });
    return {
      ...(name === undefined ? {} : { as: name }), on: node.type,
      ...(where === null ? {} : { where }),
    };
  }

  private negation(of: CaseNode): StepFile {
    const step = this.step(of);
    if (of.op === 'event' && !('as' in step)) {
      return { not: step['on'], ...('where' in step ? { where: step['where'] } : {}) };
    }
    return { not: step };
  }
}

function children(node: CaseNode): readonly CaseNode[] {
  if (node.of === undefined) return [];
  return Array.isArray(node.of) ? (node.of as readonly CaseNode[]) : [node.of as CaseNode];
}

function only(of: readonly CaseNode[]): CaseNode {
  const [node] = of;
  if (node === undefined) throw new Error('an operator without its operand');
  return node;
}

/**
 * No window or timer is longer than a window around it that starts no later: it would end nothing,
 * or never come, and Parley refuses it. (A `within` may start before the `span` around it, which
 * starts with its first event.)
 */
function shortened(node: CaseNode, within = Infinity, span = Infinity): CaseNode {
  const most = node.op === 'span' ? Math.min(within, span) : within;
  const ms = node.ms === undefined ? undefined : Math.min(node.ms, most);
  const of = children(node).map((child) => shortened(
    child, node.op === 'within' ? ms : within, node.op === 'span' ? ms : span,
  ));
  return {
    ...node, ...(ms === undefined ? {} : { ms }),
    ...(node.of === undefined ? {} : { of: Array.isArray(node.of) ? of : only(of) }),
  };
}

function isPlainGroup(step: StepFile): boolean {
  return 'group' in step && Object.keys(step).length === 1;
}
