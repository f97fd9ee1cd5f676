import { spawn, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificates } from './certificates.ts';
import {
  cacheFolder,
  endProcess,
  ensureTool,
  freePort,
  guardProcess,
  run,
  until,
} from './tools.ts';

const kafkaVersion = '4.3.0';
const scramMechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];

export type KafkaBrokerOptions = {
  /** 2 is what Parley needs; 1 is what a cluster upgraded from 3.x may still have. */
  transactionVersion?: 1 | 2;
  /** Port to listen on; a free one otherwise. */
  port?: number;
  /** Port that clients are told to use, for a proxy between them and the broker. */
  advertisedPort?: number;
  /** Further lines of the broker's properties file. */
  properties?: Record<string, string | number>;
  /** One of several nodes: its place in `controllerPorts`, node ids being 1, 2, 3. */
  node?: { index: number; controllerPorts: readonly number[] };
  /** Flags of the JVM; those for quick starts otherwise. */
  jvm?: readonly string[];
};

/** Quick to start and small: several brokers may run beside each other. */
const QUICK_JVM = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/**
 * Flags for figures: those of Kafka's own KAFKA_HEAP_OPTS and KAFKA_JVM_PERFORMANCE_OPTS where they
 * are set. The defaults are for a broker that shares two cores: helper threads of compiler and
 * collector would take them from everybody in the first minutes.
 */
export function jvmForFigures(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const heap = env['KAFKA_HEAP_OPTS'] ?? '-Xms1g -Xmx1g';
  const performance = env['KAFKA_JVM_PERFORMANCE_OPTS'] ?? '-XX:+UseSerialGC -XX:TieredStopAtLevel=1';
  return `${heap} ${performance}`.split(' ').filter((flag) => flag !== '');
}

/** One broker process on 127.0.0.1, on data of its own. */
export type KafkaBroker = {
  readonly brokers: string;
  readonly port: number;
  /** TLS listener that wants SASL, PLAIN or SCRAM; user `parley`, password `parley-secret`. */
  readonly secureBrokers: string;
  readonly logFile: string;
  /** Of the running process. */
  readonly pid: number | undefined;
  /** Clean stop; data is kept for `start`. */
  stop(): Promise<void>;
  /** kill -9; data is kept for `start`. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  pause(): void;
  resume(): void;
  /** Ends the process and removes its data. */
  remove(): Promise<void>;
};

/** Starts a broker on empty data and waits until it answers. */
export async function startKafkaBroker(options: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
  await prepareKafka();
  const classPath = join(await kafkaJars(), '*');
  const node = options.node ?? { index: 0, controllerPorts: [await freePort()] };
  const template = await formattedLog(classPath, options.transactionVersion ?? 2, node.index + 1);
  const folder = mkdtempSync(join(tmpdir(), 'parley-kafka-'));
  cpSync(template, join(folder, 'data'), { recursive: true });

  const [port, securePort] = [options.port ?? (await freePort()), await freePort()];
  const propertiesFile = join(folder, 'broker.properties');
  const logFile = join(folder, 'broker.log');
  const lines = properties(folder, { port, securePort, ownPort: await freePort() }, node, options);
  writeFileSync(propertiesFile, lines);

  let child: ChildProcess | undefined;
  let callOffGuard = (): void => {};

  async function start(): Promise<void> {
    const out = openSync(logFile, 'a');
    const jvm = options.jvm ?? QUICK_JVM;
    const started = spawn('java', [...jvm, '-cp', classPath, 'kafka.Kafka', propertiesFile], {
      cwd: folder,
      stdio: ['ignore', out, out],
    });
    child = started;
    callOffGuard();
    callOffGuard = guardProcess(started, folder);
    await until(
      'Kafka to listen',
      async () => {
        if (started.exitCode !== null) {
          throw new Error(`the broker ended: ${tailOf(logFile)}`);
        }
        return accepts(port);
      },
      60_000,
    );
  }

  await start();
  return {
    brokers: `127.0.0.1:${port}`,
    port,
    secureBrokers: `localhost:${securePort}`,
    logFile,
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

/** Three nodes that replicate everything to each other. */
export async function startKafkaCluster(): Promise<readonly KafkaBroker[]> {
  const controllerPorts = [await freePort(), await freePort(), await freePort()];
  const nodes: Promise<KafkaBroker>[] = [];
  // Fetching and formatting happen once and are awaited by the first; a quorum needs two to start.
  for (const index of controllerPorts.keys()) {
    await formattedLog(join(await kafkaJars(), '*'), 2, index + 1);
    nodes.push(startKafkaBroker({ node: { index, controllerPorts } }));
  }
  return Promise.all(nodes);
}

/** @throws ServiceUnavailable when this machine cannot run a broker. */
export async function prepareKafka(): Promise<void> {
  await ensureTool('java', 'openjdk-17-jre-headless');
  await ensureTool('openssl', 'openssl');
  await kafkaJars();
}

/** Folder of the broker's jars, fetched by Maven the first time. */
async function kafkaJars(): Promise<string> {
  const folder = cacheFolder(`kafka-${kafkaVersion}`);
  const lib = join(folder, 'lib');
  if (existsSync(lib)) return lib;
  const maven = await ensureTool('mvn', 'maven');
  const pom = new URL('kafka-pom.xml', import.meta.url).pathname;
  const incoming = mkdtempSync(join(folder, 'incoming-'));
  await run(
    maven,
    [
      '-q',
      '-B',
      '-f',
      pom,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${incoming}`,
    ],
    folder,
  );
  // Two runs may fetch at the same time: the first to finish wins, whole.
  if (!existsSync(lib)) renameSync(incoming, lib);
  return lib;
}

/**
 * A formatted empty log folder, made once and copied for each run: formatting costs a JVM start.
 * Static voters keep ports out of it, so the copy fits any port.
 */
async function formattedLog(
  classPath: string,
  transactionVersion: 1 | 2,
  nodeId: number,
): Promise<string> {
  const parent = cacheFolder(`kafka-${kafkaVersion}`);
  const folder = join(parent, `formatted-tv${transactionVersion}-node${nodeId}-scram`);
  if (existsSync(folder)) return folder;
  const work = mkdtempSync(join(parent, 'format-'));
  const file = join(work, 'format.properties');
  writeFileSync(
    file,
    [
      'process.roles=broker,controller',
      `node.id=${nodeId}`,
      'controller.listener.names=CONTROLLER',
      'listeners=PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2',
      `controller.quorum.voters=${nodeId}@127.0.0.1:2`,
      `log.dirs=${join(work, 'data')}`,
    ].join('\n'),
  );
  await run('java', [
    '-XX:TieredStopAtLevel=1',
    '-cp',
    classPath,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    'cGFybGV5LXJpZy10ZXN0cw',
    '-c',
    file,
    '--feature',
    `transaction.version=${transactionVersion}`,
    ...scramMechanisms.flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=parley,password=parley-secret]`,
    ]),
  ]);
  if (!existsSync(folder)) renameSync(join(work, 'data'), folder);
  rmSync(work, { recursive: true, force: true });
  return folder;
}

function properties(
  folder: string,
  { port, securePort, ownPort }: { port: number; securePort: number; ownPort: number },
  node: { index: number; controllerPorts: readonly number[] },
  options: KafkaBrokerOptions,
): string {
  const tls = certificates();
  const nodes = node.controllerPorts.length;
  const controllerPort = node.controllerPorts[node.index];
  const oneLine = (pem: string): string => pem.trim().replaceAll('\n', '\\n');
  const advertised = options.advertisedPort ?? port;
  const jaas =
    'org.apache.kafka.common.security.plain.PlainLoginModule required ' +
    'username="parley" password="parley-secret" user_parley="parley-secret";';
  const all: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': node.index + 1,
    listeners:
      `PLAINTEXT://127.0.0.1:${port},SECURE://127.0.0.1:${securePort},` +
      `OWN://127.0.0.1:${ownPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners':
      `PLAINTEXT://127.0.0.1:${advertised},SECURE://localhost:${securePort},` +
      `OWN://127.0.0.1:${ownPort}`,
    // Brokers write transaction markers to each other, and to themselves: never through a proxy
    // that cuts clients off.
    'inter.broker.listener.name': 'OWN',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map':
      'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,OWN:PLAINTEXT,SECURE:SASL_SSL',
    'listener.name.secure.sasl.enabled.mechanisms': ['PLAIN', ...scramMechanisms].join(','),
    'listener.name.secure.plain.sasl.jaas.config': jaas,
    ...Object.fromEntries(
      scramMechanisms.map((mechanism) => [
        `listener.name.secure.${mechanism.toLowerCase()}.sasl.jaas.config`,
        'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      ]),
    ),
    'listener.name.secure.ssl.keystore.type': 'PEM',
    'listener.name.secure.ssl.keystore.certificate.chain': oneLine(tls.certificate),
    'listener.name.secure.ssl.keystore.key': oneLine(tls.key),
    'controller.quorum.voters': node.controllerPorts
      .map((one, index) => `${index + 1}@127.0.0.1:${one}`)
      .join(','),
    'log.dirs': join(folder, 'data'),
    'default.replication.factor': nodes,
    'min.insync.replicas': Math.min(nodes, 2),
    'offsets.topic.replication.factor': nodes,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': nodes,
    'transaction.state.log.min.isr': Math.min(nodes, 2),
    'transaction.state.log.num.partitions': 3,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1000,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    // A broker that comes back after kill -9 waits until its former registration has expired.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    // The default of 128 MB does not fit a small heap.
    'log.cleaner.dedupe.buffer.size': 2_097_152,
    'auto.create.topics.enable': 'false',
    ...options.properties,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function tailOf(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-5).join('\n');
}
