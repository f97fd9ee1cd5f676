import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { diffSources } from '../pattern/diff.ts';
import { formatProblem, type Problem } from '../pattern/problems.ts';
import { whyUnreadable } from './definition-files.ts';
import { ANSWER_NO, DONE, INVALID_USE } from './exit.ts';
import type { ServerFlags } from './program.ts';
import { ask, errorMessage, type ServerAnswer } from './server-request.ts';
import type { Terminal } from './terminal.ts';

/** `parley patterns ...`: the set in force, over HTTP. */

type Words = readonly string[];

export async function list(_: Words, flags: ServerFlags, terminal: Terminal): Promise<number> {
  const answer = await ask(flags, '/definitions');
  if (answer.status !== 200) return refused(answer, terminal);
  const { revision, entries } = JSON.parse(answer.body) as {
    revision: number;
    entries: { id: string; kind: string; digest: string; enabled: boolean }[];
  };
  if (flags.json === true) {
    terminal.line(answer.body);
    return DONE;
  }
  terminal.line(`revision ${revision}, ${entries.length} definitions`);
  for (const { id, kind, digest, enabled } of entries) {
    terminal.line(`${id.padEnd(32)} ${kind.padEnd(8)} ${digest}${enabled ? '' : '  finishing'}`);
  }
  return DONE;
}

export async function get([id]: Words, flags: ServerFlags, terminal: Terminal): Promise<number> {
  const answer = await ask(flags, `/definitions/${encodeURIComponent(id ?? '')}`);
  if (answer.status !== 200) return refused(answer, terminal);
  terminal.line(answer.body.trimEnd());
  return DONE;
}

export async function put([file]: Words, flags: ServerFlags, terminal: Terminal): Promise<number> {
  const read = readFile(file ?? '', terminal);
  if (read === null) return INVALID_USE;
  const { id, source } = read;
  const path = `/definitions/${encodeURIComponent(id)}`;
  return published(await ask(flags, path, { method: 'PUT', body: source }), id, terminal);
}

/** Publishes a former version again, by its digest. */
export async function rollback(
  [id, digest]: Words,
  flags: ServerFlags,
  terminal: Terminal,
): Promise<number> {
  const path = `/definitions/${encodeURIComponent(id ?? '')}`;
  const former = await ask(flags, `${path}?digest=${encodeURIComponent(digest ?? '')}`);
  if (former.status !== 200) return refused(former, terminal);
  const answer = await ask(flags, path, { method: 'PUT', body: former.body });
  return published(answer, id ?? '', terminal);
}

function readFile(
  file: string,
  terminal: Terminal,
): { readonly id: string; readonly source: string } | null {
  try {
    const source = readFileSync(file, 'utf8');
    const id = (parse(source) as { id?: unknown } | null)?.id;
    if (typeof id === 'string') return { id, source };
    terminal.note(`${file}: the file has no id`);
  } catch (error) {
    terminal.note(`${file}: ${whyUnreadable(error)}`);
  }
  return null;
}

/** What publishing a file would change: exit 1 where it differs from the set in force. */
export async function diff([file]: Words, flags: ServerFlags, terminal: Terminal): Promise<number> {
  const read = readFile(file ?? '', terminal);
  if (read === null) return INVALID_USE;
  const answer = await ask(flags, `/definitions/${encodeURIComponent(read.id)}`);
  if (answer.status === 404) {
    terminal.line(`${read.id}: new`);
    return ANSWER_NO;
  }
  if (answer.status !== 200) return refused(answer, terminal);
  const differences = diffSources(answer.body, read.source);
  for (const difference of differences) {
    const { path, before, after } = difference;
    terminal.line(
      flags.json === true
        ? JSON.stringify(difference)
        : `${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`,
    );
  }
  return differences.length === 0 ? DONE : ANSWER_NO;
}

export async function remove([id]: Words, flags: ServerFlags, terminal: Terminal): Promise<number> {
  const path = `/definitions/${encodeURIComponent(id ?? '')}`;
  return published(await ask(flags, path, { method: 'DELETE' }), id ?? '', terminal);
}

function published(answer: ServerAnswer, id: string, terminal: Terminal): number {
  if (answer.status !== 200) return refused(answer, terminal);
  const { kind, revision, warnings } = JSON.parse(answer.body) as {
    kind: string;
    revision?: number;
    warnings?: readonly Problem[];
  };
  terminal.line(`${id}: ${kind}${revision === undefined ? '' : `, revision ${revision}`}`);
  for (const warning of warnings ?? []) terminal.note(formatProblem(warning));
  return DONE;
}

function refused(answer: ServerAnswer, terminal: Terminal): number {
  terminal.note(errorMessage(answer));
  return ANSWER_NO;
}
