import type { Clock } from '../ports/clock.ts';

/**
 * Times what a commit takes is the least from one to the next: few where little is to be done and
 * prompt is what counts, more with the rate, where the processor is short.
 */
const REST_IDLE = 2;
const REST_BUSY = 4;
/** From this rate of input records a second on it is busy. */
const BUSY_RATE = 30_000;
/** At this rate of input records a second the interval is at its longest (facts 3.5). */
const FULL_RATE = 50_000;
/** Polls in the longest interval between commits, at the full rate. */
const POLLS = 2;

/**
 * When the next commit is due, and how long to let input gather. Idle: at once. Under load the
 * pauses grow with the rate and with what commits cost, since a transaction costs milliseconds
 * whatever it holds, and so does a round over all tasks.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #maxMs: number;
  readonly #timeOnlyMs: number;
  #lastStart = Number.NEGATIVE_INFINITY;
  #intervalMs = 0;
  #pollMs = 0;

  /** `timeOnlyMs`: pause before a commit that only tells how far time has come. */
  constructor(clock: Clock, maxMs: number, timeOnlyMs: number) {
    this.#clock = clock;
    this.#maxMs = maxMs;
    this.#timeOnlyMs = timeOnlyMs;
  }

  /** Ms until the next commit, null where nothing is pending. */
  dueIn(pending: 'time' | 'effect' | null): number | null {
    if (pending === null) return null;
    const pause = pending === 'time' ? this.#timeOnlyMs : this.#intervalMs;
    return this.#lastStart + pause - this.#clock.monotonic();
  }

  /** Least time from one poll for input to the next, ms. */
  get pollMs(): number {
    return this.#pollMs;
  }

  committed(startedAt: number, tookMs: number, inputs: number): void {
    const since = startedAt - this.#lastStart;
    const rate = since > 0 && Number.isFinite(since) ? (inputs * 1_000) / since : 0;
    const byRate = Math.min(this.#maxMs, (this.#maxMs * rate) / FULL_RATE);
    const rest = REST_IDLE + (REST_BUSY - REST_IDLE) * Math.min(1, rate / BUSY_RATE);
    const wanted = Math.max(tookMs * rest, byRate);
    this.#pollMs = (this.#pollMs + byRate / POLLS) / 2;
    // Half way each time: one slow commit does not make the next ones late.
    this.#intervalMs = Math.min(this.#maxMs, (this.#intervalMs + wanted) / 2);
    this.#lastStart = startedAt;
  }
}
