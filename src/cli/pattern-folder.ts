import { existsSync, type FSWatcher, readFileSync, watch } from 'node:fs';
import type { Publisher } from '../api/publisher.ts';
import type { DefinitionOutcome } from '../api/services.ts';
import { duplicate, unreadable } from '../pattern/load-files.ts';
import { filesBelow, whyUnreadable } from './definition-files.ts';

/** What became of one file of the folder. */
export interface FolderNews {
  readonly file: string;
  readonly outcome: DefinitionOutcome | { readonly kind: 'removed'; readonly id: string };
}

interface Published {
  readonly file: string;
  readonly outcome: Extract<DefinitionOutcome, { readonly kind: 'published' }>;
}

/** Editors write a file in several steps, ms. */
const SETTLE_MS = 80;

/**
 * A folder as a way to publish: what changes in it is checked and published, what is refused stays
 * in force as it was. Two files with the same id: the second is refused.
 */
export class PatternFolder {
  readonly #folder: string;
  readonly #publisher: Publisher;
  readonly #tell: (news: FolderNews) => void;
  /** File -> text last seen. */
  readonly #seen = new Map<string, string>();
  /** Id -> file that defines it. */
  readonly #owners = new Map<string, string>();
  /** Files that could not be read when last looked at. */
  readonly #unreadable = new Set<string>();
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #scan: Promise<void> = Promise.resolve();

  constructor(folder: string, publisher: Publisher, tell: (news: FolderNews) => void) {
    this.#folder = folder;
    this.#publisher = publisher;
    this.#tell = tell;
  }

  /** Publishes what differs, once. Definitions that depend on others come out in a second pass. */
  async publishAll(): Promise<void> {
    await this.#scanNow();
  }

  /** Files that publishing would change, or refuse. */
  async differing(): Promise<string[]> {
    const files = existsSync(this.#folder) ? filesBelow(this.#folder) : [];
    const differing: string[] = [];
    for (const file of files) {
      const source = readText(file, () => {});
      if (source !== null && !(await this.#publisher.isInForce(source))) differing.push(file);
    }
    return differing;
  }

  watch(): void {
    if (!existsSync(this.#folder)) return;
    this.#watcher = watch(this.#folder, { recursive: true }, () => {
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#scanNow(), SETTLE_MS);
    });
  }

  async close(): Promise<void> {
    this.#watcher?.close();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#scan;
  }

  #scanNow(): Promise<void> {
    this.#scan = this.#scan.then(() => this.#publishChanges());
    return this.#scan;
  }

  async #publishChanges(): Promise<void> {
    const files = existsSync(this.#folder) ? filesBelow(this.#folder) : [];
    await this.#removeAbsent(files);
    const changed = files.filter((file) => {
      const source = readText(file, (why) => this.#tellUnreadable(file, why));
      if (source !== null) this.#unreadable.delete(file);
      if (source === null || this.#seen.get(file) === source) return false;
      this.#seen.set(file, source);
      return true;
    });
    // Segments listen to what patterns derive.
    changed.sort((a, b) => Number(this.#isSegment(a)) - Number(this.#isSegment(b)));
    const refused: string[] = [];
    const doubtful: Published[] = [];
    for (const file of changed) {
      if (!(await this.#publish(file, changed.length === 1, doubtful))) refused.push(file);
    }
    // A file may listen to what a later one derives: try again now that all others are there.
    if (changed.length > 1) for (const file of refused) await this.#publish(file, true, doubtful);
    for (const { file, outcome } of doubtful) {
      const warnings = await this.#publisher.warningsOf(this.#seen.get(file) ?? '', file);
      this.#tell({ file, outcome: { ...outcome, warnings } });
    }
  }

  /** What is published with warnings is told by the caller, once all others are there. */
  async #publish(file: string, last: boolean, doubtful: Published[]): Promise<boolean> {
    const source = this.#seen.get(file) ?? '';
    const id = /^id:\s*["']?([\w.-]+)/m.exec(source)?.[1];
    const owner = id === undefined ? undefined : this.#owners.get(id);
    if (id !== undefined && owner !== undefined && owner !== file && this.#seen.has(owner)) {
      if (last) this.#tell({ file, outcome: { kind: 'refused', problems: [duplicate(file, id, owner)] } });
      return false;
    }
    const outcome = await this.#publisher.putFile(source, file);
    if (outcome.kind === 'refused') {
      if (last) this.#tell({ file, outcome });
      return false;
    }
    await this.#removeOwned(file, id);
    if (id !== undefined) this.#owners.set(id, file);
    if (outcome.kind === 'published' && outcome.warnings.length > 0) doubtful.push({ file, outcome });
    else this.#tell({ file, outcome });
    return true;
  }

  #isSegment(file: string): boolean {
    return /^member\s*:/m.test(this.#seen.get(file) ?? '');
  }

  /** Told once; what the file said before stays in force. */
  #tellUnreadable(file: string, why: string): void {
    if (this.#unreadable.has(file)) return;
    this.#unreadable.add(file);
    this.#tell({ file, outcome: { kind: 'refused', problems: [unreadable(file, why)] } });
  }

  /** Takes what a file defined, but for `keep`, out of the set. */
  async #removeOwned(file: string, keep?: string): Promise<void> {
    const owned = [...this.#owners].filter(([id, owner]) => owner === file && id !== keep);
    for (const [id] of owned) {
      this.#owners.delete(id);
      await this.#publisher.remove(id, undefined);
      this.#tell({ file, outcome: { kind: 'removed', id } });
    }
  }

  async #removeAbsent(files: readonly string[]): Promise<void> {
    const present = new Set(files);
    for (const file of [...this.#seen.keys()].filter((name) => !present.has(name))) {
      this.#seen.delete(file);
      await this.#removeOwned(file);
    }
  }
}

function readText(file: string, tell: (why: string) => void): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // Gone between the listing and the reading: the next scan sees it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') tell(whyUnreadable(error));
    return null;
  }
}
