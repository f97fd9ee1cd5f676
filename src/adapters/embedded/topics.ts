import type { TopicPartition } from '../../ports/event-log.ts';

export type TopicKind = 'batches' | 'latest' | 'changelog';

/** A topic as it stands in the database. */
export interface StoredTopic {
  readonly name: string;
  readonly uid: string;
  readonly settings: { readonly [name: string]: string };
  /** In order of partition. */
  readonly partitions: readonly StoredPartition[];
}

export interface StoredPartition {
  readonly pid: number;
  readonly start: number;
  readonly next: number;
}

/** How records of a topic are kept. `prefix`: of Parley's topics. */
export function topicKind({ name, settings }: StoredTopic, prefix: string): TopicKind {
  if (name.startsWith(`${prefix}changelog.`)) return 'changelog';
  return settings['cleanup.policy'] === 'compact' ? 'latest' : 'batches';
}

/** `parley.changelog.1` is the changelog of `parley.keyed.1`. */
export function taskOfChangelog(at: TopicPartition, prefix: string): TopicPartition {
  const rest = at.topic.slice(`${prefix}changelog.`.length);
  return { topic: `${prefix}keyed.${rest}`, partition: at.partition };
}
