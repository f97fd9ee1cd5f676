import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ParleyError } from '../../../event/errors.ts';

/** What a commit survives: `process` a killed process, `power` also a power cut (one sync each). */
export type Durability = 'process' | 'power';

const SCHEMA = `
create table if not exists topic(
  id integer primary key, name text unique not null, partitions integer not null,
  uid text not null, settings text not null);
create table if not exists part(
  pid integer primary key, topic integer not null, partition integer not null,
  start integer not null, next integer not null);
create table if not exists batch(id integer primary key, bytes blob not null);
create table if not exists latest(
  pid integer not null, key blob not null, offset integer not null, timestamp real not null,
  value blob, headers blob, primary key(pid, key)) without rowid;
create index if not exists latest_offset on latest(pid, offset);
create table if not exists committed(
  grp text not null, topic text not null, partition integer not null, offset integer not null,
  metadata text not null, primary key(grp, topic, partition)) without rowid;
create table if not exists task(
  id integer primary key, name text unique not null, history text, seq integer, token text,
  chunk integer, changelog_offset integer, written_at real, meta blob, meta_offset integer,
  flushed integer not null default 0);
create table if not exists state(
  task integer not null, key text not null, owner text not null, value blob not null, due real,
  listed integer, offset integer not null, primary key(task, key, owner)) without rowid;
create index if not exists state_due on state(task, due, key, owner) where due is not null;
create index if not exists state_listed on state(task, owner, key) where listed = 1;
`;

const CACHE_KB = 16_384;
/** Of the WAL, between checkpoints: each is some 25 ms in which nothing is read. */
const CHECKPOINT_PAGES = 1_000;

/** Opens the folder's database and locks it against a second process. */
export function openDatabase(
  folder: string,
  durability: Durability,
  pagesMax?: number,
): DatabaseSync {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'parley.db'));
  try {
    // Exclusive mode keeps the file lock from the first write on; a dead process loses it.
    database.exec(`
      pragma page_size = 8192;
      pragma locking_mode = exclusive;
      pragma journal_mode = wal;
      pragma synchronous = ${durability === 'power' ? 'full' : 'normal'};
      pragma wal_autocheckpoint = ${CHECKPOINT_PAGES};
      pragma cache_size = -${CACHE_KB};
      pragma journal_size_limit = 268435456;
      ${pagesMax === undefined ? '' : `pragma max_page_count = ${pagesMax};`}
      begin immediate;
      ${SCHEMA}
      commit;`);
    return database;
  } catch (error) {
    database.close();
    if (sqliteCode(error) === SQLITE_BUSY || sqliteCode(error) === SQLITE_LOCKED) {
      throw new ParleyError(
        'PARLEY_DATA_FOLDER_LOCKED',
        `The data folder ${folder} is in use by another process.`,
        { details: { folder }, cause: error },
      );
    }
    if (isDiskFull(error)) {
      throw new ParleyError('PARLEY_DISK_FULL', `No room on the disk of ${folder}.`, {
        details: { folder },
        cause: error,
      });
    }
    throw error;
  }
}

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_FULL = 13;
/** SQLITE_IOERR_WRITE: what some file systems answer when they are full. */
const SQLITE_IOERR_WRITE = 778;

export function isDiskFull(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_FULL || code === SQLITE_IOERR_WRITE;
}

function sqliteCode(error: unknown): number | null {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code : null;
}

/** Runs `work` in one database transaction; undone as a whole where it throws. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('begin immediate');
  try {
    const result = work();
    database.exec('commit');
    return result;
  } catch (error) {
    // A full disk may have rolled it back already.
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}
