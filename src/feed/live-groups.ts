import type { ChannelTail, FeedItem } from './channel-tail.ts';
import { eventFrame, type Selection, selects, type Subscription } from './subscription.ts';

interface LiveGroup {
  readonly selection: Selection;
  readonly members: Set<Subscription>;
}

/**
 * Subscriptions at the live end, grouped by what they ask for: a filter is evaluated once and a
 * frame built once for each group, however many clients are in it.
 */
export class LiveGroups {
  readonly #groups = new Map<string, LiveGroup>();

  add(subscription: Subscription): void {
    const name = groupName(subscription.selection);
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { selection: subscription.selection, members: new Set() };
      this.#groups.set(name, group);
    }
    group.members.add(subscription);
  }

  remove(subscription: Subscription): void {
    const name = groupName(subscription.selection);
    const group = this.#groups.get(name);
    group?.members.delete(subscription);
    if (group?.members.size === 0) this.#groups.delete(name);
  }

  /** Delivers items of a channel; returns deliveries made. */
  deliver(tail: ChannelTail, items: readonly FeedItem[]): number {
    let deliveries = 0;
    for (const group of this.#groups.values()) {
      if (group.selection.channel !== tail.channel) continue;
      for (const { outlet } of group.members) outlet.cork();
      for (const item of items) {
        if (!selects(group.selection, item)) continue;
        const frame = eventFrame(group.selection.sub, item);
        for (const member of group.members) {
          if (member.offer(item, frame)) deliveries++;
        }
      }
      const position = tail.position();
      for (const member of group.members) {
        member.moveTo(position);
        member.outlet.uncork();
      }
    }
    return deliveries;
  }

  /** Tells every subscription of a channel that retention overtook the feed itself. */
  lost(tail: ChannelTail, from: string): void {
    const position = tail.position();
    for (const { selection, members } of this.#groups.values()) {
      if (selection.channel !== tail.channel) continue;
      for (const member of members) {
        if (member.stalled) continue;
        const { sub } = selection;
        member.moveTo(position);
        member.outlet.send({
          type: 'gap', sub, position, from, to: position, count: null, reason: 'retention',
        });
      }
    }
  }
}

function groupName({ channel, sub, where, keys }: Selection): string {
  return JSON.stringify([channel, sub, where, keys === null ? null : [...keys]]);
}
