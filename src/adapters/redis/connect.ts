import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis } from './ioredis.ts';
import { StoreError } from '../../ports/state-store.ts';
import type { RedisClient } from './scripts.ts';

export type RedisConfig = {
  /** `redis://host:port/db` or `rediss://…` for TLS; several name the seeds of a cluster. */
  readonly url: string | readonly string[];
  /** Redis Cluster: keys are spread over its nodes, a task never is. */
  readonly cluster?: boolean;
  /** ACL user; also taken from the URL. */
  readonly username?: string;
  readonly password?: string;
  /** Certificates as Node's tls takes them; `rediss://` alone uses the system's authorities. */
  readonly tls?: ConnectionOptions;
  /** First part of every key. Default `parley`. */
  readonly prefix?: string;
  /** After that an answer is not waited for any more. Default 3 s. */
  readonly commandTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** A line for the operator: connections lost and found. No values. */
  readonly onLog?: (line: string) => void;
};

const reconnectMaxMs = 5_000;

/**
 * A client that never sends a command twice by itself: ioredis's defaults execute a script twice
 * after a lost answer. No queue while the server is away: a write that waits there would be stale.
 * @throws StoreError when the server cannot be reached or refuses the login.
 */
export async function connectRedis(config: RedisConfig): Promise<RedisClient> {
  const urls = typeof config.url === 'string' ? [config.url] : config.url;
  const onLog = config.onLog ?? (() => {});
  const common = {
    maxRetriesPerRequest: 0,
    commandTimeout: config.commandTimeoutMs ?? 3_000,
    connectTimeout: config.connectTimeoutMs ?? 3_000,
    ...(config.username === undefined ? {} : { username: config.username }),
    ...(config.password === undefined ? {} : { password: config.password }),
    ...(config.tls === undefined ? {} : { tls: config.tls }),
  };
  const alone = { lazyConnect: true, enableOfflineQueue: false };
  const pauseMs = (attempt: number): number =>
    Math.min(50 * 2 ** Math.min(attempt, 10), reconnectMaxMs);
  const client = config.cluster
    ? new Cluster(urls.map(nodeOf), {
        ...alone,
        redisOptions: { ...authOf(urls[0]!), ...common },
        clusterRetryStrategy: pauseMs,
        slotsRefreshTimeout: 3_000,
      })
    : new Redis(urls[0]!, { ...alone, ...common, retryStrategy: pauseMs });
  let lastError: unknown;
  client.on('error', (error: unknown) => {
    lastError = error;
    onLog(`redis: ${String(error)}`);
  });
  client.on('close', () => onLog('redis: connection closed'));
  try {
    await client.connect();
    await client.ping();
    const nodes = client instanceof Cluster ? client.nodes('master') : [client];
    for (const node of nodes) await check(node, onLog);
  } catch (error) {
    client.disconnect();
    if (error instanceof StoreError) throw error;
    throw storeError(
      lastError ?? error,
      `connecting to Redis at ${urls.map(withoutSecrets).join(', ')}`,
    );
  }
  return client;
}

async function check(node: Redis, onLog: (line: string) => void): Promise<void> {
  const info = await node.info().catch((error: unknown) => {
    if (!/NOPERM/.test(String(error))) throw error;
    onLog('redis: INFO is not allowed here, so version and eviction are not checked');
    return '';
  });
  const wrong = unsuitable(info);
  if (wrong !== null) throw new StoreError('UNSUPPORTED', wrong);
}

/** Why a server, by its own account (INFO), would lose state or not know a command; else null. */
export function unsuitable(info: string): string | null {
  const of = (field: string): string => new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const [major = 0, minor = 0] = of('redis_version').split('.').map(Number);
  if (major > 0 && (major < 6 || (major === 6 && minor < 2))) {
    return `Redis 6.2 or later is needed, this one is ${of('redis_version')}`;
  }
  const policy = of('maxmemory_policy');
  if (policy.startsWith('allkeys') && Number(of('maxmemory')) > 0) {
    return `Redis evicts keys when it is full (maxmemory-policy ${policy}), and state would be lost`;
  }
  return null;
}

/** What the text of an error says about its cause; the first that fits. */
const causes: readonly (readonly [RegExp, StoreError['code']])[] = [
  [/NOAUTH|WRONGPASS|NOPERM|invalid username-password/i, 'NOT_AUTHORIZED'],
  [/^OOM|MISCONF|No space left/i, 'FULL'],
  [/timed out/i, 'UNKNOWN'],
  [/ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|certificate/i, 'UNAVAILABLE'],
  [/Connection is closed|isn't writeable|max retries/i, 'UNAVAILABLE'],
  [/CLUSTERDOWN|LOADING|READONLY|slots cache|None of startup/i, 'UNAVAILABLE'],
];

/** A command that failed: its outcome is unknown whatever the code, the message says what to do. */
export function storeError(error: unknown, during: string): StoreError {
  const text = error instanceof Error ? error.message : String(error);
  const code = causes.find(([pattern]) => pattern.test(text))?.[1] ?? 'UNKNOWN';
  return new StoreError(code, `${during}: ${text}`, error);
}

function nodeOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: port === '' ? 6379 : Number(port) };
}

function authOf(url: string): { username?: string; password?: string; tls?: ConnectionOptions } {
  const { username, password, protocol, hostname } = new URL(url);
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: { servername: hostname } } : {}),
  };
}

function withoutSecrets(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that is no URL';
}
