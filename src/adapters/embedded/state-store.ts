import { decodeStateKey, taskName } from '../../ports/changelog.ts';
import type { TopicPartition } from '../../ports/event-log.ts';
import type { OwnedValue, StateStore, StorePosition } from '../../ports/state-store.ts';
import { decodeBatch, unpackRecords } from './blob.ts';
import type { DatabaseThread } from './database-thread.ts';
import { guardedStore } from './errors.ts';
import type { PackedValues } from './thread/stored-state.ts';

/** Where tasks stand by the last commit that is acknowledged, by name: the thread may be further. */
export type TaskPositions = Map<string, StorePosition | null>;

/** The port over the database thread. Beside the embedded log every write is already there. */
export function createEmbeddedStore(thread: DatabaseThread, positions: TaskPositions): StateStore {
  /** Has a task written otherwise than by a commit. */
  const rewrite = <T>(task: TopicPartition, work: () => Promise<T>): Promise<T> => {
    positions.delete(taskName(task));
    return guardedStore(work);
  };
  return {
    writeEveryMs: 0,
    position: (task) => guardedStore(() => thread.call('position', task)),
    read: (task, keys) =>
      guardedStore(async () => {
        const packed = await thread.read('values', task, keys);
        return { position: packed.position, values: unpackValues(packed) };
      }),
    apply: async (task, write) => {
      const at = positions.get(taskName(task));
      const written = at?.history === write.history && at.marker === null && at.seq === write.to;
      if (written) return 'already';
      const changes = [...write.changes];
      return rewrite(task, () => thread.call('apply', task, { ...write, changes }));
    },
    beginRebuild: (task, expected, options) =>
      rewrite(task, () => thread.call('beginRebuild', task, expected, options)),
    rebuildChunk: (task, token, index, changes) =>
      rewrite(task, () => thread.call('rebuildChunk', task, token, index, changes)),
    finishRebuild: (task, token, chunks, to) =>
      rewrite(task, () => thread.call('finishRebuild', task, token, chunks, to)),
    dueTimers: (task, from, until, limit, after) =>
      guardedStore(() => thread.read('due', task, { from, until, limit, after })),
    listed: (task, owner, cursor, limit) =>
      guardedStore(async () => {
        const keys = await thread.call('listed', task, owner, cursor ?? '', limit);
        return { keys, next: keys.length < limit ? null : (keys.at(-1) ?? null) };
      }),
    countListed: (task, owner) => guardedStore(() => thread.call('countListed', task, owner)),
    scan: (task, cursor, limit) =>
      guardedStore(async () => {
        const after = JSON.parse(cursor ?? '["", ""]') as [string, string];
        const records = unpackRecords(await thread.call('scan', task, after, limit));
        const entries = records.flatMap(({ key, value }) => {
          const owned = key === null ? null : decodeStateKey(key);
          return owned === null ? [] : [{ ...owned, value }];
        });
        const last = entries.at(-1);
        const more = entries.length === limit && last !== undefined;
        return { entries, next: more ? JSON.stringify([last.key, last.owner]) : null };
      }),
    close: () => Promise.resolve(),
  };
}

function unpackValues({ owners, blobs: [blob] }: PackedValues): OwnedValue[][] {
  const values = decodeBatch(blob, 0);
  let next = 0;
  return owners.map((held) =>
    held.map((owner) => ({ owner, value: values[next++]?.value as Uint8Array })),
  );
}
