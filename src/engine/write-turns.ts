import type { Clock } from '../ports/clock.ts';

/** Part of the pause over which the writes of all tasks are spread. */
const SPREAD = 0.8;

/**
 * Spreads the writes of a process's tasks over the pause between two of one task. Tasks commit
 * together, so they would all write at once, and a read that a step waits for stands behind them:
 * 110 to 170 ms with sixteen tasks of 1,000 changes each (`npm run bench:timeouts`).
 */
export class WriteTurns {
  readonly #clock: Clock;
  readonly #everyMs: number;
  /** Nobody may begin before. */
  #freeAt = Number.NEGATIVE_INFINITY;

  /** `everyMs`: pause between two writes of one task. */
  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** Takes the next turn among so many tasks: ms until it. */
  take(tasks: number): number {
    const now = this.#clock.monotonic();
    const at = Math.max(now, this.#freeAt);
    // Nearly all of the pause: who is late still finds a turn that is free.
    this.#freeAt = at + (SPREAD * this.#everyMs) / Math.max(1, tasks);
    return at - now;
  }
}
