/** Intervals and sizes that are not configuration. The simulation makes them small. */
export interface EngineTuning {
  /** Longest wait for input. */
  readonly pollMs: number;
  /** Between looks at time where no input moves it. */
  readonly tickMs: number;
  /** Between commits that only tell how far time has come. */
  readonly timeOnlyIntervalMs: number;
  /** Between looks for a new set of definitions (DESIGN 5: at most 2 s). */
  readonly definitionsMs: number;
  /** Between looks at the store under idle tasks (rule 15). */
  readonly storeCheckMs: number;
  /** Between trims of what keyed topics hold before the committed offset. */
  readonly trimMs: number;
  /** How far ahead timers are held in memory. */
  readonly timerWindowMs: number;
  /** Timers of a task held in memory, about. */
  readonly timerLoadMax: number;
  /** Timers fired in one step. */
  readonly timersMax: number;
  /** Values in one write of a rebuild. */
  readonly rebuildChunkMax: number;
  /** First pause after an error; it grows to `retryMaxMs`. */
  readonly retryMs: number;
  readonly retryMaxMs: number;
}

export const DEFAULT_TUNING: EngineTuning = {
  pollMs: 50,
  tickMs: 50,
  timeOnlyIntervalMs: 100,
  definitionsMs: 1_000,
  storeCheckMs: 3_000,
  trimMs: 5_000,
  timerWindowMs: 10_000,
  timerLoadMax: 4_000,
  timersMax: 1_000,
  rebuildChunkMax: 3_000,
  retryMs: 50,
  retryMaxMs: 5_000,
};
