import type { Clock } from '../ports/clock.ts';

/**
 * The thread is given away after computing for so long, ms. A round over all tasks has no other
 * pause, and an answer of the broker that a commit waits for must not wait for all of them.
 */
const STRETCH_MS = 4;

/**
 * How long the thread has been computing. Asked just before each piece of work, without an `await`
 * in between, since tasks that are computed beside each other all go on from the same pause:
 *
 *     while (stretch.over) await stretch.pause();
 */
export class Stretch {
  readonly #clock: Clock;
  #from = Number.NEGATIVE_INFINITY;
  #pause: Promise<void> | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get over(): boolean {
    return this.#clock.monotonic() - this.#from >= STRETCH_MS;
  }

  /** Lets everything else that waits for the thread have its turn. */
  pause(): Promise<void> {
    this.#pause ??= this.#clock.sleep(0).then(() => {
      this.#pause = null;
      this.#from = this.#clock.monotonic();
    });
    return this.#pause;
  }
}
