import { taskName } from '../ports/changelog.ts';
import type { Reader, TopicPartition } from '../ports/event-log.ts';

/** A partition that a reader was given. */
export interface Assigned {
  readonly at: TopicPartition;
  /** The next record to be read. */
  offset: number;
  paused: boolean;
}

/** What a reader was given, by name of the partition, and the operations that change it. */
export interface Assignments {
  /** In the order in which they are served: who was served last is last. */
  readonly assigned: Map<string, Assigned>;
  /** The partition was read up to `offset`: all others come before it the next time. */
  readonly served: (at: TopicPartition, offset: number) => void;
  readonly operations: Pick<Reader, 'assign' | 'unassign' | 'pause' | 'resume' | 'position'>;
}

export function createAssignments(): Assignments {
  const assigned = new Map<string, Assigned>();
  const pause = (at: TopicPartition, paused: boolean): void => {
    const found = assigned.get(taskName(at));
    if (found) found.paused = paused;
  };
  const served = (at: TopicPartition, offset: number): void => {
    const name = taskName(at);
    const found = assigned.get(name);
    if (!found) return;
    found.offset = offset;
    assigned.delete(name);
    assigned.set(name, found);
  };
  return {
    assigned,
    served,
    operations: {
      assign: (at, offset) => void assigned.set(taskName(at), { at, offset, paused: false }),
      unassign: (at) => void assigned.delete(taskName(at)),
      pause: (at) => pause(at, true),
      resume: (at) => pause(at, false),
      position: (at) => assigned.get(taskName(at))?.offset ?? null,
    },
  };
}
