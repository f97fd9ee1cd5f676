import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import { taskName } from '../../src/ports/changelog.ts';
import type { Assignment, EventLog, GroupMembership } from '../../src/ports/event-log.ts';
import { freshName, kafkaBrokers } from '../rig/services.ts';

/** A process that does what the engine does: rejoins as soon as it is told to. */
class Member {
  readonly membership: GroupMembership;
  assignment: Assignment | null = null;
  rejoins = 0;
  #joining: Promise<void> = Promise.resolve();

  constructor(log: EventLog, group: string, topics: readonly string[]) {
    this.membership = log.openGroup(group, topics);
    this.membership.onRebalance(() => {
      this.rejoins++;
      this.#joining = this.join();
    });
  }

  async join(): Promise<void> {
    this.assignment = null;
    this.assignment = await this.membership.join();
  }

  get names(): string[] {
    return (this.assignment?.partitions ?? []).map(taskName).sort();
  }

  async leave(): Promise<void> {
    await this.#joining;
    await this.membership.leave();
  }
}

describe.skipIf(!kafkaBrokers)('kafka group membership', () => {
  let log: EventLog;
  const config = {
    brokers: kafkaBrokers.split(','),
    sessionTimeoutMs: 2_000,
    partitionsCheckMs: 200,
  };
  beforeAll(async () => {
    log = await openKafkaLog(config);
  });
  afterAll(() => log.close());

  async function topicOf(partitions: number): Promise<string> {
    const topic = freshName('group');
    await log.createTopic({ topic, partitions, settings: {} });
    return topic;
  }

  test('a new member gets its share, the others keep theirs; when it leaves they get it back', async () => {
    const topic = await topicOf(8);
    const group = freshName('group');
    const first = new Member(log, group, [topic]);
    await first.join();
    expect(first.names).toHaveLength(8);
    const before = first.names;

    const second = new Member(log, group, [topic]);
    await second.join();
    await expect.poll(() => first.names.length, { timeout: 10_000 }).toBe(4);
    expect([...first.names, ...second.names].sort()).toEqual(before);

    await second.leave();
    await expect.poll(() => first.names, { timeout: 10_000 }).toEqual(before);
    await first.leave();
  });

  test('a member that dies without a word is missed after its session time-out', async () => {
    const topic = await topicOf(4);
    const group = freshName('group');
    const other = await openKafkaLog(config);
    const first = new Member(log, group, [topic]);
    const second = new Member(other, group, [topic]);
    await first.join();
    await second.join();
    await expect.poll(() => first.names.length, { timeout: 10_000 }).toBe(2);
    // Its sockets go, as those of a killed process do; nothing is said to the group.
    await other.close();
    await expect.poll(() => first.names.length, { timeout: 15_000 }).toBe(4);
    await first.leave();
  });

  test('more partitions of a topic are noticed and divided', async () => {
    const topic = await topicOf(2);
    const member = new Member(log, freshName('group'), [topic]);
    await member.join();
    expect(member.names).toHaveLength(2);
    const admin = new Kafka({ brokers: config.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] });
    await admin.disconnect();
    await expect.poll(() => member.names.length, { timeout: 10_000 }).toBe(5);
    await member.leave();
  });

  test('a topic that is not there is named', async () => {
    const membership = log.openGroup(freshName('group'), ['no-such-topic']);
    await expect(membership.join()).rejects.toMatchObject({
      code: 'TOPIC_MISSING',
      message: expect.stringContaining('no-such-topic'),
    });
    await membership.leave();
  });

  test('the group can be looked at with kafka tools: its state and its assignment are readable', async () => {
    const topic = await topicOf(3);
    const name = freshName('group');
    const member = new Member(log, name, [topic]);
    await member.join();
    const admin = new Kafka({ brokers: config.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const { groups } = await admin.describeGroups([name]);
    expect(groups[0]).toMatchObject({ state: 'Stable', protocolType: 'consumer' });
    await admin.disconnect();
    await member.leave();
  });
});
