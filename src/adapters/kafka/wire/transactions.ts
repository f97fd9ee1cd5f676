import type { Message } from './message.ts';
import { readByTopic, writeByTopic } from './message.ts';

/** Who produces. Transaction version 2 bumps the epoch at each end of a transaction. */
export type ProducerIdentity = { producerId: number; epoch: number };

export type PartitionError = { topic: string; partition: number; error: number };

export const initProducerId: Message<
  { transactionalId: string; timeoutMs: number },
  { error: number } & ProducerIdentity
> = {
  apiKey: 22,
  version: 5,
  name: 'InitProducerId',
  encode: (writer, { transactionalId, timeoutMs }) => {
    writer.nullableString(transactionalId).int32(timeoutMs).int64(-1).int16(-1).tags();
  },
  decode: (reader) => {
    reader.int32();
    const answer = { error: reader.int16(), producerId: reader.int64(), epoch: reader.int16() };
    reader.tags();
    return answer;
  },
};

export type OffsetEntry = { topic: string; partition: number; offset: number; metadata: string };

export const txnOffsetCommit: Message<
  {
    transactionalId: string;
    group: string;
    member: string;
    generation: number;
    offsets: readonly OffsetEntry[];
  } & ProducerIdentity,
  PartitionError[]
> = {
  apiKey: 28,
  version: 5,
  name: 'TxnOffsetCommit',
  encode: (writer, request) => {
    writer
      .string(request.transactionalId)
      .string(request.group)
      .int64(request.producerId)
      .int16(request.epoch)
      .int32(request.generation)
      .string(request.member)
      .nullableString(null);
    writeByTopic(writer, request.offsets, ({ partition, offset, metadata }) => {
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

export const endTxn: Message<
  { transactionalId: string; commit: boolean } & ProducerIdentity,
  { error: number } & ProducerIdentity
> = {
  apiKey: 26,
  version: 5,
  name: 'EndTxn',
  encode: (writer, { transactionalId, producerId, epoch, commit }) => {
    writer.string(transactionalId).int64(producerId).int16(epoch).bool(commit).tags();
  },
  decode: (reader) => {
    reader.int32();
    const answer = { error: reader.int16(), producerId: reader.int64(), epoch: reader.int16() };
    reader.tags();
    return answer;
  },
};
