import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { ParleyError } from '../event/errors.ts';
import type { FeedServer } from '../feed/feed-server.ts';

export const FEED_PATH = '/feed';

export interface ListeningServer {
  /** Base address, for instance `http://127.0.0.1:8787`. */
  readonly url: string;
  close(): Promise<void>;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Serves the routes, and the feed under `/feed`; null: no feed. Throws `PARLEY_PORT_IN_USE`.
 */
export async function listen(
  routes: Hono,
  feed: FeedServer | null,
  { host, port }: Address,
): Promise<ListeningServer> {
  const listener = getRequestListener(routes.fetch);
  const server = createServer((request, response) => void listener(request, response));
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    const path = new URL(request.url ?? '/', 'http://parley').pathname;
    if (feed !== null && path === FEED_PATH) feed.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  });
  await bind(server, host, port);
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      const message = `port ${port} on ${host} is in use: stop what uses it, or set api.port`;
      reject(new ParleyError('PARLEY_PORT_IN_USE', message, { cause: error }));
    });
    server.listen(port, host, () => resolve());
  });
}
