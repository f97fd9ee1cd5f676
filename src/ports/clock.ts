/** Time, as an argument: the wall, a replay driven by its events, or a test. */
export interface Clock {
  /** Wall clock, ms since 1970 UTC. May jump. */
  now(): number;
  /** Monotonic, ms from an arbitrary start: for time-outs and ages. */
  monotonic(): number;
  /**
   * Resolves after `ms`, or at once when `signal` aborts. 0 gives way: everything that waits for
   * the thread has its turn, and no more time than that passes.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
