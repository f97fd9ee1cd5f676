import { decodeMeta, type TaskMeta } from '../ports/changelog.ts';
import type { EventLog, LogRecord, Reader, TopicPartition } from '../ports/event-log.ts';
import { applicationOf } from './application.ts';

/**
 * What stands on `parley.progress`: the watermark of every task, and the `__meta` of level 0,
 * which has no changelog. One reader for the process.
 */
export class ProgressView {
  readonly #log: EventLog;
  readonly #at: TopicPartition;
  readonly #reader: Reader;
  readonly #watermarks = new Map<string, number>();
  readonly #metas = new Map<string, TaskMeta>();
  #application: string | null = null;
  /** Reading is done by one caller at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(log: EventLog, at: TopicPartition, start: number) {
    this.#log = log;
    this.#at = at;
    this.#reader = log.openReader('committed');
    this.#reader.assign(at, start);
  }

  static async open(log: EventLog, at: TopicPartition): Promise<ProgressView> {
    const [start = 0] = await log.startOffsets([at]);
    return new ProgressView(log, at, start);
  }

  /** Reads what is there now, without waiting for anything. */
  poll(): Promise<void> {
    return this.#inTurn(async () => {
      this.#take(await this.#reader.poll(0, POLL_BYTES));
    });
  }

  /**
   * Reads until the position reaches the end asked for now; `toTheEnd` includes transactions that
   * are pending (rule 5). Gives up with false when `stop` says so.
   */
  catchUp(stop: () => boolean, toTheEnd: boolean): Promise<boolean> {
    return this.#inTurn(async () => {
      const isolation = toTheEnd ? 'uncommitted' : 'committed';
      const [end = 0] = await this.#log.endOffsets([this.#at], isolation);
      while ((this.#reader.position(this.#at) ?? 0) < end) {
        if (stop()) return false;
        this.#take(await this.#reader.poll(WAIT_MS, POLL_BYTES));
      }
      return true;
    });
  }

  /** A commit of this process that wrote it is acknowledged: the same as having read it. */
  told(task: string, watermark: number): void {
    this.#watermarks.set(task, Math.max(this.#watermarks.get(task) ?? 0, watermark));
  }

  watermark(task: string): number | null {
    return this.#watermarks.get(task) ?? null;
  }

  /** Last `__meta` of a level 0 task. */
  meta(task: string): TaskMeta | null {
    return this.#metas.get(task) ?? null;
  }

  /** The application that committed what stands there; null where nothing does. */
  get application(): string | null {
    return this.#application;
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }

  #take(batches: readonly { readonly records: Iterable<LogRecord> }[]): void {
    for (const { records } of batches) {
      for (const { key, value } of records) {
        if (key === null || value === null) continue;
        const task = Buffer.from(key).toString();
        const written = JSON.parse(Buffer.from(value).toString()) as { watermark: number };
        this.told(task, written.watermark);
        if (!('seq' in written)) continue;
        const meta = decodeMeta(value);
        this.#metas.set(task, meta);
        this.#application = applicationOf(meta.owner);
      }
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(work, work);
    this.#turn = run.catch(() => {});
    return run;
  }
}

const POLL_BYTES = 1_000_000;
const WAIT_MS = 50;

/** Value on `parley.progress` of a task that has its `__meta` elsewhere. */
export function encodeWatermark(watermark: number): Uint8Array {
  return Buffer.from(JSON.stringify({ watermark }));
}
