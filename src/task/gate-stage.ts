import { utf8Bytes } from '../event/bytes.ts';
import { emptyGate, passGate, releaseHeld } from './gate.ts';
import type { Candidate, Gate } from './gate.ts';
import { addOwned, ownedOf, touch } from './key-work.ts';
import type { KeyWork } from './key-work.ts';
import { gateOwner } from './owners.ts';
import { write } from './step-context.ts';
import type { StepContext } from './step-context.ts';

/**
 * Passes a candidate through the gate of its pattern under this key. False where it is withheld
 * for good; true where it was emitted, or is held and comes later.
 */
export function passCandidate(step: StepContext, work: KeyWork, candidate: Candidate): boolean {
  const { pattern } = candidate;
  if (candidate.atMost === null && candidate.quiet === null) {
    emitText(step, candidate.subject, candidate.text);
    return true;
  }
  const owner = gateOwner(pattern);
  const known = ownedOf(work, owner) as Gate | undefined;
  const gate = known ?? emptyGate();
  if (known === undefined) addOwned(work, owner, gate);
  const verdict = passGate(gate, candidate);
  touch(work, owner, gate.due);
  if (verdict === 'emit') emitText(step, candidate.subject, candidate.text);
  if (verdict === 'emit' || verdict === 'hold') return true;
  step.tally.add('parley_matches_withheld_total', { pattern, reason: verdict });
  return false;
}

/** Time moves to `now`: what quiet hours held until then is emitted. */
export function advanceGate(step: StepContext, gate: Gate, now: number): void {
  for (const { subject, text } of releaseHeld(gate, now)) emitText(step, subject, text);
}

function emitText(step: StepContext, subject: string, text: string): void {
  write(step, { role: 'derived', key: utf8Bytes(subject), value: utf8Bytes(text) });
}
