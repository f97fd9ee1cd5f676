import type { Event } from '../event/event.ts';
import type { OnStep, PatternDefinition, Step } from './definition.ts';
import { listensTo } from './levels.ts';
import type { Definition } from './levels.ts';
import { walkSteps } from './rules.ts';

/**
 * Which definitions an event concerns: by its type, and by the constant comparisons that every
 * mention of the type makes (`event.category == "sofa"`, `in` a list, `||` of such), so that a thousand
 * patterns cost little more than those an event can change.
 *
 * Left out is only a definition that the event certainly cannot change: where it would fit no step,
 * be no "next" event, and begin no run. A clause that is never tried is not counted as failed.
 */
export interface TypeIndex<Entry> {
  /** Entries in the order in which they were given. */
  concerned(event: Event): readonly Entry[];
  /** Those of which a run can begin with the event: all that a key without state has to ask. */
  beginning(event: Event): readonly Entry[];
  readonly types: ReadonlySet<string>;
}

interface Ranked<Entry> {
  readonly rank: number;
  readonly entry: Entry;
}

type Value = string | number | boolean;

/** While the index is built: the entries of a type, those of a value by its field. */
interface Gathered<Entry> {
  readonly always: Ranked<Entry>[];
  readonly fields: Map<string, Map<Value, Ranked<Entry>[]>>;
}

/**
 * What events of a type, or of a type and a value, select. One entry stands for itself: with many
 * patterns each object between an event and its entry is one more that is not in the caches.
 */
type Selected<Entry> = Entry | Choice<Entry>;

/** Order of the entries is kept; `definitionOf` is asked once for each. */
export function buildTypeIndex<Entry>(
  entries: readonly Entry[],
  definitionOf: (entry: Entry) => Definition,
): TypeIndex<Entry> {
  const listening = new Map<string, Gathered<Entry>>();
  const beginning = new Map<string, Gathered<Entry>>();
  entries.forEach((entry, rank) => {
    const definition = definitionOf(entry);
    const first = firstOf(definition);
    for (const type of listensTo(definition)) {
      put(listening, type, { rank, entry }, selectorOf(definition, type));
      const begins = first?.filter(({ types }) => types.includes(type));
      if (begins?.length === 0) continue;
      put(beginning, type, { rank, entry }, begins === undefined ? null : selectorOfAll(begins));
    }
  });
  const [concerned, begun] = [selections(listening), selections(beginning)];
  return {
    types: new Set(listening.keys()),
    concerned: (event) => select(concerned.get(event.type), event),
    beginning: (event) => select(begun.get(event.type), event),
  };
}

/** The steps one of which takes the first event of a run; null: every event may begin one. */
function firstOf(definition: Definition): readonly OnStep[] | null {
  if (definition.kind === 'segment' || definition.starts.mode === 'once') return null;
  const first: OnStep[] = [];
  for (const step of definition.steps) {
    walkSteps([step], (inner) => {
      if (inner.kind === 'on') first.push(inner);
    });
    if (!mayTakeNothing(step)) break;
  }
  return first;
}

function mayTakeNothing(step: Step): boolean {
  if (step.optional || step.until?.kind === 'step') return true;
  switch (step.kind) {
    case 'on':
      return false;
    case 'not':
    case 'wait':
      return true;
    case 'any':
      return step.of.some(mayTakeNothing);
    case 'all':
    case 'group':
    case 'every':
      return step.of.every(mayTakeNothing);
  }
}

function put<Entry>(
  into: Map<string, Gathered<Entry>>, type: string, ranked: Ranked<Entry>, selector: Selector | null,
): void {
  const { always, fields } = known(into, type, () => ({ always: [], fields: new Map() }));
  if (selector === null) {
    always.push(ranked);
    return;
  }
  const values = known(fields, selector.field, () => new Map<Value, Ranked<Entry>[]>());
  for (const value of selector.values) known(values, value, () => []).push(ranked);
}

function known<Key, Held>(map: Map<Key, Held>, key: Key, make: () => Held): Held {
  let held = map.get(key);
  if (held === undefined) map.set(key, (held = make()));
  return held;
}

function selections<Entry>(
  gathered: ReadonlyMap<string, Gathered<Entry>>,
): ReadonlyMap<string, Selected<Entry>> {
  return new Map([...gathered].map(([type, one]) => [type, selectionOf(one)]));
}

function selectionOf<Entry>({ always, fields }: Gathered<Entry>): Selected<Entry> {
  const [only] = fields;
  if (only === undefined) return together(always);
  if (fields.size > 1) return new ByFields(always, fields);
  const [field, values] = only;
  const merged = [...values].map(([value, list]) => [value, together([...always, ...list])] as const);
  return new ByField(field, new Map(merged), inOrder(always));
}

function together<Entry>(ranked: readonly Ranked<Entry>[]): Selected<Entry> {
  const entries = inOrder(ranked);
  const [first] = entries;
  return first !== undefined && entries.length === 1 ? first : new Always(entries);
}

function inOrder<Entry>(ranked: readonly Ranked<Entry>[]): readonly Entry[] {
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ entry }) => entry);
}

function select<Entry>(selected: Selected<Entry> | undefined, event: Event): readonly Entry[] {
  if (selected === undefined) return NONE;
  return selected instanceof Choice ? selected.of(event) : [selected as Entry];
}

const NONE: readonly never[] = [];

abstract class Choice<Entry> {
  abstract of(event: Event): readonly Entry[];
}

class Always<Entry> extends Choice<Entry> {
  private readonly entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    super();
    this.entries = entries;
  }

  of(): readonly Entry[] {
    return this.entries;
  }
}

/** One field decides: its value -> what it selects with those that always count. */
class ByField<Entry> extends Choice<Entry> {
  private readonly field: string;
  private readonly values: ReadonlyMap<Value, Selected<Entry>>;
  private readonly always: readonly Entry[];

  constructor(
    field: string, values: ReadonlyMap<Value, Selected<Entry>>, always: readonly Entry[],
  ) {
    super();
    this.field = field;
    this.values = values;
    this.always = always;
  }

  of(event: Event): readonly Entry[] {
    const selected = this.values.get(event.data[this.field] as Value);
    return selected === undefined ? this.always : select(selected, event);
  }
}

/** Several fields: what their values select is put in order with those that always count. */
class ByFields<Entry> extends Choice<Entry> {
  private readonly ranked: readonly Ranked<Entry>[];
  private readonly always: readonly Entry[];
  private readonly fields: Gathered<Entry>['fields'];

  constructor(ranked: readonly Ranked<Entry>[], fields: Gathered<Entry>['fields']) {
    super();
    this.ranked = ranked;
    this.always = inOrder(ranked);
    this.fields = fields;
  }

  of(event: Event): readonly Entry[] {
    const found: Ranked<Entry>[] = [];
    for (const [field, values] of this.fields) {
      found.push(...(values.get(event.data[field] as Value) ?? NONE));
    }
    return found.length === 0 ? this.always : inOrder([...this.ranked, ...found]);
  }
}

interface Selector {
  readonly field: string;
  readonly values: ReadonlySet<Value>;
}

function selectorOf(definition: Definition, type: string): Selector | null {
  if (definition.kind === 'segment' || everyEventCounts(definition, type)) return null;
  const mentions: OnStep[] = [];
  walkSteps(definition.steps, (step) => {
    if (step.kind === 'on' && step.types.includes(type)) mentions.push(step);
  });
  return selectorOfAll(mentions);
}

/** One field that all of the steps compare with constants; null: every event counts. */
function selectorOfAll(steps: readonly OnStep[]): Selector | null {
  const mentions = steps.map(({ where }) => where?.constants ?? []);
  const [first, ...others] = mentions;
  for (const { field } of first ?? []) {
    if (!others.every((constants) => constants.some((other) => other.field === field))) continue;
    const all = mentions.flatMap(
      (constants) => constants.find((other) => other.field === field)!.values,
    );
    return { field, values: new Set(all) };
  }
  return null;
}

/** Events that fit nothing still matter as "next", to conditions of `until`, and as a first one. */
function everyEventCounts(pattern: PatternDefinition, type: string): boolean {
  if (pattern.starts.mode === 'once' || pattern.among.includes(type)) return true;
  let counts = false;
  walkSteps(pattern.steps, (step: Step) => {
    if (step.contiguity === 'strict' || (step.times && step.inner === 'strict')) counts = true;
    if (step.until?.kind === 'condition') counts = true;
  });
  return counts;
}
