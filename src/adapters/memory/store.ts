import { type StateStore, StoreError } from '../../ports/state-store.ts';
import { ask, type Link, LinkLost, perfectLink } from './link.ts';
import type { MemoryStoreServer } from './store-server.ts';

/** A client of the in-memory store. */
export function connectMemoryStore(
  server: MemoryStoreServer,
  link: Link = perfectLink(),
  writeEveryMs = 0,
): StateStore {
  const call = async <T>(operation: string, run: () => T): Promise<T> => {
    try {
      return await ask(link, operation, run);
    } catch (error) {
      if (error instanceof LinkLost) throw new StoreError('UNKNOWN', error.message, error);
      throw error;
    }
  };
  return {
    writeEveryMs,
    position: (task) => call('position', () => server.position(task)),
    read: (task, keys) => call('read', () => server.read(task, keys)),
    apply: (task, write) => call('apply', () => server.apply(task, write)),
    beginRebuild: (task, expected, options) =>
      call('beginRebuild', () => server.beginRebuild(task, expected, options)),
    rebuildChunk: (task, token, index, changes) =>
      call('rebuildChunk', () => server.rebuildChunk(task, token, index, changes)),
    finishRebuild: (task, token, chunks, at) =>
      call('finishRebuild', () => server.finishRebuild(task, token, chunks, at)),
    dueTimers: (task, from, until, limit, after) =>
      call('dueTimers', () => server.dueTimers(task, from, until, limit, after)),
    listed: (task, owner, cursor, limit) =>
      call('listed', () => page(server.listed(task, owner), cursor, limit, 'keys')),
    countListed: (task, owner) => call('countListed', () => server.listed(task, owner).length),
    scan: (task, cursor, limit) =>
      call('scan', () => page(server.scan(task), cursor, limit, 'entries')),
    close: () => Promise.resolve(),
  };
}

function page<T, Name extends string>(
  all: readonly T[],
  cursor: string | null,
  limit: number,
  name: Name,
): { [name in Name]: readonly T[] } & { next: string | null } {
  const from = cursor === null ? 0 : Number(cursor);
  const next = from + limit < all.length ? String(from + limit) : null;
  return { [name]: all.slice(from, from + limit), next } as {
    [name in Name]: readonly T[];
  } & { next: string | null };
}
