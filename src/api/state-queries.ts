import type { Topology } from '../engine/topology.ts';
import { latin1 } from '../event/bytes.ts';
import { partitionOf, topicName } from '../event/topics.ts';
import type { TopicPartition } from '../ports/event-log.ts';
import type { StateStore } from '../ports/state-store.ts';
import { backfillTime } from '../segment/machine.ts';
import type { Definitions, SegmentPlan } from '../task/definitions.ts';
import { explain as explainMatches } from '../task/explain.ts';
import { keyText, parseKey } from '../task/key.ts';
import { stateListed } from '../task/state-value.ts';
import type { ApiServices, SegmentQueries } from './services.ts';

export interface StateQuerySources {
  readonly store: StateStore;
  readonly topology: Topology;
  /** The compiled set in force, null before the first was read. */
  readonly definitions: () => Definitions | null;
  /** When the version of a definition in force was published, ms. */
  readonly since: (id: string) => number | null;
  /** The time that windows go by: the wall, or that of a replay. */
  readonly now: () => number;
}

/** Questions about state, answered from the store: committed state only. */
export function createStateQueries(sources: StateQuerySources): {
  readonly segments: SegmentQueries;
  readonly explain: ApiServices['explain'];
} {
  return { segments: segmentQueries(sources), explain: (id, key) => explain(sources, id, key) };
}

/** The task that owns a key on a level. */
export function taskOfKey(topology: Topology, level: 1 | 2, key: string): TopicPartition {
  const partitions = topology.partitions(`keyed.${level}`);
  const topic = topicName(topology.prefix, `keyed.${level}`);
  return { topic, partition: partitionOf(Buffer.from(key), partitions) };
}

function tasksOfLevel(topology: Topology, level: 1 | 2): TopicPartition[] {
  const topic = topicName(topology.prefix, `keyed.${level}`);
  const count = topology.partitions(`keyed.${level}`);
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
}

function segmentQueries(sources: StateQuerySources): SegmentQueries {
  const { store, topology, definitions } = sources;
  const planOf = (id: string): SegmentPlan | null =>
    definitions()?.segments.find(({ machine }) => machine.definition.id === id) ?? null;
  return {
    async members(id, cursor, limit) {
      const plan = planOf(id);
      if (plan === null) return null;
      const tasks = tasksOfLevel(topology, plan.level);
      const members: string[] = [];
      let [task, inner] = readCursor(cursor);
      while (task < tasks.length && members.length < limit) {
        const at = tasks[task] as TopicPartition;
        const page = await store.listed(at, plan.owner, inner, limit - members.length);
        members.push(...page.keys.map((key) => parseKey(key).value));
        inner = page.next;
        if (inner === null) task++;
      }
      return { members, next: task < tasks.length ? `${task}:${inner ?? ''}` : null };
    },
    async count(id) {
      const plan = planOf(id);
      if (plan === null) return null;
      const tasks = tasksOfLevel(topology, plan.level);
      const counts = await Promise.all(tasks.map((task) => store.countListed(task, plan.owner)));
      return { count: counts.reduce((sum, count) => sum + count, 0), state: stateOf(plan, sources) };
    },
    async ofUser(user) {
      const found: { segment: string; state: string }[] = [];
      for (const plan of definitions()?.segments ?? []) {
        const { machine, owner, level } = plan;
        const { id, key: keyName } = machine.definition;
        const key = keyText(keyName, user);
        const { values } = await store.read(taskOfKey(topology, level, key), [key]);
        const held = values[0]?.find((one) => one.owner === owner);
        if (held !== undefined && stateListed(held.value)) {
          found.push({ segment: id, state: stateOf(plan, sources) });
        }
      }
      return found;
    },
  };
}

/** Backfilling: something from before the segment was published could still count. */
function stateOf({ machine }: SegmentPlan, { since, now }: StateQuerySources): string {
  const { id, member } = machine.definition;
  const published = since(id);
  const complete = published === null || now() >= published + backfillTime(member);
  return complete ? 'live' : 'backfilling';
}

function readCursor(cursor: string | null): [number, string | null] {
  if (cursor === null) return [0, null];
  const at = cursor.indexOf(':');
  const inner = cursor.slice(at + 1);
  return [Number(cursor.slice(0, at)) || 0, inner === '' ? null : inner];
}

async function explain(
  { store, topology, definitions }: StateQuerySources,
  id: string,
  value: string,
): Promise<object | null> {
  const set = definitions();
  const plan = set?.patterns.find((one) => one.definition.id === id);
  if (set === null || plan === undefined) return null;
  const name = plan.definition.key;
  const key = keyText(name, name === null ? '' : value);
  const task = taskOfKey(topology, plan.level, key);
  const { values, position } = await store.read(task, [key]);
  const slots = new Map(
    (values[0] ?? []).map((held) => [held.owner, { ...held, value: latin1(held.value), state: undefined }]),
  );
  const asOf = { task: `${task.topic}/${task.partition}`, seq: position?.seq ?? 0 };
  return { ...explainMatches(set, id, value, { slots: () => slots }), asOf };
}
