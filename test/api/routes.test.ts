import { describe, expect, test } from 'vitest';
import { createAccess } from '../../src/api/authorization.ts';
import { createMetrics } from '../../src/api/metrics.ts';
import { createRoutes } from '../../src/api/routes.ts';
import type { ApiServices, DefinitionOutcome } from '../../src/api/services.ts';

const READER = 'reader-token-0123456789';
const WRITER = 'writer-token-0123456789';

/** A set of definitions in memory: enough to see what the routes pass on. */
function services(ready = true): ApiServices {
  const files = new Map<string, { digest: string; source: string }>();
  let revision = 0;
  return {
    metrics: createMetrics(),
    health: () => ({ ready, reasons: ready ? [] : ['Redis does not answer'] }),
    explain: async (pattern, key) => (files.has(pattern) ? { pattern, key, runs: [] } : null),
    segments: {
      members: async (id, cursor, limit) =>
        id === 'hunters' ? { members: [`u${cursor ?? 0}`].slice(0, limit), next: null } : null,
      count: async (id) => (id === 'hunters' ? { count: 2, state: 'live' } : null),
      ofUser: async (user) => (user === 'u1' ? [{ segment: 'hunters', state: 'live' }] : []),
    },
    definitions: {
      list: () => ({ revision, entries: [] }),
      get: async (id) => files.get(id) ?? null,
      async put(id, source, replaces): Promise<DefinitionOutcome> {
        if (source === 'bad') {
          const problem = {
            code: 'structure' as const, severity: 'error' as const, file: `${id}.yaml`, line: 3,
            column: 5, path: 'steps', message: 'Unknown word "stepz".', fix: 'Did you mean "steps"?',
          };
          return { kind: 'refused', problems: [problem] };
        }
        const held = files.get(id)?.digest ?? null;
        if (replaces !== undefined && replaces !== held) return { kind: 'conflict', digest: held };
        const digest = `d${source.length}`;
        files.set(id, { digest, source });
        return { kind: 'published', revision: ++revision, digest, warnings: [] };
      },
      async remove(id): Promise<DefinitionOutcome> {
        if (!files.delete(id)) return { kind: 'unknown' };
        return { kind: 'published', revision: ++revision, digest: null, warnings: [] };
      },
    },
  };
}

function app(options: { tokens?: boolean; ready?: boolean } = {}) {
  const tokens = [
    { token: READER, scopes: ['read:state' as const] },
    { token: WRITER, scopes: ['read:state' as const, 'write:patterns' as const] },
  ];
  const rules = { host: '127.0.0.1', insecure: false, origins: ['https://ok.example'] };
  const access = createAccess({ ...rules, tokens: options.tokens === true ? tokens : [] });
  return createRoutes(services(options.ready), access, 100);
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('definitions', () => {
  test('are created, read with their digest, replaced and removed', async () => {
    const routes = app();
    const put = await routes.request('/definitions/a', { method: 'PUT', body: 'id: a' });
    expect(await put.json()).toMatchObject({ id: 'a', kind: 'published', revision: 1 });
    const got = await routes.request('/patterns/a');
    expect([got.headers.get('etag'), await got.text()]).toEqual(['"d5"', 'id: a']);
    const headers = { 'if-match': '"d5"' };
    const again = await routes.request('/patterns/a', { method: 'PUT', body: 'id: aa', headers });
    expect(again.status).toBe(200);
    expect((await routes.request('/definitions/a', { method: 'DELETE' })).status).toBe(200);
    expect((await routes.request('/definitions/a')).status).toBe(404);
  });

  test('somebody else was faster: 409 with the digest in force', async () => {
    const routes = app();
    await routes.request('/definitions/a', { method: 'PUT', body: 'id: a' });
    const headers = { 'if-match': '"old"' };
    const put = await routes.request('/definitions/a', { method: 'PUT', body: 'x', headers });
    expect(put.status).toBe(409);
    expect(await put.json()).toMatchObject({ error: { code: 'PARLEY_PATTERN_CONFLICT', digest: 'd5' } });
  });

  test('If-None-Match: * only creates', async () => {
    const routes = app();
    const request = { method: 'PUT', body: 'id: a', headers: { 'if-none-match': '*' } };
    expect((await routes.request('/definitions/a', request)).status).toBe(200);
    expect((await routes.request('/definitions/a', request)).status).toBe(409);
  });

  test('a mistake: 422 with file, line, column and the likely fix', async () => {
    const put = await app().request('/definitions/a', { method: 'PUT', body: 'bad' });
    expect(put.status).toBe(422);
    const { error } = (await put.json()) as { error: { message: string } };
    expect(error.message).toBe('a.yaml:3:5: error: Unknown word "stepz". Did you mean "steps"? [structure]');
  });

  test('a body above the limit: 413', async () => {
    const put = await app().request('/definitions/a', { method: 'PUT', body: 'x'.repeat(200) });
    expect(put.status).toBe(413);
  });
});

describe('queries', () => {
  test('members by page, count, segments of a user', async () => {
    const routes = app();
    const page = await routes.request('/segments/hunters/members?limit=1&cursor=7');
    expect(await page.json()).toEqual({ segment: 'hunters', members: ['u7'], next: null });
    const count = await routes.request('/segments/hunters/count');
    expect(await count.json()).toMatchObject({ count: 2, state: 'live' });
    const user = await routes.request('/users/u1/segments');
    expect(await user.json()).toMatchObject({ segments: [{ segment: 'hunters' }] });
  });

  test('what is asked for wrongly is told', async () => {
    const routes = app();
    expect((await routes.request('/segments/hunters/members?limit=0')).status).toBe(400);
    expect((await routes.request('/segments/nobody/count')).status).toBe(404);
    expect((await routes.request('/explain?pattern=a')).status).toBe(400);
    expect((await routes.request('/explain?pattern=a&key=c1')).status).toBe(404);
    expect((await routes.request('/nothing')).status).toBe(404);
  });
});

describe('health', () => {
  test('alive, ready, and why not ready', async () => {
    expect((await app().request('/livez')).status).toBe(200);
    expect((await app().request('/readyz')).status).toBe(200);
    const not = await app({ ready: false }).request('/readyz');
    expect(not.status).toBe(503);
    expect(await not.json()).toEqual({ ready: false, reasons: ['Redis does not answer'] });
  });

  test('every metric of the table is on the page', async () => {
    const text = await (await app().request('/metrics')).text();
    expect(text).toContain('# TYPE parley_matches_total counter');
    expect(text).toContain('# TYPE parley_commit_seconds histogram');
  });
});

describe('scopes', () => {
  test('without a token only health is served', async () => {
    const routes = app({ tokens: true });
    for (const path of ['/definitions', '/metrics', '/segments/hunters/count', '/explain']) {
      expect((await routes.request(path)).status, path).toBe(401);
    }
    expect((await routes.request('/livez')).status).toBe(200);
  });

  test('a reader reads and does not write', async () => {
    const routes = app({ tokens: true });
    expect((await routes.request('/definitions', { headers: bearer(READER) })).status).toBe(200);
    const put = { method: 'PUT', body: 'id: a' };
    const refused = await routes.request('/definitions/a', { ...put, headers: bearer(READER) });
    expect(refused.status).toBe(401);
    expect(await refused.text()).toContain('write:patterns');
    const taken = await routes.request('/definitions/a', { ...put, headers: bearer(WRITER) });
    expect(taken.status).toBe(200);
  });

  test('a page of a foreign origin is refused', async () => {
    const headers = { origin: 'https://evil.example', host: 'parley.example' };
    expect((await app().request('/definitions', { headers })).status).toBe(403);
    const own = { origin: 'http://parley.example', host: 'parley.example' };
    expect((await app().request('/definitions', { headers: own })).status).toBe(200);
  });

  test('whoever asks for the feed by plain HTTP is told that it is a WebSocket', async () => {
    const response = await app().request('/feed');
    expect(response.status).toBe(426);
    expect(response.headers.get('upgrade')).toBe('websocket');
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('WebSocket') } });
  });
});
