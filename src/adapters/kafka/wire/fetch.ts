import type { Message } from './message.ts';
import { readByTopic, writeByTopic } from './message.ts';

export type FetchPartition = {
  topic: string;
  partition: number;
  offset: number;
  bytesMax: number;
};

export type AbortedTransaction = { producerId: number; firstOffset: number };

export type FetchedPartition = {
  topic: string;
  partition: number;
  error: number;
  highWatermark: number;
  lastStableOffset: number;
  logStartOffset: number;
  aborted: AbortedTransaction[];
  /** Record batches one after another; the last may be cut off. */
  records: Buffer | null;
};

/** Version 12: the last that names topics by name. No fetch session: every request is complete. */
export const fetch: Message<
  {
    waitMs: number;
    bytesMax: number;
    committedOnly: boolean;
    partitions: readonly FetchPartition[];
  },
  { error: number; partitions: FetchedPartition[] }
> = {
  apiKey: 1,
  version: 12,
  name: 'Fetch',
  encode: (writer, { waitMs, bytesMax, committedOnly, partitions }) => {
    writer
      .int32(-1)
      .int32(waitMs)
      .int32(1)
      .int32(bytesMax)
      .int8(committedOnly ? 1 : 0)
      .int32(0)
      .int32(-1);
    writeByTopic(writer, partitions, (at) => {
      writer.int32(at.partition).int32(-1).int64(at.offset).int32(-1).int64(-1).int32(at.bytesMax);
    });
    writer
      .array([], () => {})
      .string('')
      .tags();
  },
  decode: (reader) => {
    reader.int32();
    const error = reader.int16();
    reader.int32();
    const partitions = readByTopic(reader, (topic): FetchedPartition => {
      const fetched = {
        topic,
        partition: reader.int32(),
        error: reader.int16(),
        highWatermark: reader.int64(),
        lastStableOffset: reader.int64(),
        logStartOffset: reader.int64(),
        aborted: reader.array(() => {
          const aborted = { producerId: reader.int64(), firstOffset: reader.int64() };
          reader.tags();
          return aborted;
        }),
      };
      reader.int32();
      return { ...fetched, records: reader.nullableBytes() };
    });
    reader.tags();
    return { error, partitions };
  },
};
