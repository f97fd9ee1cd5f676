import { inject } from 'vitest';

/** `host:port,…` of the broker to test with; empty without one: `describe.skipIf(!kafkaBrokers)`. */
export const kafkaBrokers: string = inject('kafkaBrokers');
/** TLS + SASL listener; empty for a broker named by KAFKA_BROKERS. */
export const kafkaSecureBrokers: string = inject('kafkaSecureBrokers');
/** Empty when there is no Redis. */
export const redisUrl: string = inject('redisUrl');
/** A test may call `startKafkaBroker` and `startRedisServer` and break what it gets. */
export const ownKafka: boolean = inject('ownKafka');
export const ownRedis: boolean = inject('ownRedis');

/** A name no other test of this or an earlier run uses: topics, groups, key prefixes. */
export function freshName(what: string): string {
  return `${what}-${process.pid.toString(36)}${(counter++).toString(36)}${Date.now().toString(36)}`;
}

let counter = 0;
