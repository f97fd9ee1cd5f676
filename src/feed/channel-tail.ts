import {
  type EventLog,
  type FetchedBatch,
  LogError,
  type LogRecord,
  type Reader,
} from '../ports/event-log.ts';
import { encodePosition, type Position } from './position.ts';
import { Signal } from '../engine/signal.ts';
import type { Channel } from './protocol.ts';

/** One record of a channel as it is delivered. Parsed at most once, framed once for each group. */
export class FeedItem {
  readonly partition: number;
  readonly offset: number;
  readonly value: Uint8Array;
  readonly key: string;
  readonly #after: Position;
  #parsed: { readonly record: unknown } | null = null;

  constructor(partition: number, record: LogRecord, value: Uint8Array, after: Position) {
    this.partition = partition;
    this.offset = record.offset;
    this.value = value;
    this.key = record.key === null ? '' : Buffer.from(record.key).toString('utf8');
    this.#after = after;
  }

  /** Position of the channel after this item, for subscriptions at the live end. */
  get position(): string {
    return encodePosition(this.#after);
  }

  /** The record; null where it is not JSON (never, for topics that Parley writes). */
  get record(): unknown {
    if (this.#parsed === null) {
      try {
        this.#parsed = { record: JSON.parse(Buffer.from(this.value).toString('utf8')) };
      } catch {
        this.#parsed = { record: null };
      }
    }
    return this.#parsed.record;
  }
}

/** Items kept of each channel, so that a subscription that catches up can join without a chase. */
const RECENT_ITEMS = 4_096;

/**
 * The live end of one channel: position, and the recent items before it. Fed by `FeedTail`,
 * read synchronously by subscriptions.
 */
export class ChannelTail {
  readonly channel: Channel;
  readonly topic: string;
  readonly epoch: string;
  readonly offsets: number[];
  /** First offset of each partition from which `recent` is complete. */
  readonly recentFrom: number[];
  #recent: FeedItem[] = [];

  constructor(channel: Channel, topic: string, epoch: string, offsets: readonly number[]) {
    this.channel = channel;
    this.topic = topic;
    this.epoch = epoch;
    this.offsets = [...offsets];
    this.recentFrom = [...offsets];
  }

  position(): string {
    return encodePosition(this);
  }

  /** Takes a fetched batch; returns the items in it, tombstones left out. */
  take(batch: FetchedBatch): readonly FeedItem[] {
    const items = toItems(batch, this, this.offsets);
    this.#recent.push(...items);
    if (this.#recent.length > 2 * RECENT_ITEMS) this.#forget();
    return items;
  }

  /** Items at or after `offsets`; null where some of them are no longer kept. */
  since(offsets: readonly number[]): readonly FeedItem[] | null {
    if (offsets.some((offset, partition) => offset < (this.recentFrom[partition] ?? 0))) return null;
    return this.#recent.filter((item) => item.offset >= (offsets[item.partition] ?? 0));
  }

  /** Goes on at `start`: what lies before it and was not read yet is left out. */
  skipTo(partition: number, start: number): void {
    this.offsets[partition] = start;
    this.recentFrom[partition] = start;
    this.#recent = this.#recent.filter((item) => item.partition !== partition);
  }

  #forget(): void {
    const forgotten = this.#recent.slice(0, -RECENT_ITEMS);
    this.#recent = this.#recent.slice(-RECENT_ITEMS);
    for (const { partition, offset } of forgotten) {
      this.recentFrom[partition] = Math.max(this.recentFrom[partition] ?? 0, offset + 1);
    }
  }
}

/** Items of a batch; moves `offsets` along, so that each carries the position after it. */
export function toItems(
  batch: FetchedBatch,
  at: Pick<Position, 'channel' | 'epoch'>,
  offsets: number[],
): FeedItem[] {
  const items: FeedItem[] = [];
  for (const record of batch.records) {
    offsets[batch.partition] = record.offset + 1;
    if (record.value === null) continue;
    const after = { channel: at.channel, epoch: at.epoch, offsets: [...offsets] };
    items.push(new FeedItem(batch.partition, record, record.value, after));
  }
  offsets[batch.partition] = batch.nextOffset;
  return items;
}

const POLL_MS = 100;
const POLL_BYTES = 4 * 1024 * 1024;

/** What happens at the live end. */
export interface TailListener {
  /** While nobody listens nothing is read. */
  listens(): boolean;
  items(tail: ChannelTail, items: readonly FeedItem[]): void;
  /** Retention removed records before they were read; `from` is the position before them. */
  lost(tail: ChannelTail, from: string): void;
  /** The log failed; the next poll comes when this resolves. */
  failed(error: unknown): Promise<void>;
}

/** Who waits until a tail that rested stands at the live end. */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads all channels of a log at their live end and hands the items on. Each process has one, over
 * all partitions of all outputs: while nobody listens it rests.
 */
export class FeedTail {
  readonly #log: EventLog;
  readonly channels: ReadonlyMap<Channel, ChannelTail>;
  readonly #reader: Reader;
  readonly #byTopic: ReadonlyMap<string, ChannelTail>;
  #running: Promise<void> | null = null;
  #stopped = false;
  #resting = false;
  #waiting: Waiting[] = [];
  readonly #change = new Signal();

  private constructor(
    log: EventLog,
    reader: Reader,
    channels: ReadonlyMap<Channel, ChannelTail>,
  ) {
    this.#log = log;
    this.#reader = reader;
    this.channels = channels;
    this.#byTopic = new Map([...channels.values()].map((tail) => [tail.topic, tail]));
  }

  /** Opens every channel at its end. The topics exist: the engine made them. */
  static async open(log: EventLog, topics: ReadonlyMap<Channel, string>): Promise<FeedTail> {
    const reader = log.openReader('committed');
    const channels = new Map<Channel, ChannelTail>();
    for (const [channel, topic] of topics) {
      const description = await log.describeTopic(topic);
      if (description === null) throw new Error(`the topic ${topic} does not exist`);
      const partitions = Array.from({ length: description.partitions }, (_, partition) => ({
        topic,
        partition,
      }));
      const ends = await log.endOffsets(partitions, 'committed');
      partitions.forEach((at, index) => reader.assign(at, ends[index] ?? 0));
      channels.set(channel, new ChannelTail(channel, topic, description.id, ends));
    }
    return new FeedTail(log, reader, channels);
  }

  /** Tells the listener of each poll, until `stop`. */
  start(listener: TailListener): void {
    this.#running = this.#run(listener);
  }

  get resting(): boolean {
    return this.#resting;
  }

  /** Resolves when it stands at the live end; what came while it rested is left out. */
  wake(): Promise<void> {
    if (!this.#resting) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#change.notify();
    });
  }

  async #run(listener: TailListener): Promise<void> {
    while (!this.#stopped) {
      if (this.#resting) {
        if (this.#waiting.length === 0) await this.#change.wait();
        else await this.#goOn();
        continue;
      }
      if (!listener.listens()) {
        this.#resting = true;
        continue;
      }
      try {
        for (const batch of await this.#reader.poll(POLL_MS, POLL_BYTES)) {
          const tail = this.#byTopic.get(batch.topic);
          if (tail !== undefined) listener.items(tail, tail.take(batch));
        }
      } catch (error) {
        if (!this.#stopped) await this.#mend(error, listener);
      }
      // An embedded poll can resolve without I/O: let sockets and timers have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Between polls, so that no answer for a former position comes after it. */
  async #goOn(): Promise<void> {
    try {
      for (const tail of this.channels.values()) {
        const { topic, offsets } = tail;
        const partitions = offsets.map((_, partition) => ({ topic, partition }));
        const ends = await this.#log.endOffsets(partitions, 'committed');
        ends.forEach((end, partition) => {
          if (end === offsets[partition]) return;
          tail.skipTo(partition, end);
          this.#reader.assign({ topic, partition }, end);
        });
      }
      this.#resting = false;
      for (const { resolve } of this.#waiting.splice(0)) resolve();
    } catch (error) {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    }
  }

  async #mend(error: unknown, listener: TailListener): Promise<void> {
    const at = error instanceof LogError && error.code === 'OFFSET_OUT_OF_RANGE' ? error.at : null;
    const tail = at === null ? undefined : this.#byTopic.get(at.topic);
    if (at === null || tail === undefined) return listener.failed(error);
    try {
      const [start = 0] = await this.#log.startOffsets([at]);
      const from = tail.position();
      tail.skipTo(at.partition, start);
      this.#reader.assign(at, start);
      listener.lost(tail, from);
    } catch (again) {
      await listener.failed(again);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#change.notify();
    await this.#running;
    await this.#reader.close();
  }
}
