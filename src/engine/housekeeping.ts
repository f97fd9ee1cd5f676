import { type StorePosition, StoreError } from '../ports/state-store.ts';
import { LogError } from '../ports/event-log.ts';
import { StoreMoved } from './compute.ts';
import type { OwnedTasks } from './owned-tasks.ts';
import { reasonOf } from './reasons.ts';
import { storeStandsAt } from './rebuild.ts';
import type { Life, SessionContext } from './session-context.ts';

/** What a session does at intervals, and what nobody waits for. */
export class Housekeeping<Definitions> {
  readonly #context: SessionContext<Definitions>;
  readonly #tasks: OwnedTasks<Definitions>;
  readonly #life: Life;
  /** When each was last done, monotonic ms. */
  readonly #done = new Map<string, number>();

  constructor(
    context: SessionContext<Definitions>,
    tasks: OwnedTasks<Definitions>,
    life: Life,
  ) {
    this.#context = context;
    this.#tasks = tasks;
    this.#life = life;
  }

  async round(): Promise<void> {
    const { clock, tuning, definitions } = this.#context;
    await clock.sleep(tuning.tickMs);
    if (this.#life.ended()) return;
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

function ignoreUnavailable(error: unknown): void {
  if (!(error instanceof LogError)) throw error;
}
