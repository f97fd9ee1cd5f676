import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ParleyError } from '../event/errors.ts';

export interface DefinitionFile {
  readonly file: string;
  readonly source: string;
}

/**
 * Pattern and segment files: those named, and every `.yaml` or `.yml` below the folders named, in
 * order of path. Throws `PARLEY_INPUT_UNREADABLE` for a path that is not there and for nothing found.
 */
export function readDefinitionFiles(paths: readonly string[]): DefinitionFile[] {
  const files = paths.flatMap((path) => (isFolder(path) ? filesBelow(path) : [path]));
  if (files.length === 0) {
    const message = `${paths.join(', ')}: there is no .yaml file`;
    throw new ParleyError('PARLEY_INPUT_UNREADABLE', message);
  }
  return files.map((file) => ({ file, source: readDefinitionFile(file) }));
}

/** Throws `PARLEY_INPUT_UNREADABLE` where there is no such file, or no right to read it. */
function readDefinitionFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ParleyError('PARLEY_INPUT_UNREADABLE', `${file}: ${whyUnreadable(cause)}`, { cause });
  }
}

/** Why the system did not give a file, for people. */
export function whyUnreadable(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'the file cannot be read: no permission';
  if (code === 'EISDIR') return 'this is a folder, not a file';
  return error instanceof Error ? error.message : String(error);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    const message = `${path}: there is no such file or folder`;
    throw new ParleyError('PARLEY_INPUT_UNREADABLE', message, { cause });
  }
}

/** Names of the definition files below a folder, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name))
    .toSorted();
}
