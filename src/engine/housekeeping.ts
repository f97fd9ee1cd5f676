import { type StorePosition, StoreError } from '../ports/state-store.ts';
import { LogError } from '../ports/event-log.ts';
import { StoreMoved } from './compute.ts';
import type { OwnedTasks } from './owned-tasks.ts';
import { reasonOf } from './reasons.ts';
import { storeStandsAt } from './rebuild.ts';
import type { Life, SessionContext } from './session-context.ts';
import type { OpenTask } from './task.ts';
import { leastAbove, withCandidate } from './watermark.ts';

/** What a session does at intervals, beside input and commits. */
export class Housekeeping<Definitions> {
  readonly #context: SessionContext<Definitions>;
  readonly #tasks: OwnedTasks<Definitions>;
  readonly #life: Life;
  /** Computes time alone, in the task's turn. */
  readonly #compute: (task: OpenTask) => Promise<void>;
  /** When each was last done, monotonic ms. */
  readonly #done = new Map<string, number>();

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

  async round(): Promise<void> {
    const { clock, tuning, definitions } = this.#context;
    await clock.sleep(tuning.tickMs);
    if (this.#life.ended()) return;
    await this.#moveTime();
    if (this.#due('definitions', tuning.definitionsMs)) {
      await definitions.refresh().catch(ignoreUnavailable);
    }
    if (this.#due('store', tuning.storeCheckMs)) await this.#checkStore();
    if (this.#due('trim', tuning.trimMs)) await this.#trim();
  }

  #due(name: string, everyMs: number): boolean {
    const now = this.#context.clock.monotonic();
    const last = this.#done.get(name);
    if (last !== undefined && now - last < everyMs) return false;
    this.#done.set(name, now);
    return last !== undefined;
  }

  /** New candidates for watermarks (DESIGN 3), and time for tasks that have read everything. */
  async #moveTime(): Promise<void> {
    const { clock, log, progress, topology, config } = this.#context;
    await progress.poll();
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
    if (wanted.length > 0) {
      const asked = wanted.map(({ task }) => task.at);
      const ends = await log.endOffsets(asked, 'uncommitted');
      wanted.forEach(({ task, value }, i) => {
        task.end = ends[i] as number;
        if (task.watermark.candidate === null) {
          task.watermark = withCandidate(task.watermark, value, task.end);
        }
      });
    }
    const idle = [...this.#tasks.live()].filter(timeMoves);
    await Promise.all(idle.map(this.#compute));
    if (idle.length > 0) this.#life.wake();
  }

  /** Rule 15: a rollback under an idle task is otherwise seen by readers only. */
  async #checkStore(): Promise<void> {
    const { store } = this.#context;
    for (const task of this.#tasks.live()) {
      const writer = this.#tasks.writers.get(task.name);
      if (writer === undefined || !writer.idle) continue;
      const { seq, history } = task;
      let held: StorePosition | null;
      try {
        held = await store.position(task.at);
        this.#life.storeState(null);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.#life.storeState(reasonOf(error));
        return;
      }
      if (this.#life.ended()) return;
      if (!writer.idle || task.seq !== seq || writer.acked !== seq) continue;
      if (!storeStandsAt(held, { history, seq })) {
        throw new StoreMoved(`${task.name}: the idle store is not at commit ${seq}`);
      }
    }
  }

  /** Keyed topics hold what was not consumed yet. Best effort: what is left goes later. */
  async #trim(): Promise<void> {
    const before = [...this.#tasks.live()]
      .filter((task) => task.level > 0 && task.committed > 0)
      .map((task) => ({ ...task.at, offset: task.committed }));
    if (before.length > 0) await this.#context.log.trim(before).catch(ignoreUnavailable);
  }
}

/** The task may move on in time without input. */
export function timeMoves(task: OpenTask): boolean {
  const { candidate } = task.watermark;
  return task.moreDue || (candidate !== null && task.position >= candidate.end);
}

function ignoreUnavailable(error: unknown): void {
  if (!(error instanceof LogError)) throw error;
}
