import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ParleyError } from '../../../event/errors.ts';
import { DataFolder } from './data-folder.ts';
import { isDiskFull, openDatabase } from './database.ts';
import type { Answer, Opening, Request, ThreadOptions } from './messages.ts';
import { orderedOperations, readOperations } from './operations.ts';
import { StoredState } from './stored-state.ts';

/**
 * The thread that owns the database. Requests come over the thread's own port and are worked off
 * in order; reads come over another, which is looked at between the writes of a commit as well.
 */
function serve(port: MessagePort, { reads, folder, prefix, ...options }: ThreadOptions): void {
  const database = openDatabase(folder, options.durability, options.pagesMax);
  const serveReads = (): void => {
    for (;;) {
      const next = receiveMessageOnPort(reads);
      if (next === undefined) return;
      answer(next.message as Request);
    }
  };
  const log = new DataFolder(database, prefix, serveReads);
  const state = new StoredState(database, log.rows);
  const operations = { ...readOperations(log, state), ...orderedOperations(log, state) };
  const answer = ({ id, name, args }: Request): void => {
    const { reply, moved } = replyTo(id, () =>
      (operations[name] as (...given: readonly unknown[]) => unknown)(...args),
    );
    port.postMessage(reply, moved);
  };
  reads.on('message', answer);
  port.on('message', (request: Request | 'close') => {
    if (request !== 'close') {
      answer(request);
      return;
    }
    database.close();
    reads.close();
    port.close();
  });
  port.postMessage('open' satisfies Opening);
}

function replyTo(id: number, work: () => unknown): { reply: Answer; moved: ArrayBuffer[] } {
  try {
    const value = work();
    const { blobs = [] } = (value ?? {}) as { readonly blobs?: readonly Uint8Array[] };
    return { reply: { id, value }, moved: blobs.map(({ buffer }) => buffer as ArrayBuffer) };
  } catch (error) {
    return { reply: { id, error: String(error), diskFull: isDiskFull(error) }, moved: [] };
  }
}

if (parentPort === null) throw new Error('this is a thread of the embedded log');
try {
  serve(parentPort, workerData as ThreadOptions);
} catch (error) {
  if (!(error instanceof ParleyError)) throw error;
  const { code, message, details } = error;
  parentPort.postMessage({ code, message, details } satisfies Opening);
  parentPort.close();
}
