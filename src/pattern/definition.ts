import type { Json } from '../event/event.ts';
import type { Expression, Template } from '../expression/expression.ts';

/**
 * A checked pattern: what a pattern file means, with defaults filled in, names resolved to slots
 * and conditions compiled. DESIGN section 5 is the specification of the language. The matcher is
 * built from this and from nothing else.
 *
 * All durations are ms. Windows are open at the end.
 */
export interface PatternDefinition {
  readonly kind: 'pattern';
  readonly id: string;
  readonly version: number;
  readonly description: string | null;
  /** Short digest of the file's content (canonical form), 16 hex digits. */
  readonly digest: string;
  /** Field whose value is the key; null for `key: none` (one partition for everything). */
  readonly key: string | null;
  /** Span of the whole: `last - first < within`. */
  readonly within: number | null;
  readonly starts: Starts;
  readonly skip: Skip;
  /** Types that count as "next" beside those the pattern names. */
  readonly among: readonly string[];
  readonly steps: readonly Step[];
  /**
   * Slot -> name, in order of the file; names inside a `not` come last. Different branches of one
   * `any` may share a slot.
   */
  readonly names: readonly CaptureName[];
  readonly emit: readonly Emission[];
  /** One record per run that `within` or `span` ended after its first event. */
  readonly timeout: readonly Emission[];
  readonly limits: Limits;
  readonly mode: 'live' | 'shadow' | 'disabled';
  readonly change: ChangeRule;
  /** Share (0 to 1) of keys, by hash of the key, that match and are marked but not emitted. */
  readonly holdout: number;
}

export type Starts =
  | { readonly mode: 'any' }
  /** The run of a key begins before the key's first event of a type the pattern names. */
  | { readonly mode: 'once' };

export type Skip =
  | { readonly strategy: 'first-wins' | 'none' | 'to-next' | 'past-last' }
  | {
      readonly strategy: 'to-first' | 'to-last';
      /** Slot of the step. */
      readonly step: number;
      /** `else: error`: the step took nothing, or nothing would be skipped. */
      readonly orError: boolean;
    };

export interface CaptureName {
  readonly name: string;
  /**
   * True where the step repeats, itself or inside something that does: then the name is a list
   * everywhere it can be read, inside its own loop too (what earlier rounds took).
   */
  readonly list: boolean;
  /** Event types it can take. */
  readonly types: readonly string[];
}

export type Contiguity = 'strict' | 'relaxed' | 'any';

/**
 * Count of a loop; `max` null is unbounded. `0+` is `{min: 1, max: null}` with `optional`; up to a
 * step (`until: STEP`) it is `{min: 0, max: null}`.
 */
export interface Times {
  readonly min: number;
  readonly max: number | null;
}

export type Until =
  | { readonly kind: 'condition'; readonly where: Expression }
  | { readonly kind: 'step'; readonly step: Step };

/**
 * Modifiers, in the order in which they apply: where, times/until, optional, span,
 * within/atMost.
 */
export interface Modifiers {
  /** Where messages point, for instance `steps[2].all[0]`. Unique in the pattern. */
  readonly path: string;
  readonly contiguity: Contiguity;
  /** Null: exactly once, no loop, its name is not a list. */
  readonly times: Times | null;
  /** Contiguity between the events (or rounds) of one loop. */
  readonly inner: Contiguity;
  readonly greedy: boolean;
  /** Neighbours in the loop are less than this apart. */
  readonly gap: number | null;
  /** Only new values of this field count. */
  readonly distinct: string | null;
  readonly until: Until | null;
  readonly optional: boolean;
  /** Less than this from the first event taken inside. */
  readonly span: number | null;
  /** True less than this after the step's start. */
  readonly within: number | null;
  /** Ends after this many results. */
  readonly atMost: number | null;
}

export interface OnStep extends Modifiers {
  readonly kind: 'on';
  readonly types: readonly string[];
  readonly where: Expression | null;
  /** Slot of its name, null where it has none. Every event taken is evidence either way. */
  readonly slot: number | null;
}

export interface NotStep extends Modifiers {
  readonly kind: 'not';
  readonly of: Step;
  /** `for`: true when this much time has passed since its start without a violation. */
  readonly for: number | null;
  readonly else: 'fail' | 'restart' | 'stop';
}

export interface AllStep extends Modifiers {
  readonly kind: 'all';
  readonly of: readonly Step[];
}

export interface AnyStep extends Modifiers {
  readonly kind: 'any';
  readonly of: readonly Step[];
  /** Slot of `as` on an `any` of single events. */
  readonly slot: number | null;
}

export interface GroupStep extends Modifiers {
  readonly kind: 'group';
  readonly of: readonly Step[];
}

export interface EveryStep extends Modifiers {
  readonly kind: 'every';
  readonly of: readonly Step[];
}

export interface WaitStep extends Modifiers {
  readonly kind: 'wait';
  readonly for: number;
}

export type Step = OnStep | NotStep | AllStep | AnyStep | GroupStep | EveryStep | WaitStep;

/** What is emitted for a match or a time-out. */
export interface Emission {
  readonly type: string;
  /** Output key; null: the key of the run. */
  readonly key: Template | null;
  readonly data: { readonly [field: string]: Template };
  readonly recipient: Template | null;
  readonly locale: Template | null;
  /** The record is of no use this long after its time. */
  readonly expiresAfter: number | null;
  readonly atMost: AtMost | null;
  readonly quietHours: QuietHours | null;
}

export interface AtMost {
  readonly times: number;
  readonly per: number;
  /** Null: per key of the run. */
  readonly by: Template | null;
}

export interface QuietHours {
  /** Minutes since midnight in the receiver's zone; `from` may be greater than `to`. */
  readonly from: number;
  readonly to: number;
  /** IANA zone, usually a template over a captured event. */
  readonly zone: Template;
  readonly then: 'hold' | 'drop';
}

/** Bounds per key. A bound that bites is counted and visible. */
export interface Limits {
  /** Partial matches. */
  readonly runs: number;
  readonly bytes: number;
  /** How long `starts: once` is remembered after the key's last event, ms. */
  readonly idle: number;
}

/** What happens to live partial matches when this version replaces another. */
export type ChangeRule =
  | { readonly mode: 'finish' | 'drop' }
  /** Old step path or name -> new step name; null: runs that wait there are dropped. */
  | { readonly mode: 'migrate'; readonly steps: { readonly [step: string]: string | null } };

/** A test inside a file: a timeline on a virtual clock and what must come out of it. */
export interface TimelineTest {
  readonly name: string;
  readonly given: readonly TimelineEvent[];
  readonly expect: readonly TimelineExpectation[];
  /** Time at which the test ends, ms from its start; null: after the last deadline. */
  readonly until: number | null;
}

export interface TimelineEvent {
  readonly at: number;
  readonly type: string;
  readonly data: { readonly [field: string]: Json };
}

export type WithheldReason = 'at-most' | 'quiet-hours' | 'expired' | 'holdout';

export interface TimelineExpectation {
  readonly at: number | null;
  readonly type: string;
  readonly key: string | null;
  readonly recipient: string | null;
  readonly locale: string | null;
  /** ms after its time. */
  readonly expires: number | null;
  /** When it goes out, ms from the start of the test. */
  readonly sent: number | null;
  /** Why it is matched and does not come out; null: it does. */
  readonly withheld: WithheldReason | null;
  /** Fields that must be equal; others are not looked at. */
  readonly data: { readonly [field: string]: Json };
}
