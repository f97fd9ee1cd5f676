import type { MetricsSink } from '../event/metrics.ts';
import type { DefinitionRegistry, SetRevision } from '../ports/definition-registry.ts';

/** Compiles a revision for the programs of all levels. */
export type CompileSet<Definitions> = (
  revision: SetRevision,
  source: (digest: string) => Promise<string | null>,
) => Promise<Definitions>;

export interface CompiledSet<Definitions> {
  readonly revision: number;
  readonly compiled: Definitions;
}

/** The compiled set in force in this process. Its revision never goes back. */
export class DefinitionSet<Definitions> {
  readonly #registry: DefinitionRegistry;
  readonly #compile: CompileSet<Definitions>;
  readonly #metrics: MetricsSink;
  #current: CompiledSet<Definitions> | null = null;

  constructor(
    registry: DefinitionRegistry,
    compile: CompileSet<Definitions>,
    metrics: MetricsSink,
  ) {
    this.#registry = registry;
    this.#compile = compile;
    this.#metrics = metrics;
  }

  get current(): CompiledSet<Definitions> {
    if (this.#current === null) throw new Error('the definitions were not read yet');
    return this.#current;
  }

  /** As `current`, null before the first reading. */
  get known(): CompiledSet<Definitions> | null {
    return this.#current;
  }

  /**
   * Takes what was published since. A set that does not compile leaves the one before in force: it
   * was checked before it was published, so that is a matter of different versions of Parley.
   */
  async refresh(): Promise<void> {
    const newest = await this.#registry.refresh();
    if (this.#current !== null && newest.revision <= this.#current.revision) return;
    try {
      const compiled = await this.#compile(newest, (digest) => this.#registry.source(digest));
      this.#current = { revision: newest.revision, compiled };
      this.#metrics.set('parley_definitions_revision', {}, newest.revision);
    } catch (error) {
      this.#metrics.count('parley_definitions_refused_total', {}, 1);
      if (this.#current === null) throw error;
    }
  }
}
