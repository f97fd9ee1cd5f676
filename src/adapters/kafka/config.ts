import type { ConnectionOptions } from 'node:tls';
import type { SASLOptions } from 'kafkajs';

export type KafkaConfig = {
  /** `host:port` of some brokers; the others are found through them. */
  readonly brokers: readonly string[];
  readonly clientId?: string;
  /** TLS: true for the system's authorities, or certificates as Node's tls takes them. */
  readonly tls?: boolean | ConnectionOptions;
  /** SASL PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or AWS, as kafkajs takes it. */
  readonly sasl?: SASLOptions;
  /** Until a socket is open. Default 3 s. */
  readonly connectTimeoutMs?: number;
  /** Until an answer is there; those that wait by nature have their own. Default 10 s. */
  readonly requestTimeoutMs?: number;
  /** The group throws a member out that says nothing for so long. Default 6 s. */
  readonly sessionTimeoutMs?: number;
  /** How long members may take to rejoin. Default 15 s. */
  readonly rebalanceTimeoutMs?: number;
  /** How often a group looks whether its topics got more partitions. Default 30 s. */
  readonly partitionsCheckMs?: number;
  /** Most bytes of a record and of a batch, below the topics' limit. Default 1,000,000. */
  readonly batchBytesMax?: number;
  /** Most bytes of one partition in one fetch. Default 1 MB. */
  readonly fetchPartitionBytesMax?: number;
  /** Replicas of topics made here; -1 takes the broker's default. */
  readonly replicationFactor?: number;
  /** A line for the operator: connections lost, retries. No payloads. */
  readonly onLog?: (line: string) => void;
};

/** `KafkaConfig` with every default filled in. */
export type KafkaSettings = {
  readonly brokers: readonly { host: string; port: number }[];
  readonly clientId: string;
  readonly ssl: ConnectionOptions | null;
  readonly sasl: SASLOptions | null;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly partitionsCheckMs: number;
  readonly batchBytesMax: number;
  readonly fetchPartitionBytesMax: number;
  readonly replicationFactor: number;
  readonly onLog: (line: string) => void;
};

/** @throws Error that names the entry when `brokers` cannot be read. */
export function kafkaSettings(config: KafkaConfig): KafkaSettings {
  const tls = config.tls ?? false;
  return {
    brokers: config.brokers.map(brokerAddress),
    clientId: config.clientId ?? 'parley',
    ssl: tls === false ? null : tls === true ? {} : tls,
    sasl: config.sasl ?? null,
    connectTimeoutMs: config.connectTimeoutMs ?? 3_000,
    requestTimeoutMs: config.requestTimeoutMs ?? 10_000,
    sessionTimeoutMs: config.sessionTimeoutMs ?? 6_000,
    rebalanceTimeoutMs: config.rebalanceTimeoutMs ?? 15_000,
    partitionsCheckMs: config.partitionsCheckMs ?? 30_000,
    batchBytesMax: config.batchBytesMax ?? 1_000_000,
    fetchPartitionBytesMax: config.fetchPartitionBytesMax ?? 1_048_576,
    replicationFactor: config.replicationFactor ?? -1,
    onLog: config.onLog ?? (() => {}),
  };
}

function brokerAddress(text: string): { host: string; port: number } {
  const match = /^\[?([^[\]]+?)\]?:(\d+)$/.exec(text.trim());
  if (!match) throw new Error(`kafka brokers: "${text}" is not host:port`);
  return { host: match[1]!, port: Number(match[2]) };
}
