import { bodyBytes, packValue, unpackValue } from './body.ts';
import type { Cell } from './body.ts';
import type { KeyPlan } from './definitions.ts';
import { decodeDialogueOwned, encodeDialogueOwned } from './dialogue-stage.ts';
import { decodeGate, encodeGate } from './gate.ts';
import { decodeHeld, encodeHeld } from './held-events.ts';
import type { Owned, PatternOwned, SegmentOwned } from './key-work.ts';
import { decodeSeen, encodeSeen } from './seen.ts';
import { encodeStateValue, heldDue, heldListed } from './state-value.ts';

/**
 * Who owns state under a key, by the name of the owner:
 *
 * - `p/<pattern>/<digest>`: partial matches of a version
 * - `s/<segment>/<digest>`: windows and membership
 * - `g/<pattern>`: what `atMost` counted and quiet hours hold; it outlives versions
 * - `dialogue`: what a conversation left behind
 * - `held`: events sorted until the watermark reaches them
 * - `seen`: clock, ids and how runs ended
 *
 * The digest of the definition stands in the owner's name, not again in the value.
 */
export const SEEN = 'seen';
export const DIALOGUE = 'dialogue';
export const HELD = 'held';

export function gateOwner(pattern: string): string {
  return `g/${pattern}`;
}

/**
 * @param value As held: a text of one character a byte.
 * @returns undefined where the owner is none that this set knows: its definition is gone.
 */
export function decodeOwned(
  owner: string,
  value: string,
  plan: KeyPlan | null,
): Owned | undefined {
  const due = heldDue(value);
  if (owner === SEEN) return decodeSeen(value, due);
  if (owner === DIALOGUE) return decodeDialogueOwned(unpackValue(value), due);
  if (owner === HELD) return decodeHeld(unpackValue(value), due);
  if (owner.startsWith('g/')) return decodeGate(unpackValue(value), due);
  const known = plan?.owners.get(owner);
  if (known === undefined) return undefined;
  if (known.kind === 'segment') {
    const [since, ...cells] = unpackValue(value);
    const state = known.machine.decode(cells);
    const member = heldListed(value);
    return { kind: 'segment', plan: known, state, due, member, since: Number(since) };
  }
  const runs = known.matcher.decode(bodyBytes(value));
  const end = known.matcher.due(runs) === null ? due : null;
  return { kind: 'pattern', plan: known, runs, due, end };
}

/** As `decodeOwned` reads it; null where nothing needs to be kept: a tombstone. */
export function encodeOwned(owned: Owned): string | null {
  switch (owned.kind) {
    case 'seen':
      return owned.ids.length === 0 && owned.endings.length === 0 ? null : encodeSeen(owned);
    case 'pattern':
      return encodePattern(owned);
    case 'segment':
      return encodeSegment(owned);
    case 'gate':
      return encodeGate(owned);
    case 'held':
      return encodeHeld(owned);
    case 'gone':
      return null;
    case 'dialogue':
      return encodeDialogueOwned(owned);
  }
}

function encodePattern({ plan, runs, due }: PatternOwned): string | null {
  if (plan.matcher.isEmpty(runs)) return null;
  return encodeStateValue({ due, listed: false }, plan.matcher.encode(runs));
}

function encodeSegment({ plan, state, due, member, since }: SegmentOwned): string | null {
  if (!member && plan.machine.isEmpty(state)) return null;
  const cells = [since, ...(plan.machine.encode(state) as readonly Cell[])];
  return packValue({ due, listed: member }, cells);
}
