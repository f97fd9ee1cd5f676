import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { CLOSE, type ServerFrame } from './protocol.ts';
import type { Outlet, Subscription } from './subscription.ts';

/** How often a full connection is looked at, ms. */
const DRAIN_CHECK_MS = 20;

/** One connected client: its socket, its subscriptions, its unread bytes. */
export class FeedClient implements Outlet {
  readonly subscriptions = new Map<string, Subscription>();
  readonly bufferMax: number;
  authorized: boolean;
  /** Cleared by a pong; a client that misses two heartbeats is cut off. */
  missedHeartbeats = 0;
  readonly #socket: WebSocket;
  /** The stream below the WebSocket. */
  readonly #stream: Duplex;

  constructor(socket: WebSocket, stream: Duplex, bufferMax: number, authorized: boolean) {
    this.#socket = socket;
    this.#stream = stream;
    this.bufferMax = bufferMax;
    this.authorized = authorized;
    socket.on('pong', () => {
      this.missedHeartbeats = 0;
    });
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get buffered(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: ServerFrame): void {
    if (this.open) this.#socket.send(JSON.stringify(frame));
  }

  sendEvent(frame: Buffer): void {
    if (this.open) this.#socket.send(frame, { binary: false });
  }

  cork(): void {
    this.#stream.cork();
  }

  uncork(): void {
    this.#stream.uncork();
  }

  ping(): void {
    this.missedHeartbeats++;
    if (this.open) this.#socket.ping();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  closeSlow(): void {
    this.close(CLOSE.slow, 'slow client');
    // A close frame waits behind what the client does not read.
    setTimeout(() => this.terminate(), 1_000).unref();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  async drained(): Promise<boolean> {
    while (this.open && this.buffered > this.bufferMax / 2) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_CHECK_MS));
    }
    return this.open;
  }
}
