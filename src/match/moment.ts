import type { Event } from '../event/event.ts';
import type { EvaluationError, Expression, Frame } from '../expression/expression.ts';
import type { CaptureName, PatternDefinition } from '../pattern/definition.ts';
import type { Taken } from './capture.ts';
import { fill } from './capture.ts';
import type { MatchNote, MatchSink } from './contract.ts';

type EndReason = Extract<MatchNote, { kind: 'ended' }>['reason'];

/**
 * One event, or one deadline, on its way through the processes of a key: what they may read, and
 * what they leave beside their results.
 */
export class Moment {
  readonly names: readonly CaptureName[];
  /** The event being offered; null at a deadline. */
  event: Event | null = null;
  /** Time of the event or of the deadline, ms. Windows and timers are counted from it. */
  time = 0;
  /** How-manieth event of the key this is. */
  order = 0;
  /** How often the event was taken so far. */
  takes = 0;
  /** Branches that ran out of time, for `timeout`. */
  expired: (Taken | null)[] = [];
  /** Count of events taken before the loop that is being started, for `distinct`. */
  loopBase = 0;
  private readonly frame: Frame;
  private sink: MatchSink | null = null;

  constructor(definition: PatternDefinition) {
    this.names = definition.names;
    this.frame = { event: null, captures: definition.names.map(() => undefined), now: 0 };
  }

  begin(event: Event | null, time: number, now: number, order: number, sink: MatchSink): void {
    this.event = event;
    this.time = time;
    this.order = order;
    this.takes = 0;
    this.expired = [];
    this.sink = sink;
    this.frame.event = event;
    this.frame.now = now;
  }

  holds(where: Expression | null, taken: Taken | null, step: string): boolean {
    if (where === null) return true;
    fill(this.frame, taken, where.slots, this.names);
    return where.test(
      this.frame, (error: EvaluationError) => this.sink?.note({ kind: 'error', step, error }),
    );
  }

  ended(reason: EndReason, step: string): void {
    this.sink?.note({ kind: 'ended', reason, step, at: this.time, event: this.event });
  }
}
