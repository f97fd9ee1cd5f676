import type { AppendResult, EventLog, PartitionRecords } from '../../ports/event-log.ts';
import { appendResult, type EmbeddedLog, REBALANCE_TIMEOUT_MS } from './log.ts';
import { openEmbeddedProducer } from './producer.ts';
import { openEmbeddedReader } from './reader.ts';

/** The port over the data folder. */
export function createEmbeddedLog(log: EmbeddedLog, close: () => void): EventLog {
  const attempt = <T>(work: () => T): Promise<T> => {
    try {
      return Promise.resolve(log.guarded(work));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  };
  const commitPlain = (batches: readonly PartitionRecords[]): AppendResult[] => {
    const placed = log.place(batches);
    try {
      log.commit(placed, new Map());
    } catch (error) {
      log.forget(placed);
      throw error;
    }
    return placed.map(appendResult);
  };
  return {
    describeTopic: (topic) => attempt(() => log.describeTopic(topic)),
    createTopic: ({ topic, partitions, settings }) =>
      attempt(() => log.createTopic(topic, partitions, { ...settings })),
    openReader: () => openEmbeddedReader(log),
    openProducer: (transactionalId) => openEmbeddedProducer(log, transactionalId),
    fence: (transactionalId) =>
      attempt(() => {
        const held = log.epochs.get(transactionalId);
        if (held === undefined) return;
        held.epoch++;
        held.abort?.();
        held.abort = null;
      }),
    openGroup: (name, topics) => {
      let member: string | null = null;
      let listener: (why: 'rebalance' | 'lost') => void = () => {};
      const group = log.group(name);
      return {
        join: () =>
          new Promise((resolve, reject) => {
            const notify = (why: 'rebalance' | 'lost'): void => queueMicrotask(() => listener(why));
            group.join(member, { client: '', topics, notify }, (outcome) => {
              if ('error' in outcome) {
                reject(outcome.error);
                return;
              }
              member = outcome.value.identity.member;
              resolve(outcome.value);
            });
          }),
        onRebalance: (added) => {
          listener = added;
        },
        rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
        leave: () =>
          attempt(() => {
            if (member !== null) group.remove(member, 'left');
          }),
      };
    },
    committedOffsets: (name, partitions, requireStable) =>
      attempt(() =>
        partitions.map((at) => {
          const stable = log.group(name).committed(at, requireStable);
          return stable && log.committedOffset(name, at);
        }),
      ),
    commitOffsets: (identity, offsets) =>
      attempt(() => {
        log.group(identity.group).check(identity);
        log.commit([], new Map([[identity.group, [...offsets]]]));
      }),
    append: (batches) => attempt(() => commitPlain(batches)),
    startOffsets: (partitions) => attempt(() => partitions.map((at) => log.partition(at).start)),
    endOffsets: (partitions, isolation) =>
      attempt(() =>
        partitions.map((at) => {
          const partition = log.partition(at);
          return isolation === 'committed' ? log.stableEnd(partition) : partition.next;
        }),
      ),
    offsetsForTime: (partitions, timeMs) =>
      attempt(() =>
        partitions.map((at) => {
          const partition = log.partition(at);
          if (partition.kind !== 'batches') return partition.start;
          const found = log.segments.offsetForTime(partition.pid, partition.start, timeMs);
          return found ?? partition.next;
        }),
      ),
    trim: (before) =>
      attempt(() => {
        for (const one of before) log.trim(one, one.offset);
      }),
    close: () => attempt(close),
  };
}
