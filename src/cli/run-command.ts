import { steadyClock } from '../engine/steady-clock.ts';
import type { Configuration } from '../event/configuration.ts';
import { loadConfiguration } from './configuration-file.ts';
import { DONE } from './exit.ts';
import { type Host, openHost } from './host.ts';
import { loadPlacesFor } from './load-places.ts';
import { createLogger, type Logger } from './logger.ts';
import { openWhenThere } from './open-when-there.ts';
import { PatternFolder } from './pattern-folder.ts';
import type { RunFlags } from './program.ts';
import { systemClock } from './replay-clock.ts';
import type { Terminal } from './terminal.ts';

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
  const opened = await openWhenThere(configuration, logger, stopped.signal, async (adapters) => {
    const host = await openHost({ configuration, adapters, clock, places, insecure, logger });
    try {
      const folder = await openFolder(configuration, host, flags.publish === true, logger);
      return { host, folder };
    } catch (error) {
      await host.close();
      throw error;
    }
  });
  if (opened === null) return DONE;
  const { host, folder } = opened;
  logger.info({ url: host.url }, 'API and feed');
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
