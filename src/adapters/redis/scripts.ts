import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from './ioredis.ts';

export type RedisClient = Redis | Cluster;

/** Scripts by name: `lua/<name>.lua`, each with one key, the task's `position`. */
export const scriptNames = [
  'apply',
  'begin-rebuild',
  'rebuild-chunk',
  'finish-rebuild',
  'read',
  'due-timers',
  'listed',
  'scan',
] as const;
export type ScriptName = (typeof scriptNames)[number];

/** What Redis answers to a script, byte strings as buffers. */
export type ScriptAnswer = Buffer | number | null | readonly ScriptAnswer[];

export type RunScript = (
  name: ScriptName,
  key: string,
  args: readonly (string | number | Buffer)[],
) => Promise<ScriptAnswer>;

type Defined = {
  [command: string]: (...args: (string | number | Buffer)[]) => Promise<ScriptAnswer>;
};

/** Makes the scripts known to a client; ioredis sends the text again where a server forgot it. */
export function defineScripts(client: RedisClient): RunScript {
  const shared = sourceOf('changes');
  for (const name of scriptNames) {
    client.defineCommand(commandOf(name), { numberOfKeys: 1, lua: `${shared}\n${sourceOf(name)}` });
  }
  const defined = client as unknown as Defined;
  return (name, key, args) => defined[`${commandOf(name)}Buffer`]!(key, ...args);
}

function commandOf(name: ScriptName): string {
  return `parley_${name.replaceAll('-', '_')}`;
}

function sourceOf(name: string): string {
  return readFileSync(new URL(`lua/${name}.lua`, import.meta.url), 'utf8');
}
