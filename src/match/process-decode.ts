import type { Contiguity } from '../pattern/definition.ts';
import type { Taken } from './capture.ts';
import { Cells, eventOf } from './event-cell.ts';

import type { LoopNode, Node, NotBetween, OnNode, Plan } from './plan.ts';
import { CONTIGUITIES, GUARDED_TAG, STOPPED_TAG } from './process-encode.ts';
import type { Runs } from './process-matcher.ts';
import {
  all, any, every, guarded, limit, loop, not, notFor, on, seq, span, until, wait,
} from './state-of.ts';
import { PROCESS_FORMAT, unpackState } from './state-format.ts';
import { ENDED, NO_GUARDS, STOPPED } from './state.ts';
import type { After, Guard, LoopBranch, Operand, Result, SeqBranch, State } from './state.ts';

/** Throws `PARLEY_STATE_FORMAT` where the bytes are damaged or of another definition. */
export function decodeRuns(plan: Plan, bytes: Uint8Array): Runs {
  return unpackState(
    bytes, PROCESS_FORMAT, plan.definition, (cells) => new Decoder(plan).runs(cells),
  );
}

class Decoder {
  private readonly plan: Plan;
  private readonly rows: Taken[] = [];
  private base = 0;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  runs(cells: Cells): Runs {
    this.base = cells.number();
    const order = cells.number();
    const begun = cells.next() === true;
    const last = cells.time(this.base, -Infinity);
    for (const rows = cells.list(); !rows.done;) this.rows.push(this.taken(rows.list()));
    const runs: Runs = { order, runs: [], completed: [], begun, last, grown: 0 };
    for (const entries = cells.list(); !entries.done;) this.entry(runs, entries.list());
    return runs;
  }

  private entry(runs: Runs, cells: Cells): void {
    const start = cells.number();
    if (cells.length === 2) {
      const state = this.state(this.plan.root, cells.next());
      if (state !== ENDED) runs.runs.push({ start, state });
      return;
    }
    const taken = this.ref(cells);
    const at = cells.time(this.base, Infinity);
    const deadline = cells.time(this.base, Infinity);
    runs.completed.push({ start, taken, at, deadline: deadline === Infinity ? null : deadline });
  }

  private taken(cells: Cells): Taken {
    const before = this.ref(cells);
    const node = this.node(cells.number()) as OnNode;
    const order = cells.number();
    const event = eventOf(cells.list(), node, this.base);
    return { before, node, event, order, count: before === null ? 1 : before.count + 1 };
  }

  private ref(cells: Cells): Taken | null {
    return this.rowAt(cells.number());
  }

  private rowAt(row: number): Taken | null {
    if (row === -1) return null;
    const taken = this.rows[row];
    if (taken === undefined) throw new RangeError('a row is missing');
    return taken;
  }

  private node(id: number): Node | NotBetween {
    const node = this.plan.nodes[id];
    if (node === undefined) throw new RangeError('a step is missing');
    return node;
  }

  private guards(cells: Cells): Guard[] {
    const guards: Guard[] = [];
    while (!cells.done) {
      const guard = cells.list();
      const node = this.node(guard.number());
      if (guard.length === 2) {
        const between = node as NotBetween;
        guards.push({ kind: 'not', node: between, of: this.live(between.of, guard.next()) });
      } else {
        const loopNode = node as LoopNode;
        guards.push(
          { kind: 'greedy', node: loopNode, taken: this.ref(guard), base: guard.number() },
        );
      }
    }
    return guards;
  }

  private live(node: Node, cell: unknown): State {
    const state = this.state(node, cell);
    if (state === ENDED) throw new RangeError('a state is missing');
    return state;
  }

  private state(given: Node, cell: unknown): After {
    if (cell === null) return ENDED;
    const node = given.kind === 'optional' ? given.of : given;
    if (typeof cell === 'number') {
      const simple = node as OnNode;
      return on(simple, this.rowAt(cell), simple.contiguity, 0);
    }
    const cells = new Cells(cell);
    switch (cells.number()) {
      case STOPPED_TAG:
        return STOPPED;
      case GUARDED_TAG: {
        const guards = this.guards(cells.list());
        const of = this.live(node, cells.next());
        return guarded(guards, of, this.ref(cells));
      }
      default:
        return this.parts(node, cells);
    }
  }

  private parts(node: Node, cells: Cells): State {
    switch (node.kind) {
      case 'seq':
        return seq(node, this.seqBranches(node.steps, cells.list()));
      case 'any': {
        const list = cells.list();
        return any(node, node.of.map((operand) => this.state(operand, list.next())));
      }
      case 'loop': {
        const contiguity = contiguityOf(cells.number());
        const base = cells.number();
        return loop(node, contiguity, this.loopBranches(node.of, cells.list()), base);
      }
      case 'optional':
        throw new RangeError('an optional step has no state of its own');
      default:
        return this.partsWithTaken(node, this.ref(cells), cells);
    }
  }

  private partsWithTaken(
    node: Exclude<Node, { kind: 'seq' | 'any' | 'loop' | 'optional' }>, taken: Taken | null, cells: Cells,
  ): State {
    switch (node.kind) {
      case 'on':
        return on(node, taken, contiguityOf(cells.number()) ?? 'relaxed', cells.number());
      case 'all':
        return all(node, taken, cells.next() === true, this.operands(node.of, cells.list()));
      case 'every': {
        const instances: State[] = [];
        for (const list = cells.list(); !list.done;) instances.push(this.live(node.of, list.next()));
        return every(node, taken, this.everyGuards(cells), instances);
      }
      case 'wait':
        return wait(node, taken, cells.time(this.base, Infinity));
      case 'notFor': {
        const deadline = cells.time(this.base, Infinity);
        return notFor(node, taken, deadline, this.state(node.of, cells.next()));
      }
      case 'not':
        return not(node, taken, this.state(node.of, cells.next()));
      case 'until': {
        const rounds = cells.number();
        const start = this.ref(cells);
        const base = this.ref(cells);
        const of = this.state(node.of, cells.next());
        return until(node, rounds, start, taken, base, of, this.live(node.stop, cells.next()));
      }
      case 'span': {
        const deadline = cells.time(this.base, Infinity);
        return span(node, taken, deadline, this.live(node.of, cells.next()));
      }
      case 'limit': {
        const deadline = cells.time(this.base, Infinity);
        const left = cells.number();
        return limit(node, taken, deadline, left === -1
          ? Infinity
          : left, this.live(node.of, cells.next()));
      }
    }
  }

  private everyGuards(cells: Cells): readonly Guard[] | null {
    if (cells.done) return NO_GUARDS;
    const cell = cells.next();
    return cell === null ? null : this.guards(new Cells(cell));
  }

  private seqBranches(steps: readonly Node[], cells: Cells): SeqBranch[] {
    const branches: SeqBranch[] = [];
    while (!cells.done) {
      const step = cells.number();
      const node = steps[step];
      if (node === undefined) throw new RangeError('a step is missing');
      branches.push({ step, of: this.live(node, cells.next()) });
    }
    return branches;
  }

  private loopBranches(node: Node, cells: Cells): LoopBranch[] {
    const branches: LoopBranch[] = [];
    while (!cells.done) {
      const rounds = cells.number();
      const of = this.live(node, cells.next());
      branches.push({ rounds, of, taken: this.ref(cells), gap: cells.time(this.base, Infinity) });
    }
    return branches;
  }

  private operands(nodes: readonly Node[], cells: Cells): Operand[] {
    return nodes.map((node) => {
      const of = this.state(node, cells.next());
      const results: Result[] = [];
      for (const list = cells.list(); !list.done;) {
        results.push({ taken: this.ref(list), guards: this.guards(list.list()) });
      }
      return { of, results };
    });
  }
}

function contiguityOf(index: number): Contiguity | null {
  return CONTIGUITIES[index] ?? null;
}
