import type { Configuration } from '../event/configuration.ts';
import { ParleyError } from '../event/errors.ts';
import { TOPIC_ROLES, TOPIC_SETTINGS, type TopicRole, topicName } from '../event/topics.ts';
import { taskName } from '../ports/changelog.ts';
import type { EventLog, TopicPartition } from '../ports/event-log.ts';
import type { Level } from '../task/contract.ts';

/** A task and where it stands: input partition, level, the partition that holds its `__meta`. */
export interface TaskPlace {
  readonly at: TopicPartition;
  readonly name: string;
  readonly level: Level;
  /** Changelog of state and `__meta`; for level 0, which has no state, `parley.progress`. */
  readonly changelog: TopicPartition;
}

/** Topics and partition counts, fixed at start (DESIGN 4). */
export interface Topology {
  readonly prefix: string;
  readonly progress: TopicPartition;
  /** What the consumer group reads: sources and keyed topics. */
  readonly inputs: readonly string[];
  place(at: TopicPartition): TaskPlace;
  /** Names of all tasks of a level, in this process or another. */
  tasksOf(level: Level): readonly string[];
  /** Partition count of a topic that is written to. */
  partitions(role: TopicRole): number;
  /** Counts the partitions of the sources again: they may grow while the engine runs. */
  recount(): Promise<void>;
}

type TopologyConfig = Pick<
  Configuration,
  'topicPrefix' | 'keyedPartitions' | 'outputPartitions' | 'sources' | 'kafka'
>;

const SINGLE: ReadonlySet<TopicRole> = new Set(['definitions', 'definition-sets', 'progress']);
/** Settings of an existing topic under which results can be lost. */
const CRITICAL = ['cleanup.policy', 'delete.retention.ms'] as const;

/**
 * Makes what is missing, checks what is there. Throws `ParleyError` PARLEY_TOPIC_MISSING,
 * PARLEY_TOPIC_SETTINGS, PARLEY_PARTITIONS_CHANGED.
 */
export async function openTopology(log: EventLog, config: TopologyConfig): Promise<Topology> {
  const prefix = config.topicPrefix;
  const counts = new Map<string, number>();
  for (const role of TOPIC_ROLES) {
    const count = await ensureTopic(log, role, config);
    counts.set(topicName(prefix, role), count);
  }
  for (const { topic } of config.sources) {
    const found = await log.describeTopic(topic);
    if (found === null) {
      throw new ParleyError('PARLEY_TOPIC_MISSING', `The source topic ${topic} does not exist.`, {
        details: { topic },
      });
    }
    counts.set(topic, found.partitions);
  }
  const sources = config.sources.map((one) => one.topic);
  const keyed = [topicName(prefix, 'keyed.1'), topicName(prefix, 'keyed.2')];
  const progress = { topic: topicName(prefix, 'progress'), partition: 0 };
  const inputsOf = { 0: sources, 1: [keyed[0] as string], 2: [keyed[1] as string] };
  return {
    prefix,
    progress,
    inputs: [...sources, ...keyed],
    place: (at) => {
      const level = (keyed.indexOf(at.topic) + 1) as Level;
      const changelog =
        level === 0
          ? progress
          : { topic: topicName(prefix, `changelog.${level}`), partition: at.partition };
      return { at, name: taskName(at), level, changelog };
    },
    tasksOf: (level) =>
      inputsOf[level].flatMap((topic) =>
        Array.from({ length: counts.get(topic) ?? 0 }, (_, partition) =>
          taskName({ topic, partition }),
        ),
      ),
    partitions: (role) => counts.get(topicName(prefix, role)) ?? 1,
    recount: async () => {
      for (const { topic } of config.sources) {
        const found = await log.describeTopic(topic);
        // A broker that has just come back may not know of it yet.
        if (found !== null) counts.set(topic, found.partitions);
      }
    },
  };
}

async function ensureTopic(log: EventLog, role: TopicRole, config: TopologyConfig) {
  const topic = topicName(config.topicPrefix, role);
  const partitions = wantedPartitions(role, config);
  const settings = TOPIC_SETTINGS[role];
  const found = await log.describeTopic(topic);
  if (found === null) {
    if (!config.kafka.createTopics) {
      const wanted = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
      throw new ParleyError(
        'PARLEY_TOPIC_MISSING',
        `Create the topic ${topic} with ${partitions} partitions and ${wanted.join(', ')}.`,
        { details: { topic, partitions, settings } },
      );
    }
    await log.createTopic({ topic, partitions, settings });
    return partitions;
  }
  if (fixedCount(role) && found.partitions !== partitions) {
    throw new ParleyError(
      'PARLEY_PARTITIONS_CHANGED',
      `${topic} has ${found.partitions} partitions, the configuration says ${partitions}.`,
      { details: { topic, found: found.partitions, configured: partitions } },
    );
  }
  for (const name of CRITICAL) {
    const wanted = settings[name];
    if (wanted === undefined || found.settings[name] === wanted) continue;
    if (name === 'delete.retention.ms' && Number(found.settings[name]) >= Number(wanted)) continue;
    throw new ParleyError(
      'PARLEY_TOPIC_SETTINGS',
      `${topic} has ${name}=${found.settings[name]}; it must be ${wanted}.`,
      { details: { topic, setting: name, found: found.settings[name], wanted } },
    );
  }
  return found.partitions;
}

/** Every partition that a transaction touches costs the broker two appends, whatever is in it. */
function wantedPartitions(role: TopicRole, config: TopologyConfig): number {
  if (SINGLE.has(role)) return 1;
  return fixedCount(role) ? config.keyedPartitions : config.outputPartitions;
}

/** Outputs may be made by others with any count; what state depends on may not change. */
function fixedCount(role: TopicRole): boolean {
  return SINGLE.has(role) || role.startsWith('keyed.') || role.startsWith('changelog.');
}
