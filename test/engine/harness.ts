import { defaultConfiguration } from '../../src/event/configuration.ts';
import type { MetricsSink } from '../../src/event/metrics.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { StateStore } from '../../src/ports/state-store.ts';
import { partitionOf } from '../../src/event/topics.ts';
import { openDefinitionRegistry } from '../../src/engine/definitions.ts';
import { createEngine, type EngineConfiguration, type EngineOptions } from '../../src/engine/engine.ts';
import { openTopology } from '../../src/engine/topology.ts';
import { testPrograms, type TestDefinitions, type TestEvent, type TestOutput } from '../simulation/program.ts';

export const SOURCE = 'source';

export const noMetrics: MetricsSink = { count() {}, set() {}, observe() {} };

export function testConfig(partitions = 4): EngineConfiguration {
  return {
    ...defaultConfiguration(),
    application: 'test',
    keyedPartitions: partitions,
    sources: [{ topic: SOURCE, order: 'arrival', start: 'earliest' }],
  };
}

let stamps = 0;

/** Makes the source and the topics. */
export async function prepareLog(log: EventLog, config: EngineConfiguration, partitions = 2) {
  await log.createTopic({
    topic: SOURCE,
    partitions,
    settings: { 'cleanup.policy': 'delete', 'retention.ms': '-1' },
  });
  await openTopology(log, config);
}

export async function testEngine(
  log: EventLog,
  store: StateStore,
  clock: Clock,
  config: EngineConfiguration,
  more: Partial<EngineOptions<TestDefinitions>> = {},
) {
  const registry = await openDefinitionRegistry(log, {
    prefix: config.topicPrefix,
    now: () => clock.now(),
  });
  const engine = createEngine<TestDefinitions>({
    log,
    store,
    clock,
    registry,
    compile: async ({ revision }) => ({ revision }),
    programs: testPrograms({ stamp: () => `s${stamps++}` }),
    config,
    metrics: noMetrics,
    ...more,
  });
  return { engine, registry };
}

/** Appends events, a key always to the same source partition. */
export async function send(log: EventLog, events: readonly TestEvent[], partitions = 2) {
  for (const event of events) {
    const key = Buffer.from(event.key);
    const record = { key, value: Buffer.from(JSON.stringify(event)), headers: null, timestamp: event.time };
    await log.append([{ topic: SOURCE, partition: partitionOf(key, partitions), records: [record] }]);
  }
}

/** All derived records committed now. */
export async function readOutputs(log: EventLog, topic = 'parley.derived'): Promise<TestOutput[]> {
  const described = await log.describeTopic(topic);
  const partitions = Array.from({ length: described?.partitions ?? 0 }, (_, partition) => ({
    topic,
    partition,
  }));
  const ends = await log.endOffsets(partitions, 'committed');
  const reader = log.openReader('committed');
  partitions.forEach((at) => reader.assign(at, 0));
  const outputs: TestOutput[] = [];
  const behind = (): boolean =>
    partitions.some((at, i) => (reader.position(at) ?? 0) < (ends[i] as number));
  while (behind()) {
    for (const { records } of await reader.poll(10, 10_000_000)) {
      for (const { value } of records) {
        outputs.push(JSON.parse(Buffer.from(value ?? []).toString()) as TestOutput);
      }
    }
  }
  await reader.close();
  return outputs;
}
