import { ParleyError } from '../event/errors.ts';
import { WebSocket } from 'ws';
import { readServerFrame, type ServerFrame, type SubscribeFrame, SUBPROTOCOL } from './protocol.ts';

/** What a reader of the feed asks for. */
export interface FollowOptions {
  /** `ws://127.0.0.1:8787/feed` */
  readonly url: string;
  readonly token: string | null;
  readonly subscribe: Omit<SubscribeFrame, 'type' | 'sub'>;
  readonly signal: AbortSignal;
  /** Called between two tries, with the pause in ms. */
  readonly onReconnect: (why: string, pauseMs: number) => void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** Refusals that trying again cannot mend. */
const FINAL_CODES: ReadonlySet<number> = new Set([4400, 4401]);

/**
 * Frames of one subscription, across reconnects: after a loss it goes on from the last position it
 * saw. Ends when `signal` aborts; throws where the server refuses for good.
 */
export async function* follow(options: FollowOptions): AsyncGenerator<ServerFrame> {
  let from = options.subscribe.from;
  let pause = FIRST_PAUSE_MS;
  while (!options.signal.aborted) {
    const connection = connect(options, from);
    for await (const frame of connection.frames) {
      pause = FIRST_PAUSE_MS;
      const position = positionOf(frame);
      if (position !== null) from = { position };
      if (frame.type === 'error') throw refused(`${frame.code}: ${frame.message}`);
      yield frame;
    }
    if (options.signal.aborted) return;
    const { code, reason } = connection.closed();
    if (FINAL_CODES.has(code)) throw refused(reason);
    options.onReconnect(reason, pause);
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

function refused(why: string): ParleyError {
  return new ParleyError('PARLEY_FEED_REFUSED', `the feed refused: ${why}`);
}

function positionOf(frame: ServerFrame): string | null {
  if (frame.type === 'event' || frame.type === 'gap' || frame.type === 'subscribed') {
    return frame.position;
  }
  return frame.type === 'heartbeat' ? (Object.values(frame.positions)[0] ?? null) : null;
}

interface Connection {
  readonly frames: AsyncIterable<ServerFrame>;
  closed(): { readonly code: number; readonly reason: string };
}

function connect(options: FollowOptions, from: SubscribeFrame['from']): Connection {
  const headers = options.token === null ? {} : { authorization: `Bearer ${options.token}` };
  const socket = new WebSocket(options.url, SUBPROTOCOL, { headers, perMessageDeflate: false });
  const queue: ServerFrame[] = [];
  let wake: () => void = () => {};
  let end: { code: number; reason: string } | null = null;
  const stop = () => socket.close();
  options.signal.addEventListener('abort', stop, { once: true });
  socket.on('message', (data) => {
    const frame = readServerFrame(String(data));
    if (frame.type === 'hello') {
      socket.send(JSON.stringify({ type: 'subscribe', sub: '1', ...options.subscribe, from }));
    }
    queue.push(frame);
    // Unread frames stay in the server's bounded buffer, not here.
    if (queue.length > 1_000) socket.pause();
    wake();
  });
  socket.on('error', (error) => {
    end ??= { code: 1006, reason: error.message };
  });
  socket.on('close', (code, reason) => {
    end ??= { code, reason: reason.toString() || 'the connection was closed' };
    options.signal.removeEventListener('abort', stop);
    wake();
  });
  async function* read(): AsyncGenerator<ServerFrame> {
    try {
      for (;;) {
        const frame = queue.shift();
        if (frame !== undefined) {
          if (queue.length < 100 && socket.isPaused) socket.resume();
          yield frame;
        } else if (end !== null) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      socket.close();
    }
  }
  return { frames: read(), closed: () => end ?? { code: 1006, reason: 'closed' } };
}
