import { hash } from 'node:crypto';
import { utf8Bytes } from '../event/bytes.ts';
import type { Event, Json } from '../event/event.ts';
import type { Reason } from '../segment/contract.ts';
import type { SegmentPlan } from './definitions.ts';
import { addOwned, ownedOf, touch } from './key-work.ts';
import type { KeyWork, SegmentOwned } from './key-work.ts';
import { isoTime, routed } from './side-records.ts';
import { write } from './step-context.ts';
import type { StepContext } from './step-context.ts';

/** What made a membership change: an event, the passing of time, or another definition. */
type Cause =
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'time' }
  | { readonly kind: 'segment'; readonly segment: string }
  | { readonly kind: 'definition' };

/** Offers an event to the segments of the key, and decides about membership again. */
export function offerToSegments(
  step: StepContext,
  work: KeyWork,
  event: Event,
  now: number,
): void {
  const plans = work.plan?.segmentsByType.get(event.type);
  if (plans === undefined) return;
  for (const segment of plans) {
    const { machine } = segment;
    const known = ownedOf(work, segment.owner) as SegmentOwned | undefined;
    const owned = known ?? newOwned(segment, now);
    const changed = machine.accept(owned.state, event, now);
    if (!changed && (known !== undefined || !machine.holdsEmpty)) continue;
    if (known === undefined) addOwned(work, segment.owner, owned);
    settle(step, work, owned, now, { kind: 'event', event: event.id });
  }
}

/** A window of a segment moves at `now`: exits by time alone come from here. */
export function advanceSegment(
  step: StepContext,
  work: KeyWork,
  owned: SegmentOwned,
  now: number,
): void {
  owned.plan.machine.advance(owned.state, now);
  settle(step, work, owned, now, { kind: 'time' });
}

/** A member of a version that is gone stays one only where the new version says so. */
export function adoptMember(
  step: StepContext,
  work: KeyWork,
  plan: SegmentPlan,
  now: number,
): void {
  const known = ownedOf(work, plan.owner) as SegmentOwned | undefined;
  const owned = known ?? newOwned(plan, now);
  if (known === undefined) addOwned(work, plan.owner, owned);
  owned.member = true;
  settle(step, work, owned, now, { kind: 'definition' });
}

function newOwned(plan: SegmentPlan, now: number): SegmentOwned {
  return {
    kind: 'segment', plan, state: plan.machine.empty(), due: null, member: false, since: now,
  };
}

function settle(
  step: StepContext,
  work: KeyWork,
  owned: SegmentOwned,
  now: number,
  cause: Cause,
): void {
  const { machine, owner } = owned.plan;
  owned.due = machine.due(owned.state);
  touch(work, owner, owned.due);
  const member = machine.holds(owned.state, now, (id) => isMember(work, id));
  if (member === owned.member) return;
  owned.member = member;
  owned.since = now;
  publish(step, work, owned, now, cause);
  reconsider(step, work, machine.definition.id, now);
}

/** Segments that ask this one decide again. Lint refuses circles, so this ends. */
function reconsider(step: StepContext, work: KeyWork, changed: string, now: number): void {
  for (const plan of work.plan?.segments ?? []) {
    if (!plan.machine.segments.includes(changed)) continue;
    const known = ownedOf(work, plan.owner) as SegmentOwned | undefined;
    const owned = known ?? newOwned(plan, now);
    if (known === undefined) addOwned(work, plan.owner, owned);
    settle(step, work, owned, now, { kind: 'segment', segment: changed });
  }
}

function isMember(work: KeyWork, id: string): boolean {
  const plan = work.plan?.segments.find(({ machine }) => machine.definition.id === id);
  if (plan === undefined) return false;
  const owned = ownedOf(work, plan.owner) as SegmentOwned | undefined;
  return owned?.member ?? false;
}

function publish(
  step: StepContext,
  work: KeyWork,
  owned: SegmentOwned,
  now: number,
  cause: Cause,
): void {
  const { machine } = owned.plan;
  const { definition } = machine;
  const change = owned.member ? 'entered' : 'exited';
  step.tally.add('parley_segment_transitions_total', { segment: definition.id, direction: change });
  if (definition.mode === 'shadow') return;
  const member = work.parts.value;
  const time = isoTime(now);
  const identity = [definition.id, definition.version, member, change, now, cause];
  const reasons = machine.reasons(owned.state, now, (other) => isMember(work, other));
  const id = hash('sha256', JSON.stringify(identity), 'hex').slice(0, 32);
  write(step, 
    routed('segments', member, {
      specversion: '1.0',
      id,
      source: `/segments/${definition.id}`,
      type: `segment_${change}`,
      time,
      subject: member,
      datacontenttype: 'application/json',
      segmentid: definition.id,
      segmentversion: definition.version,
      segmentdigest: definition.digest,
      setrevision: step.definitions.revision,
      cause: cause as unknown as Json,
      data: { segment: definition.id, member, change, reasons: reasons.map(reasonJson) },
    }),
  );
  publishMembership(step, definition.id, member, owned.member ? { time, id } : null);
}

function reasonJson({ path, holds, text, times }: Reason): Json {
  return { path, holds, text, times: times.map(isoTime) };
}

/** The compacted topic: one record per member and segment, a tombstone for who left. */
export function publishMembership(
  step: StepContext,
  segment: string,
  member: string,
  entered: { readonly time: string; readonly id: string } | null,
): void {
  const key = JSON.stringify([segment, member]);
  write(step, 
    entered === null
      ? { role: 'memberships', key: utf8Bytes(key), value: null }
      : routed('memberships', key, { segment, member, since: entered.time, event: entered.id }),
  );
}
