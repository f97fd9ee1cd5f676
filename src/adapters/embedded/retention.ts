import type { Clock } from '../../ports/clock.ts';
import type { EmbeddedLog, Partition } from './log.ts';

/** Seven days, ms: what a broker keeps where a topic does not say. */
const DEFAULT_KEEP_MS = 604_800_000;
const LOOK_EVERY_MS = 3_600_000;

/** What a topic's settings say about how long its records stay, ms. */
export function keepMs(settings: { readonly [name: string]: string }): number {
  const stated = Number(settings['retention.ms'] ?? DEFAULT_KEEP_MS);
  return stated < 0 ? Number.POSITIVE_INFINITY : stated;
}

/**
 * Removes records that are older than their topic keeps them, batch by batch from the oldest on. A
 * record that a group of its partition has not committed stays, however old: nobody else holds it.
 */
export class Retention {
  readonly #log: EmbeddedLog;
  readonly #clock: Clock;
  #lookAt = Number.NEGATIVE_INFINITY;

  constructor(log: EmbeddedLog, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Outside of database transactions. */
  look(): void {
    const now = this.#clock.now();
    if (now < this.#lookAt) return;
    this.#lookAt = now + LOOK_EVERY_MS;
    for (const one of this.#log.partitions()) {
      if (one.kind === 'batches') this.#expire(one, now - one.keepMs);
    }
  }

  #expire(one: Partition, before: number): void {
    const until = Math.min(this.#log.stableEnd(one), this.#log.leastCommitted(one));
    let from = one.start;
    while (from < until) {
      const last = this.#log.segments.read(one.pid, from, one.next).at(-1);
      if (last === undefined || last.timestamp >= before || last.offset >= until) break;
      from = last.offset + 1;
    }
    if (from > one.start) this.#log.trim(one, from);
  }
}
