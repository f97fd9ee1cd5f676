/** Time, as an argument: the wall, a replay driven by its events, or a test. */
export interface Clock {
  /** Wall clock, ms since 1970 UTC. May jump. */
  now(): number;
  /** Monotonic, ms from an arbitrary start: for time-outs and ages. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
