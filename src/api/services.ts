import type { Problem } from '../pattern/problems.ts';
import type { DefinitionEntry } from '../ports/definition-registry.ts';
import type { Metrics } from './metrics.ts';

/** What the API needs of the engine. The edge that starts the engine puts this together. */
export interface ApiServices {
  readonly definitions: DefinitionService;
  readonly segments: SegmentQueries;
  /** Null where no pattern has this id. */
  readonly explain: (pattern: string, key: string) => Promise<object | null>;
  readonly health: () => Health;
  readonly metrics: Metrics;
}

export interface Health {
  readonly ready: boolean;
  /** Why it is not ready, or what is degraded though it is. */
  readonly reasons: readonly string[];
}

export interface DefinitionService {
  /** The set in force. */
  list(): { readonly revision: number; readonly entries: readonly DefinitionEntry[] };
  /** The version in force, or the one with that digest while the set keeps it. */
  get(
    id: string,
    digest?: string,
  ): Promise<{ readonly digest: string; readonly source: string } | null>;
  /** `replaces`: digest to be replaced, null for a new id, undefined for whatever is in force. */
  put(id: string, source: string, replaces: string | null | undefined): Promise<DefinitionOutcome>;
  remove(id: string, replaces: string | undefined): Promise<DefinitionOutcome>;
}

export type DefinitionOutcome =
  | {
      readonly kind: 'published';
      readonly revision: number;
      readonly digest: string | null;
      /** What is allowed and hardly meant: a name one slip away from a usual one, say. */
      readonly warnings: readonly Problem[];
    }
  /** It is in force as it is: nothing was published. */
  | { readonly kind: 'unchanged'; readonly digest: string }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  /** Digest in force, null where the id does not exist. */
  | { readonly kind: 'conflict'; readonly digest: string | null }
  | { readonly kind: 'unknown' };

export interface SegmentQueries {
  /** Null where no segment has this id. */
  members(
    id: string,
    cursor: string | null,
    limit: number,
  ): Promise<{ readonly members: readonly string[]; readonly next: string | null } | null>;
  count(id: string): Promise<{ readonly count: number; readonly state: string } | null>;
  ofUser(user: string): Promise<readonly { readonly segment: string; readonly state: string }[]>;
}
