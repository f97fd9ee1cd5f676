import { utf8 } from '../event/bytes.ts';
import type { Configuration } from '../event/configuration.ts';
import type { Json } from '../event/event.ts';
import { compileMatcher } from '../match/matcher.ts';
import type { PatternDefinition } from '../pattern/definition.ts';
import type { SegmentDefinition } from '../pattern/segment-definition.ts';
import type {
  DerivedOutput, OpenRun, SegmentOutput, TimelineRun,
} from '../pattern/timeline.ts';
import { compileSegment } from '../segment/machine.ts';
import type { RoutedRecord } from './contract.ts';
import { planDefinitions } from './definitions.ts';
import type { Definitions, SetMember } from './definitions.ts';
import type { DerivedRecord } from './derived-record.ts';
import { openKey, ownedOf } from './key-work.ts';
import { createPrograms } from './programs.ts';
import type { Services } from './services.ts';
import { createVirtualRun } from './virtual-run.ts';
import type { VirtualRun } from './virtual-run.ts';

/** Starts definitions on a virtual clock, for the tests inside their files. */
export interface TimelineRunner {
  pattern(definition: PatternDefinition): TimelineRun<DerivedOutput>;
  segment(definition: SegmentDefinition): TimelineRun<SegmentOutput>;
}

/**
 * The steps that run live, with one definition and nothing else. A test shows what a definition
 * derives: `mode` and `holdout`, which say whether it is sent, do not count here.
 */
export function createTimelineRunner(
  configuration: Configuration,
  services: Services,
): TimelineRunner {
  const programs = createPrograms(configuration, services);

  function start<Output>(
    member: SetMember,
    read: (record: RoutedRecord) => Output | null,
  ): TimelineRun<Output> {
    const chatTypes = configuration.events.chat;
    const definitions = planDefinitions([member], { revision: 1, chatTypes });
    const run = createVirtualRun(programs, definitions, { topic: 'test', lateness: 0 });
    const derived: Output[] = [];
    const collect = () => {
      for (const record of run.take()) {
        const output = read(record);
        if (output !== null) derived.push(output);
      }
    };
    return {
      feed(event) {
        run.offer(event);
        collect();
      },
      advanceTo(time) {
        for (let due = run.nextDue(); due !== null && due < time; due = run.nextDue()) {
          run.advance(due);
        }
        run.advance(time);
        collect();
      },
      due: () => run.nextDue(),
      derived,
      open: () => openRuns(run, definitions.levels),
    };
  }

  return {
    pattern(definition) {
      const matcher = compileMatcher({ ...definition, mode: 'live', holdout: 0 });
      return start({ kind: 'pattern', enabled: true, matcher }, readDerived);
    },
    segment(definition) {
      const machine = compileSegment({ ...definition, mode: 'live' });
      return start({ kind: 'segment', enabled: true, machine }, readTransition);
    },
  };
}

function readDerived({ role, value }: RoutedRecord): DerivedOutput | null {
  if (role !== 'derived' || value === null) return null;
  const { time, type, subject, data } = JSON.parse(utf8(value)) as DerivedRecord;
  return { at: Date.parse(time), type, key: subject, data };
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
