import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cluster } from '../../src/adapters/kafka/cluster.ts';
import { kafkaSettings } from '../../src/adapters/kafka/config.ts';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import { encodeBatch, recordBytes } from '../../src/adapters/kafka/record-batch.ts';
import { produce } from '../../src/adapters/kafka/wire/produce.ts';
import { initProducer } from '../../src/adapters/kafka/transactional-producer.ts';
import {
  endTxn,
  txnOffsetCommit,
  type ProducerIdentity,
} from '../../src/adapters/kafka/wire/transactions.ts';
import type { EventLog, GroupIdentity, OutgoingRecord } from '../../src/ports/event-log.ts';
import { LogError } from '../../src/ports/event-log.ts';
import { startKafkaBroker } from '../rig/kafka-broker.ts';
import { freshName, kafkaBrokers, ownKafka } from '../rig/services.ts';

/** Facts about the broker that the commit protocol stands on: each one is asked of a real broker. */
describe.skipIf(!kafkaBrokers)('transactions of version 2', () => {
  let log: EventLog;
  let cluster: Cluster;
  let topic: string;
  const config = { brokers: kafkaBrokers.split(','), requestTimeoutMs: 5_000 };

  beforeAll(async () => {
    log = await openKafkaLog(config);
    cluster = new Cluster(kafkaSettings(config));
    topic = freshName('wire');
    await log.createTopic({ topic, partitions: 2, settings: { 'cleanup.policy': 'delete' } });
  });
  afterAll(async () => {
    await cluster.close();
    await log.close();
  });

  const record = (value: string): OutgoingRecord => ({
    key: Buffer.from('k'),
    value: Buffer.from(value),
    headers: null,
    timestamp: Date.now(),
  });

  /** The three requests of a transaction, with whatever identity the test gives them. */
  const raw = {
    init: (id: string): Promise<ProducerIdentity> => initProducer(cluster, id, 10_000),
    produce: async (
      id: string,
      who: ProducerIdentity,
      value: string,
      sequence = 0,
    ): Promise<number> => {
      const { nodeId } = await cluster.leader({ topic, partition: 0 });
      const records = [record(value)];
      const batch = encodeBatch(records, 0, 1, recordBytes(records[0]!), { ...who, sequence });
      const [answer] = await cluster.connection(nodeId, 'test').send(produce, {
        transactionalId: id,
        timeoutMs: 5_000,
        partitions: [{ topic, partition: 0, batch }],
      });
      return answer!.error;
    },
    offsets: async (
      id: string,
      who: ProducerIdentity,
      group: GroupIdentity,
      offset: number,
    ): Promise<number> => {
      for (;;) {
        const [answer] = await cluster.askCoordinator(
          'group',
          group.group,
          'test',
          txnOffsetCommit,
          {
            transactionalId: id,
            ...who,
            group: group.group,
            member: group.member,
            generation: group.generation,
            offsets: [{ topic, partition: 0, offset, metadata: `{"seq":${offset}}` }],
          },
        );
        if (answer!.error !== 51) return answer!.error;
      }
    },
    end: async (
      transactionalId: string,
      { producerId, epoch }: ProducerIdentity,
      commit: boolean,
    ): Promise<{ error: number } & ProducerIdentity> => {
      for (;;) {
        const answer = await cluster.askCoordinator(
          'transaction',
          transactionalId,
          'test',
          endTxn,
          {
            transactionalId,
            commit,
            producerId,
            epoch,
          },
        );
        if (answer.error !== 51) return answer;
      }
    },
  };

  /** Everything that `read_committed` shows of partition 0. */
  async function committedValues(): Promise<string[]> {
    const at = { topic, partition: 0 };
    const [end] = await log.endOffsets([at], 'committed');
    const reader = log.openReader('committed');
    reader.assign(at, 0);
    const values: string[] = [];
    while (reader.position(at)! < end!) {
      for (const { records } of await reader.poll(1_000, 1_000_000)) {
        values.push(...[...records].map(({ value }) => Buffer.from(value!).toString()));
      }
    }
    await reader.close();
    return values;
  }

  async function joined(group: string): Promise<{
    identity: GroupIdentity;
    rejoin(): Promise<GroupIdentity>;
    leave(): Promise<void>;
  }> {
    const membership = log.openGroup(group, [topic]);
    const { identity } = await membership.join();
    return {
      identity,
      rejoin: async () => (await membership.join()).identity,
      leave: () => membership.leave(),
    };
  }

  test('a late Produce of an earlier transaction is refused while the next one is open', async () => {
    const id = freshName('late-produce');
    const first = await raw.init(id);
    expect(await raw.produce(id, first, 'first')).toBe(0);
    const second = await raw.end(id, first, true);
    expect(second.error).toBe(0);
    expect(second.epoch).toBe(first.epoch + 1);
    expect(await raw.produce(id, second, 'second')).toBe(0);
    expect(await raw.produce(id, first, 'late', 1)).toBe(47);
    expect((await raw.end(id, second, true)).error).toBe(0);
    expect(await committedValues()).not.toContain('late');
  });

  test('a late EndTxn of an earlier transaction cannot end the next one', async () => {
    const id = freshName('late-end');
    const first = await raw.init(id);
    await raw.produce(id, first, 'one');
    const second = await raw.end(id, first, true);
    await raw.produce(id, second, 'undecided');
    expect((await raw.end(id, first, true)).error).toBe(90);
    expect((await raw.end(id, first, false)).error).toBe(90);
    expect((await raw.end(id, second, false)).error).toBe(0);
    expect(await committedValues()).not.toContain('undecided');
  });

  test('EndTxn asked twice tells what happened: 0 for the same outcome, 48 for the other', async () => {
    const id = freshName('asked-twice');
    const first = await raw.init(id);
    await raw.produce(id, first, 'kept');
    const second = await raw.end(id, first, true);
    expect(await raw.end(id, first, true)).toEqual(second);
    expect((await raw.end(id, first, false)).error).toBe(48);
  });

  test('offsets of an old generation and of a stranger are refused', async () => {
    const id = freshName('old-generation');
    const group = await joined(freshName('group'));
    const generation = group.identity.generation;
    await group.rejoin();
    let who: ProducerIdentity = await raw.init(id);
    expect(await raw.offsets(id, who, group.identity, 1)).toBe(22);
    expect(await raw.offsets(id, who, { ...group.identity, member: 'somebody-else' }, 1)).toBe(25);
    who = await raw.init(id);
    const now = { ...group.identity, generation: generation + 1 };
    expect(await raw.offsets(id, who, now, 1)).toBe(0);
    await group.leave();
  });

  test('a stable fetch shows nothing while an accepted offset is pending, also in a new generation', async () => {
    const id = freshName('pending');
    const group = await joined(freshName('group'));
    const name = group.identity.group;
    const at = [{ topic, partition: 0 }];
    const who = await raw.init(id);
    expect(await raw.offsets(id, who, group.identity, 7)).toBe(0);
    expect(await log.committedOffsets(name, at, true)).toEqual([null]);
    await group.rejoin();
    expect(await log.committedOffsets(name, at, true)).toEqual([null]);
    // The old owner may still commit what was accepted before the rebalance.
    expect((await raw.end(id, who, true)).error).toBe(0);
    await expect
      .poll(() => log.committedOffsets(name, at, true))
      .toEqual([{ offset: 7, metadata: '{"seq":7}' }]);
    await group.leave();
  });

  test('InitProducerId by another process ends what a dead owner left open, and fences it', async () => {
    const id = freshName('take-over');
    const group = await joined(freshName('group'));
    const who = await raw.init(id);
    expect(await raw.offsets(id, who, group.identity, 9)).toBe(0);
    expect(await raw.produce(id, who, 'left open')).toBe(0);
    await log.fence(id);
    await expect
      .poll(() => log.committedOffsets(group.identity.group, [{ topic, partition: 0 }], true))
      .toEqual([{ offset: -1, metadata: '' }]);
    expect((await raw.end(id, who, true)).error).toBe(90);
    expect(await raw.produce(id, who, 'after', 1)).toBe(47);
    expect(await committedValues()).not.toContain('left open');
    await group.leave();
  });

  test.skipIf(!ownKafka)(
    'a broker without transaction version 2 is refused at start with one line that says what to do',
    async () => {
      const old = await startKafkaBroker({ transactionVersion: 1 });
      try {
        const refused = await openKafkaLog({ brokers: [old.brokers] }).then(
          () => null,
          (error: unknown) => error,
        );
        expect(refused).toBeInstanceOf(LogError);
        expect(refused).toMatchObject({ code: 'UNSUPPORTED_BROKER', definite: true });
        expect(String((refused as LogError).message)).toContain('transaction.version=2');
      } finally {
        await old.remove();
      }
    },
  );

  test('a transaction without anything in it is no request at all', async () => {
    const producer = log.openProducer(freshName('nothing'), 10_000);
    await producer.init();
    for (const value of ['x', 'y']) {
      await producer.append([]);
      await producer.end('commit');
      await producer.append([{ topic, partition: 1, records: [record(value)] }]);
      await producer.end('commit');
    }
    await producer.close();
  });

  test('the session commits offsets and records together in three requests', async () => {
    const group = await joined(freshName('group'));
    const producer = log.openProducer(freshName('session'), 10_000);
    await producer.init();
    for (let round = 1; round <= 3; round++) {
      await producer.sendOffsets(group.identity, [
        { topic, partition: 1, offset: round, metadata: `{"seq":${round}}` },
      ]);
      const results = await producer.append(
        [0, 1].map((partition) => ({
          topic,
          partition,
          records: [record(`round ${round}`), record(`again ${round}`)],
        })),
      );
      expect(results.map(({ partition }) => partition)).toEqual([0, 1]);
      await producer.end('commit');
    }
    await expect
      .poll(() => log.committedOffsets(group.identity.group, [{ topic, partition: 1 }], true))
      .toEqual([{ offset: 3, metadata: '{"seq":3}' }]);
    expect(await committedValues()).toEqual(
      expect.arrayContaining(['round 1', 'again 1', 'round 3', 'again 3']),
    );
    await producer.close();
    await group.leave();
  });
});
