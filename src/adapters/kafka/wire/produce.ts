import type { Message } from './message.ts';
import { readByTopic, writeByTopic } from './message.ts';

export type ProducePartition = {
  topic: string;
  partition: number;
  /** Exactly one record batch: the broker refuses two for a producer with sequence numbers. */
  batch: Buffer;
};

export type ProducedPartition = {
  topic: string;
  partition: number;
  error: number;
  baseOffset: number;
  /** -1 where the topic keeps create time. */
  appendTime: number;
  message: string | null;
};

export const produce: Message<
  { transactionalId: string | null; timeoutMs: number; partitions: readonly ProducePartition[] },
  ProducedPartition[]
> = {
  apiKey: 0,
  version: 12,
  name: 'Produce',
  encode: (writer, { transactionalId, timeoutMs, partitions }) => {
    writer.nullableString(transactionalId).int16(-1).int32(timeoutMs);
    writeByTopic(writer, partitions, ({ partition, batch }) => {
      writer.int32(partition).bytes(batch);
    });
    writer.tags();
  },
  decode: (reader) => {
    const partitions = readByTopic(reader, (topic): ProducedPartition => {
      const partition = reader.int32();
      const error = reader.int16();
      const baseOffset = reader.int64();
      const appendTime = reader.int64();
      reader.int64();
      const recordErrors = reader.array(() => {
        reader.int32();
        const message = reader.nullableString();
        reader.tags();
        return message;
      });
      const message = reader.nullableString() ?? recordErrors[0] ?? null;
      return { topic, partition, error, baseOffset, appendTime, message };
    });
    reader.int32();
    reader.tags();
    return partitions;
  },
};
