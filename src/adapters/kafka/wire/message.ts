import type { WireReader } from './reader.ts';
import type { WireWriter } from './writer.ts';

/** One API of Kafka at one version, always a flexible one. */
export type Message<Request, Answer> = {
  readonly apiKey: number;
  readonly version: number;
  readonly name: string;
  encode(writer: WireWriter, request: Request): void;
  /** The answer's body, after the header's tags. Reads every field, also after an error code. */
  decode(reader: WireReader): Answer;
};

/** Partitions of a topic, each with what a message says of it. */
export type ByTopic<T> = { topic: string; partitions: T[] };

/** Groups in order of first appearance; messages name each topic once. */
export function byTopic<T extends { topic: string }>(items: readonly T[]): ByTopic<T>[] {
  const topics = new Map<string, T[]>();
  for (const item of items) {
    const partitions = topics.get(item.topic);
    if (partitions) partitions.push(item);
    else topics.set(item.topic, [item]);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

/** `[name, partitions[…]]` of an answer, flattened. */
export function readByTopic<T>(reader: WireReader, read: (topic: string) => T): T[] {
  return reader
    .array(() => {
      const topic = reader.string();
      const partitions = reader.array(() => {
        const partition = read(topic);
        reader.tags();
        return partition;
      });
      reader.tags();
      return partitions;
    })
    .flat();
}

/** `[name, partitions[…]]` of a request. */
export function writeByTopic<T extends { topic: string }>(
  writer: WireWriter,
  items: readonly T[],
  write: (item: T) => void,
): void {
  writer.array(byTopic(items), ({ topic, partitions }) => {
    writer.string(topic);
    writer.array(partitions, (item) => {
      write(item);
      writer.tags();
    });
    writer.tags();
  });
}
