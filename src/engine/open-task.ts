import { ParleyError } from '../event/errors.ts';
import { decodeOffsetMetadata } from '../ports/changelog.ts';
import type { CommittedOffset, TopicPartition } from '../ports/event-log.ts';
import { ReadingStopped, readLastMeta } from './changelog-reader.ts';
import type { ProgressView } from './progress.ts';
import { type RebuildContext, reconcileStore, StaleOpening } from './rebuild.ts';
import type { CommittedMeta } from './task.ts';
import type { TaskPlace } from './topology.ts';

/** Where an opened task stands: what rules 4 to 8 found and made true of the store. */
export interface Opened {
  readonly meta: CommittedMeta;
  /** Input offset to go on from. */
  readonly offset: number;
  /** Not below what its former owner told the level below. */
  readonly watermark: number;
}

export interface OpenContext extends RebuildContext {
  readonly group: string;
  readonly transactionalId: string;
  readonly progress: ProgressView;
  /** Offset at which the first start of the application begins. */
  readonly startOffset: (at: TopicPartition) => Promise<number>;
}

const POLL_MS = 20;
/** After so many looks a fetched sequence that stays ahead of `__meta` is a lost changelog. */
const AHEAD_ATTEMPTS = 50;

/**
 * Opens a task: the one place. Throws `ParleyError` PARLEY_STATE_AHEAD and
 * PARLEY_OFFSET_OUT_OF_RANGE, which halt the task; everything else means: open again.
 */
export async function openTask(context: OpenContext, task: TaskPlace): Promise<Opened> {
  for (let attempt = 0; ; attempt++) {
    const early = context.guards.metaAfterFetch ? null : await lastMeta(context, task);
    const earlyEnd = context.guards.foldSeesMeta ? null : await changelogEnd(context, task);
    // Rule 4: the offset, once nothing that could still change it is pending.
    const fetched = await stableOffset(context, task);
    // Rule 5: only then the authority, read to the end.
    const meta = early ?? (await lastMeta(context, task));
    // Rule 6.
    const fetchedSeq = decodeOffsetMetadata(fetched.metadata);
    if (context.guards.metaCrossCheck && fetched.offset >= 0 && fetchedSeq > (meta?.seq ?? 0)) {
      if (attempt < AHEAD_ATTEMPTS) {
        await context.clock.sleep(POLL_MS);
        continue;
      }
      throw new ParleyError(
        'PARLEY_STATE_AHEAD',
        `${task.name}: the group has commit ${fetchedSeq}, the changelog ${meta?.seq ?? 0}.`,
        { details: { task: task.name, fetchedSeq, metaSeq: meta?.seq ?? 0 } },
      );
    }
    const found = meta ?? freshMeta(context);
    const offset = await inputOffset(context, task, fetched, meta);
    // Rules 7 and 8.
    if (task.level > 0) {
      try {
        await reconcileStore(context, task, found, earlyEnd);
      } catch (error) {
        if (!(error instanceof StaleOpening) || attempt >= AHEAD_ATTEMPTS) throw error;
        continue;
      }
    }
    const watermark = Math.max(found.watermark, context.progress.watermark(task.name) ?? 0);
    return { meta: found, offset, watermark };
  }
}

function freshMeta(context: OpenContext): CommittedMeta {
  const history = context.newId();
  return { seq: 0, offset: -1, watermark: 0, patternSet: 0, owner: '', nonce: '', history };
}

/** The group's offset, after transactions pending on it ended; a dead owner's is ended at once. */
async function stableOffset(context: OpenContext, task: TaskPlace): Promise<CommittedOffset> {
  const { log, group, guards, clock } = context;
  let fenced = false;
  for (;;) {
    const [fetched] = await log.committedOffsets(group, [task.at], guards.stableFetch);
    if (fetched) return fetched;
    if (context.stop()) throw new ReadingStopped();
    if (!fenced) {
      fenced = true;
      // For speed only: it may miss the one that is pending, the time-out ends it anyway.
      const owner = (await lastMeta(context, task, false))?.owner ?? '';
      if (owner !== '' && owner !== context.transactionalId) await log.fence(owner);
    }
    await clock.sleep(POLL_MS);
  }
}

async function lastMeta(
  context: OpenContext,
  task: TaskPlace,
  toTheEnd = context.guards.metaToTheEnd,
): Promise<CommittedMeta | null> {
  const { log, progress, stop } = context;
  if (task.level > 0) {
    return readLastMeta(log, task.changelog, { stop, toTheEnd });
  }
  if (!(await progress.catchUp(stop, toTheEnd))) throw new ReadingStopped();
  return progress.meta(task.name);
}

async function changelogEnd({ log }: OpenContext, task: TaskPlace): Promise<number> {
  return (await log.endOffsets([task.changelog], 'committed'))[0] ?? 0;
}

/** Where to read on, inside what the log holds. */
async function inputOffset(
  context: OpenContext,
  task: TaskPlace,
  fetched: CommittedOffset,
  meta: CommittedMeta | null,
): Promise<number> {
  const { log } = context;
  // Equal sequences: the greater of both; the group's may be a plain commit past control records.
  const sameSeq = meta !== null && decodeOffsetMetadata(fetched.metadata) === meta.seq;
  const committed = meta?.offset ?? fetched.offset;
  const known = sameSeq ? Math.max(fetched.offset, committed) : committed;
  const offset = known < 0 ? await context.startOffset(task.at) : known;
  const [start = 0] = await log.startOffsets([task.at]);
  const [end = 0] = await log.endOffsets([task.at], 'uncommitted');
  if (offset >= start && offset <= end) return offset;
  throw new ParleyError(
    'PARLEY_OFFSET_OUT_OF_RANGE',
    `${task.name}: the next offset is ${offset}, but the log holds ${start} to ${end}.`,
    { details: { task: task.name, offset, start, end } },
  );
}
