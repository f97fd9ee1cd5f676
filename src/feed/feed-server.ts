import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { MetricsSink } from '../event/metrics.ts';
import type { EventLog } from '../ports/event-log.ts';
import { bearerToken } from './bearer-token.ts';
import { catchUp, startOf } from './catch-up.ts';
import { type ChannelTail, FeedTail } from './channel-tail.ts';
import { FeedClient } from './client.ts';
import { LiveGroups } from './live-groups.ts';
import { encodePosition } from './position.ts';
import {
  CHANNELS,
  type Channel,
  CLOSE,
  type FeedErrorCode,
  readFrame,
  type SubscribeFrame,
  SUBPROTOCOL,
} from './protocol.ts';
import { type RecordFilter, Subscription } from './subscription.ts';

export interface FeedLimits {
  readonly heartbeat: number;
  readonly clientsMax: number;
  readonly subscriptionsMax: number;
  readonly frameBytesMax: number;
  readonly bufferBytesMax: number;
}

export interface FeedServices {
  readonly log: EventLog;
  /** Topic of each channel. */
  readonly topics: ReadonlyMap<Channel, string>;
  readonly limits: FeedLimits;
  readonly metrics: MetricsSink;
  /** True where the token may read the feed; null is a connection without one. */
  readonly mayRead: (token: string | null) => boolean;
  /** True where a page of this origin may connect. */
  readonly originAllowed: (origin: string | null, host: string | null) => boolean;
  readonly compileFilter: (where: string) => RecordFilter | { readonly problem: string };
  readonly onError: (error: unknown) => void;
}

const AUTH_TIMEOUT_MS = 5_000;
const SLOW_CHECK_MS = 50;
const RETRY_MS = 1_000;
/** Readers that catch up at the same time; further ones wait their turn. */
const CATCH_UPS_MAX = 8;

/** Serves the output topics to WebSocket clients. `upgrade` is given the requests for `/feed`. */
export class FeedServer {
  readonly #services: FeedServices;
  readonly #tail: FeedTail;
  readonly #clients = new Set<FeedClient>();
  readonly #live = new LiveGroups();
  readonly #sockets: WebSocketServer;
  readonly #timers: NodeJS.Timeout[];
  #catchUps = 0;
  readonly #waiting: (() => void)[] = [];

  private constructor(services: FeedServices, tail: FeedTail) {
    this.#services = services;
    this.#tail = tail;
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: services.limits.frameBytesMax,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    this.#timers = [
      setInterval(() => this.#heartbeat(), services.limits.heartbeat),
      setInterval(() => this.#resumeStalled(), SLOW_CHECK_MS),
    ];
  }

  static async open(services: FeedServices): Promise<FeedServer> {
    const server = new FeedServer(services, await FeedTail.open(services.log, services.topics));
    server.#tail.start({
      listens: () => [...server.#clients].some((client) => client.authorized),
      items(tail, items) {
        const deliveries = server.#live.deliver(tail, items);
        if (deliveries > 0) services.metrics.count('parley_feed_deliveries_total', {}, deliveries);
      },
      lost: (tail, from) => server.#live.lost(tail, from),
      async failed(error) {
        services.onError(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      },
    });
    return server;
  }

  /** Takes over an HTTP upgrade. Refusals are HTTP answers, so that a client sees why. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { services, refusal } = { services: this.#services, refusal: this.#refusal(request) };
    if (refusal !== null) {
      services.metrics.count('parley_feed_refused_total', { reason: refusal.reason }, 1);
      const body = `${refusal.message}\n`;
      socket.end(
        `HTTP/1.1 ${refusal.status}\r\nContent-Type: text/plain\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) =>
      this.#accept(client, socket, request),
    );
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const client of this.#clients) client.close(CLOSE.goingAway, 'server stops');
    await this.#tail.stop();
    for (const client of this.#clients) client.terminate();
    this.#sockets.close();
  }

  #refusal(
    request: IncomingMessage,
  ): { readonly status: string; readonly reason: string; readonly message: string } | null {
    const { limits, originAllowed, mayRead } = this.#services;
    const { origin, host, authorization } = request.headers;
    if (!originAllowed(origin ?? null, host ?? null)) {
      const message = `origin ${origin} may not connect; add it to api.origins`;
      return { status: '403 Forbidden', reason: 'origin', message };
    }
    if (this.#clients.size >= limits.clientsMax) {
      const message = `${limits.clientsMax} clients are connected (feed.clientsMax)`;
      return { status: '503 Service Unavailable', reason: 'clients', message };
    }
    if (authorization !== undefined && !mayRead(bearerToken(authorization))) {
      const message = 'the token has no scope read:feed';
      return { status: '401 Unauthorized', reason: 'token', message };
    }
    return null;
  }

  #accept(socket: WebSocket, stream: Duplex, request: IncomingMessage): void {
    const { limits, mayRead, metrics } = this.#services;
    const token = bearerToken(request.headers.authorization);
    const client = new FeedClient(socket, stream, limits.bufferBytesMax, mayRead(token));
    this.#clients.add(client);
    metrics.set('parley_feed_clients', {}, this.#clients.size);
    socket.on('message', (data, binary) => this.#onMessage(client, data, binary));
    socket.on('error', () => client.terminate());
    socket.on('close', () => this.#leave(client));
    if (client.authorized) {
      this.#welcome(client);
    } else {
      setTimeout(() => {
        if (!client.authorized) client.close(CLOSE.unauthorized, 'send a token with scope read:feed');
      }, AUTH_TIMEOUT_MS).unref();
    }
  }

  /** The first client is told where the live end is once that is known. */
  #welcome(client: FeedClient): void {
    this.#tail.wake().then(
      () => this.#hello(client),
      (error: unknown) => {
        this.#services.onError(error);
        client.close(CLOSE.goingAway, 'the log does not answer');
      },
    );
  }

  #hello(client: FeedClient): void {
    const { limits } = this.#services;
    const positions = Object.fromEntries(
      CHANNELS.map((channel) => [channel, this.#channel(channel).position()]),
    ) as { [channel in Channel]: string };
    client.send({
      type: 'hello',
      protocol: SUBPROTOCOL,
      heartbeatMs: limits.heartbeat,
      limits: {
        subscriptions: limits.subscriptionsMax,
        frameBytes: limits.frameBytesMax,
        bufferBytes: limits.bufferBytesMax,
      },
      positions,
    });
  }

  #channel(channel: Channel): ChannelTail {
    const tail = this.#tail.channels.get(channel);
    if (tail === undefined) throw new Error(`the feed has no channel ${channel}`);
    return tail;
  }

  #leave(client: FeedClient): void {
    for (const subscription of client.subscriptions.values()) this.#live.remove(subscription);
    client.subscriptions.clear();
    this.#clients.delete(client);
    this.#services.metrics.set('parley_feed_clients', {}, this.#clients.size);
  }

  #onMessage(client: FeedClient, data: RawData, binary: boolean): void {
    const frame = binary ? { problem: 'frames are text' } : readFrame(String(data));
    if ('problem' in frame) {
      this.#error(client, null, 'bad_frame', frame.problem);
      client.close(CLOSE.badFrame, 'bad frame');
      return;
    }
    if (frame.type === 'auth') {
      this.#authorize(client, frame.token);
    } else if (!client.authorized) {
      this.#error(client, null, 'unauthorized', 'send {"type":"auth","token":...} first');
      client.close(CLOSE.unauthorized, 'no token');
    } else if (frame.type === 'unsubscribe') {
      this.#unsubscribe(client, frame.sub);
    } else {
      this.#subscribe(client, frame).catch((error: unknown) => {
        this.#services.onError(error);
        client.subscriptions.delete(frame.sub);
        this.#error(client, frame.sub, 'unavailable', 'the log does not answer; subscribe again');
      });
    }
  }

  #authorize(client: FeedClient, token: string): void {
    if (client.authorized) return;
    client.authorized = this.#services.mayRead(token);
    if (client.authorized) this.#welcome(client);
    else client.close(CLOSE.unauthorized, 'the token has no scope read:feed');
  }

  #unsubscribe(client: FeedClient, sub: string): void {
    const subscription = client.subscriptions.get(sub);
    if (subscription === undefined) {
      this.#error(client, sub, 'unknown_sub', `there is no subscription ${sub}`);
      return;
    }
    this.#live.remove(subscription);
    client.subscriptions.delete(sub);
    client.send({ type: 'unsubscribed', sub, position: subscription.position });
  }

  async #subscribe(client: FeedClient, frame: SubscribeFrame): Promise<void> {
    const { limits, log } = this.#services;
    const { sub, channel, overflow } = frame;
    if (this.#tail.resting) await this.#tail.wake();
    if (client.subscriptions.has(sub)) {
      this.#error(client, sub, 'duplicate_sub', `${sub} is subscribed already`);
      return;
    }
    if (client.subscriptions.size >= limits.subscriptionsMax) {
      const message = `a client has at most ${limits.subscriptionsMax} subscriptions`;
      this.#error(client, sub, 'too_many_subscriptions', message);
      return;
    }
    const filter = frame.where === undefined ? null : this.#services.compileFilter(frame.where);
    if (filter !== null && typeof filter !== 'function') {
      this.#error(client, sub, 'bad_filter', filter.problem);
      return;
    }
    const tail = this.#channel(channel);
    const where = frame.where ?? null;
    const keys = frame.keys === undefined ? null : new Set(frame.keys);
    const selection = { sub, channel, where, filter, keys };
    const live = frame.from === 'latest';
    const placeholder = new Subscription(selection, overflow, client, tail.position());
    client.subscriptions.set(sub, placeholder);
    const start = live ? { offsets: tail.offsets, gap: null } : await startOf(frame.from, tail, log);
    if (client.subscriptions.get(sub) !== placeholder) return;
    if ('problem' in start) {
      client.subscriptions.delete(sub);
      this.#error(client, sub, 'bad_position', start.problem);
      return;
    }
    const position = encodePosition({ channel, epoch: tail.epoch, offsets: start.offsets });
    placeholder.moveTo(position);
    const recovered = start.gap === null;
    client.send({ type: 'subscribed', sub, channel, position, recovered });
    if (start.gap !== null) {
      client.send({ type: 'gap', sub, position, to: position, ...start.gap });
    }
    if (live) this.#live.add(placeholder);
    else await this.#catchUp(client, placeholder, start.offsets, tail);
  }

  async #catchUp(
    client: FeedClient,
    subscription: Subscription,
    offsets: readonly number[],
    tail: ChannelTail,
  ): Promise<void> {
    if (this.#catchUps >= CATCH_UPS_MAX) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#catchUps++;
    const { sub } = subscription.selection;
    try {
      await catchUp(subscription, offsets, tail, this.#services.log, {
        wanted: () => client.open && client.subscriptions.get(sub) === subscription,
        join: () => this.#live.add(subscription),
      });
    } finally {
      this.#catchUps--;
      this.#waiting.shift()?.();
    }
  }

  #heartbeat(): void {
    let buffered = 0;
    for (const client of this.#clients) {
      buffered += client.buffered;
      if (client.missedHeartbeats >= 2) {
        client.terminate();
        continue;
      }
      client.ping();
      if (!client.authorized || client.buffered > client.bufferMax) continue;
      const positions: { [sub: string]: string } = {};
      for (const [sub, subscription] of client.subscriptions) positions[sub] = subscription.position;
      client.send({ type: 'heartbeat', positions });
    }
    this.#services.metrics.set('parley_feed_buffer_bytes', {}, buffered);
  }

  #resumeStalled(): void {
    for (const client of this.#clients) {
      if (client.buffered > client.bufferMax / 2) continue;
      for (const subscription of client.subscriptions.values()) {
        if (!subscription.stalled) continue;
        subscription.resume(this.#channel(subscription.selection.channel));
        this.#services.metrics.count('parley_feed_gaps_total', {}, 1);
      }
    }
  }

  #error(client: FeedClient, sub: string | null, code: FeedErrorCode, message: string): void {
    this.#services.metrics.count('parley_feed_refused_total', { reason: code }, 1);
    client.send({ type: 'error', sub, code, message });
  }
}
