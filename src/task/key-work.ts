import type { KeyMemory, StateSlot } from './contract.ts';
import type { KeyPlan, PatternPlan, SegmentPlan } from './definitions.ts';
import type { DialogueOwned } from './dialogue-stage.ts';
import type { Gate } from './gate.ts';
import type { HeldEvents } from './held-events.ts';
import { parseKey } from './key.ts';
import type { KeyParts } from './key.ts';
import { decodeOwned } from './owners.ts';
import type { Seen } from './seen.ts';
import { heldDue } from './state-value.ts';

/** State of a pattern under a key. */
export interface PatternOwned {
  readonly kind: 'pattern';
  readonly plan: PatternPlan;
  readonly runs: unknown;
  due: number | null;
  /** When runs without a deadline are forgotten, ms; null where a deadline ends them. */
  end: number | null;
}

/** State of a segment under a key. */
export interface SegmentOwned {
  readonly kind: 'segment';
  readonly plan: SegmentPlan;
  readonly state: unknown;
  due: number | null;
  member: boolean;
  /** Since when it is a member, or since when it is none, ms. */
  since: number;
}

/** What reached its end in this step: a tombstone. */
export interface Gone {
  readonly kind: 'gone';
  readonly due: null;
}

export type Owned =
  | Seen
  | PatternOwned
  | SegmentOwned
  | Gate
  | HeldEvents
  | DialogueOwned
  | Gone;

/** One key in a step: its slots, what changed, and when the next of its timers is due. */
export interface KeyWork {
  readonly text: string;
  readonly parts: KeyParts;
  /** Null where no definition has this key name on this level. */
  readonly plan: KeyPlan | null;
  readonly slots: Map<string, StateSlot>;
  /** Owners whose state changed in this step. */
  readonly dirty: Set<string>;
  /** No timer of the key is due before; ms, Infinity where there is none. */
  nextDue: number;
}

export function openKey(
  memory: KeyMemory,
  text: string,
  plans: ReadonlyMap<string | null, KeyPlan>,
): KeyWork {
  const parts = parseKey(text);
  const slots = memory.slots(text);
  const plan = plans.get(parts.name) ?? null;
  const work: KeyWork = { text, parts, plan, slots, dirty: new Set(), nextDue: Infinity };
  work.nextDue = earliest(work)?.due ?? Infinity;
  return work;
}

/** Due time of a slot; of the decoded state where there is one. */
export function dueOf(slot: StateSlot): number | null {
  if (slot.state !== undefined) return (slot.state as Owned).due;
  return slot.value === null ? null : heldDue(slot.value);
}

export interface NextTimer {
  readonly owner: string;
  readonly due: number;
}

/** The timer that comes first; among those due at once, in order of `rankOf`. */
export function earliest(work: KeyWork): NextTimer | null {
  let owner: string | null = null;
  let first = Infinity;
  let rank = Infinity;
  for (const slot of work.slots.values()) {
    const due = dueOf(slot);
    if (due === null || due > first) continue;
    const own = rankOf(work, slot.owner);
    if (due === first && own >= rank) continue;
    owner = slot.owner;
    first = due;
    rank = own;
  }
  return owner === null ? null : { owner, due: first };
}

const LATER_OWNERS = ['g', 'dialogue', 'held', 'seen'];

/** Deadlines of definitions come before events held for the same time. */
function rankOf(work: KeyWork, owner: string): number {
  const plan = work.plan?.owners.get(owner);
  if (plan !== undefined) return plan.rank;
  const slash = owner.indexOf('/');
  return 1e6 + LATER_OWNERS.indexOf(slash < 0 ? owner : owner.slice(0, slash));
}

/** The decoded state of an owner, undefined where nothing is held. */
export function ownedOf(work: KeyWork, owner: string): Owned | undefined {
  const slot = work.slots.get(owner);
  if (slot === undefined) return undefined;
  if (slot.state === undefined && slot.value !== null) {
    slot.state = decodeOwned(owner, slot.value, work.plan);
  }
  const owned = slot.state as Owned | undefined;
  return owned?.kind === 'gone' ? undefined : owned;
}

/** Puts a state that was not there before. */
export function addOwned(work: KeyWork, owner: string, owned: Owned): void {
  const slot = work.slots.get(owner);
  if (slot === undefined) work.slots.set(owner, { owner, value: null, state: owned });
  else slot.state = owned;
}

/** Partial matches that a slot holds, for gauges; one where they are not decoded yet. */
export function partialMatchesOf({ owner, state }: StateSlot): number {
  const owned = state as Owned | null | undefined;
  if (owned?.kind === 'pattern') return owned.plan.matcher.size(owned.runs);
  return owned === undefined && owner.startsWith('p/') ? 1 : 0;
}

/** Takes note that an owner's state changed, and of its next due time. */
export function touch(work: KeyWork, owner: string, due: number | null): void {
  work.dirty.add(owner);
  if (due !== null && due < work.nextDue) work.nextDue = due;
}
