import { latin1 } from '../event/bytes.ts';
import type { Level, KeyMemory, Moment, RoutedRecord } from './contract.ts';
import type { Definitions } from './definitions.ts';
import { openKey } from './key-work.ts';
import type { KeyWork } from './key-work.ts';
import type { StepSettings } from './services.ts';
import { dirtyHour } from './side-records.ts';
import type { Event } from '../event/event.ts';
import type { Tally } from './tally.ts';

/** Everything one step works on. Lives for one step, but for what it changes in `memory`. */
export interface StepContext {
  readonly level: Exclude<Level, 0>;
  readonly settings: StepSettings;
  readonly definitions: Definitions;
  readonly moment: Moment;
  readonly memory: KeyMemory;
  readonly works: Map<string, KeyWork>;
  readonly written: WrittenRecord[];
  /** Clock of the key at work, ms: what is written now is sorted by it. */
  now: number;
  readonly tally: Tally;
  /** Identity of a derived record -> how many with this identity came in this step. */
  readonly ordinals: Map<string, number>;
  readonly dirtyHours: Set<string>;
}

export interface WrittenRecord {
  readonly now: number;
  readonly record: RoutedRecord;
}

export function write(step: StepContext, record: RoutedRecord): void {
  step.written.push({ now: step.now, record });
}

/**
 * What the step wrote, by the clocks of the keys it was written under: keys are worked off one
 * after the other, and a later level is to meet what they derived in order of time.
 */
export function inOrderOfTime(written: readonly WrittenRecord[]): readonly RoutedRecord[] {
  return written.toSorted((a, b) => a.now - b.now).map(({ record }) => record);
}

export function workOf(step: StepContext, key: string): KeyWork {
  const known = step.works.get(key);
  if (known !== undefined) return known;
  const work = openKey(step.memory, key, step.definitions.levels[step.level]);
  step.works.set(key, work);
  return work;
}

/** Marks the hour of a late event for recomputation, once in a step. */
export function markDirtyHour(step: StepContext, event: Event): void {
  const record = dirtyHour(event);
  const name = latin1(record.key);
  if (step.dirtyHours.has(name)) return;
  step.dirtyHours.add(name);
  write(step, record);
}
