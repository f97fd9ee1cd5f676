import { fromLatin1 } from '../event/bytes.ts';
import type { Frame } from '../expression/expression.ts';
import { explainTrace } from '../expression/trace.ts';
import type { RunView } from '../match/contract.ts';
import type { OnStep, PatternDefinition } from '../pattern/definition.ts';
import { walkSteps } from '../pattern/rules.ts';
import type { KeyMemory } from './contract.ts';
import type { DerivedEvidence } from './derived-record.ts';
import type { Definitions, PatternPlan } from './definitions.ts';
import { keyText } from './key.ts';
import { openKey, ownedOf } from './key-work.ts';
import { readEnding, readMisfit } from './notes.ts';
import type { Ending, Misfit } from './notes.ts';
import { SEEN } from './owners.ts';
import type { Seen } from './seen.ts';
import { isoTime } from './side-records.ts';

/** Why a pattern did not fire for a key: what is open, what it waits for, what did not fit. */
export interface Explanation {
  readonly pattern: string;
  readonly key: string;
  readonly runs: readonly ExplainedRun[];
  /** How the last few runs of the pattern ended, and what became of late events; oldest first. */
  readonly endings: readonly ExplainedEnding[];
}

export interface ExplainedRun {
  readonly version: number;
  readonly digest: string;
  readonly evidence: readonly DerivedEvidence[];
  readonly waitsFor: readonly string[];
  readonly deadline: string | null;
  /** The last event that left it as it was; null where none is remembered. */
  readonly misfit: ExplainedMisfit | null;
}

export interface ExplainedMisfit {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  /** For each step it waits for: the clause with its values, or that the type is another. */
  readonly reasons: readonly string[];
}

export interface ExplainedEnding {
  readonly reason: Ending['reason'];
  readonly step: string | null;
  readonly at: string;
  readonly event: string | null;
}

/**
 * Pure: `memory` holds the slots of the key, as loaded for a step. Null where no pattern has the
 * id. Versions that only finish are listed with their own digest.
 */
export function explain(
  definitions: Definitions,
  pattern: string,
  key: string,
  memory: KeyMemory,
): Explanation | null {
  const plans = definitions.patterns.filter(({ definition }) => definition.id === pattern);
  const [first] = plans;
  if (first === undefined) return null;
  const text = keyText(first.definition.key, first.definition.key === null ? '' : key);
  const work = openKey(memory, text, definitions.levels[first.level]);
  const seen = ownedOf(work, SEEN) as Seen | undefined;
  const packed = seen?.misfits?.get(pattern);
  const misfit = packed === undefined ? null : readMisfit(asBytes(packed));
  const runs = plans.flatMap((plan) => {
    const owned = ownedOf(work, plan.owner);
    if (owned?.kind !== 'pattern') return [];
    return plan.matcher.explain(owned.runs).map((run) => explainRun(plan, run, misfit));
  });
  const endings = (seen?.endings ?? [])
    .map(readEnding)
    .filter((ending) => ending.pattern === null || ending.pattern === pattern)
    .map(({ reason, step, at, event }) => ({ reason, step, at: isoTime(at), event }));
  return { pattern, key, runs, endings };
}

function asBytes(packed: string | (() => Uint8Array)): Uint8Array {
  return typeof packed === 'function' ? packed() : fromLatin1(packed);
}

function explainRun(
  { definition }: PatternPlan,
  run: RunView,
  misfit: Misfit | null,
): ExplainedRun {
  const { version, digest } = definition;
  // An event that the run took after it no longer speaks against the run.
  const last = run.evidence.at(-1)?.event.time ?? -Infinity;
  const speaks = misfit !== null && misfit.event.time >= last;
  return {
    version,
    digest,
    evidence: run.evidence.map(({ step, event }) => ({
      step, id: event.id, type: event.type, time: isoTime(event.time),
    })),
    waitsFor: run.waitsFor,
    deadline: run.deadline === null ? null : isoTime(run.deadline),
    misfit: speaks ? explainMisfit(definition, run, misfit) : null,
  };
}

function explainMisfit(
  definition: PatternDefinition,
  run: RunView,
  { event, now }: Misfit,
): ExplainedMisfit {
  const frame: Frame = { event, captures: capturesOf(definition, run), now };
  const reasons: string[] = [];
  walkSteps(definition.steps, (step) => {
    if (step.kind !== 'on') return;
    const label = labelOf(definition, step);
    if (!run.waitsFor.includes(label) && !run.waitsFor.includes(step.path)) return;
    reasons.push(`${label}: ${reasonOf(step, frame)}`);
  });
  return { id: event.id, type: event.type, time: isoTime(event.time), reasons };
}

function reasonOf(step: OnStep, frame: Frame): string {
  const type = frame.event?.type ?? '';
  if (!step.types.includes(type)) return `waits for ${step.types.join(' or ')}, not ${type}`;
  if (step.where === null) return `the type fits; contiguity is ${step.contiguity}`;
  return explainTrace(step.where.trace(frame));
}

function labelOf({ names }: PatternDefinition, step: OnStep): string {
  return step.slot === null ? step.path : (names[step.slot]?.name ?? step.path);
}

/** What the run took, by slot, from its evidence. */
function capturesOf({ names }: PatternDefinition, { evidence }: RunView): Frame['captures'] {
  return names.map(({ name, list }) => {
    const taken = evidence.filter(({ step }) => step === name).map(({ event }) => event);
    return list ? taken : taken.at(-1);
  });
}
