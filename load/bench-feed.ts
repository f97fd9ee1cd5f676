/**
 * Deliveries a second of the feed: `npm run bench:feed`.
 * The server runs here over the in-memory log, the clients in a process of their own. Every client
 * must have received every event, in order, before a figure is printed.
 */
import { fork } from 'node:child_process';
import { cpus } from 'node:os';
import { Hono } from 'hono';
import { WebSocket } from 'ws';
import { connectMemoryLog } from '../src/adapters/memory/log.ts';
import { MemoryCluster } from '../src/adapters/memory/cluster.ts';
import { listen } from '../src/api/api-server.ts';
import { createMetrics } from '../src/api/metrics.ts';
import { FeedServer } from '../src/feed/feed-server.ts';
import { CHANNELS, SUBPROTOCOL } from '../src/feed/protocol.ts';
import { number, readCommandLine } from './command-line.ts';

const EVENT_BYTES = 200;

interface Plan {
  readonly url: string;
  readonly clients: number;
  readonly events: number;
}

interface Verdict {
  readonly received: number;
  readonly outOfOrder: number;
  readonly gaps: number;
  /** ms from emission to receipt. */
  readonly p50: number;
  readonly p99: number;
}

if (process.argv[2] === 'clients') process.on('message', (plan: Plan) => void runClients(plan));
else await runServer();

async function runServer(): Promise<void> {
  const { options } = readCommandLine('npm run bench:feed --', 'Deliveries a second of the feed.', {
    clients: number(100, 'that follow the feed', 1),
    rate: number(3_000, 'events a second, each to every client', 1),
    seconds: number(10, 'how long', 1),
  });
  const { clients, rate, seconds } = options;
  const clock = {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  };
  const log = connectMemoryLog(new MemoryCluster({ clock }));
  const topics = new Map(CHANNELS.map((channel) => [channel, channel] as const));
  for (const topic of topics.values()) await log.createTopic({ topic, partitions: 4, settings: {} });
  const feed = await FeedServer.open({
    log,
    topics,
    limits: {
      heartbeat: 15_000, clientsMax: 1_000, subscriptionsMax: 16,
      frameBytesMax: 65_536, bufferBytesMax: 4_000_000,
    },
    metrics: createMetrics(),
    mayRead: () => true,
    originAllowed: () => true,
    compileFilter: () => () => true,
    onError: (error) => console.error(error),
  });
  const server = await listen(new Hono(), feed, { host: '127.0.0.1', port: 0 });
  const child = fork(import.meta.filename, ['clients']);
  const ready = new Promise((resolve) => child.once('message', resolve));
  const url = `${server.url.replace('http', 'ws')}/feed`;
  child.send({ url, clients, events: rate * seconds } satisfies Plan);
  await ready;
  const verdict = new Promise<Verdict>((resolve) => child.once('message', resolve));
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  let sent = 0;
  while (sent < rate * seconds) {
    const due = Math.min(rate * seconds, Math.floor(((performance.now() - begin) / 1_000) * rate));
    const byPartition = [0, 1, 2, 3].map((partition) => ({
      topic: 'derived', partition, records: [] as ReturnType<typeof eventRecord>[],
    }));
    for (; sent < due; sent++) byPartition[sent % 4]?.records.push(eventRecord(sent));
    await log.append(byPartition.filter(({ records }) => records.length > 0));
    await clock.sleep(5);
  }
  const { received, outOfOrder, gaps, p50, p99 } = await verdict;
  const took = (performance.now() - begin) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  console.log(`${clients} clients, ${rate} events/s of ${EVENT_BYTES} bytes, ${seconds} s; ${machine}`);
  console.log(`received ${received} of ${rate * seconds * clients}, ${outOfOrder} out of order, ${gaps} gaps`);
  console.log(
    `${Math.round(received / took)} deliveries/s; p50 ${p50} ms, p99 ${p99} ms; ` +
      `server ${((cpu.user + cpu.system) / 1e6 / took).toFixed(2)} cores`,
  );
  child.kill();
  await feed.close();
  await server.close();
  process.exit(received === rate * seconds * clients && outOfOrder === 0 ? 0 : 1);
}

function eventRecord(n: number) {
  const head = JSON.stringify({ n, at: Date.now() });
  const text = `${head.slice(0, -1)},"pad":"${'x'.repeat(EVENT_BYTES - head.length - 9)}"}`;
  return { key: null, value: Buffer.from(text), headers: null, timestamp: Date.now() };
}

async function runClients(plan: Plan): Promise<void> {
  let received = 0;
  let outOfOrder = 0;
  let gaps = 0;
  let subscribed = 0;
  const latencies: number[] = [];
  const started = new Promise<void>((resolve) => {
    for (let i = 0; i < plan.clients; i++) {
      const socket = new WebSocket(plan.url, SUBPROTOCOL, { perMessageDeflate: false });
      const last = [-1, -1, -1, -1];
      socket.on('open', () =>
        socket.send(JSON.stringify({ type: 'subscribe', sub: '1', channel: 'derived' })),
      );
      socket.on('message', (data: Buffer) => {
        const text = data.toString('latin1');
        if (!text.startsWith('{"type":"event"')) {
          if (text.includes('"gap"')) gaps++;
          if (text.includes('"subscribed"') && ++subscribed === plan.clients) resolve();
          return;
        }
        received++;
        const at = text.indexOf('{"n":', 20);
        const n = Number.parseInt(text.slice(at + 5, at + 16), 10);
        if (n <= (last[n % 4] as number)) outOfOrder++;
        last[n % 4] = n;
        if (received % 101 === 0) {
          const sentAt = Number(text.slice(text.indexOf('"at":', at) + 5).slice(0, 13));
          latencies.push(Date.now() - sentAt);
        }
        if (received + gaps >= plan.events * plan.clients) report();
      });
    }
  });
  const report = () => {
    latencies.sort((a, b) => a - b);
    const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
    process.send?.({ received, outOfOrder, gaps, p50: at(0.5), p99: at(0.99) } satisfies Verdict);
  };
  await started;
  process.send?.('ready');
}
