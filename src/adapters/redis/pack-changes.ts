import { Buffer } from 'node:buffer';
import { type Bytes, writeBytes } from '../../event/bytes.ts';
import type { StateChange } from '../../ports/state-store.ts';
import { stateDue, stateListed } from '../../task/state-value.ts';

/** Of a run of changes of one key, and of each change, beside what has its own length. */
const RUN_BYTES = 6;
const CHANGE_BYTES = 8;
const OWNER_BYTES = 2;

/**
 * All changes of a write as one argument of a script, in the layout that `lua/changes.lua` reads.
 * Changes of one key that stand side by side share its name.
 */
export function packChanges(changes: readonly StateChange[]): Buffer {
  const owners = new Map<string, number>();
  const scores: string[] = [];
  let runs = 0;
  let bytes = OWNER_BYTES + 4;
  let last: string | null = null;
  for (const { key, owner, value } of changes) {
    if (!owners.has(owner)) {
      owners.set(owner, owners.size + 1);
      bytes += OWNER_BYTES + Buffer.byteLength(owner);
    }
    if (key !== last) {
      runs++;
      bytes += RUN_BYTES + Buffer.byteLength(key);
      last = key;
    }
    const score = value === null ? '' : scoreOf(value);
    scores.push(score);
    bytes += CHANGE_BYTES + score.length + (value?.length ?? 0);
  }
  const packed = Buffer.allocUnsafe(bytes);
  let at = packed.writeUInt16BE(owners.size, 0);
  for (const owner of owners.keys()) {
    const length = packed.write(owner, at + OWNER_BYTES);
    packed.writeUInt16BE(length, at);
    at += OWNER_BYTES + length;
  }
  at = packed.writeUInt32BE(runs, at);
  for (let i = 0; i < changes.length; ) {
    const { key } = changes[i] as StateChange;
    const first = i;
    do i++;
    while (changes[i]?.key === key);
    const length = packed.write(key, at + RUN_BYTES);
    packed.writeUInt16BE(i - first, at);
    packed.writeUInt32BE(length, at + 2);
    at += RUN_BYTES + length;
  }
  changes.forEach(({ owner, value }, i) => {
    at = packed.writeUInt16BE(owners.get(owner) as number, at);
    at = packed.writeUInt8(value !== null && stateListed(value) ? 1 : 0, at);
    const score = scores[i] as string;
    at = packed.writeUInt8(score.length, at);
    at += packed.write(score, at, 'latin1');
    at = packed.writeUInt32BE(value?.length ?? 0, at);
    if (value !== null) at = writeBytes(packed, at, value);
  });
  return packed;
}

/** Empty without a due time. */
function scoreOf(value: Bytes): string {
  const due = stateDue(value);
  return due === null ? '' : String(due);
}
