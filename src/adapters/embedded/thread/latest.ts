import type { DatabaseSync } from 'node:sqlite';
import type { LogRecord } from '../../../ports/event-log.ts';
import { decodeHeaders, encodeHeaders } from '../../../ports/record-buffer.ts';

/** Compacted partitions: the last record of each key. */
export class LatestRecords {
  readonly #statements;

  constructor(database: DatabaseSync) {
    this.#statements = {
      put: database.prepare(
        `insert into latest values(?, ?, ?, ?, ?, ?) on conflict do update set
         offset = excluded.offset, timestamp = excluded.timestamp, value = excluded.value,
         headers = excluded.headers`,
      ),
      from: database.prepare(
        `select offset, timestamp, key, value, headers from latest where pid = ? and offset >= ?
         and offset < ? order by offset limit ?`,
      ),
    };
  }

  /** Inside a database transaction. */
  write(pid: number, records: readonly LogRecord[]): void {
    for (const { offset, timestamp, key, value, headers } of records) {
      if (key === null) throw new Error('a record of a compacted topic has no key');
      this.#statements.put.run(pid, key, offset, timestamp, value, encodeHeaders(headers));
    }
  }

  read(pid: number, from: number, end: number, limit: number): LogRecord[] {
    return this.#statements.from.all(pid, from, end, limit).map((row) => ({
      offset: row['offset'] as number,
      timestamp: row['timestamp'] as number,
      key: row['key'] as Uint8Array,
      value: row['value'] as Uint8Array | null,
      headers: row['headers'] === null ? null : decodeHeaders(row['headers'] as Uint8Array),
    }));
  }
}
