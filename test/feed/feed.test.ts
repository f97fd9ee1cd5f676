import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createAccess } from '../../src/api/authorization.ts';
import { listen, type ListeningServer } from '../../src/api/api-server.ts';
import { createMetrics } from '../../src/api/metrics.ts';
import { Hono } from 'hono';
import { connectMemoryLog } from '../../src/adapters/memory/log.ts';
import { MemoryCluster } from '../../src/adapters/memory/cluster.ts';
import { STANDARD_FUNCTIONS } from '../../src/expression/functions.ts';
import { compileFilter } from '../../src/feed/filter.ts';
import { FeedTail } from '../../src/feed/channel-tail.ts';
import { FeedServer } from '../../src/feed/feed-server.ts';
import { follow } from '../../src/feed/feed-client.ts';
import { CHANNELS, type ServerFrame } from '../../src/feed/protocol.ts';
import type { EventLog } from '../../src/ports/event-log.ts';

const PARTITIONS = 3;
const clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};
const topics = new Map(CHANNELS.map((channel) => [channel, `parley.${channel}`] as const));

let log: EventLog;
let feed: FeedServer;
let server: ListeningServer;
let metrics: ReturnType<typeof createMetrics>;
const sockets: WebSocket[] = [];

interface Settings {
  readonly tokens?: { token: string; scopes: 'read:feed'[] }[];
  readonly bufferBytesMax?: number;
  readonly heartbeat?: number;
}

async function serve(settings: Settings = {}): Promise<void> {
  const access = createAccess({
    host: '127.0.0.1', tokens: settings.tokens ?? [], insecure: false, origins: ['https://ok.example'],
  });
  metrics = createMetrics();
  feed = await FeedServer.open({
    log,
    topics,
    limits: {
      heartbeat: settings.heartbeat ?? 60_000,
      clientsMax: 3,
      subscriptionsMax: 2,
      frameBytesMax: 2_000,
      bufferBytesMax: settings.bufferBytesMax ?? 1_000_000,
    },
    metrics,
    mayRead: (token) => access.allows(token, 'read:feed'),
    originAllowed: access.originAllowed,
    compileFilter: (where) => compileFilter(where, STANDARD_FUNCTIONS),
    onError: (error) => {
      throw error;
    },
  });
  server = await listen(new Hono(), feed, { host: '127.0.0.1', port: 0 });
}

async function stop(): Promise<void> {
  await feed.close();
  await server.close();
}

async function connectedClients(): Promise<number> {
  return Number(/^parley_feed_clients (\d+)$/m.exec(await metrics.render())?.[1]);
}

let written = 0;

/** Appends records `{id, n, ...fields}` to the derived topic, round the partitions. */
async function emit(count: number, fields: object = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const id = `r${written++}`;
    ids.push(id);
    const value = Buffer.from(JSON.stringify({ id, n: written, ...fields }));
    const record = { key: Buffer.from(`k${written % 5}`), value, headers: null, timestamp: Date.now() };
    await log.append([{ topic: 'parley.derived', partition: written % PARTITIONS, records: [record] }]);
  }
  return ids;
}

class Client {
  readonly frames: ServerFrame[] = [];
  readonly socket: WebSocket;
  closed: { code: number; reason: string } | null = null;

  constructor(headers: Record<string, string> = {}) {
    const url = `${server.url.replace('http', 'ws')}/feed`;
    this.socket = new WebSocket(url, 'parley.feed.v1', { headers });
    sockets.push(this.socket);
    this.socket.on('message', (data) => this.frames.push(JSON.parse(String(data)) as ServerFrame));
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    this.socket.on('error', () => {});
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  of<T extends ServerFrame['type']>(type: T): Extract<ServerFrame, { type: T }>[] {
    return this.frames.filter((frame) => frame.type === type) as never;
  }

  /** Ids delivered to a subscription, in order. */
  ids(sub = 'a'): string[] {
    return this.of('event')
      .filter((frame) => frame.sub === sub)
      .map((frame) => (frame.event as { id: string }).id);
  }
}

async function connected(headers: Record<string, string> = {}): Promise<Client> {
  const client = new Client(headers);
  await expect.poll(() => client.of('hello').length).toBe(1);
  return client;
}

beforeEach(async () => {
  written = 0;
  const cluster = new MemoryCluster({ clock });
  log = connectMemoryLog(cluster);
  for (const topic of topics.values()) {
    await log.createTopic({ topic, partitions: PARTITIONS, settings: {} });
  }
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await stop();
});

describe('subscriptions', () => {
  test('hello comes first, with a position for every channel', async () => {
    await serve();
    const client = await connected();
    const [hello] = client.of('hello');
    expect(client.frames[0]).toBe(hello);
    expect(Object.keys(hello?.positions ?? {})).toEqual([...CHANNELS]);
  });

  test('from latest: what is emitted afterwards, each with a position', async () => {
    await serve();
    await emit(2);
    const client = await connected();
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived' });
    await expect.poll(() => client.of('subscribed').length).toBe(1);
    const ids = await emit(5);
    await expect.poll(() => client.ids().length).toBe(5);
    expect(client.ids().toSorted()).toEqual(ids);
    expect(new Set(client.of('event').map((frame) => frame.position)).size).toBe(5);
  });

  test('from earliest: everything, in order for each partition', async () => {
    await serve();
    const before = await emit(40);
    const client = await connected();
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived', from: 'earliest' });
    await expect.poll(() => client.ids().length).toBe(40);
    const after = await emit(3);
    await expect.poll(() => client.ids().length).toBe(43);
    expect(client.ids().toSorted()).toEqual([...before, ...after].toSorted());
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const numbers = client.ids().map((id) => Number(id.slice(1)) + 1);
      const mine = numbers.filter((number) => number % PARTITIONS === partition);
      expect(mine).toEqual(mine.toSorted((a, b) => a - b));
    }
  });

  test('a filter is CEL over the record; keys choose too', async () => {
    await serve();
    const client = await connected();
    const where = 'event.data.amount >= 40 && event.kind == "match"';
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived', where });
    client.send({ type: 'subscribe', sub: 'b', channel: 'derived', keys: ['k3'] });
    await expect.poll(() => client.of('subscribed').length).toBe(2);
    await emit(1, { kind: 'match', data: { amount: 39 } });
    await emit(1, { kind: 'match', data: { amount: 40 } });
    await emit(1, { kind: 'match' });
    await expect.poll(() => client.ids('b').length).toBe(1);
    expect(client.ids('a')).toEqual(['r1']);
    expect(client.ids('b')).toEqual(['r2']);
  });

  test('a filter with a mistake is refused with its place; the connection stays', async () => {
    await serve();
    const client = await connected();
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived', where: 'event.amount >' });
    await expect.poll(() => client.of('error').length).toBe(1);
    expect(client.of('error')[0]).toMatchObject({ sub: 'a', code: 'bad_filter' });
    expect(client.of('error')[0]?.message).toMatch(/^where:1:\d+: /);
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived' });
    await expect.poll(() => client.of('subscribed').length).toBe(1);
  });

  test('unsubscribe ends delivery and tells the position', async () => {
    await serve();
    const client = await connected();
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived' });
    await expect.poll(() => client.of('subscribed').length).toBe(1);
    client.send({ type: 'unsubscribe', sub: 'a' });
    await expect.poll(() => client.of('unsubscribed').length).toBe(1);
    client.send({ type: 'subscribe', sub: 'b', channel: 'derived' });
    await expect.poll(() => client.of('subscribed').length).toBe(2);
    await emit(2);
    await expect.poll(() => client.ids('b').length).toBe(2);
    expect(client.ids('a')).toEqual([]);
  });
});

describe('while nobody listens', () => {
  /** The log, with each question for ends held until it is let go, and polls counted. */
  function held(inner: EventLog): { log: EventLog; ends: (() => void)[]; polls: () => number; hold: () => void } {
    const ends: (() => void)[] = [];
    let [polls, holds] = [0, false];
    const wrapped = Object.assign(Object.create(inner) as EventLog, {
      endOffsets: async (...asked: Parameters<EventLog['endOffsets']>) => {
        if (holds) await new Promise<void>((resolve) => ends.push(resolve));
        return inner.endOffsets(...asked);
      },
      openReader: (...asked: Parameters<EventLog['openReader']>) => {
        const reader = inner.openReader(...asked);
        const poll: typeof reader.poll = (...bounds) => {
          polls++;
          return reader.poll(...bounds);
        };
        return Object.assign(Object.create(reader) as typeof reader, { poll });
      },
    });
    return { log: wrapped, ends, polls: () => polls, hold: () => { holds = true; } };
  }

  test('nothing is read, also after a client that was gone before it had its hello', async () => {
    const { log: wrapped, ends, polls, hold } = held(log);
    log = wrapped;
    await serve();
    hold();
    const client = new Client();
    await expect.poll(() => ends.length).toBe(1);
    client.socket.terminate();
    await expect.poll(connectedClients).toBe(0);
    // The tail goes on waking up for the one that is gone: each channel is asked for its end.
    for (let asked = 0; asked < CHANNELS.length; asked++) {
      await expect.poll(() => ends.length).toBe(1);
      ends.pop()?.();
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(polls()).toBe(0);
  });

  test('the tail rests once it is over, and goes on at the live end for the next one', async () => {
    await serve();
    const tail = await FeedTail.open(log, topics);
    let listens = false;
    const seen: number[] = [];
    tail.start({
      listens: () => listens,
      items: (_, items) => void seen.push(...items.map((item) => (item.record as { n: number }).n)),
      lost: () => {},
      failed: async () => {},
    });
    expect(tail.resting).toBe(true);
    listens = true;
    await tail.wake();
    await emit(1);
    await expect.poll(() => seen).toEqual([1]);
    listens = false;
    await expect.poll(() => tail.resting).toBe(true);
    await emit(1);
    listens = true;
    await tail.wake();
    await emit(1);
    await expect.poll(() => seen).toEqual([1, 3]);
    await tail.stop();
  });
});

describe('positions', () => {
  test('a restart of the server loses and repeats nothing', async () => {
    await serve();
    const first = await connected();
    first.send({ type: 'subscribe', sub: 'a', channel: 'derived' });
    await expect.poll(() => first.of('subscribed').length).toBe(1);
    const before = await emit(6);
    await expect.poll(() => first.ids().length).toBe(6);
    const position = first.of('event').at(-1)?.position;
    await stop();
    const missed = await emit(7);
    await serve();
    const second = await connected();
    second.send({ type: 'subscribe', sub: 'a', channel: 'derived', from: { position } });
    await expect.poll(() => second.ids().length).toBe(7);
    expect(second.of('subscribed')[0]?.recovered).toBe(true);
    expect([...first.ids(), ...second.ids()].toSorted()).toEqual([...before, ...missed].toSorted());
  });

  test('the position before anything was delivered is good too', async () => {
    await serve();
    const client = await connected();
    const position = client.of('hello')[0]?.positions.derived;
    const ids = await emit(3);
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived', from: { position } });
    await expect.poll(() => client.ids().toSorted()).toEqual(ids);
  });

  test('nothing is read while nobody is connected, and nothing is missed by who comes back', async () => {
    let polls = 0;
    const { openReader } = log;
    log.openReader = (isolation) => {
      const reader = openReader.call(log, isolation);
      const { poll } = reader;
      reader.poll = (...limits) => {
        polls++;
        return poll.apply(reader, limits);
      };
      return reader;
    };
    await serve();
    const early = await emit(3);
    expect(polls).toBe(0);

    const first = await connected();
    first.send({ type: 'subscribe', sub: 'a', channel: 'derived' });
    await expect.poll(() => first.of('subscribed').length).toBe(1);
    const seen = await emit(3);
    await expect.poll(() => first.ids().toSorted()).toEqual(seen);
    const position = first.of('event').at(-1)?.position;
    first.socket.close();
    await expect.poll(() => first.closed).not.toBeNull();

    const missed = await emit(3);
    const pollsBefore = polls;
    const second = new Client();
    // Sent before the server says hello: it waits for the live end as well.
    await expect.poll(() => second.socket.readyState).toBe(second.socket.OPEN);
    second.send({ type: 'subscribe', sub: 'a', channel: 'derived' });
    second.send({ type: 'subscribe', sub: 'b', channel: 'derived', from: { position } });
    await expect.poll(() => second.ids('b').toSorted()).toEqual(missed);
    const later = await emit(2);
    await expect.poll(() => second.ids('a').toSorted()).toEqual(later.toSorted());
    expect(second.frames[0]?.type).toBe('hello');
    expect(polls).toBeGreaterThan(pollsBefore);
    expect(early.some((id) => second.ids('a').includes(id))).toBe(false);
  });

  test('what retention removed is told as a gap', async () => {
    await serve();
    const client = await connected();
    const position = client.of('hello')[0]?.positions.derived;
    await emit(30);
    await log.trim([{ topic: 'parley.derived', partition: 1, offset: 4 }]);
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived', from: { position } });
    await expect.poll(() => client.ids().length).toBe(26);
    expect(client.of('subscribed')[0]?.recovered).toBe(false);
    expect(client.of('gap')[0]).toMatchObject({ sub: 'a', reason: 'retention', from: position });
  });

  test('a position of another channel, of the future, or of nothing is refused', async () => {
    await serve();
    const client = await connected();
    const other = client.of('hello')[0]?.positions.intents;
    const future = Buffer.from(JSON.stringify(['derived', 't1', 9, 9, 9])).toString('base64url');
    for (const position of [other, future, 'nonsense']) {
      client.send({ type: 'subscribe', sub: 'a', channel: 'derived', from: { position } });
    }
    await expect.poll(() => client.of('error').length).toBe(3);
    expect(client.of('error').every((frame) => frame.code === 'bad_position' || frame.code === 'duplicate_sub')).toBe(true);
  });

  test('heartbeats carry the position though nothing is delivered', async () => {
    await serve({ heartbeat: 50 });
    const client = await connected();
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived', where: 'event.id == "none"' });
    await emit(3);
    await expect.poll(() => client.of('heartbeat').at(-1)?.positions['a']).toBeTruthy();
    const subscribed = client.of('subscribed')[0]?.position;
    await expect.poll(() => client.of('heartbeat').at(-1)?.positions['a']).not.toBe(subscribed);
  });
});

describe('slow clients', () => {
  test('a client that does not read gets a gap that says how many, and memory stays bounded', async () => {
    await serve({ bufferBytesMax: 50_000 });
    const client = await connected();
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived' });
    await expect.poll(() => client.of('subscribed').length).toBe(1);
    client.socket.pause();
    const text = 'x'.repeat(20_000);
    const ids = await emit(600, { text });
    client.socket.resume();
    const missing = () => client.of('gap').reduce((sum, gap) => sum + (gap.count ?? 0), 0);
    const accounted = () => client.ids().length + missing();
    await expect.poll(accounted, { timeout: 20_000 }).toBe(ids.length);
    expect(missing()).toBeGreaterThan(0);
    const last = await emit(1);
    await expect.poll(() => client.ids().at(-1), { timeout: 20_000 }).toBe(last[0]);
    expect(client.of('gap')[0]).toMatchObject({ sub: 'a', reason: 'slow' });
  });

  test('what a gap left out can be read again from its position', async () => {
    await serve({ bufferBytesMax: 50_000 });
    const client = await connected();
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived' });
    await expect.poll(() => client.of('subscribed').length).toBe(1);
    client.socket.pause();
    const ids = await emit(600, { text: 'x'.repeat(20_000) });
    client.socket.resume();
    await expect.poll(() => client.of('gap').length, { timeout: 20_000 }).toBeGreaterThan(0);
    const [gap] = client.of('gap');
    client.send({ type: 'subscribe', sub: 'b', channel: 'derived', from: { position: gap?.from } });
    await expect
      .poll(() => new Set([...client.ids('a'), ...client.ids('b')]).size, { timeout: 20_000 })
      .toBe(ids.length);
  });

  test('with overflow disconnect the connection closes', async () => {
    await serve({ bufferBytesMax: 50_000 });
    const client = await connected();
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived', overflow: 'disconnect' });
    await expect.poll(() => client.of('subscribed').length).toBe(1);
    client.socket.pause();
    await emit(600, { text: 'x'.repeat(20_000) });
    client.socket.resume();
    await expect.poll(() => client.closed, { timeout: 20_000 }).not.toBeNull();
  });
});

describe('bad input', () => {
  test('a frame that is not JSON: one message, and the connection closes', async () => {
    await serve();
    const client = await connected();
    client.send('{');
    await expect.poll(() => client.closed?.code).toBe(4400);
    expect(client.of('error')[0]).toMatchObject({ code: 'bad_frame', message: 'the frame is not JSON' });
  });

  test('a subscription to nothing names the channels there are', async () => {
    await serve();
    const client = await connected();
    client.send({ type: 'subscribe', sub: 'a', channel: 'matches' });
    await expect.poll(() => client.closed?.code).toBe(4400);
    expect(client.of('error')[0]?.message).toContain('derived');
  });

  test.each([
    [{ sub: 'a', channel: 'derived', from: 'yesterday' }, 'from: expected "latest", "earliest", {"position"'],
    [{ channel: 'derived' }, 'sub: a name of your choice for the subscription is missing'],
    [{ sub: 'a', channel: 'derived', filter: 'true' }, 'Unrecognized key: "filter"'],
  ])('what is wrong in a subscription is told: %j', async (fields, message) => {
    await serve();
    const client = await connected();
    client.send({ type: 'subscribe', ...fields });
    await expect.poll(() => client.closed?.code).toBe(4400);
    expect(client.of('error')[0]?.message).toContain(message);
  });

  test('more subscriptions than allowed, and one under a taken name, are refused', async () => {
    await serve();
    const client = await connected();
    for (const sub of ['a', 'b', 'c', 'a']) client.send({ type: 'subscribe', sub, channel: 'derived' });
    await expect.poll(() => client.of('error').length).toBe(2);
    expect(client.of('error').map((frame) => frame.code)).toEqual([
      'too_many_subscriptions',
      'duplicate_sub',
    ]);
  });

  test('a frame above the limit closes the connection', async () => {
    await serve();
    const client = await connected();
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived', where: 'x'.repeat(3_000) });
    await expect.poll(() => client.closed?.code).toBe(1009);
  });

  test('more clients than allowed are refused before the upgrade', async () => {
    await serve();
    for (let i = 0; i < 3; i++) await connected();
    const fourth = new Client();
    await expect.poll(() => fourth.closed).not.toBeNull();
    expect(fourth.frames).toEqual([]);
  });
});

describe('security', () => {
  const tokens = [{ token: 'a-long-enough-token', scopes: ['read:feed' as const] }];

  test('a token in the header or in the first frame', async () => {
    await serve({ tokens });
    await connected({ authorization: 'Bearer a-long-enough-token' });
    const late = new Client();
    await expect.poll(() => late.socket.readyState).toBe(WebSocket.OPEN);
    late.send({ type: 'auth', token: 'a-long-enough-token' });
    await expect.poll(() => late.of('hello').length).toBe(1);
  });

  test('without a token nothing is told', async () => {
    await serve({ tokens });
    const client = new Client();
    await expect.poll(() => client.socket.readyState).toBe(WebSocket.OPEN);
    client.send({ type: 'subscribe', sub: 'a', channel: 'derived' });
    await expect.poll(() => client.closed?.code).toBe(4401);
    expect(client.of('hello')).toEqual([]);
  });

  test('a page of a foreign origin may not connect', async () => {
    await serve();
    const foreign = new Client({ origin: 'https://evil.example' });
    await expect.poll(() => foreign.closed).not.toBeNull();
    expect(foreign.frames).toEqual([]);
    await connected({ origin: 'https://ok.example' });
  });

  test('another address than loopback needs tokens or an explicit word', () => {
    const rules = { host: '0.0.0.0', tokens: [], insecure: false, origins: [] };
    expect(() => createAccess(rules)).toThrow('--insecure');
    expect(() => createAccess({ ...rules, insecure: true })).not.toThrow();
    return serve();
  });
});

describe('the client of `parley tail`', () => {
  test('goes on by itself after the server came back, without loss', async () => {
    await serve();
    const port = Number(new URL(server.url).port);
    const stopped = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      const frames = follow({
        url: `ws://127.0.0.1:${port}/feed`,
        token: null,
        subscribe: { channel: 'derived', from: 'latest', overflow: 'gap' },
        signal: stopped.signal,
        onReconnect: () => {},
      });
      for await (const frame of frames) {
        if (frame.type === 'subscribed') seen.push('subscribed');
        if (frame.type === 'event') seen.push((frame.event as { id: string }).id);
      }
    })();
    await expect.poll(() => seen).toEqual(['subscribed']);
    await emit(2);
    await expect.poll(() => seen.length).toBe(3);
    await stop();
    await emit(2);
    await serve();
    await server.close();
    server = await listen(new Hono(), feed, { host: '127.0.0.1', port });
    await expect.poll(() => seen.filter((id) => id !== 'subscribed').length, { timeout: 10_000 }).toBe(4);
    expect(new Set(seen.filter((id) => id !== 'subscribed')).size).toBe(4);
    stopped.abort();
    await reading;
  });
});
