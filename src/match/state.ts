import type { Contiguity } from '../pattern/definition.ts';
import type { Taken } from './capture.ts';
import type {
  AllNode, AnyNode, EveryNode, LimitNode, LoopNode, NotBetween, NotForNode, NotNode, OnNode, SeqNode,
  SpanNode, UntilNode, WaitNode,
} from './plan.ts';

/**
 * A started process, as a value: an event or a moment gives a new one (or the same, where nothing
 * changed). So a state can be shared by branches, compared by identity and saved at any time.
 *
 * `due`: earliest moment at which `tick` does something, Infinity where never.
 * `size`: partial matches in it.
 */
interface Common {
  readonly due: number;
  readonly size: number;
}

export interface OnState extends Common {
  readonly kind: 'on';
  readonly node: OnNode;
  readonly taken: Taken | null;
  readonly contiguity: Contiguity;
  /** Events taken before the loop that it repeats in, for `distinct`. */
  readonly base: number;
}

/** What may not come until the process takes an event. */
export interface GuardedState extends Common {
  readonly kind: 'guarded';
  readonly guards: readonly Guard[];
  readonly of: State;
  readonly taken: Taken | null;
}

export interface SeqState extends Common {
  readonly kind: 'seq';
  readonly node: SeqNode;
  readonly branches: readonly SeqBranch[];
}

export interface SeqBranch {
  readonly step: number;
  readonly of: State;
}

export interface AllState extends Common {
  readonly kind: 'all';
  readonly node: AllNode;
  readonly taken: Taken | null;
  readonly strict: boolean;
  readonly operands: readonly Operand[];
}

export interface Operand {
  /** Null where it has ended. */
  readonly of: State | null;
  readonly results: readonly Result[];
}

export interface AnyState extends Common {
  readonly kind: 'any';
  readonly node: AnyNode;
  readonly operands: readonly (State | null)[];
}

export interface EveryState extends Common {
  readonly kind: 'every';
  readonly node: EveryNode;
  readonly taken: Taken | null;
  /** What may not come before an instance takes an event; null where it came: none begins again. */
  readonly guards: readonly Guard[] | null;
  readonly instances: readonly State[];
}

export interface WaitState extends Common {
  readonly kind: 'wait';
  readonly node: WaitNode;
  readonly taken: Taken | null;
}

export interface NotForState extends Common {
  readonly kind: 'notFor';
  readonly node: NotForNode;
  readonly taken: Taken | null;
  readonly deadline: number;
  /** Null where what is forbidden can no longer come. */
  readonly of: State | null;
}

export interface NotState extends Common {
  readonly kind: 'not';
  readonly node: NotNode;
  readonly taken: Taken | null;
  readonly of: State | null;
}

export interface LoopState extends Common {
  readonly kind: 'loop';
  readonly node: LoopNode;
  /** Contiguity of the first round. */
  readonly contiguity: Contiguity | null;
  readonly branches: readonly LoopBranch[];
  /** Events taken before the loop began. */
  readonly base: number;
}

export interface LoopBranch {
  readonly rounds: number;
  readonly of: State;
  readonly taken: Taken | null;
  /** Moment at which the gap is over; Infinity where there is none. */
  readonly gap: number;
}

export interface UntilState extends Common {
  readonly kind: 'until';
  readonly node: UntilNode;
  readonly rounds: number;
  /** Taken before the loop began, and with what its rounds took. */
  readonly start: Taken | null;
  readonly taken: Taken | null;
  /** What the round under way began with. */
  readonly base: Taken | null;
  readonly of: State | null;
  readonly stop: State;
}

export interface SpanState extends Common {
  readonly kind: 'span';
  readonly node: SpanNode;
  readonly taken: Taken | null;
  /** Infinity until something inside was taken. */
  readonly deadline: number;
  readonly of: State;
}

export interface LimitState extends Common {
  readonly kind: 'limit';
  readonly node: LimitNode;
  readonly taken: Taken | null;
  readonly deadline: number;
  readonly left: number;
  readonly of: State;
}

/** Never comes true and never fails: `else: stop`. */
export interface StoppedState extends Common {
  readonly kind: 'stopped';
}

export type State =
  | OnState | GuardedState | SeqState | AllState | AnyState | EveryState | WaitState | NotForState
  | NotState | LoopState | UntilState | SpanState | LimitState | StoppedState;

/** A process that has ended: it will not come true again. */
export const ENDED = null;
export type After = State | typeof ENDED;

export const STOPPED: StoppedState = { kind: 'stopped', due: Infinity, size: 0 };

/** A process came true: with what it has taken, and with what stays forbidden. */
export interface Result {
  readonly taken: Taken | null;
  readonly guards: readonly Guard[];
}

/** A forbidden step under way, or a greedy loop that was left. */
export type Guard =
  | { readonly kind: 'not'; readonly node: NotBetween; readonly of: State }
  | { readonly kind: 'greedy'; readonly node: LoopNode; readonly taken: Taken | null; readonly base: number };

export const NO_GUARDS: readonly Guard[] = [];
