import { latin1, viewOf } from '../../event/bytes.ts';
import type { Isolation, LogRecord, OutgoingRecord, OutgoingRecords } from '../../ports/event-log.ts';

/** The records of one transaction on one partition; its outcome comes with the marker. */
export interface Span {
  readonly first: number;
  outcome: 'commit' | 'abort' | null;
}

interface Entry {
  readonly offset: number;
  readonly timestamp: number;
  /** Null is a control record. */
  readonly record: OutgoingRecord | null;
  /** Null outside a transaction. */
  readonly span: Span | null;
}

export interface PartitionRead {
  readonly records: LogRecord[];
  readonly nextOffset: number;
  readonly bytes: number;
}

/** One partition of the broker: entries in order of offset, with gaps where it was compacted. */
export class MemoryPartition {
  #entries: Entry[] = [];
  #start = 0;
  #end = 0;
  readonly #open = new Set<Span>();

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** First offset that a committed reader may not pass: the last stable offset. */
  get stableEnd(): number {
    let end = this.#end;
    for (const span of this.#open) end = Math.min(end, span.first);
    return end;
  }

  endAt(isolation: Isolation): number {
    return isolation === 'committed' ? this.stableEnd : this.#end;
  }

  /** Begins the records of a transaction here. */
  openSpan(): Span {
    const span: Span = { first: this.#end, outcome: null };
    this.#open.add(span);
    return span;
  }

  append(records: OutgoingRecords, span: Span | null, appendTime: number | null): number {
    const base = this.#end;
    for (const record of records) {
      const timestamp = appendTime ?? record.timestamp;
      this.#entries.push({ offset: this.#end++, timestamp, record, span });
    }
    return base;
  }

  /** The marker of a transaction arrives. */
  close(span: Span, outcome: 'commit' | 'abort', now: number): void {
    span.outcome = outcome;
    this.#open.delete(span);
    this.#entries.push({ offset: this.#end++, timestamp: now, record: null, span });
  }

  read(from: number, isolation: Isolation, maxBytes: number): PartitionRead {
    const end = this.endAt(isolation);
    const records: LogRecord[] = [];
    let bytes = 0;
    let nextOffset = from;
    for (let i = this.#indexOf(from); i < this.#entries.length; i++) {
      const entry = this.#entries[i] as Entry;
      if (entry.offset >= end || (bytes >= maxBytes && records.length > 0)) {
        return { records, nextOffset, bytes };
      }
      nextOffset = entry.offset + 1;
      if (entry.record === null) continue;
      if (isolation === 'committed' && entry.span !== null && entry.span.outcome !== 'commit') {
        continue;
      }
      bytes += recordBytes(entry.record);
      const { key, value, headers } = entry.record;
      records.push({
        offset: entry.offset,
        timestamp: entry.timestamp,
        key: key === null ? null : viewOf(key),
        value: value === null ? null : viewOf(value),
        headers,
      });
    }
    return { records, nextOffset: Math.max(nextOffset, end), bytes };
  }

  /** First offset whose data record is not older; the end where there is none. */
  offsetForTime(timeMs: number): number {
    const found = this.#entries.find((one) => one.record !== null && one.timestamp >= timeMs);
    return found?.offset ?? this.#end;
  }

  trim(before: number): void {
    this.#start = Math.max(this.#start, Math.min(before, this.#end));
    this.#entries = this.#entries.slice(this.#indexOf(this.#start));
  }

  /**
   * Keeps the last committed record of each key below the stable end; drops tombstones written
   * before `tombstonesBefore`, aborted records, and their markers.
   */
  compact(tombstonesBefore: number): void {
    const end = this.stableEnd;
    const last = new Map<string, number>();
    for (const { offset, record, span } of this.#entries) {
      if (offset < end && record?.key && span?.outcome !== 'abort') {
        last.set(latin1(record.key), offset);
      }
    }
    this.#entries = this.#entries.filter(({ offset, record, span, timestamp }) => {
      if (offset >= end) return true;
      if (span?.outcome === 'abort' || record === null) return false;
      if (!record.key) return true;
      if (last.get(latin1(record.key)) !== offset) return false;
      return record.value !== null || timestamp >= tombstonesBefore;
    });
  }

  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle] as Entry).offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function recordBytes(record: OutgoingRecord): number {
  return (record.key?.length ?? 0) + (record.value?.length ?? 0) + 16;
}
