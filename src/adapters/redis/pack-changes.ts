import { type Bytes, writeBytes } from '../../event/bytes.ts';
import type { StateChange } from '../../ports/state-store.ts';
import { stateDue, stateListed } from '../../task/state-value.ts';

/** Of a run of changes of one key, and of each change in it, beside what has its own length. */
const RUN_BYTES = 6;
const CHANGE_BYTES = 8;
const OWNER_BYTES = 2;

/**
 * All changes of a write as one argument of a script, in the layout that `lua/changes.lua` reads.
 * Changes of one key that stand side by side share its name.
 */
export function packChanges(changes: readonly StateChange[]): Buffer {
  const owners = new Map<string, number>();
  const scores = changes.map(({ value }) => (value === null ? '' : scoreOf(value)));
  let bytes = 2;
  changes.forEach(({ key, owner, value }, i) => {
    if (!owners.has(owner)) {
      owners.set(owner, owners.size + 1);
      bytes += OWNER_BYTES + Buffer.byteLength(owner);
    }
    if (key !== changes[i - 1]?.key) bytes += RUN_BYTES + Buffer.byteLength(key);
    bytes += CHANGE_BYTES + (scores[i] as string).length + (value?.length ?? 0);
  });
  const packed = Buffer.allocUnsafe(bytes);
  let at = packed.writeUInt16BE(owners.size, 0);
  for (const owner of owners.keys()) {
    const length = packed.write(owner, at + OWNER_BYTES);
    packed.writeUInt16BE(length, at);
    at += OWNER_BYTES + length;
  }
  let runAt = 0;
  let run = 0;
  changes.forEach(({ key, owner, value }, i) => {
    if (key !== changes[i - 1]?.key) {
      const length = packed.write(key, at + 4);
      packed.writeUInt32BE(length, at);
      runAt = at + 4 + length;
      at = runAt + 2;
      run = 0;
    }
    packed.writeUInt16BE(++run, runAt);
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

/** Without a due time a value stands last in the order of timers. */
function scoreOf(value: Bytes): string {
  const due = stateDue(value);
  return due === null ? '+inf' : String(due);
}
