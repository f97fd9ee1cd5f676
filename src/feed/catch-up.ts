import type { EventLog, TopicPartition } from '../ports/event-log.ts';
import { type ChannelTail, type FeedItem, toItems } from './channel-tail.ts';
import { decodePosition, encodePosition } from './position.ts';
import type { GapFrame, SubscribeFrame } from './protocol.ts';
import { eventFrame, selects, type Subscription } from './subscription.ts';

/** Where a subscription begins, and what lies between there and where it asked to begin. */
export interface Start {
  readonly offsets: readonly number[];
  readonly gap: Pick<GapFrame, 'from' | 'count' | 'reason'> | null;
}

/** A position that cannot be served, with the reason. */
export interface BadPosition {
  readonly problem: string;
}

export async function startOf(
  from: SubscribeFrame['from'],
  tail: ChannelTail,
  log: EventLog,
): Promise<Start | BadPosition> {
  if (from === 'latest') return { offsets: [...tail.offsets], gap: null };
  const partitions = partitionsOf(tail);
  const first = await log.startOffsets(partitions);
  if (from === 'earliest') return { offsets: first, gap: null };
  if ('time' in from) {
    const offsets = await log.offsetsForTime(partitions, Date.parse(from.time));
    return { offsets, gap: null };
  }
  const asked = decodePosition(from.position);
  if (asked === null) return { problem: 'the position is not one of this feed' };
  if (asked.channel !== tail.channel) {
    return { problem: `the position belongs to the channel ${asked.channel}` };
  }
  if (asked.epoch !== tail.epoch) {
    return { offsets: first, gap: { from: from.position, count: null, reason: 'epoch' } };
  }
  const ends = await log.endOffsets(partitions, 'committed');
  const beyond = asked.offsets.some((offset, index) => offset > (ends[index] ?? 0));
  if (beyond) return { problem: 'the position lies behind the end of the channel' };
  const offsets = first.map((start, index) => Math.max(start, asked.offsets[index] ?? 0));
  const lost = offsets.some((offset, index) => offset > (asked.offsets[index] ?? 0));
  const gap = { from: from.position, count: null, reason: 'retention' as const };
  return { offsets, gap: lost ? gap : null };
}

function partitionsOf({ topic, offsets }: ChannelTail): TopicPartition[] {
  return offsets.map((_, partition) => ({ topic, partition }));
}

const POLL_MS = 50;
const POLL_BYTES = 512 * 1024;

/**
 * Delivers what lies between `offsets` and the live end, at the pace of the client, then calls
 * `join` in the same turn in which nothing is missing. Ends early once `wanted` says no.
 */
export async function catchUp(
  subscription: Subscription,
  start: readonly number[],
  tail: ChannelTail,
  log: EventLog,
  { wanted, join }: { readonly wanted: () => boolean; readonly join: () => void },
): Promise<void> {
  const offsets = [...start];
  const reader = log.openReader('committed');
  try {
    for (const at of partitionsOf(tail)) reader.assign(at, offsets[at.partition] ?? 0);
    while (wanted()) {
      const recent = tail.since(offsets);
      if (recent !== null && fits(recent, subscription)) {
        for (const item of recent) offer(subscription, item);
        join();
        return;
      }
      for (const batch of await reader.poll(POLL_MS, POLL_BYTES)) {
        for (const item of toItems(batch, tail, offsets)) {
          if (!(await roomFor(subscription, item)) || !wanted()) return;
          offer(subscription, item);
        }
      }
      const { channel, epoch } = tail;
      subscription.moveTo(encodePosition({ channel, epoch, offsets }));
    }
  } finally {
    await reader.close();
  }
}

/** Bytes of a frame beside the record, at the most: names and position. */
const FRAME_BYTES = 1_024;

/** The last items before the live end are delivered at once: they must fit beside what is unread. */
function fits(items: readonly FeedItem[], { outlet }: Subscription): boolean {
  const bytes = items.reduce((sum, item) => sum + item.value.length + FRAME_BYTES, 0);
  return items.length === 0 || outlet.buffered + bytes < outlet.bufferMax;
}

/** Waits for a slow client; false where it left. */
async function roomFor({ outlet }: Subscription, item: FeedItem): Promise<boolean> {
  if (outlet.buffered + item.value.length + FRAME_BYTES < outlet.bufferMax) return true;
  return outlet.drained();
}

function offer(subscription: Subscription, item: FeedItem): void {
  if (!selects(subscription.selection, item)) return;
  subscription.offer(item, eventFrame(subscription.selection.sub, item));
}
