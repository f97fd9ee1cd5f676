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
  /** Entries that listen to the type at all. */
  ofType(type: string): readonly Entry[];
  readonly types: ReadonlySet<string>;
}

interface Ranked<Entry> {
  readonly rank: number;
  readonly entry: Entry;
}

interface ByField<Entry> {
  readonly field: string;
  readonly values: Map<string | number | boolean, Ranked<Entry>[]>;
}

interface ByType<Entry> {
  readonly all: Entry[];
  readonly always: Ranked<Entry>[];
  readonly alwaysEntries: Entry[];
  readonly fields: ByField<Entry>[];
  /** Where one field decides: value -> what it selects with those that always count. */
  single: ReadonlyMap<string | number | boolean, readonly Entry[]> | null;
}

/** Order of the entries is kept; `definitionOf` is asked once for each. */
export function buildTypeIndex<Entry>(
  entries: readonly Entry[],
  definitionOf: (entry: Entry) => Definition,
): TypeIndex<Entry> {
  const listening = new Map<string, ByType<Entry>>();
  const beginning = new Map<string, ByType<Entry>>();
  const put = (
    into: Map<string, ByType<Entry>>, type: string, ranked: Ranked<Entry>, selector: Selector | null,
  ): void => {
    const known = into.get(type) ?? emptyType<Entry>();
    into.set(type, known);
    known.all.push(ranked.entry);
    add(known, ranked, selector);
  };
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
  for (const known of [...listening.values(), ...beginning.values()]) known.single = mergedValues(known);
  const selected = (from: Map<string, ByType<Entry>>, event: Event): readonly Entry[] => {
    const known = from.get(event.type);
    return known === undefined ? [] : select(known, event);
  };
  return {
    types: new Set(listening.keys()),
    ofType: (type) => listening.get(type)?.all ?? [],
    concerned: (event) => selected(listening, event),
    beginning: (event) => selected(beginning, event),
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

function emptyType<Entry>(): ByType<Entry> {
  return { all: [], always: [], alwaysEntries: [], fields: [], single: null };
}

function mergedValues<Entry>({ always, fields }: ByType<Entry>): ByType<Entry>['single'] {
  const [only] = fields;
  if (!only || fields.length > 1) return null;
  return new Map([...only.values].map(([value, list]) => [value, inOrder([...always, ...list])]));
}

function inOrder<Entry>(ranked: Ranked<Entry>[]): readonly Entry[] {
  return ranked.sort((a, b) => a.rank - b.rank).map(({ entry }) => entry);
}

function add<Entry>(known: ByType<Entry>, ranked: Ranked<Entry>, selector: Selector | null): void {
  if (!selector) {
    known.always.push(ranked);
    known.alwaysEntries.push(ranked.entry);
    return;
  }
  let byField = known.fields.find(({ field }) => field === selector.field);
  if (!byField) {
    byField = { field: selector.field, values: new Map() };
    known.fields.push(byField);
  }
  for (const value of selector.values) {
    const list = byField.values.get(value);
    if (list) list.push(ranked);
    else byField.values.set(value, [ranked]);
  }
}

function select<Entry>(known: ByType<Entry>, event: Event): readonly Entry[] {
  const { single, fields, always, alwaysEntries } = known;
  if (single !== null) {
    const value = event.data[fields[0]!.field] as string | number | boolean;
    return single.get(value) ?? alwaysEntries;
  }
  const found: Ranked<Entry>[] = [];
  for (const { field, values } of fields) {
    const list = values.get(event.data[field] as string | number | boolean);
    if (list) found.push(...list);
  }
  return found.length === 0 ? alwaysEntries : inOrder([...always, ...found]);
}

interface Selector {
  readonly field: string;
  readonly values: ReadonlySet<string | number | boolean>;
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
