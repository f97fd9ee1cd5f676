import type { Json } from '../event/event.ts';
import type { Expression } from '../expression/expression.ts';
import type { Limits, TimelineEvent } from './definition.ts';

/**
 * A checked segment: what a segment file means. DESIGN section 6. A member is a value of `key`
 * for which the condition holds now; now is the clock of the key. Durations are ms; a window is
 * open at the end: an event at `t` counts while `now - t < within`.
 */
export interface SegmentDefinition {
  readonly kind: 'segment';
  readonly id: string;
  readonly version: number;
  readonly description: string | null;
  /** Short digest of the file's content (canonical form), 16 hex digits. */
  readonly digest: string;
  /** Field whose value is the member, `user_id` in most files. */
  readonly key: string;
  readonly member: Condition;
  readonly limits: Limits;
  readonly mode: 'live' | 'shadow' | 'disabled';
}

export type Condition =
  | CountCondition
  | SumCondition
  | DistinctCondition
  | LatestCondition
  | SegmentCondition
  | CombinedCondition
  | NotCondition;

interface ConditionBase {
  /** Where messages and evidence point, for instance `member.all[1]`. Unique in the segment. */
  readonly path: string;
}

/** Which events a condition looks at: one of the types, and the clause holds. */
export interface EventSelection {
  readonly types: readonly string[];
  /** `event` is the event; there are no other names. Null: every event of the types. */
  readonly where: Expression | null;
}

/**
 * At least `atLeast` events within the window. Recency ("an offer in the last 30 days") is
 * `atLeast: 1`; matches of patterns are events of the type they emit.
 */
export interface CountCondition extends ConditionBase {
  readonly kind: 'count';
  readonly of: EventSelection;
  readonly within: number;
  readonly atLeast: number;
  /** Written as `matched`: the types are what patterns emit. */
  readonly matched: boolean;
}

/** The sum of a field over the window is at least that; events without the number add nothing. */
export interface SumCondition extends ConditionBase {
  readonly kind: 'sum';
  readonly of: EventSelection;
  readonly field: string;
  readonly within: number;
  readonly atLeast: number;
}

/** At least so many different values of a field within the window. */
export interface DistinctCondition extends ConditionBase {
  readonly kind: 'distinct';
  readonly of: EventSelection;
  readonly field: string;
  readonly within: number;
  readonly atLeast: number;
}

/**
 * What the latest event that has `fields` says: `holds` is evaluated on that event alone (as
 * `event`), once, when it comes. A region is `inside(event, PLACE)` or `near(event, POINT, KM)` over
 * `lat` and `lon`. False before the first such event, and once it is older than `within`.
 */
export interface LatestCondition extends ConditionBase {
  readonly kind: 'latest';
  readonly of: EventSelection;
  /** An event that lacks one of them (or has null) does not change what is known. */
  readonly fields: readonly string[];
  readonly holds: Expression;
  /** Asked in its place while the condition holds: hysteresis. Null: `holds` again. */
  readonly stays: Expression | null;
  /** Null: however old it is. */
  readonly within: number | null;
}

/** Member of another segment with the same key. */
export interface SegmentCondition extends ConditionBase {
  readonly kind: 'segment';
  readonly segment: string;
}

export interface AllCondition extends ConditionBase {
  readonly kind: 'all';
  readonly of: readonly Condition[];
}

export interface AnyCondition extends ConditionBase {
  readonly kind: 'any';
  readonly of: readonly Condition[];
}

export type CombinedCondition = AllCondition | AnyCondition;

export interface NotCondition extends ConditionBase {
  readonly kind: 'not';
  readonly of: Condition;
}

/** A test inside a segment file. Nothing may be entered or exited that is not expected. */
export interface SegmentTest {
  readonly name: string;
  readonly given: readonly TimelineEvent[];
  readonly expect: readonly SegmentExpectation[];
  /** Time at which the test ends, ms from its start; null: after the last timer. */
  readonly until: number | null;
}

export interface SegmentExpectation {
  /** Ms from the start of the test; null: at any time. */
  readonly at: number | null;
  readonly change: 'entered' | 'exited';
  /** The member; null where the test has only one. */
  readonly member: Json;
}
