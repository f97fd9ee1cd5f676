import { hash } from 'node:crypto';
import type { Json } from '../event/event.ts';

/**
 * A derived record as it stands on `parley.derived` and in the feed: structured CloudEvents 1.0
 * JSON. `time` is event time (of the last event, or the deadline), not the time of emission.
 */
export interface DerivedRecord {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** The output key. */
  readonly subject: string;
  readonly datacontenttype: 'application/json';
  readonly kind: 'match' | 'timeout';
  readonly patternid: string;
  readonly patternversion: number;
  readonly patterndigest: string;
  readonly setrevision: number;
  readonly recipient?: string;
  readonly locale?: string;
  /** ISO 8601: of no use after. */
  readonly expirytime?: string;
  /** ISO 8601: the deadline that made it, where time alone did. */
  readonly deadline?: string;
  readonly holdout?: true;
  readonly evidence: readonly DerivedEvidence[];
  readonly data: { readonly [field: string]: Json };
}

export interface DerivedEvidence {
  readonly step: string;
  readonly id: string;
  readonly type: string;
  /** ISO 8601. */
  readonly time: string;
}

export interface DerivedIdentity {
  readonly pattern: string;
  readonly version: number;
  /** Key of the run, as text. */
  readonly key: string;
  readonly kind: 'match' | 'timeout';
  /** Ids of the captured events in step order. */
  readonly events: readonly string[];
  readonly type: string;
  /** Deadline in ms, where there is one. */
  readonly deadline: number | null;
  /** The how-manieth record with otherwise equal identity in this step, from 0. */
  readonly ordinal: number;
}

/**
 * Id of a derived record: the first 32 hex digits of the SHA-256 of the JSON array of the parts,
 * in the order of `DerivedIdentity`. The same in every run over the same events (DESIGN 10).
 */
export function derivedId(identity: DerivedIdentity): string {
  const parts = JSON.stringify([
    identity.pattern,
    identity.version,
    identity.key,
    identity.kind,
    identity.events,
    identity.type,
    identity.deadline,
    identity.ordinal,
  ]);
  return hash('sha256', parts, 'hex').slice(0, 32);
}
