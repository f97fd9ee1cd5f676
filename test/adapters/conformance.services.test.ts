import { describe } from 'vitest';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import { openRedisStore } from '../../src/adapters/redis/redis-store.ts';
import { eventLogConformance } from '../ports/event-log.suite.ts';
import { stateStoreConformance } from '../ports/state-store.suite.ts';
import { freshName, kafkaBrokers, redisUrl } from '../rig/services.ts';

/** The suites of the ports, against the real services. */
describe.skipIf(!kafkaBrokers)('kafka', () => {
  eventLogConformance('kafka', async () => {
    const log = await openKafkaLog({ brokers: kafkaBrokers.split(',') });
    return { log, close: () => log.close() };
  });
});

describe.skipIf(!redisUrl)('redis', () => {
  stateStoreConformance('redis', async () => {
    const store = await openRedisStore({ url: redisUrl, prefix: freshName('conformance') });
    return { store, close: () => store.close() };
  });
});
