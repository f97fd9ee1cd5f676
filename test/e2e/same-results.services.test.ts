import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { marketplaceCycle } from '../../src/cli/demo/marketplace.ts';
import { type Host, openHost } from '../../src/cli/host.ts';
import { createLogger } from '../../src/cli/logger.ts';
import { openEmbeddedAdapters, openServiceAdapters, type Adapters } from '../../src/cli/open-adapters.ts';
import { PatternFolder } from '../../src/cli/pattern-folder.ts';
import { ReplayClock, systemClock } from '../../src/cli/replay-clock.ts';
import { steadyClock } from '../../src/engine/steady-clock.ts';
import { type Configuration, defaultConfiguration } from '../../src/event/configuration.ts';
import { readDerived } from '../../load/check-derived.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { freshName, kafkaBrokers, redisUrl } from '../rig/services.ts';

/** Days after the last event: longer than any window of the shipped patterns. */
const DRAIN_MS = 10 * 86_400_000;

describe.skipIf(kafkaBrokers === '' || redisUrl === '')('embedded and Kafka', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-same-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const events = marketplaceCycle(0).slice(0, 2_500);

  function configuration(prefix: string): Configuration {
    const defaults = defaultConfiguration();
    return {
      ...defaults,
      application: prefix.replaceAll('.', ''),
      topicPrefix: prefix,
      dataFolder: join(folder, prefix),
      sources: [{ topic: `${prefix}source`, order: 'arrival', start: 'earliest' }],
      kafka: { ...defaults.kafka, brokers: kafkaBrokers.split(',') },
      redis: { ...defaults.redis, url: redisUrl },
      api: { ...defaults.api, port: 0 },
    };
  }

  async function play(settings: Configuration, adapters: Adapters, clock: Clock): Promise<Host> {
    const topic = settings.sources[0]?.topic ?? '';
    // The records bear the events' own times, older than what a broker keeps by default.
    const settingsOfSource = { 'retention.ms': '-1' };
    await adapters.log.createTopic({ topic, partitions: 1, settings: settingsOfSource });
    const records = events.map(({ time, text }) => ({
      key: null, value: Buffer.from(text), headers: null, timestamp: time,
    }));
    await adapters.log.append([{ topic, partition: 0, records }]);
    const logger = createLogger('warn', 'test');
    const host = await openHost({
      configuration: settings, adapters, clock, places: null, insecure: false, logger,
    });
    await new PatternFolder('patterns', host.publisher, () => {}).publishAll();
    await host.start();
    return host;
  }

  /** Until every event is worked off and time is past the last deadline. */
  async function drained(host: Host, until: number): Promise<void> {
    const far = () => {
      const { tasks } = host.engine.status();
      return tasks.length > 0 && tasks.every(({ watermark, lag }) => watermark >= until && lag === 0);
    };
    await expect.poll(far, { timeout: 60_000, interval: 100 }).toBe(true);
  }

  test('derive the same records from the same input', async () => {
    const last = events.at(-1)?.time ?? 0;
    const replay = new ReplayClock(events[0]?.time ?? 0, Infinity);
    replay.moveTo(last);
    const here = configuration(`${freshName('embedded')}.`);
    const embedded = await openEmbeddedAdapters(here, replay, { expire: false });
    const first = await play(here, embedded, replay);
    await drained(first, last - here.time.allowedLateness);
    replay.moveTo(last + DRAIN_MS);
    await drained(first, last + DRAIN_MS - 60_000);
    const fromEmbedded = await readDerived(embedded.log, `${here.topicPrefix}derived`);
    await first.close();

    const there = configuration(`${freshName('kafka')}.`);
    const services = await openServiceAdapters(there, () => {});
    const second = await play(there, services, steadyClock(systemClock));
    await drained(second, last + DRAIN_MS);
    const comparable = (records: typeof fromEmbedded) =>
      records.map((record) => JSON.stringify({ ...record, setrevision: 0 })).toSorted();
    const derivedThere = async () =>
      comparable(await readDerived(services.log, `${there.topicPrefix}derived`));
    // The broker shows a commit once its markers stand in every partition, after it said yes.
    await expect
      .poll(async () => (await derivedThere()).length, { timeout: 10_000 })
      .toBeGreaterThanOrEqual(fromEmbedded.length);
    expect(await derivedThere()).toEqual(comparable(fromEmbedded));
    await second.close();
    expect(fromEmbedded.length).toBeGreaterThan(30);
  }, 120_000);
});
