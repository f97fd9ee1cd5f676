import { hash, randomUUID } from 'node:crypto';
import { topicName } from '../event/topics.ts';
import type {
  DefinitionChange,
  DefinitionEntry,
  DefinitionRegistry,
  PublishOutcome,
  SetRevision,
} from '../ports/definition-registry.ts';
import type { EventLog, Reader, TopicPartition } from '../ports/event-log.ts';

/** A record on `parley.definition-sets`. Appended by anybody, accepted by the fold or not. */
export interface ChangeRecord {
  /** Of the publication: how a publisher finds its own. */
  readonly id: string;
  readonly definition: string;
  readonly kind: 'pattern' | 'segment';
  readonly digest: string | null;
  readonly replaces: string | null;
}

/** The other kind of record there: the first one says which application the set is of. */
interface ClaimRecord {
  readonly application: string;
}

/**
 * Former versions of a definition that stay for roll back and for runs that finish. Runs of an older
 * one end, with a record: a file that is put again and again must not make the set grow for ever.
 */
export const FORMER_MAX = 16;
const POLL_BYTES = 4_000_000;
const WAIT_MS = 50;

export const EMPTY_SET: SetRevision = { revision: 0, entries: [] };

/**
 * Applies a change where it is valid at its place in the log: it must replace what is in force
 * there. Every process folds the same log, so all come to the same set. Null: refused.
 */
export function applyChange(
  set: SetRevision,
  change: ChangeRecord,
  since: number,
): SetRevision | null {
  const inForce = digestInForce(set, change.definition);
  if (inForce !== change.replaces || change.digest === inForce) return null;
  const others = set.entries.filter((one) => one.id !== change.definition);
  const former = set.entries
    .filter((one) => one.id === change.definition && one.digest !== change.digest)
    .map((one) => ({ ...one, enabled: false }))
    .slice(-FORMER_MAX);
  const { definition: id, kind, digest } = change;
  const added: DefinitionEntry[] =
    digest === null ? [] : [{ id, kind, digest, enabled: true, since }];
  return { revision: set.revision + 1, entries: [...others, ...former, ...added] };
}

function digestInForce(set: SetRevision, id: string): string | null {
  return set.entries.find((one) => one.id === id && one.enabled)?.digest ?? null;
}

/** Digest of a definition's text: SHA-256, hex. */
export function definitionDigest(source: string): string {
  return hash('sha256', source, 'hex');
}

export interface RegistryOptions {
  readonly prefix: string;
  readonly now: () => number;
  /** Digest of a text as the pattern and segment files carry it. */
  readonly digestOf?: (source: string) => string;
}

/** The registry over two topics of the log. They must exist. */
export async function openDefinitionRegistry(
  log: EventLog,
  options: RegistryOptions,
): Promise<DefinitionRegistry> {
  const registry = new LogRegistry(log, options);
  await registry.refresh();
  return registry;
}

class LogRegistry implements DefinitionRegistry {
  readonly #log: EventLog;
  readonly #options: RegistryOptions;
  readonly #sources: TopicPartition;
  readonly #sets: TopicPartition;
  readonly #reader: Reader;
  readonly #texts = new Map<string, string>();
  readonly #outcomes = new Map<string, PublishOutcome>();
  #current: SetRevision = EMPTY_SET;
  #application: string | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #awaited = new Set<string>();

  constructor(log: EventLog, options: RegistryOptions) {
    this.#log = log;
    this.#options = options;
    this.#sources = { topic: topicName(options.prefix, 'definitions'), partition: 0 };
    this.#sets = { topic: topicName(options.prefix, 'definition-sets'), partition: 0 };
    this.#reader = log.openReader('committed');
    this.#reader.assign(this.#sets, 0);
    this.#reader.assign(this.#sources, 0);
  }

  current(): SetRevision {
    return this.#current;
  }

  refresh(): Promise<SetRevision> {
    const run = this.#turn.then(
      () => this.#read(),
      () => this.#read(),
    );
    this.#turn = run.catch(() => {});
    return run;
  }

  async source(digest: string): Promise<string | null> {
    return this.#texts.get(digest) ?? null;
  }

  async publish(change: DefinitionChange): Promise<PublishOutcome> {
    const { id, kind, source, replaces } = change;
    const record: ChangeRecord = {
      id: randomUUID(),
      definition: id,
      kind,
      digest: source === null ? null : (this.#options.digestOf ?? definitionDigest)(source),
      replaces,
    };
    if (record.digest !== null && record.digest === replaces) {
      return { ok: true, revision: await this.refresh() };
    }
    this.#awaited.add(record.id);
    // The text first: a set never refers to one that is not there.
    if (source !== null) await this.#append(this.#sources, record.digest, source);
    await this.#append(this.#sets, null, JSON.stringify(record));
    for (;;) {
      await this.refresh();
      const outcome = this.#outcomes.get(record.id);
      if (outcome === undefined) continue;
      this.#outcomes.delete(record.id);
      this.#awaited.delete(record.id);
      return outcome;
    }
  }

  async claim(application: string): Promise<string> {
    await this.refresh();
    if (this.#application === null) {
      const record: ClaimRecord = { application };
      await this.#append(this.#sets, null, JSON.stringify(record));
    }
    // Whoever's came first stands there now.
    for (;;) {
      await this.refresh();
      if (this.#application !== null) return this.#application;
    }
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }

  async #append(at: TopicPartition, key: string | null, value: string): Promise<void> {
    const record = {
      key: key === null ? null : Buffer.from(key),
      value: Buffer.from(value),
      headers: null,
      timestamp: this.#options.now(),
    };
    await this.#log.append([{ ...at, records: [record] }]);
  }

  async #read(): Promise<SetRevision> {
    // The end of the sets first: the texts they refer to stand before the end asked for after.
    const [setsEnd = 0] = await this.#log.endOffsets([this.#sets], 'committed');
    const [sourcesEnd = 0] = await this.#log.endOffsets([this.#sources], 'committed');
    const behind = (): boolean =>
      (this.#reader.position(this.#sets) ?? 0) < setsEnd ||
      (this.#reader.position(this.#sources) ?? 0) < sourcesEnd;
    while (behind()) {
      for (const { topic, records } of await this.#reader.poll(WAIT_MS, POLL_BYTES)) {
        for (const { key, value, timestamp } of records) {
          if (value === null) continue;
          const text = Buffer.from(value).toString();
          if (topic === this.#sets.topic) this.#take(JSON.parse(text), timestamp);
          else this.#texts.set(Buffer.from(key ?? []).toString(), text);
        }
      }
    }
    return this.#current;
  }

  #take(record: ChangeRecord | ClaimRecord, at: number): void {
    if ('application' in record) this.#application ??= record.application;
    else this.#fold(record, at);
  }

  #fold(change: ChangeRecord, at: number): void {
    const next = applyChange(this.#current, change, at);
    if (this.#awaited.has(change.id)) {
      const conflict = digestInForce(this.#current, change.definition);
      const outcome: PublishOutcome =
        next === null ? { ok: false, conflict } : { ok: true, revision: next };
      this.#outcomes.set(change.id, outcome);
    }
    if (next !== null) this.#current = next;
  }
}
