import { utf8 } from '../event/bytes.ts';
import type { Configuration } from '../event/configuration.ts';
import type { Event, Json } from '../event/event.ts';
import { noCoordinates } from '../geo/coordinate.ts';
import { compileMatcher } from '../match/matcher.ts';
import type { PatternDefinition } from '../pattern/definition.ts';
import type { SegmentDefinition } from '../pattern/segment-definition.ts';
import type {
  DerivedOutput, OpenRun, SegmentOutput, TimelineRun, WithheldOutput,
} from '../pattern/timeline.ts';
import { compileSegment } from '../segment/machine.ts';
import type { Count, RoutedRecord } from './contract.ts';
import { planDefinitions } from './definitions.ts';
import type { Definitions, SetMember } from './definitions.ts';
import type { DerivedRecord } from './derived-record.ts';
import { openKey, ownedOf } from './key-work.ts';
import { addPlaces } from './places.ts';
import { createPrograms } from './programs.ts';
import type { Services } from './services.ts';
import { createVirtualRun } from './virtual-run.ts';
import type { VirtualRun } from './virtual-run.ts';

/** Starts definitions on a virtual clock, for the tests inside their files. */
export interface TimelineRunner {
  pattern(definition: PatternDefinition): TimelineRun<DerivedOutput>;
  segment(definition: SegmentDefinition): TimelineRun<SegmentOutput>;
}

/** The steps that run live, with one definition and nothing else; `mode` does not count here. */
export function createTimelineRunner(
  configuration: Configuration,
  services: Services,
): TimelineRunner {
  const programs = createPrograms(configuration, services);
  const { places } = services;

  /** With the labels of its place, as level 0 gives them. */
  function labelled(event: Event): Event {
    if (places === null) return event;
    const copy = { ...event, data: { ...event.data } };
    addPlaces(copy, places, noCoordinates());
    return copy;
  }

  function start<Output>(
    member: SetMember,
    read: (record: RoutedRecord, now: number) => Output | null,
  ): TimelineRun<Output> {
    const chatTypes = configuration.events.chat;
    const definitions = planDefinitions([member], { revision: 1, chatTypes });
    const run = createVirtualRun(programs, definitions, { topic: 'test', lateness: 0 });
    const derived: Output[] = [];
    const withheld: WithheldOutput[] = [];
    let counted = 0;
    const collect = (now: number) => {
      for (const record of run.take()) {
        const output = read(record, now);
        if (output !== null) derived.push(output);
        const held = readHoldout(record, now);
        if (held !== null) withheld.push(held);
      }
      withheld.push(...run.counts.slice(counted).flatMap((count) => keptBack(count, now)));
      counted = run.counts.length;
    };
    const advance = (time: number) => {
      run.advance(time);
      collect(time);
    };
    const advanceBefore = (time: number) => {
      for (let due = run.nextDue(); due !== null && due < time; due = run.nextDue()) advance(due);
    };
    return {
      feed(event) {
        advanceBefore(event.time);
        run.offer(definitions.placed.has(event.type) ? labelled(event) : event);
        collect(event.time);
      },
      advanceTo(time) {
        advanceBefore(time);
        advance(time);
      },
      due: () => run.nextDue(),
      derived,
      withheld,
      open: () => openRuns(run, definitions.levels),
    };
  }

  return {
    pattern(definition) {
      const matcher = compileMatcher({ ...definition, mode: 'live' });
      return start({ kind: 'pattern', enabled: true, matcher }, readDerived);
    },
    segment(definition) {
      const machine = compileSegment({ ...definition, mode: 'live' });
      return start({ kind: 'segment', enabled: true, machine }, readTransition);
    },
  };
}

function readDerived({ role, value }: RoutedRecord, now: number): DerivedOutput | null {
  if (role !== 'derived' || value === null) return null;
  const { time, type, subject, recipient = null, locale = null, expirytime, data } =
    JSON.parse(utf8(value)) as DerivedRecord;
  const at = Date.parse(time);
  const expires = expirytime === undefined ? null : Date.parse(expirytime) - at;
  return { at, type, key: subject, recipient, locale, expires, sent: Math.max(at, now), data };
}

/** A record that the holdout marked. */
function readHoldout({ role, value }: RoutedRecord, now: number): WithheldOutput | null {
  if (role !== 'late' || value === null) return null;
  const { reason, record } = JSON.parse(utf8(value)) as { reason: string; record?: DerivedRecord };
  return reason === 'holdout' ? { at: now, type: record?.type ?? null, reason } : null;
}

/** Matches that a gate dropped: only their number and the reason are known. */
function keptBack({ metric, labels, by }: Count, now: number): WithheldOutput[] {
  const reason = labels['reason']?.replaceAll('_', '-');
  if (metric !== 'parley_matches_withheld_total' || reason === undefined) return [];
  if (reason === 'holdout') return [];
  return Array.from({ length: by }, () => ({ at: now, type: null, reason }));
}

function readTransition({ role, value }: RoutedRecord): SegmentOutput | null {
  if (role !== 'segments' || value === null) return null;
  const record = JSON.parse(utf8(value)) as {
    readonly time: string;
    readonly data: { readonly member: Json; readonly change: 'entered' | 'exited' };
  };
  const { change, member } = record.data;
  return { at: Date.parse(record.time), change, member };
}

function openRuns(run: VirtualRun, plans: Definitions['levels']): readonly OpenRun[] {
  const open: OpenRun[] = [];
  for (const level of [1, 2] as const) {
    const memory = run.memory(level);
    for (const key of memory.keys()) {
      const work = openKey(memory, key, plans[level]);
      for (const owner of work.slots.keys()) {
        const owned = ownedOf(work, owner);
        if (owned?.kind === 'pattern') open.push(...owned.plan.matcher.explain(owned.runs));
      }
    }
  }
  return open;
}
