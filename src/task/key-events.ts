import { decodeForwarded, encodeCandidate, encodeForwarded } from '../event/codec.ts';
import type { EventOrder } from '../event/codec.ts';
import type { Event, Json } from '../event/event.ts';
import { CONVERSATION } from './definitions.ts';
import { readMessage } from './dialogue-stage.ts';
import type { Candidate } from './gate.ts';
import { advanceGate, passCandidate } from './gate-stage.ts';
import { emptyHeld, hold, releaseUntil } from './held-events.ts';
import type { HeldEvent, HeldEvents } from './held-events.ts';
import { addOwned, earliest, ownedOf, touch } from './key-work.ts';
import type { KeyWork, Owned } from './key-work.ts';
import { HELD, SEEN } from './owners.ts';
import { noteDuplicate, noteEnding } from './notes.ts';
import { advancePattern, offerToPatterns } from './pattern-stage.ts';
import { emptySeen, rememberId } from './seen.ts';
import type { Seen } from './seen.ts';
import { advanceSegment, offerToSegments } from './segment-stage.ts';
import { lateEvent } from './side-records.ts';
import { markDirtyHour, write } from './step-context.ts';
import type { StepContext } from './step-context.ts';
import { EMPTY_DIALOGUE } from '../intent/contract.ts';

/** Events that one event may lead to under its key in one step: a circle of patterns ends here. */
const FEEDBACK_MAX = 256;
/** Timers of one key that fire in one go; more wait for the next batch. */
const TIMERS_MAX = 10_000;
/** A `bin 16` of the seen ids holds 5,461 of them. */
const IDS_MAX = 5_000;
const HELD_BYTES_MAX = 524_288;

/** An event arrives at its key: once, in the order of its source. */
export function takeEvent(
  step: StepContext,
  work: KeyWork,
  event: Event,
  order: EventOrder,
): void {
  // Forwarded for definitions that are gone meanwhile: nothing is to be remembered of it.
  if (work.plan === null) return;
  const { dedupeHorizon, dedupeIdsMax } = step.settings.configuration.time;
  const limits = { horizon: dedupeHorizon, idsMax: Math.min(dedupeIdsMax, IDS_MAX) };
  const known = ownedOf(work, SEEN) as Seen | undefined;
  const seen = known ?? emptySeen();
  const clock = Math.max(seen.clock, step.moment.watermarkBefore);
  const memory = rememberId(seen, event.id, event.time, limits);
  if (memory === 'duplicate') {
    step.tally.add('parley_events_duplicate_total', {});
    noteDuplicate(step, work, seen, event);
    return;
  }
  if (memory === 'overflow') {
    step.tally.add('parley_bounds_total', { bound: 'dedupe_ids', owner: SEEN });
  }
  if (known === undefined) addOwned(work, SEEN, seen);
  touch(work, SEEN, seen.due);
  if (order === 'event-time') sortIn(step, work, event);
  else {
    seen.clock = Math.max(seen.clock, event.time);
    meet(step, work, event, clock);
  }
}

/** A derived record arrives at the gate of its pattern under another key. */
export function takeCandidate(step: StepContext, work: KeyWork, candidate: Candidate): void {
  if (step.settings.onwardOrder === 'event-time' && candidate.at > step.moment.watermarkBefore) {
    holdBack(step, work, candidate.at, encodeCandidate(candidate as unknown as Json));
    return;
  }
  fireUntil(step, work, Math.min(candidate.at, step.moment.watermark));
  step.now = candidate.at;
  passCandidate(step, work, candidate);
}

/** In order of arrival: a late event still meets the runs that live, and is marked. */
function meet(step: StepContext, work: KeyWork, event: Event, clock: number): void {
  step.now = clock;
  if (event.time < clock && isOfSource(event)) {
    step.tally.add('parley_events_late_total', { order: 'arrival' });
    noteEnding(step, work, {
      pattern: null, reason: 'late', step: null, at: event.time, event: event.id,
    });
    markDirtyHour(step, event);
  }
  const now = Math.max(clock, event.time);
  fireUntil(step, work, now);
  offer(step, work, [event], now);
}

/** What Parley derives comes after its own time by nature: a deadline, over another level. */
function isOfSource({ family }: Event): boolean {
  return family !== 'intent' && family !== 'derived';
}

/** In order of event time: held until the watermark is there; too late where it has passed. */
function sortIn(step: StepContext, work: KeyWork, event: Event): void {
  const { watermarkBefore } = step.moment;
  step.now = watermarkBefore;
  if (event.time <= watermarkBefore) {
    step.tally.add('parley_events_late_total', { order: 'event-time' });
    write(step, lateEvent(event, work.text, watermarkBefore));
    markDirtyHour(step, event);
    return;
  }
  holdBack(step, work, event.time, encodeForwarded(event, 'event-time'));
}

function holdBack(step: StepContext, work: KeyWork, time: number, encoded: string): void {
  const { heldEventsMax } = step.settings.configuration.time;
  const known = ownedOf(work, HELD) as HeldEvents | undefined;
  const held = known ?? emptyHeld();
  if (known === undefined) addOwned(work, HELD, held);
  const early = hold(held, time, encoded, { events: heldEventsMax, bytes: HELD_BYTES_MAX });
  touch(work, HELD, held.due);
  for (const released of early) {
    step.tally.add('parley_bounds_total', { bound: 'held_events', owner: HELD });
    release(step, work, released);
  }
}

function release(step: StepContext, work: KeyWork, { time, encoded }: HeldEvent): void {
  const content = decodeForwarded(encoded);
  if ('event' in content) return offer(step, work, [content.event], time);
  step.now = time;
  passCandidate(step, work, content.candidate as unknown as Candidate);
}

/** Fires what is due under the key up to a time, each at its own time, in order. */
export function fireUntil(step: StepContext, work: KeyWork, until: number): void {
  for (let fired = 0; work.nextDue <= until; fired++) {
    const next = earliest(work);
    work.nextDue = next?.due ?? Infinity;
    if (next === null || next.due > until) return;
    if (fired >= TIMERS_MAX) {
      step.tally.add('parley_bounds_total', { bound: 'timers', owner: next.owner });
      return;
    }
    fire(step, work, next.owner, next.due);
  }
}

function fire(step: StepContext, work: KeyWork, owner: string, due: number): void {
  const owned = ownedOf(work, owner);
  step.now = due;
  if (owned === undefined) return drop(work, owner);
  touch(work, owner, null);
  switch (owned.kind) {
    case 'pattern':
      return offer(step, work, [...advancePattern(step, work, owned, due)], due);
    case 'segment':
      return advanceSegment(step, work, owned, due);
    case 'gate':
      return advanceGate(step, owned, due);
    case 'held':
      for (const held of releaseUntil(owned, due)) release(step, work, held);
      return;
    case 'dialogue':
      owned.state = EMPTY_DIALOGUE;
      owned.due = null;
      return;
    case 'seen':
      return drop(work, owner);
  }
}

/** The value has reached its end: a tombstone. */
function drop(work: KeyWork, owner: string): void {
  const slot = work.slots.get(owner);
  if (slot === undefined) return;
  slot.state = { kind: 'gone', due: null } satisfies Owned;
  touch(work, owner, null);
}

/** Events meet the definitions of the key; so do those that these derive for the same key. */
function offer(step: StepContext, work: KeyWork, events: Event[], now: number): void {
  step.now = now;
  const reads = step.level === 1 && work.parts.name === CONVERSATION;
  for (let i = 0; i < events.length; i++) {
    if (i >= FEEDBACK_MAX) {
      step.tally.add('parley_bounds_total', { bound: 'feedback', owner: work.parts.name ?? '' });
      return;
    }
    const event = events[i] as Event;
    if (reads && event.family === 'chat') events.push(...readMessage(step, work, event));
    for (const derived of offerToPatterns(step, work, event, now)) events.push(derived);
    offerToSegments(step, work, event, now);
  }
}
