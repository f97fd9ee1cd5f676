import { FeedTail, type FeedItem } from '../feed/channel-tail.ts';
import type { Channel } from '../feed/protocol.ts';
import type { EventLog } from '../ports/event-log.ts';
import { derivedLine, formatCount, segmentLine, type ShownRecord } from './display.ts';
import type { Terminal } from './terminal.ts';

const SHOWN: readonly Channel[] = ['derived', 'segments', 'intents', 'dead-letter'];

/** What the summary line tells. */
export interface Summary {
  readonly consumed: number;
  readonly lag: number;
  readonly partialMatches: number;
  readonly members: number;
  /** Time of the replay or the wall, ms. */
  readonly now: number;
}

/** Shows what a running engine emits, line by line, with a summary line below. */
export class LiveView {
  readonly counts: { [channel in Channel]?: number } = {};
  readonly #tail: FeedTail;
  readonly #terminal: Terminal;
  readonly #json: boolean;
  #timer: NodeJS.Timeout | null = null;
  #lastConsumed = 0;
  #lastAt = performance.now();

  private constructor(tail: FeedTail, terminal: Terminal, json: boolean) {
    this.#tail = tail;
    this.#terminal = terminal;
    this.#json = json;
  }

  static async open(
    log: EventLog,
    topicOf: (channel: Channel) => string,
    terminal: Terminal,
    json: boolean,
  ): Promise<LiveView> {
    const topics = new Map(SHOWN.map((channel) => [channel, topicOf(channel)] as const));
    const view = new LiveView(await FeedTail.open(log, topics), terminal, json);
    view.#tail.start({
      listens: () => true,
      items: ({ channel }, items) => view.#show(channel, items),
      lost: () => {},
      failed: () => new Promise((resolve) => setTimeout(resolve, 1_000)),
    });
    return view;
  }

  /** Writes the summary every `everyMs`. */
  summarise(everyMs: number, read: () => Promise<Summary>): void {
    if (this.#json) return;
    this.#timer = setInterval(() => void read().then((summary) => this.#status(summary)), everyMs);
  }

  /** Resolves once everything committed until now was shown. */
  async settle(log: EventLog): Promise<void> {
    for (const tail of this.#tail.channels.values()) {
      const partitions = tail.offsets.map((_, partition) => ({ topic: tail.topic, partition }));
      const ends = await log.endOffsets(partitions, 'committed');
      while (ends.some((end, partition) => (tail.offsets[partition] ?? 0) < end)) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#terminal.end();
    await this.#tail.stop();
  }

  #show(channel: Channel, items: readonly FeedItem[]): void {
    this.counts[channel] = (this.counts[channel] ?? 0) + items.length;
    for (const item of items) {
      if (this.#json) {
        this.#terminal.line(JSON.stringify({ channel, record: item.record }));
        continue;
      }
      const record = item.record as ShownRecord;
      if (channel === 'derived') this.#terminal.line(derivedLine(record, this.#terminal));
      if (channel === 'segments') this.#terminal.line(segmentLine(record, this.#terminal));
    }
  }

  #status({ consumed, lag, partialMatches, members, now }: Summary): void {
    const seconds = (performance.now() - this.#lastAt) / 1_000;
    const rate = (consumed - this.#lastConsumed) / seconds;
    this.#lastConsumed = consumed;
    this.#lastAt = performance.now();
    const parts = [
      `${formatCount(rate)} events/s`,
      `lag ${formatCount(lag)}`,
      `${formatCount(partialMatches)} partial matches`,
      `${formatCount(members)} members`,
      `${formatCount(consumed)} events`,
      `${formatCount(this.counts.intents ?? 0)} intents`,
      `${formatCount(this.counts.derived ?? 0)} derived`,
      new Date(now).toISOString().slice(0, 16).replace('T', ' '),
    ];
    this.#terminal.status(parts.join(' · '));
  }
}
