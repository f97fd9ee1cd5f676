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
  return files.map((file) => ({ file, source: readFileSync(file, 'utf8') }));
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
