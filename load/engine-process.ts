/**
 * An engine process for comparisons: as `parley run --publish`, with `--plain` over a log without
 * transactions.
 */
import { loadConfiguration } from '../src/cli/configuration-file.ts';
import { openHost } from '../src/cli/host.ts';
import { loadPlacesFor } from '../src/cli/load-places.ts';
import { createLogger } from '../src/cli/logger.ts';
import { openServiceAdapters } from '../src/cli/open-adapters.ts';
import { PatternFolder } from '../src/cli/pattern-folder.ts';
import { systemClock } from '../src/cli/replay-clock.ts';
import { createTerminal } from '../src/cli/terminal.ts';
import { steadyClock } from '../src/engine/steady-clock.ts';
import { flag, readCommandLine, text } from './command-line.ts';
import { withoutTransactions } from './plain-log.ts';

const { options } = readCommandLine(
  'node load/engine-process.ts',
  'An engine process for comparisons.',
  {
    plain: flag('over a log without transactions'),
    config: text('file', 'configuration file'),
  },
);
const configuration = loadConfiguration({ file: options.config, environment: process.env });
const logger = createLogger(configuration.logLevel, configuration.application);
const places = await loadPlacesFor(configuration, 'all', createTerminal());
const { log, store } = await openServiceAdapters(configuration, (line) => logger.info(line));
const adapters = { log: options.plain ? withoutTransactions(log) : log, store };
const clock = steadyClock(systemClock);
const host = await openHost({ configuration, adapters, clock, places, insecure: false, logger });
await new PatternFolder(configuration.patterns, host.publisher, () => {}).publishAll();
process.once('SIGTERM', () => void host.close().then(() => process.exit(0)));
await host.start();
