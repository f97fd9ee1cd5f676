import { type Bytes, utf8 } from '../event/bytes.ts';
import { decodeForwarded } from '../event/codec.ts';
import type { LogRecord } from '../ports/event-log.ts';
import type { DueTimer, StateChange } from '../ports/state-store.ts';
import type { KeyMemory, Moment, PreparedBatch, StepOutcome, TaskProgram } from './contract.ts';
import type { Definitions } from './definitions.ts';
import type { Candidate } from './gate.ts';
import { fireUntil, takeCandidate, takeEvent } from './key-events.ts';
import { encodeOwned } from './owners.ts';
import type { KeyWork, Owned } from './key-work.ts';
import type { StepSettings } from './services.ts';
import { inOrderOfTime, workOf } from './step-context.ts';
import type { StepContext } from './step-context.ts';
import { STATE_HEADER_BYTES } from './state-value.ts';
import { createTally } from './tally.ts';
import { adoptVersions } from './versions.ts';

/** Decoded one by one as the step comes to them: all at once would outlive collections. */
export interface KeyedBatch extends PreparedBatch {
  readonly items: readonly KeyedItem[];
}

interface KeyedItem {
  readonly key: string;
  readonly value: Bytes;
}

/**
 * Levels 1 and 2: what happens under a key. Dedupe, the key's clock and timers, dialogue and
 * intents, patterns, segments, emission; see `key-events.ts` for the order of things.
 */
export function createKeyProgram(
  level: 1 | 2,
  settings: StepSettings,
): TaskProgram<Definitions, KeyedBatch> {
  return {
    level,
    prepare: (records) => prepare(records),
    step(memory, batch, timers, moment, definitions) {
      const step = openStep(level, settings, memory, moment, definitions);
      for (const { key, value } of batch.items) {
        const work = openWork(step, key);
        const content = decodeForwarded(value);
        if ('event' in content) takeEvent(step, work, content.event, content.order);
        else takeCandidate(step, work, content.candidate as unknown as Candidate);
      }
      for (const work of step.works.values()) fireUntil(step, work, moment.watermark);
      fireTimers(step, timers);
      return close(step);
    },
  };
}

function prepare(records: Iterable<LogRecord>): KeyedBatch {
  const items: KeyedItem[] = [];
  const keys = new Set<string>();
  for (const { key: keyBytes, value } of records) {
    if (keyBytes === null || value === null) continue;
    const key = utf8(keyBytes);
    keys.add(key);
    items.push({ key, value });
  }
  return { keys: [...keys], greatestTime: null, items };
}

function openStep(
  level: 1 | 2,
  settings: StepSettings,
  memory: KeyMemory,
  moment: Moment,
  definitions: Definitions,
): StepContext {
  return {
    level,
    settings,
    definitions,
    moment,
    memory,
    works: new Map(),
    written: [],
    now: moment.watermarkBefore,
    tally: createTally(),
    ordinals: new Map(),
    dirtyHours: new Set(),
  };
}

/** The key's work; at its first touch in a step, versions that are gone make room. */
function openWork(step: StepContext, key: string): KeyWork {
  const known = step.works.get(key);
  if (known !== undefined) return known;
  const work = workOf(step, key);
  adoptVersions(step, work);
  return work;
}

/** Timers of keys that no event of the batch touched. */
function fireTimers(step: StepContext, timers: readonly DueTimer[]): void {
  for (const { key } of timers) {
    if (step.works.has(key)) continue;
    fireUntil(step, openWork(step, key), step.moment.watermark);
  }
}

/** Encodes what changed: one value or tombstone per (key, owner). */
function close(step: StepContext): StepOutcome {
  const changes: StateChange[] = [];
  for (const work of step.works.values()) {
    for (const owner of work.dirty) {
      const change = changeOf(step, work, owner);
      if (change !== null) changes.push(change);
    }
  }
  return { changes, records: inOrderOfTime(step.written), counts: step.tally.counts() };
}

/** The matcher keeps its own bound; above the limit of the topic nothing may come. */
function bytesMax(step: StepContext, owned: Owned): number {
  const { derivedBytes } = step.settings.configuration.limits;
  const own = owned.kind === 'segment' ? owned.plan.machine.definition.limits.bytes : derivedBytes;
  return Math.min(own, derivedBytes) + STATE_HEADER_BYTES;
}

function changeOf(step: StepContext, work: KeyWork, owner: string): StateChange | null {
  const slot = work.slots.get(owner);
  if (slot === undefined || slot.state === undefined) return null;
  let value = encodeOwned(slot.state as Owned);
  if (value !== null && value.length > bytesMax(step, slot.state as Owned)) {
    step.tally.add('parley_bounds_total', { bound: 'state_bytes', owner });
    value = null;
  }
  if (value === null) {
    const stored = slot.value !== null;
    work.slots.delete(owner);
    return stored ? { key: work.text, owner, value: null } : null;
  }
  if (slot.value === value) return null;
  return { key: work.text, owner, value };
}
