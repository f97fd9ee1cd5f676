import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Scope } from '../event/configuration.ts';
import type { ErrorCode } from '../event/errors.ts';
import { bearerToken } from '../feed/bearer-token.ts';
import { FEED_PATH } from './api-server.ts';
import type { Access } from './authorization.ts';
import { formatProblem } from '../pattern/problems.ts';
import type { ApiServices, DefinitionOutcome } from './services.ts';

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1_000;

/** All routes of the API; README.md of this folder lists them. */
export function createRoutes(services: ApiServices, access: Access, bodyBytesMax: number): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    const labels = { method: context.req.method, status: String(context.res.status) };
    services.metrics.count('parley_http_requests_total', labels, 1);
  });
  app.onError((error, context) => {
    const code: ErrorCode = 'PARLEY_LOG_UNAVAILABLE';
    return fail(context, 503, code, error.message);
  });
  app.notFound((context) =>
    context.json({ error: { code: 'NOT_FOUND', message: `no such path: ${context.req.path}` } }, 404),
  );
  const guard = (scope: Scope) => needsScope(access, scope);
  app.use('/metrics', guard('read:state'));
  for (const path of ['/segments/*', '/users/*', '/explain']) app.use(path, guard('read:state'));
  addHealth(app, services.health);
  addMetrics(app, services);
  addDefinitions(app, services, guard, bodyBytesMax);
  addQueries(app, services);
  app.get(FEED_PATH, (context) => {
    context.header('Upgrade', 'websocket');
    const message = `${FEED_PATH} is a WebSocket; parley tail is a client for it`;
    return context.json({ error: { code: 'UPGRADE_REQUIRED', message } }, 426);
  });
  return app;
}

function needsScope(access: Access, scope: Scope) {
  return createMiddleware(async (context, next) => {
    const { req } = context;
    if (!access.originAllowed(req.header('origin') ?? null, req.header('host') ?? null)) {
      const message = 'this origin may not connect; add it to api.origins';
      return fail(context, 403, 'PARLEY_NOT_AUTHORIZED', message);
    }
    if (!access.allows(bearerToken(req.header('authorization')), scope)) {
      return fail(context, 401, 'PARLEY_NOT_AUTHORIZED', `a token with the scope ${scope} is needed`);
    }
    return next();
  });
}

function fail(
  context: Context,
  status: ContentfulStatusCode,
  code: ErrorCode,
  message: string,
  more: object = {},
): Response {
  return context.json({ error: { code, message, ...more } }, status);
}

/** What a process answers before it has a log and a store: that it lives, and what it waits for. */
export function createWaitingRoutes(health: ApiServices['health']): Hono {
  const app = new Hono();
  addHealth(app, health);
  return app;
}

function addHealth(app: Hono, health: ApiServices['health']): void {
  app.get('/livez', (context) => context.json({ live: true }));
  app.get('/readyz', (context) => {
    const state = health();
    return context.json(state, state.ready ? 200 : 503);
  });
}

function addMetrics(app: Hono, { metrics }: ApiServices): void {
  app.get('/metrics', async (context) =>
    context.text(await metrics.render(), 200, { 'content-type': metrics.contentType }),
  );
}

function addDefinitions(
  app: Hono,
  { definitions }: ApiServices,
  guard: (scope: Scope) => ReturnType<typeof needsScope>,
  bodyBytesMax: number,
): void {
  const tooLarge = (context: Context) =>
    fail(context, 413, 'PARLEY_PATTERN_INVALID', `a file has at most ${bodyBytesMax} bytes`);
  const limit = bodyLimit({ maxSize: bodyBytesMax, onError: tooLarge });
  const routes = new Hono();
  routes.get('/', guard('read:state'), (context) => context.json(definitions.list()));
  routes.get('/:id', guard('read:state'), async (context) => {
    const [id, digest] = [context.req.param('id'), context.req.query('digest')];
    const found = await definitions.get(id, digest);
    if (found === null) return unknown(context, id, digest);
    const headers = { 'content-type': 'application/yaml', etag: `"${found.digest}"` };
    return context.body(found.source, 200, headers);
  });
  routes.put('/:id', guard('write:patterns'), limit, async (context) => {
    const id = context.req.param('id');
    const creates = context.req.header('if-none-match') === '*';
    const replaces = creates ? null : etag(context.req.header('if-match'));
    return answer(context, id, await definitions.put(id, await context.req.text(), replaces));
  });
  routes.delete('/:id', guard('write:patterns'), async (context) => {
    const id = context.req.param('id');
    const replaces = etag(context.req.header('if-match'));
    return answer(context, id, await definitions.remove(id, replaces));
  });
  for (const base of ['/definitions', '/patterns']) app.route(base, routes);
}

function etag(header: string | undefined): string | undefined {
  return header?.replace(/^W\//, '').replaceAll('"', '');
}

function unknown(context: Context, id: string, digest?: string): Response {
  const which = digest === undefined ? '' : ` and a version with the digest ${digest}`;
  return fail(context, 404, 'PARLEY_PATTERN_UNKNOWN', `no definition has the id ${id}${which}`);
}

function answer(context: Context, id: string, outcome: DefinitionOutcome): Response {
  switch (outcome.kind) {
    case 'published':
    case 'unchanged':
      return context.json({ id, ...outcome }, 200);
    case 'refused': {
      const { problems } = outcome;
      const lines = problems.map(formatProblem).join('\n');
      return fail(context, 422, 'PARLEY_PATTERN_INVALID', lines, { problems });
    }
    case 'conflict': {
      const { digest } = outcome;
      const now = digest === null ? 'it does not exist' : `its digest now is ${digest}`;
      const message = `somebody else changed ${id}: ${now}`;
      return fail(context, 409, 'PARLEY_PATTERN_CONFLICT', message, { digest });
    }
    case 'unknown':
      return unknown(context, id);
  }
}

function addQueries(app: Hono, { segments, explain }: ApiServices): void {
  app.get('/segments/:id/members', async (context) => {
    const limit = Number(context.req.query('limit') ?? PAGE_DEFAULT);
    if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX) {
      const message = `limit: a whole number from 1 to ${PAGE_MAX}`;
      return fail(context, 400, 'PARLEY_INPUT_UNREADABLE', message);
    }
    const { id } = context.req.param();
    const page = await segments.members(id, context.req.query('cursor') ?? null, limit);
    return page === null ? unknown(context, id) : context.json({ segment: id, ...page });
  });
  app.get('/segments/:id/count', async (context) => {
    const { id } = context.req.param();
    const counted = await segments.count(id);
    return counted === null ? unknown(context, id) : context.json({ segment: id, ...counted });
  });
  app.get('/users/:id/segments', async (context) => {
    const { id } = context.req.param();
    return context.json({ user: id, segments: await segments.ofUser(id) });
  });
  app.get('/explain', async (context) => {
    const pattern = context.req.query('pattern');
    const key = context.req.query('key');
    if (pattern === undefined || key === undefined) {
      return fail(context, 400, 'PARLEY_INPUT_UNREADABLE', 'say ?pattern=ID&key=KEY');
    }
    const found = await explain(pattern, key);
    return found === null ? unknown(context, pattern) : context.json(found);
  });
}
