import { LogError } from '../../ports/event-log.ts';
import type { KafkaSettings } from './config.ts';
import { answeredError } from './error-codes.ts';
import { createConnection, type RawConnection } from './kafkajs-internals.ts';
import { apiVersions, type ApiVersionsAnswer } from './wire/cluster.ts';
import type { Message } from './wire/message.ts';
import { WireReader } from './wire/reader.ts';
import { WireWriter } from './wire/writer.ts';

export type BrokerAddress = { host: string; port: number };

/**
 * One socket to one broker for one purpose, opened at its first request and again after it was
 * lost. A broker answers the requests of a socket one after another, so what may wait long (a
 * fetch, a join) has a socket of its own.
 */
export class BrokerConnection {
  readonly #settings: KafkaSettings;
  readonly #address: BrokerAddress;
  #raw: RawConnection | null = null;
  #opening: Promise<RawConnection> | null = null;
  #answer: ApiVersionsAnswer | null = null;
  #closed = false;

  constructor(settings: KafkaSettings, address: BrokerAddress) {
    this.#settings = settings;
    this.#address = address;
  }

  /** What the broker said of itself when the socket was opened. */
  async describe(): Promise<ApiVersionsAnswer> {
    await this.#open();
    return this.#answer!;
  }

  /**
   * Sends a request and waits for its answer.
   * @throws LogError UNAVAILABLE, definite, when nothing was sent; UNKNOWN when no answer came.
   */
  async send<Request, Answer>(
    message: Message<Request, Answer>,
    request: Request,
    timeoutMs: number = this.#settings.requestTimeoutMs,
  ): Promise<Answer> {
    const raw = await this.#open();
    return this.#exchange(raw, message, request, timeoutMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const raw = this.#raw;
    this.#raw = null;
    await raw?.close();
  }

  async #open(): Promise<RawConnection> {
    if (this.#closed) throw this.#unavailable('this client is closed');
    if (this.#raw?.isConnected()) return this.#raw;
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #connect(): Promise<RawConnection> {
    const raw = createConnection({
      ...this.#address,
      clientId: this.#settings.clientId,
      ssl: this.#settings.ssl,
      sasl: this.#settings.sasl,
      connectTimeoutMs: this.#settings.connectTimeoutMs,
      requestTimeoutMs: 100,
      onLog: this.#settings.onLog,
    });
    try {
      await raw.connect();
      this.#answer = await this.#exchange(raw, apiVersions, null, this.#settings.requestTimeoutMs);
      if (this.#settings.sasl) await raw.authenticate(this.#answer.versions);
    } catch (cause) {
      void raw.close().catch(() => {});
      throw this.#connectError(cause);
    }
    if (this.#closed) {
      await raw.close();
      throw this.#unavailable('this client is closed');
    }
    this.#raw = raw;
    return raw;
  }

  async #exchange<Request, Answer>(
    raw: RawConnection,
    message: Message<Request, Answer>,
    request: Request,
    timeoutMs: number,
  ): Promise<Answer> {
    const writer = new WireWriter();
    // The last part of a flexible request's header: no tagged fields.
    writer.tags();
    message.encode(writer, request);
    let payload: Buffer;
    try {
      payload = await raw.send({
        apiKey: message.apiKey,
        apiVersion: message.version,
        apiName: message.name,
        body: writer.finish(),
        timeoutMs,
      });
    } catch (cause) {
      this.#drop(raw);
      const { host, port } = this.#address;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new LogError('UNKNOWN', `${message.name} to Kafka at ${host}:${port}: ${why}`, {
        definite: false,
        cause,
      });
    }
    const reader = new WireReader(payload);
    try {
      if (!('oldHeader' in message)) reader.tags();
      return message.decode(reader);
    } catch (cause) {
      this.#drop(raw);
      throw new LogError('UNKNOWN', `${message.name}: an answer that cannot be read`, {
        definite: false,
        cause,
      });
    }
  }

  /** A socket on which an answer is missing is not used again: a late answer would find nobody. */
  #drop(raw: RawConnection): void {
    if (this.#raw === raw) this.#raw = null;
    void raw.close().catch(() => {});
  }

  #connectError(cause: unknown): LogError {
    const why = cause instanceof Error ? cause.message : String(cause);
    const name = cause instanceof Error ? cause.name : '';
    if (name === 'KafkaJSSASLAuthenticationError' || /SASL/i.test(why)) {
      const { host, port } = this.#address;
      return new LogError('NOT_AUTHORIZED', `Kafka at ${host}:${port} refused the login: ${why}`, {
        definite: true,
        cause,
      });
    }
    return this.#unavailable(why, cause);
  }

  #unavailable(why: string, cause?: unknown): LogError {
    const { host, port } = this.#address;
    return new LogError('UNAVAILABLE', `Kafka at ${host}:${port} cannot be reached: ${why}`, {
      definite: true,
      cause,
    });
  }
}

/** The broker's own words for a code, where an answer has one code for all. */
export function failOn(error: number, during: string): void {
  if (error !== 0) throw answeredError(error, during);
}
