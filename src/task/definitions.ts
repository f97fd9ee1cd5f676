import type { Json } from '../event/event.ts';
import { INTENT_TYPES } from '../intent/contract.ts';
import type { FieldsRead } from '../expression/expression.ts';
import type { GeoAnswer } from '../geo/contract.ts';
import type { Matcher } from '../match/contract.ts';
import type { PatternDefinition } from '../pattern/definition.ts';
import { assignLevels } from '../pattern/levels.ts';
import type { Definition } from '../pattern/levels.ts';
import { planMigration } from './migrate.ts';
import type { Migration } from './migrate.ts';
import { walkSteps } from '../pattern/rules.ts';
import { buildTypeIndex } from '../pattern/type-index.ts';
import type { TypeIndex } from '../pattern/type-index.ts';
import type { SegmentMachine } from '../segment/contract.ts';
import { fieldsRead, unionOf } from './fields-read.ts';

/** The compiled set in force: what the programs of all levels look things up in. */
export interface Definitions {
  readonly revision: number;
  /** Source event type -> where level 0 forwards it. Types that are not here are skipped. */
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  /** Types of whose events some definition looks at the place. */
  readonly placed: ReadonlySet<string>;
  /** Type derived on level 1 -> key names under which level 2 wants it. */
  readonly onward: ReadonlyMap<string, readonly (string | null)[]>;
  readonly levels: { readonly 1: LevelPlan; readonly 2: LevelPlan };
  readonly patterns: readonly PatternPlan[];
  readonly segments: readonly SegmentPlan[];
}

export interface Route {
  readonly level: 1 | 2;
  readonly keyName: string | null;
  /** What travels: no definition there can look at anything else. */
  readonly fields: FieldsRead;
}

/** Key name -> what runs under it. */
export type LevelPlan = ReadonlyMap<string | null, KeyPlan>;

export interface KeyPlan {
  readonly keyName: string | null;
  /** Whom an event concerns, in order of definition id. */
  readonly patterns: TypeIndex<PatternPlan>;
  readonly segments: readonly SegmentPlan[];
  readonly segmentsByType: ReadonlyMap<string, readonly SegmentPlan[]>;
  /** Owner -> its plan. An owner of a definition that is not here is dropped. */
  readonly owners: ReadonlyMap<string, PatternPlan | SegmentPlan>;
}

export interface PatternPlan {
  readonly kind: 'pattern';
  readonly definition: PatternDefinition;
  readonly matcher: Matcher;
  /** Owner of its state: `p/<id>/<first 8 digits of the digest>`. */
  readonly owner: string;
  readonly level: 1 | 2;
  /** False: a version that only finishes the runs it has. */
  readonly begins: boolean;
  /** Position in the set: order among owners whose timers are due at the same time. */
  readonly rank: number;
  /** Fields of an event that its conditions read; null: all. For `explain`. */
  readonly fields: readonly string[] | null;
  /** Where the runs of this older version move to; null where they finish on it. */
  readonly movesTo: { readonly owner: string; readonly migration: Migration } | null;
  /** Owners of its older versions that still finish. */
  readonly older: readonly string[];
}

export interface SegmentPlan {
  readonly kind: 'segment';
  readonly machine: SegmentMachine;
  /** `s/<id>/<first 8 digits of the digest>`. */
  readonly owner: string;
  readonly level: 1 | 2;
  readonly rank: number;
}

/** A definition of the set, checked and compiled. */
export type SetMember =
  | { readonly kind: 'pattern'; readonly enabled: boolean; readonly matcher: Matcher }
  | { readonly kind: 'segment'; readonly enabled: boolean; readonly machine: SegmentMachine };

export interface SetOptions {
  readonly revision: number;
  /** Types whose text the dialogue reads: level 1 gets them under the conversation. */
  readonly chatTypes: readonly string[];
}

/** Key of the dialogue, under which intents are derived. */
export const CONVERSATION = 'conversation_id';

/** What the dialogue reads of a chat event. */
export const DIALOGUE_FIELDS = [
  'conversation_id', 'user_id', 'recipient_id', 'listing_id', 'role', 'text', 'intent', 'language',
  'country', 'zone', 'price', 'currency',
] as const;

export type DialogueData = { readonly [field in (typeof DIALOGUE_FIELDS)[number]]?: Json };

/** What a place fills where the event does not say it itself. */
const PLACE_LABELS: readonly (keyof GeoAnswer)[] = [
  'city', 'postal_code', 'county', 'state', 'dma_name', 'dma_number', 'country', 'layer_version',
];

/** What the dialogue derives, and under which key. */
export const INTENT_STAGE: ReadonlyMap<string, string> = new Map(
  INTENT_TYPES.map((type) => [type, CONVERSATION]),
);

export function ownerOf(kind: 'p' | 's', id: string, digest: string): string {
  return `${kind}/${id}/${digest.slice(0, 8)}`;
}

/** Members in order of id; of a pattern at most one version is enabled. */
export function planDefinitions(members: readonly SetMember[], options: SetOptions): Definitions {
  const ordered = members.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0));
  const levelOf = levelsOf(ordered);
  const patterns = ordered.flatMap((member, rank): PatternPlan[] =>
    member.kind === 'pattern' ? patternPlans(member, rank, levelOf(member), ordered) : [],
  );
  const segments = ordered.flatMap((member, rank): SegmentPlan[] => {
    if (member.kind !== 'segment' || !member.enabled) return [];
    const { id, digest } = member.machine.definition;
    const level = levelOf(member);
    const owner = ownerOf('s', id, digest);
    return [{ kind: 'segment', machine: member.machine, owner, level, rank }];
  });
  const plans = { 1: levelPlan(1, patterns, segments), 2: levelPlan(2, patterns, segments) };
  const routes = routesOf(plans, options.chatTypes);
  return {
    revision: options.revision,
    routes,
    placed: placedOf(routes),
    onward: onwardOf(plans[2]),
    levels: plans,
    patterns,
    segments,
  };
}

function definitionOf(member: SetMember): Definition {
  return member.kind === 'pattern' ? member.matcher.definition : member.machine.definition;
}

/**
 * Levels by definition, older versions by what they themselves listen to. One that has no level (a
 * circle, or too deep: refused when it is published) runs on the last.
 */
function levelsOf(members: readonly SetMember[]): (member: SetMember) => 1 | 2 {
  // Older versions listen under names of their own, and emit nothing that others would listen to.
  const named = new Map(members.map((member): [SetMember, Definition] => [member, asListener(member)]));
  const { levels } = assignLevels([...named.values()], INTENT_STAGE);
  return (member) => levels.get(named.get(member)?.id ?? '') ?? 2;
}

function asListener(member: SetMember): Definition {
  const definition = definitionOf(member);
  if (member.enabled) return definition;
  const id = `${definition.id}@${definition.digest}`;
  return definition.kind === 'segment'
    ? { ...definition, id }
    : { ...definition, id, emit: [], timeout: [] };
}

function idOf(member: SetMember): string {
  return definitionOf(member).id;
}

function patternPlans(
  member: SetMember & { kind: 'pattern' },
  rank: number,
  level: 1 | 2,
  all: readonly SetMember[],
): PatternPlan[] {
  const { definition } = member.matcher;
  const versions = all.filter((other) => other.kind === 'pattern' && idOf(other) === definition.id);
  const current = versions.find(({ enabled }) => enabled);
  const change = current === undefined ? 'finish' : changeOf(current);
  // Runs of a replaced version that is to be dropped find no plan, and are dropped.
  if (!member.enabled && change === 'drop') return [];
  const owner = ownerOf('p', definition.id, definition.digest);
  const older = versions
    .filter((other) => !other.enabled)
    .map((other) => ownerOf('p', definition.id, definitionOf(other).digest));
  return [
    {
      kind: 'pattern',
      definition,
      matcher: member.matcher,
      owner,
      level,
      begins: member.enabled && definition.mode !== 'disabled',
      rank,
      fields: fieldsOf(definition),
      movesTo: member.enabled || current === undefined ? null : moveTo(current),
      older: member.enabled ? older : [],
    },
  ];
}

function moveTo(current: SetMember): PatternPlan['movesTo'] {
  if (current.kind !== 'pattern') return null;
  const { definition } = current.matcher;
  const migration = planMigration(definition, current.matcher);
  if (migration === null) return null;
  return { owner: ownerOf('p', definition.id, definition.digest), migration };
}

function fieldsOf({ steps }: PatternDefinition): readonly string[] | null {
  const fields = new Set<string>();
  let all = false;
  walkSteps(steps, (step) => {
    if (step.kind !== 'on' || step.where === null) return;
    if (step.where.eventFields === '*') all = true;
    else for (const field of step.where.eventFields) fields.add(field);
  });
  return all ? null : [...fields];
}

function changeOf(member: SetMember): PatternDefinition['change']['mode'] {
  return member.kind === 'pattern' ? member.matcher.definition.change.mode : 'finish';
}

function levelPlan(
  level: 1 | 2,
  patterns: readonly PatternPlan[],
  segments: readonly SegmentPlan[],
): LevelPlan {
  const plan = new Map<string | null, KeyPlan>();
  const names = new Set<string | null>();
  const ours = patterns.filter((plan) => plan.level === level);
  const theirs = segments.filter((plan) => plan.level === level);
  for (const { definition } of ours) names.add(definition.key);
  for (const { machine } of theirs) names.add(machine.definition.key);
  if (level === 1) names.add(CONVERSATION);
  for (const keyName of names) {
    const here = ours.filter(({ definition }) => definition.key === keyName);
    const members = theirs.filter(({ machine }) => machine.definition.key === keyName);
    plan.set(keyName, {
      keyName,
      patterns: buildTypeIndex(here, ({ definition }) => definition),
      segments: members,
      segmentsByType: segmentsByType(members),
      owners: new Map([...here, ...members].map((entry) => [entry.owner, entry])),
    });
  }
  return plan;
}

function segmentsByType(
  plans: readonly SegmentPlan[],
): ReadonlyMap<string, readonly SegmentPlan[]> {
  const map = new Map<string, SegmentPlan[]>();
  for (const plan of plans) {
    for (const type of plan.machine.types) {
      const known = map.get(type);
      if (known === undefined) map.set(type, [plan]);
      else known.push(plan);
    }
  }
  return map;
}

function routesOf(
  plans: Definitions['levels'],
  chatTypes: readonly string[],
): ReadonlyMap<string, readonly Route[]> {
  const routes = new Map<string, Route[]>();
  const add = (type: string, level: 1 | 2, keyName: string | null, fields: FieldsRead) => {
    const known = routes.get(type) ?? [];
    if (known.some((r) => r.level === level && r.keyName === keyName)) return;
    known.push({ level, keyName, fields });
    routes.set(type, known);
  };
  const conversation = plans[1].get(CONVERSATION);
  const read = conversation === undefined ? [] : readUnder(conversation);
  const ofMessage = unionOf([DIALOGUE_FIELDS, read]);
  for (const type of chatTypes) add(type, 1, CONVERSATION, ofMessage);
  for (const level of [1, 2] as const) {
    for (const [keyName, plan] of plans[level]) {
      const fields = readUnder(plan);
      for (const type of plan.patterns.types) add(type, level, keyName, fields);
      for (const type of plan.segmentsByType.keys()) add(type, level, keyName, fields);
    }
  }
  return routes;
}

function placedOf(routes: ReadonlyMap<string, readonly Route[]>): ReadonlySet<string> {
  const looksAtPlace = ({ fields }: Route) =>
    fields === '*' || PLACE_LABELS.some((label) => fields.includes(label));
  return new Set([...routes].flatMap(([type, to]) => (to.some(looksAtPlace) ? [type] : [])));
}

function readUnder(plan: KeyPlan): FieldsRead {
  const definitions = [...plan.owners.values()].map((owner) =>
    owner.kind === 'pattern' ? owner.definition : owner.machine.definition,
  );
  return unionOf(definitions.map(fieldsRead));
}

function onwardOf(plan: LevelPlan): ReadonlyMap<string, readonly (string | null)[]> {
  const onward = new Map<string, (string | null)[]>();
  for (const [keyName, { patterns, segmentsByType: listeners }] of plan) {
    for (const type of new Set([...patterns.types, ...listeners.keys()])) {
      onward.set(type, [...(onward.get(type) ?? []), keyName]);
    }
  }
  return onward;
}
