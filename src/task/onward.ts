import { utf8Bytes } from '../event/bytes.ts';
import { encodeCandidate, encodeForwarded } from '../event/codec.ts';
import type { Event, Json } from '../event/event.ts';
import type { Candidate } from './gate.ts';
import { keyText, keyValueOf } from './key.ts';
import { write } from './step-context.ts';
import type { StepContext } from './step-context.ts';

/**
 * Sends a derived event to the keys of level 2 that want its type. `subject` is its stated output
 * key: the value of a key field that its data does not carry.
 */
export function forwardOnward(step: StepContext, event: Event, subject: string | null): void {
  if (step.level !== 1) return;
  const names = step.definitions.onward.get(event.type);
  if (names === undefined) return;
  let value: string | null = null;
  for (const name of names) {
    const keyValue = keyValueOf(event, name) ?? subject;
    if (keyValue === null) {
      step.tally.add('parley_events_unkeyed_total', { key: name ?? '' });
      continue;
    }
    value ??= encodeForwarded(event, step.settings.onwardOrder);
    write(step, { role: 'keyed.2', key: utf8Bytes(keyText(name, keyValue)), value });
    step.tally.add('parley_events_forwarded_total', { level: '2' });
  }
}

/**
 * Sends a candidate to the gate of another key. Gates of other keys are always on level 2, also
 * for patterns of level 2: a gate waits for nothing from above.
 */
export function forwardCandidate(step: StepContext, candidate: Candidate, by: string): void {
  const key = keyText(`by:${candidate.pattern}/${candidate.type}`, by);
  const value = encodeCandidate(candidate as unknown as Json);
  write(step, { role: 'keyed.2', key: utf8Bytes(key), value });
}
