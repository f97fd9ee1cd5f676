import { taskName } from '../../ports/changelog.ts';
import {
  LogError,
  type AppendResult,
  type CommittedOffset,
  type EventLog,
  type GroupIdentity,
  type GroupMembership,
  type Isolation,
  type OffsetToCommit,
  type PartitionRecords,
  type Reader,
  type TopicDescription,
  type TopicPartition,
  type TopicSpec,
  type TransactionalProducer,
} from '../../ports/event-log.ts';
import { appendRounds } from './append.ts';
import { Cluster } from './cluster.ts';
import { kafkaSettings, type KafkaConfig } from './config.ts';
import { answeredError, kafkaCode, mayTryAgain } from './error-codes.ts';
import { KafkaGroupMembership } from './group-membership.ts';
import { KafkaReader } from './log-reader.ts';
import { initProducer, KafkaTransactionalProducer } from './transactional-producer.ts';
import { untilDefinite } from './until-definite.ts';
import type { Message } from './wire/message.ts';
import {
  deleteRecords,
  earliestOffset,
  latestOffset,
  listOffsets,
  offsetCommit,
  offsetFetch,
} from './wire/offsets.ts';
import { createTopics, describeConfigs } from './wire/topics.ts';

const retryFirstMs = 20;
const retryMaxMs = 200;
/** Time-out that a fenced transactional id is left with; nobody uses it again. */
const fencedTimeoutMs = 10_000;

/**
 * Opens the log on a Kafka cluster.
 * @throws LogError UNAVAILABLE when no broker answers, NOT_AUTHORIZED for a refused login,
 * UNSUPPORTED_BROKER when the cluster has no transactions of version 2.
 */
export async function openKafkaLog(config: KafkaConfig): Promise<EventLog> {
  const cluster = new Cluster(kafkaSettings(config));
  try {
    await cluster.check();
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return new KafkaLog(cluster);
}

class KafkaLog implements EventLog {
  readonly #cluster: Cluster;
  #opened = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async describeTopic(topic: string): Promise<TopicDescription | null> {
    const found = await this.#cluster.describe(topic);
    if (!found) return null;
    const connection = await this.#cluster.anyConnection();
    const configs = await connection.send(describeConfigs, { topic });
    if (configs.error !== 0) throw answeredError(configs.error, `reading the settings of ${topic}`);
    return { topic, partitions: found.partitions.length, id: found.id, settings: configs.settings };
  }

  async createTopic({ topic, partitions, settings }: TopicSpec): Promise<void> {
    const { replicationFactor, requestTimeoutMs } = this.#cluster.settings;
    const connection = await this.#cluster.anyConnection();
    const [created] = await connection.send(
      createTopics,
      {
        topics: [{ topic, partitions, replicationFactor, settings }],
        timeoutMs: requestTimeoutMs,
      },
      requestTimeoutMs * 2,
    );
    // Two processes that start together both try; whoever is second checks what the first made.
    if (created && created.error !== 0 && created.error !== kafkaCode.topicAlreadyExists) {
      const error = answeredError(created.error, `creating topic ${topic}`);
      throw new LogError(error.code, `${error.message}: ${created.message ?? ''}`, {
        definite: true,
      });
    }
    await this.#again(async () => {
      const found = await this.#cluster.describe(topic);
      const led = found?.partitions.filter(({ leader }) => leader >= 0).length ?? 0;
      return led >= partitions ? 'led' : answeredError(5, `waiting for the leaders of ${topic}`);
    });
    // Leaders that are named take requests a moment later: ask each one something.
    await this.startOffsets(
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
    );
  }

  openReader(isolation: Isolation): Reader {
    return new KafkaReader(this.#cluster, isolation, `reader ${++this.#opened}`);
  }

  openProducer(transactionalId: string, timeoutMs: number): TransactionalProducer {
    return new KafkaTransactionalProducer(this.#cluster, transactionalId, timeoutMs);
  }

  async fence(transactionalId: string): Promise<void> {
    await initProducer(this.#cluster, transactionalId, fencedTimeoutMs);
  }

  openGroup(group: string, topics: readonly string[]): GroupMembership {
    return new KafkaGroupMembership(this.#cluster, group, topics, `member ${++this.#opened}`);
  }

  async committedOffsets(
    group: string,
    partitions: readonly TopicPartition[],
    requireStable: boolean,
  ): Promise<readonly (CommittedOffset | null)[]> {
    const during = `reading the offsets of group ${group}`;
    const request = { group, partitions, requireStable };
    const answer = await this.#again(async () => {
      const answered = await this.#cluster.askCoordinator(
        'group',
        group,
        'plain',
        offsetFetch,
        request,
      );
      return answered.error === 0
        ? answered
        : this.#cluster.refused(answered.error, 'group', group, during);
    });
    const byName = new Map(answer.partitions.map((one) => [taskName(one), one]));
    return partitions.map((at) => {
      const found = byName.get(taskName(at));
      if (!found) return { offset: -1, metadata: '' };
      if (found.error === kafkaCode.unstableOffsetCommit) return null;
      if (found.error !== 0) throw answeredError(found.error, during, at);
      return { offset: found.offset, metadata: found.metadata };
    });
  }

  async commitOffsets(identity: GroupIdentity, offsets: readonly OffsetToCommit[]): Promise<void> {
    const { group, member, generation } = identity;
    const request = { group, member, generation, offsets };
    const during = `committing offsets of group ${group}`;
    await this.#again(async () => {
      const answers = await this.#cluster.askCoordinator(
        'group',
        group,
        'plain',
        offsetCommit,
        request,
      );
      const refused = answers.find(({ error }) => error !== 0);
      return refused
        ? this.#cluster.refused(refused.error, 'group', group, during, refused)
        : 'accepted';
    });
  }

  async append(batches: readonly PartitionRecords[]): Promise<readonly AppendResult[]> {
    return this.#again(async () => {
      try {
        return await appendRounds(this.#cluster, 'plain', batches, null);
      } catch (error) {
        if (error instanceof LogError && error.definite && error.code === 'UNAVAILABLE')
          return error;
        throw error;
      }
    });
  }

  async startOffsets(partitions: readonly TopicPartition[]): Promise<readonly number[]> {
    return this.#listOffsets(partitions, earliestOffset, false);
  }

  async endOffsets(
    partitions: readonly TopicPartition[],
    isolation: Isolation,
  ): Promise<readonly number[]> {
    return this.#listOffsets(partitions, latestOffset, isolation === 'committed');
  }

  async offsetsForTime(
    partitions: readonly TopicPartition[],
    timeMs: number,
  ): Promise<readonly number[]> {
    const found = await this.#listOffsets(partitions, timeMs, false);
    const ends = await this.endOffsets(partitions, 'uncommitted');
    return found.map((offset, index) => (offset < 0 ? ends[index]! : offset));
  }

  async trim(before: readonly (TopicPartition & { readonly offset: number })[]): Promise<void> {
    const timeoutMs = this.#cluster.settings.requestTimeoutMs;
    try {
      await this.#askLeaders(deleteRecords, before, (list) => ({ before: list, timeoutMs }));
    } catch (error) {
      this.#cluster.settings.onLog(`trimming: ${String(error)}`);
    }
  }

  async close(): Promise<void> {
    await this.#cluster.close();
  }

  async #listOffsets(
    partitions: readonly TopicPartition[],
    time: number,
    committedOnly: boolean,
  ): Promise<number[]> {
    if (partitions.length === 0) return [];
    const answers = await this.#askLeaders(listOffsets, partitions, (list) => ({
      committedOnly,
      time,
      partitions: list,
    }));
    const byName = new Map(answers.map((one) => [taskName(one), one.offset]));
    return partitions.map((at) => byName.get(taskName(at)) ?? -1);
  }

  /** One request to each leader; again after a look-up where a leader has moved. */
  async #askLeaders<
    T extends TopicPartition,
    Request,
    Answer extends TopicPartition & { error: number },
  >(
    message: Message<Request, Answer[]>,
    items: readonly T[],
    request: (list: readonly T[]) => Request,
  ): Promise<Answer[]> {
    const topics = new Set(items.map(({ topic }) => topic));
    return this.#again(async (): Promise<Answer[] | LogError> => {
      const byLeader = await this.#cluster.byLeader(items);
      const answers = await Promise.all(
        [...byLeader].map(([nodeId, list]) =>
          this.#cluster.connection(nodeId, 'plain').send(message, request(list)),
        ),
      ).catch((error: unknown) => {
        this.#cluster.forgetLeaders(topics);
        throw error;
      });
      const refused = answers.flat().find(({ error }) => error !== 0);
      if (!refused) return answers.flat();
      this.#cluster.forgetLeaders(topics);
      const error = answeredError(refused.error, message.name, refused);
      if (!mayTryAgain(refused.error)) throw error;
      return error;
    });
  }

  #again<T>(ask: () => Promise<T | LogError>): Promise<T> {
    return untilDefinite(this.#cluster.settings.requestTimeoutMs, ask, retryFirstMs, retryMaxMs);
  }
}
