import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A port of 127.0.0.1 in front of a service, for faults of the network. */
export type TcpProxy = {
  readonly port: number;
  /** Closes every connection and refuses new ones until `heal`. */
  cut(): void;
  /** Lets requests through but holds back every reply until `heal` or `cut`. */
  holdReplies(): void;
  /** Lets requests through, throws the next reply away and closes that connection. */
  loseNextReply(): void;
  heal(): void;
  /** Delay of each chunk in either direction, milliseconds. */
  delay(ms: number): void;
  close(): Promise<void>;
};

type Mode = 'pass' | 'cut' | 'hold' | 'lose';

export async function startTcpProxy(target: () => number): Promise<TcpProxy> {
  let mode: Mode = 'pass';
  let delayMs = 0;
  const pairs = new Set<{ client: Socket; service: Socket; held: Buffer[] }>();

  const server = createServer((client) => {
    if (mode === 'cut') return void client.destroy();
    const service = connect(target(), '127.0.0.1');
    const pair = { client, service, held: [] as Buffer[] };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      service.destroy();
    };
    for (const socket of [client, service]) socket.on('error', end).on('close', end);
    const toService = inOrder(service);
    const toClient = inOrder(client);
    client.on('data', (data) => toService(data, delayMs));
    service.on('data', (data) => {
      if (mode === 'lose') {
        mode = 'pass';
        end();
        return;
      }
      if (mode === 'hold') {
        pair.held.push(data);
        return;
      }
      toClient(data, delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      mode = 'cut';
      for (const pair of pairs) {
        pair.client.destroy();
        pair.service.destroy();
      }
    },
    holdReplies: () => {
      mode = 'hold';
    },
    loseNextReply: () => {
      mode = 'lose';
    },
    heal: () => {
      mode = 'pass';
      for (const pair of pairs) for (const data of pair.held.splice(0)) pair.client.write(data);
    },
    delay: (ms) => {
      delayMs = ms;
    },
    close: async () => {
      for (const pair of pairs) {
        pair.client.destroy();
        pair.service.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Writes each chunk after its delay, and never before one that came earlier: a network that grows
 * fast again does not swap bytes.
 */
function inOrder(socket: Socket): (data: Buffer, delayMs: number) => void {
  const queue: Buffer[] = [];
  let last = 0;
  return (data, delayMs) => {
    if (queue.length === 0 && delayMs === 0) return void socket.write(data);
    const now = performance.now();
    last = Math.max(last, now + delayMs);
    queue.push(data);
    // Whichever timer comes first writes what came first.
    setTimeout(() => socket.write(queue.shift() as Buffer), last - now);
  };
}
