import { partitionOf, type TopicRole } from '../event/topics.ts';
import { RecordBuffer } from '../ports/record-buffer.ts';
import type { RoutedRecord } from '../task/contract.ts';
import type { Topology } from './topology.ts';

/** Gives the records that go to a partition of a role's topic. */
export type RecordsTo = (role: TopicRole, partition: number) => RecordBuffer;

/** What a task has for other topics than its changelog, in order, until the commit that sends it. */
export class Outbox {
  readonly #records = new RecordBuffer();
  readonly #roles: TopicRole[] = [];
  readonly #partitions: number[] = [];

  get length(): number {
    return this.#records.length;
  }

  /** @param timestamp Create time, ms. */
  add({ role, key, value }: RoutedRecord, topology: Pick<Topology, 'partitions'>, timestamp: number): void {
    this.#records.add({ key, value, headers: null, timestamp });
    this.#roles.push(role);
    this.#partitions.push(partitionOf(key, topology.partitions(role)));
  }

  /** Copies the records to where they go. */
  send(recordsTo: RecordsTo): void {
    let next = 0;
    for (const { bytes, used } of this.#records.chunks) {
      for (let at = 0; at < used; next++) {
        const to = recordsTo(this.#roles[next] as TopicRole, this.#partitions[next] as number);
        at = to.copy(bytes, at);
      }
    }
  }
}
