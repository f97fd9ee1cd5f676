import type { Catalogue, FunctionTable } from '../expression/scope.ts';
import { compileMatcher } from '../match/matcher.ts';
import { checkDefinitionFile } from '../pattern/check.ts';
import type { CheckEnvironment, Checked, Problem } from '../pattern/check.ts';
import type { PatternDefinition } from '../pattern/definition.ts';
import type { SegmentDefinition } from '../pattern/segment-definition.ts';
import type { DefinitionEntry } from '../ports/definition-registry.ts';
import { compileSegment } from '../segment/machine.ts';
import { planDefinitions } from './definitions.ts';
import type { Definitions, SetMember } from './definitions.ts';

/** A definition of the set in force with the text of its file. */
export interface DefinitionSource {
  readonly source: string;
  readonly entry: DefinitionEntry;
}

export interface CompileOptions {
  readonly revision: number;
  readonly catalogue: Catalogue;
  readonly functions: FunctionTable;
  /** Event types whose text the dialogue reads (`events.chat` of the configuration). */
  readonly chatTypes: readonly string[];
  /** The set before: what did not change is taken over, compiled as it is. */
  readonly previous: CompiledSet | null;
}

export interface CompiledSet {
  readonly definitions: Definitions;
  /** Files that this version of Parley cannot load; the rest of the set runs without them. */
  readonly refused: readonly RefusedDefinition[];
  /** Digest -> compiled member, enabled or not. */
  readonly members: ReadonlyMap<string, Member>;
}

export interface RefusedDefinition {
  readonly entry: DefinitionEntry;
  readonly problems: readonly Problem[];
}

type Member = DistributiveOmit<SetMember, 'enabled'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Compiles a revision of the set: what the engine swaps in at a batch boundary. */
export function compileDefinitions(
  sources: readonly DefinitionSource[],
  options: CompileOptions,
): CompiledSet {
  const members = new Map<string, Member>();
  const refused: RefusedDefinition[] = [];
  const known: (PatternDefinition | SegmentDefinition)[] = [];
  const { catalogue, functions } = options;
  // Patterns first: segments name what they emit. Then segments that others name.
  let waiting = sources.toSorted((a, b) => rank(a) - rank(b));
  for (let progress = true; waiting.length > 0; ) {
    const others = [...known];
    const environment: CheckEnvironment = { catalogue, functions, others };
    const left: DefinitionSource[] = [];
    const problems = new Map<DefinitionSource, readonly Problem[]>();
    for (const each of waiting) {
      const { entry } = each;
      const before = options.previous?.members.get(entry.digest);
      const member = before ?? compileOne(each, environment, problems);
      if (member === null) left.push(each);
      else {
        members.set(entry.digest, member);
        if (entry.enabled) known.push(definitionOf(member));
      }
    }
    progress = left.length < waiting.length;
    waiting = left;
    if (progress) continue;
    for (const each of left) {
      refused.push({ entry: each.entry, problems: problems.get(each) ?? [] });
    }
    break;
  }
  const set = sources.flatMap(({ entry }): SetMember[] => {
    const member = members.get(entry.digest);
    return member === undefined ? [] : [{ ...member, enabled: entry.enabled }];
  });
  const { revision, chatTypes } = options;
  return { definitions: planDefinitions(set, { revision, chatTypes }), refused, members };
}

function rank({ entry }: DefinitionSource): number {
  return entry.kind === 'pattern' ? 0 : 1;
}

function compileOne(
  each: DefinitionSource,
  environment: CheckEnvironment,
  problems: Map<DefinitionSource, readonly Problem[]>,
): Member | null {
  const { entry, source } = each;
  const checked = checkDefinitionFile(source, entry.id, environment);
  if (checked.kind !== 'refused') return memberOf(checked, entry);
  problems.set(each, checked.problems);
  return null;
}

/** The digest is that of the set: records name it, and the registry finds the file by it. */
function memberOf(
  checked: Exclude<Checked, { kind: 'refused' }>,
  { digest }: DefinitionEntry,
): Member {
  if (checked.kind === 'pattern') {
    const matcher = compileMatcher({ ...checked.definition, digest });
    return { kind: 'pattern', matcher };
  }
  return { kind: 'segment', machine: compileSegment({ ...checked.definition, digest }) };
}

function definitionOf(member: Member): PatternDefinition | SegmentDefinition {
  return member.kind === 'pattern' ? member.matcher.definition : member.machine.definition;
}
