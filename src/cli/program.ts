import { Command, InvalidArgumentError, Option } from 'commander';
import { CHANNELS, type Channel } from '../feed/protocol.ts';
import { INVALID_USE } from './exit.ts';
import type { Terminal } from './terminal.ts';

/** The commands, their options and help. What a command does is loaded when it is called. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('parley')
    .description('Real-time complex event processing engine for conversations.')
    .version('0.1.0')
    .showSuggestionAfterError()
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : INVALID_USE);
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 done; 1 the answer is no (a mistake found, a test failed); 2 it could not be done.',
    );
  addEngine(program, terminal);
  addFiles(program, terminal);
  addQuestions(program, terminal);
  addState(program, terminal);
  return program;
}

const CONFIG = ['-c, --config <file>', 'configuration file (default: parley.yaml, where it exists)'] as const;
const DATA = ['--data <folder>', 'data folder of parley dev, in place of Kafka and Redis'] as const;
const JSON_OUT = ['--json', 'one JSON object for each line'] as const;
const SERVER = ['--url <url>', 'address of the server', 'http://127.0.0.1:8787'] as const;
const TOKEN = ['--token <token>', 'bearer token (default: PARLEY_TOKEN)'] as const;

function addEngine(program: Command, terminal: Terminal): void {
  program
    .command('dev')
    .description('Run on the embedded log and store: no Kafka, no Redis.')
    .option(...CONFIG)
    .addOption(new Option('--demo', 'play the demo marketplace').conflicts('input'))
    .option('--input <file>', 'read events from a file, JSON lines; - is standard input')
    .option('--speed <factor>', 'event time for real time: a number, or max', readSpeed)
    .option('--drain', 'at the end of the input, move time past the last deadline')
    .option('--data <folder>', 'data folder (default: .parley; with --input a temporary one)')
    .option('--port <port>', 'port of API and feed; 0 takes a free one', readPort)
    .option('--insecure', 'serve another address than loopback without tokens')
    .option(...JSON_OUT)
    .action(async (options: DevFlags) => {
      const { dev } = await import('./dev-command.ts');
      process.exitCode = await dev(options, terminal);
    });
  program
    .command('run')
    .description('Run on Kafka and Redis, as a member of the consumer group.')
    .option(...CONFIG)
    .option('--publish', 'publish the pattern folder where it differs from the set in force')
    .option('--insecure', 'serve another address than loopback without tokens')
    .action(async (options: RunFlags) => {
      const { run } = await import('./run-command.ts');
      process.exitCode = await run(options, terminal);
    });
}

export interface DevFlags {
  readonly config?: string;
  readonly demo?: boolean;
  readonly input?: string;
  readonly speed?: number;
  readonly drain?: boolean;
  readonly data?: string;
  readonly port?: number;
  readonly insecure?: boolean;
  readonly json?: boolean;
}

export interface RunFlags {
  readonly config?: string;
  readonly publish?: boolean;
  readonly insecure?: boolean;
}

function addFiles(program: Command, terminal: Terminal): void {
  program
    .command('lint')
    .description('Check pattern and segment files: exit 1 where one has an error.')
    .argument('<path...>', 'files and folders')
    .option('--strict', 'warnings count as errors')
    .option(...CONFIG)
    .option(...JSON_OUT)
    .action(async (paths: string[], options: { config?: string; strict?: boolean; json?: boolean }) => {
      const { lint } = await import('./lint-command.ts');
      process.exitCode = await lint(paths, options, terminal);
    });
  program
    .command('test')
    .description('Run the tests inside pattern and segment files on a virtual clock.')
    .argument('<path...>', 'files and folders')
    .option(...CONFIG)
    .option(...JSON_OUT)
    .action(async (paths: string[], options: { config?: string; json?: boolean }) => {
      const { testFiles } = await import('./test-command.ts');
      process.exitCode = await testFiles(paths, options, terminal);
    });
  program
    .command('schema')
    .description('Print a JSON Schema: for editors, or of what comes out.')
    .argument('<name>', 'pattern, segment, config, or an output topic such as derived')
    .action(async (name: string) => {
      const { schema } = await import('./schema-command.ts');
      process.exitCode = schema(name, terminal);
    });
}

function addQuestions(program: Command, terminal: Terminal): void {
  program
    .command('tail')
    .description('Follow the feed. A gap is always shown.')
    .addOption(new Option('--channel <channel>', 'what to follow').choices(CHANNELS).default('derived'))
    .option('--where <cel>', 'filter, for instance event.data.place == "Plaza"')
    .option('--key <key...>', 'only these keys')
    .option('--from <from>', 'latest, earliest, an ISO time, or a position', 'latest')
    .option(...SERVER)
    .option(...TOKEN)
    .option(...JSON_OUT)
    .action(async (options: TailFlags) => {
      const { tail } = await import('./tail-command.ts');
      const stopped = new AbortController();
      process.once('SIGINT', () => stopped.abort());
      const { url, channel, where, key, from, json } = options;
      await tail(
        {
          url: `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/feed`,
          token: options.token ?? process.env['PARLEY_TOKEN'] ?? null,
          channel,
          where: where ?? null,
          keys: key ?? [],
          from,
          json: json === true,
        },
        terminal,
        stopped.signal,
      );
    });
  program
    .command('explain')
    .description('Why a pattern fired or did not, for a key.')
    .argument('<pattern>', 'id of the pattern')
    .argument('<key>', 'value of its key, for instance a conversation id')
    .option(...SERVER)
    .option(...TOKEN)
    .option(...JSON_OUT)
    .action(async (pattern: string, key: string, options: ServerFlags) => {
      const { explain } = await import('./explain-command.ts');
      process.exitCode = await explain(pattern, key, options, terminal);
    });
  program
    .command('extract')
    .description('What is read from a chat message, and why.')
    .requiredOption('--text <text>', 'the message')
    .addOption(new Option('--lang <language>', 'language of the user').choices(['en', 'es', 'tr']))
    .option('--at <time>', 'time of the message, ISO 8601 (default: now)')
    .option('--zone <zone>', 'time zone of the user, for instance Europe/Madrid')
    .option('--country <country>', 'country of the user, two letters')
    .option('--price <price>', 'asking price of the listing', readNumber)
    .option(...JSON_OUT)
    .action(async (options: ExtractFlags) => {
      const { extract } = await import('./extract-command.ts');
      process.exitCode = extract(options, terminal);
    });
  addDefinitions(program, terminal);
}

function addDefinitions(program: Command, terminal: Terminal): void {
  const definitions = program.command('patterns').description('The set of definitions in force.');
  const action = (name: 'list' | 'get' | 'put' | 'diff' | 'rollback' | 'remove') => async (...args: unknown[]) => {
    const commands = await import('./definitions-command.ts');
    const words = args.slice(0, -2).filter((arg) => typeof arg === 'string');
    process.exitCode = await commands[name](words, args.at(-2) as ServerFlags, terminal);
  };
  const shared = (command: Command) => command.option(...SERVER).option(...TOKEN).option(...JSON_OUT);
  shared(definitions.command('list').description('Ids, kinds and digests.')).action(action('list'));
  shared(definitions.command('get <id>').description('Print the file in force.')).action(action('get'));
  shared(definitions.command('put <file>').description('Publish a file.')).action(action('put'));
  shared(
    definitions.command('diff <file>').description('What publishing a file would change.'),
  ).action(action('diff'));
  shared(
    definitions
      .command('rollback <id> <digest>')
      .description('Publish a former version again: digests as `list` shows them.'),
  ).action(action('rollback'));
  shared(definitions.command('remove <id>').description('Take a definition out of the set.')).action(
    action('remove'),
  );
}

function addState(program: Command, terminal: Terminal): void {
  const state = program.command('state').description('Look at state, check it, rebuild it.');
  state
    .command('inspect <key>')
    .description('Everything held for a key, for instance conversation_id=c1.')
    .option(...CONFIG)
    .option(...DATA)
    .option(...JSON_OUT)
    .action(async (key: string, options: StateFlags) => {
      const { inspect } = await import('./state-command.ts');
      process.exitCode = await inspect(key, options, terminal);
    });
  for (const name of ['verify', 'rebuild'] as const) {
    const says = {
      verify: 'Compare the store with the changelog: exit 1 where they differ.',
      rebuild: 'Delete the store and rebuild it from the changelog. Stop the engine first.',
    }[name];
    state
      .command(name)
      .description(says)
      .option(...CONFIG)
      .option(...JSON_OUT)
      .action(async (options: StateFlags) => {
        const commands = await import('./state-command.ts');
        process.exitCode = await commands[name](options, terminal);
      });
  }
}

export interface StateFlags {
  readonly config?: string;
  /** Data folder of `parley dev`, in place of Kafka and Redis. */
  readonly data?: string;
  readonly json?: boolean;
}

export interface ServerFlags {
  readonly url: string;
  readonly token?: string;
  readonly json?: boolean;
}

interface TailFlags extends ServerFlags {
  readonly channel: Channel;
  readonly where?: string;
  readonly key?: string[];
  readonly from: string;
}

export interface ExtractFlags {
  readonly text: string;
  readonly lang?: 'en' | 'es' | 'tr';
  readonly at?: string;
  readonly zone?: string;
  readonly country?: string;
  readonly price?: number;
  readonly json?: boolean;
}

function readSpeed(text: string): number {
  const speed = text === 'max' ? Infinity : Number(text);
  if (!(speed > 0)) throw new InvalidArgumentError('a number above 0, or max');
  return speed;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('a port from 0 to 65535');
  }
  return port;
}

function readNumber(text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number)) throw new InvalidArgumentError('a number');
  return number;
}
