import { taskName } from '../../ports/changelog.ts';
import type { TopicPartition } from '../../ports/event-log.ts';

export type Member = {
  member: string;
  /** What it held before, in the generation named: it keeps that where the balance allows. */
  owned: readonly TopicPartition[];
  generation: number;
};

/**
 * Divides partitions among members: of every topic each has the same number, or one more; who has
 * one more changes so that totals stay level. Within that, a partition stays where it was, since
 * its owner has the state of its tasks in memory.
 */
export function assignPartitions(
  members: readonly Member[],
  partitions: readonly TopicPartition[],
): Map<string, TopicPartition[]> {
  const assigned = new Map(
    members
      .map(({ member }): [string, TopicPartition[]] => [member, []])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  if (assigned.size === 0) return assigned;
  const ownerOf = formerOwners(members);
  for (const [, ofTopic] of Map.groupBy(partitions, ({ topic }) => topic)) {
    const sorted = ofTopic.toSorted((a, b) => a.partition - b.partition);
    assignTopic(sorted, ownerOf, assigned);
  }
  return assigned;
}

function assignTopic(
  partitions: readonly TopicPartition[],
  ownerOf: ReadonlyMap<string, string>,
  assigned: Map<string, TopicPartition[]>,
): void {
  const formerly = new Map<string, number>();
  for (const at of partitions) {
    const owner = ownerOf.get(taskName(at));
    if (owner !== undefined) formerly.set(owner, (formerly.get(owner) ?? 0) + 1);
  }
  const share = Math.floor(partitions.length / assigned.size);
  const withOneMore = [...assigned.keys()]
    .toSorted(
      (a, b) =>
        assigned.get(a)!.length - assigned.get(b)!.length ||
        (formerly.get(b) ?? 0) - (formerly.get(a) ?? 0),
    )
    .slice(0, partitions.length % assigned.size);
  const room = new Map(
    [...assigned.keys()].map((member) => [member, share + (withOneMore.includes(member) ? 1 : 0)]),
  );
  const give = (member: string, at: TopicPartition): void => {
    assigned.get(member)!.push(at);
    room.set(member, room.get(member)! - 1);
  };
  const homeless: TopicPartition[] = [];
  for (const at of partitions) {
    const owner = ownerOf.get(taskName(at));
    if (owner !== undefined && (room.get(owner) ?? 0) > 0) give(owner, at);
    else homeless.push(at);
  }
  for (const at of homeless) {
    const [member] = [...room].find(([, left]) => left > 0)!;
    give(member, at);
  }
}

/** Who held a partition last: of two that claim it, the one of the later generation. */
function formerOwners(members: readonly Member[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { member, owned } of members.toSorted((a, b) => a.generation - b.generation)) {
    for (const at of owned) owners.set(taskName(at), member);
  }
  return owners;
}
