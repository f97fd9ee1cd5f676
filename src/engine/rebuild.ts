import { TOMBSTONE_RETENTION_MS } from '../event/topics.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import {
  samePosition,
  type StateChange,
  type StateStore,
  type StorePosition,
} from '../ports/state-store.ts';
import { readChangelog, ReadingStopped, readLastMeta } from './changelog-reader.ts';
import type { Guards } from './guards.ts';
import type { CommittedMeta } from './task.ts';
import type { TaskPlace } from './topology.ts';

/** Most values in one write; the Lua stack bounds it (facts 4). */
const CHUNK_MAX = 3_000;
const ATTEMPTS = 20;

export interface RebuildContext {
  readonly log: EventLog;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly guards: Guards;
  readonly newId: () => string;
  readonly stop: () => boolean;
  /** Most values in one write. */
  readonly chunkMax?: number;
  /** Told which path was taken, and how many values it wrote. */
  readonly onPath: (path: RebuildPath, values: number) => void;
}

export type RebuildPath = 'clean' | 'fold' | 'rebuild';

/** The changelog has gone further than the `__meta` that this opening stands on: reopen. */
export class StaleOpening extends Error {}

/** The store moved while it was brought to the changelog, again and again. */
export class StoreUnsettled extends Error {}

/**
 * Brings the store of a task to commit `meta.seq` of the changelog (rules 7 and 8), whatever it
 * holds. `end`: where to stop reading; the end of now unless a test says so. Throws
 * `StaleOpening`, `StoreUnsettled`, and what the ports throw; all mean: open again.
 */
export async function reconcileStore(
  context: RebuildContext,
  task: TaskPlace,
  meta: CommittedMeta,
  end: number | null = null,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (context.stop()) throw new ReadingStopped();
    const held = await context.store.position(task.at);
    const plan = planFor(context, held, meta);
    if (plan === 'clean') {
      context.onPath('clean', 0);
      return;
    }
    if (held !== null && held.seq > meta.seq && held.history === meta.history) {
      // Or it is this opening that is behind.
      const options = { stop: context.stop, toTheEnd: true };
      const again = await readLastMeta(context.log, task.changelog, options);
      if ((again?.seq ?? 0) > meta.seq) throw new StaleOpening(`${task.name} moved on elsewhere`);
    }
    if (await runPlan(context, task, meta, held, plan, end)) return;
  }
  throw new StoreUnsettled(`the store of ${task.name} does not settle`);
}

/** What has to be done with what the store holds (the table of DESIGN 2). */
export function planFor(
  context: Pick<RebuildContext, 'guards' | 'clock'>,
  held: StorePosition | null,
  meta: CommittedMeta,
): RebuildPath {
  const { guards, clock } = context;
  if (held === null) return 'rebuild';
  if (guards.historyChecked && held.history !== meta.history) return 'rebuild';
  if (held.seq === meta.seq && held.marker === null) return 'clean';
  // More commits than the changelog knows: another history under the same id.
  if (held.seq >= meta.seq) return 'rebuild';
  const age = clock.now() - held.writtenAt;
  if (guards.tombstoneAge && age > TOMBSTONE_RETENTION_MS / 2) return 'rebuild';
  return 'fold';
}

/** True when the store stands at the commit; false when it moved meanwhile. */
async function runPlan(
  context: RebuildContext,
  task: TaskPlace,
  meta: CommittedMeta,
  held: StorePosition | null,
  plan: 'fold' | 'rebuild',
  until: number | null,
): Promise<boolean> {
  const { log } = context;
  const [start = 0] = await log.startOffsets([task.changelog]);
  const end = until ?? (await log.endOffsets([task.changelog], 'uncommitted'))[0] ?? 0;
  const from = plan === 'fold' ? Math.max(start, held?.changelogOffset ?? 0) : start;
  const writer = new ChunkWriter(context, task, meta, held, plan);
  let seen = meta.seq === 0;
  let offset = from;
  for await (const entries of readChangelog(log, task.changelog, from, end, context.stop)) {
    const batch: StateChange[] = [];
    for (const entry of entries) {
      offset = entry.offset + 1;
      if (entry.kind === 'state') {
        batch.push(entry.change);
        continue;
      }
      if (entry.meta.seq > meta.seq) throw new StaleOpening(`${task.name} was committed elsewhere`);
      if (entry.meta.nonce === meta.nonce) seen = true;
    }
    if (!(await writer.add(batch))) return false;
  }
  if (!seen && context.guards.foldSeesMeta) {
    throw new StaleOpening(`the changelog of ${task.name} does not show commit ${meta.seq}`);
  }
  return writer.finish(offset);
}

/** Writes what a fold finds: in one write while it fits, in chunks under a marker beyond. */
class ChunkWriter {
  readonly #context: RebuildContext;
  readonly #task: TaskPlace;
  readonly #meta: CommittedMeta;
  readonly #held: StorePosition | null;
  readonly #clear: boolean;
  readonly #token: string;
  readonly #startedAt: number;
  readonly #buffer = new Map<string, StateChange>();
  #begun = false;
  #chunks = 0;
  #values = 0;

  constructor(
    context: RebuildContext,
    task: TaskPlace,
    meta: CommittedMeta,
    held: StorePosition | null,
    plan: 'fold' | 'rebuild',
  ) {
    this.#context = context;
    this.#task = task;
    this.#meta = meta;
    this.#held = held;
    this.#clear = plan === 'rebuild';
    this.#token = context.newId();
    this.#startedAt = context.clock.now();
  }

  async add(changes: readonly StateChange[]): Promise<boolean> {
    const max = this.#context.chunkMax ?? CHUNK_MAX;
    for (const change of changes) {
      const name = `${change.key}\u0000${change.owner}`;
      this.#buffer.delete(name);
      this.#buffer.set(name, change);
      if (this.#buffer.size >= max && !(await this.#send())) return false;
    }
    return true;
  }

  async finish(changelogOffset: number): Promise<boolean> {
    const { store, clock, onPath } = this.#context;
    const { at } = this.#task;
    const { seq, history } = this.#meta;
    const path = this.#clear ? 'rebuild' : 'fold';
    const writtenAt = clock.now();
    const single = !this.#begun && !this.#clear && this.#held?.marker === null;
    if (single) {
      const outcome = await store.apply(at, {
        history,
        from: (this.#held?.seq ?? 0) + 1,
        to: seq,
        changes: [...this.#buffer.values()],
        changelogOffset,
        writtenAt,
      });
      if (outcome !== 'applied') return false;
      onPath(path, this.#buffer.size);
      return true;
    }
    if (this.#buffer.size > 0 || !this.#begun) {
      if (!(await this.#send())) return false;
    }
    if (this.#clear && this.#tooSlow()) return false;
    const to = { seq, changelogOffset, writtenAt };
    const outcome = await store.finishRebuild(at, this.#token, this.#chunks, to);
    if (outcome !== 'applied') return false;
    onPath(path, this.#values);
    return true;
  }

  async #send(): Promise<boolean> {
    const { store } = this.#context;
    const { at } = this.#task;
    if (!this.#begun) {
      const begun = await store.beginRebuild(at, this.#held, {
        token: this.#token,
        history: this.#meta.history,
        clear: this.#clear,
        writtenAt: this.#startedAt,
      });
      if (begun === 'refused') return false;
      this.#begun = true;
    }
    const changes = [...this.#buffer.values()];
    this.#buffer.clear();
    if (changes.length === 0) return true;
    const outcome = await store.rebuildChunk(at, this.#token, this.#chunks, changes);
    this.#chunks++;
    this.#values += changes.length;
    return outcome === 'applied';
  }

  /** Tombstones that the reading met late may be gone for what it met early: start again. */
  #tooSlow(): boolean {
    const { clock, guards } = this.#context;
    return guards.tombstoneAge && clock.now() - this.#startedAt > TOMBSTONE_RETENTION_MS / 2;
  }
}

/** Whether the store still stands where the task left it (rule 15). */
export function storeStandsAt(
  held: StorePosition | null,
  expected: { readonly history: string; readonly seq: number },
): boolean {
  return samePosition(
    held && { ...held, changelogOffset: 0, writtenAt: 0 },
    { ...expected, marker: null, changelogOffset: 0, writtenAt: 0 },
  );
}
