import { viewOf } from '../../event/bytes.ts';
import type { OwnedValue, StateChange } from '../../ports/state-store.ts';

/** A change that stands in the changelog and not yet in the rows. */
export interface PendingChange extends StateChange {
  /** Of its changelog record. */
  readonly offset: number;
}

/**
 * Changes of one task on their way from the changelog to the rows. A value that changes again before
 * it is written costs one row, and rows are written in order of key: few pages instead of many.
 */
export class Overlay {
  readonly #keys = new Map<string, Map<string, PendingChange>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  put(change: PendingChange): void {
    let owners = this.#keys.get(change.key);
    if (owners === undefined) {
      owners = new Map();
      this.#keys.set(change.key, owners);
    }
    if (!owners.has(change.owner)) this.#size++;
    owners.set(change.owner, change);
  }

  /** What a key holds, given what its rows hold. */
  merge(key: string, rows: readonly OwnedValue[]): readonly OwnedValue[] {
    const owners = this.#keys.get(key);
    if (owners === undefined) return rows;
    const merged = rows.filter(({ owner }) => !owners.has(owner));
    for (const { owner, value } of owners.values()) if (value !== null) merged.push({ owner, value: viewOf(value) });
    return merged;
  }

  /** All changes in order of key. */
  sorted(): PendingChange[] {
    const changes: PendingChange[] = [];
    for (const key of [...this.#keys.keys()].sort()) {
      changes.push(...(this.#keys.get(key)?.values() ?? []));
    }
    return changes;
  }

  clear(): void {
    this.#keys.clear();
    this.#size = 0;
  }
}
