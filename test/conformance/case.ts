/** A case of the conformance suite, as its files hold it; see README.md. */
export interface Case {
  readonly id: string;
  readonly form: 'linear' | 'expression';
  readonly features?: readonly string[];
  readonly events: readonly CaseEvent[];
  readonly expected: readonly (readonly number[])[] | null;
  readonly endTime?: number;
  readonly startTime?: number;
  readonly pattern?: readonly Element[];
  readonly within?: number | null;
  readonly skip?: {
    readonly strategy: 'noSkip' | 'skipToNext' | 'skipPastLastEvent' | 'skipToFirst' | 'skipToLast';
    readonly element?: string;
    readonly onMiss?: string;
  };
  readonly keyBy?: string;
  readonly time?: { readonly order: 'byEventTime'; readonly watermarks: readonly (readonly [number, number])[] };
  readonly restartAfter?: readonly number[];
  readonly expectedTimedOut?: readonly (readonly number[])[];
  readonly expectedTimedOutAt?: readonly number[];
  readonly expectedLate?: readonly number[];
  readonly expectInvalid?: boolean;
  readonly expectError?: boolean;
  readonly expr?: CaseNode;
  readonly expectedAt?: readonly number[];
  readonly expectedBindings?: readonly { readonly [name: string]: readonly number[] }[];
}

export interface CaseEvent {
  readonly i: number;
  readonly t: number;
  readonly type: string;
  readonly attrs: { readonly [field: string]: string | number | boolean };
}

export interface Element {
  readonly name: string | null;
  readonly contiguity: 'begin' | 'next' | 'followedBy' | 'followedByAny' | 'notNext' | 'notFollowedBy';
  readonly where?: Condition;
  readonly quantifier?: Quantifier;
  readonly until?: Condition;
  readonly group?: readonly Element[];
  readonly withinPrevious?: number;
}

export interface Quantifier {
  readonly min: number;
  readonly max: number | null;
  readonly optional?: boolean;
  readonly greedy?: boolean;
  readonly inner?: 'next' | 'followedBy' | 'followedByAny';
  readonly window?: number;
}

export interface CaseNode {
  readonly op: 'event' | 'seq' | 'every' | 'and' | 'or' | 'not' | 'timer' | 'absent' | 'within' | 'span' | 'repeat';
  readonly type?: string;
  readonly name?: string;
  readonly where?: Condition;
  readonly of?: CaseNode | readonly CaseNode[];
  readonly ms?: number;
  readonly maxCount?: number;
  readonly onViolation?: 'restart' | 'stop';
  readonly min?: number;
  readonly max?: number | null;
  readonly until?: CaseNode;
}

export type Literal = string | number | boolean;
export type Operand =
  | { readonly attr: string }
  | { readonly first: readonly [string, string] }
  | { readonly sum: readonly [string, string] }
  | { readonly count: readonly [string] }
  | { readonly plus: readonly Operand[] };
export type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';
export type Condition =
  | { readonly true: true }
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly type: string }
  | { readonly contains: readonly [string, string] }
  | { readonly startsWith: readonly [string, string] }
  | { readonly [C in Comparison]?: readonly [string | Operand, Literal | Operand] };
