import type { PatternDefinition, Step } from './definition.ts';
import { formatDuration } from '../event/duration.ts';
import { walkSteps } from './rules.ts';
import { YamlFile } from './yaml-file.ts';
import type { Report } from './yaml-file.ts';

/** What differs between two versions of a file, and whether open runs can move. */

export interface Difference {
  /** For instance `steps[1].within`; steps that are named: `steps.deal.where`. */
  readonly path: string;
  /** Undefined: was not there. */
  readonly before: unknown;
  /** Undefined: is not there any more. */
  readonly after: unknown;
}

/** Differences in meaning, in order of the new file; comments and layout do not count. */
export function diffSources(before: string, after: string): readonly Difference[] {
  const differences: Difference[] = [];
  compare(YamlFile.read(before, '').data, YamlFile.read(after, '').data, '', differences);
  return differences;
}

function compare(before: unknown, after: unknown, path: string, differences: Difference[]): void {
  if (before === after) return;
  const left = entries(before);
  const right = entries(after);
  if (!left || !right || Array.isArray(before) !== Array.isArray(after)) {
    if (JSON.stringify(before) !== JSON.stringify(after)) differences.push({ path, before, after });
    return;
  }
  for (const [name, value] of right) compare(left.get(name), value, join(path, name), differences);
  for (const [name, value] of left) {
    if (!right.has(name))
      differences.push({ path: join(path, name), before: value, after: undefined });
  }
}

/** Members of a map; elements of a list, by their name where all of them that are maps have one. */
function entries(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const keys = value.map((element: unknown, i) => nameOf(element) ?? `[${i}]`);
  const unique = new Set(keys).size === keys.length;
  return new Map(value.map((element: unknown, i) => [unique ? keys[i]! : `[${i}]`, element]));
}

function nameOf(element: unknown): string | null {
  if (typeof element !== 'object' || element === null) return null;
  const { as, name } = element as { as?: unknown; name?: unknown };
  const own = as ?? name;
  return typeof own === 'string' ? own : null;
}

function join(path: string, name: string): string {
  return path === '' || name.startsWith('[') ? `${path}${name}` : `${path}.${name}`;
}

/**
 * Whether open runs of `before` can move to `after` where that says `migrate`: every named step has
 * a counterpart or is mapped, the key is the same, a changed window is named.
 */
export function checkMigration(
  before: PatternDefinition,
  after: PatternDefinition,
): readonly Report[] {
  if (after.change.mode !== 'migrate') return [];
  const reports: Report[] = [];
  const refuse = (message: string, fix: string): void => {
    reports.push({ code: 'change', path: ['change'], message, fix });
  };
  if (before.key !== after.key) {
    const keys = `${before.key ?? 'none'} to ${after.key ?? 'none'}`;
    refuse(`Runs cannot move to another key (${keys}).`, 'Use change: finish or drop.');
  }
  const mapped = after.change.steps;
  if (before.within !== after.within && !Object.hasOwn(mapped, 'within')) {
    const show = (ms: number | null): string => (ms === null ? 'none' : formatDuration(ms));
    const message =
      `The window changes from ${show(before.within)} to ${show(after.within)}, ` +
      `also for runs that move.`;
    refuse(message, 'Say so: add "within: within" to migrate.');
  }
  const now = new Set(stepNames(after.steps, after));
  for (const name of new Set(stepNames(before.steps, before))) {
    if (now.has(name) || Object.hasOwn(mapped, name)) continue;
    refuse(
      `Step "${name}" has no counterpart in the new version.`,
      `Add "${name}: new name" or "${name}: null" to migrate.`,
    );
  }
  return reports;
}

function stepNames(steps: readonly Step[], { names }: PatternDefinition): string[] {
  const found: string[] = [];
  walkSteps(steps, (step) => {
    const slot = step.kind === 'on' || step.kind === 'any' ? step.slot : null;
    if (slot !== null && names[slot]) found.push(names[slot].name);
  });
  return found;
}
