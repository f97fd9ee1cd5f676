import type { TestProject } from 'vitest/node';
import { prepareKafka, startKafkaBroker } from './kafka-broker.ts';
import { prepareRedis, startRedisServer } from './redis-server.ts';
import { ServiceUnavailable } from './tools.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port,…`, or nothing when no broker can be had. */
    kafkaBrokers: string;
    /** TLS listener of the rig's own broker; nothing for a broker that was named from outside. */
    kafkaSecureBrokers: string;
    redisUrl: string;
    /** Tests may start services of their own, to break them. */
    ownKafka: boolean;
    ownRedis: boolean;
  }
}

/** Brings up what the environment does not name; returns what stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stops: (() => Promise<void>)[] = [];
  const [ownKafka, ownRedis] = await Promise.all([
    isThere('Kafka', 'KAFKA_BROKERS', prepareKafka),
    isThere('Redis', 'REDIS_URL', prepareRedis),
  ]);
  project.provide('ownKafka', ownKafka);
  project.provide('ownRedis', ownRedis);

  const named = { kafka: process.env['KAFKA_BROKERS'], redis: process.env['REDIS_URL'] };
  const broker = ownKafka && !named.kafka ? await startKafkaBroker() : null;
  if (broker) stops.push(broker.remove);
  project.provide('kafkaBrokers', named.kafka ?? broker?.brokers ?? '');
  project.provide('kafkaSecureBrokers', broker?.secureBrokers ?? '');
  const server = ownRedis && !named.redis ? await startRedisServer() : null;
  if (server) stops.push(server.remove);
  project.provide('redisUrl', named.redis ?? server?.url ?? '');
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

/** Says loudly what is missing; with CI=true a missing service is a failure, not a skip. */
async function isThere(
  service: string,
  variable: string,
  prepare: () => Promise<void>,
): Promise<boolean> {
  try {
    await prepare();
    return true;
  } catch (error) {
    if (!(error instanceof ServiceUnavailable) || process.env['CI'] === 'true') throw error;
    const named = process.env[variable] !== undefined;
    const skipped = named ? `tests that break a ${service} of their own` : 'its tests';
    process.stderr.write(
      `\nNO ${service.toUpperCase()}: ${skipped} are SKIPPED. ${error.message}.` +
        `${named ? '' : ` Or name a running one in ${variable}.`}\n\n`,
    );
    return false;
  }
}
