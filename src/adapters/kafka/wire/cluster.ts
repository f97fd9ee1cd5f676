import type { Message } from './message.ts';

export type ApiVersionsAnswer = {
  error: number;
  versions: { [apiKey: number]: { minVersion: number; maxVersion: number } };
  /** Finalized features of the cluster, by name; `transaction.version` must be 2. */
  features: { [name: string]: number };
};

/** The one message whose answer has the old header, so that any client can read it. */
export const apiVersions: Message<null, ApiVersionsAnswer> & { readonly oldHeader: true } = {
  apiKey: 18,
  version: 3,
  name: 'ApiVersions',
  oldHeader: true,
  encode: (writer) => {
    writer.string('parley').string('1').tags();
  },
  decode: (reader) => {
    const answer: ApiVersionsAnswer = { error: reader.int16(), versions: {}, features: {} };
    reader.array(() => {
      const apiKey = reader.int16();
      answer.versions[apiKey] = { minVersion: reader.int16(), maxVersion: reader.int16() };
      reader.tags();
    });
    reader.int32();
    reader.tags((tag) => {
      if (tag !== 2) return;
      reader.array(() => {
        const name = reader.string();
        answer.features[name] = reader.int16();
        reader.int16();
        reader.tags();
      });
    });
    return answer;
  },
};

export type TopicMetadata = {
  error: number;
  topic: string;
  id: string;
  partitions: { partition: number; leader: number; leaderEpoch: number }[];
};

export type MetadataAnswer = {
  brokers: { nodeId: number; host: string; port: number }[];
  clusterId: string | null;
  topics: TopicMetadata[];
};

export const metadata: Message<{ topics: readonly string[] }, MetadataAnswer> = {
  apiKey: 3,
  version: 12,
  name: 'Metadata',
  encode: (writer, { topics }) => {
    const noId = Buffer.alloc(16);
    writer
      .array(topics, (topic) => writer.raw(noId).nullableString(topic).tags())
      .bool(false)
      .bool(false)
      .tags();
  },
  decode: (reader) => {
    reader.int32();
    const brokers = reader.array(() => {
      const broker = { nodeId: reader.int32(), host: reader.string(), port: reader.int32() };
      reader.nullableString();
      reader.tags();
      return broker;
    });
    const clusterId = reader.nullableString();
    reader.int32();
    const topics = reader.array((): TopicMetadata => {
      const error = reader.int16();
      const topic = reader.string();
      const id = reader.uuid();
      reader.bool();
      const partitions = reader.array(() => {
        reader.int16();
        const partition = reader.int32();
        const leader = reader.int32();
        const leaderEpoch = reader.int32();
        for (const _list of ['replicas', 'in sync', 'offline']) reader.array(() => reader.int32());
        reader.tags();
        return { partition, leader, leaderEpoch };
      });
      reader.int32();
      reader.tags();
      return { error, topic, id, partitions };
    });
    reader.tags();
    return { brokers, clusterId, topics };
  },
};
