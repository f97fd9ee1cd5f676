import { randomUUID } from 'node:crypto';
import { latin1 } from '../event/bytes.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { StateStore } from '../ports/state-store.ts';
import { readChangelog, readLastMeta } from './changelog-reader.ts';
import { ALL_GUARDS } from './guards.ts';
import { reconcileStore } from './rebuild.ts';
import type { TaskPlace } from './topology.ts';

/** What a comparison of the store with the folded changelog of a task found. */
export interface Difference {
  readonly values: number;
  /** In the changelog and not, or otherwise, in the store. */
  readonly missing: number;
  readonly different: number;
  /** In the store and not in the changelog. */
  readonly extra: number;
  readonly storeSeq: number | null;
  readonly changelogSeq: number;
}

/** Compares the store with the changelog. The engine must not be running: both would move. */
export async function verifyTask(
  log: EventLog,
  store: StateStore,
  task: TaskPlace,
): Promise<Difference> {
  const folded = new Map<string, string>();
  const [start = 0] = await log.startOffsets([task.changelog]);
  const [end = 0] = await log.endOffsets([task.changelog], 'committed');
  for await (const entries of readChangelog(log, task.changelog, start, end, () => false)) {
    for (const entry of entries) {
      if (entry.kind === 'meta') continue;
      const { key, owner, value } = entry.change;
      if (value === null) folded.delete(`${key}\u0000${owner}`);
      else folded.set(`${key}\u0000${owner}`, latin1(value));
    }
  }
  const values = folded.size;
  let different = 0;
  let extra = 0;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<StateStore['scan']>> = await store.scan(task.at, cursor, 1_000);
    for (const { key, owner, value } of page.entries) {
      const name = `${key}\u0000${owner}`;
      const wanted = folded.get(name);
      folded.delete(name);
      if (wanted === undefined) extra++;
      else if (value === null || wanted !== latin1(value)) different++;
    }
    cursor = page.next;
  } while (cursor !== null);
  const meta = await readLastMeta(log, task.changelog, { stop: () => false, toTheEnd: false });
  const position = await store.position(task.at);
  return {
    values,
    missing: folded.size,
    different,
    extra,
    storeSeq: position?.seq ?? null,
    changelogSeq: meta?.seq ?? 0,
  };
}

/** Deletes what the store holds of a task and rebuilds it from the changelog; values written. */
export async function rebuildTask(
  log: EventLog,
  store: StateStore,
  clock: Clock,
  task: TaskPlace,
): Promise<number> {
  const options = { stop: () => false, toTheEnd: true };
  const meta = await readLastMeta(log, task.changelog, options);
  if (meta === null) return 0;
  const held = await store.position(task.at);
  // A rebuild that nobody goes on with: the opening below finds it and begins its own.
  const begun = { token: randomUUID(), history: meta.history, clear: true, writtenAt: clock.now() };
  await store.beginRebuild(task.at, held, begun);
  let written = 0;
  await reconcileStore(
    {
      log,
      store,
      clock,
      guards: ALL_GUARDS,
      newId: randomUUID,
      stop: () => false,
      onPath: (_, values) => {
        written += values;
      },
    },
    task,
    meta,
  );
  return written;
}
