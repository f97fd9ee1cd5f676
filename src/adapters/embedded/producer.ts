import {
  LogError,
  type OffsetToCommit,
  type TransactionalProducer,
} from '../../ports/event-log.ts';
import type { Participant } from '../memory/transactions.ts';
import { appendResult, type EmbeddedLog, type Placed } from './log.ts';

/** Gathers a transaction in memory; `end` writes it in one database transaction. */
export function openEmbeddedProducer(
  log: EmbeddedLog,
  transactionalId: string,
): TransactionalProducer {
  let epoch = -1;
  let placed: Placed[] = [];
  let offsets = new Map<string, OffsetToCommit[]>();
  let holds: Participant[] = [];

  const abort = (): void => {
    log.forget(placed);
    for (const hold of holds) hold.settle('abort');
    placed = [];
    offsets = new Map();
    holds = [];
  };
  const begin = (): void => {
    const held = log.epochs.get(transactionalId);
    if (held === undefined || held.epoch !== epoch) {
      throw new LogError('FENCED', `epoch ${epoch} of ${transactionalId} is not in force`, {
        definite: true,
      });
    }
    held.abort = abort;
  };
  return {
    transactionalId,
    init: async () => {
      const held = log.epochs.get(transactionalId);
      held?.abort?.();
      epoch = (held?.epoch ?? -1) + 1;
      log.epochs.set(transactionalId, { epoch, abort: null });
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
      begin();
      try {
        if (outcome === 'commit') log.guarded(() => log.commit(placed, offsets));
        for (const hold of holds) hold.settle(outcome);
        holds = [];
        if (outcome === 'commit') placed = [];
      } finally {
        abort();
      }
    },
    close: () => Promise.resolve(),
  };
}
