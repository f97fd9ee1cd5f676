import {
  type Assignment,
  type EventLog,
  type FetchedBatch,
  type GroupMembership,
  type Isolation,
  LogError,
  type Reader,
  type TransactionalProducer,
} from '../../ports/event-log.ts';
import { createAssignments } from '../assignments.ts';
import type { MemoryCluster } from './cluster.ts';
import { ask, type Link, LinkLost, perfectLink } from './link.ts';
import { ConcurrentTransactions, type ProducerSession } from './transactions.ts';

const RETRY_MS = 3;

/** A client of the in-memory log. */
export function connectMemoryLog(cluster: MemoryCluster, link: Link = perfectLink()): EventLog {
  const call = <T>(operation: string, run: () => T): Promise<T> =>
    settle(link, () => ask(link, operation, run));
  return {
    describeTopic: (topic) => call('describeTopic', () => cluster.describeTopic(topic)),
    createTopic: (spec) => call('createTopic', () => cluster.createTopic(spec)),
    openReader: (isolation) => openReader(cluster, link, isolation),
    openProducer: (id, timeoutMs) => openProducer(cluster, link, id, timeoutMs),
    fence: async (id) => {
      await call('fence', () => cluster.transactions.init(id, 60_000));
    },
    openGroup: (group, topics) => openGroup(cluster, link, group, topics),
    committedOffsets: (group, partitions, requireStable) =>
      call('committedOffsets', () => cluster.committedOffsets(group, partitions, requireStable)),
    commitOffsets: (identity, offsets) =>
      call('commitOffsets', () => cluster.commitOffsets(identity, offsets)),
    append: (batches) => call('append', () => cluster.append(batches, null)),
    startOffsets: (partitions) =>
      call('startOffsets', () => partitions.map((at) => cluster.partition(at).start)),
    endOffsets: (partitions, isolation) =>
      call('endOffsets', () => {
        cluster.transactions.expire();
        return partitions.map((at) => cluster.partition(at).endAt(isolation));
      }),
    offsetsForTime: (partitions, timeMs) =>
      call('offsetsForTime', () =>
        partitions.map((at) => cluster.partition(at).offsetForTime(timeMs)),
      ),
    trim: (before) => call('trim', () => cluster.trim(before)),
    close: () => Promise.resolve(),
  };
}

/** Asks again on a definite CONCURRENT_TRANSACTIONS; a lost answer is an unknown outcome. */
async function settle<T>(link: Link, request: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (error instanceof ConcurrentTransactions) {
        await link.pause(RETRY_MS);
      } else if (error instanceof LinkLost) {
        throw new LogError('UNKNOWN', error.message, { definite: false, cause: error });
      } else {
        throw error;
      }
    }
  }
}

function openReader(cluster: MemoryCluster, link: Link, isolation: Isolation): Reader {
  const { assigned, served, operations } = createAssignments();
  return {
    ...operations,
    poll: async (maxWaitMs, maxBytes) => {
      const requests = [...assigned.values()]
        .filter((one) => !one.paused)
        .map(({ at, offset }) => ({ topic: at.topic, partition: at.partition, offset }));
      if (requests.length === 0) {
        await link.pause(maxWaitMs);
        return [];
      }
      const batches = await settle(link, () =>
        link.request<FetchedBatch[]>('fetch', (reply) => {
          cluster.fetch(requests, isolation, maxWaitMs, maxBytes, reply);
        }),
      );
      for (const batch of batches) served(batch, batch.nextOffset);
      return batches;
    },
    close: () => Promise.resolve(),
  };
}

function openProducer(
  cluster: MemoryCluster,
  link: Link,
  transactionalId: string,
  timeoutMs: number,
): TransactionalProducer {
  let session: ProducerSession = { producerId: -1, epoch: -1 };
  const call = <T>(operation: string, run: () => T): Promise<T> =>
    settle(link, () => ask(link, operation, run));
  return {
    transactionalId,
    init: async () => {
      session = await call('init', () => cluster.transactions.init(transactionalId, timeoutMs));
    },
    sendOffsets: (identity, offsets) => {
      const mine = session;
      return call('sendOffsets', () =>
        cluster.sendOffsets(transactionalId, mine, identity, offsets),
      );
    },
    append: (batches) => {
      const mine = session;
      return call('produce', () => cluster.append(batches, { transactionalId, session: mine }));
    },
    end: async (outcome) => {
      const mine = session;
      const end = (): Promise<ProducerSession> =>
        call('end', () => cluster.transactions.end(transactionalId, mine, outcome));
      try {
        session = await end();
      } catch (error) {
        if (!(error instanceof LogError) || error.definite) throw error;
        // A lost reply: asked once more with the same epoch, the answer tells what happened.
        session = await end();
      }
    },
    close: () => Promise.resolve(),
  };
}

function openGroup(
  cluster: MemoryCluster,
  link: Link,
  name: string,
  topics: readonly string[],
): GroupMembership {
  let member: string | null = null;
  let listener: (why: 'rebalance' | 'lost') => void = () => {};
  const notify = (why: 'rebalance' | 'lost'): void => link.push(why, () => listener(why));
  return {
    join: async () => {
      const assignment = await settle(link, () =>
        link.request<Assignment>('join', (reply) => {
          const { client } = link;
          cluster.group(name).join(member, { client, topics, notify }, reply);
        }),
      );
      member = assignment.identity.member;
      return assignment;
    },
    onRebalance: (added) => {
      listener = added;
    },
    rebalanceTimeoutMs: cluster.rebalanceTimeoutMs,
    leave: async () => {
      const id = member;
      if (id === null) return;
      await settle(link, () => ask(link, 'leave', () => cluster.group(name).remove(id, 'left')));
    },
  };
}
