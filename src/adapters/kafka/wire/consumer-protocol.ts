import type { TopicPartition } from '../../../ports/event-log.ts';

/**
 * What members of a consumer group tell each other, in Kafka's own "consumer" format (version 2,
 * lengths of 2 and 4 bytes), so that Kafka's tools can show the group.
 */
export type Subscription = {
  topics: readonly string[];
  /** What the member held before this join, and in which generation. */
  owned: readonly TopicPartition[];
  generation: number;
};

const version = 2;

export function encodeSubscription({ topics, owned, generation }: Subscription): Buffer {
  const parts: Buffer[] = [int16(version), int32(topics.length), ...topics.map(text), int32(-1)];
  parts.push(encodePartitions(owned), int32(generation));
  return Buffer.concat(parts);
}

export function decodeSubscription(data: Buffer): Subscription {
  const cursor = new Cursor(data);
  const found = cursor.int16();
  const topics = cursor.list(() => cursor.text());
  cursor.skipBytes();
  const owned = found >= 1 ? cursor.partitions() : [];
  return { topics, owned, generation: found >= 2 ? cursor.int32() : -1 };
}

export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  return Buffer.concat([int16(version), encodePartitions(partitions), int32(-1)]);
}

/** An empty assignment is no bytes at all. */
export function decodeAssignment(data: Buffer): TopicPartition[] {
  if (data.length === 0) return [];
  const cursor = new Cursor(data);
  cursor.int16();
  return cursor.partitions();
}

function encodePartitions(partitions: readonly TopicPartition[]): Buffer {
  const byTopic = Map.groupBy(partitions, ({ topic }) => topic);
  const parts = [int32(byTopic.size)];
  for (const [topic, list] of byTopic) {
    parts.push(text(topic), int32(list.length), ...list.map(({ partition }) => int32(partition)));
  }
  return Buffer.concat(parts);
}

class Cursor {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  int16(): number {
    this.#at += 2;
    return this.#data.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#data.readInt32BE(this.#at - 4);
  }

  text(): string {
    const length = this.int16();
    this.#at += length;
    return this.#data.toString('utf8', this.#at - length, this.#at);
  }

  skipBytes(): void {
    const length = this.int32();
    this.#at += Math.max(length, 0);
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.int32() }, read);
  }

  partitions(): TopicPartition[] {
    return this.list(() => {
      const topic = this.text();
      return this.list(() => ({ topic, partition: this.int32() }));
    }).flat();
  }
}

function int16(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}
