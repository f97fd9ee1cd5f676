import type { StateSlot } from './contract.ts';
import type { PatternPlan } from './definitions.ts';
import { addOwned, ownedOf, touch } from './key-work.ts';
import type { KeyWork, PatternOwned } from './key-work.ts';
import { noteEnding } from './notes.ts';
import { settleRuns } from './pattern-stage.ts';
import { adoptMember, publishMembership } from './segment-stage.ts';
import { droppedRuns } from './side-records.ts';
import { heldListed } from './state-value.ts';
import { write } from './step-context.ts';
import type { StepContext } from './step-context.ts';

/**
 * Versions beside each other, lazily per key: state of a version that the set still names is kept
 * (it finishes its runs, see `PatternPlan.begins`) or moves to its successor; state of one that is
 * gone, or that its successor drops, ends here with a record on the side output.
 */
export function adoptVersions(step: StepContext, work: KeyWork): void {
  for (const slot of work.slots.values()) {
    const { owner, value } = slot;
    if (value === null) continue;
    const plan = work.plan?.owners.get(owner);
    if (plan !== undefined) {
      if (plan.kind === 'pattern' && plan.movesTo !== null) move(step, work, plan);
    } else if (isDefinition(owner)) {
      drop(step, work, owner, slot);
    }
  }
}

function isDefinition(owner: string): boolean {
  return owner.startsWith('p/') || owner.startsWith('s/');
}

/** Before a task has seen any time, its watermark is not a date. */
function timeOf({ moment }: StepContext): number {
  return Math.max(0, moment.watermarkBefore);
}

/** State of a version that is not in the set, or that its successor drops. */
function drop(step: StepContext, work: KeyWork, owner: string, slot: StateSlot): void {
  const listed = slot.value !== null && heldListed(slot.value);
  slot.state = { kind: 'gone', due: null };
  work.dirty.add(owner);
  const now = timeOf(step);
  step.now = now;
  const [kind, id = '', digest = ''] = owner.split('/');
  if (kind === 'p') return tellDropped(step, work, { pattern: id, digest, runs: null });
  if (!listed) return;
  const plan = work.plan?.segments.find(({ machine }) => machine.definition.id === id);
  if (plan === undefined) publishMembership(step, id, work.parts.value, null);
  else adoptMember(step, work, plan, now);
}

/** Runs move, unless they cannot exactly, or the new version already has some: then they finish. */
function move(step: StepContext, work: KeyWork, plan: PatternPlan): void {
  const owned = ownedOf(work, plan.owner);
  const target = work.plan?.owners.get(plan.movesTo?.owner ?? '');
  if (owned?.kind !== 'pattern' || target?.kind !== 'pattern' || plan.movesTo === null) return;
  if (work.slots.has(target.owner)) return;
  const outcome = plan.movesTo.migration.move(
    plan.matcher.explain(owned.runs),
    plan.definition,
  );
  if (outcome === null) return;
  const { runs, dropped } = outcome;
  addOwned(work, plan.owner, { kind: 'gone', due: null });
  touch(work, plan.owner, null);
  const now = timeOf(step);
  step.now = now;
  const moved: PatternOwned = { kind: 'pattern', plan: target, runs, due: null, end: null };
  addOwned(work, target.owner, moved);
  settleRuns(work, moved, now);
  const { id, digest } = plan.definition;
  if (dropped > 0) {
    tellDropped(step, work, { pattern: id, digest: digest.slice(0, 8), runs: dropped });
  }
}

function tellDropped(
  step: StepContext,
  work: KeyWork,
  dropped: { readonly pattern: string; readonly digest: string; readonly runs: number | null },
): void {
  step.tally.add('parley_bounds_total', { bound: 'version_dropped', owner: dropped.pattern });
  const { pattern } = dropped;
  noteEnding(step, work, { pattern, reason: 'dropped', step: null, at: step.now, event: null });
  write(step, droppedRuns(work.text, dropped, step.now));
}
