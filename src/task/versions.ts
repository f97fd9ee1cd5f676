import type { KeyWork } from './key-work.ts';
import { adoptMember, publishMembership } from './segment-stage.ts';
import { droppedRuns } from './side-records.ts';
import { stateListed } from './state-value.ts';
import { write } from './step-context.ts';
import type { StepContext } from './step-context.ts';

/**
 * Versions beside each other, lazily per key: state of a version that the set still names is kept
 * (it finishes its runs, see `PatternPlan.begins`); state of one that is gone, or that its
 * successor drops, ends here with a record on the side output.
 */
export function adoptVersions(step: StepContext, work: KeyWork): void {
  for (const [owner, slot] of work.slots) {
    if (slot.value === null || !isDefinition(owner) || work.plan?.owners.has(owner)) continue;
    const listed = stateListed(slot.value);
    slot.state = { kind: 'gone', due: null };
    work.dirty.add(owner);
    // Before a task has seen any time, its watermark is not a date.
    const now = Math.max(0, step.moment.watermarkBefore);
    step.now = now;
    const [kind, id = '', digest = ''] = owner.split('/');
    if (kind === 'p') {
      step.tally.add('parley_bounds_total', { bound: 'version_dropped', owner: id });
      write(step, droppedRuns(work.text, { pattern: id, digest }, now));
    } else if (listed) {
      const plan = work.plan?.segments.find(({ machine }) => machine.definition.id === id);
      if (plan === undefined) publishMembership(step, id, work.parts.value, null);
      else adoptMember(step, work, plan, now);
    }
  }
}

function isDefinition(owner: string): boolean {
  return owner.startsWith('p/') || owner.startsWith('s/');
}
