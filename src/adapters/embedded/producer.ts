import {
  LogError,
  type OffsetToCommit,
  type TransactionalProducer,
} from '../../ports/event-log.ts';
import type { Participant } from '../memory/transactions.ts';
import { guardedLog } from './errors.ts';
import { appendResult, type EmbeddedLog, type Holder, type Placed } from './log.ts';

/** Gathers a transaction in memory; `end` has it written in one database transaction. */
export function openEmbeddedProducer(
  log: EmbeddedLog,
  transactionalId: string,
): TransactionalProducer {
  let epoch = -1;
  let placed: Placed[] = [];
  let offsets = new Map<string, OffsetToCommit[]>();
  let holds: Participant[] = [];

  /** What is open, which is then no longer so. */
  const take = () => {
    const open = { placed, offsets, holds };
    placed = [];
    offsets = new Map();
    holds = [];
    return open;
  };
  const abort = (): void => {
    const open = take();
    log.forget(open.placed);
    for (const hold of open.holds) hold.settle('abort');
  };
  const begin = (): Holder => {
    const held = log.holders.get(transactionalId);
    if (held === undefined || held.epoch !== epoch) {
      throw new LogError('FENCED', `epoch ${epoch} of ${transactionalId} is not in force`, {
        definite: true,
      });
    }
    held.abort = abort;
    return held;
  };
  const commit = async (): Promise<void> => {
    const open = take();
    let outcome: 'commit' | 'abort' = 'abort';
    try {
      await guardedLog(() => log.commit(open.placed, open.offsets));
      outcome = 'commit';
    } finally {
      for (const hold of open.holds) hold.settle(outcome);
    }
  };
  return {
    transactionalId,
    init: async () => {
      epoch = await takeOver(log, transactionalId);
    },
    sendOffsets: async (identity, list) => {
      begin();
      const group = log.group(identity.group);
      group.check(identity);
      holds.push(group.hold(list));
      offsets.set(identity.group, [...(offsets.get(identity.group) ?? []), ...list]);
    },
    append: async (batches) => {
      begin();
      const made = log.place(batches);
      placed.push(...made);
      return made.map(appendResult);
    },
    end: async (outcome) => {
      const held = begin();
      if (outcome === 'abort') {
        abort();
        return;
      }
      const committed = commit();
      const ending = committed.catch(() => {});
      held.abort = null;
      held.ending = ending;
      try {
        await committed;
      } finally {
        if (held.ending === ending) held.ending = null;
      }
    },
    close: () => Promise.resolve(),
  };
}

/**
 * Aborts what the holder of a transactional id has open and fences it; what it is committing is
 * waited for. Returns the epoch of the next holder.
 */
export async function takeOver(log: EmbeddedLog, transactionalId: string): Promise<number> {
  const held = log.holders.get(transactionalId) ?? { epoch: -1, abort: null, ending: null };
  log.holders.set(transactionalId, held);
  const epoch = ++held.epoch;
  held.abort?.();
  held.abort = null;
  await held.ending;
  return epoch;
}
