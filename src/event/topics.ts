import type { Bytes } from './bytes.ts';

/** The topics of Parley by role. A name is prefix + role: `parley.` + `keyed.1`. */
export const TOPIC_ROLES = [
  'derived',
  'intents',
  'segments',
  'memberships',
  'late',
  'dead-letter',
  'dirty-hours',
  'definitions',
  'definition-sets',
  'keyed.1',
  'keyed.2',
  'changelog.1',
  'changelog.2',
  'progress',
] as const;

export type TopicRole = (typeof TOPIC_ROLES)[number];

/** Roles that consumers outside Parley read; the feed serves the first three. */
export const OUTPUT_ROLES = [
  'derived',
  'intents',
  'segments',
  'memberships',
  'late',
  'dead-letter',
  'dirty-hours',
] as const satisfies readonly TopicRole[];

export function topicName(prefix: string, role: TopicRole): string {
  return prefix + role;
}

/** Seven days, ms: `delete.retention.ms` of the changelogs (DESIGN 9). */
export const TOMBSTONE_RETENTION_MS = 604_800_000;

const COMPACTED = { 'cleanup.policy': 'compact' };

const CHANGELOG = {
  'cleanup.policy': 'compact',
  'delete.retention.ms': String(TOMBSTONE_RETENTION_MS),
  'min.cleanable.dirty.ratio': '0.1',
  'segment.ms': '3600000',
  'message.timestamp.type': 'LogAppendTime',
};

/** Settings that each topic is made with and checked for at start. */
export const TOPIC_SETTINGS: { readonly [role in TopicRole]: { readonly [name: string]: string } } =
  {
    derived: { 'cleanup.policy': 'delete' },
    intents: { 'cleanup.policy': 'delete' },
    segments: { 'cleanup.policy': 'delete' },
    memberships: COMPACTED,
    late: { 'cleanup.policy': 'delete' },
    'dead-letter': { 'cleanup.policy': 'delete' },
    'dirty-hours': COMPACTED,
    definitions: COMPACTED,
    'definition-sets': { 'cleanup.policy': 'delete', 'retention.ms': '-1' },
    'keyed.1': { 'cleanup.policy': 'delete', 'retention.ms': '-1' },
    'keyed.2': { 'cleanup.policy': 'delete', 'retention.ms': '-1' },
    'changelog.1': CHANGELOG,
    'changelog.2': CHANGELOG,
    progress: CHANGELOG,
  };

/** Partition of a record key: murmur2 as Kafka's default partitioner. */
export function partitionOf(key: Bytes, partitions: number): number {
  const bytes = typeof key === 'string' ? scratchOf(key) : key;
  return (murmur2(bytes) & 0x7fffffff) % partitions;
}

const SCRATCH = Array.from({ length: 64 }, (_, length) => new Uint8Array(length));

/** The bytes of a short text without a new buffer for each. */
function scratchOf(text: string): Uint8Array {
  const bytes = SCRATCH[text.length] ?? new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** MurmurHash2, 32 bit, seed 0x9747b28c, as in Kafka's `Utils.murmur2` (algorithm: A. Appleby). */
export function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  const length = data.length;
  let h = 0x9747b28c ^ length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    let k =
      (data[i] as number) |
      ((data[i + 1] as number) << 8) |
      ((data[i + 2] as number) << 16) |
      ((data[i + 3] as number) << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    h = Math.imul(h, m) ^ Math.imul(k, m);
  }
  const rest = length - i;
  if (rest === 3) h ^= (data[i + 2] as number) << 16;
  if (rest >= 2) h ^= (data[i + 1] as number) << 8;
  if (rest >= 1) h = Math.imul(h ^ (data[i] as number), m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}
