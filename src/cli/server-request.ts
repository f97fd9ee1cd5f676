import { ParleyError } from '../event/errors.ts';
import type { ServerFlags } from './program.ts';

/** Answer of the API: status and body as text. */
export interface ServerAnswer {
  readonly status: number;
  readonly body: string;
}

/** Asks a running server. Throws `PARLEY_LOG_UNAVAILABLE` where none answers. */
export async function ask(
  flags: ServerFlags,
  path: string,
  request: { readonly method?: string; readonly body?: string } = {},
): Promise<ServerAnswer> {
  const token = flags.token ?? process.env['PARLEY_TOKEN'];
  const url = new URL(path, flags.url);
  try {
    const answer = await fetch(url, {
      method: request.method ?? 'GET',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    return { status: answer.status, body: await answer.text() };
  } catch (cause) {
    const message = `no server answers at ${flags.url}; start one with parley dev, or say --url`;
    throw new ParleyError('PARLEY_LOG_UNAVAILABLE', message, { cause });
  }
}

/** The message of an error answer. */
export function errorMessage(answer: ServerAnswer): string {
  try {
    const { error } = JSON.parse(answer.body) as { error?: { message?: string } };
    return error?.message ?? answer.body;
  } catch {
    return answer.body;
  }
}
