import { type Bytes, latin1, utf8 } from '../event/bytes.ts';
import type { TopicPartition } from './event-log.ts';

/**
 * What stands on a changelog: one record for each changed state value, keyed by (key, owner), and
 * per commit one `__meta` record. A rebuild and a store read it without knowing any owner.
 */

/** The record that makes a commit of a task true (DESIGN 2): the authority on where the task is. */
export interface TaskMeta {
  /** Number of the commit within the task, from 1. 0: nothing was committed yet. */
  readonly seq: number;
  /** Input offsets of this commit: `from <= record < offset`. */
  readonly from: number;
  readonly offset: number;
  /** Watermark after it, ms; 0 where there is none yet. */
  readonly watermark: number;
  /** Revision of the set of definitions it was computed with. Never goes back. */
  readonly patternSet: number;
  /** Transactional id of the process that wrote it. */
  readonly owner: string;
  /** Random, one for each transaction: two histories can both have a seq 6 (rule 9). */
  readonly nonce: string;
  /** Random, made when the task first commits; the store carries it too (DESIGN 9). */
  readonly history: string;
}

const SEPARATOR = '\u0000';
const META = '__meta';

export const META_KEY: Uint8Array = Buffer.from(META);

/** A state key as one text. Key and owner hold no NUL: it separates them. */
export function stateName(key: string, owner: string): string {
  return key + SEPARATOR + owner;
}

export function encodeStateKey(key: string, owner: string): Uint8Array {
  return Buffer.from(stateName(key, owner));
}

/** Null for `__meta`. */
export function decodeStateKey(bytes: Bytes): { key: string; owner: string } | null {
  const text = utf8(bytes);
  const at = text.indexOf(SEPARATOR);
  return at < 0 ? null : { key: text.slice(0, at), owner: text.slice(at + 1) };
}

export function isMetaKey(bytes: Bytes): boolean {
  return bytes.length === META.length && latin1(bytes) === META;
}

export function encodeMeta(meta: TaskMeta): Uint8Array {
  return Buffer.from(JSON.stringify(meta));
}

/** Throws on what `encodeMeta` did not write: a changelog that Parley did not write is a bug. */
export function decodeMeta(value: Bytes): TaskMeta {
  const text = utf8(value);
  const meta = JSON.parse(text) as TaskMeta;
  if (typeof meta.seq !== 'number') throw new Error(`not a __meta record: ${text.slice(0, 100)}`);
  return meta;
}

/** Name of a task: `parley.keyed.1/3`. Key of its record on `parley.progress`. */
export function taskName(at: TopicPartition): string {
  return `${at.topic}/${at.partition}`;
}

/** Metadata of a committed offset. */
export function encodeOffsetMetadata(seq: number): string {
  return JSON.stringify({ seq });
}

/** 0 where the offset was not committed by Parley. */
export function decodeOffsetMetadata(metadata: string): number {
  if (metadata === '') return 0;
  try {
    const seq = (JSON.parse(metadata) as { seq?: unknown }).seq;
    return typeof seq === 'number' ? seq : 0;
  } catch {
    return 0;
  }
}
