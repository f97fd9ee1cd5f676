import { createRequire } from 'node:module';
import type { ConnectionOptions } from 'node:tls';
import type { SASLOptions } from 'kafkajs';

/**
 * Everything Parley takes from inside kafkajs 2.2.4, which has no stable name for it: its
 * connection (socket, TLS, SASL, matching of answers to requests). The version is pinned; `missingInternals`
 * says which field is gone when it changes, at start and in a test.
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
  /** Header tag and body, ready to send. */
  payload: Buffer;
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
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
  authenticate(): Promise<void>;
  setVersions(versions: unknown): void;
  setSupportAuthenticationProtocol(supported: boolean): void;
  send(message: unknown): Promise<Buffer>;
  rejectRequests(error: Error): void;
  requestQueue: { scheduleCheckPendingRequests(): void };
};

type KafkajsEncoder = { buf: Buffer; offset: number };

type Internals = {
  Connection: new (options: object) => KafkajsConnection;
  Encoder: new (size: number) => KafkajsEncoder;
  createLogger: (options: object) => Logger;
  createSocketFactory: () => unknown;
};

const require = createRequire(import.meta.url);

const version = '2.2.4';
const files = {
  package: 'kafkajs/package.json',
  Connection: 'kafkajs/src/network/connection.js',
  Encoder: 'kafkajs/src/protocol/encoder.js',
  loggers: 'kafkajs/src/loggers/index.js',
  socketFactory: 'kafkajs/src/network/socketFactory.js',
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
  const connection = tryLoad(files.Connection) as { prototype?: object } | undefined;
  if (connection) {
    for (const method of [
      'isConnected',
      'connect',
      'disconnect',
      'authenticate',
      'setVersions',
      'setSupportAuthenticationProtocol',
      'send',
      'rejectRequests',
    ]) {
      if (typeof member(connection.prototype, method) !== 'function') {
        missing.push(`${files.Connection}: ${method}`);
      }
    }
  }
  const encoder = tryLoad(files.Encoder) as (new (size: number) => object) | undefined;
  if (encoder) {
    const instance = new encoder(1);
    for (const field of ['buf', 'offset']) {
      if (member(instance, field) === undefined) missing.push(`${files.Encoder}: ${field}`);
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
    Encoder: require(files.Encoder) as Internals['Encoder'],
    createLogger: (require(files.loggers) as { createLogger: Internals['createLogger'] })
      .createLogger,
    createSocketFactory: require(files.socketFactory) as Internals['createSocketFactory'],
  };
  return loaded;
}

/** A connection that is not connected yet. */
export function createConnection(settings: ConnectionSettings): RawConnection {
  const { Connection, Encoder, createLogger, createSocketFactory } = internals();
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

  return {
    isConnected: () => connection.isConnected(),
    connect: async () => void (await connection.connect()),
    authenticate: async (versions) => {
      connection.setVersions(versions);
      connection.setSupportAuthenticationProtocol(true);
      await connection.authenticate();
    },
    send: ({ apiKey, apiVersion, apiName, payload, timeoutMs }) =>
      connection.send({
        request: {
          apiKey,
          apiVersion,
          apiName,
          encode: async () =>
            Object.assign(new Encoder(1), { buf: payload, offset: payload.length }),
        },
        response: { decode: async (data: Buffer) => data, parse: async (data: Buffer) => data },
        requestTimeout: timeoutMs,
        logResponseError: false,
      }),
    close: async () => {
      connection.rejectRequests(new Error('connection closed by this process'));
      await connection.disconnect();
    },
  };
}
