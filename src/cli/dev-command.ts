import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { steadyClock } from '../engine/steady-clock.ts';
import type { Configuration } from '../event/configuration.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog, TopicPartition } from '../ports/event-log.ts';
import { loadConfiguration } from './configuration-file.ts';
import { DONE, INVALID_USE } from './exit.ts';
import { feed } from './feeder.ts';
import { type Host, openHost } from './host.ts';
import { demoRecords, type InputRecord, readInput } from './input.ts';
import { LiveView, type Summary } from './live-view.ts';
import { loadPlacesFor } from './load-places.ts';
import { createLogger } from './logger.ts';
import { openEmbeddedAdapters } from './open-adapters.ts';
import { type FolderNews, PatternFolder } from './pattern-folder.ts';
import { formatProblem } from '../pattern/problems.ts';
import type { DevFlags } from './program.ts';
import { ReplayClock, systemClock } from './replay-clock.ts';
import type { Terminal } from './terminal.ts';

const DEMO_SPEED = 600;
const SUMMARY_MS = 1_000;
const SUMMARY_PLAIN_MS = 10_000;
/** Behind the last event: longer than the longest window and the longest memory of a key. */
const DRAIN_MS = 400 * 86_400_000;

/** Runs everything in one process on one data folder, on input, the demo, or nothing yet. */
export async function dev(flags: DevFlags, terminal: Terminal): Promise<number> {
  const temporary = flags.input !== undefined && flags.data === undefined;
  const folder = temporary ? mkdtempSync(join(tmpdir(), 'parley-')) : (flags.data ?? null);
  const configuration = configure(flags, folder);
  try {
    return await play(configuration, flags, terminal);
  } finally {
    if (temporary) rmSync(configuration.dataFolder, { recursive: true, force: true });
  }
}

function configure(flags: DevFlags, folder: string | null): Configuration {
  const loaded = loadConfiguration({ file: flags.config ?? null, environment: process.env });
  return {
    ...loaded,
    dataFolder: folder ?? loaded.dataFolder,
    // The embedded log holds nothing but what this command put there: all of it is to be read.
    sources: loaded.sources.map((source) => ({ ...source, start: 'earliest' as const })),
    api: { ...loaded.api, port: flags.port ?? (flags.input === undefined ? loaded.api.port : 0) },
  };
}

interface Replay {
  readonly records: AsyncIterable<InputRecord> | Iterable<InputRecord>;
  readonly clock: ReplayClock;
}

async function play(
  configuration: Configuration,
  flags: DevFlags,
  terminal: Terminal,
): Promise<number> {
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopped.abort());
  const source = { topic: configuration.sources[0]?.topic ?? '', partition: 0 };
  // The log wants a clock before its content tells where the replay stands.
  const live = { clock: steadyClock(systemClock) };
  const clockOfLog: Clock = {
    now: () => live.clock.now(),
    monotonic: () => live.clock.monotonic(),
    sleep: (ms, signal) => live.clock.sleep(ms, signal),
  };
  // An input is history: what is derived of its first week must outlive its second.
  const expire = flags.input === undefined;
  const adapters = await openEmbeddedAdapters(configuration, clockOfLog, {
    expire,
    // As after a kill: whoever watches over the process starts it again, and it goes on.
    onLost: (why) => {
      terminal.note(`The data folder cannot be used any more: ${why}. Nothing is lost: start again.`);
      process.exit(INVALID_USE);
    },
  });
  const { log } = adapters;
  for (const { topic } of configuration.sources) {
    await log.createTopic({ topic, partitions: 1, settings: {} });
  }
  const replay = await openReplay(flags, configuration, log, source);
  if (replay !== null) live.clock = replay.clock;
  const clock = live.clock;
  const places = await loadPlacesFor(configuration, 'demo', terminal);
  const logger = createLogger(configuration.logLevel, configuration.application);
  const insecure = flags.insecure === true;
  const host = await openHost({ configuration, adapters, clock, places, insecure, logger });
  try {
    const session = { configuration, flags, terminal, host, log, source, clock, stopped };
    await show(session, replay);
    return DONE;
  } finally {
    await host.close();
  }
}

interface Session {
  readonly configuration: Configuration;
  readonly flags: DevFlags;
  readonly terminal: Terminal;
  readonly host: Host;
  readonly log: EventLog;
  readonly source: TopicPartition;
  readonly clock: Clock;
  readonly stopped: AbortController;
}

/** Publishes the folder, starts the engine, feeds it and shows what comes out, until the end. */
async function show(session: Session, replay: Replay | null): Promise<void> {
  const { configuration, flags, terminal, host, log, source, clock, stopped } = session;
  const patterns = await publishFolder(configuration, host, terminal);
  const topicOf = (channel: string) => `${configuration.topicPrefix}${channel}`;
  const view = await LiveView.open(log, topicOf, terminal, flags.json === true);
  try {
    await host.start();
    terminal.note(`feed ${host.url.replace('http', 'ws')}/feed, API ${host.url}`);
    view.summarise(terminal.interactive ? SUMMARY_MS : SUMMARY_PLAIN_MS, () =>
      summary(host, log, source, clock.now()),
    );
    if (replay === null) {
      await new Promise<void>((resolve) =>
        stopped.signal.addEventListener('abort', () => resolve()),
      );
    } else {
      await feed(replay.records, {
        log,
        to: source,
        clock: replay.clock,
        backlog: () => backlogOf(host, source),
        signal: stopped.signal,
      });
      if (!stopped.signal.aborted) await finish(host, log, replay.clock, flags, stopped.signal);
      await view.settle(log);
    }
    tellEnd(view, await summary(host, log, source, clock.now()), terminal);
  } finally {
    await patterns.close();
    await view.close();
  }
}

/** Takes what the folder holds and tells how much; from then on each change by itself. */
async function publishFolder(
  { patterns: folder }: Configuration,
  host: Host,
  terminal: Terminal,
): Promise<PatternFolder> {
  let started = false;
  let taken = 0;
  let warnings = 0;
  const patterns = new PatternFolder(folder, host.publisher, (news) => {
    if (news.outcome.kind === 'published' && !started) {
      taken++;
      warnings += news.outcome.warnings.length;
    } else tellNews(news, terminal);
  });
  await patterns.publishAll();
  patterns.watch();
  const inForce = host.publisher.list().entries.filter(({ enabled }) => enabled).length;
  const warned = warnings === 0 ? '' : `; ${warnings} warned about, see parley lint ${folder}`;
  terminal.note(`${folder}: ${inForce} definitions in force, ${taken} of them new${warned}`);
  started = true;
  return patterns;
}

async function openReplay(
  flags: DevFlags,
  configuration: Configuration,
  log: EventLog,
  source: TopicPartition,
): Promise<Replay | null> {
  if (flags.input === undefined && flags.demo !== true) return null;
  const speed = flags.speed ?? (flags.input === undefined ? DEMO_SPEED : Infinity);
  const all =
    flags.input === undefined ? demoRecords() : readInput(flags.input, configuration.events);
  const [fed = 0] = await log.endOffsets([source], 'committed');
  const { first, rest } = await skip(all, fed);
  return { records: rest, clock: new ReplayClock(first ?? 0, speed) };
}

/** Leaves out what the log holds already; `first` is the time at which the replay goes on. */
async function skip(
  records: AsyncIterable<InputRecord> | Iterable<InputRecord>,
  count: number,
): Promise<{ first: number | null; rest: AsyncIterable<InputRecord> }> {
  const iterator =
    Symbol.asyncIterator in records ? records[Symbol.asyncIterator]() : records[Symbol.iterator]();
  let next = await iterator.next();
  let first: number | null = null;
  for (let skipped = 0; skipped < count && next.done !== true; skipped++) {
    first = next.value.time ?? first;
    next = await iterator.next();
  }
  if (next.done !== true) first = next.value.time ?? first;
  async function* rest(): AsyncGenerator<InputRecord> {
    for (; next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { first, rest: rest() };
}

function backlogOf(host: Host, { topic }: TopicPartition): number {
  const { tasks } = host.engine.status();
  return tasks.reduce((sum, task) => sum + (task.topic === topic ? task.lag : 0), 0);
}

/** Waits until everything that was fed is worked off; with `--drain`, until every deadline fired. */
async function finish(
  host: Host,
  log: EventLog,
  clock: ReplayClock,
  flags: DevFlags,
  signal: AbortSignal,
): Promise<void> {
  await settled(host, log, -Infinity, signal);
  if (flags.drain !== true) return;
  const end = clock.now() + DRAIN_MS;
  clock.moveTo(end);
  await settled(host, log, end - DRAIN_MS / 2, signal);
}

async function settled(
  host: Host,
  log: EventLog,
  watermark: number,
  signal: AbortSignal,
): Promise<void> {
  for (let calm = 0; calm < 3 && !signal.aborted; ) {
    const { tasks, state } = host.engine.status();
    const ends = await log.endOffsets(tasks, 'committed');
    const done = tasks.every(
      (task, index) => task.position >= (ends[index] ?? 0) && task.watermark >= watermark,
    );
    calm = state === 'running' && tasks.length > 0 && done ? calm + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function summary(
  host: Host,
  log: EventLog,
  source: TopicPartition,
  now: number,
): Promise<Summary> {
  const { tasks, partialMatches } = host.engine.status();
  const [end = 0] = await log.endOffsets([source], 'committed');
  const lag = tasks.reduce((sum, task) => sum + task.lag, 0);
  return {
    consumed: end - backlogOf(host, source),
    lag,
    partialMatches,
    members: await host.members(),
    now,
  };
}

function tellNews({ file, outcome }: FolderNews, terminal: Terminal): void {
  switch (outcome.kind) {
    case 'published':
      terminal.note(`${file}: in force, revision ${outcome.revision}`);
      for (const warning of outcome.warnings) {
        terminal.note(terminal.paint('yellow', formatProblem(warning)));
      }
      break;
    case 'refused':
      for (const problem of outcome.problems) {
        terminal.note(terminal.paint('red', formatProblem(problem)));
      }
      break;
    case 'conflict':
      terminal.note(`${file}: somebody else changed it; save it again to replace their version`);
      break;
    case 'removed':
      terminal.note(`${file}: ${outcome.id} was taken out; runs in progress finish`);
      break;
    default:
      break;
  }
}

function tellEnd(view: LiveView, { consumed }: Summary, terminal: Terminal): void {
  const { derived = 0, intents = 0, segments = 0 } = view.counts;
  const letters = view.counts['dead-letter'] ?? 0;
  terminal.note(
    `${consumed} events: ${derived} derived, ${intents} intents, ${segments} changes of segments, ` +
      `${letters} dead letters`,
  );
}
