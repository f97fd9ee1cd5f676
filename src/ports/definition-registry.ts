/**
 * The set of pattern and segment files in force. The topics are the authority (`definitions` by
 * digest, `definition-sets` revision by revision); a folder is a way to publish.
 */

export interface DefinitionEntry {
  readonly id: string;
  readonly kind: 'pattern' | 'segment';
  readonly digest: string;
  /** False: kept for roll back and for finishing runs, takes no new ones. */
  readonly enabled: boolean;
  /** When this version was published, ms. */
  readonly since: number;
}

/** An immutable revision of the set. */
export interface SetRevision {
  /** 0 is the empty set before the first change. */
  readonly revision: number;
  readonly entries: readonly DefinitionEntry[];
}

export interface DefinitionChange {
  readonly id: string;
  readonly kind: 'pattern' | 'segment';
  /** Text of the file; null removes the definition. */
  readonly source: string | null;
  /** Digest it replaces, null where the id must not exist: compare-and-set. */
  readonly replaces: string | null;
}

export type PublishOutcome =
  | { readonly ok: true; readonly revision: SetRevision }
  /** Somebody else changed the id; `current` is its digest now, null where it is gone. */
  | { readonly ok: false; readonly conflict: string | null };

export interface DefinitionRegistry {
  /** The newest revision known here; moves only in `refresh`. */
  current(): SetRevision;
  /** Reads what was published since; resolves with the newest revision. */
  refresh(): Promise<SetRevision>;
  /** Text of a definition that the set, or anything derived, refers to. */
  source(digest: string): Promise<string | null>;
  publish(change: DefinitionChange): Promise<PublishOutcome>;
  /** The application that the set is of: the first that ever claimed it, from now on for good. */
  claim(application: string): Promise<string>;
  close(): Promise<void>;
}
