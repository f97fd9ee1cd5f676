import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { openEmbedded } from '../adapters/embedded/embedded.ts';
import { namedError } from '../engine/reasons.ts';
import type { Configuration } from '../event/configuration.ts';
import { ParleyError } from '../event/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { StateStore } from '../ports/state-store.ts';

export interface Adapters {
  readonly log: EventLog;
  readonly store: StateStore;
}

/** What the embedded log takes: more than the engine reads, so that it can say what it refused. */
const RECORD_BYTES_MAX = 67_108_864;

/**
 * Log and store in one data folder: nothing else is needed. `expire`: records leave when they are as
 * old as their topics say. `onLost`: the folder has to be opened again, by another process.
 */
export function openEmbeddedAdapters(
  configuration: Configuration,
  clock: Clock,
  {
    expire = true,
    onLost = () => {},
  }: { readonly expire?: boolean; readonly onLost?: (why: string) => void } = {},
): Promise<Adapters> {
  const folder = join(configuration.dataFolder, 'log');
  const prefix = configuration.topicPrefix;
  return openEmbedded(folder, { clock, prefix, expire, onLost, maxRecordBytes: RECORD_BYTES_MAX });
}

/**
 * Kafka and Redis as configured; their clients are loaded for nobody else. Rejects where one of them
 * does not answer or refuses: with `ParleyError`, which names the ones that do not.
 */
export async function openServiceAdapters(
  configuration: Configuration,
  onLog: (line: string) => void,
): Promise<Adapters> {
  const [log, store] = await Promise.allSettled([
    openLog(configuration, onLog),
    openStore(configuration, onLog),
  ]);
  if (log.status === 'fulfilled' && store.status === 'fulfilled') {
    return { log: log.value, store: store.value };
  }
  const errors: unknown[] = [];
  for (const one of [log, store]) {
    if (one.status === 'rejected') errors.push(one.reason);
    else await one.value.close();
  }
  throw severest(errors.map(namedError));
}

/** The one that no waiting cures, else all of them in one message. */
function severest(errors: readonly unknown[]): unknown {
  const lasting = errors.find((error) => !passes(error));
  if (lasting !== undefined || errors.length === 1) return lasting ?? errors[0];
  const [first] = errors as ParleyError[];
  const message = (errors as ParleyError[]).map((error) => error.message).join('; ');
  return new ParleyError((first as ParleyError).code, message, { cause: errors });
}

/** Whether an error of log or store goes away when they are there. */
export function passes(error: unknown): boolean {
  return (
    error instanceof ParleyError &&
    (error.code === 'PARLEY_LOG_UNAVAILABLE' || error.code === 'PARLEY_STORE_UNAVAILABLE')
  );
}

async function openLog(
  { kafka, application }: Configuration,
  onLog: (line: string) => void,
): Promise<EventLog> {
  const { openKafkaLog } = await import('../adapters/kafka/kafka-log.ts');
  return openKafkaLog({
    brokers: kafka.brokers,
    clientId: application,
    tls: tlsOptions(kafka.tls, 'kafka.tls'),
    sessionTimeoutMs: kafka.sessionTimeout,
    replicationFactor: kafka.replicationFactor,
    onLog,
    ...(kafka.sasl === null ? {} : { sasl: kafka.sasl }),
  });
}

async function openStore(
  { redis, application, topicPrefix }: Configuration,
  onLog: (line: string) => void,
): Promise<StateStore> {
  const { openRedisStore } = await import('../adapters/redis/redis-store.ts');
  const tls = tlsOptions(redis.tls, 'redis.tls');
  return openRedisStore({
    url: redis.url,
    cluster: redis.cluster,
    prefix: `${topicPrefix}${application}`,
    commandTimeoutMs: redis.commandTimeout,
    onLog,
    ...(tls === false ? {} : { tls: tls === true ? {} : tls }),
    ...(redis.username === null ? {} : { username: redis.username }),
    ...(redis.password === null ? {} : { password: redis.password }),
  });
}

type TlsConfiguration = Configuration['kafka']['tls'];

function tlsOptions(tls: TlsConfiguration, field: string): boolean | ConnectionOptions {
  if (typeof tls === 'boolean') return tls;
  const { ca, cert, key, rejectUnauthorized } = tls;
  return {
    rejectUnauthorized,
    ...(ca === undefined ? {} : { ca: readPem(ca, `${field}.ca`) }),
    ...(cert === undefined ? {} : { cert: readPem(cert, `${field}.cert`) }),
    ...(key === undefined ? {} : { key: readPem(key, `${field}.key`) }),
  };
}

function readPem(file: string, field: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const message = `${field}: the file ${file} cannot be read`;
    throw new ParleyError('PARLEY_CONFIG_INVALID', message, { cause });
  }
}
