import type {
  EventLog,
  GroupIdentity,
  OffsetToCommit,
  TransactionalProducer,
} from '../src/ports/event-log.ts';

/**
 * A log whose producers know no transactions: records are appended plainly, then the offsets are
 * committed plainly. At least once. Only for finding out what exactly once costs.
 */
export function withoutTransactions(log: EventLog): EventLog {
  const plain: Partial<EventLog> = {
    openProducer: (transactionalId) => plainProducer(log, transactionalId),
    fence: async () => {},
  };
  return new Proxy(log, {
    get(target, name) {
      const replaced = plain[name as keyof EventLog];
      if (replaced !== undefined) return replaced;
      const own: unknown = Reflect.get(target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

function plainProducer(log: EventLog, transactionalId: string): TransactionalProducer {
  let held: { readonly identity: GroupIdentity; readonly offsets: readonly OffsetToCommit[] } | null =
    null;
  return {
    transactionalId,
    init: async () => {},
    sendOffsets: async (identity, offsets) => {
      held = { identity, offsets };
    },
    append: (batches) => log.append(batches),
    end: async (outcome) => {
      if (held !== null && outcome === 'commit') await log.commitOffsets(held.identity, held.offsets);
      held = null;
    },
    close: async () => {},
  };
}
