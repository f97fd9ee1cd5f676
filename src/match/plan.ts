import type { Expression, FieldsRead, Template } from '../expression/expression.ts';
import type {
  AllStep, AnyStep, Contiguity, Emission, EveryStep, GroupStep, NotStep, OnStep, PatternDefinition,
  Step, WaitStep,
} from '../pattern/definition.ts';

/**
 * The plan of a pattern: the checked steps as a tree of process kinds, one node per construct and
 * per modifier, in the order in which modifiers apply (times, optional, span, within). A node is
 * what never changes; `state.ts` is what a started process of it holds.
 */
interface Common {
  /** Index in `Plan.nodes`; stands for the node in serialised state. */
  readonly id: number;
  /** Name of the step, or its path. */
  readonly label: string;
}

export interface OnNode extends Common {
  readonly kind: 'on';
  readonly types: ReadonlySet<string>;
  readonly where: Expression | null;
  readonly slot: number | null;
  readonly contiguity: Contiguity;
  readonly distinct: string | null;
  /** Fields of a taken event that something reads later. */
  readonly keep: FieldsRead;
}

export interface SeqNode extends Common {
  readonly kind: 'seq';
  readonly steps: readonly Node[];
  /** `nots[i]` stand before step i; the last entry after the last step. */
  readonly nots: readonly (readonly NotBetween[])[];
  /** Contiguity of the group for its first step; null leaves the first step its own. */
  readonly contiguity: Contiguity | null;
}

/** A `not` between two steps: forbids from the step before until the next one takes an event. */
export interface NotBetween extends Common {
  readonly of: Node;
  readonly contiguity: Contiguity;
}

export interface AllNode extends Common {
  readonly kind: 'all';
  readonly of: readonly Node[];
  /** Positions of `of` in the order in which they are asked: negations first. */
  readonly asked: readonly number[];
  readonly contiguity: Contiguity;
}

export interface AnyNode extends Common {
  readonly kind: 'any';
  readonly of: readonly Node[];
  readonly contiguity: Contiguity;
}

export interface EveryNode extends Common {
  readonly kind: 'every';
  readonly of: Node;
}

export interface WaitNode extends Common {
  readonly kind: 'wait';
  readonly for: number;
}

export interface NotForNode extends Common {
  readonly kind: 'notFor';
  readonly of: Node;
  readonly for: number;
  readonly else: NotStep['else'];
}

/**
 * `holds`: a bare `not` in `all` or `any`. `last`: the last step, true when the window ends;
 * `next`: the last step, and strict: true at the very next event, too.
 */
export interface NotNode extends Common {
  readonly kind: 'not';
  readonly of: Node;
  readonly truth: 'holds' | 'last' | 'next';
}

export interface LoopNode extends Common {
  readonly kind: 'loop';
  readonly of: Node;
  readonly min: number;
  readonly max: number | null;
  readonly inner: Contiguity;
  readonly greedy: boolean;
  readonly gap: number | null;
  readonly until: Expression | null;
  /**
   * The `not`s that follow the loop: they also end branches that go on in it, a strict one from
   * the first round that could be the last, others from the first round.
   */
  readonly after: readonly NotBetween[];
}

export interface UntilNode extends Common {
  readonly kind: 'until';
  readonly of: Node;
  readonly min: number;
  readonly max: number | null;
  readonly inner: Contiguity;
  readonly stop: Node;
}

export interface OptionalNode extends Common {
  readonly kind: 'optional';
  readonly of: Node;
}

export interface SpanNode extends Common {
  readonly kind: 'span';
  readonly of: Node;
  readonly ms: number;
}

export interface LimitNode extends Common {
  readonly kind: 'limit';
  readonly of: Node;
  readonly within: number | null;
  readonly atMost: number | null;
}

export type Node =
  | OnNode | SeqNode | AllNode | AnyNode | EveryNode | WaitNode | NotForNode | NotNode | LoopNode
  | UntilNode | OptionalNode | SpanNode | LimitNode;

export interface Plan {
  readonly definition: PatternDefinition;
  readonly root: Node;
  readonly nodes: readonly (Node | NotBetween)[];
  /** Types that concern the pattern, `among` included. */
  readonly types: ReadonlySet<string>;
  /** Longest duration written in the pattern, ms. */
  readonly longest: number;
}

/** What a derived record carries of the events taken, whether or not an expression reads it. */
const ALWAYS_KEPT = ['recipient_id', 'language'] as const;

export function planOf(definition: PatternDefinition): Plan {
  return new Planner(definition).plan();
}

class Planner {
  private readonly definition: PatternDefinition;
  private readonly nodes: (Node | NotBetween)[] = [];
  private readonly types = new Set<string>();
  private readonly kept: (Set<string> | '*')[] = [];
  private longest = 0;

  constructor(definition: PatternDefinition) {
    this.definition = definition;
    for (const type of definition.among) this.types.add(type);
    for (const expression of expressionsOf(definition)) this.keepFor(expression.captureFields);
  }

  plan(): Plan {
    const { steps, within } = this.definition;
    const sequence = this.sequence(steps, 'steps', true, null);
    const root = within === null ? sequence
      : this.add<SpanNode>(
        { kind: 'span', label: 'within', of: sequence, ms: this.duration(within) },
      );
    return {
      definition: this.definition, root, nodes: this.nodes, types: this.types, longest: this.longest,
    };
  }

  private keepFor(fields: ReadonlyMap<number, FieldsRead>): void {
    for (const [slot, read] of fields) {
      const kept = this.kept[slot] ?? new Set<string>();
      if (kept === '*' || read === '*') this.kept[slot] = '*';
      else {
        for (const field of read) kept.add(field);
        this.kept[slot] = kept;
      }
    }
  }

  private add<N extends Node | NotBetween>(node: Omit<N, 'id'>): N {
    const added = { ...node, id: this.nodes.length } as N;
    this.nodes.push(added);
    return added;
  }

  private duration(ms: number): number {
    this.longest = Math.max(this.longest, ms);
    return ms;
  }

  private sequence(
    steps: readonly Step[], label: string, whole: boolean, contiguity: Contiguity | null,
  ): SeqNode {
    const positive: Node[] = [];
    const nots: NotBetween[][] = [[]];
    let closing: NotBetween[] = [];
    steps.forEach((step, index) => {
      const bare = step.kind === 'not' && step.for === null;
      const ends = bare && whole && index === steps.length - 1;
      if (bare && !ends) {
        nots.at(-1)?.push(this.between(step));
        return;
      }
      // A loop before the last `not` is also ended by it, as by one that stands between steps.
      if (ends) closing = [...(nots.at(-1) ?? []), this.between(step)];
      positive.push(ends ? this.negation(step, step.contiguity === 'strict' ? 'next' : 'last')
        : this.step(step, null));
      nots.push([]);
    });
    const after = (index: number): readonly NotBetween[] =>
      closing.length > 0 && index === positive.length - 2 ? closing : (nots[index + 1] ?? []);
    const ended = positive.map((node, index) => this.followedBy(node, after(index)));
    return this.add<SeqNode>({ kind: 'seq', label, steps: ended, nots, contiguity });
  }

  private between(step: NotStep): NotBetween {
    const of = this.step(step.of, null);
    return this.add<NotBetween>({ label: step.path, of, contiguity: step.contiguity });
  }

  private negation(step: NotStep, truth: NotNode['truth']): NotNode {
    return this.add<NotNode>({
      kind: 'not', label: step.path, of: this.step(step.of, null), truth,
    });
  }

  /** The step with its modifiers around it, innermost first. */
  private step(step: Step, slot: number | null): Node {
    const label = this.label(step);
    let node = this.base(step, slot);
    if (step.gap !== null) this.duration(step.gap);
    if (step.until?.kind === 'step') {
      node = this.add<UntilNode>({
        kind: 'until', label, of: node, min: step.times?.min ?? 1,
        max: step.times === null ? 1 : step.times.max, inner: step.inner,
        stop: this.step(step.until.step, null),
      });
    } else if (step.times !== null) {
      node = this.add<LoopNode>({
        kind: 'loop', label, of: node, min: step.times.min, max: step.times.max,
        inner: step.inner, greedy: step.greedy, gap: step.gap,
        until: step.until?.where ?? null, after: [],
      });
    }
    if (step.optional) node = this.add<OptionalNode>({ kind: 'optional', label, of: node });
    if (step.span !== null) {
      node = this.add<SpanNode>({ kind: 'span', label, of: node, ms: this.duration(step.span) });
    }
    if (step.within !== null || step.atMost !== null) {
      if (step.within !== null) this.duration(step.within);
      node = this.add<LimitNode>({
        kind: 'limit', label, of: node, within: step.within, atMost: step.atMost,
      });
    }
    return node;
  }

  private base(step: Step, slot: number | null): Node {
    switch (step.kind) {
      case 'on':
        return this.on(step, slot);
      case 'not':
        if (step.for === null) return this.negation(step, 'holds');
        return this.add<NotForNode>({
          kind: 'notFor', label: step.path, of: this.step(step.of, null),
          for: this.duration(step.for), else: step.else,
        });
      case 'all':
        return this.all(step);
      case 'any':
        return this.any(step);
      case 'group':
        return this.group(step);
      case 'every':
        return this.every(step);
      case 'wait':
        return this.wait(step);
    }
  }

  private on(step: OnStep, given: number | null): OnNode {
    const slot = step.slot ?? given;
    for (const type of step.types) this.types.add(type);
    const read = slot === null ? undefined : this.kept[slot];
    const fields = new Set([...ALWAYS_KEPT, ...(read === '*' ? [] : (read ?? []))]);
    if (step.distinct !== null) fields.add(step.distinct);
    return this.add<OnNode>({
      kind: 'on', label: this.label(step), types: new Set(step.types), where: step.where, slot,
      contiguity: step.contiguity, distinct: step.distinct,
      keep: read === '*' ? '*' : [...fields],
    });
  }

  private all(step: AllStep): AllNode {
    const of = step.of.map((operand) => this.step(operand, null));
    const negative = step.of.map((operand) => operand.kind === 'not');
    const positions = of.map((_, index) => index);
    return this.add<AllNode>({
      kind: 'all', label: this.label(step), of, contiguity: step.contiguity,
      asked: [...positions.filter((i) => negative[i]), ...positions.filter((i) => !negative[i])],
    });
  }

  private any(step: AnyStep): AnyNode {
    const of = step.of.map((operand) => this.step(operand, step.slot));
    return this.add<AnyNode>({
      kind: 'any', label: this.label(step), of, contiguity: step.contiguity,
    });
  }

  private group(step: GroupStep): SeqNode {
    const given = step.contiguity === 'relaxed' ? null : step.contiguity;
    return this.sequence(step.of, this.label(step), false, given);
  }

  private every(step: EveryStep): EveryNode {
    const [only] = step.of;
    const of = step.of.length === 1 && only !== undefined
      ? this.step(only, null)
      : this.sequence(step.of, step.path, false, null);
    return this.add<EveryNode>({ kind: 'every', label: this.label(step), of });
  }

  private wait(step: WaitStep): WaitNode {
    return this.add<WaitNode>({ kind: 'wait', label: step.path, for: this.duration(step.for) });
  }

  /** The node with the `not`s that follow it, where it is a loop (whatever stands around it). */
  private followedBy(node: Node, after: readonly NotBetween[]): Node {
    if (after.length === 0) return node;
    let armed = node;
    if (node.kind === 'loop') armed = { ...node, after };
    else if (node.kind === 'optional' || node.kind === 'span' || node.kind === 'limit') {
      armed = { ...node, of: this.followedBy(node.of, after) };
    }
    this.nodes[node.id] = armed;
    return armed;
  }

  private label(step: Step): string {
    if ((step.kind === 'on' || step.kind === 'any') && step.slot !== null) {
      return this.definition.names[step.slot]?.name ?? step.path;
    }
    return step.path;
  }
}

interface Reads {
  readonly captureFields: ReadonlyMap<number, FieldsRead>;
}

/** Everything in a pattern that reads captured events. */
export function expressionsOf(definition: PatternDefinition): readonly Reads[] {
  const found: (Reads | null)[] = [];
  const visit = (step: Step): void => {
    if (step.kind === 'on') found.push(step.where);
    if (step.until?.kind === 'condition') found.push(step.until.where);
    if (step.until?.kind === 'step') visit(step.until.step);
    if (step.kind === 'not') visit(step.of);
    if ('of' in step && Array.isArray(step.of)) (step.of as readonly Step[]).forEach(visit);
  };
  definition.steps.forEach(visit);
  for (const emission of [...definition.emit, ...definition.timeout]) {
    found.push(...templatesOf(emission));
  }
  return found.filter((reads) => reads !== null);
}

function templatesOf(emission: Emission): (Template | null)[] {
  return [
    emission.key, ...Object.values(emission.data), emission.recipient, emission.locale,
    emission.atMost?.by ?? null, emission.quietHours?.zone ?? null,
  ];
}
