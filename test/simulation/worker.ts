import { parentPort, workerData } from 'node:worker_threads';
import { runHistory } from './history.ts';
import { planFromSeed } from './plan.ts';
import { describeFailure } from './shrink.ts';

/** Histories of one thread. */
export interface Share {
  readonly from: number;
  readonly count: number;
}

export interface ShareResult {
  readonly histories: number;
  /** Described in full; at most a few. */
  readonly failures: readonly string[];
}

const FAILURES_MAX = 3;

// An error is an ordinary answer here; its stack costs more than the history.
Error.stackTraceLimit = 0;

const { from, count } = workerData as Share;
const failures: string[] = [];
let histories = 0;
for (let seed = from; seed < from + count && failures.length < FAILURES_MAX; seed++) {
  const { problems } = await runHistory(planFromSeed(seed));
  histories++;
  if (problems.length > 0) failures.push(await describeFailure(planFromSeed(seed)));
}
parentPort?.postMessage({ histories, failures } satisfies ShareResult);
