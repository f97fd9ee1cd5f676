import { hash } from 'node:crypto';
import { defaultConfiguration } from '../../src/event/configuration.ts';
import type { Configuration } from '../../src/event/configuration.ts';
import type { Json } from '../../src/event/event.ts';
import { STANDARD_FUNCTIONS } from '../../src/expression/functions.ts';
import { EMPTY_CATALOGUE } from '../../src/expression/scope.ts';
import { compileMatcher } from '../../src/match/matcher.ts';
import type { PatternDefinition, Step } from '../../src/pattern/definition.ts';
import { formatProblem } from '../../src/pattern/problems.ts';
import { planDefinitions } from '../../src/task/definitions.ts';
import type { Definitions, SetMember } from '../../src/task/definitions.ts';
import { compileDefinitions } from '../../src/task/load-definitions.ts';
import type { CompiledSet } from '../../src/task/load-definitions.ts';
import { createPrograms } from '../../src/task/programs.ts';
import type { Services } from '../../src/task/services.ts';
import { createVirtualRun } from '../../src/task/virtual-run.ts';
import type { VirtualRun } from '../../src/task/virtual-run.ts';

/** 2026-01-05T00:00:00Z, a Monday. */
export const START = Date.UTC(2026, 0, 5);

const modifiers = {
  contiguity: 'relaxed', times: null, inner: 'relaxed', greedy: false, gap: null, distinct: null,
  until: null, optional: false, span: null, within: null, atMost: null,
} as const;

export function on(type: string, slot: number, path: string): Step {
  return { ...modifiers, kind: 'on', path, types: [type], where: null, slot };
}

export function pattern(parts: Partial<PatternDefinition> & { id: string }): PatternDefinition {
  return {
    kind: 'pattern', version: 1, description: null, digest: `${parts.id}-0123456789abcdef`,
    key: 'conversation_id', within: 3_600_000, starts: { mode: 'any' },
    skip: { strategy: 'first-wins' }, among: [],
    steps: [on('ping', 0, 'steps[0]'), on('pong', 1, 'steps[1]')],
    names: [{ name: 'a', list: false, types: ['ping'] }, { name: 'b', list: false, types: ['pong'] }],
    emit: [{
      type: 'rally', key: null, data: {}, recipient: null, locale: null, expiresAfter: null,
      atMost: null, quietHours: null,
    }],
    timeout: [], limits: { runs: 64, bytes: 65_536, idle: 2_592_000_000 }, mode: 'live',
    change: { mode: 'finish' }, holdout: 0, ...parts,
  };
}

export function definitionsOf(...members: (PatternDefinition | SetMember)[]): Definitions {
  const all = members.map((member): SetMember =>
    member.kind === 'pattern' && 'steps' in member
      ? { kind: 'pattern', enabled: true, matcher: compileMatcher(member) }
      : (member as SetMember),
  );
  return planDefinitions(all, { revision: 1, chatTypes: ['chat_message'] });
}

export function runOf(
  definitions: Definitions,
  options: { configuration?: Configuration; services?: Partial<Services>; lateness?: number } = {},
): VirtualRun {
  const configuration = options.configuration ?? defaultConfiguration();
  const services = { places: null, understand: null, ...options.services };
  const programs = createPrograms(configuration, services);
  return createVirtualRun(programs, definitions, {
    topic: 'marketplace.events',
    lateness: options.lateness ?? 0,
  });
}

export function record(at: number, type: string, fields: { [name: string]: Json }) {
  const value = Buffer.from(JSON.stringify({ type, time: START + at, ...fields }));
  return { timestamp: START + at, key: null, value, headers: null };
}

export function send(
  run: VirtualRun,
  at: number,
  type: string,
  fields: { [name: string]: Json },
): void {
  run.feed([record(at, type, fields)], START + at);
}

export function parsed(run: VirtualRun, role = 'derived'): { [name: string]: any }[] {
  return run
    .take()
    .filter((output) => output.role === role && output.value !== null)
    .map(({ value }) => JSON.parse(Buffer.from(value as Uint8Array).toString()));
}

/** Compiles texts of pattern and segment files into a set. */
export function compiled(...sources: string[]): Definitions {
  return compiledSet(sources.map((source) => ({ source }))).definitions;
}

export function compiledSet(
  files: readonly { source: string; enabled?: boolean; digest?: string }[],
  options: { revision?: number; previous?: CompiledSet | null } = {},
): CompiledSet {
  const sources = files.map(({ source, enabled = true, digest }) => {
    const id = /\bid: *([a-z0-9-]+)/.exec(source)?.[1] ?? '?';
    const kind = /\bmember:/.test(source) ? ('segment' as const) : ('pattern' as const);
    const fallback = hash('sha256', source, 'hex').slice(0, 16);
    return { source, entry: { id, kind, digest: digest ?? fallback, enabled, since: 0 } };
  });
  const set = compileDefinitions(sources, {
    revision: options.revision ?? 1,
    catalogue: EMPTY_CATALOGUE,
    functions: STANDARD_FUNCTIONS,
    chatTypes: ['chat_message'],
    previous: options.previous ?? null,
  });
  const problems = set.refused.flatMap((refusal) => refusal.problems);
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'));
  return set;
}

/** Sum of a counter over all labels, or over those given. */
export function counted(
  run: VirtualRun,
  metric: string,
  labels: { [label: string]: string } = {},
): number {
  return run.counts
    .filter((count) => count.metric === metric)
    .filter((count) => Object.entries(labels).every(([name, value]) => count.labels[name] === value))
    .reduce((sum, { by }) => sum + by, 0);
}
