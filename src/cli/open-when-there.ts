import { listen, type ListeningServer } from '../api/api-server.ts';
import { createWaitingRoutes } from '../api/routes.ts';
import { namedError } from '../engine/reasons.ts';
import type { Configuration } from '../event/configuration.ts';
import type { Logger } from './logger.ts';
import { type Adapters, openServiceAdapters, passes } from './open-adapters.ts';
import { systemClock } from './replay-clock.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Opens what a process runs once Kafka and Redis are there, trying with growing pauses; meanwhile the port of
 * the API says which of them is missing. Null: stopped before. Errors that no waiting cures end it.
 */
export async function openWhenThere<T>(
  configuration: Configuration,
  logger: Logger,
  signal: AbortSignal,
  open: (adapters: Adapters) => Promise<T>,
): Promise<T | null> {
  let missing = '';
  let waiting: ListeningServer | null = null;
  const routes = createWaitingRoutes(() => ({ ready: false, reasons: [missing] }));
  const attempt = async (): Promise<T> => {
    const adapters = await openServiceAdapters(configuration, (line) => logger.info(line));
    try {
      // What is opened takes the port over.
      await waiting?.close();
      waiting = null;
      return await open(adapters);
    } catch (error) {
      await Promise.allSettled([adapters.log.close(), adapters.store.close()]);
      throw namedError(error);
    }
  };
  try {
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await attempt();
      } catch (error) {
        if (!passes(error)) throw error;
        missing = (error as Error).message;
        logger.warn({ pauseMs: pause }, `waiting: ${missing}`);
      }
      waiting ??= await listen(routes, null, configuration.api);
      await systemClock.sleep(pause, signal);
    }
    return null;
  } finally {
    await waiting?.close();
  }
}
