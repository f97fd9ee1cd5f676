import type { EventLog } from '../../ports/event-log.ts';
import { guardedLog } from './errors.ts';
import { appendResult, type EmbeddedLog, REBALANCE_TIMEOUT_MS } from './log.ts';
import { openEmbeddedProducer, takeOver } from './producer.ts';
import { openEmbeddedReader } from './reader.ts';

/** The port over the data folder. */
export function createEmbeddedLog(log: EmbeddedLog): EventLog {
  const { thread } = log;
  return {
    describeTopic: async (topic) => log.describeTopic(topic),
    createTopic: ({ topic, partitions, settings }) =>
      guardedLog(() => log.createTopic(topic, partitions, settings)),
    openReader: () => openEmbeddedReader(log),
    openProducer: (transactionalId) => openEmbeddedProducer(log, transactionalId),
    fence: async (transactionalId) => {
      if (log.holders.has(transactionalId)) await takeOver(log, transactionalId);
    },
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
        leave: async () => {
          if (member !== null) group.remove(member, 'left');
        },
      };
    },
    committedOffsets: (name, partitions, requireStable) =>
      guardedLog(async () => {
        const held = await thread.call('committed', name, partitions);
        const group = log.group(name);
        return partitions.map((at, i) => group.committed(at, requireStable) && (held[i] ?? null));
      }),
    commitOffsets: (identity, offsets) =>
      guardedLog(() => {
        log.group(identity.group).check(identity);
        return log.commit([], new Map([[identity.group, offsets]]));
      }),
    append: (batches) =>
      guardedLog(async () => {
        const placed = log.place(batches);
        await log.commit(placed, new Map());
        return placed.map(appendResult);
      }),
    startOffsets: (partitions) =>
      guardedLog(() => partitions.map((at) => log.partition(at).start)),
    endOffsets: (partitions, isolation) =>
      guardedLog(() =>
        partitions.map((at) => {
          const partition = log.partition(at);
          return isolation === 'committed' ? log.stableEnd(partition) : partition.next;
        }),
      ),
    offsetsForTime: (partitions, timeMs) =>
      guardedLog(() =>
        Promise.all(
          partitions.map(async (at) => {
            const { pid, kind, start, next } = log.partition(at);
            if (kind !== 'batches') return start;
            return (await thread.call('offsetForTime', pid, start, timeMs)) ?? next;
          }),
        ),
      ),
    trim: (before) =>
      guardedLog(async () => {
        await Promise.all(before.map((one) => log.trim(one, one.offset)));
      }),
    close: () => thread.close(),
  };
}
