import type { PatternDefinition } from './definition.ts';
import { walkSteps } from './rules.ts';
import type { Condition, SegmentDefinition } from './segment-definition.ts';
import type { Report } from './yaml-file.ts';

/**
 * Levels of definitions (DESIGN 4): 1 where it listens to source types only; what is derived under
 * the same key meets it in the same step; what is derived under another key comes one level later.
 */

export type Definition = PatternDefinition | SegmentDefinition;

/** Types that Parley's own stages derive on level 1 -> the key they are derived under (intents). */
export type StageTypes = ReadonlyMap<string, string>;

export const LEVELS_MAX = 2;

export interface Levels {
  /** Id -> level; definitions with a problem are not in it. */
  readonly levels: ReadonlyMap<string, 1 | 2>;
  readonly problems: readonly LevelProblem[];
}

export interface LevelProblem {
  readonly id: string;
  readonly code: 'levels' | 'cycle';
  readonly message: string;
}

const listened = new WeakMap<Definition, ReadonlySet<string>>();

/** Every type that concerns a definition, those of `among` and `not` included. */
export function listensTo(definition: Definition): ReadonlySet<string> {
  let types = listened.get(definition);
  if (!types) {
    types = collectTypes(definition);
    listened.set(definition, types);
  }
  return types;
}

function collectTypes(definition: Definition): ReadonlySet<string> {
  const types = new Set<string>();
  if (definition.kind === 'pattern') {
    for (const type of definition.among) types.add(type);
    walkSteps(definition.steps, (step) => {
      if (step.kind === 'on') for (const type of step.types) types.add(type);
    });
    return types;
  }
  const visit = (condition: Condition): void => {
    if (condition.kind === 'all' || condition.kind === 'any') condition.of.forEach(visit);
    else if (condition.kind === 'not') visit(condition.of);
    else if (condition.kind !== 'segment') for (const type of condition.of.types) types.add(type);
  };
  visit(definition.member);
  return types;
}

function segmentsRead(definition: Definition): readonly string[] {
  const ids: string[] = [];
  const visit = (condition: Condition): void => {
    if (condition.kind === 'segment') ids.push(condition.segment);
    else if (condition.kind === 'all' || condition.kind === 'any') condition.of.forEach(visit);
    else if (condition.kind === 'not') visit(condition.of);
  };
  if (definition.kind === 'segment') visit(definition.member);
  return ids;
}

/** One reason for a level: what is listened to, and what derives it. */
interface Reason {
  readonly type: string;
  readonly from: string;
  readonly key: string | null;
  readonly level: number;
}

class Assignment {
  private readonly byId: ReadonlyMap<string, Definition>;
  private readonly emitters = new Map<string, PatternDefinition[]>();
  private readonly stages: StageTypes;
  private readonly done = new Map<string, number>();
  private readonly open: string[] = [];
  readonly problems: LevelProblem[] = [];

  constructor(definitions: readonly Definition[], stages: StageTypes) {
    this.stages = stages;
    this.byId = new Map(definitions.map((definition) => [definition.id, definition]));
    for (const definition of definitions) {
      if (definition.kind === 'segment') continue;
      for (const type of emitted(definition)) {
        this.emitters.set(type, [...(this.emitters.get(type) ?? []), definition]);
      }
    }
  }

  /** 0 where it has none. */
  levelOf(definition: Definition): number {
    const known = this.done.get(definition.id);
    if (known !== undefined) return known;
    if (this.open.includes(definition.id)) {
      const circle = [...this.open.slice(this.open.indexOf(definition.id)), definition.id];
      const message = `These listen to each other in a circle: ${circle.join(' -> ')}.`;
      this.problems.push({ id: definition.id, code: 'cycle', message });
      this.done.set(definition.id, 0);
      return 0;
    }
    this.open.push(definition.id);
    const level = this.compute(definition);
    this.open.pop();
    const cyclic = this.done.get(definition.id) === 0;
    this.done.set(definition.id, cyclic ? 0 : level);
    return cyclic ? 0 : level;
  }

  private compute(definition: Definition): number {
    const reasons = this.reasonsOf(definition);
    const level = Math.max(1, ...reasons.map((reason) => reason.level));
    if (level <= LEVELS_MAX) return level;
    const { type, from, key } = reasons.find((reason) => reason.level === level)!;
    const message =
      `"${definition.id}" would be on level ${level}, and there are ${LEVELS_MAX}: it listens ` +
      `to "${type}", ` +
      `which ${from} derives under ${String(key)} on level ${level - 1}; it has the key ` +
      `${String(definition.key)}.`;
    this.problems.push({ id: definition.id, code: 'levels', message });
    return level;
  }

  private reasonsOf(definition: Definition): Reason[] {
    const reasons: Reason[] = [];
    const add = (type: string, from: string, key: string | null, level: number): void => {
      if (level === 0) return;
      reasons.push({ type, from, key, level: key === definition.key ? level : level + 1 });
    };
    for (const type of listensTo(definition)) {
      const stageKey = this.stages.get(type);
      if (stageKey !== undefined) add(type, 'the intents stage', stageKey, 1);
      for (const emitter of this.emitters.get(type) ?? []) {
        add(type, `"${emitter.id}"`, emitter.key, this.levelOf(emitter));
      }
    }
    for (const id of segmentsRead(definition)) {
      const other = this.byId.get(id);
      if (other) add(id, `segment "${id}"`, other.key, this.levelOf(other));
    }
    return reasons;
  }
}

export function assignLevels(
  definitions: readonly Definition[],
  stages: StageTypes = new Map(),
): Levels {
  const assignment = new Assignment(definitions, stages);
  const levels = new Map<string, 1 | 2>();
  for (const definition of definitions) {
    const level = assignment.levelOf(definition);
    if (level === 1 || level === 2) levels.set(definition.id, level);
  }
  return { levels, problems: assignment.problems };
}

/** What a new or changed definition would break, pointing at its steps or condition. */
export function levelProblems(
  definition: Definition,
  others: readonly Definition[],
  stages: StageTypes = new Map(),
): readonly Report[] {
  if (!touchesOthers(definition, others)) return [];
  const all = [...others.filter(({ id }) => id !== definition.id), definition];
  const before = new Set(assignLevels(all.slice(0, -1), stages).problems.map(({ id }) => id));
  const path = [definition.kind === 'pattern' ? 'steps' : 'member'];
  return assignLevels(all, stages)
    .problems.filter(({ id }) => id === definition.id || !before.has(id))
    .map(({ code, message }) => ({ code, path, message, fix: LEVEL_FIX[code] }));
}

/**
 * Most definitions neither listen to what others emit nor are listened to: their level is
 * plain.
 */
function touchesOthers(definition: Definition, others: readonly Definition[]): boolean {
  if (segmentsRead(definition).length > 0) return true;
  const wanted = listensTo(definition);
  const own = emitted(definition);
  return others.some((other) => {
    if (emitted(other).some((type) => wanted.has(type))) return true;
    return own.some((type) => listensTo(other).has(type));
  });
}

function emitted(definition: Definition): readonly string[] {
  if (definition.kind === 'segment') return [];
  return [...definition.emit, ...definition.timeout].map(({ type }) => type);
}

const LEVEL_FIX = {
  levels: 'Give the definitions on the way the same key, or listen to the source events directly.',
  cycle: 'Let one of them emit a type that the others do not listen to.',
} as const;
