import { describe, expect, test } from 'vitest';
import { MemoryCluster } from '../../src/adapters/memory/cluster.ts';
import { connectMemoryLog } from '../../src/adapters/memory/log.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { createAccess } from '../../src/api/authorization.ts';
import { createMetrics } from '../../src/api/metrics.ts';
import { Publisher } from '../../src/api/publisher.ts';
import { createRoutes } from '../../src/api/routes.ts';
import { openDefinitionRegistry } from '../../src/engine/definitions.ts';
import { sourceDigest } from '../../src/pattern/source-digest.ts';
import { OPEN } from '../pattern/support.ts';

const clock = systemClock();

/** The routes over a real registry; what else they serve is not asked for. */
async function app() {
  const log = connectMemoryLog(new MemoryCluster({ clock }));
  for (const topic of ['parley.definitions', 'parley.definition-sets']) {
    await log.createTopic({ topic, partitions: 1, settings: {} });
  }
  const registry = await openDefinitionRegistry(log, {
    prefix: 'parley.',
    now: () => clock.now(),
    digestOf: sourceDigest,
  });
  const rules = { host: '127.0.0.1', insecure: false, origins: [], tokens: [] };
  const services = {
    metrics: createMetrics(),
    health: () => ({ ready: true, reasons: [] }),
    explain: async () => null,
    segments: { members: async () => null, count: async () => null, ofUser: async () => [] },
    definitions: new Publisher(registry, OPEN),
  };
  return createRoutes(services, createAccess(rules), 10_000);
}

const file = (version: number, second: string) =>
  `id: a\nversion: ${version}\nkey: k\nwithin: 1h\nsteps: [x, ${second}]\nemit: m\n`;

describe('roll back to a digest', () => {
  test('a former version is read by its digest and put again', async () => {
    const routes = await app();
    const put = async (body: string) => {
      const answer = await routes.request('/definitions/a', { method: 'PUT', body });
      return (await answer.json()) as { revision: number; digest: string };
    };
    const first = await put(file(1, 'y'));
    const second = await put(file(2, 'z'));
    expect(second).toMatchObject({ revision: 2, digest: expect.not.stringContaining(first.digest) });
    const former = await routes.request(`/definitions/a?digest=${first.digest}`);
    expect(former.headers.get('etag')).toBe(`"${first.digest}"`);
    expect(await put(await former.text())).toMatchObject({ revision: 3, digest: first.digest });
    expect(await (await routes.request('/definitions/a')).text()).toBe(file(1, 'y'));
    // The one rolled back from stays in turn.
    expect((await routes.request(`/definitions/a?digest=${second.digest}`)).status).toBe(200);
  });

  test('a version taken out comes back by its digest; one that never was is not found', async () => {
    const routes = await app();
    const body = file(1, 'y');
    await routes.request('/definitions/a', { method: 'PUT', body });
    await routes.request('/definitions/a', { method: 'DELETE' });
    const former = await routes.request(`/definitions/a?digest=${sourceDigest(body)}`);
    expect(await former.text()).toBe(body);
    for (const path of ['/definitions/a?digest=beef', `/definitions/b?digest=${sourceDigest(body)}`]) {
      expect((await routes.request(path)).status).toBe(404);
    }
  });
});
