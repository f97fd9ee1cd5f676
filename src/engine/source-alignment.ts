import type { Configuration } from '../event/configuration.ts';
import type { Reader } from '../ports/event-log.ts';
import type { OwnedTasks } from './owned-tasks.ts';
import type { SessionContext } from './session-context.ts';

/**
 * Pauses partitions of sources in event-time order that are far ahead of the slowest source
 * (DESIGN 3): their events would be held in state until that one has come as far. While all are
 * caught up they are never far apart; after an outage each works off its backlog at its own pace.
 */
export class SourceAlignment<Definitions> {
  readonly #context: SessionContext<Definitions>;
  readonly #tasks: OwnedTasks<Definitions>;
  readonly #reader: Reader;
  readonly #sorted: ReadonlySet<string>;

  constructor(
    context: SessionContext<Definitions>,
    tasks: OwnedTasks<Definitions>,
    reader: Reader,
    sources: Configuration['sources'],
  ) {
    this.#context = context;
    this.#tasks = tasks;
    this.#reader = reader;
    const sorted = sources.filter(({ order }) => order === 'event-time');
    this.#sorted = new Set(sorted.map(({ topic }) => topic));
  }

  /** Before each fetch. A source that has told nothing yet may be as far behind as can be. */
  look(): void {
    if (this.#sorted.size === 0) return;
    const { topology, progress, config } = this.#context;
    let slowest = Number.POSITIVE_INFINITY;
    for (const name of topology.tasksOf(0)) {
      const own = this.#tasks.byName.get(name)?.watermark.value;
      slowest = Math.min(slowest, own ?? progress.watermark(name) ?? 0);
    }
    for (const { at, watermark } of this.#tasks.live()) {
      if (!this.#sorted.has(at.topic)) continue;
      if (watermark.value - slowest > config.time.sourceAheadMax) this.#reader.pause(at);
      else this.#reader.resume(at);
    }
  }
}
