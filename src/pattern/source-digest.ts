import { digestOf } from './check-context.ts';
import { YamlFile } from './yaml-file.ts';

/** Digest of a file as its definition carries it: comments and layout do not change it. */
export function sourceDigest(source: string): string {
  return digestOf(YamlFile.read(source, '').data);
}
