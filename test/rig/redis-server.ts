import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { certificates } from './certificates.ts';
import { endProcess, ensureTool, freePort, guardProcess, until } from './tools.ts';

/** What figures depend on; as recommended in src/adapters/redis/README.md. */
export const redisSettings: readonly string[] = [
  'appendonly yes',
  'appendfsync everysec',
  'auto-aof-rewrite-min-size 1gb',
];

export type RedisServerOptions = {
  /** Lines of redis.conf besides those of the rig. */
  config?: string[];
  /** Also listen with TLS, on a port of its own. */
  tls?: boolean;
  cluster?: boolean;
  /** Variables of the process besides those of this one. */
  environment?: { readonly [name: string]: string };
};

/** One Redis process on 127.0.0.1 with an append-only file of its own. */
export type RedisServer = {
  readonly url: string;
  readonly port: number;
  /** Only with `tls`. */
  readonly tlsPort: number;
  /** Only with `cluster`. */
  readonly busPort: number;
  readonly folder: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  remove(): Promise<void>;
  /** Of the running process. */
  readonly pid: number | undefined;
};

export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const program = await ensureTool('redis-server', 'redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'parley-redis-'));
  const [port, tlsPort, busPort] = [await freePort(), await freePort(), await freePort()];
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${folder}`,
    'save ""',
    'enable-debug-command local',
    ...redisSettings,
    ...(options.config ?? []),
  ];
  if (options.cluster) {
    lines.push('cluster-enabled yes', 'cluster-config-file nodes.conf', `cluster-port ${busPort}`);
  }
  if (options.tls) {
    const { certificateFile, keyFile } = certificates();
    lines.push(
      `tls-port ${tlsPort}`,
      `tls-cert-file ${certificateFile}`,
      `tls-key-file ${keyFile}`,
      `tls-ca-cert-file ${certificateFile}`,
      'tls-auth-clients no',
    );
  }
  const configFile = join(folder, 'redis.conf');
  writeFileSync(configFile, `${lines.join('\n')}\n`);

  let child: ChildProcess | undefined;
  let callOffGuard = (): void => {};

  async function start(): Promise<void> {
    const out = openSync(join(folder, 'redis.log'), 'a');
    const env = { ...process.env, ...options.environment };
    const started = spawn(program, [configFile], { stdio: ['ignore', out, out], env });
    child = started;
    callOffGuard();
    callOffGuard = guardProcess(started, folder);
    await until(
      'Redis to answer',
      async () => {
        if (started.exitCode !== null)
          throw new Error(`redis-server ended, see ${folder}/redis.log`);
        return pongs(port);
      },
      20_000,
    );
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    tlsPort,
    busPort,
    folder,
    get pid() {
      return child?.pid;
    },
    start,
    stop: async () => {
      if (child) await endProcess(child, 'SIGTERM');
    },
    kill: async () => {
      if (child) await endProcess(child, 'SIGKILL');
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    remove: async () => {
      callOffGuard();
      if (child) await endProcess(child, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @throws ServiceUnavailable when this machine cannot run a Redis. */
export async function prepareRedis(): Promise<void> {
  await ensureTool('redis-server', 'redis-server');
}

/** Three masters that share the slots. */
export async function startRedisCluster(): Promise<{ urls: string[]; remove(): Promise<void> }> {
  const servers: RedisServer[] = [];
  for (let node = 0; node < 3; node++) servers.push(await startRedisServer({ cluster: true }));
  const clients = servers.map(({ url }) => new Redis(url));
  const slots = 16_384;
  for (const [index, client] of clients.entries()) {
    const [first, after] = [0, 1].map((end) =>
      Math.floor(((index + end) * slots) / clients.length),
    );
    await client.call('CLUSTER', 'ADDSLOTSRANGE', first!, after! - 1);
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
  }
  for (const { port, busPort } of servers.slice(1)) {
    await clients[0]!.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort);
  }
  await until(
    'the cluster to be whole',
    async () => {
      const states = await Promise.all(clients.map((client) => client.cluster('INFO')));
      return states.every(
        (state) => /cluster_state:ok/.test(state) && /cluster_known_nodes:3/.test(state),
      );
    },
    30_000,
  );
  for (const client of clients) client.disconnect();
  return {
    urls: servers.map(({ url }) => url),
    remove: async () => {
      await Promise.all(servers.map((server) => server.remove()));
    },
  };
}

/** True once the data is loaded; a server with a password answers with an error, which is an answer. */
function pongs(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(!data.toString().includes('LOADING'));
    });
    socket.once('error', () => resolve(false));
  });
}
