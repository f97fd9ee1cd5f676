import type { Message } from './message.ts';
import { readByTopic, writeByTopic } from './message.ts';
import type { OffsetEntry, PartitionError } from './transactions.ts';

type At = { topic: string; partition: number };

export type FetchedOffset = At & { error: number; offset: number; metadata: string };

export const offsetFetch: Message<
  { group: string; partitions: readonly At[]; requireStable: boolean },
  { error: number; partitions: FetchedOffset[] }
> = {
  apiKey: 9,
  version: 8,
  name: 'OffsetFetch',
  encode: (writer, { group, partitions, requireStable }) => {
    const topics = new Map<string, number[]>();
    for (const { topic, partition } of partitions) {
      topics.set(topic, [...(topics.get(topic) ?? []), partition]);
    }
    writer.array([group], () => {
      writer.string(group);
      writer.array([...topics], ([topic, indexes]) => {
        writer
          .string(topic)
          .array(indexes, (index) => writer.int32(index))
          .tags();
      });
      writer.tags();
    });
    writer.bool(requireStable).tags();
  },
  decode: (reader) => {
    reader.int32();
    const groups = reader.array(() => {
      reader.string();
      const partitions = readByTopic(reader, (topic): FetchedOffset => {
        const partition = reader.int32();
        const offset = reader.int64();
        reader.int32();
        const metadata = reader.string();
        return { topic, partition, offset, metadata, error: reader.int16() };
      });
      const error = reader.int16();
      reader.tags();
      return { error, partitions };
    });
    reader.tags();
    return groups[0] ?? { error: 0, partitions: [] };
  },
};

export const offsetCommit: Message<
  { group: string; member: string; generation: number; offsets: readonly OffsetEntry[] },
  PartitionError[]
> = {
  apiKey: 8,
  version: 8,
  name: 'OffsetCommit',
  encode: (writer, { group, member, generation, offsets }) => {
    writer.string(group).int32(generation).string(member).nullableString(null);
    writeByTopic(writer, offsets, ({ partition, offset, metadata }) => {
      writer.int32(partition).int64(offset).int32(-1).nullableString(metadata);
    });
    writer.tags();
  },
  decode: (reader) => {
    reader.int32();
    const partitions = readByTopic(reader, (topic) => ({
      topic,
      partition: reader.int32(),
      error: reader.int16(),
    }));
    reader.tags();
    return partitions;
  },
};

/** Times that are not times. */
export const latestOffset = -1;
export const earliestOffset = -2;

export const listOffsets: Message<
  { committedOnly: boolean; time: number; partitions: readonly At[] },
  (At & { error: number; offset: number })[]
> = {
  apiKey: 2,
  version: 6,
  name: 'ListOffsets',
  encode: (writer, { committedOnly, time, partitions }) => {
    writer.int32(-1).int8(committedOnly ? 1 : 0);
    writeByTopic(writer, partitions, ({ partition }) => {
      writer.int32(partition).int32(-1).int64(time);
    });
    writer.tags();
  },
  decode: (reader) => {
    reader.int32();
    const partitions = readByTopic(reader, (topic) => {
      const partition = reader.int32();
      const error = reader.int16();
      reader.int64();
      const offset = reader.int64();
      reader.int32();
      return { topic, partition, error, offset };
    });
    reader.tags();
    return partitions;
  },
};

export const deleteRecords: Message<
  { before: readonly (At & { offset: number })[]; timeoutMs: number },
  PartitionError[]
> = {
  apiKey: 21,
  version: 2,
  name: 'DeleteRecords',
  encode: (writer, { before, timeoutMs }) => {
    writeByTopic(writer, before, ({ partition, offset }) => {
      writer.int32(partition).int64(offset);
    });
    writer.int32(timeoutMs).tags();
  },
  decode: (reader) => {
    reader.int32();
    const partitions = readByTopic(reader, (topic) => {
      const partition = reader.int32();
      reader.int64();
      return { topic, partition, error: reader.int16() };
    });
    reader.tags();
    return partitions;
  },
};
