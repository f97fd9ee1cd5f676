import { interned } from '../event/interned.ts';
import type { Json } from '../event/event.ts';
import { fieldsOf } from '../expression/check.ts';
import { didYouMean } from '../expression/suggest.ts';
import { digestOf } from './check-context.ts';
import type { CheckContext } from './check-context.ts';
import type {
  ChangeRule,
  Limits,
  NotStep,
  PatternDefinition,
  Skip,
  Step,
  TimelineTest,
} from './definition.ts';
import { buildEmissions } from './emission.ts';
import { collectNames, unknownName } from './names.ts';
import type { Names } from './names.ts';
import type { Path } from './problems.ts';
import { checkRules } from './rules.ts';
import type { PatternSource, PatternTestSource, StepMapSource, StepSource } from './schema.ts';
import { StepBuilder, milliseconds, noModifiers, typesInSteps } from './steps.ts';

/** A pattern file of the right structure into a checked definition and its tests. */

export interface CheckedPattern {
  readonly definition: PatternDefinition;
  readonly tests: readonly TimelineTest[];
}

/** Bounds per key unless a file says otherwise (DESIGN 9). */
export const DEFAULT_LIMITS: Limits = { runs: 64, bytes: 65_536, idle: 30 * 86_400_000 };

export function limitsOf(source: PatternSource['limits']): Limits {
  return {
    runs: source?.runs ?? DEFAULT_LIMITS.runs,
    bytes: source?.bytes ?? DEFAULT_LIMITS.bytes,
    idle: milliseconds(source?.idle) ?? DEFAULT_LIMITS.idle,
  };
}

export function modeOf(source: { shadow?: boolean | undefined; disabled?: boolean | undefined }) {
  return source.disabled ? 'disabled' : source.shadow ? 'shadow' : 'live';
}

/** Reports what is wrong to the context's file; the result counts only where that is nothing. */
export function buildPattern(context: CheckContext, source: PatternSource): CheckedPattern {
  const sources = source.steps as StepSource[];
  const names = collectNames(context, sources);
  const types = typesInSteps(sources);
  const builder = new StepBuilder(context, names, types);
  const { steps, gives } = builder.sequence(sources, ['steps'], new Map());
  const scope = context.scope(null, builder.withNames(new Map(), gives));
  const once = source.starts === 'once';
  const definition: PatternDefinition = {
    kind: 'pattern',
    id: source.id,
    version: source.version ?? 1,
    description: source.description ?? null,
    digest: digestOf(context.file.data),
    key: source.key === 'none' ? null : interned(source.key),
    within: milliseconds(source.within),
    starts: { mode: source.starts ?? 'any' },
    skip: skipOf(context, source.skip, once, names),
    among: source.among === undefined ? [] : context.types(source.among, ['among']),
    steps,
    names: names.bySlot,
    emit: buildEmissions(context, source.emit, scope, 'emit'),
    timeout: buildEmissions(context, source.timeout, scope, 'timeout'),
    limits: limitsOf(source.limits),
    mode: modeOf(source),
    change: changeOf(context, source.change, names),
    holdout: source.holdout ?? 0,
  };
  checkRules(context, definition);
  checkKey(context, definition, types);
  const tests = testsOf(context, source.tests ?? [], definition, types);
  return { definition: withCancel(context, source.cancel, definition, builder, names), tests };
}

/** Events without the key's field go nowhere: a type that never has it is a mistake. */
function checkKey(
  context: CheckContext,
  { key }: PatternDefinition,
  types: readonly string[],
): void {
  if (key === null) {
    const message = 'Without a key everything is one partition: no parallel work.';
    context.report({ code: 'no-key', path: ['key'], message, severity: 'warning' });
    return;
  }
  checkKeyField(context, key, types);
}

function quoted(types: readonly string[]): string {
  return types.map((type) => `"${type}"`).join(', ');
}

/** The events of these types have the field. */
export function checkKeyField(
  context: CheckContext,
  key: string,
  types: readonly string[],
): void {
  const without = types.filter((type) => fieldsOf(context.catalogue, [type])?.has(key) === false);
  const fields = fieldsOf(context.catalogue, without.slice(0, 1));
  if (fields) {
    const message = `Events of type ${quoted(without)} have no field "${key}" to be the key.`;
    const fix = didYouMean(key, fields.keys());
    context.report({ code: 'key-missing', path: ['key'], message, fix });
  }
  // Any event may carry a canonical field, and these name their fields without it.
  const silent = types.filter((type) => {
    const named = context.environment.catalogue.types.get(type);
    return named && !named.has(key) && !without.includes(type);
  });
  if (silent.length === 0) return;
  const message = `The fields of ${quoted(silent)} do not say "${key}", the key: without it an event goes nowhere.`;
  const fix = 'Where the source has it, name it in events.types of parley.yaml.';
  context.report({ code: 'key-missing', path: ['key'], message, fix, severity: 'warning' });
}

function skipOf(
  context: CheckContext,
  source: PatternSource['skip'],
  once: boolean,
  names: Names,
): Skip {
  if (source === undefined) return { strategy: once ? 'none' : 'first-wins' };
  if (typeof source === 'string') return { strategy: source };
  const strategy = 'to-first' in source ? 'to-first' : 'to-last';
  const name = 'to-first' in source ? source['to-first'] : source['to-last'];
  const found = names.get(name);
  if (!found)
    context.report({ code: 'unknown-name', path: ['skip', strategy], ...unknownName(name, names) });
  return { strategy, step: found?.slot ?? 0, orError: source.else === 'error' };
}

function changeOf(
  context: CheckContext,
  source: PatternSource['change'],
  names: Names,
): ChangeRule {
  if (source === undefined || typeof source === 'string') return { mode: source ?? 'finish' };
  for (const [from, to] of Object.entries(source.migrate)) {
    if (to === null || names.get(to) || (from === 'within' && to === 'within')) continue;
    const path: Path = ['change', 'migrate', from];
    context.report({ code: 'unknown-name', path, ...unknownName(to, names) });
  }
  return { mode: 'migrate', steps: source.migrate };
}

/**
 * `cancel`: the steps and "none of these" together, as `all`. Where the last step is itself a bare
 * `not`, which counts to the end of the window, it forbids the cancelling events too.
 */
function withCancel(
  context: CheckContext,
  source: PatternSource['cancel'],
  definition: PatternDefinition,
  builder: StepBuilder,
  names: Names,
): PatternDefinition {
  if (source === undefined) return definition;
  const cancel = cancelStep(context, source, builder, names);
  const last = definition.steps.at(-1);
  if (last?.kind !== 'not' || last.for !== null) {
    return { ...definition, steps: [together(definition.steps, cancel)] };
  }
  const either: Step = {
    ...noModifiers(['cancel', 'any']),
    kind: 'any',
    of: [last.of, cancel.of],
    slot: null,
  };
  const steps = [together(definition.steps.slice(0, -1), cancel), { ...last, of: either }];
  return { ...definition, steps };
}

function together(steps: readonly Step[], cancel: NotStep): Step {
  const [only] = steps;
  const group: Step =
    steps.length === 1
      ? only!
      : {
          ...noModifiers(['cancel', 'steps']),
          kind: 'group',
          of: steps,
          contiguity: only!.contiguity,
        };
  return { ...noModifiers(['cancel', 'all']), kind: 'all', of: [group, cancel] };
}

function cancelStep(
  context: CheckContext,
  source: NonNullable<PatternSource['cancel']>,
  builder: StepBuilder,
  names: Names,
): NotStep {
  const types = typeof source === 'string' || Array.isArray(source);
  const step: StepMapSource = types ? { on: source } : source;
  if (step.on === undefined || step.as !== undefined) {
    const message = '"cancel" is an event type, a list of them, or a map with "on" and "where".';
    context.report({ code: 'combination', path: ['cancel'], message });
  }
  const read = names.bySlot.find(({ name }) => new RegExp(`\\b${name}\\b`).test(step.where ?? ''));
  if (read !== undefined) {
    const message =
      `"cancel" stands beside the steps and reads only "event", not what "${read.name}" took.`;
    const fix = 'Put {not: ..., where: ...} between the steps: it reads what was taken before it.';
    context.report({ code: 'unknown-name', path: ['cancel', 'where'], message, fix });
  }
  const readable = read === undefined ? step : { ...step, where: undefined };
  const { step: of } = builder.build({ ...readable, as: undefined }, ['cancel'], new Map());
  return { ...noModifiers(['cancel']), kind: 'not', of, for: null, else: 'fail' };
}

function testsOf(
  context: CheckContext,
  sources: readonly PatternTestSource[],
  definition: PatternDefinition,
  types: readonly string[],
): TimelineTest[] {
  const emitted = [...definition.emit, ...definition.timeout].map(({ type }) => type);
  const concerned = new Set([...types, ...definition.among]);
  return sources.map((source, i) => {
    const path: Path = ['tests', i];
    source.expect.forEach(({ type }, k) => {
      if (emitted.includes(type)) return;
      const message = `The pattern never emits "${type}".`;
      const fix = didYouMean(type, emitted) ?? `It emits ${emitted.join(', ')}.`;
      context.report({ code: 'tests', path: [...path, 'expect', k, 'type'], message, fix });
    });
    checkGiven(context, source.given, concerned, definition.key, path);
    return {
      name: source.name,
      given: source.given.map(timelineEvent),
      expect: source.expect.map(({ at, type, key, recipient, locale, expires, sent, withheld, data }) => ({
        at: milliseconds(at),
        type,
        key: key === undefined ? null : String(key),
        recipient: recipient === undefined ? null : String(recipient),
        locale: locale ?? null,
        expires: milliseconds(expires),
        sent: milliseconds(sent),
        withheld: withheld ?? null,
        data: (data ?? {}) as { readonly [field: string]: Json },
      })),
      until: milliseconds(source.until),
    };
  });
}

/** A test shows something only where an event of it can reach the definition. */
export function checkGiven(
  context: CheckContext,
  given: readonly { readonly type: string; readonly [field: string]: unknown }[],
  concerned: ReadonlySet<string>,
  key: string | null,
  path: Path,
): void {
  const reaching = given.filter(({ type }) => concerned.has(type));
  if (reaching.length === 0) {
    const message = 'No event of this test concerns the definition, so it can show nothing.';
    const fix = `It looks at ${[...concerned].slice(0, 8).join(', ')}.`;
    context.report({ code: 'tests', path: [...path, 'given'], message, fix });
  }
  given.forEach((event, i) => {
    if (key === null || event[key] !== undefined || !concerned.has(event.type)) return;
    const message = `The event has no "${key}", the key, so it goes nowhere.`;
    context.report({ code: 'tests', path: [...path, 'given', i], message });
  });
}

export function timelineEvent({ at, type, ...data }: PatternTestSource['given'][number]) {
  return { at: milliseconds(at), type, data: data as { readonly [field: string]: Json } };
}
