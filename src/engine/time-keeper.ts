import { StoreError } from '../ports/state-store.ts';
import type { OwnedTasks } from './owned-tasks.ts';
import type { Life, SessionContext } from './session-context.ts';
import { Signal } from './signal.ts';
import type { OpenTask } from './task.ts';
import { leastAbove, withCandidate } from './watermark.ts';

/** Between two looks, however often time above moves: a look is a request to the brokers. */
const PAUSE_MS = 10;

/** Moves time where no input does, and on later levels (DESIGN 3). */
export class TimeKeeper<Definitions> {
  readonly #context: SessionContext<Definitions>;
  readonly #tasks: OwnedTasks<Definitions>;
  readonly #life: Life;
  /** Computes time alone, in the task's turn. */
  readonly #compute: (task: OpenTask) => Promise<void>;
  readonly #wake = new Signal();
  /** Tasks of this process have come further since the last look. */
  #moved = false;
  #loading = false;
  /** Monotonic ms: of the last look, and of the last one at what other processes told. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #polledAt = Number.NEGATIVE_INFINITY;

  constructor(
    context: SessionContext<Definitions>,
    tasks: OwnedTasks<Definitions>,
    life: Life,
    compute: (task: OpenTask) => Promise<void>,
  ) {
    this.#context = context;
    this.#tasks = tasks;
    this.#life = life;
    this.#compute = compute;
  }

  /**
   * A commit of this process is acknowledged, and with it how far these tasks have come: the level
   * below need not wait until that is read back.
   */
  committed(watermarks: readonly { readonly task: string; readonly value: number }[]): void {
    if (watermarks.length === 0) return;
    for (const { task, value } of watermarks) this.#context.progress.told(task, value);
    this.#moved = true;
    this.#wake.notify();
  }

  async round(): Promise<void> {
    const { clock, tuning, progress } = this.#context;
    if (!this.#moved) await Promise.race([this.#wake.wait(), clock.sleep(tuning.tickMs)]);
    const rest = this.#lookedAt + PAUSE_MS - clock.monotonic();
    if (rest > 0) await clock.sleep(rest);
    if (this.#life.ended()) return;
    this.#moved = false;
    this.#lookedAt = clock.monotonic();
    if (this.#lookedAt - this.#polledAt >= tuning.tickMs) {
      this.#polledAt = this.#lookedAt;
      await progress.poll();
    }
    await this.#findCandidates();
    void this.#loadTimersAhead();
    const idle = [...this.#tasks.live()].filter(timeMoves);
    await Promise.all(idle.map(this.#compute));
    if (idle.length > 0) this.#life.wake();
  }

  /** New candidates for watermarks. */
  async #findCandidates(): Promise<void> {
    const { clock, log, progress, topology, config } = this.#context;
    // The times first, the end offsets after: that order is the rule.
    const wall = clock.now() - config.time.allowedLateness;
    const least = (level: 0 | 1): number | null =>
      leastAbove(topology.tasksOf(level), (task) => progress.watermark(task));
    const times = { 0: wall, 1: least(0), 2: least(1) };
    const wanted: { task: OpenTask; value: number }[] = [];
    for (const task of this.#tasks.live()) {
      const value = times[task.level];
      if (task.watermark.candidate !== null || value === null) continue;
      if (value > task.watermark.value) wanted.push({ task, value });
    }
    if (wanted.length === 0) return;
    const ends = await log.endOffsets(
      wanted.map(({ task }) => task.at),
      'uncommitted',
    );
    wanted.forEach(({ task, value }, i) => {
      task.end = ends[i] as number;
      if (task.watermark.candidate === null) {
        task.watermark = withCandidate(task.watermark, value, task.end);
      }
    });
  }

  /**
   * So that no step has to wait for them. One task after the other: the tasks of a level want theirs
   * at the same time, and a read that a step waits for would stand behind all of them.
   */
  async #loadTimersAhead(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      for (const { timers, watermark, level } of this.#tasks.live()) {
        if (level === 0 || watermark.value === 0 || !timers.nearlyEmpty(watermark.value)) continue;
        await timers.load(watermark.value);
        if (this.#life.ended()) return;
      }
    } catch (error) {
      // The step that needs them asks again, and waits.
      if (!(error instanceof StoreError)) this.#life.end({ kind: 'failure', error });
    } finally {
      this.#loading = false;
    }
  }
}

/** The task may move on in time without input. */
export function timeMoves(task: OpenTask): boolean {
  const { candidate } = task.watermark;
  return task.moreDue || (candidate !== null && task.position >= candidate.end);
}
