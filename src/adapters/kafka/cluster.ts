import { LogError, type TopicPartition } from '../../ports/event-log.ts';
import { BrokerConnection } from './broker-connection.ts';
import type { KafkaSettings } from './config.ts';
import { answeredError, mayTryAgain } from './error-codes.ts';
import { untilDefinite } from './until-definite.ts';
import {
  metadata,
  type ApiVersionsAnswer,
  type MetadataAnswer,
  type TopicMetadata,
} from './wire/cluster.ts';
import { fetch } from './wire/fetch.ts';
import { findCoordinator, joinGroup, type CoordinatorKind } from './wire/group.ts';
import type { Message } from './wire/message.ts';
import { offsetFetch } from './wire/offsets.ts';
import { produce } from './wire/produce.ts';
import { endTxn, initProducerId, txnOffsetCommit } from './wire/transactions.ts';

type Leader = { nodeId: number; leaderEpoch: number };

/** Messages that decide whether a broker is new enough; the others are older than these. */
const needed: readonly Message<never, unknown>[] = [
  produce,
  fetch,
  offsetFetch,
  txnOffsetCommit,
  endTxn,
  initProducerId,
  joinGroup,
  metadata,
  findCoordinator,
];

/**
 * Where things are: brokers, leaders of partitions, coordinators; and a socket for each
 * (broker, purpose). What is known is used until an answer says that it is no longer true.
 */
export class Cluster {
  readonly settings: KafkaSettings;
  readonly #connections = new Map<string, BrokerConnection>();
  readonly #brokers = new Map<number, { host: string; port: number }>();
  readonly #topics = new Map<string, TopicMetadata>();
  readonly #coordinators = new Map<string, number>();
  #refreshing: Promise<void> | null = null;
  #wanted = new Set<string>();
  #bootstrap = 0;
  #closed = false;

  constructor(settings: KafkaSettings) {
    this.settings = settings;
  }

  /**
   * Asks a broker what it can do.
   * @throws LogError UNSUPPORTED_BROKER when transactions or messages are too old.
   */
  async check(): Promise<void> {
    const { nodeId } = await this.#anyBroker();
    const answer = await this.connection(nodeId, 'plain').describe();
    checkBroker(answer);
  }

  /** The socket to a broker for a purpose. */
  connection(nodeId: number, purpose: string): BrokerConnection {
    const address = this.#brokers.get(nodeId);
    if (!address) {
      throw new LogError('UNAVAILABLE', `broker ${nodeId} is not in the cluster`, {
        definite: true,
      });
    }
    return this.#connectionTo(address.host, address.port, purpose);
  }

  /** Leader of a partition; asks the cluster where it is not known. */
  async leader(at: TopicPartition): Promise<Leader> {
    const known = this.knownLeader(at);
    if (known) return known;
    await this.refresh([at.topic]);
    const topic = this.#topics.get(at.topic);
    if (!topic) throw answeredError(3, 'looking for the leader', at);
    if (topic.error !== 0) throw answeredError(topic.error, 'looking for the leader', at);
    const found = this.knownLeader(at);
    if (!found)
      throw answeredError(topic.partitions[at.partition] ? 5 : 3, 'looking for the leader', at);
    return found;
  }

  /** The same without asking. */
  knownLeader({ topic, partition }: TopicPartition): Leader | undefined {
    const found = this.#topics.get(topic)?.partitions.find((one) => one.partition === partition);
    if (!found || found.leader < 0 || !this.#brokers.has(found.leader)) return undefined;
    return { nodeId: found.leader, leaderEpoch: found.leaderEpoch };
  }

  /** Forgets who leads these topics: the next `leader` asks. */
  forgetLeaders(topics: Iterable<string>): void {
    for (const topic of topics) this.#topics.delete(topic);
  }

  /** Partitions by the broker that leads them. */
  async byLeader<T extends TopicPartition>(items: readonly T[]): Promise<Map<number, T[]>> {
    const unknown = new Set(items.filter((at) => !this.knownLeader(at)).map((at) => at.topic));
    if (unknown.size > 0) await this.refresh(unknown);
    const groups = new Map<number, T[]>();
    for (const item of items) {
      const { nodeId } = await this.leader(item);
      const group = groups.get(nodeId);
      if (group) group.push(item);
      else groups.set(nodeId, [item]);
    }
    return groups;
  }

  /** Metadata of a topic as of now, null where it does not exist. */
  async describe(topic: string): Promise<TopicMetadata | null> {
    await this.refresh([topic]);
    const found = this.#topics.get(topic);
    if (!found || found.error === 3) return null;
    if (found.error !== 0) throw answeredError(found.error, `describing topic ${topic}`);
    return found;
  }

  /** Any broker that answers: for requests that every broker takes. */
  async anyConnection(): Promise<BrokerConnection> {
    const { nodeId } = await this.#anyBroker();
    return this.connection(nodeId, 'plain');
  }

  /** Sends a request to the broker that coordinates a group or a transactional id. */
  async askCoordinator<Request, Answer>(
    kind: CoordinatorKind,
    key: string,
    purpose: string,
    message: Message<Request, Answer>,
    request: Request,
    timeoutMs: number = this.settings.requestTimeoutMs,
  ): Promise<Answer> {
    const connection = await this.#coordinator(kind, key, purpose);
    try {
      return await connection.send(message, request, timeoutMs);
    } catch (error) {
      this.forgetCoordinator(kind, key);
      throw error;
    }
  }

  async #coordinator(
    kind: CoordinatorKind,
    key: string,
    purpose: string,
  ): Promise<BrokerConnection> {
    const name = `${kind} ${key}`;
    const known = this.#coordinators.get(name);
    if (known !== undefined && this.#brokers.has(known)) return this.connection(known, purpose);
    // A fresh cluster has no coordinator until its internal topic is made, by this very question.
    const answer = await untilDefinite(
      this.settings.requestTimeoutMs,
      async () => {
        const found = await (await this.anyConnection()).send(findCoordinator, { kind, key });
        if (found.error === 0) return found;
        const error = answeredError(found.error, `looking for the coordinator of ${name}`);
        if (mayTryAgain(found.error)) return error;
        throw error;
      },
      50,
      500,
    );
    this.#brokers.set(answer.nodeId, { host: answer.host, port: answer.port });
    this.#coordinators.set(name, answer.nodeId);
    return this.connection(answer.nodeId, purpose);
  }

  /**
   * What to ask again with after a coordinator refused; forgets where it was if it has moved.
   * @throws the error where asking again is of no use.
   */
  refused(
    error: number,
    kind: CoordinatorKind,
    key: string,
    during: string,
    at?: TopicPartition,
  ): LogError {
    const again = mayTryAgain(error);
    if (again === 'look up') this.forgetCoordinator(kind, key);
    const refused = answeredError(error, during, at);
    if (again === undefined) throw refused;
    return refused;
  }

  forgetCoordinator(kind: CoordinatorKind, key: string): void {
    this.#coordinators.delete(`${kind} ${key}`);
  }

  /** Asks the cluster for its brokers and for these topics. */
  async refresh(topics: Iterable<string>): Promise<void> {
    for (const topic of topics) this.#wanted.add(topic);
    // Those who ask while an answer is awaited share the next request.
    while (this.#refreshing) await this.#refreshing.catch(() => {});
    if (this.#wanted.size === 0) return;
    const wanted = [...this.#wanted];
    this.#wanted = new Set();
    this.#refreshing = this.#load(wanted).finally(() => {
      this.#refreshing = null;
    });
    await this.#refreshing;
  }

  /** Nothing is sent any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Closes the sockets of a purpose, or all for good. */
  async close(purpose?: string): Promise<void> {
    if (purpose === undefined) this.#closed = true;
    const closing: Promise<void>[] = [];
    for (const [name, connection] of this.#connections) {
      if (purpose !== undefined && !name.endsWith(` ${purpose}`)) continue;
      this.#connections.delete(name);
      closing.push(connection.close());
    }
    await Promise.all(closing);
  }

  async #load(topics: readonly string[]): Promise<void> {
    const answer = await this.#askAny(topics);
    this.#brokers.clear();
    for (const { nodeId, host, port } of answer.brokers) this.#brokers.set(nodeId, { host, port });
    for (const topic of answer.topics) this.#topics.set(topic.topic, topic);
  }

  async #anyBroker(): Promise<{ nodeId: number }> {
    if (this.#brokers.size === 0) {
      const answer = await this.#askAny([]);
      for (const { nodeId, host, port } of answer.brokers)
        this.#brokers.set(nodeId, { host, port });
    }
    const nodeIds = [...this.#brokers.keys()];
    const nodeId = nodeIds[this.#bootstrap++ % nodeIds.length];
    if (nodeId === undefined) {
      throw new LogError('UNAVAILABLE', 'the cluster names no broker', { definite: true });
    }
    return { nodeId };
  }

  /** Metadata from the first broker that answers: known ones, then those of the configuration. */
  async #askAny(topics: readonly string[]): Promise<MetadataAnswer> {
    const addresses = [...this.#brokers.values(), ...this.settings.brokers];
    let last: unknown = new LogError('UNAVAILABLE', 'no Kafka broker is configured', {
      definite: true,
    });
    for (const { host, port } of addresses) {
      try {
        const connection = this.#connectionTo(host, port, 'plain');
        return await connection.send(metadata, { topics });
      } catch (error) {
        if (error instanceof LogError && error.code === 'NOT_AUTHORIZED') throw error;
        last = error;
      }
    }
    throw last;
  }

  #connectionTo(host: string, port: number, purpose: string): BrokerConnection {
    if (this.#closed) throw new LogError('UNAVAILABLE', 'the log is closed', { definite: true });
    const name = `${host}:${port} ${purpose}`;
    let connection = this.#connections.get(name);
    if (!connection) {
      connection = new BrokerConnection(this.settings, { host, port });
      this.#connections.set(name, connection);
    }
    return connection;
  }
}

/** One clear line for a broker that cannot do what the commit protocol needs. */
export function checkBroker({ versions, features }: ApiVersionsAnswer): void {
  for (const { apiKey, version, name } of needed) {
    const range = versions[apiKey];
    if (!range || range.maxVersion < version || range.minVersion > version) {
      const speaks = range ? `${range.minVersion} to ${range.maxVersion}` : 'none';
      throw new LogError(
        'UNSUPPORTED_BROKER',
        `Kafka 4.0 or later is needed: this broker speaks ${name} ${speaks}, Parley ${version}`,
        { definite: true },
      );
    }
  }
  const level = features['transaction.version'] ?? 0;
  if (level < 2) {
    throw new LogError(
      'UNSUPPORTED_BROKER',
      `the cluster's transaction.version is ${level}, Parley needs 2: run ` +
        'kafka-features.sh --bootstrap-server … upgrade --feature transaction.version=2',
      { definite: true },
    );
  }
}
