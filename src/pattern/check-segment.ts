import { fieldsOf } from '../expression/check.ts';
import type { Expression } from '../expression/expression.ts';
import { didYouMean } from '../expression/suggest.ts';
import { digestOf, emittedTypes } from './check-context.ts';
import type { CheckContext } from './check-context.ts';
import { checkGiven, checkKeyField, limitsOf, modeOf, timelineEvent } from './check-pattern.ts';
import { typesOf } from './names.ts';
import { pathText } from './problems.ts';
import type { Path } from './problems.ts';
import type { CircleSource, ConditionSource, SegmentSource, SegmentTestSource } from './segment-schema.ts';
import type {
  Condition,
  EventSelection,
  SegmentDefinition,
  SegmentTest,
} from './segment-definition.ts';
import { milliseconds } from './steps.ts';

/** A segment file of the right structure into a checked definition and its tests. */

export interface CheckedSegment {
  readonly definition: SegmentDefinition;
  readonly tests: readonly SegmentTest[];
}

export function buildSegment(context: CheckContext, source: SegmentSource): CheckedSegment {
  const types = typesInCondition(source.member);
  const builder = new ConditionBuilder(context, source, types);
  const member = builder.build(source.member, ['member']);
  checkKey(context, source, types);
  const definition: SegmentDefinition = {
    kind: 'segment',
    id: source.id,
    version: source.version ?? 1,
    description: source.description ?? null,
    digest: digestOf(context.file.data),
    key: source.key,
    member,
    limits: limitsOf(source.limits),
    mode: modeOf(source),
  };
  return { definition, tests: testsOf(context, source.tests ?? [], definition, types) };
}

/** Event types that a condition names itself, in order. */
function typesInCondition(source: ConditionSource): readonly string[] {
  const own = [source.on, source.matched].flatMap((types) =>
    types === undefined ? [] : typesOf(types),
  );
  const below = [...(source.all ?? []), ...(source.any ?? []), ...(source.not ? [source.not] : [])];
  return [...new Set([...own, ...below.flatMap((child) => typesInCondition(child))])];
}

function checkKey(context: CheckContext, { key }: SegmentSource, types: readonly string[]): void {
  if (key === 'none') {
    const message = 'A segment needs a key: its members are values of it.';
    context.report({ code: 'key-missing', path: ['key'], message });
  }
  checkKeyField(context, key, types);
}

const KINDS = [
  'sum',
  'distinct',
  'latest',
  'region',
  'matched',
  'segment',
  'all',
  'any',
  'not',
  'on',
] as const;
type Kind = (typeof KINDS)[number];

const COMPARISONS = ['is', 'isNot', 'atLeast', 'atMost', 'above', 'below'] as const;

/** Words beside the leading one. */
const WORDS: { readonly [kind in Kind]: readonly (keyof ConditionSource)[] } = {
  on: ['where', 'within', 'atLeast'],
  sum: ['on', 'where', 'within', 'atLeast'],
  distinct: ['on', 'where', 'within', 'atLeast'],
  latest: ['on', 'where', 'within', ...COMPARISONS],
  region: ['on', 'where', 'within'],
  matched: ['where', 'within', 'atLeast'],
  segment: [],
  all: [],
  any: [],
  not: [],
};

const NEEDED: { readonly [kind in Kind]: readonly (keyof ConditionSource)[] } = {
  on: ['within'],
  sum: ['on', 'within', 'atLeast'],
  distinct: ['on', 'within', 'atLeast'],
  latest: [],
  region: [],
  matched: ['within'],
  segment: [],
  all: [],
  any: [],
  not: [],
};

class ConditionBuilder {
  private readonly context: CheckContext;
  private readonly source: SegmentSource;
  private readonly types: readonly string[];

  constructor(context: CheckContext, source: SegmentSource, types: readonly string[]) {
    this.context = context;
    this.source = source;
    this.types = types;
  }

  build(source: ConditionSource, path: Path): Condition {
    const place = pathText(path);
    const kind = this.kindOf(source, path);
    switch (kind) {
      case null:
        return { kind: 'all', path: place, of: [] };
      case 'all':
      case 'any': {
        const of = source[kind]!.map((child, i) => this.build(child, [...path, kind, i]));
        return { kind, path: place, of };
      }
      case 'not':
        return { kind, path: place, of: this.build(source.not!, [...path, 'not']) };
      case 'segment':
        this.otherSegment(source.segment!, [...path, 'segment']);
        return { kind, path: place, segment: source.segment! };
      case 'latest':
        return this.latest(source, path);
      case 'region':
        return this.region(source, path);
      case 'on':
      case 'matched':
        return {
          kind: 'count',
          path: place,
          of: this.selection(source, path, kind),
          within: this.within(source, path),
          atLeast: this.atLeast(source, path, true),
          matched: kind === 'matched',
        };
      case 'sum':
      case 'distinct':
        return this.fieldCondition(source, kind, path);
    }
  }

  private kindOf(source: ConditionSource, path: Path): Kind | null {
    const words = KINDS.filter((word) => source[word] !== undefined);
    const leading = words.length > 1 && words.at(-1) === 'on' ? words.slice(0, -1) : words;
    const [kind] = leading;
    if (!kind || leading.length > 1) {
      const message = kind
        ? `A condition has one of these words, not several: ${leading.join(', ')}.`
        : `A condition needs one of the words ${KINDS.toReversed().join(', ')}.`;
      const fix = kind ? 'Put them into a list under "all" or "any".' : null;
      this.context.report({ code: 'combination', path, message, fix });
      return null;
    }
    for (const word of Object.keys(source) as (keyof ConditionSource)[]) {
      if (word === kind || source[word] === undefined || WORDS[kind].includes(word)) continue;
      const message = `"${word}" does not go with "${kind}".`;
      this.context.report({ code: 'combination', path: [...path, word], message, at: 'key' });
    }
    for (const word of NEEDED[kind]) {
      if (source[word] !== undefined) continue;
      const message = `"${kind}" needs "${word}".`;
      const fix = word === 'within' ? 'Say how far back it looks, such as within: 7d.' : null;
      this.context.report({ code: 'combination', path, message, fix });
    }
    return kind;
  }

  private selection(source: ConditionSource, path: Path, word: 'on' | 'matched'): EventSelection {
    const given = source[word];
    const types = given === undefined ? this.types : this.context.types(given, [...path, word]);
    if (types.length === 0) {
      const message = 'Nothing says which events to look at.';
      this.context.report({
        code: 'combination',
        path,
        message,
        fix: 'Add "on" with their types.',
      });
    }
    if (word === 'matched') this.emittedByPattern(types, [...path, word]);
    const scope = this.context.scope(types, new Map());
    const { where } = source;
    const clause =
      where === undefined ? null : this.context.condition(where, scope, [...path, 'where']);
    return { types, where: clause };
  }

  /** `matched` names what patterns emit; a pattern's id is an easy slip. */
  private emittedByPattern(types: readonly string[], path: Path): void {
    const { others } = this.context.environment;
    const emitted = others.flatMap((other) => emittedTypes(other));
    for (const type of types) {
      if (emitted.length === 0 || emitted.includes(type)) continue;
      const pattern = others.find(
        (other) => other.id === type || other.id === type.replaceAll('_', '-'),
      );
      const fix = pattern
        ? `Pattern ${pattern.id} emits ${emittedTypes(pattern).join(', ')}.`
        : didYouMean(type, emitted);
      const message = `No pattern emits "${type}".`;
      const severity = fix === null ? 'warning' : 'error';
      this.context.report({ code: 'unknown-type', path, message, fix, severity });
    }
  }

  private within(source: ConditionSource, path: Path): number {
    const ms = milliseconds(source.within) ?? 0;
    if (source.within !== undefined && ms === 0) {
      const message = 'A window of 0 never holds anything.';
      this.context.report({ code: 'window', path: [...path, 'within'], message });
    }
    return ms;
  }

  private atLeast(source: ConditionSource, path: Path, whole: boolean): number {
    const least = source.atLeast ?? 1;
    if (whole && (!Number.isInteger(least) || least < 1)) {
      const message = `"atLeast" counts, so it is a whole number from 1, not ${least}.`;
      const fix = least === 0 ? 'For "none" write not: {...}.' : null;
      this.context.report({ code: 'structure', path: [...path, 'atLeast'], message, fix });
    }
    return least;
  }

  private fieldCondition(source: ConditionSource, kind: 'sum' | 'distinct', path: Path): Condition {
    const field = source[kind]!;
    const of = this.selection(source, path, 'on');
    this.knownField(field, of.types, [...path, kind]);
    const within = this.within(source, path);
    const atLeast = this.atLeast(source, path, kind === 'distinct');
    return { kind, path: pathText(path), of, field, within, atLeast };
  }

  private knownField(field: string, types: readonly string[], path: Path): void {
    const fields = fieldsOf(this.context.catalogue, types);
    if (!fields || fields.has(field)) return;
    const message = `An event of type ${types.join(', ')} has no field "${field}".`;
    this.context.report({
      code: 'expression',
      path,
      message,
      fix: didYouMean(field, fields.keys()),
    });
  }

  private latest(source: ConditionSource, path: Path): Condition {
    const field = source.latest!;
    const of = this.selection(source, path, 'on');
    this.knownField(field, of.types, [...path, 'latest']);
    const words = COMPARISONS.filter((word) => source[word] !== undefined);
    if (words.length === 0) {
      const message = `"latest" needs one of ${COMPARISONS.join(', ')}.`;
      this.context.report({ code: 'combination', path, message });
    }
    const clauses = words.map((word) => comparison(field, word, source[word]!));
    const place: Path = words.length === 1 ? [...path, words[0]!] : path;
    const holds = this.generated(clauses.join(' && ') || 'false', of.types, place);
    const within = source.within === undefined ? null : this.within(source, path);
    return { kind: 'latest', path: pathText(path), of, fields: [field], holds, stays: null, within };
  }

  private region(source: ConditionSource, path: Path): Condition {
    const region = source.region!;
    const of = this.selection(source, path, 'on');
    const place: Path = [...path, 'region'];
    const { functions } = this.context.environment;
    let holds = this.generated('false', of.types, place);
    let stays: Expression | null = null;
    if (!functions.has(typeof region === 'string' ? 'inside' : 'near')) {
      const message = '"region" needs places, which are not loaded (places.enabled).';
      this.context.report({ code: 'expression', path: place, message });
    } else if (typeof region === 'string') {
      holds = this.generated(`inside(event, ${JSON.stringify(region)})`, of.types, place);
    } else {
      const { metres, leaves = metres } = region;
      if (leaves < metres) {
        const message = `"leaves" must be at least "metres": ${leaves} is less than ${metres}.`;
        this.context.report({ code: 'combination', path: [...place, 'leaves'], message });
      }
      holds = this.generated(nearText(region, metres), of.types, place);
      stays = leaves > metres ? this.generated(nearText(region, leaves), of.types, place) : null;
    }
    const within = source.within === undefined ? null : this.within(source, path);
    return { kind: 'latest', path: pathText(path), of, fields: ['lat', 'lon'], holds, stays, within };
  }

  /** An expression that the file says in other words: a problem points at those. */
  private generated(text: string, types: readonly string[], path: Path): Expression {
    const scope = this.context.scope(types, new Map());
    const compiled = this.context.condition(text, scope, path);
    return compiled ?? this.context.condition('false', scope, path)!;
  }

  private otherSegment(id: string, path: Path): void {
    const segments = this.context.environment.others.filter((other) => other.kind === 'segment');
    const other = segments.find((segment) => segment.id === id);
    if (id === this.source.id) {
      const message = 'A segment cannot be a condition of itself.';
      this.context.report({ code: 'cycle', path, message });
    } else if (!other) {
      const fix = didYouMean(
        id,
        segments.map((segment) => segment.id),
      );
      this.context.report({
        code: 'unknown-segment',
        path,
        message: `There is no segment "${id}".`,
        fix,
      });
    } else if (other.key !== this.source.key) {
      const message = `Segment "${id}" is about ${other.key}, this one about ${this.source.key}.`;
      this.context.report({ code: 'unknown-segment', path, message });
    }
  }
}

/** "So near the centre" as CEL. */
function nearText({ lat, lon }: CircleSource, metres: number): string {
  return `near(event, ${JSON.stringify({ lat, lon })}, ${metres / 1000})`;
}

type Comparable = string | number | boolean;

const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['atLeast', '>='],
  ['atMost', '<='],
  ['above', '>'],
  ['below', '<'],
]);

/** One comparison of `latest` as CEL. */
function comparison(
  field: string,
  word: (typeof COMPARISONS)[number],
  value: Comparable | readonly Comparable[],
): string {
  const left = `event.${field}`;
  const right = JSON.stringify(value);
  const negated = word === 'isNot';
  if (word !== 'is' && !negated) return `${left} ${OPERATORS.get(word)} ${right}`;
  if (Array.isArray(value)) return negated ? `!(${left} in ${right})` : `${left} in ${right}`;
  return `${left} ${negated ? '!=' : '=='} ${right}`;
}

function testsOf(
  context: CheckContext,
  sources: readonly SegmentTestSource[],
  { key }: SegmentDefinition,
  types: readonly string[],
): SegmentTest[] {
  return sources.map((source, i) => {
    const path: Path = ['tests', i];
    checkGiven(context, source.given, new Set(types), key, path);
    source.expect.forEach(({ entered, exited }, k) => {
      if ((entered === undefined) !== (exited === undefined)) return;
      const message = 'An expectation says who entered or who exited: {at: 1h, entered: u1}.';
      context.report({ code: 'tests', path: [...path, 'expect', k], message });
    });
    return {
      name: source.name,
      given: source.given.map(timelineEvent),
      expect: source.expect.map(({ at, entered, exited }) => ({
        at: milliseconds(at),
        change: entered === undefined ? 'exited' : 'entered',
        member: entered ?? exited ?? null,
      })),
      until: milliseconds(source.until),
    };
  });
}
