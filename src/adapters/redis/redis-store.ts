import { decodeStateKey, encodeStateKey } from '../../ports/changelog.ts';
import type { TopicPartition } from '../../ports/event-log.ts';
import type {
  DueTimer,
  OwnedValue,
  RebuildMarker,
  StateChange,
  StateRead,
  StateStore,
  StateWrite,
  StorePosition,
  WriteOutcome,
} from '../../ports/state-store.ts';
import { packChanges } from './pack-changes.ts';
import { connectRedis, storeError, type RedisConfig } from './connect.ts';
import {
  defineScripts,
  type RedisClient,
  type RunScript,
  type ScriptAnswer,
  type ScriptName,
} from './scripts.ts';

/**
 * Opens the state store on Redis or Redis Cluster. The client reconnects by itself; until then every
 * operation rejects with UNAVAILABLE.
 * @throws StoreError when the server cannot be reached now, or refuses the login.
 */
export async function openRedisStore(config: RedisConfig): Promise<StateStore> {
  const prefix = config.prefix ?? 'parley';
  if (/[{}]/.test(prefix)) throw new Error(`redis prefix: "${prefix}" must not contain { or }`);
  return new RedisStore(await connectRedis(config), prefix);
}

class RedisStore implements StateStore {
  /** A key in use changes about once a second; a write stays below what one script takes at once. */
  readonly writeEveryMs = 2_000;
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #script: RunScript;

  constructor(client: RedisClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
    this.#script = defineScripts(client);
  }

  async position(task: TopicPartition): Promise<StorePosition | null> {
    return (await this.read(task, [])).position;
  }

  async read(task: TopicPartition, keys: readonly string[]): Promise<StateRead> {
    const [at, ...values] = list(await this.#run('read', task, keys));
    return {
      position: positionOf(list(at)),
      values: values.map((flat) => ownedValues(list(flat))),
    };
  }

  async apply(task: TopicPartition, write: StateWrite): Promise<WriteOutcome> {
    const { history, from, to, changelogOffset, writtenAt } = write;
    const args = [history, from, to, changelogOffset, writtenAt, packChanges([...write.changes])];
    return text(await this.#run('apply', task, args)) as WriteOutcome;
  }

  async beginRebuild(
    task: TopicPartition,
    expected: StorePosition | null,
    options: { token: string; history: string; clear: boolean; writtenAt: number },
  ): Promise<'begun' | 'refused'> {
    const { token, history, clear, writtenAt } = options;
    const outcome = text(
      await this.#run('begin-rebuild', task, [
        expected?.history ?? '',
        expected?.seq ?? '',
        expected?.marker?.token ?? '',
        expected?.marker?.chunk ?? '',
        token,
        history,
        clear ? 1 : 0,
        writtenAt,
      ]),
    );
    return outcome as 'begun' | 'refused';
  }

  async rebuildChunk(
    task: TopicPartition,
    token: string,
    index: number,
    changes: readonly StateChange[],
  ): Promise<'applied' | 'refused'> {
    const args = [token, index, packChanges(changes)];
    return text(await this.#run('rebuild-chunk', task, args)) as 'applied' | 'refused';
  }

  async finishRebuild(
    task: TopicPartition,
    token: string,
    chunks: number,
    at: { seq: number; changelogOffset: number; writtenAt: number },
  ): Promise<'applied' | 'refused'> {
    const args = [token, chunks, at.seq, at.changelogOffset, at.writtenAt];
    return text(await this.#run('finish-rebuild', task, args)) as 'applied' | 'refused';
  }

  async dueTimers(
    task: TopicPartition,
    from: number,
    until: number,
    limit: number,
    after: DueTimer | null,
  ): Promise<readonly DueTimer[]> {
    const member = after === null ? '' : Buffer.from(encodeStateKey(after.key, after.owner));
    const flat = list(
      await this.#run('due-timers', task, [
        score(from),
        score(until),
        limit,
        after === null ? '' : score(after.due),
        member,
      ]),
    );
    const timers: DueTimer[] = [];
    for (let index = 0; index < flat.length; index += 2) {
      timers.push({ due: Number(text(flat[index + 1])), ...stateKey(flat[index]) });
    }
    return timers;
  }

  async listed(
    task: TopicPartition,
    owner: string,
    cursor: string | null,
    limit: number,
  ): Promise<{ readonly keys: readonly string[]; readonly next: string | null }> {
    const [, ...found] = list(await this.#run('listed', task, [owner, cursor ?? '', limit]));
    const keys = found.map(text);
    return { keys, next: keys.length < limit ? null : keys.at(-1)! };
  }

  async countListed(task: TopicPartition, owner: string): Promise<number> {
    const [count] = list(await this.#run('listed', task, [owner, '', 0]));
    return Number(count);
  }

  async scan(
    task: TopicPartition,
    cursor: string | null,
    limit: number,
  ): Promise<{ readonly entries: readonly StateChange[]; readonly next: string | null }> {
    const [next, page] = list(await this.#run('scan', task, [cursor ?? '0', limit]));
    const flat = list(page);
    const entries: StateChange[] = [];
    for (let index = 0; index < flat.length; index += 2) {
      entries.push({ ...stateKey(flat[index]), value: flat[index + 1] as Buffer });
    }
    return { entries, next: text(next) === '0' ? null : text(next) };
  }

  async close(): Promise<void> {
    this.#client.disconnect();
  }

  async #run(
    name: ScriptName,
    task: TopicPartition,
    args: readonly (string | number | Buffer)[],
  ): Promise<ScriptAnswer> {
    try {
      return await this.#script(name, this.#positionKey(task), args);
    } catch (error) {
      throw storeError(error, `${name} of ${task.topic}/${task.partition}`);
    }
  }

  #positionKey({ topic, partition }: TopicPartition): string {
    return `{${this.#prefix}:${topic}:${partition}}:position`;
  }
}

function positionOf(at: readonly ScriptAnswer[]): StorePosition | null {
  const [history, seq, token, chunk, offset, writtenAt] = at;
  if (!history || !seq) return null;
  const marker: RebuildMarker | null = token
    ? { token: text(token), chunk: Number(text(chunk)) }
    : null;
  return {
    history: text(history),
    seq: Number(text(seq)),
    marker,
    changelogOffset: Number(text(offset)),
    writtenAt: Number(text(writtenAt)),
  };
}

function ownedValues(flat: readonly ScriptAnswer[]): OwnedValue[] {
  const values: OwnedValue[] = [];
  for (let index = 0; index < flat.length; index += 2) {
    values.push({ owner: text(flat[index]), value: flat[index + 1] as Buffer });
  }
  return values;
}

function stateKey(member: ScriptAnswer | undefined): { key: string; owner: string } {
  const found = decodeStateKey(member as Buffer);
  if (!found) throw new Error('a state key without its separator');
  return found;
}

/** A score of a sorted set: bounds may be infinite. */
function score(value: number): string {
  return value === Infinity ? '+inf' : value === -Infinity ? '-inf' : String(value);
}

function list(answer: ScriptAnswer | undefined): readonly ScriptAnswer[] {
  return Array.isArray(answer) ? (answer as readonly ScriptAnswer[]) : [];
}

function text(answer: ScriptAnswer | undefined): string {
  return answer instanceof Buffer ? answer.toString() : String(answer ?? '');
}
