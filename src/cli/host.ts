import { join } from 'node:path';
import { createAccess } from '../api/authorization.ts';
import { listen, type ListeningServer } from '../api/api-server.ts';
import { createMetrics, type Metrics } from '../api/metrics.ts';
import { Publisher } from '../api/publisher.ts';
import { createRoutes } from '../api/routes.ts';
import { createStateQueries } from '../api/state-queries.ts';
import { createEngine, type Engine, type EngineStatus } from '../engine/engine.ts';
import { openDefinitionRegistry } from '../engine/definitions.ts';
import { openTopology, type Topology } from '../engine/topology.ts';
import type { Configuration } from '../event/configuration.ts';
import { topicName } from '../event/topics.ts';
import { compileFilter } from '../feed/filter.ts';
import { FeedServer } from '../feed/feed-server.ts';
import { CHANNELS } from '../feed/protocol.ts';
import type { PlaceIndex } from '../geo/contract.ts';
import { understand } from '../intent/extract.ts';
import type { Clock } from '../ports/clock.ts';
import type { DefinitionRegistry, SetRevision } from '../ports/definition-registry.ts';
import { type CompiledSet, compileDefinitions } from '../task/load-definitions.ts';
import { createPrograms } from '../task/programs.ts';
import { sourceDigest } from '../pattern/source-digest.ts';
import { surroundingsOf } from './surroundings.ts';
import { watchCoordinates } from './coordinate-watch.ts';
import type { Logger } from './logger.ts';
import type { Adapters } from './open-adapters.ts';

export interface HostOptions {
  readonly configuration: Configuration;
  readonly adapters: Adapters;
  readonly clock: Clock;
  readonly places: PlaceIndex | null;
  readonly insecure: boolean;
  readonly logger: Logger;
}

/** Everything one process runs: engine, definitions, API and feed. */
export interface Host {
  readonly engine: Engine;
  readonly publisher: Publisher;
  readonly metrics: Metrics;
  readonly topology: Topology;
  readonly url: string;
  /** Members of all segments, as the store has them. */
  members(): Promise<number>;
  /** Publishes nothing by itself: start the engine once the definitions are published. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Puts the parts together. Topics are made, the port is bound; the engine is not started yet. */
export async function openHost(options: HostOptions): Promise<Host> {
  const { configuration, adapters, clock, places, logger } = options;
  const { log, store } = adapters;
  const access = createAccess({ ...configuration.api, insecure: options.insecure });
  const topology = await openTopology(log, configuration);
  const registry = await openDefinitionRegistry(log, {
    prefix: configuration.topicPrefix,
    now: () => clock.now(),
    digestOf: sourceDigest,
  });
  const metrics = watchCoordinates(createMetrics(), (warning) => logger.warn(warning));
  const surroundings = surroundingsOf(configuration, places);
  const { catalogue, functions } = surroundings;
  const publisher = new Publisher(registry, surroundings);
  let compiled: CompiledSet | null = null;
  const programs = createPrograms(configuration, { places, understand });
  const engine = createEngine({
    log,
    store,
    clock,
    registry,
    metrics,
    programs,
    config: configuration,
    compile: async (revision) => {
      const sources = await sourcesOf(revision, registry);
      compiled = compileDefinitions(sources, {
        revision: revision.revision,
        catalogue,
        functions,
        chatTypes: configuration.events.chat,
        previous: compiled,
      });
      for (const { entry, problems } of compiled.refused) {
        metrics.count('parley_definitions_refused_total', {}, 1);
        logger.error({ id: entry.id, problems }, 'a definition in force cannot be loaded');
      }
      return compiled.definitions;
    },
  });
  const feed = await FeedServer.open({
    log,
    topics: new Map(
      CHANNELS.map((channel) => [channel, topicName(configuration.topicPrefix, channel)]),
    ),
    limits: configuration.feed,
    metrics,
    mayRead: (token) => access.allows(token, 'read:feed'),
    originAllowed: (origin, host) => access.originAllowed(origin, host),
    compileFilter: (where) => compileFilter(where, functions),
    onError: (error) => logger.warn({ err: error }, 'feed'),
  });
  const queries = createStateQueries({
    store,
    topology,
    definitions: () => compiled?.definitions ?? null,
    since: (id) =>
      registry.current().entries.find((entry) => entry.id === id && entry.enabled)?.since ?? null,
    now: () => clock.now(),
  });
  const routes = createRoutes(
    { definitions: publisher, ...queries, health: () => healthOf(engine.status()), metrics },
    access,
    configuration.api.bodyBytesMax,
  );
  let server: ListeningServer;
  try {
    server = await listen(routes, feed, configuration.api);
  } catch (error) {
    await feed.close();
    await registry.close();
    throw error;
  }
  const gauges = setInterval(() => report(engine.status(), metrics), 1_000);
  return {
    engine,
    publisher,
    metrics,
    topology,
    url: server.url,
    async members() {
      const ids = compiled?.definitions.segments.map(({ machine }) => machine.definition.id) ?? [];
      const counts = await Promise.all(ids.map((id) => queries.segments.count(id)));
      return counts.reduce((sum, one) => sum + (one?.count ?? 0), 0);
    },
    start: () => engine.start(),
    async close() {
      clearInterval(gauges);
      await engine.stop();
      await feed.close();
      await server.close();
      await registry.close();
      await store.close();
      await log.close();
    },
  };
}

async function sourcesOf(revision: SetRevision, registry: DefinitionRegistry) {
  const sources: { source: string; entry: SetRevision['entries'][number] }[] = [];
  for (const entry of revision.entries) {
    const source = await registry.source(entry.digest);
    if (source !== null) sources.push({ source, entry });
  }
  return sources;
}

/** Readiness with its reasons. */
function healthOf(status: EngineStatus): { readonly ready: boolean; readonly reasons: string[] } {
  const reasons: string[] = [];
  if (status.state !== 'running') reasons.push(`engine: ${status.state}`);
  if (status.reason !== null) reasons.push(status.reason);
  if (status.store !== null) reasons.push(`state store: ${status.store}`);
  const halted = status.tasks.filter((task) => task.halted !== null);
  for (const { topic, partition, halted: why } of halted) {
    reasons.push(`task ${topic}/${partition} is halted: ${why?.code}: ${why?.message}`);
  }
  return { ready: status.state === 'running' && halted.length === 0, reasons };
}

/** Gauges that follow from the status of the engine. */
function report(status: EngineStatus, metrics: Metrics): void {
  metrics.set('parley_memory_bytes', {}, status.memoryBytes);
  metrics.set('parley_partial_matches', {}, status.partialMatches);
  metrics.set('parley_memory_keys', {}, status.tasks.reduce((sum, task) => sum + task.keys, 0));
  const states = { open: 0, halted: 0 };
  for (const { topic, partition, lag, watermark, state } of status.tasks) {
    const labels = { topic, partition: String(partition) };
    states[state]++;
    metrics.set('parley_consumer_lag_records', labels, lag);
    metrics.set('parley_watermark_timestamp_seconds', labels, watermark / 1_000);
  }
  metrics.set('parley_tasks', { state: 'open' }, states.open);
  metrics.set('parley_tasks', { state: 'halted' }, states.halted);
}

/** Folder of the saved place index. */
export function placesCache(configuration: Configuration): string {
  return configuration.places.cacheFolder ?? join(configuration.dataFolder, 'places');
}
