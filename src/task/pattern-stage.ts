import type { Event } from '../event/event.ts';
import type { MatchNote, MatchOutput, MatchSink } from '../match/contract.ts';
import type { KeyPlan, PatternPlan } from './definitions.ts';
import { emit } from './emission.ts';
import { addOwned, ownedOf, touch } from './key-work.ts';
import type { KeyWork, PatternOwned } from './key-work.ts';
import { noteEnding, noteMisfit } from './notes.ts';
import type { StepContext } from './step-context.ts';

/** Offers an event to the patterns of the key; returns what they derived for the same key. */
export function offerToPatterns(
  step: StepContext,
  work: KeyWork,
  event: Event,
  now: number,
): readonly Event[] {
  if (work.plan === null) return NOTHING;
  let derived: Event[] | null = null;
  for (const plan of concerned(work.plan, work, event)) {
    const held = work.slots.has(plan.owner) ? patternOf(work, plan) : undefined;
    const begins = plan.begins && !olderLives(work, plan);
    if (held === undefined && (!begins || !plan.matcher.canBegin(event))) continue;
    const owned = held ?? begin(work, plan);
    const collected = new Collected();
    const changed = plan.matcher.accept(owned.runs, event, now, collected, begins);
    if (changed) settleRuns(work, owned, now);
    else miss(work, owned, event, now);
    const events = collected.settle(step, work, plan, now);
    if (events.length > 0) derived = derived === null ? [...events] : derived.concat(events);
  }
  return derived ?? NOTHING;
}

const NOTHING: readonly Event[] = [];

/**
 * Patterns that the event can change under this key, in order. Of many that listen to it, those of
 * which a run can begin, and those that hold runs here: few, however many patterns there are.
 */
function concerned({ patterns, owners }: KeyPlan, work: KeyWork, event: Event): readonly PatternPlan[] {
  const all = patterns.concerned(event);
  if (all.length <= ASKED_ONE_BY_ONE) return all;
  const found = new Set(patterns.beginning(event));
  for (const owner of work.slots.keys()) {
    const plan = owners.get(owner);
    if (plan?.kind === 'pattern' && plan.matcher.types.has(event.type)) found.add(plan);
  }
  return [...found].sort((a, b) => a.rank - b.rank);
}

const ASKED_ONE_BY_ONE = 16;

/** A deadline of a pattern is reached. */
export function advancePattern(
  step: StepContext,
  work: KeyWork,
  owned: PatternOwned,
  now: number,
): readonly Event[] {
  const { plan } = owned;
  if (owned.end !== null && owned.end <= now) {
    forget(step, work, owned, now);
    return NOTHING;
  }
  const collected = new Collected();
  plan.matcher.advance(owned.runs, now, collected);
  settleRuns(work, owned, now);
  return collected.settle(step, work, plan, now);
}

/** Runs without a deadline that nothing touched for `limits.idle`. */
function forget(step: StepContext, work: KeyWork, owned: PatternOwned, now: number): void {
  const { plan } = owned;
  step.tally.add('parley_bounds_total', { bound: 'idle', owner: plan.definition.id });
  const fresh: PatternOwned = { ...owned, runs: plan.matcher.empty(), due: null, end: null };
  addOwned(work, plan.owner, fresh);
  touch(work, plan.owner, null);
  const pattern = plan.definition.id;
  noteEnding(step, work, { pattern, reason: 'capped', step: null, at: now, event: null });
}

function patternOf(work: KeyWork, plan: PatternPlan): PatternOwned | undefined {
  const owned = ownedOf(work, plan.owner) as PatternOwned | undefined;
  return owned === undefined || plan.matcher.isEmpty(owned.runs) ? undefined : owned;
}

function begin(work: KeyWork, plan: PatternPlan): PatternOwned {
  const owned: PatternOwned = {
    kind: 'pattern', plan, runs: plan.matcher.empty(), due: null, end: null,
  };
  addOwned(work, plan.owner, owned);
  return owned;
}

/** `starts: once` has one run per key: while an older version's lives, the new one waits. */
function olderLives(work: KeyWork, plan: PatternPlan): boolean {
  if (plan.older.length === 0 || plan.definition.starts.mode !== 'once') return false;
  return plan.older.some((owner) => {
    const owned = ownedOf(work, owner) as PatternOwned | undefined;
    return owned !== undefined && !owned.plan.matcher.isEmpty(owned.runs);
  });
}

/** After the runs changed: their next deadline, or how long they are kept without one. */
export function settleRuns(work: KeyWork, owned: PatternOwned, now: number): void {
  const { matcher, definition, owner } = owned.plan;
  owned.due = matcher.due(owned.runs);
  owned.end = null;
  if (owned.due === null && !matcher.isEmpty(owned.runs)) {
    owned.end = now + definition.limits.idle;
    owned.due = owned.end;
  }
  touch(work, owner, owned.due);
}

/** An event that left the runs as they were. It still shows that the key is not idle. */
function miss(work: KeyWork, owned: PatternOwned, event: Event, now: number): void {
  noteMisfit(work, owned.plan, event, now);
  if (owned.end !== null && owned.end - now < owned.plan.definition.limits.idle / 2) {
    settleRuns(work, owned, now);
  }
}

/** What one call of the matcher says, in order. */
class Collected implements MatchSink {
  private readonly outputs: MatchOutput[] = [];
  private readonly notes: MatchNote[] = [];

  output(output: MatchOutput): void {
    this.outputs.push(output);
  }

  note(note: MatchNote): void {
    this.notes.push(note);
  }

  /** Counts and remembers the notes, emits the outputs. */
  settle(step: StepContext, work: KeyWork, plan: PatternPlan, now: number): readonly Event[] {
    if (this.notes.length === 0 && this.outputs.length === 0) return NOTHING;
    const pattern = plan.definition.id;
    for (const note of this.notes) takeNote(step, work, pattern, note);
    const derived: Event[] = [];
    for (const output of this.outputs) {
      const reason = output.kind === 'match' ? 'matched' : 'timeout';
      const event = output.evidence.at(-1)?.event.id ?? null;
      const endedAt = output.deadline ?? now;
      noteEnding(step, work, { pattern, reason, step: null, at: endedAt, event });
      derived.push(...emit(step, work, plan, output));
    }
    return derived;
  }
}

function takeNote(step: StepContext, work: KeyWork, pattern: string, note: MatchNote): void {
  switch (note.kind) {
    case 'bound':
      step.tally.add('parley_bounds_total', { bound: note.bound, owner: pattern });
      break;
    case 'error':
      step.tally.add('parley_clause_errors_total', {
        pattern,
        step: note.step,
        reason: note.error.error,
      });
      break;
    case 'ended':
      noteEnding(step, work, {
        pattern,
        reason: note.reason,
        step: note.step,
        at: note.at,
        event: note.event?.id ?? null,
      });
      break;
  }
}
