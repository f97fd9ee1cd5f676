/** What a server made of a request. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * The way between a client and a twin server. The perfect one delivers at once; the simulation
 * delays, loses and repeats.
 */
export interface Link {
  /** Who is at this end; the group coordinator tells members apart by it. */
  readonly client: string;
  /**
   * Runs `execute` on the server, which replies now or later. Rejects with the server's error, or
   * with `LinkLost` where the request or its reply went missing.
   */
  request<T>(
    operation: string,
    execute: (reply: (outcome: Outcome<T>) => void) => void,
  ): Promise<T>;
  /** A message from the server to this client. */
  push(operation: string, deliver: () => void): void;
  /** The client waits before it asks again. */
  pause(ms: number): Promise<void>;
}

/** No answer came: the request may have been executed. */
export class LinkLost extends Error {
  constructor(operation: string) {
    super(`no answer to ${operation}`);
    this.name = 'LinkLost';
  }
}

export function perfectLink(client = 'client'): Link {
  return {
    client,
    request: (_operation, execute) =>
      new Promise((resolve, reject) => {
        execute((outcome) => {
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value);
        });
      }),
    push: (_operation, deliver) => queueMicrotask(deliver),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

/** A request that the server answers at once. */
export function ask<T>(link: Link, operation: string, run: () => T): Promise<T> {
  return link.request<T>(operation, (reply) => {
    let outcome: Outcome<T>;
    try {
      outcome = { value: run() };
    } catch (error) {
      outcome = { error };
    }
    reply(outcome);
  });
}
