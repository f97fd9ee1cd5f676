import { taskName } from '../../ports/changelog.ts';
import {
  LogError,
  type FetchedBatch,
  type Isolation,
  type Reader,
  type TopicPartition,
} from '../../ports/event-log.ts';
import type { Cluster } from './cluster.ts';
import { answeredError, kafkaCode, mayTryAgain } from './error-codes.ts';
import { decodeBatches } from './record-batch-reader.ts';
import { fetch, type FetchedPartition } from './wire/fetch.ts';

type Assigned = TopicPartition & {
  position: number;
  paused: boolean;
  /** What a broker answered while the partition was paused, for `position`. */
  held: FetchedPartition | null;
  /** Which of all servings was its last one. */
  served: number;
};

/** Pause after a broker said that it does not lead a partition, or not yet. */
const notReadyPauseMs = 50;

/**
 * Plain Fetch requests over sockets of this reader alone: one request to each broker at a time, all
 * partitions that are not paused in it. Nothing is fetched ahead: an answer is decoded in the poll
 * that takes it.
 */
export class KafkaReader implements Reader {
  readonly #cluster: Cluster;
  readonly #isolation: Isolation;
  readonly #purpose: string;
  readonly #assigned = new Map<string, Assigned>();
  /** Requests under way by broker: what each brought, for the poll that finds it done. */
  readonly #underWay = new Map<number, Promise<void>>();
  #arrived: { asked: Map<string, number>; partitions: FetchedPartition[] }[] = [];
  #failed: unknown = null;
  #served = 0;
  #wake: (() => void) | null = null;
  /** Calls that may have given a poll something to ask for. */
  #changes = 0;
  #closed = false;

  constructor(cluster: Cluster, isolation: Isolation, purpose: string) {
    this.#cluster = cluster;
    this.#isolation = isolation;
    this.#purpose = purpose;
  }

  assign({ topic, partition }: TopicPartition, offset: number): void {
    this.#assigned.set(taskName({ topic, partition }), {
      topic,
      partition,
      position: offset,
      paused: false,
      held: null,
      served: 0,
    });
    this.#changed();
  }

  unassign(at: TopicPartition): void {
    this.#assigned.delete(taskName(at));
  }

  pause(at: TopicPartition): void {
    const assigned = this.#assigned.get(taskName(at));
    if (assigned) assigned.paused = true;
  }

  resume(at: TopicPartition): void {
    const assigned = this.#assigned.get(taskName(at));
    if (assigned) assigned.paused = false;
    this.#changed();
  }

  position(at: TopicPartition): number | null {
    return this.#assigned.get(taskName(at))?.position ?? null;
  }

  async poll(maxWaitMs: number, maxBytes: number): Promise<readonly FetchedBatch[]> {
    if (this.#closed)
      throw new LogError('UNAVAILABLE', 'this reader is closed', { definite: true });
    const held = this.#takeArrived();
    if (held.length > 0) return held;
    const changes = this.#changes;
    await this.#request(maxWaitMs, maxBytes);
    if (this.#underWay.size === 0) await this.#idle(maxWaitMs, changes);
    // Several brokers: whoever answers first ends this poll, the others stay under way.
    else await Promise.race(this.#underWay.values());
    if (this.#failed !== null) {
      const failed = this.#failed;
      this.#failed = null;
      throw failed;
    }
    return this.#takeArrived();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#changed();
    this.#assigned.clear();
    await this.#cluster.close(this.#purpose);
  }

  /** Sends a request to every broker that leads something wanted and has none under way. */
  async #request(waitMs: number, bytesMax: number): Promise<void> {
    const wanted = [...this.#assigned.values()].filter(
      ({ paused, held }) => !paused && held === null,
    );
    if (wanted.length === 0) return;
    // The first partitions of a request get the bytes. Who was served last is last, or one with a
    // backlog would get what many without one leave over, and its neighbours nothing.
    wanted.sort((one, other) => one.served - other.served);
    for (const [nodeId, partitions] of await this.#cluster.byLeader(wanted)) {
      if (this.#underWay.has(nodeId)) continue;
      const done = this.#fetch(nodeId, partitions, waitMs, bytesMax)
        .catch((error: unknown) => {
          if (this.#closed) return;
          this.#cluster.forgetLeaders(new Set(partitions.map(({ topic }) => topic)));
          this.#failed = unavailable(error);
        })
        .finally(() => {
          this.#underWay.delete(nodeId);
        });
      this.#underWay.set(nodeId, done);
    }
  }

  async #fetch(
    nodeId: number,
    partitions: readonly Assigned[],
    waitMs: number,
    bytesMax: number,
  ): Promise<void> {
    const { fetchPartitionBytesMax, requestTimeoutMs } = this.#cluster.settings;
    const asked = new Map(partitions.map((at) => [taskName(at), at.position]));
    const answer = await this.#cluster.connection(nodeId, this.#purpose).send(
      fetch,
      {
        waitMs,
        bytesMax,
        committedOnly: this.#isolation === 'committed',
        partitions: partitions.map(({ topic, partition, position }) => ({
          topic,
          partition,
          offset: position,
          bytesMax: fetchPartitionBytesMax,
        })),
      },
      waitMs + requestTimeoutMs,
    );
    if (answer.error !== 0) throw answeredError(answer.error, 'fetching');
    this.#arrived.push({ asked, partitions: answer.partitions });
    const notReady = answer.partitions.filter(({ error }) => mayTryAgain(error));
    if (notReady.length > 0) {
      this.#cluster.forgetLeaders(new Set(notReady.map(({ topic }) => topic)));
      await new Promise((resolve) => setTimeout(resolve, notReadyPauseMs));
    }
  }

  /**
   * Decodes what has arrived. Answers for a position that is no longer the partition's (assigned
   * anew meanwhile) are dropped; those of paused partitions wait for `resume`.
   */
  #takeArrived(): FetchedBatch[] {
    for (const { asked, partitions } of this.#arrived.splice(0)) {
      for (const fetched of partitions) {
        const assigned = this.#assigned.get(taskName(fetched));
        if (assigned && assigned.position === asked.get(taskName(fetched))) assigned.held = fetched;
      }
    }
    const batches: FetchedBatch[] = [];
    for (const assigned of this.#assigned.values()) {
      if (assigned.held === null || assigned.paused) continue;
      const { held } = assigned;
      assigned.held = null;
      if (held.error !== 0) {
        if (mayTryAgain(held.error)) continue;
        // What was decoded before must not be lost with the error: it is delivered first.
        if (batches.length > 0) {
          assigned.held = held;
          break;
        }
        throw outOfRange(held, assigned.position);
      }
      const batch = this.#decode(assigned, held);
      if (batch) batches.push(batch);
    }
    return batches;
  }

  #decode(assigned: Assigned, fetched: FetchedPartition): FetchedBatch | null {
    const { topic, partition, position } = assigned;
    const data = fetched.records;
    if (data === null || data.length === 0) return null;
    const { records, nextOffset } = decodeBatches(data, position, fetched.aborted, {
      topic,
      partition,
    });
    if (nextOffset === position) return null;
    assigned.position = nextOffset;
    assigned.served = ++this.#served;
    const end = this.#isolation === 'committed' ? fetched.lastStableOffset : fetched.highWatermark;
    return { topic, partition, records, nextOffset, end, bytes: data.length };
  }

  #changed(): void {
    this.#changes++;
    this.#wake?.();
  }

  /** Waits for the time given, or for a change since `changes` was read. */
  async #idle(waitMs: number, changes: number): Promise<void> {
    if (this.#changes !== changes) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}

/** Hazard H6: the position is never moved silently; who owns the task decides. */
function outOfRange(held: FetchedPartition, position: number): LogError {
  const at = { topic: held.topic, partition: held.partition };
  if (held.error !== kafkaCode.offsetOutOfRange) return answeredError(held.error, 'fetching', at);
  return new LogError(
    'OFFSET_OUT_OF_RANGE',
    `offset ${position} is outside the log of ${taskName(at)}: deleted by retention, or a new topic`,
    { definite: true, at },
  );
}

/** A read that failed changed nothing. */
function unavailable(error: unknown): unknown {
  if (!(error instanceof LogError) || error.code !== 'UNKNOWN') return error;
  return new LogError('UNAVAILABLE', error.message, { definite: true, cause: error });
}
