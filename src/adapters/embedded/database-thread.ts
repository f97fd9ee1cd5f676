import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { ParleyError } from '../../event/errors.ts';
import { SendQueue } from './send-queue.ts';
import type { CommitRequest } from './thread/data-folder.ts';
import type { Answer, Opening, Request, ThreadOptions } from './thread/messages.ts';
import type { OrderedOperations, ReadOperations } from './thread/operations.ts';

/** What the thread threw, or why it does not answer. */
export class DatabaseError extends Error {
  readonly diskFull: boolean;

  constructor(message: string, diskFull: boolean) {
    super(message);
    this.name = 'DatabaseError';
    this.diskFull = diskFull;
  }
}

/** Bytes of commits on their way to the database. */
const QUEUE_BYTES_MAX = 67_108_864;

/** Of the thread's heap, for what is new: little of it lives longer than a message. */
const YOUNG_MB_MAX = 12;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: DatabaseError) => void;
  readonly answered: () => void;
}

type Operations = ReadOperations & OrderedOperations;
type Result<K extends keyof Operations> = Promise<ReturnType<Operations[K]>>;

/**
 * The thread that owns the database, seen from outside. Answers come in the order in which things
 * happened there: who has an answer has had those of all commits that it saw. While nothing is asked,
 * the thread keeps no process alive.
 */
export class DatabaseThread {
  readonly #worker: Worker;
  readonly #reads: MessagePort;
  readonly #pending = new Map<number, Pending>();
  readonly #queue = new SendQueue(QUEUE_BYTES_MAX);
  readonly #ended: Promise<void>;
  readonly #onLost: (why: string) => void;
  #nextId = 0;
  #why: string | null = null;

  private constructor(worker: Worker, reads: MessagePort, onLost: (why: string) => void) {
    this.#worker = worker;
    this.#reads = reads;
    this.#onLost = onLost;
    worker.on('message', (answer: Answer) => this.#settle(answer));
    worker.on('error', (error) => this.#end(`the database thread failed: ${String(error)}`));
    this.#ended = new Promise((resolve) => {
      worker.on('exit', (code) => {
        this.#end(`the database thread ended with ${code}`);
        resolve();
      });
    });
    worker.unref();
  }

  /**
   * Rejects with `ParleyError` PARLEY_DATA_FOLDER_LOCKED, PARLEY_DISK_FULL.
   * @param heapMbMax Of the thread's heap; SQLite's cache and what waits for its rows lie outside of it.
   * @param onLost The thread ended though nobody closed it: whatever is asked from now on is refused.
   */
  static async open(
    options: Omit<ThreadOptions, 'reads'>,
    heapMbMax: number,
    onLost: (why: string) => void,
  ): Promise<DatabaseThread> {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(new URL('./thread/main.ts', import.meta.url), {
      name: 'database',
      // Those of the process say how to run its script, not this one.
      execArgv: [],
      workerData: { ...options, reads: port2 } satisfies ThreadOptions,
      transferList: [port2],
      resourceLimits: {
        maxOldGenerationSizeMb: heapMbMax,
        maxYoungGenerationSizeMb: YOUNG_MB_MAX,
      },
    });
    const opening = await new Promise<Opening>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the database thread ended with ${code}`)));
    });
    if (opening === 'open') return new DatabaseThread(worker, port1, onLost);
    port1.close();
    throw new ParleyError(opening.code, opening.message, { details: opening.details });
  }

  /** Reads something that no write of a commit changes: it need not wait for one that goes on. */
  read<K extends keyof ReadOperations>(name: K, ...args: Parameters<ReadOperations[K]>): Result<K> {
    return this.#ask((id, pending) => {
      this.#pending.set(id, { ...pending, answered: () => {} });
      this.#reads.postMessage({ id, name, args } satisfies Request);
    });
  }

  /** Has something done after all that was asked before. */
  call<K extends keyof OrderedOperations>(
    name: K,
    ...args: Parameters<OrderedOperations[K]>
  ): Result<K> {
    return this.#inOrder(name, args, []);
  }

  commit(request: CommitRequest): Result<'commit'> {
    return this.#inOrder('commit', [request], request.blobs);
  }

  /** After everything that was asked. */
  async close(): Promise<void> {
    if (this.#why === null) {
      this.#why = 'the data folder is closed';
      this.#worker.ref();
      this.#queue.add(0, () => this.#worker.postMessage('close'));
    }
    await this.#ended;
  }

  #inOrder<K extends keyof OrderedOperations>(
    name: K,
    args: readonly unknown[],
    blobs: readonly Uint8Array[],
  ): Result<K> {
    let bytes = 0;
    for (const blob of blobs) bytes += blob.length;
    return this.#ask((id, pending) => {
      this.#pending.set(id, { ...pending, answered: () => this.#queue.answered(bytes) });
      const moved = blobs.map(({ buffer }) => buffer as ArrayBuffer);
      const request: Request = { id, name, args };
      this.#queue.add(bytes, () => this.#worker.postMessage(request, moved));
    });
  }

  #ask<K extends keyof Operations>(
    send: (id: number, pending: Omit<Pending, 'answered'>) => void,
  ): Result<K> {
    return new Promise((resolve, reject) => {
      if (this.#why !== null) {
        reject(new DatabaseError(this.#why, false));
        return;
      }
      if (this.#pending.size === 0) this.#worker.ref();
      send(this.#nextId++, { resolve: resolve as Pending['resolve'], reject });
    });
  }

  #settle(answer: Answer): void {
    const asked = this.#pending.get(answer.id);
    if (asked === undefined) return;
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0 && this.#why === null) this.#worker.unref();
    asked.answered();
    if ('error' in answer) asked.reject(new DatabaseError(answer.error, answer.diskFull));
    else asked.resolve(answer.value);
  }

  #end(why: string): void {
    const lost = this.#why === null;
    this.#why ??= why;
    this.#reads.close();
    this.#queue.clear();
    for (const { reject } of this.#pending.values()) reject(new DatabaseError(this.#why, false));
    this.#pending.clear();
    if (lost) this.#onLost(why);
  }
}
