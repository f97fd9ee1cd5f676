import type { Clock } from '../../ports/clock.ts';
import type { Partition } from './log.ts';
import type { Expiry } from './thread/data-folder.ts';

/** Seven days, ms: what a broker keeps where a topic does not say. */
const DEFAULT_KEEP_MS = 604_800_000;
const LOOK_EVERY_MS = 3_600_000;

/** What a topic's settings say about how long its records stay, ms. */
export function keepMs(settings: { readonly [name: string]: string }): number {
  const stated = Number(settings['retention.ms'] ?? DEFAULT_KEEP_MS);
  return stated < 0 ? Number.POSITIVE_INFINITY : stated;
}

/**
 * Says now and then which records are older than their topic keeps them. A record that a group of its
 * partition has not committed stays, however old: nobody else holds it.
 */
export class Retention {
  readonly #clock: Clock;
  readonly #prefix: string;
  #lookAt = Number.NEGATIVE_INFINITY;

  /** `prefix`: of Parley's topics; all others are input. */
  constructor(clock: Clock, prefix: string) {
    this.#clock = clock;
    this.#prefix = prefix;
  }

  /** What is to be removed now, if it is time to look. */
  due(
    partitions: Iterable<Partition>,
    stableEnd: (partition: Partition) => number,
  ): { readonly partition: Partition; readonly expiry: Expiry }[] {
    const now = this.#clock.now();
    if (now < this.#lookAt) return [];
    this.#lookAt = now + LOOK_EVERY_MS;
    return [...partitions]
      .filter(({ kind, start, next }) => kind === 'batches' && start < next)
      .map((partition) => {
        const { topic, partition: index, pid, start } = partition;
        const until = stableEnd(partition);
        const before = now - partition.keepMs;
        const input = !topic.startsWith(this.#prefix);
        return { partition, expiry: { topic, partition: index, pid, start, until, before, input } };
      });
  }
}
