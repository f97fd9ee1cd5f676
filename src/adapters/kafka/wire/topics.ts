import type { Message } from './message.ts';

export type NewTopic = {
  topic: string;
  partitions: number;
  /** -1: the broker's default. */
  replicationFactor: number;
  settings: { readonly [name: string]: string };
};

export const createTopics: Message<
  { topics: readonly NewTopic[]; timeoutMs: number },
  { topic: string; error: number; message: string | null }[]
> = {
  apiKey: 19,
  version: 5,
  name: 'CreateTopics',
  encode: (writer, { topics, timeoutMs }) => {
    writer.array(topics, ({ topic, partitions, replicationFactor, settings }) => {
      writer
        .string(topic)
        .int32(partitions)
        .int16(replicationFactor)
        .array([], () => {})
        .array(Object.entries(settings), ([name, value]) => {
          writer.string(name).nullableString(value).tags();
        })
        .tags();
    });
    writer.int32(timeoutMs).bool(false).tags();
  },
  decode: (reader) => {
    reader.int32();
    const topics = reader.array(() => {
      const created = {
        topic: reader.string(),
        error: reader.int16(),
        message: reader.nullableString(),
      };
      reader.int32();
      reader.int16();
      reader.array(() => {
        reader.string();
        reader.nullableString();
        reader.bool();
        reader.int8();
        reader.bool();
        reader.tags();
      });
      reader.tags();
      return created;
    });
    reader.tags();
    return topics;
  },
};

const topicResource = 2;

export const describeConfigs: Message<
  { topic: string },
  { error: number; message: string | null; settings: { [name: string]: string } }
> = {
  apiKey: 32,
  version: 4,
  name: 'DescribeConfigs',
  encode: (writer, { topic }) => {
    writer
      .array([topic], (name) => writer.int8(topicResource).string(name).nullArray().tags())
      .bool(false)
      .bool(false)
      .tags();
  },
  decode: (reader) => {
    reader.int32();
    const results = reader.array(() => {
      const error = reader.int16();
      const message = reader.nullableString();
      reader.int8();
      reader.string();
      const settings: { [name: string]: string } = {};
      reader.array(() => {
        const name = reader.string();
        settings[name] = reader.nullableString() ?? '';
        reader.bool();
        reader.int8();
        reader.bool();
        reader.array(() => {
          reader.string();
          reader.nullableString();
          reader.int8();
          reader.tags();
        });
        reader.int8();
        reader.nullableString();
        reader.tags();
      });
      reader.tags();
      return { error, message, settings };
    });
    reader.tags();
    return results[0] ?? { error: -1, message: 'no answer', settings: {} };
  },
};
