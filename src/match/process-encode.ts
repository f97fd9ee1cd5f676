import type { Taken } from './capture.ts';
import { eventCell } from './event-cell.ts';
import type { Cell } from './event-cell.ts';
import type { Plan } from './plan.ts';
import type { Runs } from './process-matcher.ts';
import { packState, PROCESS_FORMAT } from './state-format.ts';
import { ENDED } from './state.ts';
import type { After, Guard, Result, State } from './state.ts';

/** First cell of a state that is written as a list. */
export const STOPPED_TAG = 0;
export const GUARDED_TAG = 1;
export const PLAIN_TAG = 2;

export const CONTIGUITIES = ['strict', 'relaxed', 'any'] as const;

/**
 * State of a key as bytes. What was taken is a table, a row for each, however many branches share
 * it; states name rows by number, -1 for nothing. Times count from `base`; null is never.
 */
export function encodeRuns(plan: Plan, runs: Runs): Uint8Array {
  return packState(PROCESS_FORMAT, plan.definition, new Encoder().runs(runs));
}

class Encoder {
  private readonly rows: Cell[] = [];
  private readonly row = new Map<Taken, number>();
  private base = 0;

  runs(runs: Runs): Cell[] {
    this.base = Number.isFinite(runs.last) ? runs.last : (timeOf(runs) ?? 0);
    const open = runs.runs.map(({ start, state }): Cell => [start, this.state(state)]);
    const waiting = runs.completed.map(({ start, taken, at, deadline }): Cell =>
      [start, this.ref(taken), this.time(at), this.time(deadline ?? Infinity)]);
    const { order, begun, last } = runs;
    return [this.base, order, begun, this.time(last), this.rows, [...open, ...waiting]];
  }

  private ref(taken: Taken | null): number {
    if (taken === null) return -1;
    const known = this.row.get(taken);
    if (known !== undefined) return known;
    const { node, event, order } = taken;
    const before = this.ref(taken.before);
    const row = this.rows.push([before, node.id, order, eventCell(event, node, this.base)]) - 1;
    this.row.set(taken, row);
    return row;
  }

  private time(at: number): number | null {
    return Number.isFinite(at) ? at - this.base : null;
  }

  private guards(guards: readonly Guard[]): Cell[] {
    return guards.map((guard): Cell => (guard.kind === 'not'
      ? [guard.node.id, this.state(guard.of)]
      : [guard.node.id, this.ref(guard.taken), guard.base]));
  }

  private results(results: readonly Result[]): Cell[] {
    return results.flatMap(({ taken, guards }): Cell[] => [this.ref(taken), this.guards(guards)]);
  }

  private states(states: readonly After[]): Cell[] {
    return states.map((state) => this.state(state));
  }

  private state(state: After): Cell {
    if (state === ENDED) return null;
    switch (state.kind) {
      case 'stopped':
        return [STOPPED_TAG];
      case 'guarded':
        return [GUARDED_TAG, this.guards(state.guards), this.state(state.of), this.ref(state.taken)];
      case 'on':
        return this.on(state);
      default:
        return [PLAIN_TAG, ...this.parts(state)];
    }
  }

  /** The most frequent state is one number where nothing about it is special. */
  private on({ taken, contiguity, base, node }: State & { kind: 'on' }): Cell {
    const row = this.ref(taken);
    if (contiguity === node.contiguity && base === 0) return row;
    return [PLAIN_TAG, row, CONTIGUITIES.indexOf(contiguity), base];
  }

  private parts(state: Exclude<State, { kind: 'stopped' | 'guarded' | 'on' }>): Cell[] {
    switch (state.kind) {
      case 'seq':
        return [state.branches.flatMap(({ step, of }): Cell[] => [step, this.state(of)])];
      case 'all':
        return [this.ref(state.taken), state.strict, state.operands.flatMap(
          ({ of, results }): Cell[] => [this.state(of), this.results(results)],
        )];
      case 'any':
        return [this.states(state.operands)];
      case 'every':
        return [
          this.ref(state.taken), this.states(state.instances),
          ...(state.guards === null ? [null] : state.guards.length === 0 ? []
            : [this.guards(state.guards)]),
        ];
      case 'wait':
        return [this.ref(state.taken), this.time(state.due)];
      case 'notFor':
        return [this.ref(state.taken), this.time(state.deadline), this.state(state.of)];
      case 'not':
        return [this.ref(state.taken), this.state(state.of)];
      case 'loop':
        return [
          state.contiguity === null ? -1 : CONTIGUITIES.indexOf(state.contiguity), state.base,
          state.branches.flatMap(({ rounds, of, taken, gap }): Cell[] =>
            [rounds, this.state(of), this.ref(taken), this.time(gap)]),
        ];
      case 'until':
        return [
          this.ref(state.taken), state.rounds, this.ref(state.start), this.ref(state.base),
          this.state(state.of), this.state(state.stop),
        ];
      case 'span':
        return [this.ref(state.taken), this.time(state.deadline), this.state(state.of)];
      case 'limit': {
        const left = Number.isFinite(state.left) ? state.left : -1;
        return [this.ref(state.taken), this.time(state.deadline), left, this.state(state.of)];
      }
    }
  }
}

/** Some time of the runs, near which the others are. */
function timeOf({ runs, completed }: Runs): number | null {
  const due = runs.find(({ state }) => Number.isFinite(state.due))?.state.due;
  return due ?? completed[0]?.at ?? null;
}
