import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { SASLOptions } from 'kafkajs';

/**
 * Everything Parley takes from inside kafkajs 2.2.4, which has no stable name for it: its
 * connection (socket, TLS, SASL, matching of answers to requests). The version is pinned;
 * `missingInternals` says which field is gone when it changes, at start and in a test.
 */

export type ConnectionSettings = {
  host: string;
  port: number;
  clientId: string;
  ssl: ConnectionOptions | null;
  sasl: SASLOptions | null;
  connectTimeoutMs: number;
  /** Lower bound of every request's time-out: kafkajs takes the greater of the two. */
  requestTimeoutMs: number;
  /** What kafkajs would have logged: one line, no payload. */
  onLog: (line: string) => void;
};

export type RawRequest = {
  apiKey: number;
  apiVersion: number;
  apiName: string;
  /** Pieces of the body, the header's tags before it. */
  body: readonly Buffer[];
  timeoutMs: number;
};

/** One socket of kafkajs. */
export type RawConnection = {
  isConnected(): boolean;
  connect(): Promise<void>;
  /** SASL exchange, with the API versions that the broker answered. */
  authenticate(versions: {
    [apiKey: number]: { minVersion: number; maxVersion: number };
  }): Promise<void>;
  /** The answer after its correlation id. */
  send(request: RawRequest): Promise<Buffer>;
  /** Rejects what is under way and closes the socket. */
  close(): Promise<void>;
};

type Logger = { namespace(name: string): Logger };

type KafkajsConnection = {
  isConnected(): boolean;
  isAuthenticated(): boolean;
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
  authenticate(): Promise<void>;
  setVersions(versions: unknown): void;
  setSupportAuthenticationProtocol(supported: boolean): void;
  failIfNotConnected(): void;
  nextCorrelationId(): number;
  rejectRequests(error: Error): void;
  processData(data: Buffer): void;
  socket: Socket;
  requestQueue: {
    scheduleCheckPendingRequests(): void;
    push(request: {
      entry: {
        apiKey: number;
        apiName: string;
        apiVersion: number;
        correlationId: number;
        resolve(answer: { payload: Buffer }): void;
        reject(error: unknown): void;
      };
      expectResponse: boolean;
      requestTimeout: number;
      sendRequest(): void;
    }): void;
  };
};

type Internals = {
  Connection: new (options: object) => KafkajsConnection;
  createLogger: (options: object) => Logger;
  createSocketFactory: () => unknown;
};

const require = createRequire(import.meta.url);

const version = '2.2.4';
const files = {
  package: 'kafkajs/package.json',
  Connection: 'kafkajs/src/network/connection.js',
  RequestQueue: 'kafkajs/src/network/requestQueue/index.js',
  loggers: 'kafkajs/src/loggers/index.js',
  socketFactory: 'kafkajs/src/network/socketFactory.js',
};

const neededMethods = {
  [files.Connection]: [
    'isConnected',
    'isAuthenticated',
    'connect',
    'disconnect',
    'authenticate',
    'setVersions',
    'setSupportAuthenticationProtocol',
    'failIfNotConnected',
    'nextCorrelationId',
    'rejectRequests',
    'processData',
  ],
  [files.RequestQueue]: ['push', 'scheduleCheckPendingRequests'],
};

/** How a module is found; a test passes one that lacks something. */
export type LoadModule = (file: string) => unknown;

/** Names of what kafkajs no longer has, empty when all is in place. */
export function missingInternals(load: LoadModule = require): string[] {
  const missing: string[] = [];
  const tryLoad = (file: string): unknown => {
    try {
      return load(file);
    } catch {
      missing.push(file);
      return undefined;
    }
  };
  const found = tryLoad(files.package) as { version?: string } | undefined;
  if (found && found.version !== version) {
    missing.push(`kafkajs ${version} (found ${found.version ?? 'no version'})`);
  }
  for (const [file, methods] of Object.entries(neededMethods)) {
    const loaded = tryLoad(file) as { prototype?: object } | undefined;
    if (!loaded) continue;
    for (const method of methods) {
      if (typeof member(loaded.prototype, method) !== 'function')
        missing.push(`${file}: ${method}`);
    }
  }
  const loggers = tryLoad(files.loggers) as object | undefined;
  if (loggers && typeof member(loggers, 'createLogger') !== 'function') {
    missing.push(`${files.loggers}: createLogger`);
  }
  const socketFactory = tryLoad(files.socketFactory);
  if (socketFactory !== undefined && typeof socketFactory !== 'function') {
    missing.push(`${files.socketFactory}: a function`);
  }
  return missing;
}

function member(owner: object | undefined, name: string): unknown {
  return owner === undefined ? undefined : (owner as { [name: string]: unknown })[name];
}

let loaded: Internals | undefined;

function internals(): Internals {
  if (loaded) return loaded;
  const missing = missingInternals();
  if (missing.length > 0) {
    throw new Error(
      `install kafkajs ${version}, exactly that version; missing now: ${missing.join(', ')}`,
    );
  }
  loaded = {
    Connection: require(files.Connection) as Internals['Connection'],
    createLogger: (require(files.loggers) as { createLogger: Internals['createLogger'] })
      .createLogger,
    createSocketFactory: require(files.socketFactory) as Internals['createSocketFactory'],
  };
  return loaded;
}

/** A connection that is not connected yet. */
export function createConnection(settings: ConnectionSettings): RawConnection {
  const { Connection, createLogger, createSocketFactory } = internals();
  const connection = new Connection({
    host: settings.host,
    port: settings.port,
    clientId: settings.clientId,
    ssl: settings.ssl,
    // kafkajs puts its authenticator into this object: never share it.
    sasl: settings.sasl === null ? null : { ...settings.sasl },
    socketFactory: createSocketFactory(),
    connectionTimeout: settings.connectTimeoutMs,
    requestTimeout: settings.requestTimeoutMs,
    enforceRequestTimeout: true,
    logger: createLogger({
      level: 1,
      logCreator: () => (entry: { log: { message: string } }) => settings.onLog(entry.log.message),
    }),
  });
  // kafkajs re-arms a timer of 1 ms for ever to look for requests held back by its own throttling,
  // which is never on here (and Node 24 warns of the negative delay it asks for).
  connection.requestQueue.scheduleCheckPendingRequests = () => {};
  // kafkajs throws inside the socket's event for an answer it cannot read, which ends the process.
  const processData = connection.processData.bind(connection);
  connection.processData = (data) => {
    try {
      processData(data);
    } catch (error) {
      const reason = new Error(`an answer that is none: ${String(error)}`);
      connection.rejectRequests(reason);
      connection.socket.destroy(reason);
    }
  };

  return {
    isConnected: () => connection.isConnected(),
    connect: async () => void (await connection.connect()),
    authenticate: async (versions) => {
      connection.setVersions(versions);
      connection.setSupportAuthenticationProtocol(true);
      await connection.authenticate();
    },
    send: async (request) => {
      // A login may run out; before it, only the question for versions is allowed.
      if (settings.sasl && request.apiKey !== apiVersionsKey && !connection.isAuthenticated()) {
        await connection.authenticate();
      }
      connection.failIfNotConnected();
      return sendFrame(connection, request, settings.clientId);
    },
    close: async () => {
      connection.rejectRequests(new Error('connection closed by this process'));
      await connection.disconnect();
    },
  };
}

const apiVersionsKey = 18;

/**
 * Sends a request and waits for its answer. kafkajs's own `send` copies the whole request twice;
 * its queue, used directly, matches answers and times requests out all the same.
 */
async function sendFrame(
  connection: KafkajsConnection,
  { apiKey, apiVersion, apiName, body, timeoutMs }: RawRequest,
  clientId: string,
): Promise<Buffer> {
  const correlationId = connection.nextCorrelationId();
  const idBytes = Buffer.byteLength(clientId);
  const header = Buffer.allocUnsafe(4 + 10 + idBytes);
  const bodyBytes = body.reduce((sum, piece) => sum + piece.length, 0);
  header.writeInt32BE(header.length - 4 + bodyBytes, 0);
  header.writeInt16BE(apiKey, 4);
  header.writeInt16BE(apiVersion, 6);
  header.writeInt32BE(correlationId, 8);
  header.writeInt16BE(idBytes, 12);
  header.write(clientId, 14);
  const { payload } = await new Promise<{ payload: Buffer }>((resolve, reject) => {
    connection.requestQueue.push({
      entry: { apiKey, apiName, apiVersion, correlationId, resolve, reject },
      expectResponse: true,
      requestTimeout: timeoutMs,
      sendRequest: () => {
        const { socket } = connection;
        socket.cork();
        socket.write(header);
        for (const piece of body) socket.write(piece);
        socket.uncork();
      },
    });
  });
  return payload;
}
