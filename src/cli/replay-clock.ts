import type { Clock } from '../ports/clock.ts';

/**
 * The clock of a replay: its `now` is driven by the events, never by the wall, so that old history
 * does not let every deadline fall due at once. Between two events time moves on at `speed`, but
 * never past the next one. Pauses and ages are real.
 */
export class ReplayClock implements Clock {
  readonly #speed: number;
  /** Event time up to which everything was fed, and the real time at which that was reached. */
  #reached: number;
  #since: number;
  /** No further than this: time of the next event to be fed. */
  #limit: number;

  /** `speed`: event ms for each real ms; Infinity feeds as fast as it can be read. */
  constructor(start: number, speed: number) {
    this.#speed = speed;
    this.#reached = start;
    this.#limit = start;
    this.#since = performance.now();
  }

  now(): number {
    if (!Number.isFinite(this.#speed)) return this.#reached;
    const moved = this.#reached + (performance.now() - this.#since) * this.#speed;
    return Math.floor(Math.max(this.#reached, Math.min(moved, this.#limit)));
  }

  /** Announces the next event: time may move up to it. Real ms until it is due. */
  approach(time: number): number {
    this.#limit = Math.max(this.#limit, time);
    return this.realUntil(time);
  }

  /** Real ms until an event is due; 0 without a speed limit. */
  realUntil(time: number): number {
    return Number.isFinite(this.#speed) ? Math.max(0, (time - this.now()) / this.#speed) : 0;
  }

  /** Everything up to `time` was fed, or time is to move there without an event. */
  moveTo(time: number): void {
    const now = this.now();
    this.#reached = Math.max(now, time);
    this.#limit = Math.max(this.#limit, this.#reached);
    this.#since = performance.now();
  }

  monotonic(): number {
    return performance.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return realSleep(ms, signal);
  }
}

/** The wall clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: realSleep,
};

function realSleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    // A timer takes a millisecond at least.
    if (ms === 0) return void setImmediate(resolve);
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
