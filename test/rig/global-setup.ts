import type { TestProject } from 'vitest/node';
import { startKafkaBroker } from './kafka-broker.ts';
import { startRedisServer } from './redis-server.ts';
import { ServiceUnavailable } from './tools.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port,…`, or nothing when no broker can be had. */
    kafkaBrokers: string;
    /** The TLS listener of the rig's own broker; nothing for a broker that was named from outside. */
    kafkaSecureBrokers: string;
    redisUrl: string;
  }
}

/** Brings up what the environment does not name; returns what stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stops: (() => Promise<void>)[] = [];
  const [kafka, redis] = await Promise.all([kafkaService(stops), redisService(stops)]);
  project.provide('kafkaBrokers', kafka.plain);
  project.provide('kafkaSecureBrokers', kafka.secure);
  project.provide('redisUrl', redis);
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

async function kafkaService(
  stops: (() => Promise<void>)[],
): Promise<{ plain: string; secure: string }> {
  const named = process.env['KAFKA_BROKERS'];
  if (named) return { plain: named, secure: '' };
  const broker = await orMissing('Kafka', 'KAFKA_BROKERS', startKafkaBroker);
  if (!broker) return { plain: '', secure: '' };
  stops.push(broker.remove);
  return { plain: broker.brokers, secure: broker.secureBrokers };
}

async function redisService(stops: (() => Promise<void>)[]): Promise<string> {
  const named = process.env['REDIS_URL'];
  if (named) return named;
  const server = await orMissing('Redis', 'REDIS_URL', startRedisServer);
  if (!server) return '';
  stops.push(server.remove);
  return server.url;
}

/** Says loudly what is missing; with CI=true a missing service is a failure, not a skip. */
async function orMissing<T>(
  service: string,
  variable: string,
  start: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof ServiceUnavailable) || process.env['CI'] === 'true') throw error;
    process.stderr.write(
      `\nNO ${service.toUpperCase()}: its tests are SKIPPED. ${error.message}. ` +
        `Or name a running one in ${variable}.\n\n`,
    );
    return undefined;
  }
}
