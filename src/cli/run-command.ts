import { steadyClock } from '../engine/steady-clock.ts';
import type { Configuration } from '../event/configuration.ts';
import { LogError } from '../ports/event-log.ts';
import { StoreError } from '../ports/state-store.ts';
import { loadConfiguration } from './configuration-file.ts';
import { DONE } from './exit.ts';
import { type Host, openHost } from './host.ts';
import { loadPlacesFor } from './load-places.ts';
import { createLogger, type Logger } from './logger.ts';
import { type Adapters, openServiceAdapters } from './open-adapters.ts';
import { PatternFolder } from './pattern-folder.ts';
import type { RunFlags } from './program.ts';
import { systemClock } from './replay-clock.ts';
import type { Terminal } from './terminal.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** SIGTERM to exit, at the most (issue: 5 s); what is not committed by then is not lost. */
const STOP_MS = 4_500;

/** Runs as a member of the consumer group until SIGTERM. */
export async function run(flags: RunFlags, terminal: Terminal): Promise<number> {
  const configuration = loadConfiguration({
    file: flags.config ?? null,
    environment: process.env,
  });
  const logger = createLogger(configuration.logLevel, configuration.application);
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      setTimeout(() => process.exit(DONE), STOP_MS).unref();
      stopped.abort();
    });
  }
  const places = await loadPlacesFor(configuration, 'all', terminal);
  const clock = steadyClock(systemClock);
  const insecure = flags.insecure === true;
  const host = await untilThere(logger, stopped.signal, async () => {
    const adapters = await openServiceAdapters(configuration, (line) => logger.info(line));
    try {
      return await openHost({ configuration, adapters, clock, places, insecure, logger });
    } catch (error) {
      await closeAdapters(adapters);
      throw error;
    }
  });
  if (host === null) return DONE;
  logger.info({ url: host.url }, 'API and feed');
  const folder = await openFolder(configuration, host, flags.publish === true, logger);
  const ended = host.start();
  ended.then(
    () => logger.info('tasks are open'),
    (error: unknown) => {
      logger.fatal({ err: error }, 'the engine stopped');
      stopped.abort(error);
    },
  );
  await new Promise<void>((resolve) => {
    if (stopped.signal.aborted) resolve();
    stopped.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await folder?.close();
  await host.close();
  const reason: unknown = stopped.signal.reason;
  if (reason instanceof Error && reason.name !== 'AbortError') throw reason;
  logger.info('stopped');
  return DONE;
}

/** Tries with growing pauses while Kafka or Redis is not there; other errors end it. */
async function untilThere<T>(
  logger: Logger,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | null> {
  for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!waitsFor(error)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      logger.warn({ pauseMs: pause }, `waiting: ${message}`);
      await systemClock.sleep(pause, signal);
    }
  }
  return null;
}

function waitsFor(error: unknown): boolean {
  if (error instanceof LogError) return error.code === 'UNAVAILABLE' || error.code === 'UNKNOWN';
  return error instanceof StoreError && error.code === 'UNAVAILABLE';
}

async function closeAdapters({ log, store }: Adapters): Promise<void> {
  await Promise.allSettled([log.close(), store.close()]);
}

/** The folder publishes only when it was told to; else what differs is reported. */
async function openFolder(
  { patterns }: Configuration,
  host: Host,
  publish: boolean,
  logger: Logger,
): Promise<PatternFolder | null> {
  const folder = new PatternFolder(patterns, host.publisher, ({ file, outcome }) => {
    if (outcome.kind === 'refused') logger.error({ file, problems: outcome.problems }, 'refused');
    else if (outcome.kind !== 'unchanged') logger.info({ file, ...outcome }, 'definition');
  });
  if (publish) {
    await folder.publishAll();
    folder.watch();
    return folder;
  }
  for (const file of await folder.differing()) {
    logger.warn({ file }, 'differs from the set in force; run with --publish to publish it');
  }
  return null;
}
